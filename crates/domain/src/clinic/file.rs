//! The clinic file: TOML in, TOML out, and what a mistake in it is told.
//!
//! A table named in the file replaces the stored one; items of a list match by name, removed ones retire; what the file
//! does not name stays. Nothing of a file with a mistake is applied.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::settings::{
    Block, BookingRules, Calls, ClinicSettings, Closure, DepositRule, FeeRule, Figures, FollowUp, Knowledge, Listed,
    Location, Notify, PaymentsChoice, Persona, PlatformChoice, Provider, QuietSettings, Replies, Room, Service,
};
use crate::call::Wiring;
use crate::hours::WeekHours;
use crate::ids::{ClinicId, OrgId};
use crate::language::Language;
use crate::limits::KNOWLEDGE_SECTIONS_MAX;
use crate::phone::PhoneNumber;
use crate::zone::Zone;

/// A clinic file as written. Absent tables keep what is stored.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the fields are those of ClinicSettings, where they are described")]
pub struct ClinicFile {
    pub key: String,
    pub organisation: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<Zone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_numbers: Option<Vec<PhoneNumber>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub booking_platform: Option<PlatformChoice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub booking_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payments: Option<PaymentsChoice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub languages: Option<Vec<Language>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<WeekHours>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls: Option<Calls>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub persona: Option<Persona>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub booking: Option<BookingRules>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quiet_hours: Option<QuietSettings>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow_up: Option<FollowUp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replies: Option<Replies>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notify: Option<Notify>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub figures: Option<Figures>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locations: Option<Vec<Location>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closures: Option<Vec<Closure>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocks: Option<Vec<Block>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rooms: Option<Vec<Room>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deposits: Option<Vec<DepositRule>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fees: Option<Vec<FeeRule>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub services: Option<Vec<Service>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub providers: Option<Vec<Provider>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub knowledge: Option<Vec<Knowledge>>,
}

/// A mistake in a clinic file: where, and what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, {key}: {expectation}")]
pub struct ClinicFileError {
    /// The key, as a path such as `services[2].minutes`.
    pub key: String,
    /// The line, from 1.
    pub line: usize,
    /// What stands wrong there and what was expected.
    pub expectation: String,
}

/// Where new ids come from, and whose clinic it is.
pub struct Origin<'a> {
    /// The organisation.
    pub org: OrgId,
    /// The clinic.
    pub clinic: ClinicId,
    /// Raw bits for the id of a new item.
    pub new_id: &'a mut dyn FnMut() -> u128,
}

/// Reads a clinic file.
///
/// # Errors
/// [`ClinicFileError`] with key, line and expectation of the first mistake.
pub fn parse(text: &str) -> Result<ClinicFile, ClinicFileError> {
    let document = toml::Deserializer::parse(text).map_err(|e| located(text, "the file", e.span(), e.message()))?;
    let file: ClinicFile = serde_path_to_error::deserialize(document).map_err(|e| {
        let path = e.path().to_string();
        let inner = e.inner();
        located(text, &path, inner.span(), inner.message())
    })?;
    check(text, &file)?;
    Ok(file)
}

fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())].iter().filter(|b| **b == b'\n').count() + 1
}

fn located(text: &str, path: &str, span: Option<Range<usize>>, message: &str) -> ClinicFileError {
    let line = span.map_or(1, |span| line_of(text, span.start));
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    if message.starts_with("unknown field") {
        let (wrong, known) = quoted.split_first().map_or(("", &[][..]), |(w, k)| (*w, k));
        let nearest = known.iter().min_by_key(|known| strsim::osa_distance(wrong, known));
        let hint = nearest.map(|n| format!("; the nearest known one is \"{n}\"")).unwrap_or_default();
        let base = path.strip_suffix(wrong).unwrap_or(path).trim_end_matches('.');
        let key = if base.is_empty() || base == "." { wrong.to_owned() } else { format!("{base}.{wrong}") };
        return ClinicFileError { key, line, expectation: format!("unknown key{hint}") };
    }
    let key = if path == "." { "the file" } else { path }.to_owned();
    ClinicFileError { key, line, expectation: message.trim().to_owned() }
}

/// The line of the `index`-th `[[table]]`, and inside it of `field` when it is there.
fn find_line(text: &str, table: &str, index: usize, field: &str) -> usize {
    let header = format!("[[{table}]]");
    let mut seen = 0;
    let mut start = None;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(table_line) = start {
            if line.starts_with("[[") {
                return table_line;
            }
            let key = line.split('=').next().unwrap_or("").trim();
            if key == field {
                return number + 1;
            }
        } else if line.starts_with(&header) {
            if seen == index {
                start = Some(number + 1);
            }
            seen += 1;
        }
    }
    start.unwrap_or(1)
}

fn top_line(text: &str, key: &str) -> usize {
    let found = text.lines().position(|line| {
        let line = line.trim().trim_start_matches('[');
        line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(['=', ']', '.']))
    });
    found.map_or(1, |at| at + 1)
}

fn check(text: &str, file: &ClinicFile) -> Result<(), ClinicFileError> {
    let top = |key: &str, expectation: &str| ClinicFileError {
        key: key.to_owned(),
        line: top_line(text, key),
        expectation: expectation.to_owned(),
    };
    let item = |table: &str, index: usize, field: &str, expectation: String| ClinicFileError {
        key: format!("{table}[{index}].{field}"),
        line: find_line(text, table, index, field),
        expectation,
    };
    for (key, value) in [("key", &file.key), ("organisation", &file.organisation), ("name", &file.name)] {
        if value.trim().is_empty() {
            return Err(top(key, "expected a text; this key is required"));
        }
    }
    if file.timezone.is_none() {
        return Err(top("timezone", "expected an IANA time zone such as America/New_York; this key is required"));
    }
    if file.address.is_some() && file.locations.is_some() {
        return Err(top("address", "expected either address or [[locations]], not both"));
    }
    if let Some(calls) = &file.calls {
        if calls.mode == Wiring::Ring && calls.ring.is_none() {
            return Err(top("calls", "expected ring = \"+1…\", the phone to ring, because mode is \"ring\""));
        }
        if !(5..=60).contains(&calls.ring_seconds) {
            return Err(top("calls", "expected ring_seconds from 5 to 60"));
        }
    }
    if let Some(booking) = &file.booking {
        if booking.horizon.as_mins() < 24 * 60 {
            return Err(top("booking", "expected a horizon of at least 1d: nothing could be booked"));
        }
        if booking.minimum_notice >= booking.horizon {
            return Err(top("booking", "expected a minimum_notice shorter than the horizon: nothing could be booked"));
        }
    }
    if let (Some(notify), Some(numbers)) = (&file.notify, &file.phone_numbers) {
        if notify.sms.iter().any(|number| numbers.contains(number)) {
            return Err(top("notify", "expected phones of people in sms, not one of the clinic's own phone_numbers"));
        }
    }
    if let Some(sections) = &file.knowledge {
        if sections.len() > KNOWLEDGE_SECTIONS_MAX {
            return Err(top("knowledge", "expected at most 50 knowledge sections"));
        }
    }
    if let Some(quiet) = &file.quiet_hours {
        let (evening, morning) = (jiff::civil::time(20, 0, 0, 0), jiff::civil::time(9, 0, 0, 0));
        if quiet.from <= quiet.to || quiet.from.0 > evening || quiet.to.0 < morning {
            let expectation = "expected from at 20:00 or earlier and to at 9:00 or later: a clinic may only narrow the hours of the law";
            return Err(top("quiet_hours", expectation));
        }
    }
    if let Some(persona) = &file.persona {
        for (key, text) in [
            ("greeting_missed_open", &persona.greeting_missed_open),
            ("greeting_missed_closed", &persona.greeting_missed_closed),
            ("greeting_missed_busy", &persona.greeting_missed_busy),
            ("greeting_text", &persona.greeting_text),
            ("greeting_voice", &persona.greeting_voice),
        ] {
            let rest = text.replace("{assistant}", "").replace("{clinic}", "");
            if rest.contains(['{', '}']) {
                return Err(top(key, "expected {assistant} and {clinic} as the only words in braces"));
            }
        }
    }
    for address in file.notify.iter().flat_map(|notify| &notify.email) {
        if !address.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.')) {
            return Err(top("notify", "expected e-mail addresses such as \"desk@clinic.example\" in email"));
        }
    }
    unique(file.services.as_deref(), |s| &s.name)
        .map_err(|at| item("services", at, "name", "expected a name that no other service has".to_owned()))?;
    unique(file.providers.as_deref(), |p| &p.name)
        .map_err(|at| item("providers", at, "name", "expected a name that no other provider has".to_owned()))?;
    unique(file.rooms.as_deref(), |r| &r.name)
        .map_err(|at| item("rooms", at, "name", "expected a name that no other room has".to_owned()))?;
    unique(file.locations.as_deref(), |l| &l.name)
        .map_err(|at| item("locations", at, "name", "expected a name that no other location has".to_owned()))?;
    let mut called: Vec<(String, usize)> = Vec::new();
    for (at, service) in file.services.iter().flatten().enumerate() {
        for word in std::iter::once(&service.name).chain(&service.aliases).map(|word| word.trim().to_lowercase()) {
            if called.iter().any(|(known, other)| *known == word && *other != at) {
                let expectation = format!("expected a name or alias that no other service has; \"{word}\" is taken");
                return Err(item("services", at, "name", expectation));
            }
            called.push((word, at));
        }
        if !(5..=480).contains(&service.minutes) {
            return Err(item("services", at, "minutes", "expected 5 to 480 minutes".to_owned()));
        }
        if let Some(providers) = &file.providers {
            for name in &service.providers {
                if !providers.iter().any(|p| p.name == *name) {
                    let hint = nearest(name, providers.iter().map(|p| p.name.as_str()));
                    return Err(item("services", at, "providers", format!("no provider is named \"{name}\"{hint}")));
                }
            }
        }
    }
    if let Some(services) = &file.services {
        let names = || services.iter().map(|s| s.name.as_str());
        for (at, rule) in file.deposits.iter().flatten().enumerate() {
            if rule.amount.is_some() == rule.percent.is_some() {
                return Err(item("deposits", at, "amount", "expected either amount or percent".to_owned()));
            }
            if rule.percent.is_some_and(|percent| !(1..=100).contains(&percent)) {
                return Err(item("deposits", at, "percent", "expected 1 to 100".to_owned()));
            }
            let priced = |name: &str| services.iter().any(|s| s.name == name && s.price_from.is_some());
            if rule.percent.is_some() && rule.service.as_deref().is_some_and(|name| !priced(name)) {
                let expectation = "expected price_from on that service, of which this is a share".to_owned();
                return Err(item("deposits", at, "percent", expectation));
            }
            if let Some(name) = rule.service.as_deref().filter(|name| !names().any(|known| known == *name)) {
                return Err(item(
                    "deposits",
                    at,
                    "service",
                    format!("no service is named \"{name}\"{}", nearest(name, names())),
                ));
            }
        }
        for (at, room) in file.rooms.iter().flatten().enumerate() {
            if let Some(name) = room.services.iter().find(|name| !names().any(|known| known == *name)) {
                return Err(item(
                    "rooms",
                    at,
                    "services",
                    format!("no service is named \"{name}\"{}", nearest(name, names())),
                ));
            }
        }
    }
    for (at, closure) in file.closures.iter().flatten().enumerate() {
        if closure.to.is_some_and(|to| to < closure.date) {
            return Err(item("closures", at, "to", "expected a last day that is not before date".to_owned()));
        }
    }
    for (at, block) in file.blocks.iter().flatten().enumerate() {
        if block.to.is_some_and(|to| to < block.date) {
            return Err(item("blocks", at, "to", "expected a last day that is not before date".to_owned()));
        }
        if block.provider.is_some() && block.room.is_some() {
            return Err(item("blocks", at, "room", "expected either a provider or a room".to_owned()));
        }
        let missing = |name: &Option<String>, known: Option<Vec<&str>>| {
            let (name, known) = (name.clone()?, known?);
            (!known.contains(&name.as_str())).then(|| (nearest(&name, known.into_iter()), name))
        };
        let providers = file.providers.as_ref().map(|all| all.iter().map(|p| p.name.as_str()).collect());
        if let Some((hint, name)) = missing(&block.provider, providers) {
            return Err(item("blocks", at, "provider", format!("no provider is named \"{name}\"{hint}")));
        }
        let rooms = file.rooms.as_ref().map(|all| all.iter().map(|r| r.name.as_str()).collect());
        if let Some((hint, name)) = missing(&block.room, rooms) {
            return Err(item("blocks", at, "room", format!("no room is named \"{name}\"{hint}")));
        }
    }
    if let Some(locations) = &file.locations {
        for (at, provider) in file.providers.iter().flatten().enumerate() {
            if !provider.location.is_empty() && !locations.iter().any(|l| l.name == provider.location) {
                let hint = nearest(&provider.location, locations.iter().map(|l| l.name.as_str()));
                return Err(item(
                    "providers",
                    at,
                    "location",
                    format!("no location is named \"{}\"{hint}", provider.location),
                ));
            }
        }
    }
    Ok(())
}

fn nearest<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> String {
    let best = known.min_by_key(|known| strsim::osa_distance(&wrong.to_lowercase(), &known.to_lowercase()));
    best.map(|n| format!("; the nearest is \"{n}\"")).unwrap_or_default()
}

fn unique<T>(items: Option<&[T]>, name: impl Fn(&T) -> &String) -> Result<(), usize> {
    let items = items.unwrap_or_default();
    for (at, item) in items.iter().enumerate() {
        if name(item).trim().is_empty() || items[..at].iter().any(|earlier| name(earlier) == name(item)) {
            return Err(at);
        }
    }
    Ok(())
}

fn relist<Id: Copy, T: Clone>(
    stored: Vec<Listed<Id, T>>,
    named: Option<Vec<T>>,
    name: impl Fn(&T) -> &String,
    mut make_id: impl FnMut() -> Id,
) -> Vec<Listed<Id, T>> {
    let Some(named) = named else { return stored };
    let mut listed: Vec<Listed<Id, T>> = named
        .into_iter()
        .map(|item| {
            let id = stored.iter().find(|old| name(&old.item) == name(&item)).map_or_else(&mut make_id, |old| old.id);
            Listed { id, retired: false, item }
        })
        .collect();
    for old in stored {
        if !listed.iter().any(|new| name(&new.item) == name(&old.item)) {
            listed.push(Listed { retired: true, ..old });
        }
    }
    listed
}

impl ClinicFile {
    /// What is allowed, and is probably not meant: for the person who checks the file.
    pub fn notes(&self) -> Vec<&'static str> {
        let none = |is_none: bool, note| is_none.then_some(note);
        let reached = self.notify.as_ref().is_some_and(|notify| !notify.email.is_empty() || !notify.sms.is_empty());
        let asks = self.deposits.as_ref().is_some_and(|rules| !rules.is_empty());
        let takes = self.payments.is_some_and(|payments| payments != PaymentsChoice::None);
        [
            none(
                self.phone_numbers.as_ref().is_none_or(Vec::is_empty),
                "no phone_numbers: nobody can call or text this clinic",
            ),
            none(
                self.services.as_ref().is_none_or(Vec::is_empty),
                "no [[services]]: every patient is handed to a person",
            ),
            none(!reached, "[notify] names nobody: staff hear of no lead"),
            none(asks && !takes, "[[deposits]] without payments: none is asked for"),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The settings after this file is applied to what is stored, if anything is.
    pub fn apply(self, stored: Option<ClinicSettings>, origin: &mut Origin<'_>) -> ClinicSettings {
        let base = stored.unwrap_or_else(|| blank(origin.clinic, origin.org, self.timezone.clone()));
        let locations = match (self.locations, self.address) {
            (Some(locations), _) => Some(locations),
            (None, Some(address)) => Some(vec![Location { name: self.name.clone(), address, ..Location::default() }]),
            (None, None) if base.locations.is_empty() => {
                Some(vec![Location { name: self.name.clone(), ..Location::default() }])
            }
            (None, None) => None,
        };
        let new_id = &mut *origin.new_id;
        ClinicSettings {
            format: ClinicSettings::FORMAT,
            id: base.id,
            org: base.org,
            key: self.key,
            organisation: self.organisation,
            name: self.name,
            timezone: self.timezone.unwrap_or(base.timezone),
            phone_numbers: self.phone_numbers.unwrap_or(base.phone_numbers),
            website: self.website.unwrap_or(base.website),
            booking_platform: self.booking_platform.unwrap_or(base.booking_platform),
            booking_url: self.booking_url.unwrap_or(base.booking_url),
            payments: self.payments.unwrap_or(base.payments),
            languages: self.languages.filter(|l| !l.is_empty()).unwrap_or(base.languages),
            hours: self.hours.unwrap_or(base.hours),
            closures: self.closures.unwrap_or(base.closures),
            blocks: self.blocks.unwrap_or(base.blocks),
            calls: self.calls.unwrap_or(base.calls),
            persona: self.persona.unwrap_or(base.persona),
            booking: self.booking.unwrap_or(base.booking),
            deposits: self.deposits.unwrap_or(base.deposits),
            fees: self.fees.unwrap_or(base.fees),
            locations: relist(base.locations, locations, |l| &l.name, || crate::ids::LocationId::from_raw(new_id())),
            rooms: relist(base.rooms, self.rooms, |r| &r.name, || crate::ids::RoomId::from_raw(new_id())),
            services: relist(base.services, self.services, |s| &s.name, || crate::ids::ServiceId::from_raw(new_id())),
            providers: relist(
                base.providers,
                self.providers,
                |p| &p.name,
                || crate::ids::ProviderId::from_raw(new_id()),
            ),
            knowledge: self.knowledge.unwrap_or(base.knowledge),
            quiet_hours: self.quiet_hours.or(base.quiet_hours),
            follow_up: self.follow_up.unwrap_or(base.follow_up),
            replies: self.replies.unwrap_or(base.replies),
            notify: self.notify.unwrap_or(base.notify),
            figures: self.figures.unwrap_or(base.figures),
        }
    }

    /// The file that would make these settings again.
    pub fn of(settings: &ClinicSettings) -> Self {
        fn kept<Id, T: Clone>(items: &[Listed<Id, T>]) -> Option<Vec<T>> {
            Some(items.iter().filter(|i| !i.retired).map(|i| i.item.clone()).collect())
        }
        let s = settings.clone();
        Self {
            key: s.key,
            organisation: s.organisation,
            name: s.name,
            timezone: Some(s.timezone),
            phone_numbers: Some(s.phone_numbers),
            address: None,
            website: Some(s.website),
            booking_platform: Some(s.booking_platform),
            booking_url: Some(s.booking_url),
            payments: Some(s.payments),
            languages: Some(s.languages),
            hours: Some(s.hours),
            calls: Some(s.calls),
            persona: Some(s.persona),
            booking: Some(s.booking),
            quiet_hours: s.quiet_hours,
            follow_up: Some(s.follow_up),
            replies: Some(s.replies),
            notify: Some(s.notify),
            figures: Some(s.figures),
            locations: kept(&s.locations),
            closures: Some(s.closures),
            blocks: Some(s.blocks),
            rooms: kept(&s.rooms),
            deposits: Some(s.deposits),
            fees: Some(s.fees),
            services: kept(&s.services),
            providers: kept(&s.providers),
            knowledge: Some(s.knowledge),
        }
    }

    /// As TOML.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).unwrap_or_default()
    }
}

fn blank(id: ClinicId, org: OrgId, timezone: Option<Zone>) -> ClinicSettings {
    let utc = || Zone::parse("UTC").expect("the bundled data has UTC");
    ClinicSettings {
        format: ClinicSettings::FORMAT,
        id,
        org,
        key: String::new(),
        organisation: String::new(),
        name: String::new(),
        timezone: timezone.unwrap_or_else(utc),
        phone_numbers: Vec::new(),
        website: String::new(),
        booking_platform: PlatformChoice::default(),
        booking_url: String::new(),
        payments: PaymentsChoice::default(),
        languages: vec![Language::English, Language::Spanish],
        hours: WeekHours::default(),
        closures: Vec::new(),
        blocks: Vec::new(),
        calls: Calls::default(),
        persona: Persona::default(),
        booking: BookingRules::default(),
        deposits: Vec::new(),
        fees: Vec::new(),
        locations: Vec::new(),
        rooms: Vec::new(),
        services: Vec::new(),
        providers: Vec::new(),
        knowledge: Vec::new(),
        quiet_hours: None,
        follow_up: FollowUp::default(),
        replies: Replies::default(),
        notify: Notify::default(),
        figures: Figures::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"
key = "glow"
organisation = "Glow Group"
name = "Glow"
timezone = "America/New_York"
address = "12 Main St"

[[services]]
name = "Botox"
minutes = 30
providers = ["Dana Lee"]

[[providers]]
name = "Dana Lee"
[providers.schedule]
mon = "9:00-17:00"
"#;

    fn settings(text: &str, stored: Option<ClinicSettings>) -> ClinicSettings {
        let mut next = stored.as_ref().map_or(0, |s| 100 + s.services.len() as u128);
        let mut new_id = || {
            next += 1;
            next
        };
        let mut origin = Origin { org: OrgId::from_raw(1), clinic: ClinicId::from_raw(2), new_id: &mut new_id };
        parse(text).unwrap().apply(stored, &mut origin)
    }

    #[test]
    fn what_is_exported_reads_back_the_same() {
        let first = settings(SMALL, None);
        let again = settings(&ClinicFile::of(&first).to_toml(), Some(first.clone()));
        assert_eq!(first, again);
    }

    #[test]
    fn every_key_stands_in_the_reference() {
        let reference = include_str!("../../../../docs/clinic-file.md");
        let full = format!(
            "{SMALL}\n[[rooms]]\nname = \"Laser room\"\n[[knowledge]]\ntitle = \"T\"\ntext = \"t\"\n[quiet_hours]\nfrom = \"20:00\"\nto = \"9:00\"\n"
        );
        let file = ClinicFile::of(&settings(&full, None)).to_toml();
        for line in file.lines().filter(|l| !l.trim().is_empty()) {
            let key = line.trim_start_matches('[').split(['=', ']', '.']).next().unwrap_or("").trim();
            let day = crate::zone::WEEK.iter().any(|d| crate::hours::day_key(*d) == key);
            let named = [format!("`{key}`"), format!("`[{key}]`"), format!("`[[{key}]]`")];
            assert!(day || named.iter().any(|n| reference.contains(n)), "docs/clinic-file.md lacks {key}");
        }
    }

    #[test]
    fn removed_items_retire_and_kept_ones_keep_their_id() {
        let first = settings(SMALL, None);
        let second = settings(&SMALL.replace("Botox", "Peel"), Some(first.clone()));
        let names: Vec<_> = second.services.iter().map(|s| (s.item.name.as_str(), s.retired)).collect();
        assert_eq!(names, [("Peel", false), ("Botox", true)]);
        assert_eq!(second.providers[0].id, first.providers[0].id);
        let third = settings(
            "key=\"glow\"\norganisation=\"G\"\nname=\"G\"\ntimezone=\"America/New_York\"",
            Some(second.clone()),
        );
        assert_eq!(third.services, second.services, "a table the file does not name stays");
    }

    #[test]
    fn a_mistake_is_told_with_key_line_and_expectation() {
        let cases = [
            (
                SMALL.replace("minutes = 30", "minuts = 30"),
                "services[0].minuts",
                10,
                "nearest known one is \"minutes\"",
            ),
            (SMALL.replace("America/New_York", "New York"), "timezone", 5, "IANA time zone"),
            (SMALL.replace("9:00-17:00", "9-17"), "providers[0].schedule.mon", 16, "hours such as"),
            (SMALL.replace("[\"Dana Lee\"]", "[\"Dana Le\"]"), "services[0].providers", 11, "nearest is \"Dana Lee\""),
            (SMALL.replace("minutes = 30", "minutes = 3"), "services[0].minutes", 10, "5 to 480"),
            (SMALL.replace("key = \"glow\"", ""), "key", 1, "required"),
            (SMALL.replace("name = \"Glow\"", "name = \"Glow"), "the file", 4, ""),
            (SMALL.replace("address =", "phone_numbers = [\"555\"]\naddress ="), "phone_numbers[0]", 6, "E.164"),
        ];
        for (text, key, line, expectation) in cases {
            let error = parse(&text).unwrap_err();
            assert_eq!((error.key.as_str(), error.line), (key, line), "{error}");
            assert!(error.expectation.contains(expectation), "{error}");
        }
    }
}
