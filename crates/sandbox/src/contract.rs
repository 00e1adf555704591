//! What every implementation of a port must do, as suites to run against it: the sandbox's, a vendor's against its recorded
//! exchanges or stand-in, the store on each database. A suite panics at the first promise that is not kept.

#![expect(clippy::unwrap_used, reason = "a suite that cannot go on fails")]

use jiff::{SignedDuration, Timestamp};

use frontdesk_domain::PhoneNumber;
use frontdesk_domain::appointment::Hold;
use frontdesk_domain::clinic::ClinicSettings;
use frontdesk_domain::consent::{ConsentChange, ConsentSource, ContactPoint};
use frontdesk_domain::contact_policy::MessageKind;
use frontdesk_domain::conversation::Channel;
use frontdesk_domain::deposit::{Deposit, DepositStatus, Purpose};
use frontdesk_domain::ids::{ClinicId, ContactId, ConversationId, DepositId, HoldId, LeadId, MessageId, OrgId};
use frontdesk_domain::money::Money;
use frontdesk_domain::preference::TimePreference;
use frontdesk_domain::slot::Slot;
use frontdesk_ports::booking_platform::{
    AvailabilityQuery, BookingOutcome, BookingPlatform, BookingRequest, HoldOutcome,
};
use frontdesk_ports::calls::{CallCommand, CallControl};
use frontdesk_ports::email::{EmailSender, OutboundEmail};
use frontdesk_ports::inbound::{WebhookError, WebhookPort, WebhookRequest};
use frontdesk_ports::payments::{LinkEnd, LinkRequest, Payments, RefundRequest};
use frontdesk_ports::sms::{OutboundSms, SmsSender, Words};
use frontdesk_ports::store::{
    Claim, ConversationRow, ConversationSummary, Erasure, InboundMessage, JobEnd, NewInbound, NewJob, OutboundMessage,
    Retention, SendState, StoreError,
};
use frontdesk_ports::{Ids, MovableClock, Store};

fn number(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text).unwrap()
}

/// A carrier: each text handed over has an id of its own, and its name never changes.
pub async fn sms(carrier: &dyn SmsSender) {
    let mut seen = Vec::new();
    for text in ["hello", "hello", "¿qué tal? 🙂"] {
        let sms = OutboundSms {
            from: number("+12125550100"),
            to: number("+13475550123"),
            text: Words(text.to_owned()),
            reference: Some(format!("org_1.msg_{}", seen.len())),
            conversation: ConversationId::from_raw(1),
        };
        let id = carrier.send(&sms).await.unwrap().0;
        assert!(!id.is_empty() && !seen.contains(&id), "every text has an id of its own");
        seen.push(id);
    }
    assert_eq!(carrier.vendor(), carrier.vendor());
}

/// Call control: every command is carried out, and one that is repeated with its key is no error.
pub async fn calls(control: &dyn CallControl, leg: &str) {
    let speak = CallCommand::Speak { text: "Sorry we missed you.".to_owned(), language: "en" };
    let ring = CallCommand::Ring {
        to: number("+12125550199"),
        seconds: 20,
        caller: "+13475550123".to_owned(),
        ours: number("+12125550100"),
    };
    for (key, command) in (1_u128..).zip([CallCommand::Answer, speak, ring, CallCommand::HangUp]) {
        for _ in 0..2 {
            control.command(leg, &command, key).await.unwrap();
        }
    }
}

/// An e-mail sender: it takes an e-mail, and the same one again under the same key.
pub async fn email(sender: &dyn EmailSender) {
    let email = OutboundEmail {
        to: "front@glow.example".to_owned(),
        subject: "New booking: Jo Park".to_owned(),
        text: "Name: Jo Park\nService: Botox\n\n¡Gracias! 🙂".to_owned(),
        html: None,
        calendar: None,
        key: "ntc_1".to_owned(),
        conversation: ConversationId::from_raw(1),
    };
    sender.send(&email).await.unwrap();
    sender.send(&email).await.unwrap();
    assert!(!sender.vendor().is_empty());
}

/// A payments vendor: a key makes one link and gives back once; what is closed may be closed again.
pub async fn payments(vendor: &dyn Payments, now: Timestamp) {
    let able = vendor.capabilities();
    let order = |key: &str| LinkRequest {
        key: key.to_owned(),
        amount: Money::usd_cents(5_000),
        description: "Deposit, Glow".to_owned(),
        reference: "org_1.dep_1".to_owned(),
        code: "contractcode".to_owned(),
        expires_at: now + able.shortest_link.signed() + SignedDuration::from_hours(1),
    };
    let first = vendor.create_link(&order("dep_1")).await.unwrap();
    let again = vendor.create_link(&order("dep_1")).await.unwrap();
    assert_eq!(first, again, "one link of one key");
    assert!(first.url.starts_with("http") && first.expires_at > now);
    assert_ne!(vendor.create_link(&order("dep_2")).await.unwrap().id, first.id);
    if able.closes_links {
        for _ in 0..2 {
            assert_eq!(vendor.close_link(&first.id).await.unwrap(), LinkEnd::Closed);
        }
    }
    if able.refunds {
        let back = RefundRequest {
            key: "dep_2.pay_1".to_owned(),
            payment: "pay_1".to_owned(),
            amount: Money::usd_cents(5_000),
        };
        for _ in 0..2 {
            vendor.refund(&back).await.unwrap();
        }
    }
    assert!(!vendor.vendor().is_empty());
}

/// A webhook port: what is not signed, or not JSON of the vendor's, brings no event.
pub fn webhooks(port: &dyn WebhookPort, signed: impl Fn(&[u8]) -> http::HeaderMap, now: Timestamp) {
    let none = http::HeaderMap::new();
    let read = |headers: &http::HeaderMap, body: &[u8]| {
        port.read(&WebhookRequest { headers, path: "/webhooks/contract", query: None, body, now })
            .map(|(events, _)| events)
    };
    assert_eq!(read(&none, b"{}"), Err(WebhookError::Signature), "unsigned");
    let headers = signed(b"{}");
    assert_eq!(read(&headers, b"{} "), Err(WebhookError::Signature), "signed for other bytes");
    for body in [&b"{"[..], b"[]", b"\xff\xfe", b""] {
        assert_eq!(read(&signed(body), body), Err(WebhookError::Malformed), "{body:?}");
    }
    assert!(!port.vendor().is_empty());
}

/// Clocks: business time never goes back.
pub fn clock(clock: &dyn MovableClock) {
    let start = clock.now();
    clock.set(start + SignedDuration::from_hours(3));
    let later = clock.now();
    // To the millisecond: a shifted clock counts from a real one that goes on.
    assert!(later >= start + SignedDuration::from_hours(3) - SignedDuration::from_millis(1));
    clock.set(start);
    assert!(clock.now() >= later, "never back");
    assert!(clock.real_now() >= Timestamp::UNIX_EPOCH);
}

/// Ids: no two are the same.
pub fn ids(ids: &dyn Ids) {
    let at = Timestamp::from_second(1_795_000_000).unwrap();
    let many: std::collections::HashSet<u128> = (0..10_000).map(|_| ids.raw(at)).collect();
    assert_eq!(many.len(), 10_000);
}

/// A booking platform over a clinic whose first service can be booked: what it offers it books, once.
pub async fn booking_platform(platform: &dyn BookingPlatform, clinic: &ClinicSettings, now: Timestamp) {
    assert!(platform.capabilities().availability && platform.capabilities().booking);
    let preference = TimePreference::default();
    let service = clinic.menu().next().unwrap().id;
    let query = AvailabilityQuery { clinic, service, provider: None, preference: &preference, now };
    let slots = platform.availability(&query).await.unwrap();
    assert!(!slots.is_empty());
    assert!(slots.windows(2).all(|pair| pair[0].start <= pair[1].start), "by start");
    assert!(slots.iter().all(|slot| slot.start > now && slot.end > slot.start), "ahead");
    let order = |n: u128, slot, key: &str, replaces| BookingRequest {
        clinic,
        conversation: ConversationId::from_raw(n),
        lead: LeadId::from_raw(n),
        slot,
        patient_name: "Jo Park",
        replaces,
        hold: None,
        key: key.to_owned(),
        now,
    };
    let booked = |outcome| match outcome {
        BookingOutcome::Booked(appointment) => appointment,
        BookingOutcome::SlotTaken => panic!("a free time is booked"),
    };
    let first = booked(platform.book(&order(1, &slots[0], "one", None)).await.unwrap());
    let again = booked(platform.book(&order(1, &slots[0], "one", None)).await.unwrap());
    assert_eq!(first.id, again.id, "the same order books once");
    let other = platform.book(&order(2, &slots[0], "two", None)).await.unwrap();
    assert!(matches!(other, BookingOutcome::SlotTaken), "nobody else gets it");
    if platform.capabilities().holds {
        holds(platform, clinic, &slots, now).await;
    }
    let left = platform.availability(&query).await.unwrap();
    let clashes =
        |slot: &Slot| slot.provider == slots[0].provider && slot.start < slots[0].end && slots[0].start < slot.end;
    assert!(!left.iter().any(clashes), "a taken time is not offered");
    // Moved: the old time is free again in the same step.
    let moved = booked(platform.book(&order(1, &left[0], "three", Some(first.id))).await.unwrap());
    assert!(platform.availability(&query).await.unwrap().iter().any(|s| s.start == slots[0].start));
    for _ in 0..2 {
        platform.cancel(clinic, moved.id, now).await.unwrap();
    }
    assert!(platform.availability(&query).await.unwrap().iter().any(|s| s.start == left[0].start));
}

fn job(kind: &'static str, order_key: Option<&str>, at: Timestamp) -> NewJob {
    NewJob {
        org: None,
        kind,
        version: 1,
        payload: "{}".to_owned(),
        order_key: order_key.map(str::to_owned),
        run_at: at,
        claimed_by: None,
    }
}

/// The store: transactions, the inbox, the job table, conversations, consent, messages.
pub async fn store(store: &dyn Store, org: OrgId, clinic: ClinicId) {
    let now = Timestamp::from_second(1_795_000_000).unwrap();
    inbox_and_jobs(store, now).await;
    perpetual_jobs(store, now).await;
    conversations(store, org, clinic, now).await;
}

async fn inbox_and_jobs(store: &dyn Store, now: Timestamp) {
    let event = |id: &str| NewInbound {
        vendor: "contract".to_owned(),
        event_id: id.to_owned(),
        job: job("contract", Some("key"), now),
    };
    let mut tx = store.begin_system().await.unwrap();
    tx.accept(&[event("lost")], now).await.unwrap();
    drop(tx);
    let mut tx = store.begin_system().await.unwrap();
    let fresh = tx.accept(&[event("lost"), event("b"), event("b")], now).await.unwrap();
    assert_eq!(fresh, [true, true, false], "a dropped transaction leaves nothing; an event is stored once");
    tx.commit().await.unwrap();

    let claim = |worker, seconds| Claim { worker, until: now + SignedDuration::from_secs(seconds) };
    let mut tx = store.begin_system().await.unwrap();
    assert!(tx.claim(claim(1, 30), &["other"], now, 9).await.unwrap().is_empty(), "only known kinds");
    let early = now - SignedDuration::from_secs(1);
    assert!(tx.claim(claim(1, 30), &["contract"], early, 9).await.unwrap().is_empty(), "not before their time");
    let held = tx.claim(claim(1, 30), &["contract"], now, 9).await.unwrap();
    assert_eq!((held.len(), held[0].attempt, held[0].payload.as_str()), (1, 1, "{}"), "one of an order key");
    tx.commit().await.unwrap();
    let mut tx = store.begin_system().await.unwrap();
    assert!(tx.claim(claim(2, 30), &["contract"], now, 9).await.unwrap().is_empty(), "held");
    assert!(
        matches!(tx.finish(held[0].id, 2, 1, JobEnd::Done).await, Err(StoreError::LeaseLost)),
        "by its holder only"
    );
    drop(tx);
    let mut tx = store.begin_system().await.unwrap();
    assert_eq!(tx.free_expired(now + SignedDuration::from_secs(29), false).await.unwrap(), 0);
    tx.extend(&[held[0].id], claim(1, 60)).await.unwrap();
    assert_eq!(tx.free_expired(now + SignedDuration::from_secs(31), false).await.unwrap(), 0, "extended");
    assert_eq!(tx.free_expired(now + SignedDuration::from_secs(61), false).await.unwrap(), 1);
    tx.commit().await.unwrap();
    let mut tx = store.begin_system().await.unwrap();
    let taken = tx.claim(claim(2, 120), &["contract"], now, 9).await.unwrap();
    assert_eq!((taken[0].id, taken[0].attempt), (held[0].id, 2), "the oldest of its key, a second attempt");
    assert!(tx.finish(held[0].id, 1, 1, JobEnd::Done).await.is_err(), "the first holder changes nothing");
    let later = now + SignedDuration::from_secs(5);
    tx.finish(taken[0].id, 2, 2, JobEnd::Later { at: later }).await.unwrap();
    assert!(tx.claim(claim(2, 120), &["contract"], now, 9).await.unwrap().is_empty(), "its followers wait for it");
    let taken = tx.claim(claim(2, 120), &["contract"], later, 9).await.unwrap();
    assert_eq!(taken[0].attempt, 2, "a wait of its own wish is no attempt");
    tx.finish(taken[0].id, 2, 2, JobEnd::Dead { error: "no".to_owned() }).await.unwrap();
    let taken = tx.claim(claim(2, 120), &["contract"], later, 9).await.unwrap();
    assert_eq!(taken.len(), 1, "a dead letter holds nobody up");
    tx.finish(taken[0].id, 2, 1, JobEnd::Done).await.unwrap();
    let counts = tx.job_counts().await.unwrap();
    assert_eq!((counts.ready, counts.running, counts.dead), (0, 0, 1));
    tx.commit().await.unwrap();
}

/// A slot kept is nobody else's until its end, may be kept longer, and becomes a visit or is free again.
async fn holds(platform: &dyn BookingPlatform, clinic: &ClinicSettings, slots: &[Slot], now: Timestamp) {
    let last = slots.last().unwrap();
    let minutes = SignedDuration::from_mins;
    let hold = |n: u128, until| Hold { id: HoldId::from_raw(n), slot: last.clone(), expires_at: until };
    let held = |outcome| matches!(outcome, HoldOutcome::Held(_));
    assert!(held(platform.hold(clinic, &hold(1, now + minutes(15)), now).await.unwrap()));
    assert!(!held(platform.hold(clinic, &hold(2, now + minutes(15)), now).await.unwrap()), "kept for another");
    assert!(held(platform.hold(clinic, &hold(1, now + minutes(60)), now).await.unwrap()), "the same, longer");
    let later = now + minutes(30);
    assert!(!held(platform.hold(clinic, &hold(2, later + minutes(15)), later).await.unwrap()), "still kept");
    let order = |key: &str, hold, now| BookingRequest {
        clinic,
        conversation: ConversationId::from_raw(9),
        lead: LeadId::from_raw(9),
        slot: last,
        patient_name: "Jo Park",
        replaces: None,
        hold,
        key: key.to_owned(),
        now,
    };
    let taken = platform.book(&order("without the hold", None, now)).await.unwrap();
    assert!(matches!(taken, BookingOutcome::SlotTaken));
    platform.release(clinic, HoldId::from_raw(1)).await.unwrap();
    platform.release(clinic, HoldId::from_raw(1)).await.unwrap();
    assert!(held(platform.hold(clinic, &hold(2, now + minutes(15)), now).await.unwrap()), "let go, it is free");
    let booked = platform.book(&order("with the hold", Some(HoldId::from_raw(2)), now)).await.unwrap();
    let BookingOutcome::Booked(visit) = booked else { panic!("what was kept is booked") };
    assert!(!held(platform.hold(clinic, &hold(3, now + minutes(90)), now + minutes(60)).await.unwrap()), "for good");
    platform.cancel(clinic, visit.id, now).await.unwrap();
}

async fn deposits(store: &dyn Store, org: OrgId, row: &ConversationRow, now: Timestamp) {
    let deposit = Deposit {
        id: DepositId::from_raw(5),
        org,
        clinic: row.clinic,
        conversation: row.id,
        lead: LeadId::from_raw(5),
        purpose: Purpose::Deposit,
        amount: Money::usd_cents(5_000),
        status: DepositStatus::Requested,
        hold: None,
        service_name: "Botox".to_owned(),
        policy: "Refundable.".to_owned(),
        code: "contractcode".to_owned(),
        short_link: "https://us.example/p/contractcode".to_owned(),
        vendor: "sandbox".to_owned(),
        vendor_link: "link".to_owned(),
        url: "https://pay.example/1".to_owned(),
        vendor_payment: None,
        requested_at: now,
        expires_at: now + SignedDuration::from_hours(1),
        paid_at: None,
    };
    let mut tx = store.begin(org).await.unwrap();
    for _ in 0..2 {
        tx.insert_deposit(&deposit, now).await.unwrap();
    }
    let paid = Deposit { status: DepositStatus::Paid, vendor_payment: Some("p".to_owned()), ..deposit.clone() };
    tx.save_deposit(&paid, DepositStatus::Requested, now).await.unwrap();
    let again = tx.save_deposit(&paid, DepositStatus::Requested, now).await;
    assert!(matches!(again, Err(StoreError::Conflict)), "over a status that no longer stands");
    assert_eq!(tx.deposit(deposit.id).await.unwrap(), Some(paid.clone()));
    assert_eq!(tx.deposits_of(row.id).await.unwrap(), [paid]);
    let history = tx.deposit_history(deposit.id).await.unwrap();
    assert_eq!(
        history.iter().map(|(status, _)| *status).collect::<Vec<_>>(),
        [DepositStatus::Requested, DepositStatus::Paid]
    );
    tx.commit().await.unwrap();
    let found = store.begin_system().await.unwrap().deposit_of_code("contractcode").await.unwrap();
    assert_eq!(found, Some((org, deposit.id)));
    let elsewhere = store.read(OrgId::from_raw(999)).await.unwrap().deposit(deposit.id).await.unwrap();
    assert!(elsewhere.is_none(), "another organisation sees nothing of it");
}

async fn perpetual_jobs(store: &dyn Store, now: Timestamp) {
    let day = SignedDuration::from_hours(24);
    let mut tx = store.begin_system().await.unwrap();
    assert!(!tx.hasten("contract_tick", now).await.unwrap(), "there is none");
    let event = NewInbound {
        vendor: "contract".to_owned(),
        event_id: "tick".to_owned(),
        job: job("contract_tick", None, now + day),
    };
    tx.accept(&[event], now + day).await.unwrap();
    assert_eq!(tx.next_due().await.unwrap(), Some(now + day));
    assert!(tx.hasten("contract_tick", now).await.unwrap());
    assert_eq!(tx.next_due().await.unwrap(), Some(now));
    assert!(tx.hasten("contract_tick", now + day).await.unwrap());
    assert_eq!(tx.next_due().await.unwrap(), Some(now), "never put off");
    let claim = Claim { worker: 1, until: now + day };
    let held = tx.claim(claim, &["contract_tick"], now, 9).await.unwrap();
    tx.finish(held[0].id, 1, 1, JobEnd::Done).await.unwrap();
    // The two events and the dead letter of before are older than a day, the tick is not.
    let kept = Retention { inbox: now + day, calls: now, dead: now + day, requests: now };
    assert_eq!(tx.prune(&kept).await.unwrap(), 3);
    tx.set_note("contract", "a").await.unwrap();
    tx.set_note("contract", "b").await.unwrap();
    assert_eq!(tx.note("contract").await.unwrap().as_deref(), Some("b"));
    tx.commit().await.unwrap();
}

async fn conversations(store: &dyn Store, org: OrgId, clinic: ClinicId, now: Timestamp) {
    let ids = |n| (ContactId::from_raw(n), ConversationId::from_raw(n));
    let (patient, ours) = ("+13475550199", "+12125550100");
    let mut tx = store.begin(org).await.unwrap();
    let row = tx.open_conversation(clinic, Channel::Sms, patient, ours, ids(70), now).await.unwrap();
    assert!(row.is_changed && row.id == ids(70).1);
    tx.commit().await.unwrap();
    let mut tx = store.begin(org).await.unwrap();
    let again = tx.open_conversation(clinic, Channel::Sms, patient, ours, ids(71), now).await.unwrap();
    assert!(again.id == row.id && !again.is_changed, "one conversation of a clinic with an address");
    drop(tx);
    let mut tx = store.begin(OrgId::from_raw(999)).await.unwrap();
    assert!(tx.conversation(row.id).await.unwrap().is_none(), "another organisation sees nothing of it");
    assert!(tx.thread(row.id, 10).await.unwrap().is_empty());
    drop(tx);

    let summary =
        ConversationSummary { stage: "offering".to_owned(), status: "qualified".to_owned(), ..Default::default() };
    let changed = |state: &str| ConversationRow { state: state.to_owned(), ..row.clone() };
    let mut tx = store.begin(org).await.unwrap();
    tx.save_conversation(&changed("one"), &summary, now).await.unwrap();
    let second = tx.save_conversation(&changed("two"), &summary, now).await;
    assert!(matches!(second, Err(StoreError::Conflict)), "over a version that no longer stands");
    drop(tx);
    let mut tx = store.begin(org).await.unwrap();
    tx.save_conversation(&changed("one"), &summary, now).await.unwrap();
    tx.commit().await.unwrap();

    deposits(store, org, &row, now).await;

    // Reading needs no transaction and writes nothing.
    let mut reading = store.read(org).await.unwrap();
    let known = reading.conversation_with(clinic, Channel::Sms, patient).await.unwrap().unwrap();
    assert!(known.id == row.id && known.state == "one" && !known.has_unanswered && !known.has_visits);
    assert!(reading.conversation_with(clinic, Channel::Voice, patient).await.unwrap().is_none());
    assert!(reading.save_conversation(&known, &summary, now).await.is_err());
    assert!(reading.enqueue(job("contract_read", None, now)).await.is_err());
    drop(reading);

    let later = now + SignedDuration::from_secs(9);
    let mut tx = store.begin(org).await.unwrap();
    tx.record_consent(row.contact, ConsentChange::OptedOut, ConsentSource::Text, "stop", now).await.unwrap();
    tx.record_consent(row.contact, ConsentChange::OptedOut, ConsentSource::Text, "stop", later).await.unwrap();
    tx.confirm_opt_out(row.contact, now).await.unwrap();
    let read = tx.conversation(row.id).await.unwrap().unwrap();
    assert_eq!((read.state.as_str(), read.consent.opted_out_at), ("one", Some(now)), "the first opt-out counts");
    tx.record_consent(row.contact, ConsentChange::OptedIn, ConsentSource::Text, "start", now).await.unwrap();
    assert!(!tx.conversation(row.id).await.unwrap().unwrap().consent.is_opted_out());
    tx.commit().await.unwrap();
    erasure(store, org, clinic, now).await;
    let mut tx = store.begin(org).await.unwrap();

    let inbound = InboundMessage {
        id: MessageId::from_raw(1),
        conversation: row.id,
        text: "hi".to_owned(),
        media: 1,
        references: vec!["https://carrier.example/1".to_owned()],
        carrier_keyword: None,
        minor: true,
        at: now,
    };
    for _ in 0..2 {
        tx.insert_inbound(&inbound, false).await.unwrap();
    }
    let waiting = tx.unanswered(row.id).await.unwrap();
    assert!(waiting.len() == 1 && waiting[0].text == "hi" && waiting[0].minor && waiting[0].media == 1);
    assert!(tx.conversation(row.id).await.unwrap().unwrap().has_unanswered);
    assert_eq!(waiting[0].references, inbound.references);
    tx.mark_answered(&[inbound.id]).await.unwrap();
    assert!(tx.unanswered(row.id).await.unwrap().is_empty());
    let mut outbound = OutboundMessage {
        id: MessageId::from_raw(2),
        conversation: row.id,
        kind: MessageKind::Proactive,
        about: "reminder".to_owned(),
        text: "still there?".to_owned(),
        segments: 1,
        is_opt_out_confirmation: false,
        written_at: now,
        occasioned_at: now,
        state: SendState::Queued,
        attempts: 0,
        vendor: None,
        vendor_message: None,
    };
    tx.insert_outbound(&outbound).await.unwrap();
    assert_eq!(tx.proactive_since(row.contact, now).await.unwrap(), 0, "not handed over yet");
    outbound.state = SendState::Accepted;
    outbound.vendor = Some("contract".to_owned());
    outbound.vendor_message = Some("v".to_owned());
    tx.update_outbound(&outbound, now).await.unwrap();
    assert_eq!(tx.proactive_since(row.contact, now).await.unwrap(), 1);
    let found = tx.outbound_by_vendor("contract", "v").await.unwrap().unwrap();
    assert!(found.id == outbound.id && found.text == "still there?" && found.state == SendState::Accepted);
    let lines = tx.thread(row.id, 10).await.unwrap();
    assert_eq!(lines.iter().map(|l| l.text.as_str()).collect::<Vec<_>>(), ["hi", "still there?"]);

    // What became of an attempt: never over what is settled, and a later attempt stays the later one.
    outbound.state = SendState::Queued;
    assert!(!tx.record_attempt(&outbound, 0, now).await.unwrap(), "a receipt was faster");
    outbound.attempts = 2;
    outbound.state = SendState::Sending;
    tx.update_outbound(&outbound, now).await.unwrap();
    outbound.attempts = 1;
    outbound.state = SendState::Accepted;
    assert!(tx.record_attempt(&outbound, 1, now).await.unwrap());
    let known = tx.outbound(outbound.id).await.unwrap().unwrap();
    assert_eq!((known.state, known.attempts), (SendState::Accepted, 2));
    outbound.state = SendState::Failed;
    assert!(!tx.record_attempt(&outbound, 1, now).await.unwrap());

    // Instants: one owner at a time; an ended hold stands in nobody's way.
    let room = ["contract-room".to_owned()];
    let hold_ends = now + SignedDuration::from_mins(10);
    assert!(tx.take(&room, &[10, 11], "a", Some(hold_ends), now).await.unwrap());
    assert!(!tx.take(&room, &[11, 12], "b", None, now).await.unwrap());
    assert!(tx.taken(&room, 12, 12, now).await.unwrap().is_empty(), "what was not taken whole is not taken");
    assert!(tx.take(&room, &[11, 12], "b", None, hold_ends).await.unwrap());
    tx.let_go("b").await.unwrap();
    assert!(tx.taken(&room, 11, 12, now).await.unwrap().is_empty());
    drop(tx);
}

/// Who is erased is gone, and stays opted out on every channel of the organisation.
async fn erasure(store: &dyn Store, org: OrgId, clinic: ClinicId, now: Timestamp) {
    let (phone, email) = ("+15550100199", "Gone@x.example");
    let point = ContactPoint::of(Channel::Sms, phone);
    let ids = |n: u128| (ContactId::from_raw(n), ConversationId::from_raw(n));
    let mut tx = store.begin(org).await.unwrap();
    assert_eq!(tx.erase(&point, now).await.unwrap(), Erasure::Nobody);
    let row = tx.open_conversation(clinic, Channel::Sms, phone, "+15550100100", ids(901), now).await.unwrap();
    let summary = ConversationSummary { email: Some(email.to_owned()), ..ConversationSummary::default() };
    tx.save_conversation(&row, &summary, now).await.unwrap();
    tx.record_consent(row.contact, ConsentChange::OptedOut, ConsentSource::Text, "stop", now).await.unwrap();
    tx.confirm_opt_out(row.contact, now).await.unwrap();
    for other in [ContactPoint::of(Channel::Voice, phone), ContactPoint::email("gone@X.example")] {
        assert!(tx.consent_of(&other).await.unwrap().is_opted_out(), "on every channel");
    }
    assert_eq!(tx.erase(&point, now).await.unwrap(), Erasure::Done);
    assert!(tx.conversation_with(clinic, Channel::Sms, phone).await.unwrap().is_none());
    assert_eq!(tx.erase(&point, now).await.unwrap(), Erasure::Nobody, "once");
    let again = tx.open_conversation(clinic, Channel::Sms, phone, "+15550100100", ids(902), now).await.unwrap();
    assert!(again.consent.is_opted_out() && again.consent.confirmed_at.is_some() && again.id != row.id);
    tx.record_consent(again.contact, ConsentChange::OptedIn, ConsentSource::Text, "start", now).await.unwrap();
    assert!(!tx.consent_of(&point).await.unwrap().is_opted_out());
    assert!(!tx.consent_of(&ContactPoint::email(email)).await.unwrap().is_opted_out(), "who said stop takes it back");
    tx.commit().await.unwrap();
}
