//! The product around a clock that is told the time and a carrier stand-in.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use jiff::Timestamp;
use tower::ServiceExt as _;

use frontdesk_domain::clinic::{ClinicSettings, parse};
use frontdesk_domain::conversation::Channel;
use frontdesk_domain::deposit::Deposit;
use frontdesk_domain::ids::{ContactId, ConversationId};
use frontdesk_domain::span::Span;
use frontdesk_engine::Conversation;
use frontdesk_http::{Http, api, ops};
use frontdesk_ports::calls::CallControl;
use frontdesk_ports::email::EmailSender;
use frontdesk_ports::inbound::{CatchUp, Inbound, InboundEvent, PaymentReport, WebhookPort};
use frontdesk_ports::payments::Payments;
use frontdesk_ports::sms::SmsSender;
use frontdesk_ports::store::ConversationRow;
use frontdesk_ports::{Clock, Ids, Store};
use frontdesk_reception::calendar::BuiltInCalendar;
use frontdesk_reception::carriers::Pauses;
use frontdesk_reception::clinics::import;
use frontdesk_reception::conversation::state_of;
use frontdesk_reception::inbound::Acceptor;
use frontdesk_reception::jobs::Runner;
use frontdesk_reception::links::Signer;
use frontdesk_reception::{Metrics, Reception};
use frontdesk_sandbox::{ManualClock, SandboxMailbox, SeededIds};
use frontdesk_store::{Database, MasterKey};
use frontdesk_vendors::telnyx::{TELNYX, TelnyxClient, TelnyxConfig, TelnyxWebhooks};
use frontdesk_vendors::twilio::{TWILIO, TwilioClient, TwilioConfig, TwilioWebhooks};

use crate::carrier::{
    ACCOUNT, By, Carrier, PUBLIC, TOKEN, call_body, receipt_body, text_body, twilio_call, twilio_text,
};
use crate::till::Till;

pub(crate) const CLINIC: &str = "+12125550100";
pub(crate) const JO: &str = "+13475550123";

/// Which database a world stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    Sqlite,
    Postgres,
}

/// Both databases; only `SQLite` where no `PostgreSQL` is given.
pub(crate) fn databases() -> Vec<On> {
    if std::env::var("TEST_DATABASE_URL").is_ok() { vec![On::Sqlite, On::Postgres] } else { vec![On::Sqlite] }
}

/// Every database with every carrier.
pub(crate) fn set_ups() -> Vec<(On, By)> {
    databases().into_iter().flat_map(|on| [(on, By::Telnyx), (on, By::Twilio)]).collect()
}

/// A database of its own on the test server.
pub(crate) async fn fresh_postgres() -> String {
    let base = std::env::var("TEST_DATABASE_URL").expect("only asked for where it is set");
    let name = format!("t{:032x}", frontdesk_server::system::RandomIds.raw(Timestamp::UNIX_EPOCH));
    let admin = sea_orm::Database::connect(&base).await.unwrap();
    sea_orm::ConnectionTrait::execute_unprepared(&admin, &format!("CREATE DATABASE {name}")).await.unwrap();
    admin.close().await.unwrap();
    format!("{}/{name}", base.rsplit_once('/').unwrap().0)
}

/// The sample clinic, with a deposit of $50 for new patients and a fee, booking by this platform.
pub(crate) fn with_deposits(platform: &str) -> String {
    frontdesk_server::wiring::SAMPLE
        .replace("booking_platform = \"calendar\"", &format!("booking_platform = \"{platform}\""))
        .replace("service = \"Dermal Filler\"\namount = \"$100\"", "patient_type = \"new\"\namount = \"$50\"")
}

pub(crate) struct World {
    pub reception: Arc<Reception>,
    pub carrier: Carrier,
    pub mailbox: Arc<SandboxMailbox>,
    pub till: Arc<Till>,
    pub clock: Arc<ManualClock>,
    pub runner: Runner,
    pub clinic: ClinicSettings,
    pub router: axum::Router,
    pub ops: axum::Router,
    by: By,
    seen: usize,
    mails: u64,
    events: usize,
}

impl Drop for World {
    /// Whatever a journey did, every request to a carrier was one its specification knows.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let faults = std::mem::take(&mut self.carrier.inner.lock().unwrap().faults);
            assert!(faults.is_empty(), "{faults:?}");
        }
    }
}

impl World {
    pub(crate) async fn new(on: On) -> Self {
        Self::with(on, frontdesk_server::wiring::SAMPLE, "2026-11-20T10:00:00-05:00", Span::ZERO).await
    }

    pub(crate) async fn with(on: On, clinic: &str, at: &str, settle: Span) -> Self {
        Self::over(on, &[By::Telnyx], clinic, at, settle).await
    }

    /// Patients who use this carrier.
    pub(crate) async fn by(on: On, by: By) -> Self {
        Self::over(on, &[by], frontdesk_server::wiring::SAMPLE, "2026-11-20T10:00:00-05:00", Span::ZERO).await
    }

    /// Over these carriers in this order; patients use the first.
    pub(crate) async fn over(on: On, order: &[By], clinic: &str, at: &str, settle: Span) -> Self {
        let clock = Arc::new(ManualClock::at(at.parse().unwrap()));
        let ids: Arc<dyn Ids> = Arc::new(SeededIds::new(1));
        let url = match on {
            On::Sqlite => "sqlite://:memory:".to_owned(),
            On::Postgres => fresh_postgres().await,
        };
        let database = Database::open(&url, MasterKey::generate().unwrap(), 4).await.unwrap();
        let store: Arc<dyn Store> = Arc::new(database);
        let carrier = Carrier::start().await;
        let config = TelnyxConfig {
            api_key: "KEY".to_owned().into(),
            messaging_profile_id: Some("profile".to_owned()),
            base_url: carrier.url.clone(),
            callback_url: "http://us.example/webhooks/telnyx/messages".to_owned(),
        };
        let client = Arc::new(TelnyxClient::new(config).unwrap());
        let twilio = Arc::new(
            TwilioClient::new(TwilioConfig {
                account_sid: ACCOUNT.to_owned(),
                auth_token: TOKEN.to_owned().into(),
                base_url: carrier.twilio_url.clone(),
                callback_url: format!("{PUBLIC}/webhooks/twilio/sms"),
            })
            .unwrap(),
        );
        let carriers = order.iter().map(|by| match by {
            By::Telnyx => Arc::clone(&client) as Arc<dyn SmsSender>,
            By::Twilio => Arc::clone(&twilio) as Arc<dyn SmsSender>,
        });
        let as_clock: Arc<dyn Clock> = Arc::clone(&clock) as Arc<dyn Clock>;
        let mailbox = Arc::new(SandboxMailbox::new(Arc::clone(&as_clock)));
        let till = Arc::new(Till::default());
        let reception = Arc::new(Reception {
            calendar: Arc::new(BuiltInCalendar::new(Arc::clone(&store), Arc::clone(&ids))),
            store,
            worker: 7,
            clock: as_clock,
            ids,
            carriers: carriers.collect(),
            calls: HashMap::from([(TELNYX, Arc::clone(&client) as Arc<dyn CallControl>)]),
            email: Some(Arc::clone(&mailbox) as Arc<dyn EmailSender>),
            payments: HashMap::from([("sandbox", Arc::clone(&till) as Arc<dyn Payments>)]),
            public_url: PUBLIC.to_owned(),
            links: Signer::new([7; 32]),
            catch_up: vec![client as Arc<dyn CatchUp>, twilio as Arc<dyn CatchUp>],
            one_organisation: true,
            settle,
            metrics: Metrics::default(),
            watcher: None,
            pauses: Pauses::default(),
            clinics: std::sync::Mutex::default(),
        });
        let stored = import(&reception, parse(clinic).unwrap(), "import", false).await.unwrap();
        let (acceptor, _writer) = Acceptor::start(Arc::clone(&reception));
        let port: Arc<dyn WebhookPort> = Arc::new(TelnyxWebhooks::new(Some(&carrier.public_key())).unwrap());
        let http = Http {
            reception: Arc::clone(&reception),
            acceptor,
            webhooks: Arc::new(HashMap::from([
                (TELNYX, port),
                (TWILIO, Arc::new(TwilioWebhooks::new(Some(TOKEN.to_owned().into()), PUBLIC)) as Arc<dyn WebhookPort>),
            ])),
            sandbox: None,
            limits: Arc::new(frontdesk_http::Limits::new(Vec::new())),
            stop: tokio_util::sync::CancellationToken::new(),
            off: Arc::new(Vec::new()),
        };
        Self {
            runner: Runner::new(Arc::clone(&reception)),
            reception,
            carrier,
            mailbox,
            till,
            clock,
            clinic: stored.settings,
            router: api(http.clone()),
            ops: ops(http),
            by: order[0],
            seen: 0,
            mails: 0,
            events: 0,
        }
    }

    /// Posts a signed body as the carrier does; the status it is answered with.
    pub(crate) async fn post(&self, path: &str, body: &serde_json::Value) -> StatusCode {
        let bytes = body.to_string().into_bytes();
        let (signature, stamp) = self.carrier.sign(&bytes, self.clock.now().as_second());
        self.post_raw(path, bytes, &[("telnyx-signature-ed25519", &signature), ("telnyx-timestamp", &stamp)]).await
    }

    /// Posts a signed form as Twilio does; the status and the body it is answered with.
    pub(crate) async fn post_form(&self, path: &str, form: &[(&str, String)]) -> (StatusCode, String) {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-twilio-signature", Carrier::sign_form(path, form))
            .body(Body::from(body))
            .unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        let bytes = axum::body::to_bytes(answer.into_body(), 100_000).await.unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    pub(crate) async fn get(&self, path: &str) -> (StatusCode, String) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        let body = axum::body::to_bytes(answer.into_body(), 1_000_000).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    /// What the operator's listener answers.
    pub(crate) async fn ops_get(&self, path: &str) -> (StatusCode, String) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = self.ops.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        let body = axum::body::to_bytes(answer.into_body(), 1_000_000).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    pub(crate) async fn post_raw(&self, path: &str, body: Vec<u8>, headers: &[(&str, &str)]) -> StatusCode {
        let mut request = Request::post(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap().status()
    }

    pub(crate) async fn run(&self) {
        self.runner.drain_until(self.clock.now(), self.clock.as_ref()).await.unwrap();
    }

    /// Time passes, and everything due in it happens.
    pub(crate) async fn wait(&self, span: Span) {
        self.runner.drain_until(self.clock.now() + span.signed(), self.clock.as_ref()).await.unwrap();
    }

    pub(crate) fn event_id(&mut self) -> String {
        self.events += 1;
        format!("event-{}", self.events)
    }

    /// The patient texts, and gets what came back.
    pub(crate) async fn texts(&mut self, from: &str, text: &str) -> Vec<String> {
        let id = self.event_id();
        let status = match self.by {
            By::Telnyx => {
                self.post("/webhooks/telnyx/messages", &text_body(self.clock.now(), &id, from, CLINIC, text)).await
            }
            By::Twilio => self.post_form("/webhooks/twilio/sms", &twilio_text(&id, from, text)).await.0,
        };
        assert_eq!(status, StatusCode::OK);
        self.run().await;
        self.got(from)
    }

    /// The patient calls; every forwarded call is a missed one.
    pub(crate) async fn calls(&mut self, from: &str) -> Vec<String> {
        let (id, session) = (self.event_id(), self.event_id());
        if self.by == By::Twilio {
            let (status, xml) = self.post_form("/webhooks/twilio/voice", &twilio_call(&session, from, &[])).await;
            assert!(status == StatusCode::OK && xml.contains("<Say"), "{xml}");
            self.run().await;
            return self.got(from);
        }
        let body = call_body(self.clock.now(), &id, "call.initiated", &session, "incoming", from, CLINIC, "");
        assert_eq!(self.post("/webhooks/telnyx/voice", &body).await, StatusCode::OK);
        self.run().await;
        self.got(from)
    }

    /// The payments vendor reports something about the conversation's deposit; what the patient got.
    pub(crate) async fn payment(&mut self, from: &str, payment: &str, report: PaymentReport) -> Vec<String> {
        let state = self.state(from).await;
        let fee = state.fee.filter(|fee| fee.status.is_open());
        let deposit = fee.or(state.deposit).expect("money was asked for");
        self.payment_of(&deposit, payment, report).await
    }

    /// The payments vendor reports something about a deposit; what the patient got.
    pub(crate) async fn payment_of(&mut self, deposit: &Deposit, payment: &str, report: PaymentReport) -> Vec<String> {
        let event = InboundEvent {
            vendor: "sandbox".to_owned(),
            event_id: self.event_id(),
            occurred_at: self.clock.now(),
            what: Inbound::Payment {
                reference: Some(frontdesk_reception::deposits::reference(deposit.org, deposit.id)),
                payment: payment.to_owned(),
                report,
            },
        };
        frontdesk_reception::inbound::store(&self.reception, vec![event]).await.unwrap();
        self.run().await;
        self.got(JO)
    }

    /// What the carrier took for a handset since the last look.
    pub(crate) fn got(&mut self, to: &str) -> Vec<String> {
        let all = self.carrier.messages();
        let new = all[self.seen..].iter().filter(|m| m.to == to).map(|m| m.text.clone()).collect();
        self.seen = all.len();
        new
    }

    /// Subjects of what staff got by e-mail since the last look.
    pub(crate) fn mail(&mut self) -> Vec<String> {
        let new = self.mailbox.emails_after(self.mails);
        self.mails = new.last().map_or(self.mails, |m| m.number);
        let to_staff = new.into_iter().filter(|m| self.clinic.notify.email.contains(&m.email.to));
        to_staff.map(|m| m.email.subject).collect()
    }

    /// The carrier reports what became of a message.
    pub(crate) async fn receipt(&mut self, index: usize, status: &str, code: Option<&str>) {
        let message = self.carrier.messages()[index].clone();
        let path = message.webhook_url.strip_prefix(PUBLIC).unwrap().to_owned();
        if message.by == By::Twilio {
            let word = status.replace("delivery_failed", "undelivered");
            let mut form = vec![("MessageSid", message.id), ("MessageStatus", word), ("From", message.from)];
            form.extend(code.map(|code| ("ErrorCode", code.to_owned())));
            assert_eq!(self.post_form(&path, &form).await.0, StatusCode::OK);
            self.run().await;
            return;
        }
        let id = self.event_id();
        assert_eq!(self.post(&path, &receipt_body(&id, &message.id, status, code)).await, StatusCode::OK);
        self.run().await;
    }

    pub(crate) async fn row(&self, patient: &str) -> ConversationRow {
        let mut tx = self.reception.store.begin(self.clinic.org).await.unwrap();
        let ids = (ContactId::from_raw(0), ConversationId::from_raw(0));
        tx.open_conversation(self.clinic.id, Channel::Sms, patient, CLINIC, ids, self.clock.now()).await.unwrap()
    }

    pub(crate) async fn state(&self, patient: &str) -> Conversation {
        state_of(&self.row(patient).await).unwrap()
    }

    /// Visits in the calendar as `MM-DD HH:MM service, provider, patient`.
    pub(crate) async fn visits(&self) -> Vec<String> {
        let mut tx = self.reception.store.begin(self.clinic.org).await.unwrap();
        let far = self.clock.now() + jiff::SignedDuration::from_hours(24 * 365);
        let all = tx.appointments_between(Timestamp::UNIX_EPOCH, far).await.unwrap();
        all.iter()
            .filter(|a| a.status.stands())
            .map(|a| {
                let at = self.clinic.timezone.local(a.slot.start).strftime("%m-%d %H:%M");
                format!("{at} {}, {}, {}", a.service_name, a.provider_name.as_deref().unwrap_or("-"), a.patient_name)
            })
            .collect()
    }

    /// Nothing is left waiting or given up.
    pub(crate) async fn jobs(&self) -> frontdesk_ports::store::JobCounts {
        let mut tx = self.reception.store.begin_system().await.unwrap();
        tx.job_counts().await.unwrap()
    }
}
