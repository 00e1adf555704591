//! The built-in calendar in full: who does what, wishes, closures, blocked time, rooms, and the night the clocks move.

use frontdesk_domain::clinic::parse;
use frontdesk_domain::span::Span;
use frontdesk_reception::clinics::{import, outside_working_time};
use frontdesk_reception::feeds::addresses;

use crate::carrier::{By, PUBLIC};
use crate::world::{JO, On, World, set_ups};

const KIM: &str = "+13475550124";
const LEE: &str = "+13475550125";

/// The sample clinic with these tables behind it, on a Friday morning.
async fn clinic_with(on: On, by: By, more: &str) -> World {
    let file = format!("{}\n{more}", frontdesk_server::wiring::SAMPLE);
    World::over(on, &[by], &file, "2026-11-20T10:00:00-05:00", Span::ZERO).await
}

#[tokio::test]
async fn a_wish_for_a_provider_is_kept_to_the_end() {
    for (on, by) in set_ups() {
        let mut world = clinic_with(on, by, "").await;
        let told =
            world.texts(JO, "Jo Park, new, jo@example.com. botox with Sam wednesday afternoon?").await.join("\n");
        assert!(told.contains("Wed, Nov 25") && !told.contains("Dana"), "{told}");
        world.texts(JO, "the first one").await;
        assert_eq!(world.visits().await, ["11-25 12:00 Botox, Sam Ortiz, Jo Park"]);
        // Somebody who does not do it is said, and who does is offered.
        let told = world.texts(KIM, "Kim Tate, new, kim@example.com. hydrafacial with Dana tuesday?").await.join("\n");
        assert!(told.contains("Dana Lee") && told.contains("Kim Novak"), "{told}");
        assert_eq!(world.visits().await.len(), 1);
    }
}

#[tokio::test]
async fn two_who_do_a_service_see_two_patients_at_once_and_no_third() {
    for (on, by) in set_ups() {
        let mut world = clinic_with(on, by, "").await;
        for (patient, name) in [(JO, "Jo Park"), (KIM, "Kim Tate"), (LEE, "Lee Ray")] {
            let told =
                world.texts(patient, &format!("{name}, new, a@example.com. botox wednesday at 10")).await.join("\n");
            if patient == LEE {
                assert!(!told.contains("10:00 AM"), "nobody is free at ten: {told}");
            } else {
                world.texts(patient, "yes").await;
            }
        }
        let visits = world.visits().await;
        assert_eq!(visits.len(), 2, "{visits:?}");
        assert!(visits.iter().all(|visit| visit.starts_with("11-25 10:00 Botox")), "{visits:?}");
        assert!(visits.iter().any(|v| v.contains("Dana Lee")) && visits.iter().any(|v| v.contains("Sam Ortiz")));
    }
}

#[tokio::test]
async fn a_day_of_closure_is_not_offered() {
    for (on, by) in set_ups() {
        let closed = "[[closures]]\ndate = \"2026-11-26\"\nto = \"2026-11-27\"\nreason = \"Thanksgiving\"\n";
        let mut world = clinic_with(on, by, closed).await;
        let told = world.texts(JO, "Jo Park, new, jo@example.com. botox thursday?").await.join("\n");
        assert!(!told.contains("Thursday, November 26") && !told.contains("Thu, Nov 26"), "{told}");
        let asked = world.texts(JO, "are you open on friday?").await.join("\n");
        assert!(asked.contains("closed"), "{asked}");
        world.texts(JO, "ok what about wednesday at 3pm with Dana").await;
        world.texts(JO, "yes please").await;
        assert_eq!(world.visits().await, ["11-25 15:00 Botox, Dana Lee, Jo Park"]);
    }
}

#[tokio::test]
async fn blocked_time_is_offered_to_nobody_and_stands_in_the_providers_feed() {
    for (on, by) in set_ups() {
        let blocks = "[[blocks]]\nprovider = \"Dana Lee\"\ndate = \"2026-11-24\"\nhours = [\"10:00-14:00\", \"15:00-19:00\"]\nnote = \"training\"\n";
        let mut world = clinic_with(on, by, blocks).await;
        let told = world.texts(JO, "Jo Park, new, jo@example.com. botox on tuesday").await.join("\n");
        let times: Vec<&str> =
            ["2:00 PM", "2:15 PM", "2:30 PM"].into_iter().filter(|time| told.contains(time)).collect();
        assert!(!times.is_empty(), "{told}");
        for blocked in ["10:00 AM", "11:00 AM", "1:45 PM", "2:45 PM", "3:00 PM", "5:00 PM"] {
            assert!(!told.contains(blocked), "{blocked} is blocked: {told}");
        }
        let (_, address) = addresses(&world.reception, &world.clinic).remove(0);
        let (_, feed) = world.get(address.strip_prefix(PUBLIC).unwrap()).await;
        assert!(
            feed.contains("DTSTART:20261124T150000Z\r\nDTEND:20261124T190000Z\r\nSUMMARY:Blocked: training"),
            "{feed}"
        );
        world.texts(JO, "the first one").await;
        assert_eq!(world.visits().await.len(), 1);

        // A block that comes over a visit moves nobody; it is named to who imports it, and no more visits come there.
        let all_day = blocks.replace("hours = [\"10:00-14:00\", \"15:00-19:00\"]\n", "");
        let file = format!("{}\n{all_day}", frontdesk_server::wiring::SAMPLE);
        let stored = import(&world.reception, parse(&file).unwrap(), "import", false).await.unwrap();
        let over = outside_working_time(&world.reception, &stored.settings).await.unwrap();
        assert_eq!(over.len(), 1);
        assert_eq!(world.visits().await.len(), 1);
        let told = world.texts(KIM, "Kim Tate, new, kim@example.com. botox on tuesday at 2:30").await.join("\n");
        assert!(!told.contains("November 24 at") && !told.contains("Nov 24"), "{told}");
    }
}

#[tokio::test]
async fn one_room_takes_one_visit_at_a_time_whoever_treats() {
    for (on, by) in set_ups() {
        let room = "[[rooms]]\nname = \"Laser room\"\nservices = [\"Laser Hair Removal\", \"Dermal Filler\"]\n\
                    [[blocks]]\nroom = \"Laser room\"\ndate = \"2026-11-25\"\nhours = \"9:00-12:00\"\n";
        let mut world = clinic_with(on, by, room).await;
        // Kim Novak and Dana Lee are both free at two on Tuesday; the room is one.
        world.texts(JO, "Jo Park, new, jo@example.com. laser hair removal tuesday at 2pm").await;
        world.texts(JO, "yes").await;
        assert_eq!(world.visits().await, ["11-24 14:00 Laser Hair Removal, Kim Novak, Jo Park"]);
        let told = world.texts(KIM, "Kim Tate, new, kim@example.com. dermal filler tuesday at 2pm").await.join("\n");
        assert!(!told.contains("2:00 PM") && told.contains("2:45 PM"), "{told}");
        // A service without the room is not touched.
        let told = world.texts(LEE, "Lee Ray, new, lee@example.com. botox tuesday at 2pm").await.join("\n");
        assert!(told.contains("2:00 PM"), "{told}");
        // Nobody gets the room while it is blocked.
        let told = world.texts(KIM, "what about wednesday morning?").await.join("\n");
        assert!(!told.contains("AM"), "{told}");
        let told = world.texts(KIM, "wednesday at noon then").await.join("\n");
        assert!(told.contains("12:00 PM"), "{told}");
    }
}

#[tokio::test]
async fn a_visit_across_the_night_the_clocks_move_keeps_its_hour() {
    for (on, by) in set_ups() {
        for (today, visit, utc) in [
            ("2026-10-30T10:00:00-04:00", "11-02 10:00 Botox, Dana Lee, Jo Park", "20261102T150000Z"),
            ("2027-03-12T10:00:00-05:00", "03-15 10:00 Botox, Dana Lee, Jo Park", "20270315T140000Z"),
        ] {
            let mut world = World::over(on, &[by], frontdesk_server::wiring::SAMPLE, today, Span::ZERO).await;
            world.texts(JO, "Jo Park, new, jo@example.com. botox monday at 10").await;
            let told = world.texts(JO, "yes").await.join("\n");
            assert!(told.contains("10:00 AM"), "{told}");
            assert_eq!(world.visits().await, [visit]);
            let (_, address) = addresses(&world.reception, &world.clinic).remove(0);
            let (_, feed) = world.get(address.strip_prefix(PUBLIC).unwrap()).await;
            assert!(feed.contains(&format!("DTSTART:{utc}")), "{feed}");
        }
    }
}

#[tokio::test]
async fn a_block_that_names_nobody_is_refused() {
    let world = clinic_with(On::Sqlite, By::Telnyx, "").await;
    let head =
        "key = \"glow\"\norganisation = \"Glow Group\"\nname = \"Glow Aesthetics\"\ntimezone = \"America/New_York\"\n";
    for (whose, fits) in
        [("provider = \"Dana Lee\"", true), ("provider = \"Dana Li\"", false), ("room = \"Laser room\"", false)]
    {
        let file = format!("{head}[[blocks]]\n{whose}\ndate = \"2026-12-01\"\n");
        let stored = import(&world.reception, parse(&file).unwrap(), "import", false).await;
        assert_eq!(stored.is_ok(), fits, "{whose}");
        if let Err(error) = stored {
            assert!(error.to_string().contains("nothing would be blocked"), "{error}");
        }
    }
    // A provider who leaves while a block names them is said, too.
    let renamed = frontdesk_server::wiring::SAMPLE.replace("Dana Lee", "Dana Leigh");
    assert!(import(&world.reception, parse(&renamed).unwrap(), "import", false).await.is_err());
}
