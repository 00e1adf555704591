//! `frontdesk converse --jsonl`: the whole conversation from a pipe, over an in-memory store and a clock that is told the
//! time.

use std::collections::HashMap;
use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use frontdesk_domain::PhoneNumber;
use frontdesk_domain::area_codes::area_code_in;
use frontdesk_domain::call::CallReport;
use frontdesk_domain::clinic::ClinicSettings;
use frontdesk_domain::conversation::Channel;
use frontdesk_domain::deposit::Deposit;
use frontdesk_domain::ids::{ContactId, ConversationId, MessageId};
use frontdesk_domain::slot::Slot;
use frontdesk_domain::span::Span;
use frontdesk_domain::text::mend_lone_surrogates;
use frontdesk_engine::Conversation;
use frontdesk_engine::turn::reading_context;
use frontdesk_engine::understand::contract::PreferenceJson;
use frontdesk_engine::understand::{self, Reading};
use frontdesk_ports::Clock;
use frontdesk_ports::inbound::{ChatEvent, Inbound, InboundEvent, PaymentReport};
use frontdesk_ports::store::ConversationRow;
use frontdesk_reception::clinics::{import, view};
use frontdesk_reception::conversation::staff::{StaffAct, act};
use frontdesk_reception::conversation::state_of;
use frontdesk_reception::jobs::Runner;
use frontdesk_reception::{deposits, inbound};
use frontdesk_sandbox::{ManualClock, SeededIds};

use super::clinic;
use crate::wiring::{InMemory, in_memory};

/// Arguments.
#[derive(clap::Args)]
pub struct Args {
    /// The clinic file.
    #[arg(long)]
    clinic: PathBuf,
    /// One event a line on standard input, one outcome a line on standard output.
    #[arg(long)]
    jsonl: bool,
    /// A configured model; there is none yet.
    #[arg(long)]
    model: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Text,
    MissedCall,
    StaffReply,
    Takeover,
    GiveBack,
    Tick,
    Paid,
    PaymentFailed,
    Refunded,
    Disputed,
    BookingOutcome,
}

#[derive(Deserialize)]
struct Event {
    #[serde(default)]
    conversation: Option<String>,
    at: Timestamp,
    #[serde(default)]
    kind: Option<Kind>,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    channel: Option<String>,
}

/// What was shown of one patient so far.
#[derive(Default, Clone, Copy)]
struct Shown {
    texts: u64,
    mails: u64,
    /// Lines of a chat.
    lines: usize,
}

struct Harness {
    world: InMemory,
    clock: Arc<ManualClock>,
    runner: Runner,
    clinic: ClinicSettings,
    /// Conversation name → patient number.
    numbers: HashMap<String, PhoneNumber>,
    /// Conversation name → chat, for those held on the clinic's site.
    chats: HashMap<String, ConversationId>,
    shown: HashMap<String, Shown>,
    events: u64,
}

/// Who an event is about.
#[derive(Clone)]
enum Who {
    /// A patient by their number.
    Phone(PhoneNumber),
    /// A chat on the clinic's site.
    Chat(ConversationId),
}

impl Who {
    fn key(&self) -> String {
        match self {
            Self::Phone(number) => number.expose().to_owned(),
            Self::Chat(conversation) => conversation.to_string(),
        }
    }
}

/// Runs the command.
///
/// # Errors
/// A sentence for the person who typed it.
pub fn run(args: &Args) -> anyhow::Result<()> {
    if !args.jsonl {
        bail!("converse reads JSON lines: use `frontdesk converse --clinic clinic.toml --jsonl < events.jsonl`");
    }
    if let Some(model) = &args.model {
        bail!("--model {model}: no model is configured (LLM_MODELS)");
    }
    let file = clinic::read(&args.clinic)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let start = Timestamp::UNIX_EPOCH;
        let clock = Arc::new(ManualClock::at(start));
        let world = in_memory(Arc::clone(&clock) as Arc<dyn Clock>, Arc::new(SeededIds::new(1)), Span::ZERO).await?;
        let mut file = file;
        // Turns settle at once here.
        if let Some(booking) = &mut file.booking {
            booking.settle = None;
        }
        let stored = import(&world.reception, file, "import", false).await?;
        let runner = Runner::new(Arc::clone(&world.reception));
        let mut harness = Harness {
            world,
            clock,
            runner,
            clinic: stored.settings,
            numbers: HashMap::new(),
            chats: HashMap::new(),
            shown: HashMap::new(),
            events: 0,
        };
        let mut output = std::io::stdout();
        for line in std::io::stdin().lock().split(b'\n') {
            let line = line?;
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let outcome = match harness.event(&line).await {
                Ok(outcome) => outcome,
                Err(error) => json!({ "error": format!("{error:#}") }),
            };
            serde_json::to_writer(&mut output, &outcome)?;
            output.write_all(b"\n")?;
            output.flush()?;
        }
        Ok(())
    })
}

impl Harness {
    async fn event(&mut self, line: &[u8]) -> anyhow::Result<Value> {
        let line = mend_lone_surrogates(line);
        let event: Event = serde_json::from_slice(&line).map_err(|e| anyhow::anyhow!("{e}"))?;
        if event.at < self.clock.now() {
            bail!("at lies before the event before it");
        }
        let patient = self.who(&event)?;
        let name = event.conversation.clone().unwrap_or_else(|| patient.key());
        // What fell due since the last event happens first, in order.
        self.runner.drain_until(event.at, self.clock.as_ref()).await?;
        let before = self.row(&patient).await?;
        let mut reading = None;
        match event.kind.unwrap_or(Kind::Text) {
            Kind::Text => {
                let text = event.text.clone().context("text: expected the message")?;
                reading = Some(self.read(before.as_ref(), &text).await?);
                let what = match &patient {
                    Who::Phone(number) => {
                        Inbound::plain_text(number.expose().to_owned(), self.ours()?.expose().to_owned(), text)
                    }
                    Who::Chat(conversation) => Inbound::Chat {
                        org: self.clinic.org,
                        clinic: self.clinic.id,
                        conversation: *conversation,
                        message: MessageId::from_raw(self.world.reception.ids.raw(self.clock.now())),
                        what: Box::new(ChatEvent::Wrote { text, minor: false }),
                    },
                };
                self.accept(what).await?;
            }
            Kind::MissedCall => {
                let Who::Phone(patient) = &patient else { bail!("a chat makes no calls") };
                let session = format!("call-{}", self.events);
                self.accept(Inbound::Call {
                    session,
                    leg: None,
                    from: patient.expose().to_owned(),
                    to: self.ours()?.expose().to_owned(),
                    report: if self.clinic.calls.mode == frontdesk_domain::call::Wiring::Ring {
                        CallReport::ClinicUnanswered
                    } else {
                        CallReport::Arrived
                    },
                    busy: false,
                })
                .await?;
            }
            Kind::StaffReply => {
                let text = event.text.clone().context("text: expected what staff wrote")?;
                self.staff(&patient, StaffAct::Reply(text)).await?;
            }
            Kind::Takeover => self.staff(&patient, StaffAct::TakeOver).await?,
            Kind::GiveBack => self.staff(&patient, StaffAct::GiveBack).await?,
            Kind::Tick => {}
            Kind::Paid => {
                let deposit = asked_for(before.as_ref())?;
                let amount_minor = deposit.amount.minor_units();
                self.payment(&deposit, PaymentReport::Paid { amount_minor }).await?;
            }
            Kind::PaymentFailed => {
                let deposit = asked_for(before.as_ref())?;
                self.payment(&deposit, PaymentReport::Failed).await?;
            }
            Kind::Refunded => {
                let deposit = asked_for(before.as_ref())?;
                self.payment(&deposit, PaymentReport::Refunded).await?;
            }
            Kind::Disputed => {
                let deposit = asked_for(before.as_ref())?;
                self.payment(&deposit, PaymentReport::Disputed).await?;
            }
            Kind::BookingOutcome => {
                bail!("this clinic books in the built-in calendar: there is no booking page to report on")
            }
        }
        self.runner.drain_until(event.at, self.clock.as_ref()).await?;
        self.outcome(&name, event.at, &patient, reading.as_ref()).await
    }

    fn ours(&self) -> anyhow::Result<PhoneNumber> {
        self.clinic.main_number().cloned().context("phone_numbers: the clinic needs a number")
    }

    /// Whom an event is about; a name that began as a chat stays one.
    fn who(&mut self, event: &Event) -> anyhow::Result<Who> {
        let known = event.conversation.as_ref().and_then(|name| self.chats.get(name)).copied();
        match (event.channel.as_deref(), known) {
            (None | Some("webchat"), Some(chat)) => Ok(Who::Chat(chat)),
            (Some("webchat"), None) => {
                let name = event.conversation.clone().context("conversation: a chat needs a name")?;
                let chat = ConversationId::from_raw(self.world.reception.ids.raw(event.at));
                self.chats.insert(name, chat);
                Ok(Who::Chat(chat))
            }
            (None | Some("sms"), _) => self.patient(event).map(Who::Phone),
            (Some(channel), _) => bail!("channel {channel} is not available"),
        }
    }

    fn patient(&mut self, event: &Event) -> anyhow::Result<PhoneNumber> {
        if let Some(from) = &event.from {
            let number = PhoneNumber::parse(from).map_err(|e| anyhow::anyhow!("from: {e}"))?;
            if let Some(name) = &event.conversation {
                self.numbers.insert(name.clone(), number.clone());
            }
            return Ok(number);
        }
        let name = event.conversation.as_ref().context("conversation or from: expected one of them")?;
        if let Some(number) = self.numbers.get(name) {
            return Ok(number.clone());
        }
        let count = self.numbers.len() + 1;
        let number = PhoneNumber::parse(&format!("+1{}55{:05}", area_code_in(&self.clinic.timezone), 50_000 + count))?;
        self.numbers.insert(name.clone(), number.clone());
        Ok(number)
    }

    async fn payment(&mut self, deposit: &Deposit, report: PaymentReport) -> anyhow::Result<()> {
        let reference = Some(deposits::reference(deposit.org, deposit.id));
        self.accept(Inbound::Payment { reference, payment: format!("pay_{}", deposit.id), report }).await
    }

    async fn accept(&mut self, what: Inbound) -> anyhow::Result<()> {
        self.events += 1;
        let event = InboundEvent {
            vendor: "sandbox".to_owned(),
            event_id: format!("event-{}", self.events),
            occurred_at: self.clock.now(),
            what,
        };
        inbound::store(&self.world.reception, vec![event]).await?;
        Ok(())
    }

    async fn row(&self, patient: &Who) -> anyhow::Result<Option<ConversationRow>> {
        let patient = match patient {
            Who::Phone(number) => number,
            Who::Chat(conversation) => {
                let mut tx = self.world.reception.store.read(self.clinic.org).await?;
                return Ok(tx.conversation(*conversation).await?);
            }
        };
        let cx = &self.world.reception;
        let mut tx = cx.store.begin(self.clinic.org).await?;
        // Opened and rolled back: a look that leaves nothing behind.
        let ids = (ContactId::from_raw(0), ConversationId::from_raw(0));
        let row = tx
            .open_conversation(
                self.clinic.id,
                Channel::Sms,
                patient.expose(),
                self.ours()?.expose(),
                ids,
                self.clock.now(),
            )
            .await?;
        Ok(Some(row).filter(|row| row.id != ids.1))
    }

    async fn read(&self, row: Option<&ConversationRow>, text: &str) -> anyhow::Result<Reading> {
        let clinic = view(&self.world.reception, self.clinic.id).await?;
        let state = row.map(state_of).transpose()?.unwrap_or_else(Conversation::new);
        let facts =
            frontdesk_engine::Facts::of(&clinic.settings, &clinic.menu, row.map_or(Channel::Sms, |row| row.channel));
        Ok(understand::read(&reading_context(&state, &facts, self.clock.now()), text))
    }

    async fn staff(&self, patient: &Who, what: StaffAct) -> anyhow::Result<()> {
        let row = self.row(patient).await?.context("there is no such conversation yet")?;
        act(&self.world.reception, self.clinic.org, row.id, what).await?;
        Ok(())
    }

    async fn outcome(
        &mut self,
        name: &str,
        at: Timestamp,
        patient: &Who,
        reading: Option<&Reading>,
    ) -> anyhow::Result<Value> {
        let row = self.row(patient).await?;
        let state = row.as_ref().map(state_of).transpose()?.unwrap_or_else(Conversation::new);
        let zone = &self.clinic.timezone;
        // What a chat has texted goes to the number that was typed in it.
        let number = match patient {
            Who::Phone(number) => Some(number.clone()),
            Who::Chat(_) => state.phone.as_ref().map(|phone| phone.number.clone()),
        };
        let by_text = match (patient, &number) {
            (Who::Chat(_), Some(number)) => self.row(&Who::Phone(number.clone())).await?,
            _ => None,
        };
        let lines = match (patient, &row) {
            (Who::Chat(_), Some(row)) => {
                let mut tx = self.world.reception.store.read(row.org).await?;
                tx.thread(row.id, 1_000).await?
            }
            _ => Vec::new(),
        };
        let mut abouts = abouts(&self.world, row.as_ref()).await?;
        abouts.extend(self::abouts(&self.world, by_text.as_ref()).await?);
        let shown = self.shown.entry(patient.key()).or_default();
        let mut replies = Vec::new();
        let mut notices = Vec::new();
        for line in lines.iter().skip(shown.lines).filter(|line| !line.inbound) {
            replies.push(json!({ "at": zone.rfc3339(line.at), "to": name, "channel": "webchat", "text": line.text, "segments": 0, "about": line.about }));
        }
        shown.lines = lines.len();
        for text in self.world.carrier.texts_after(shown.texts) {
            let ours = row.iter().chain(&by_text).any(|row| row.id == text.conversation);
            if !ours {
                continue;
            }
            shown.texts = text.number;
            let when = zone.rfc3339(text.at);
            if number.as_ref() == Some(&text.to) && text.reference.is_some() {
                let about = text
                    .reference
                    .as_deref()
                    .and_then(|r| r.split_once('.'))
                    .and_then(|(_, id)| abouts.get(id))
                    .cloned()
                    .unwrap_or_default();
                replies.push(json!({ "at": when, "to": text.to.expose(), "channel": "sms", "text": text.text, "segments": text.segments, "about": about }));
            } else {
                notices.push(json!({ "at": when, "to": text.to.expose(), "channel": "sms", "subject": Value::Null, "text": text.text }));
            }
        }
        for mail in self.world.mailbox.emails_after(shown.mails) {
            if row.as_ref().is_some_and(|row| row.id == mail.email.conversation) {
                shown.mails = mail.number;
                let at = zone.rfc3339(mail.at);
                if self.clinic.notify.email.contains(&mail.email.to) {
                    notices.push(json!({ "at": at, "to": mail.email.to, "channel": "email", "subject": mail.email.subject, "text": mail.email.text }));
                } else {
                    replies.push(json!({ "at": at, "to": mail.email.to, "channel": "email", "text": mail.email.text, "segments": 0, "about": "confirm" }));
                }
            }
        }
        let slot = |slot: &Slot| {
            json!({
                "start": zone.rfc3339(slot.start),
                "end": zone.rfc3339(slot.end),
                "provider": slot.provider.and_then(|id| self.clinic.provider(id)).map(|p| p.name.clone()),
                "service": self.clinic.service(slot.service).map(|s| s.name.clone()),
            })
        };
        let appointment = state.appointment.as_ref().map(|a| {
            let mut shown = slot(&a.slot);
            shown["status"] = json!(a.status.key());
            shown
        });
        let services: Vec<&str> =
            state.lead.services.iter().filter_map(|id| self.clinic.service(*id)).map(|s| s.name.as_str()).collect();
        Ok(json!({
            "conversation": name,
            "at": zone.rfc3339(at),
            "replies": replies,
            "notices": notices,
            "stage": state.stage.key(),
            "lead": {
                "name": state.lead.name,
                "for_name": state.lead.for_name,
                "service": services.first(),
                "services": services,
                "provider": state.lead.provider,
                "patient_type": state.lead.patient_type,
                "email": state.lead.email(),
                "phone": number.as_ref().map(PhoneNumber::expose),
                "time_preference": state.lead.preference.as_ref().filter(|p| !p.is_empty()).map(PreferenceJson::from),
                "language": state.language.code(),
                "status": state.lead.status.key(),
            },
            "offered": state.offer.iter().flat_map(|o| &o.slots).map(slot).collect::<Vec<_>>(),
            "appointment": appointment,
            "deposit": state.deposit.as_ref().map(|deposit| json!({
                "amount_minor": deposit.amount.minor_units(),
                "currency": deposit.amount.currency().code(),
                "status": deposit.status.key(),
                "url": deposit.short_link,
            })),
            "opted_out": row.as_ref().is_some_and(|r| r.consent.is_opted_out()),
            "safety": reading.map(|r| r.safety.clone()).unwrap_or_default(),
            "why": why(reading, &state, &self.clinic),
        }))
    }
}

/// The deposit an event of the payments vendor is about.
fn asked_for(row: Option<&ConversationRow>) -> anyhow::Result<Deposit> {
    let state = row.map(state_of).transpose()?;
    state
        .and_then(|state| state.fee.filter(|fee| fee.status.is_open()).or(state.deposit))
        .context("no deposit was asked for in this conversation")
}

/// What each message of the thread was for, by its id.
async fn abouts(world: &InMemory, row: Option<&ConversationRow>) -> anyhow::Result<HashMap<String, String>> {
    let Some(row) = row else { return Ok(HashMap::new()) };
    let mut tx = world.reception.store.begin(row.org).await?;
    let thread = tx.thread(row.id, 50).await?;
    Ok(thread.into_iter().filter(|line| !line.inbound).map(|line| (line.id.to_string(), line.about)).collect())
}

/// The steps a turn took, for people.
fn why(reading: Option<&Reading>, state: &Conversation, clinic: &ClinicSettings) -> Vec<String> {
    let mut steps = Vec::new();
    if let Some(reading) = reading {
        let mut understood = |what: &str, value: Option<String>| {
            if let Some(value) = value {
                steps.push(format!("understood: {what}={value}"));
            }
        };
        understood("intents", (!reading.intents.is_empty()).then(|| format!("{:?}", reading.intents).to_lowercase()));
        understood("name", reading.name.clone());
        understood("service", (!reading.services.is_empty()).then(|| reading.services.join(" + ")));
        understood("patient_type", reading.patient_type.map(|t| t.key().to_owned()));
        understood("email", reading.email.as_ref().map(|_| "given".to_owned()));
        understood(
            "time",
            (!reading.preference.is_empty())
                .then(|| serde_json::to_string(&PreferenceJson::from(&reading.preference)).unwrap_or_default()),
        );
        understood("slot", reading.slot_action.map(|a| format!("{a:?}").to_lowercase()));
        understood("opt_out", reading.opt_out.map(|o| format!("{o:?}").to_lowercase()));
        understood(
            "safety",
            (!reading.safety.is_empty()).then(|| reading.safety.iter().map(|f| f.key()).collect::<Vec<_>>().join(" ")),
        );
    }
    if state.expecting != understand::Expecting::None {
        steps.push(format!(
            "asked: {}",
            serde_json::to_value(state.expecting).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
        ));
    }
    if let Some(offer) = &state.offer {
        steps.push(format!("offered: {} times", offer.slots.len()));
    }
    if let Some((_, reason)) = state.handed_over {
        steps.push(format!("handed over: {}", reason.words()));
    }
    if state.appointment.is_some() {
        steps.push(format!("booked in: {}", clinic.name));
    }
    steps
}
