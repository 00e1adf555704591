//! The types of a clinic's settings. The same types read the clinic file, so the file's reference is theirs.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::call::Wiring;
use crate::hours::{ClockTime, DayHours, Stretch, WeekHours};
use crate::ids::{ClinicId, LocationId, OrgId, ProviderId, RoomId, ServiceId};
use crate::language::Language;
use crate::lead::PatientType;
use crate::money::Money;
use crate::phone::PhoneNumber;
use crate::span::Span;
use crate::zone::Zone;

/// An item of a list with the id it keeps for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed<Id, T> {
    /// Stable over renames and re-imports.
    pub id: Id,
    /// Removed from the list, kept for what refers to it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
    /// The item.
    pub item: T,
}

/// Which system owns the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlatformChoice {
    /// Our own.
    #[default]
    Calendar,
    /// None: staff confirm by hand.
    None,
}

/// Who takes payments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentsChoice {
    /// Square.
    Square,
    /// Stripe.
    Stripe,
    /// Invented money.
    Sandbox,
    /// Nobody.
    #[default]
    None,
}

/// One address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Location {
    /// What people call it.
    pub name: String,
    /// The address as it is said.
    pub address: String,
    /// Its own phone, as staff would give it to a patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<PhoneNumber>,
}

/// Days the clinic is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closure {
    /// First day.
    pub date: Date,
    /// Last day; the first one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
    /// What is said about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Time that is not given to patients: a provider who is away, a room in repair, a meeting of everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// Whose time, by name. Without provider and room it is everybody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Which room is not to be used, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// First day.
    pub date: Date,
    /// Last day; the first one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
    /// Which hours of each day; all of them when empty.
    #[serde(default, skip_serializing_if = "DayHours::is_empty")]
    pub hours: DayHours,
    /// Why, for the staff; patients never hear it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Block {
    /// What it blocks of a day.
    pub fn on(&self, day: Date) -> Vec<Stretch> {
        if day < self.date || day > self.to.unwrap_or(self.date) {
            Vec::new()
        } else if self.hours.is_empty() {
            vec![Stretch::WHOLE_DAY]
        } else {
            self.hours.0.clone()
        }
    }

    /// Whether it takes a provider's time; `None` is the only chair of a clinic without providers.
    pub fn is_for(&self, provider: Option<&str>) -> bool {
        self.room.is_none() && self.provider.as_deref().is_none_or(|name| Some(name) == provider)
    }
}

/// A room that holds one visit at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Room {
    /// What people call it.
    pub name: String,
    /// Services that need it, by name.
    #[serde(default)]
    pub services: Vec<String>,
}

/// How the clinic's phone is wired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Calls {
    /// `forwarded` or `ring`.
    pub mode: Wiring,
    /// The clinic's phone, with `ring`.
    #[serde(with = "optional_text", skip_serializing_if = "Option::is_none")]
    pub ring: Option<PhoneNumber>,
    /// How long it rings, 5 to 60 seconds.
    pub ring_seconds: u16,
    /// One text per caller in it.
    pub window: Span,
}

impl Default for Calls {
    fn default() -> Self {
        Self { mode: Wiring::default(), ring: None, ring_seconds: 18, window: Span::mins(60) }
    }
}

/// The tone of the assistant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// The default.
    #[default]
    Warm,
    /// More cheerful.
    Bright,
    /// Plainer.
    Calm,
}

/// Who answers. Greetings may hold `{assistant}` and `{clinic}`; an empty one means the built-in text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Persona {
    /// The assistant's name.
    pub assistant: String,
    /// Its tone.
    pub tone: Tone,
    /// Phrases to use.
    pub say: Vec<String>,
    /// Phrases to avoid: a clause that holds one is not said.
    pub avoid: Vec<String>,
    /// After a missed call in open hours.
    pub greeting_missed_open: String,
    /// After a missed call out of hours.
    pub greeting_missed_closed: String,
    /// After a missed call when the line was busy.
    pub greeting_missed_busy: String,
    /// Before the first reply to a first message.
    pub greeting_text: String,
    /// Spoken to a caller.
    pub greeting_voice: String,
}

impl Default for Persona {
    fn default() -> Self {
        Self {
            assistant: "Ava".to_owned(),
            tone: Tone::Warm,
            say: Vec::new(),
            avoid: Vec::new(),
            greeting_missed_open: String::new(),
            greeting_missed_closed: String::new(),
            greeting_missed_busy: String::new(),
            greeting_text: String::new(),
            greeting_voice: String::new(),
        }
    }
}

/// Rules of booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BookingRules {
    /// No visit begins sooner than this.
    pub minimum_notice: Span,
    /// No visit begins later than this.
    pub horizon: Span,
    /// Kept free behind each visit.
    pub buffer: Span,
    /// Life of a hold without a deposit.
    pub hold: Span,
    /// Life of a deposit link, and of its hold.
    pub link: Span,
    /// How long a turn waits for another text; the installation's setting when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settle: Option<Span>,
    /// How early a visit may be cancelled without a fee.
    pub cancellation_notice: Span,
    /// Shown before a deposit link.
    pub policy: String,
}

impl Default for BookingRules {
    fn default() -> Self {
        Self {
            minimum_notice: Span::hours(2),
            horizon: Span::days(60),
            buffer: Span::ZERO,
            hold: Span::mins(15),
            link: Span::mins(60),
            settle: None,
            cancellation_notice: Span::hours(24),
            policy: String::new(),
        }
    }
}

/// When a deposit is asked; the first rule that fits decides.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DepositRule {
    /// For this service only, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// For these patients only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient_type: Option<PatientType>,
    /// A fixed amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// Or a share of the service's price, 1 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percent: Option<u8>,
    /// `waived` when members pay none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members: Option<Members>,
}

/// What a deposit rule does for members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Members {
    /// They pay none.
    Waived,
}

/// A fee that a person may ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeeRule {
    /// For what.
    pub kind: FeeKind,
    /// How much.
    pub amount: Money,
}

/// What a fee is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeKind {
    /// They did not come.
    NoShow,
    /// They cancelled inside the notice.
    LateCancellation,
}

/// What is sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// As patients know it.
    pub name: String,
    /// Other words for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// What it is, in the clinic's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// How long a visit takes, 5 to 480 minutes.
    pub minutes: u16,
    /// The price as it is said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub price: String,
    /// Lowest price in minor units, for figures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_from: Option<i64>,
    /// Highest price in minor units, for figures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_to: Option<i64>,
    /// What to do before it, verbatim.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub preparation: String,
    /// What to do after it, verbatim.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub aftercare: String,
    /// Who does it, by name; everyone when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub providers: Vec<String>,
    /// Ways of it (areas, in person or virtual).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<Variant>,
}

/// A way of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// As patients know it.
    pub name: String,
    /// Other words for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
}

/// Who treats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// First and last name.
    pub name: String,
    /// Such as NP or MD.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// As shown to patients.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub credentials: String,
    /// What they are known for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub specialties: Vec<String>,
    /// Where they work, by name, when there are several locations.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub location: String,
    /// When they work; the clinic's hours when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<WeekHours>,
}

/// One section of what the clinic wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Knowledge {
    /// What it is about.
    pub title: String,
    /// The text, said verbatim.
    pub text: String,
    /// Words that lead to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Its language; for everyone when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
}

/// The clinic's own, narrower quiet hours: quiet `from` the evening `to` the morning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietSettings {
    /// Quiet from this time of the evening.
    pub from: ClockTime,
    /// Until this time of the morning.
    pub to: ClockTime,
}

/// Follow-ups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FollowUp {
    /// One reminder when an offer stays unanswered for this long.
    #[serde(with = "span_or_never")]
    pub after_offer: Option<Span>,
}

impl Default for FollowUp {
    fn default() -> Self {
        Self { after_offer: Some(Span::hours(4)) }
    }
}

/// How replies behave.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Replies {
    /// "One moment" when a reply takes longer than two seconds.
    pub quick_acknowledgement: bool,
}

/// Who on the staff hears of things.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Notify {
    /// When staff may be texted, `8:00-20:00`; urgent ones always.
    #[serde(with = "stretch_text", skip_serializing_if = "Option::is_none")]
    pub hours: Option<crate::hours::Stretch>,
    /// Numbers.
    pub sms: Vec<PhoneNumber>,
    /// Addresses.
    pub email: Vec<String>,
}

/// Estimates for the owner's figures, until measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Figures {
    /// What a visit brings.
    pub ticket: Money,
    /// Share of missed calls that came back by themselves.
    pub baseline_capture: f64,
    /// Share captured with Frontdesk.
    pub capture: f64,
    /// Share of visits missed.
    pub no_show: f64,
    /// Share of those saved.
    pub no_show_reduction: f64,
    /// What Frontdesk costs a month.
    pub platform_cost: Money,
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            ticket: Money::usd_cents(45_000),
            baseline_capture: 0.15,
            capture: 0.40,
            no_show: 0.15,
            no_show_reduction: 0.30,
            platform_cost: Money::usd_cents(59_900),
        }
    }
}

/// A clinic's settings as stored: everything of the file, with ids.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClinicSettings {
    /// Version of this format; see [`ClinicSettings::FORMAT`].
    pub format: u32,
    /// The clinic.
    pub id: ClinicId,
    /// Its tenant.
    pub org: OrgId,
    /// Stable identity for imports.
    pub key: String,
    /// The organisation's name.
    pub organisation: String,
    /// The clinic's name.
    pub name: String,
    /// Its time zone.
    pub timezone: Zone,
    /// Calls and texts to these belong to it.
    pub phone_numbers: Vec<PhoneNumber>,
    /// Its site.
    pub website: String,
    /// Who owns the calendar.
    pub booking_platform: PlatformChoice,
    /// Its booking page.
    pub booking_url: String,
    /// Who takes payments.
    pub payments: PaymentsChoice,
    /// What it speaks.
    pub languages: Vec<Language>,
    /// When it is open.
    pub hours: WeekHours,
    /// Days it is not.
    pub closures: Vec<Closure>,
    /// Times nobody is booked into.
    #[serde(default)]
    pub blocks: Vec<Block>,
    /// How its phone is wired.
    pub calls: Calls,
    /// Who answers.
    pub persona: Persona,
    /// Rules of booking.
    pub booking: BookingRules,
    /// When a deposit is asked.
    pub deposits: Vec<DepositRule>,
    /// Fees a person may ask for.
    pub fees: Vec<FeeRule>,
    /// Addresses; at least one.
    pub locations: Vec<Listed<LocationId, Location>>,
    /// Rooms.
    pub rooms: Vec<Listed<RoomId, Room>>,
    /// What is sold.
    pub services: Vec<Listed<ServiceId, Service>>,
    /// Who treats.
    pub providers: Vec<Listed<ProviderId, Provider>>,
    /// What the clinic wrote.
    pub knowledge: Vec<Knowledge>,
    /// Narrower quiet hours.
    pub quiet_hours: Option<QuietSettings>,
    /// Follow-ups.
    pub follow_up: FollowUp,
    /// How replies behave.
    pub replies: Replies,
    /// Who hears of things.
    pub notify: Notify,
    /// Estimates.
    pub figures: Figures,
}

impl ClinicSettings {
    /// The format this program writes.
    pub const FORMAT: u32 = 1;

    /// Services on the menu, in the owner's order.
    pub fn menu(&self) -> impl Iterator<Item = &Listed<ServiceId, Service>> {
        self.services.iter().filter(|service| !service.retired)
    }

    /// A service, retired or not.
    pub fn service(&self, id: ServiceId) -> Option<&Service> {
        self.services.iter().find(|service| service.id == id).map(|listed| &listed.item)
    }

    /// A service on the menu by its name.
    pub fn service_named(&self, name: &str) -> Option<&Listed<ServiceId, Service>> {
        self.menu().find(|service| service.item.name == name)
    }

    /// A provider, retired or not.
    pub fn provider(&self, id: ProviderId) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.id == id).map(|listed| &listed.item)
    }

    /// The providers who do a service.
    pub fn providers_of(&self, service: &Service) -> impl Iterator<Item = &Listed<ProviderId, Provider>> {
        let anyone = service.providers.is_empty();
        self.providers.iter().filter(move |p| !p.retired && (anyone || service.providers.contains(&p.item.name)))
    }

    /// A location, retired or not.
    pub fn location(&self, id: LocationId) -> Option<&Location> {
        self.locations.iter().find(|location| location.id == id).map(|listed| &listed.item)
    }

    /// The number patients see.
    pub fn main_number(&self) -> Option<&PhoneNumber> {
        self.phone_numbers.first()
    }

    /// Whether the clinic is closed all day by the calendar of closures.
    pub fn closure_on(&self, day: Date) -> Option<&Closure> {
        self.closures.iter().find(|closure| day >= closure.date && day <= closure.to.unwrap_or(closure.date))
    }

    /// Whether the clinic is open at an instant.
    pub fn is_open(&self, now: jiff::Timestamp) -> bool {
        let local = self.timezone.local(now);
        self.closure_on(local.date()).is_none()
            && self.hours.on(local.weekday()).iter().any(|s| local.time() >= s.from && local.time() < s.to)
    }

    /// The hours of a day: none when it is closed.
    pub fn hours_on(&self, day: Date) -> &[crate::hours::Stretch] {
        if self.closure_on(day).is_some() { &[] } else { self.hours.on(day.weekday()) }
    }

    /// When it closes today, while it is open.
    pub fn closes_at(&self, now: jiff::Timestamp) -> Option<jiff::civil::Time> {
        let local = self.timezone.local(now);
        let open = self.hours_on(local.date()).iter().find(|s| local.time() >= s.from && local.time() < s.to)?;
        Some(open.to)
    }

    /// When it opens next, looking two weeks ahead.
    pub fn next_opening(&self, now: jiff::Timestamp) -> Option<jiff::civil::DateTime> {
        let local = self.timezone.local(now);
        (0..14).find_map(|ahead| {
            let day = local.date().checked_add(jiff::Span::new().days(ahead)).ok()?;
            if self.closure_on(day).is_some() {
                return None;
            }
            self.hours.on(day.weekday()).iter().map(|s| day.to_datetime(s.from)).find(|opening| *opening > local)
        })
    }

    /// The clinic's narrowing of the quiet hours: permitted from, permitted to.
    pub fn permitted_hours(&self) -> Option<(jiff::civil::Time, jiff::civil::Time)> {
        self.quiet_hours.as_ref().map(|quiet| (quiet.to.0, quiet.from.0))
    }
}

mod optional_text {
    use super::{Deserialize, PhoneNumber};
    use serde::Serialize as _;

    pub(super) fn serialize<S: serde::Serializer>(number: &Option<PhoneNumber>, to: S) -> Result<S::Ok, S::Error> {
        number.as_ref().map(PhoneNumber::expose).serialize(to)
    }

    pub(super) fn deserialize<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<PhoneNumber>, D::Error> {
        let text = Option::<String>::deserialize(from)?.unwrap_or_default();
        if text.is_empty() {
            return Ok(None);
        }
        PhoneNumber::parse(&text).map(Some).map_err(serde::de::Error::custom)
    }
}

mod span_or_never {
    use super::{Deserialize, Span};

    pub(super) fn serialize<S: serde::Serializer>(span: &Option<Span>, to: S) -> Result<S::Ok, S::Error> {
        match span {
            Some(span) => to.collect_str(span),
            None => to.serialize_str("never"),
        }
    }

    pub(super) fn deserialize<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Span>, D::Error> {
        let text = String::deserialize(from)?;
        if text == "never" {
            return Ok(None);
        }
        text.parse()
            .map(Some)
            .map_err(|_| serde::de::Error::custom("expected a length of time such as \"4h\", or \"never\""))
    }
}

mod stretch_text {
    use super::Deserialize;
    use crate::hours::Stretch;

    pub(super) fn serialize<S: serde::Serializer>(hours: &Option<Stretch>, to: S) -> Result<S::Ok, S::Error> {
        match hours {
            Some(hours) => to.collect_str(hours),
            None => to.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Stretch>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| text.parse().map_err(serde::de::Error::custom)).transpose()
    }
}
