//! What may leave the process in a trace or an error report: fields on a list, with values that cannot be content.

/// The fields, in the order of the alphabet.
const FIELDS: &[&str] = &[
    "attempt",
    "channel",
    "clinic.id",
    "code",
    "conversation.id",
    "deposit.id",
    "error.kind",
    "events",
    "http.request.method",
    "http.response.status_code",
    "http.route",
    "job.id",
    "job.kind",
    "jobs",
    "kind",
    "message.id",
    "notice.id",
    "operation",
    "org.id",
    "reason",
    "rows",
    "vendor",
];

/// The longest value.
const VALUE_MAX_CHARS: usize = 80;
/// From this many digits on a run of them may be a phone number.
const DIGITS: usize = 7;

/// Whether a field of this name may leave with this value.
pub fn may_leave(name: &str, value: &str) -> bool {
    FIELDS.binary_search(&name).is_ok() && (is_id(value) || !may_be_content(value))
}

/// One of our ids (`domain::ids`): a prefix of three letters and 26 base-32 digits, among them a letter.
fn is_id(value: &str) -> bool {
    value.split_once('_').is_some_and(|(prefix, digits)| {
        prefix.len() == 3
            && prefix.bytes().all(|b| b.is_ascii_lowercase())
            && digits.len() == 26
            && digits.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            && digits.bytes().any(|b| b.is_ascii_uppercase())
    })
}

fn may_be_content(value: &str) -> bool {
    let mut run = 0;
    let has_number = value.chars().any(|c| {
        match c {
            '0'..='9' => run += 1,
            ' ' | '-' | '.' | '(' | ')' | '+' | '/' => {}
            _ => run = 0,
        }
        run >= DIGITS
    });
    has_number || value.contains('@') || value.chars().count() > VALUE_MAX_CHARS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_leave_is_on_the_list() {
        assert!(FIELDS.is_sorted(), "it is searched in halves");
        for (name, value, leaves) in [
            ("job.kind", "send_text", true),
            ("conversation.id", "cnv_01JD22222222222222222222ZZ", true),
            ("attempt", "3", true),
            ("code", "40310", true),
            ("error.kind", "the database does not answer", true),
            ("http.route", "/conversations/{id}/state", true),
            ("body", "hi", false),
            ("patient.name", "Maria", false),
            ("code", "+13475559173", false),
            ("code", "(347) 555-9173", false),
            ("code", "347.555.9173 called", false),
            ("reason", "maria@marked.example", false),
            ("reason", "078-05-1120", false),
            ("conversation.id", "cnv_01939211117222833313475559", false),
            ("conversation.id", "cnv_01JD22222222222222222222ZZ13475559173", false),
        ] {
            assert_eq!(may_leave(name, value), leaves, "{name}={value}");
        }
        assert!(!may_leave("reason", &"word ".repeat(40)));
    }
}
