//! What a clinic's own site may do with a token: hold a conversation, see open times, book by form, tell who is a patient.
//!
//! Whatever changes something is an event of the inbox, named by the request's idempotency key where it has one; the turn is
//! a worker's, and the request waits for it a while. See `docs/adr/0019-web-chat-and-the-conversation-api.md`.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use sha2::{Digest, Sha256};

use frontdesk_domain::clinic::{ClinicSettings, PlatformChoice, Service};
use frontdesk_domain::conversation::Channel;
use frontdesk_domain::deposit;
use frontdesk_domain::ids::{ClinicId, ConversationId, MessageId, OrgId, PatientId, ProviderId, ServiceId, TokenId};
use frontdesk_domain::language::Language;
use frontdesk_domain::lead::PatientType;
use frontdesk_domain::limits::{API_WAIT, AVAILABILITY_MAX_DAYS, POLL};
use frontdesk_domain::money::Money;
use frontdesk_domain::phone::PhoneNumber;
use frontdesk_domain::preference::{DateRange, TimePreference};
use frontdesk_domain::slot::Slot;
use frontdesk_domain::token::{BearerToken, Scope};
use frontdesk_engine::Conversation;
use frontdesk_engine::understand::valid_email;
use frontdesk_ports::booking_platform::AvailabilityQuery;
use frontdesk_ports::inbound::{ChatEvent, Inbound, InboundEvent};
use frontdesk_ports::store::{Change, Changes, KeyedRequest, StoreError, ThreadLine, TokenRow};

use crate::conversation::state_of;
use crate::inbound::Acceptor;
use crate::{Reception, ReceptionError, clinics};

/// The vendor name of events that came by this door.
const VENDOR: &str = "api";

/// How often a repeated request looks for what the first one does.
const SOON_LOOKS: u32 = 4;

/// Lines of a thread that are told.
const THREAD_LINES: u32 = 200;

/// Why a request was refused.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The use case failed.
    #[error(transparent)]
    Reception(#[from] ReceptionError),
    /// There is no such thing for this token.
    #[error("{0}")]
    NotFound(&'static str),
    /// A field is not as expected: its name, and what was expected.
    #[error("{0}: {1}")]
    Invalid(&'static str, &'static str),
    /// The idempotency key was used for another request.
    #[error("this idempotency key belongs to another request")]
    KeyReused,
    /// The time is not open.
    #[error("that time is not open")]
    SlotTaken,
    /// The clinic confirms times by hand.
    #[error("this clinic confirms times by hand: hold a conversation")]
    ByHand,
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::Reception(error.into())
    }
}

/// Who asks.
#[derive(Debug, Clone)]
pub struct Caller {
    /// With which token.
    pub token: TokenId,
    /// For which tenant.
    pub org: OrgId,
    /// For which clinic.
    pub clinic: ClinicId,
    /// What they may do.
    pub scopes: Vec<Scope>,
}

/// A request that may be made again: its key, and what it asked.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The idempotency key, where one was given.
    pub key: Option<&'a str>,
    /// What was asked, to the byte.
    pub body: &'a [u8],
}

fn secret_hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Makes a token for a clinic. Its secret is shown here and nowhere again.
///
/// # Errors
/// When the store does not answer, or there is no such clinic.
pub async fn create_token(
    cx: &Reception,
    clinic: ClinicId,
    scopes: Vec<Scope>,
    secret: String,
) -> Result<BearerToken, ReceptionError> {
    let mut tx = cx.store.begin_system().await?;
    let org = tx.clinic(clinic).await?.ok_or(ReceptionError::NoClinic)?.settings.org;
    let row = TokenRow {
        id: TokenId::from_raw(cx.raw_id()),
        org,
        clinic,
        scopes,
        secret_hash: secret_hash(&secret),
        created_at: cx.now(),
        revoked_at: None,
    };
    tx.insert_token(&row).await?;
    tx.commit().await?;
    Ok(BearerToken { id: row.id, secret })
}

/// Who a bearer token belongs to; `None` when it is unknown, wrong or revoked.
///
/// # Errors
/// When the store does not answer.
pub async fn caller(cx: &Reception, bearer: &str) -> Result<Option<Caller>, ReceptionError> {
    let Some(token) = BearerToken::parse(bearer) else { return Ok(None) };
    let mut tx = cx.store.begin_system().await?;
    let row = tx.token(token.id).await?;
    drop(tx);
    let hash = secret_hash(&token.secret);
    let held = row.filter(|row| row.revoked_at.is_none() && row.secret_hash == hash);
    Ok(held.map(|row| Caller { token: row.id, org: row.org, clinic: row.clinic, scopes: row.scopes }))
}

/// The raw id of what a request makes, the same for the same key; and whether the key was known already.
async fn subject(cx: &Reception, caller: &Caller, asked: Asked<'_>) -> Result<(u128, bool), ApiError> {
    let fresh = cx.raw_id();
    let Some(key) = asked.key else { return Ok((fresh, false)) };
    let request = KeyedRequest { body_hash: Sha256::digest(asked.body).into(), subject: fresh };
    let mut tx = cx.store.begin_system().await?;
    let known = tx.keyed_request(caller.token, key, &request, cx.now()).await?;
    tx.commit().await?;
    if known.body_hash != request.body_hash {
        return Err(ApiError::KeyReused);
    }
    Ok((known.subject, known.subject != fresh))
}

/// A conversation as a site sees it.
pub struct ChatView {
    /// Its id.
    pub id: ConversationId,
    /// A turn is under way: ask for the state in a moment.
    pub pending: bool,
    /// What the engine knows.
    pub state: Conversation,
    /// What was said, oldest first.
    pub thread: Vec<ThreadLine>,
    /// The clinic.
    pub clinic: std::sync::Arc<crate::ClinicView>,
}

impl ChatView {
    /// What was said after a message.
    pub fn after(&self, message: MessageId) -> &[ThreadLine] {
        let at = self.thread.iter().position(|line| line.id == message);
        at.map_or(&[], |at| &self.thread[at + 1..])
    }
}

/// Opens a conversation, with words or without. Also the id of what was said.
///
/// # Errors
/// [`ApiError::KeyReused`], or when nothing could be stored.
pub async fn start(
    cx: &Reception,
    acceptor: &Acceptor,
    caller: &Caller,
    asked: Asked<'_>,
    text: Option<String>,
) -> Result<(ChatView, MessageId), ApiError> {
    let (subject, _) = subject(cx, caller, asked).await?;
    let what = text.map_or(ChatEvent::Opened, |text| ChatEvent::Wrote { text, minor: false });
    happens(cx, acceptor, caller, (ConversationId::from_raw(subject), MessageId::from_raw(subject)), what).await
}

/// Says something in a conversation. Also the id of what was said.
///
/// # Errors
/// [`ApiError::NotFound`] for a conversation of another clinic or channel, [`ApiError::KeyReused`], or when nothing could be
/// stored.
pub async fn say(
    cx: &Reception,
    acceptor: &Acceptor,
    caller: &Caller,
    asked: Asked<'_>,
    conversation: ConversationId,
    text: String,
) -> Result<(ChatView, MessageId), ApiError> {
    look(cx, caller, conversation).await?.ok_or(ApiError::NotFound("no such conversation"))?;
    let message = MessageId::from_raw(subject(cx, caller, asked).await?.0);
    happens(cx, acceptor, caller, (conversation, message), ChatEvent::Wrote { text, minor: false }).await
}

/// A conversation as it stands.
///
/// # Errors
/// [`ApiError::NotFound`] for a conversation of another clinic or channel.
pub async fn state(cx: &Reception, caller: &Caller, conversation: ConversationId) -> Result<ChatView, ApiError> {
    look(cx, caller, conversation).await?.ok_or(ApiError::NotFound("no such conversation"))
}

/// Stores what happened, then waits for its turn to be taken, by whichever process.
async fn happens(
    cx: &Reception,
    acceptor: &Acceptor,
    caller: &Caller,
    (conversation, message): (ConversationId, MessageId),
    what: ChatEvent,
) -> Result<(ChatView, MessageId), ApiError> {
    // Listening begins before there is anything to hear.
    let mut changes = cx.store.changes();
    let wrote = matches!(what, ChatEvent::Wrote { .. });
    let event = InboundEvent {
        vendor: VENDOR.to_owned(),
        event_id: format!("{:032x}", message.raw()),
        occurred_at: cx.now(),
        what: Inbound::Chat { org: caller.org, clinic: caller.clinic, conversation, message, what: Box::new(what) },
    };
    acceptor.accept(vec![event]).await?;
    let waited = async {
        loop {
            if let Some(view) = look(cx, caller, conversation).await? {
                let taken = if wrote { view.thread.iter().any(|line| line.id == message) } else { true };
                if taken {
                    return Ok::<_, ApiError>(view);
                }
            }
            // News may be lost: it looks now and then without any.
            let _ = tokio::time::timeout(POLL.duration(), news_of(changes.as_mut(), conversation)).await;
        }
    };
    match tokio::time::timeout(API_WAIT.duration(), waited).await {
        Ok(view) => Ok((view?, message)),
        Err(_) => Ok((pending(cx, caller, conversation).await?, message)),
    }
}

/// Returns when a conversation may have changed.
pub async fn news_of(changes: &mut dyn Changes, conversation: ConversationId) -> Change {
    loop {
        match changes.next().await {
            Change::Of(other) if other != conversation => {}
            news => return news,
        }
    }
}

/// A conversation, should the request that opens it be under way at this moment.
async fn soon(cx: &Reception, caller: &Caller, conversation: ConversationId) -> Result<Option<ChatView>, ApiError> {
    let mut changes = cx.store.changes();
    let mut left = SOON_LOOKS;
    loop {
        let found = look(cx, caller, conversation).await?;
        if found.is_some() || left == 0 {
            return Ok(found);
        }
        left -= 1;
        let _ = tokio::time::timeout(POLL.duration(), news_of(changes.as_mut(), conversation)).await;
    }
}

/// What can be told while the turn is under way.
async fn pending(cx: &Reception, caller: &Caller, conversation: ConversationId) -> Result<ChatView, ApiError> {
    if let Some(view) = look(cx, caller, conversation).await? {
        return Ok(ChatView { pending: true, ..view });
    }
    let clinic = clinics::view(cx, caller.clinic).await?;
    Ok(ChatView { id: conversation, pending: true, state: Conversation::new(), thread: Vec::new(), clinic })
}

/// A conversation of the caller's clinic by chat, once something was said or done in it.
async fn look(cx: &Reception, caller: &Caller, conversation: ConversationId) -> Result<Option<ChatView>, ApiError> {
    let mut tx = cx.store.read(caller.org).await?;
    // The thread first: read behind a turn that commits in between, the state is the newer of the two, never the older.
    let thread = tx.thread(conversation, THREAD_LINES).await?;
    let row = tx.conversation(conversation).await?;
    let row = row.filter(|row| row.clinic == caller.clinic && row.channel == Channel::Webchat && !row.state.is_empty());
    let Some(row) = row else { return Ok(None) };
    drop(tx);
    let clinic = clinics::view(cx, row.clinic).await?;
    Ok(Some(ChatView { id: conversation, pending: false, state: state_of(&row)?, thread, clinic }))
}

/// A question for open times.
#[derive(Debug, Clone, Default)]
pub struct TimesAsked {
    /// The service, by name or id.
    pub service: String,
    /// The provider, by name or id.
    pub provider: Option<String>,
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub to: Option<Date>,
    /// At or after.
    pub after: Option<Time>,
    /// Strictly earlier.
    pub before: Option<Time>,
    /// Who asks, on which a deposit may hang.
    pub patient_type: Option<PatientType>,
}

/// Open times.
pub struct Times {
    /// The clinic.
    pub clinic: std::sync::Arc<crate::ClinicView>,
    /// For which service.
    pub service: ServiceId,
    /// The times.
    pub slots: Vec<Slot>,
    /// What is asked for before one of them is booked.
    pub deposit: Option<Money>,
}

fn service_of(clinic: &ClinicSettings, wanted: &str) -> Option<(ServiceId, Service)> {
    let found = clinic.menu().find(|s| s.item.name.eq_ignore_ascii_case(wanted) || s.id.to_string() == wanted)?;
    Some((found.id, found.item.clone()))
}

fn provider_of(clinic: &ClinicSettings, service: &Service, wanted: &str) -> Option<ProviderId> {
    let mut who = clinic.providers_of(service);
    who.find(|p| p.item.name.eq_ignore_ascii_case(wanted) || p.id.to_string() == wanted).map(|p| p.id)
}

/// Open times of a service.
///
/// # Errors
/// [`ApiError::NotFound`] for a service or provider the clinic does not have, [`ApiError::ByHand`] where there is no calendar.
pub async fn availability(cx: &Reception, caller: &Caller, asked: &TimesAsked) -> Result<Times, ApiError> {
    let clinic = clinics::view(cx, caller.clinic).await?;
    let settings = &clinic.settings;
    if settings.booking_platform == PlatformChoice::None {
        return Err(ApiError::ByHand);
    }
    let (service, item) = service_of(settings, &asked.service).ok_or(ApiError::NotFound("no such service"))?;
    let provider = match &asked.provider {
        Some(name) => Some(provider_of(settings, &item, name).ok_or(ApiError::NotFound("no such provider for it"))?),
        None => None,
    };
    let now = cx.now();
    let today = settings.timezone.local(now).date();
    let from = asked.from.unwrap_or(today);
    let last = from.saturating_add(jiff::Span::new().days(AVAILABILITY_MAX_DAYS - 1));
    let to = asked.to.unwrap_or(last);
    if to < from {
        return Err(ApiError::Invalid("to", "expected a day not before `from`"));
    }
    if to > last {
        return Err(ApiError::Invalid("to", "expected at most 31 days at once"));
    }
    let preference = TimePreference {
        date_range: Some(DateRange { from: Some(from), to: Some(to) }),
        after: asked.after,
        before: asked.before,
        ..TimePreference::default()
    };
    let query = AvailabilityQuery { clinic: settings, service, provider, preference: &preference, now };
    let slots = cx.calendar.availability(&query).await.map_err(ReceptionError::from)?;
    let deposit = deposit::due(settings, Some(service), asked.patient_type);
    Ok(Times { service, slots, deposit, clinic: std::sync::Arc::clone(&clinic) })
}

/// A visit asked for by form.
#[derive(Debug, Clone)]
pub struct VisitAsked {
    /// First and last name.
    pub name: String,
    /// E-mail.
    pub email: Option<String>,
    /// A number.
    pub phone: Option<PhoneNumber>,
    /// They agreed to be texted there.
    pub may_text: bool,
    /// New or existing.
    pub patient_type: PatientType,
    /// The service, by name or id.
    pub service: String,
    /// The provider, by name or id.
    pub provider: Option<String>,
    /// When the visit begins.
    pub start: Timestamp,
    /// The deposit they agreed to after they were shown amount and policy.
    pub agreed: Option<Money>,
    /// The language of the page.
    pub language: Language,
}

/// First and last name in any script: at most 100 characters, in each word a letter, and nothing a name does not have.
fn full_name(name: &str) -> Result<String, ApiError> {
    let words: Vec<&str> = name.split_whitespace().collect();
    let foreign =
        |c: char| c.is_control() || c.is_numeric() || c.is_ascii_punctuation() && !matches!(c, '-' | '\'' | '.');
    let is_word = |word: &&str| {
        let dots = word.trim_end_matches('.').contains('.');
        word.chars().any(char::is_alphabetic) && !word.chars().any(foreign) && !dots
    };
    let name = words.join(" ");
    if words.len() > 1 && words.iter().all(is_word) && name.chars().count() <= 100 {
        return Ok(name);
    }
    Err(ApiError::Invalid("name", "expected first and last name, letters only"))
}

/// Books, or keeps the time and asks for its deposit: a conversation whose facts come at once.
///
/// # Errors
/// [`ApiError::Invalid`] names the field; [`ApiError::SlotTaken`] when the time is not open (nothing is stored then).
pub async fn book(
    cx: &Reception,
    acceptor: &Acceptor,
    caller: &Caller,
    asked: Asked<'_>,
    visit: VisitAsked,
) -> Result<ChatView, ApiError> {
    let name = full_name(&visit.name)?;
    let email = match &visit.email {
        Some(address) => Some(valid_email(address).ok_or(ApiError::Invalid("email", "expected an e-mail address"))?),
        None => None,
    };
    if email.is_none() && visit.phone.is_none() {
        return Err(ApiError::Invalid("phone", "expected a phone or an e-mail: somebody must be reachable"));
    }
    let (subject, is_repeated) = subject(cx, caller, asked).await?;
    let ids = (ConversationId::from_raw(subject), MessageId::from_raw(subject));
    // Asked again under its key: what was booked then is the answer, whatever became of the time.
    if asked.key.is_some() {
        if let Some(known) = look(cx, caller, ids.0).await? {
            return Ok(known);
        }
    }
    let day = clinics::view(cx, caller.clinic).await?.settings.timezone.local(visit.start).date();
    let times = TimesAsked {
        service: visit.service.clone(),
        provider: visit.provider.clone(),
        from: Some(day),
        to: Some(day),
        ..TimesAsked::default()
    };
    let open = availability(cx, caller, &times).await?.slots;
    let Some(slot) = open.into_iter().find(|slot| slot.start == visit.start) else {
        // The same request a moment earlier may be what took it.
        let earlier = if is_repeated { soon(cx, caller, ids.0).await? } else { None };
        return earlier.ok_or(ApiError::SlotTaken);
    };
    let what = ChatEvent::AskedForVisit {
        name,
        email,
        phone: visit.phone,
        may_text: visit.may_text,
        patient_type: visit.patient_type,
        slot,
        agreed: visit.agreed,
        language: visit.language,
    };
    Ok(happens(cx, acceptor, caller, ids, what).await?.0)
}

/// Writes down that the clinic's own system knows a person by their phone. Who is known already stays as they are; nothing of
/// what is known is told.
///
/// # Errors
/// [`ApiError::Invalid`] names the field.
pub async fn save_patient(
    cx: &Reception,
    caller: &Caller,
    name: &str,
    phone: &PhoneNumber,
    email: Option<&str>,
) -> Result<PatientId, ApiError> {
    let name = full_name(name)?;
    let email = match email {
        Some(address) => Some(valid_email(address).ok_or(ApiError::Invalid("email", "expected an e-mail address"))?),
        None => None,
    };
    let document = serde_json::json!({ "name": name, "email": email, "phone": phone.expose() }).to_string();
    let mut tx = cx.store.begin(caller.org).await?;
    let id = PatientId::from_raw(cx.raw_id());
    let id = tx.save_patient(caller.clinic, phone, &document, id, cx.now()).await?;
    tx.commit().await?;
    Ok(id)
}
