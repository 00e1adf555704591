//! The vendor's JSON, private to this folder.

use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Envelope {
    pub(super) data: Event,
}

#[derive(Deserialize)]
pub(super) struct Event {
    #[serde(default)]
    pub(super) event_type: String,
    #[serde(default)]
    pub(super) id: String,
    #[serde(default)]
    pub(super) occurred_at: Option<String>,
    #[serde(default)]
    pub(super) payload: Option<Payload>,
}

/// The union of the payloads we read; what a kind of event does not have stays empty.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Payload {
    pub(super) id: Option<String>,
    pub(super) direction: Option<String>,
    pub(super) from: Party,
    pub(super) to: Parties,
    pub(super) cc: Option<Vec<Address>>,
    pub(super) text: Option<String>,
    pub(super) media: Option<Vec<serde_json::Value>>,
    pub(super) errors: Option<Vec<Problem>>,
    pub(super) autoresponse_type: Option<String>,
    pub(super) call_control_id: Option<String>,
    pub(super) call_session_id: Option<String>,
    pub(super) client_state: Option<String>,
    pub(super) hangup_cause: Option<String>,
}

/// `from` is an object in messages and a text in calls.
#[derive(Deserialize, Default)]
#[serde(untagged)]
pub(super) enum Party {
    Object(Address),
    Text(String),
    #[default]
    None,
}

/// `to` is a list of objects in messages and a text in calls.
#[derive(Deserialize, Default)]
#[serde(untagged)]
pub(super) enum Parties {
    List(Vec<Address>),
    Text(String),
    #[default]
    None,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Address {
    pub(super) phone_number: Option<String>,
    pub(super) status: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Problem {
    #[serde(default)]
    pub(super) code: Option<serde_json::Value>,
}

impl Party {
    pub(super) fn number(&self) -> String {
        match self {
            Self::Object(address) => address.phone_number.clone().unwrap_or_default(),
            Self::Text(text) => text.clone(),
            Self::None => String::new(),
        }
    }
}

impl Parties {
    pub(super) fn number(&self) -> String {
        match self {
            Self::List(list) => list.first().and_then(|a| a.phone_number.clone()).unwrap_or_default(),
            Self::Text(text) => text.clone(),
            Self::None => String::new(),
        }
    }

    /// The others of a group.
    pub(super) fn others(&self) -> impl Iterator<Item = &Address> {
        let list = if let Self::List(list) = self { list.as_slice() } else { &[] };
        list.iter().skip(1)
    }

    pub(super) fn status(&self) -> Option<&str> {
        match self {
            Self::List(list) => list.first()?.status.as_deref(),
            Self::Text(_) | Self::None => None,
        }
    }
}

/// A code, which is a text by the reference and a number in places.
pub(super) fn code_text(code: &serde_json::Value) -> Option<String> {
    match code {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The first error code of an error answer.
pub(super) fn error_code(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Errors {
        errors: Vec<Problem>,
    }
    let errors: Errors = serde_json::from_slice(body).ok()?;
    errors.errors.first()?.code.as_ref().and_then(code_text)
}
