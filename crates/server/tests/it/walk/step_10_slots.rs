//! The built-in calendar: no double booking, whoever is faster.

use std::collections::HashSet;

use frontdesk_domain::ids::{ConversationId, LeadId};
use frontdesk_domain::preference::TimePreference;
use frontdesk_domain::slot::instants;
use frontdesk_ports::Clock;
use frontdesk_ports::booking_platform::{AvailabilityQuery, BookingOutcome, BookingRequest};

use proptest::prelude::*;

use crate::world::{World, databases};

#[tokio::test]
async fn forty_patients_want_the_same_hour() {
    for on in databases() {
        let world = World::new(on).await;
        let service = world.clinic.service_named("Dermal Filler").unwrap().id;
        let preference = TimePreference::default();
        let now = world.clock.now();
        let query = AvailabilityQuery { clinic: &world.clinic, service, provider: None, preference: &preference, now };
        let free = world.reception.calendar.availability(&query).await.unwrap();
        // Overlapping starts: a visit of 45 minutes every quarter of an hour.
        let orders = (0..40_u128).map(|n| {
            let slot = &free[usize::try_from(n).unwrap() % 6];
            let request = BookingRequest {
                clinic: &world.clinic,
                conversation: ConversationId::from_raw(n),
                lead: LeadId::from_raw(n),
                slot,
                patient_name: "Jo Park",
                replaces: None,
                hold: None,
                key: format!("order-{n}"),
                now,
            };
            let calendar = world.reception.calendar.clone();
            async move { calendar.book(&request).await.unwrap() }
        });
        let outcomes = futures::future::join_all(orders).await;
        let mut taken = HashSet::new();
        let mut booked = 0;
        for outcome in outcomes {
            if let BookingOutcome::Booked(visit) = outcome {
                booked += 1;
                for instant in instants(visit.slot.start, visit.slot.end) {
                    assert!(taken.insert((visit.slot.provider, instant)), "two visits at once");
                }
            }
        }
        assert!((1..=2).contains(&booked), "{booked}");
        assert_eq!(world.visits().await.len(), booked);
        let again = BookingRequest {
            clinic: &world.clinic,
            conversation: ConversationId::from_raw(99),
            lead: LeadId::from_raw(99),
            slot: &free[12],
            patient_name: "Jo Park",
            replaces: None,
            hold: None,
            key: "twice".to_owned(),
            now,
        };
        for _ in 0..2 {
            assert!(matches!(world.reception.calendar.book(&again).await.unwrap(), BookingOutcome::Booked(_)));
        }
        assert_eq!(world.visits().await.len(), booked + 1, "the same order books once");
    }
}

#[tokio::test]
async fn a_slot_that_went_meanwhile_is_said_and_replaced() {
    for on in databases() {
        let mut world = World::new(on).await;
        let (jo, kim) = ("+13475550123", "+13475550124");
        let first = "new here, a@example.com, hydrafacial tuesday at 3pm";
        assert!(world.texts(jo, &format!("Jo Park, {first}")).await[0].contains("3:00 PM"));
        assert!(world.texts(kim, &format!("Kim Tate, {first}")).await[0].contains("3:00 PM"));
        assert!(world.texts(jo, "yes").await[0].contains("You're booked"));
        let told = world.texts(kim, "yes").await;
        assert!(told[0].contains("just taken"), "{told:?}");
        assert_eq!(world.visits().await.len(), 1);
    }
}

#[tokio::test]
async fn a_visit_whose_conversation_lost_it_is_found_again() {
    for on in databases() {
        let mut world = World::new(on).await;
        let jo = crate::world::JO;
        world.texts(jo, "Jo Park, new here, a@example.com, dermal filler tuesday at 3pm").await;
        let (row, state) = (world.row(jo).await, world.state(jo).await);
        // The calendar committed, then the process died before the conversation did.
        let slot = state.offer.unwrap().slots[0].clone();
        let order = BookingRequest {
            clinic: &world.clinic,
            conversation: row.id,
            lead: LeadId::from_raw(1),
            slot: &slot,
            patient_name: "Jo Park",
            replaces: None,
            hold: None,
            key: "lost".to_owned(),
            now: world.clock.now(),
        };
        world.reception.calendar.book(&order).await.unwrap();
        let told = world.texts(jo, "hello?").await.join("\n");
        assert!(told.contains("You're booked for Dermal Filler"), "{told}");
        assert_eq!(world.visits().await.len(), 1);
        assert!(world.state(jo).await.appointment.is_some());
        assert_eq!(world.mail(), ["New booking: Jo Park"]);
    }
}

/// What happens to the calendar in a random history.
#[derive(Debug, Clone)]
enum Doing {
    Book(usize, u128),
    Move(usize, usize),
    Cancel(usize),
}

fn doings() -> impl Strategy<Value = Vec<Doing>> {
    let one = prop_oneof![
        4 => (0..24_usize, 0..6_u128).prop_map(|(slot, who)| Doing::Book(slot, who)),
        2 => (0..8_usize, 0..24_usize).prop_map(|(visit, slot)| Doing::Move(visit, slot)),
        1 => (0..8_usize).prop_map(Doing::Cancel),
    ];
    proptest::collection::vec(one, 1..20)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever is booked, moved and called off, no provider ever has two visits at once, cleaning up included.
    #[test]
    fn no_history_books_anybody_twice(history in doings()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::new(crate::world::On::Sqlite).await;
            let service = world.clinic.service_named("Dermal Filler").unwrap().id;
            let preference = TimePreference::default();
            let now = world.clock.now();
            let query = AvailabilityQuery { clinic: &world.clinic, service, provider: None, preference: &preference, now };
            let free = world.reception.calendar.availability(&query).await.unwrap();
            let mut visits = Vec::new();
            for (n, doing) in history.into_iter().enumerate() {
                let (slot, who, replaces) = match doing {
                    Doing::Book(slot, who) => (slot, who, None),
                    Doing::Move(visit, slot) => match visits.get(visit) {
                        Some(id) => (slot, 9, Some(*id)),
                        None => continue,
                    },
                    Doing::Cancel(visit) => {
                        if let Some(id) = visits.get(visit) {
                            world.reception.calendar.cancel(&world.clinic, *id, now).await.unwrap();
                        }
                        continue;
                    }
                };
                let order = BookingRequest {
                    clinic: &world.clinic,
                    conversation: ConversationId::from_raw(who),
                    lead: LeadId::from_raw(who),
                    slot: &free[slot],
                    patient_name: "Jo Park",
                    replaces,
                    hold: None,
                    key: format!("order-{n}"),
                    now,
                };
                if let BookingOutcome::Booked(visit) = world.reception.calendar.book(&order).await.unwrap() {
                    visits.push(visit.id);
                }
            }
            let mut tx = world.reception.store.begin(world.clinic.org).await.unwrap();
            let far = now + jiff::SignedDuration::from_hours(24 * 365);
            let mut taken = HashSet::new();
            for visit in tx.appointments_between(now, far).await.unwrap().iter().filter(|v| v.status.stands()) {
                let cleared = visit.slot.end + world.clinic.booking.buffer.signed();
                for instant in instants(visit.slot.start, cleared) {
                    assert!(taken.insert((visit.slot.provider, instant)), "two visits at once");
                }
            }
        });
    }
}
