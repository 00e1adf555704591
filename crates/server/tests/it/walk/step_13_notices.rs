//! Step 13: the patient's confirmation by text and e-mail, the lead card with staff; each once, and no health words where no
//! agreement covers them.

use crate::world::{JO, World, databases};

#[tokio::test]
async fn a_booking_is_mailed_to_the_patient_with_a_calendar_file_and_to_staff_with_a_link() {
    for on in databases() {
        let mut world = World::new(on).await;
        world.texts(JO, "Jo Park, new here, jo@example.com. Botox tuesday at 3pm?").await;
        world.texts(JO, "yes").await;
        let mails = world.mailbox.emails_after(0);
        let to = |address: &str| mails.iter().filter(|m| m.email.to == address).collect::<Vec<_>>();
        let (patient, staff) = (to("jo@example.com"), to("desk@glow.example"));
        assert_eq!((patient.len(), staff.len()), (1, 1));
        let mail = &patient[0].email;
        assert_eq!(mail.subject, "Your visit is booked - Glow Aesthetics");
        assert!(
            mail.text.contains("What: Botox") && mail.text.contains("Tuesday, November 24, 3:00 PM"),
            "{}",
            mail.text
        );
        let file = mail.calendar.as_ref().unwrap();
        assert!(file.contains("DTSTART:20261124T200000Z") && !file.contains("Botox"), "{file}");
        let card = &staff[0].email;
        assert!(card.html.as_ref().unwrap().contains("Jo Park") && card.text.contains("/s/org_"), "{}", card.text);
        assert!(!mail.text.contains("/s/"), "no staff link for patients");
        world.texts(JO, "can we move it to friday at 11am").await;
        world.texts(JO, "yes").await;
        world.texts(JO, "cancel my appointment").await;
        world.texts(JO, "yes").await;
        let subjects: Vec<String> = world
            .mailbox
            .emails_after(0)
            .into_iter()
            .filter(|m| m.email.to == "jo@example.com")
            .map(|m| m.email.subject)
            .collect();
        let wanted = ["Your visit is booked", "Your visit is moved", "Your visit is cancelled"];
        assert_eq!(subjects, wanted.map(|subject| format!("{subject} - Glow Aesthetics")));
    }
}

#[tokio::test]
async fn who_gave_no_address_or_opted_out_gets_no_mail() {
    let mut world = World::new(crate::world::On::Sqlite).await;
    world.texts(JO, "Jo Park, new here, no email. Botox tuesday at 3pm?").await;
    world.texts(JO, "yes").await;
    assert!(world.mailbox.emails_after(0).iter().all(|m| m.email.to == "desk@glow.example"));
}
