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

#[tokio::test]
async fn a_provider_subscribes_to_a_feed_that_says_when_and_not_what_for() {
    for on in databases() {
        let mut world = World::new(on).await;
        world.texts(JO, "Jo Park, new here, no email. Botox with Dana tuesday at 3pm?").await;
        world.texts(JO, "yes").await;
        let feeds = frontdesk_reception::feeds::addresses(&world.reception, &world.clinic);
        let path = |name: &str| {
            let (_, address) = feeds.iter().find(|(provider, _)| provider == name).unwrap();
            format!("/calendar/{}", address.split_once("/calendar/").unwrap().1)
        };
        let (status, file) = world.get(&path("Dana Lee")).await;
        assert_eq!(status, 200);
        assert!(file.contains("DTSTART:20261124T200000Z") && file.contains("SUMMARY:Visit J.P."), "{file}");
        assert!(!file.contains("Botox") && !file.contains("Park") && !file.contains("555"), "{file}");
        assert!(!world.get(&path("Kim Novak")).await.1.contains("VEVENT"), "nobody else's");
        world.texts(JO, "cancel my appointment").await;
        world.texts(JO, "yes").await;
        assert!(world.get(&path("Dana Lee")).await.1.contains("STATUS:CANCELLED"));
        let forged = path("Dana Lee").replace(".ics", "x.ics");
        assert_eq!(world.get(&forged).await.0, 404);
    }
}
