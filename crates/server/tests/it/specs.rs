//! Our requests held against the carriers' published specifications, where `VENDOR_SPECS_DIR` names a folder that has them.
//! Stricter than a validator: a field or parameter the specification does not know is a fault too.

use std::sync::OnceLock;

use serde_json::{Map, Value, json};

use crate::carrier::By;

/// A request as it arrived at a carrier.
pub(crate) struct Sent<'a> {
    pub by: By,
    pub method: &'a str,
    /// With the base's version, such as `/v2/messages`.
    pub path: &'a str,
    pub query: &'a str,
    pub content_type: &'a str,
    pub authorization: &'a str,
    pub body: &'a [u8],
}

/// The two documents, where they are.
fn documents() -> Option<&'static [Value; 2]> {
    static READ: OnceLock<Option<[Value; 2]>> = OnceLock::new();
    READ.get_or_init(|| {
        let folder = std::path::PathBuf::from(std::env::var_os("VENDOR_SPECS_DIR")?);
        let read = |name: &str| {
            let text = std::fs::read_to_string(folder.join(name)).expect("VENDOR_SPECS_DIR has the carriers' files");
            serde_json::from_str(&text).expect("a specification is JSON")
        };
        Some([read("telnyx.subset.json"), read("twilio-api-v2010.subset.json")])
    })
    .as_ref()
}

/// Whether requests are checked at all.
pub(crate) fn are_given() -> bool {
    documents().is_some()
}

fn resolved<'a>(document: &'a Value, mut at: &'a Value) -> &'a Value {
    while let Some(pointer) = at["$ref"].as_str().and_then(|r| r.strip_prefix('#')) {
        at = document.pointer(pointer).unwrap_or(&Value::Null);
    }
    at
}

/// The properties an object may have, those of its parts included.
fn properties<'a>(document: &'a Value, schema: &'a Value, found: &mut Map<String, Value>) {
    let schema = resolved(document, schema);
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        found.insert(name.clone(), resolved(document, property).clone());
    }
    for parts in ["allOf", "oneOf", "anyOf"] {
        for part in schema[parts].as_array().into_iter().flatten() {
            properties(document, part, found);
        }
    }
}

fn matches(template: &str, path: &str) -> bool {
    template.split('/').count() == path.split('/').count()
        && template.split('/').zip(path.split('/')).all(|(t, p)| t.starts_with('{') || t == p)
}

/// A form as the object its schema describes.
fn object_of(form: &[u8], known: &Map<String, Value>) -> Value {
    let fields = form_urlencoded::parse(form).map(|(key, value)| {
        let value = match known.get(key.as_ref()).and_then(|p| p["type"].as_str()) {
            Some("integer" | "number" | "boolean") => serde_json::from_str(&value).unwrap_or(json!(value)),
            Some("array") => json!([value]),
            _ => json!(value),
        };
        (key.into_owned(), value)
    });
    Value::Object(fields.collect())
}

/// What of a request the carrier's specification does not allow; nothing where there is no specification.
pub(crate) fn faults(sent: &Sent<'_>) -> Vec<String> {
    let Some([telnyx, twilio]) = documents() else { return Vec::new() };
    let (document, path, scheme) = match sent.by {
        By::Telnyx => (telnyx, sent.path.strip_prefix("/v2").unwrap_or(sent.path), "Bearer "),
        By::Twilio => (twilio, sent.path, "Basic "),
    };
    let paths = document["paths"].as_object().expect("a specification has paths");
    let Some(operation) = paths
        .iter()
        .filter(|(template, _)| matches(template, path))
        .find_map(|(_, item)| item.get(sent.method.to_lowercase()))
    else {
        return vec![format!("{} {path} is not in the specification", sent.method)];
    };
    let mut faults = Vec::new();
    if !sent.authorization.starts_with(scheme) {
        faults.push(format!("expected an authorization of the scheme {scheme}"));
    }
    let parameters: Vec<&Value> =
        operation["parameters"].as_array().into_iter().flatten().map(|p| resolved(document, p)).collect();
    for (name, _) in form_urlencoded::parse(sent.query.as_bytes()) {
        // `filter[…]` stands in the document as one object or as a parameter for each field.
        let base = name.split('[').next().unwrap_or_default();
        if !parameters.iter().any(|p| p["in"] == "query" && (p["name"] == *name || p["name"] == *base)) {
            faults.push(format!("the parameter {name} is unknown"));
        }
    }
    let contents = &resolved(document, &operation["requestBody"])["content"];
    let Some(content) = contents.as_object().filter(|contents| !contents.is_empty()) else {
        if !sent.body.is_empty() {
            faults.push("a body where none is expected".to_owned());
        }
        return faults;
    };
    let kind = sent.content_type.split(';').next().unwrap_or_default();
    let Some(schema) = content.get(kind).map(|media| &media["schema"]) else {
        faults.push(format!("the content type {kind:?} is not taken"));
        return faults;
    };
    let mut known = Map::new();
    properties(document, schema, &mut known);
    let body = match kind {
        "application/json" => serde_json::from_slice(sent.body).unwrap_or(Value::Null),
        _ => object_of(sent.body, &known),
    };
    for name in body.as_object().into_iter().flatten().map(|(name, _)| name) {
        if !known.contains_key(name) {
            faults.push(format!("the field {name} is unknown"));
        }
    }
    let root = json!({"allOf": [schema], "components": document["components"]});
    let validator = jsonschema::draft4::options().build(&root).expect("a specification's schema is one");
    faults.extend(validator.iter_errors(&body).map(|error| format!("{}: {}", error.instance_path(), error.masked())));
    faults
}

#[test]
fn a_request_beside_the_specification_is_seen() {
    if documents().is_none() {
        return;
    }
    let message = |body: Value| {
        faults(&Sent {
            by: By::Telnyx,
            method: "POST",
            path: "/v2/messages",
            query: "",
            content_type: "application/json",
            authorization: "Bearer KEY",
            body: body.to_string().as_bytes(),
        })
    };
    assert_eq!(message(json!({"from": "+12125550100", "to": "+13475550123", "text": "hi"})), Vec::<String>::new());
    assert_eq!(message(json!({"to": "+13475550123", "txet": "hi"})), ["the field txet is unknown"]);
    assert_eq!(message(json!({"to": 7})).len(), 1, "a number is no address");
    assert_eq!(message(json!({"text": "hi"})).len(), 1, "to is required");
    let form = |path: &str, body: &str| {
        faults(&Sent {
            by: By::Twilio,
            method: "POST",
            path,
            query: "",
            content_type: "application/x-www-form-urlencoded",
            authorization: "Basic x",
            body: body.as_bytes(),
        })
    };
    let path = "/2010-04-01/Accounts/AC1/Messages.json";
    assert_eq!(form(path, "To=%2B13475550123&Body=hi"), Vec::<String>::new());
    assert_eq!(form(path, "To=%2B13475550123&Body=hi&ValidityPeriod=soon").len(), 1);
    assert_eq!(form("/2010-04-01/Accounts/AC1/Massages.json", "").len(), 1);
}
