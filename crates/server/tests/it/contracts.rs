//! Every implementation of a port keeps the port's promises.

use std::sync::Arc;

use frontdesk_ports::{Clock as _, Store};
use frontdesk_reception::calendar::BuiltInCalendar;
use frontdesk_sandbox::{ManualClock, SandboxCarrier, SandboxMailbox, SeededIds, ShiftedClock, contract};
use frontdesk_server::system::{RandomIds, SystemClock};
use frontdesk_vendors::telnyx::{TelnyxClient, TelnyxConfig, TelnyxWebhooks};

use crate::carrier::Carrier;
use crate::world::{World, databases};

#[tokio::test]
async fn the_store_on_each_database() {
    for on in databases() {
        let world = World::new(on).await;
        contract::store(world.reception.store.as_ref(), world.clinic.org, world.clinic.id).await;
    }
}

#[tokio::test]
async fn the_built_in_calendar_on_each_database() {
    for on in databases() {
        let world = World::new(on).await;
        let store: Arc<dyn Store> = Arc::clone(&world.reception.store);
        let calendar = BuiltInCalendar::new(store, Arc::new(SeededIds::new(9)));
        contract::booking_platform(&calendar, &world.clinic, world.clock.now()).await;
    }
}

#[tokio::test]
async fn telnyx_against_its_stand_in() {
    let carrier = Carrier::start().await;
    let client = TelnyxClient::new(TelnyxConfig {
        api_key: "KEY".to_owned().into(),
        messaging_profile_id: None,
        base_url: carrier.url.clone(),
        callback_url: "http://us.example/webhooks/telnyx/messages".to_owned(),
    })
    .unwrap();
    contract::sms(&client).await;
    contract::calls(&client, "v3:leg").await;
    let now = SystemClock.real_now();
    let signed = |body: &[u8]| {
        let (signature, stamp) = carrier.sign(body, now.as_second());
        let mut headers = http::HeaderMap::new();
        headers.insert("telnyx-signature-ed25519", signature.parse().unwrap());
        headers.insert("telnyx-timestamp", stamp.parse().unwrap());
        headers
    };
    contract::webhooks(&TelnyxWebhooks::new(Some(&carrier.public_key())).unwrap(), signed, now);
}

#[tokio::test]
async fn the_sandbox() {
    let now = "2026-11-20T15:00:00Z".parse().unwrap();
    let payments = frontdesk_sandbox::SandboxPayments::new("http://us.example");
    contract::payments(&payments, now).await;
    assert_eq!(payments.refunds().len(), 1, "given back once");
    let till = crate::till::Till::default();
    contract::payments(&till, now).await;
    assert_eq!(till.0.lock().unwrap().refunds.len(), 1);
    let clock = Arc::new(ManualClock::at("2026-11-20T10:00:00-05:00".parse().unwrap()));
    contract::sms(&SandboxCarrier::new(clock.clone())).await;
    contract::email(&SandboxMailbox::new(clock.clone())).await;
    contract::clock(clock.as_ref());
    contract::clock(&ShiftedClock::new(Arc::new(SystemClock)));
    contract::ids(&SeededIds::new(1));
    contract::ids(&RandomIds);
}
