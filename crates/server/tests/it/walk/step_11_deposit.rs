//! Step 11: a deposit is asked for, agreed to, and its link made: on paths (ii) and (iii), with what the vendor may do.

use frontdesk_domain::conversation::Stage;
use frontdesk_domain::deposit::DepositStatus;
use frontdesk_domain::span::Span;
use frontdesk_ports::inbound::PaymentReport;

use crate::till::Fault;
use crate::world::{JO, On, World, databases, set_ups, with_deposits};

const FACTS: &str = "Jo Park, new here, jo@example.com. Botox tuesday after 3?";

#[tokio::test]
async fn a_time_is_kept_the_policy_said_and_only_a_yes_to_the_deposit_makes_a_link() {
    for (on, by) in set_ups() {
        let mut world =
            World::over(on, &[by], &with_deposits("calendar"), "2026-11-20T10:00:00-05:00", Span::ZERO).await;
        world.texts(JO, FACTS).await;
        let asked = world.texts(JO, "the first one").await.remove(0);
        assert!(asked.contains("holding Tuesday, November 24 at 3:00 PM") && asked.contains("$50 deposit"), "{asked}");
        assert!(
            asked.contains("24 hours' notice") && asked.ends_with("Shall I text you the secure payment link?"),
            "{asked}"
        );
        assert_eq!(world.state(JO).await.stage, Stage::Holding);
        assert!(world.till.0.lock().unwrap().links.is_empty(), "no link before they agree");
        // The time is nobody else's meanwhile.
        let other =
            world.texts("+13475550188", "Al Ray, new, no email, botox tuesday at 3pm with Dana Lee").await.remove(0);
        assert!(!other.contains("3:00 PM with Dana"), "{other}");
        let question = world.texts(JO, "is it refundable?").await.remove(0);
        assert!(question.contains("24 hours' notice") && question.contains("Shall I text you"), "{question}");
        assert!(world.till.0.lock().unwrap().links.is_empty());
        let link = world.texts(JO, "yes please").await.remove(0);
        assert!(link.contains("$50") && link.contains("/p/") && link.contains("60 minutes"), "{link}");
        let state = world.state(JO).await;
        assert_eq!((state.stage, state.deposit.unwrap().status), (Stage::AwaitingPayment, DepositStatus::Requested));
        assert!(world.visits().await.is_empty(), "booked when it is paid");
        let again = world.texts(JO, "can you send the link again").await.remove(0);
        assert!(again.contains("/p/"), "{again}");
        assert_eq!(world.till.0.lock().unwrap().links.len(), 1);
        let booked = world.payment(JO, "pay_1", PaymentReport::Paid { amount_minor: 5_000 }).await.remove(0);
        assert!(booked.contains("your $50 payment is in") && booked.contains("You're booked for Botox"), "{booked}");
        assert_eq!(world.visits().await, ["11-24 15:00 Botox, Dana Lee, Jo Park"]);
        assert!(world.mail().contains(&"New booking: Jo Park".to_owned()));
        let text = world.carrier.messages().into_iter().rfind(|m| m.to == "+12125550111").unwrap().text;
        assert!(text.contains("deposit $50 paid"), "{text}");
    }
}

#[tokio::test]
async fn who_declines_or_wants_another_time_pays_nothing() {
    for on in databases() {
        let mut world = World::with(on, &with_deposits("calendar"), "2026-11-20T10:00:00-05:00", Span::ZERO).await;
        world.texts(JO, FACTS).await;
        world.texts(JO, "the first one").await;
        let other = world.texts(JO, "actually the 5pm").await.remove(0);
        assert!(other.contains("holding Tuesday, November 24 at 5:00 PM"), "{other}");
        let declined = world.texts(JO, "no thanks, I don't pay deposits").await.remove(0);
        assert!(declined.contains("No problem"), "{declined}");
        assert!(world.mail().iter().any(|subject| subject.starts_with("Would rather not pay")));
        assert!(world.till.0.lock().unwrap().links.is_empty());
        // Both times are free again.
        let offer = world.texts("+13475550188", "Al Ray, new, no email, botox tuesday after 3").await.remove(0);
        assert!(offer.contains("3:00 PM"), "{offer}");
    }
}

#[tokio::test]
async fn a_clinic_without_a_calendar_takes_the_deposit_and_staff_confirm() {
    for on in databases() {
        let mut world = World::with(on, &with_deposits("none"), "2026-11-20T10:00:00-05:00", Span::ZERO).await;
        let asked = world.texts(JO, FACTS).await.remove(0);
        assert!(asked.contains("A $50 deposit reserves your visit"), "{asked}");
        let link = world.texts(JO, "sure").await.remove(0);
        assert!(link.contains("/p/"), "{link}");
        let paid = world.payment(JO, "pay_1", PaymentReport::Paid { amount_minor: 5_000 }).await.remove(0);
        assert!(paid.contains("$50 payment is in") && paid.contains("Our team will confirm your time"), "{paid}");
        let state = world.state(JO).await;
        assert_eq!((state.stage, state.lead.status.key()), (Stage::AwaitingStaff, "deposit_paid"));
        assert!(world.mail().contains(&"Paid: Jo Park".to_owned()));
    }
}

#[tokio::test]
async fn a_vendor_in_trouble_makes_one_link_or_brings_a_person() {
    for (fault, works) in
        [(Fault::Down, false), (Fault::Slow, false), (Fault::Refuses, false), (Fault::Lost, true), (Fault::None, true)]
    {
        let mut world =
            World::with(On::Sqlite, &with_deposits("calendar"), "2026-11-20T10:00:00-05:00", Span::ZERO).await;
        world.texts(JO, FACTS).await;
        world.texts(JO, "the first one").await;
        world.till.0.lock().unwrap().fault = (fault, 1);
        let answer = world.texts(JO, "yes").await.remove(0);
        assert_eq!(answer.contains("/p/"), works, "{fault:?}: {answer}");
        if !works {
            assert!(answer.contains("can't open our payment page"), "{answer}");
            assert!(world.mail().iter().any(|s| s.starts_with("Needs you (payment page unavailable)")));
        }
        assert!(world.till.0.lock().unwrap().links.len() <= 1);
    }
}

/// What comes of a message that answers "Shall I text you the link?" for Tuesday at three with Dana.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comes {
    /// The link.
    Link,
    /// The question once more.
    Asked,
    /// The deposit is declined, and staff know.
    Declined,
    /// Another time is spoken of; no link, and Tuesday at three is not what is paid for.
    Elsewhere,
    /// A person has it.
    Person,
}

#[tokio::test]
async fn only_agreement_and_nothing_else_makes_a_link() {
    use Comes::{Asked, Declined, Elsewhere, Link, Person};
    let table = [
        ("yes", Link),
        ("y", Link),
        ("ya", Link),
        ("👍", Link),
        ("ok", Link),
        ("sure thing", Link),
        ("send me the link", Link),
        ("please send the link", Link),
        ("just send it", Link),
        ("ok send it", Link),
        ("go ahead and send", Link),
        ("go ahead", Link),
        ("i agree", Link),
        ("i want to pay", Link),
        ("ready to pay", Link),
        ("where do i pay?", Link),
        ("how do i pay", Link),
        ("yes i'll pay the $50", Link),
        ("no problem, send it", Link),
        ("sí, mándame el link", Link),
        ("si, envíamelo", Link),
        ("claro que si", Link),
        ("bueno", Link),
        ("yeah right lol", Asked),
        ("is it refundable?", Asked),
        ("hmm", Asked),
        ("let me think about it", Asked),
        ("not yet, one sec", Asked),
        ("yes but is it refundable?", Asked),
        ("give me 5 min", Asked),
        ("no", Declined),
        ("can't afford it", Declined),
        ("yes i understand but no", Declined),
        ("yes. wait no", Declined),
        ("está muy caro", Declined),
        ("that's too much", Declined),
        ("yes make it 4", Elsewhere),
        ("yes for 4", Elsewhere),
        ("can we do 4 instead", Elsewhere),
        ("actually can we do 4 instead", Elsewhere),
        ("yes but can we do 4 instead", Elsewhere),
        ("what about 4", Elsewhere),
        ("is 5 available", Elsewhere),
        ("ok 4 then", Elsewhere),
        ("4 works better", Elsewhere),
        ("i can't make 3 anymore", Elsewhere),
        ("4:30 instead", Elsewhere),
        ("what about wednesday", Elsewhere),
        ("okay but with sam", Elsewhere),
        ("ok for hydrafacial instead", Elsewhere),
        ("Yes thank you so much!", Link),
        ("go for it", Link),
        ("do it", Link),
        ("It's fine", Link),
        ("give me the link", Link),
        ("let me pay", Link),
        ("Yes, I understand", Link),
        ("book it", Link),
        ("I'm in", Link),
        ("Yes!! So excited", Link),
        ("good morning! yes", Link),
        ("yes to this number", Link),
        ("Yes, 3 works", Link),
        ("Yes tuesday at 3 is perfect", Link),
        ("okayyy", Link),
        ("está bien", Link),
        ("sí muchas gracias", Link),
        ("pues sí", Link),
        ("Si me parece bien", Link),
        ("sí, mándeme el link", Link),
        ("Ándale", Link),
        ("can you send me the link?", Link),
        ("Can I pay then?", Asked),
        ("I'd like to pay then", Asked),
        ("I'll text you", Asked),
        ("Do I have to pay?", Asked),
        ("Do I have to pay now?", Asked),
        ("Is 100 all I pay?", Asked),
        ("Is the link secure?", Asked),
        ("you sure?", Asked),
        ("y do i pay", Asked),
        ("Can I get a deal", Asked),
        ("How good is it?", Asked),
        ("¿Y por qué?", Asked),
        ("¿Y dónde está?", Asked),
        ("¿Por que pago?", Asked),
        ("bueno y el deposito para que", Asked),
        ("yes?", Asked),
        ("ok?", Asked),
        ("link?", Link),
        ("no problem", Asked),
        ("let me ask my husband", Asked),
        ("later", Asked),
        ("sí y una cosa", Asked),
        ("I'm good", Declined),
        ("I'm good thanks", Declined),
        ("im good for now", Declined),
        ("¡Qué va!", Declined),
        ("I don't think so", Declined),
        ("I'm not paying that", Declined),
        ("I don't have the money", Declined),
        ("I'm broke", Declined),
        ("please don't send", Declined),
        ("I'll go somewhere else", Declined),
        ("I would rather pay at the office", Declined),
        ("prefiero pagar en persona", Declined),
        ("ya no quiero", Declined),
        ("es mucho dinero", Declined),
        ("no thanks", Declined),
        ("no, gracias", Declined),
        ("one works", Elsewhere),
        ("actually I can't do Tuesday", Elsewhere),
        ("can i talk to a person", Person),
    ];
    let mut faults = Vec::new();
    for (message, comes) in table {
        let mut world =
            World::with(On::Sqlite, &with_deposits("calendar"), "2026-11-20T10:00:00-05:00", Span::ZERO).await;
        world.texts(JO, "Jo Park, new here, jo@example.com. Botox with Dana tuesday at 3pm").await;
        world.texts(JO, "yes").await;
        world.mail();
        let said = world.texts(JO, message).await.join("\n");
        let state = world.state(JO).await;
        let links = world.till.0.lock().unwrap().links.len();
        let asks =
            ["secure link", "Shall I text you", "No rush", "enlace", "solo dígame"].iter().any(|w| said.contains(w));
        let was = if links > 0 {
            Link
        } else if state.handed_over.is_some() {
            Person
        } else if world.mail().iter().any(|subject| subject.starts_with("Would rather not pay")) {
            Declined
        } else if state.agreeing.as_ref().is_some_and(|a| {
            a.slot
                .as_ref()
                .is_some_and(|s| world.clinic.timezone.local(s.start).strftime("%a %H").to_string() == "Tue 15")
        }) && asks
        {
            Asked
        } else {
            Elsewhere
        };
        if was != comes {
            faults.push(format!("{message:?}: {was:?} and not {comes:?}: {said}"));
        }
        // Whatever it was, what is paid for afterwards is never what they moved away from.
        if comes == Elsewhere && state.agreeing.is_none() && links > 0 {
            faults.push(format!("{message:?}: a link for the old time"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

async fn asked_by(platform: &str) -> World {
    let mut world = World::with(On::Sqlite, &with_deposits(platform), "2026-11-20T10:00:00-05:00", Span::ZERO).await;
    world.texts(JO, "Jo Park, new here, jo@example.com. Botox with Dana tuesday at 3pm").await;
    if platform == "calendar" {
        world.texts(JO, "yes").await;
    }
    assert!(world.state(JO).await.agreeing.is_some());
    world.mail();
    world
}

fn services(world: &World, state: &frontdesk_engine::Conversation) -> Vec<String> {
    state.lead.services.iter().filter_map(|id| world.clinic.service(*id)).map(|s| s.name.clone()).collect()
}

#[tokio::test]
async fn a_question_changes_nothing_that_is_about_to_be_paid() {
    for platform in ["calendar", "none"] {
        let mut world = asked_by(platform).await;
        world.texts(JO, "how much is dermal filler?").await;
        assert_eq!(services(&world, &world.state(JO).await), ["Botox"], "{platform}");
        world.texts(JO, "yes").await;
        world.texts(JO, "how much is hydrafacial?").await;
        let more = world.texts(JO, "I also want a hydrafacial").await.join("\n");
        assert!(!more.contains("Shall I text you") && more.contains("passed that on"), "{more}");
        let state = world.state(JO).await;
        assert_eq!(services(&world, &state), ["Botox", "HydraFacial"], "{platform}");
        assert_eq!((world.till.0.lock().unwrap().links.len(), state.stage), (1, Stage::AwaitingPayment), "{platform}");
        world.payment(JO, "pay_1", PaymentReport::Paid { amount_minor: 5_000 }).await;
        world.texts(JO, "how much is laser hair removal?").await;
        let state = world.state(JO).await;
        assert_eq!(services(&world, &state)[0], "Botox", "{platform}");
        assert!(
            ["deposit_paid", "booked"].contains(&state.lead.status.key()),
            "{platform}: {}",
            state.lead.status.key()
        );
    }
}

#[tokio::test]
async fn a_yes_after_a_person_spoke_or_to_another_question_makes_no_link() {
    use frontdesk_reception::conversation::staff::{StaffAct, act};
    let mut world = asked_by("calendar").await;
    let row = world.row(JO).await;
    act(&world.reception, row.org, row.id, StaffAct::Reply("No deposit needed, you are all set!".into()))
        .await
        .unwrap();
    act(&world.reception, row.org, row.id, StaffAct::GiveBack).await.unwrap();
    world.run().await;
    world.texts(JO, "ok great").await;
    assert!(world.till.0.lock().unwrap().links.is_empty(), "a person waived it");
    let mut world = asked_by("calendar").await;
    world.calls(JO).await;
    world.texts(JO, "yes").await;
    assert!(world.till.0.lock().unwrap().links.is_empty(), "how can I help? yes");
}

#[tokio::test]
async fn another_visit_and_another_person_leave_what_is_kept_alone() {
    let mut world = asked_by("calendar").await;
    world.texts(JO, "yes").await;
    let other = world.texts(JO, "book my sister Maria too at 4:30").await.join("\n");
    assert!(other.contains("team"), "{other}");
    assert_eq!(world.mail(), ["New message: Jo Park"]);
    world.payment(JO, "pay_1", PaymentReport::Paid { amount_minor: 5_000 }).await;
    assert_eq!(world.visits().await, ["11-24 15:00 Botox, Dana Lee, Jo Park"]);

    // A visit stands, a second one waits for its deposit, and the first is called off.
    let clinic = with_deposits("calendar").replace("patient_type = \"new\"", "service = \"Dermal Filler\"");
    let mut world = World::with(On::Sqlite, &clinic, "2026-11-20T10:00:00-05:00", Span::ZERO).await;
    world.texts(JO, "Jo Park, existing, jo@example.com. Botox with Dana wednesday at 3pm").await;
    world.texts(JO, "yes").await;
    world.texts(JO, "I'd also like dermal filler tuesday at 2pm").await;
    let asked = world.texts(JO, "yes").await.join("\n");
    assert!(asked.contains("deposit"), "{asked}");
    let cancel = world.texts(JO, "cancel my botox appointment").await.join("\n");
    assert!(cancel.contains("Shall I cancel your Botox"), "{cancel}");
    let off = world.texts(JO, "yes").await.join("\n");
    assert!(off.contains("cancelled") && world.visits().await.is_empty(), "{off}");
    assert!(world.state(JO).await.hold.is_some(), "the filler's time is still kept");
}

#[tokio::test]
async fn words_and_then_silence_reach_staff_and_a_no_may_be_taken_back() {
    for platform in ["calendar", "none"] {
        let mut world = asked_by(platform).await;
        let patient = world.texts(JO, "let me ask my husband").await.join("\n");
        assert!(patient.contains("No rush"), "{patient}");
        world.wait(Span::days(1)).await;
        assert_eq!(world.mail(), ["Did not pay the deposit: Jo Park"], "{platform}");
        let mut world = asked_by(platform).await;
        world.texts(JO, "no thanks").await;
        let again = world.texts(JO, "ok actually yes, send the link").await.join("\n");
        assert!(again.contains("$50 deposit"), "{platform}: {again}");
        assert!(world.texts(JO, "yes").await[0].contains("/p/"), "{platform}");
        // With the link open a plain refusal is heard.
        let no = world.texts(JO, "I don't want to pay").await.join("\n");
        assert!(no.contains("No problem"), "{platform}: {no}");
    }
}
