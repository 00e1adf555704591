//! Which implementation stands behind which port.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use secrecy::ExposeSecret;

use frontdesk_domain::span::Span;
use frontdesk_ports::calls::CallControl;
use frontdesk_ports::checkup::Checkup;
use frontdesk_ports::email::EmailSender;
use frontdesk_ports::inbound::{CatchUp, WebhookPort};
use frontdesk_ports::payments::Payments;
use frontdesk_ports::sms::SmsSender;
use frontdesk_ports::{Clock, Ids, Store};
use frontdesk_reception::calendar::BuiltInCalendar;
use frontdesk_reception::carriers::Pauses;
use frontdesk_reception::links::Signer;
use frontdesk_reception::{Metrics, Reception, TurnWatcher};
use frontdesk_sandbox::{SANDBOX, SandboxCarrier, SandboxMailbox, SandboxPayments};
use frontdesk_store::{Database, MasterKey};
use frontdesk_vendors::smtp::{SmtpConfig, SmtpSender};
use frontdesk_vendors::telnyx::{TELNYX, TelnyxClient, TelnyxConfig, TelnyxWebhooks};
use frontdesk_vendors::twilio::{TWILIO, TwilioClient, TwilioConfig, TwilioWebhooks};

use crate::sandbox::Sandbox;
use crate::settings::Settings;
use crate::system::{RandomIds, SystemClock};

/// The sample clinic.
pub const SAMPLE: &str = include_str!("../samples/glow.toml");

/// The master key: from the setting, else from the data folder, where it is made on first start.
fn master_key(settings: &Settings) -> anyhow::Result<MasterKey> {
    if let Some(key) = &settings.master_key {
        return MasterKey::parse(key.expose_secret()).context("FRONTDESK_MASTER_KEY: expected 32 bytes of base64");
    }
    if !settings.database_url.expose_secret().starts_with("sqlite://") {
        bail!("FRONTDESK_MASTER_KEY is required with PostgreSQL: every replica needs the same 32 bytes of base64");
    }
    let file = settings.data_dir.join("master.key");
    if let Ok(text) = std::fs::read_to_string(&file) {
        return MasterKey::parse(&text).with_context(|| format!("{}: expected 32 bytes of base64", file.display()));
    }
    let key = MasterKey::generate().context("no randomness for the master key")?;
    write_private(&file, &key.to_base64()).with_context(|| format!("{} cannot be written", file.display()))?;
    Ok(key)
}

/// A file that only its owner reads; an existing one is not replaced.
fn write_private(file: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut open = std::fs::OpenOptions::new();
    open.write(true).create_new(true).mode(0o600);
    let mut file = open.open(file)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Opens the database of the settings.
pub async fn database(settings: &Settings) -> anyhow::Result<Database> {
    Ok(database_and_links(settings).await?.0)
}

pub(crate) async fn database_and_links(settings: &Settings) -> anyhow::Result<(Database, Signer)> {
    std::fs::create_dir_all(&settings.data_dir)
        .with_context(|| format!("{} cannot be made", settings.data_dir.display()))?;
    let key = master_key(settings)?;
    let links = Signer::new(key.link_key());
    let url = settings.database_url.expose_secret();
    let database = Database::open(url, key, settings.db_connections).await.context("DATABASE_URL")?;
    Ok((database, links))
}

/// A world ready to serve.
pub struct Wired {
    /// The use cases.
    pub reception: Arc<Reception>,
    /// Webhook ports by vendor.
    pub webhooks: HashMap<&'static str, Arc<dyn WebhookPort>>,
    /// The sandbox, where there is one.
    pub sandbox: Option<Arc<Sandbox>>,
    /// What is off and why.
    pub off: Vec<String>,
    /// Vendors that `doctor` can look at.
    pub checkups: Vec<Arc<dyn Checkup>>,
    /// Only one process may work on this database.
    pub is_single_process: bool,
}

/// Wires the service. `sandbox`: `Some(true)` forces it, `Some(false)` forbids it.
pub async fn service(settings: &Settings, sandbox: Option<bool>) -> anyhow::Result<Wired> {
    let (database, links) = database_and_links(settings).await?;
    let is_single_process = database.is_single_process();
    let use_sandbox = sandbox.unwrap_or(!settings.has_real_vendor());
    let ids: Arc<dyn Ids> = Arc::new(RandomIds);
    let store: Arc<dyn Store> = Arc::new(database);
    let sandbox = if use_sandbox { Some(Sandbox::open(store.as_ref(), ids.as_ref()).await?) } else { None };
    let clock: Arc<dyn Clock> = match &sandbox {
        Some(sandbox) => Arc::clone(&sandbox.clock) as Arc<dyn Clock>,
        None => Arc::new(SystemClock),
    };
    let mut off = Vec::new();
    let mut carriers: Vec<Arc<dyn SmsSender>> = Vec::new();
    let mut calls: HashMap<&'static str, Arc<dyn CallControl>> = HashMap::new();
    let mut catch_up: Vec<Arc<dyn CatchUp>> = Vec::new();
    let mut checkups: Vec<Arc<dyn Checkup>> = Vec::new();
    if let Some(api_key) = &settings.telnyx_api_key {
        let config = TelnyxConfig {
            api_key: api_key.clone(),
            messaging_profile_id: settings.telnyx_messaging_profile_id.clone(),
            base_url: settings.telnyx_base_url.clone(),
            callback_url: format!("{}/webhooks/telnyx/messages", settings.public_url),
        };
        let client = Arc::new(TelnyxClient::new(config)?);
        calls.insert(TELNYX, Arc::clone(&client) as Arc<dyn CallControl>);
        catch_up.push(Arc::clone(&client) as Arc<dyn CatchUp>);
        checkups.push(Arc::clone(&client) as Arc<dyn Checkup>);
        carriers.push(client);
    }
    if let (Some(account_sid), Some(auth_token)) = (&settings.twilio_account_sid, &settings.twilio_auth_token) {
        let config = TwilioConfig {
            account_sid: account_sid.clone(),
            auth_token: auth_token.clone(),
            base_url: settings.twilio_base_url.clone(),
            callback_url: format!("{}/webhooks/twilio/sms", settings.public_url),
        };
        let client = Arc::new(TwilioClient::new(config)?);
        catch_up.push(Arc::clone(&client) as Arc<dyn CatchUp>);
        checkups.push(Arc::clone(&client) as Arc<dyn Checkup>);
        carriers.push(client);
    }
    // As ordered by the setting; one that is not named there takes no texts out.
    let place = |carrier: &Arc<dyn SmsSender>| settings.sms_carriers.iter().position(|name| name == carrier.vendor());
    carriers.retain(|carrier| place(carrier).is_some());
    carriers.sort_by_key(place);
    if settings.twilio_auth_token.is_none() {
        off.push("twilio: TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are not set".to_owned());
    }
    if settings.telnyx_public_key.is_none() {
        off.push("telnyx webhooks: TELNYX_PUBLIC_KEY is not set".to_owned());
    }
    if sandbox.is_some() && (!carriers.is_empty() || settings.smtp_url.is_some()) {
        bail!(
            "--sandbox with a real carrier would let anyone text through it; unset the carrier's keys or leave --sandbox out"
        );
    }
    let mut email: Option<Arc<dyn EmailSender>> = None;
    if let Some(sandbox) = &sandbox {
        if carriers.is_empty() {
            carriers.push(Arc::clone(&sandbox.carrier) as Arc<dyn SmsSender>);
        }
        email = Some(Arc::clone(&sandbox.mailbox) as Arc<dyn EmailSender>);
    }
    if let (Some(url), Some(from)) = (&settings.smtp_url, &settings.email_from) {
        let sender = Arc::new(SmtpSender::new(&SmtpConfig { url: url.clone(), from: from.clone() })?);
        checkups.push(Arc::clone(&sender) as Arc<dyn Checkup>);
        email = Some(sender);
    }
    let mut payments: HashMap<&'static str, Arc<dyn Payments>> = HashMap::new();
    if sandbox.is_some() {
        payments.insert(SANDBOX, Arc::new(SandboxPayments::new(&settings.public_url)));
    } else {
        off.push("payments: no vendor is configured; a deposit that is due is a person's to ask for".to_owned());
    }
    if carriers.is_empty() {
        off.push("text messages: no carrier is configured (TELNYX_API_KEY, TWILIO_ACCOUNT_SID)".to_owned());
    }
    if email.is_none() {
        off.push("e-mail: no sender is configured (SMTP_URL, EMAIL_FROM); notices wait".to_owned());
    }
    let webhook = TelnyxWebhooks::new(settings.telnyx_public_key.as_deref())
        .map_err(|e| anyhow::anyhow!("TELNYX_PUBLIC_KEY: {e}"))?;
    let mut webhooks: HashMap<&'static str, Arc<dyn WebhookPort>> = HashMap::from([
        (TELNYX, Arc::new(webhook) as Arc<dyn WebhookPort>),
        (TWILIO, Arc::new(TwilioWebhooks::new(settings.twilio_auth_token.clone(), &settings.public_url)) as _),
    ]);
    if let Some(sandbox) = &sandbox {
        webhooks.insert(SANDBOX, Arc::clone(&sandbox.webhooks) as Arc<dyn WebhookPort>);
    }
    let worker = ids.raw(clock.now());
    let reception = Arc::new(Reception {
        calendar: Arc::new(BuiltInCalendar::new(Arc::clone(&store), Arc::clone(&ids))),
        store,
        clock,
        ids,
        carriers,
        calls,
        email,
        payments,
        public_url: settings.public_url.clone(),
        links,
        catch_up,
        one_organisation: settings.has_real_vendor(),
        settle: settings.settle,
        worker,
        metrics: Metrics::default(),
        watcher: sandbox.clone().map(|s| s as Arc<dyn TurnWatcher>),
        pauses: Pauses::default(),
        clinics: std::sync::Mutex::default(),
    });
    if settings.has_real_vendor() {
        let organisations = reception.store.begin_system().await?.organisations().await?;
        if organisations.len() > 1 {
            bail!(
                "the carrier account of the settings serves one organisation, but the database holds {}: an opt-out of one would be an opt-out of all; keep one organisation an installation",
                organisations.len()
            );
        }
    }
    Ok(Wired { reception, webhooks, sandbox, off, checkups, is_single_process })
}

/// Where a world in memory would be reached.
const PUBLIC_URL: &str = "https://frontdesk.example";

/// A world in memory: for `chat`, `converse` and tests.
pub struct InMemory {
    /// The use cases.
    pub reception: Arc<Reception>,
    /// Takes texts.
    pub carrier: Arc<SandboxCarrier>,
    /// Takes e-mails.
    pub mailbox: Arc<SandboxMailbox>,
}

/// Wires an in-memory world around a clock and ids.
pub async fn in_memory(clock: Arc<dyn Clock>, ids: Arc<dyn Ids>, settle: Span) -> anyhow::Result<InMemory> {
    let database = Database::open("sqlite://:memory:", MasterKey::generate()?, 1).await?;
    // Nobody but this process sees these codes, and the same events give the same ones.
    Ok(sandboxed(database, Signer::new([0; 32]), clock, ids, settle, PUBLIC_URL))
}

/// Wires the sandbox's vendors over a database, around a clock and ids.
pub fn sandboxed(
    database: Database,
    links: Signer,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    settle: Span,
    public_url: &str,
) -> InMemory {
    let store: Arc<dyn Store> = Arc::new(database);
    let carrier = Arc::new(SandboxCarrier::new(Arc::clone(&clock)));
    let mailbox = Arc::new(SandboxMailbox::new(Arc::clone(&clock)));
    let payments = Arc::new(SandboxPayments::new(public_url));
    let reception = Arc::new(Reception {
        calendar: Arc::new(BuiltInCalendar::new(Arc::clone(&store), Arc::clone(&ids))),
        store,
        worker: ids.raw(clock.now()),
        clock,
        ids,
        carriers: vec![Arc::clone(&carrier) as Arc<dyn SmsSender>],
        calls: HashMap::new(),
        email: Some(Arc::clone(&mailbox) as Arc<dyn EmailSender>),
        payments: HashMap::from([(SANDBOX, Arc::clone(&payments) as Arc<dyn Payments>)]),
        public_url: public_url.to_owned(),
        links,
        catch_up: Vec::new(),
        one_organisation: false,
        settle,
        metrics: Metrics::default(),
        watcher: None,
        pauses: Pauses::default(),
        clinics: std::sync::Mutex::default(),
    });
    InMemory { reception, carrier, mailbox }
}
