//! The request and response of `frontdesk understand --jsonl`, field by field as the contract has them.

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use frontdesk_domain::preference::{DateRange, DayName, TimePreference, Window};
use frontdesk_domain::zone::{Zone, hhmm};

use super::weigh::{NameCandidates, Named};
use super::{
    Context, Expecting, Intent, Menu, MenuItem, OptOut, Reading, SafetyFlag, SlotAction, identifiers::Identifier,
};

/// What earlier turns established.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields of the contract")]
pub struct Known {
    pub name: Option<String>,
    pub email: Option<String>,
    pub service: Option<String>,
    pub time_preference: Option<PreferenceJson>,
    pub opted_out: Option<bool>,
    pub appointment: Option<String>,
}

/// One line in.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the fields of the contract")]
pub struct Request {
    #[serde(default)]
    pub id: Option<String>,
    pub text: String,
    pub now: String,
    #[serde(default)]
    pub timezone: Option<String>,
    /// As it stands in the line: [`Request::menu_items`] reads it, once for all lines that carry the same menu.
    #[serde(default)]
    pub services: Option<Box<RawValue>>,
    #[serde(default)]
    pub offered_slots: Vec<String>,
    #[serde(default)]
    pub expecting: Option<String>,
    #[serde(default)]
    pub last_message: Option<String>,
    #[serde(default)]
    pub known: Option<Known>,
}

impl Request {
    /// The services.
    ///
    /// # Errors
    /// What is wrong with them, and where.
    pub fn menu_items(&self) -> Result<Vec<MenuItem>, serde_json::Error> {
        self.services.as_ref().map_or(Ok(Vec::new()), |services| serde_json::from_str(services.get()))
    }
}

/// One line out.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the fields of the contract")]
pub struct Response {
    pub id: Option<String>,
    pub intents: Vec<Intent>,
    pub name: Option<String>,
    pub for_name: Option<String>,
    pub service: Option<String>,
    pub services: Vec<String>,
    pub variant: Option<String>,
    pub phone: Option<String>,
    pub provider: Option<String>,
    pub patient_type: Option<frontdesk_domain::lead::PatientType>,
    pub email: Option<String>,
    pub time_preference: Option<PreferenceJson>,
    pub selected_slot: Option<String>,
    pub slot_action: Option<SlotAction>,
    pub opt_out: Option<OptOut>,
    pub emergency: bool,
    pub safety: Vec<SafetyFlag>,
    pub medical_advice: bool,
    pub injection: bool,
    pub redactions: Vec<Identifier>,
    pub redacted_text: String,
}

/// A time preference in the contract's form: times as `HH:MM`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields of the contract")]
pub struct PreferenceJson {
    pub dates: Vec<Date>,
    pub date_range: Option<DateRange>,
    pub days: Vec<DayName>,
    pub times: Vec<String>,
    pub not_days: Vec<DayName>,
    pub not_dates: Vec<Date>,
    pub flexible: bool,
    pub windows: Vec<WindowJson>,
    pub after: Option<String>,
    pub before: Option<String>,
}

/// One window of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields of the contract")]
pub struct WindowJson {
    pub days: Vec<DayName>,
    pub dates: Vec<Date>,
    pub after: Option<String>,
    pub before: Option<String>,
}

impl From<&TimePreference> for PreferenceJson {
    fn from(p: &TimePreference) -> Self {
        let text = |t: &Option<Time>| t.map(hhmm);
        Self {
            dates: p.dates.clone(),
            date_range: p.date_range,
            days: p.days.clone(),
            times: p.times.iter().map(|t| hhmm(*t)).collect(),
            not_days: p.not_days.clone(),
            not_dates: p.not_dates.clone(),
            flexible: p.flexible,
            windows: p
                .windows
                .iter()
                .map(|w| WindowJson {
                    days: w.days.clone(),
                    dates: w.dates.clone(),
                    after: text(&w.after),
                    before: text(&w.before),
                })
                .collect(),
            after: text(&p.after),
            before: text(&p.before),
        }
    }
}

impl PreferenceJson {
    fn preference(&self) -> TimePreference {
        let time = |t: &Option<String>| t.as_deref().and_then(|t| t.parse::<Time>().ok());
        TimePreference {
            dates: self.dates.clone(),
            date_range: self.date_range,
            days: self.days.clone(),
            times: self.times.iter().filter_map(|t| t.parse().ok()).collect(),
            not_days: self.not_days.clone(),
            not_dates: self.not_dates.clone(),
            flexible: self.flexible,
            windows: self
                .windows
                .iter()
                .map(|w| Window {
                    days: w.days.clone(),
                    dates: w.dates.clone(),
                    after: time(&w.after),
                    before: time(&w.before),
                })
                .collect(),
            after: time(&self.after),
            before: time(&self.before),
        }
    }
}

/// Why a request was not answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// `now` is no instant with an offset.
    #[error("now: expected RFC 3339 with an offset")]
    Now,
    /// The zone is unknown.
    #[error("timezone: expected an IANA name")]
    Zone,
    /// `expecting` is not of the contract.
    #[error("expecting: unknown value")]
    Expecting,
    /// An offered slot is no instant.
    #[error("offered_slots: expected RFC 3339")]
    Slot,
}

/// Answers a request. `menu` is the request's services made ready, which the caller may keep from line to line.
///
/// # Errors
/// [`RequestError`] names the field that is not of the contract.
pub fn answer(request: &Request, menu: &Menu) -> Result<Response, RequestError> {
    let reading = in_context(request, menu, |context| super::read(context, &request.text))?;
    Ok(response(request.id.clone(), &request.offered_slots, reading))
}

/// What the patterns read of a request, and the features by which the second reading weighs it ([`super::features`]).
///
/// # Errors
/// [`RequestError`] names the field that is not of the contract.
pub fn features(request: &Request, menu: &Menu) -> Result<(Vec<&'static str>, Named), RequestError> {
    in_context(request, menu, |context| super::features(context, &request.text))
}

/// The words of a request that may name somebody ([`super::name_candidates`]).
///
/// # Errors
/// [`RequestError`] names the field that is not of the contract.
pub fn name_candidates(request: &Request, menu: &Menu) -> Result<NameCandidates, RequestError> {
    in_context(request, menu, |context| super::name_candidates(context, &request.text))
}

fn in_context<T>(request: &Request, menu: &Menu, read: impl FnOnce(&Context<'_>) -> T) -> Result<T, RequestError> {
    let zone =
        Zone::parse(request.timezone.as_deref().unwrap_or("America/New_York")).map_err(|_| RequestError::Zone)?;
    let now: jiff::Timestamp = request.now.parse().map_err(|_| RequestError::Now)?;
    let expecting = match request.expecting.as_deref() {
        None | Some("") => Expecting::None,
        Some(word) => Expecting::from_key(word).ok_or(RequestError::Expecting)?,
    };
    let instants: Vec<jiff::Timestamp> =
        request.offered_slots.iter().map(|s| s.parse().map_err(|_| RequestError::Slot)).collect::<Result<_, _>>()?;
    let known = request.known.clone().unwrap_or_default();
    let preference = known.time_preference.as_ref().map(PreferenceJson::preference);
    let context = Context {
        now: zone.local(now),
        menu,
        offered: instants.iter().map(|at| zone.local(*at)).collect(),
        expecting,
        last_message: request.last_message.as_deref().unwrap_or(""),
        known_name: known.name.as_deref(),
        known_preference: preference.as_ref(),
        has_appointment: known.appointment.is_some(),
        reminder_was_last: false,
    };
    Ok(read(&context))
}

/// A reading in the contract's form. `offered` are the slots that were on offer, as RFC 3339.
pub fn response(id: Option<String>, offered: &[String], reading: Reading) -> Response {
    let emergency = reading.safety.iter().any(|f| matches!(f, SafetyFlag::Emergency | SafetyFlag::Crisis));
    Response {
        id,
        intents: reading.intents,
        name: reading.name,
        for_name: reading.for_name,
        service: reading.services.first().cloned(),
        services: reading.services,
        variant: reading.variant,
        phone: reading.phone,
        provider: reading.provider,
        patient_type: reading.patient_type,
        email: reading.email,
        time_preference: (!reading.preference.is_empty()).then(|| PreferenceJson::from(&reading.preference)),
        selected_slot: reading.selected.and_then(|at| offered.get(at).cloned()),
        slot_action: reading.slot_action,
        opt_out: reading.opt_out,
        emergency,
        medical_advice: reading.safety.contains(&SafetyFlag::MedicalAdvice),
        safety: reading.safety,
        injection: reading.injection,
        redactions: reading.identifiers,
        redacted_text: reading.redacted_text,
    }
}
