//! What a message wants: by patterns, then by what only the whole picture tells.

use super::lexicon::FILES;
use super::text::{Text, Word};
use super::{Context, Expecting, Intent, OptOut, Reading, Remark, SlotAction};

pub(super) fn read(text: &Text, context: &Context<'_>, reading: &Reading) -> Vec<Intent> {
    let mut found = Vec::new();
    for hit in FILES.intents().find(text) {
        let label = FILES.intents().label(hit);
        // "Can we do Friday instead", where no times are on offer: a visit is to be moved.
        let label = if label == "moves" && context.offered.is_empty() { "reschedule" } else { label };
        if let Some((_, intent)) = Intent::ALL.iter().find(|(key, _)| *key == label) {
            if !found.contains(intent) {
                found.push(*intent);
            }
        }
    }
    let thumbs = text.tokens.iter().any(|t| matches!(t.sign(), Some('👍' | '👌' | '✅')));
    if thumbs
        && reading.wordless
        && matches!(
            context.expecting,
            Expecting::Confirm | Expecting::Slot | Expecting::Deposit | Expecting::PatientType
        )
    {
        found.push(Intent::Affirm);
    }
    if text.tokens.iter().any(|t| t.sign() == Some('👎')) && reading.wordless {
        found.push(Intent::Deny);
    }
    // Asking for a service by name, or for a time, is asking for a visit.
    let wish = text.has_any(&[
        "want",
        "need",
        "book",
        "get",
        "can",
        "could",
        "like",
        "looking",
        "do",
        "interested",
        "schedule",
        "any",
        "appointment",
        "quiero",
        "for",
    ]);
    let no_offer = context.offered.is_empty();
    let asks_first = matches!(text.word(0), "how" | "what" | "does" | "is" | "why" | "who" | "whats" | "como" | "que");
    if no_offer
        && !asks_first
        && !context.has_appointment
        && !found.contains(&Intent::Book)
        && (!reading.services.is_empty() && (wish || !reading.preference.is_empty()))
    {
        let only_asks = found.iter().any(|i| {
            matches!(
                i,
                Intent::AskPrice
                    | Intent::AskHours
                    | Intent::AskLocation
                    | Intent::Cancel
                    | Intent::Reschedule
                    | Intent::CheckAppointment
            )
        });
        if !only_asks {
            found.push(Intent::Book);
        }
    }
    if agrees_with_no(&reading.words) {
        found.retain(|intent| *intent != Intent::Deny);
        found.push(Intent::Affirm);
    }
    found
}

/// Whether one of some words stands right before one of others.
fn beside(words: &[Word], first: &[&str], second: &[&str]) -> bool {
    words.windows(2).any(|w| first.contains(&w[0].as_str()) && second.contains(&w[1].as_str()))
}

/// "No, that's perfect" agrees.
fn agrees_with_no(words: &[Word]) -> bool {
    words.first().is_some_and(|word| word == "no")
        && beside(words, &["no"], &["thats", "its", "that", "perfect", "great"])
        && beside(words, &["thats", "its", "is", "no"], &["perfect", "great", "fine", "good", "works", "okay"])
}

/// "I hope I don't have to reschedule", "please don't cancel": the verb stands, the wish does not.
fn is_spared(words: &[Word], verbs: &[&str]) -> bool {
    (0..words.len()).filter(|at| verbs.contains(&words[*at].as_str())).any(|at| {
        let led = words[..at].iter().rev().find(|w| {
            !matches!(
                w.as_str(),
                "to" | "have" | "want" | "need" | "wanna" | "like" | "gonna" | "que" | "quiero" | "tener"
            )
        });
        led.is_some_and(|w| matches!(w.as_str(), "dont" | "not" | "never" | "wont" | "no" | "didnt"))
    })
}

/// "I need to change my card on file", "can I move my car": no visit is moved.
fn moves_another_thing(words: &[Word]) -> bool {
    const VERBS: [&str; 5] = ["change", "move", "switch", "swap", "update"];
    const THINGS: [&str; 13] = [
        "card",
        "phone",
        "number",
        "email",
        "address",
        "car",
        "seat",
        "name",
        "insurance",
        "password",
        "subject",
        "apartment",
        "face",
    ];
    let is_visit =
        |w: &Word| matches!(w.as_str(), "appointment" | "visit" | "cita" | "booking" | "time" | "day" | "reservation");
    (0..words.len()).filter(|at| VERBS.contains(&words[*at].as_str())).any(|at| {
        let behind = &words[at + 1..(at + 4).min(words.len())];
        behind.iter().any(|w| THINGS.contains(&w.as_str()))
    }) && !words.iter().any(is_visit)
}

/// "Did you cancel my appointment?", "can I cancel the membership", "had to cancel my trip": no visit is called off.
fn cancels_another_thing(words: &[Word]) -> bool {
    let others = [
        "membership",
        "membresia",
        "trip",
        "viaje",
        "subscription",
        "suscripcion",
        "order",
        "flight",
        "plans",
        "vacation",
        "netflix",
        "gym",
        "fee",
    ];
    let is_cancel = |word: &Word| word.starts_with("cancel");
    (0..words.len()).filter(|at| is_cancel(&words[*at])).any(|at| {
        let before = &words[at.saturating_sub(3)..at];
        let by_us = before.iter().any(|w| {
            matches!(w.as_str(), "you" | "yall" | "guys" | "anyone" | "anybody" | "someone" | "they" | "people" | "me")
        }) && words[..at].iter().any(|w| {
            matches!(w.as_str(), "did" | "didnt" | "have" | "if" | "when" | "do" | "does" | "why" | "que" | "es")
        });
        let thing = words[at..(at + 5).min(words.len())].iter().any(|w| others.contains(&w.as_str()));
        by_us || thing
    })
}

/// "Cancel Tuesday, book Friday at 10": one visit goes somewhere else.
fn trades(reading: &Reading) -> bool {
    let at = |list: &[&str]| reading.words.iter().position(|w| list.contains(&w.as_str()));
    let cancels = at(&["cancel", "cancela", "cancelar", "cancele"]);
    let books = at(&["book", "rebook", "schedule", "reserve", "agenda", "agendar", "agende", "reservar"]);
    !reading.preference.is_empty() && matches!((cancels, books), (Some(first), Some(then)) if first < then)
}

/// What only the whole picture tells.
pub(super) fn settle(reading: &mut Reading, context: &Context<'_>, message: &str) {
    let about_visit = [Intent::Cancel, Intent::Reschedule, Intent::CheckAppointment];
    if reading.wants(Intent::Cancel) && trades(reading) && !reading.wants(Intent::Reschedule) {
        reading.intents.push(Intent::Reschedule);
    }
    // "Am I still on for Friday?" and "move it to Friday" are about a visit that stands; moving says the more.
    if reading.wants(Intent::Reschedule) && reading.wants(Intent::CheckAppointment) && !message.contains("what") {
        reading.intents.retain(|i| *i != Intent::CheckAppointment);
    }
    if about_visit.iter().any(|i| reading.wants(*i)) {
        reading.intents.retain(|i| *i != Intent::Book);
        if reading.wants(Intent::Reschedule) {
            reading.intents.retain(|i| !matches!(i, Intent::Cancel | Intent::OtherOptions));
        }
        if reading.wants(Intent::Cancel) {
            reading.intents.retain(|i| !matches!(i, Intent::Deny));
        }
    }
    // "Something came up Thursday, could we find another day?": moved, where no times are on offer.
    let unable = reading.says(Remark::CannotCome) || reading.has_word(&["instead"]);
    let seeks = || {
        reading.wants(Intent::OtherOptions)
            || (!reading.preference.is_empty()
                && beside(
                    &reading.words,
                    &[
                        "can", "could", "how", "got", "rather", "do", "any", "anything", "is", "maybe", "possible",
                        "habra", "would",
                    ],
                    &[
                        "we", "i", "you", "u", "about", "bout", "any", "anything", "do", "be", "possible", "later",
                        "earlier", "there", "like", "chance",
                    ],
                ))
    };
    if unable
        && seeks()
        && context.offered.is_empty()
        && !reading.wants(Intent::Cancel)
        && !reading.wants(Intent::Reschedule)
    {
        reading.intents.retain(|i| !matches!(i, Intent::Book | Intent::OtherOptions | Intent::Deny));
        reading.intents.push(Intent::Reschedule);
    }
    if reading.wants(Intent::Reschedule) && moves_another_thing(&reading.words) {
        reading.intents.retain(|i| *i != Intent::Reschedule);
    }
    if reading.wants(Intent::Cancel) && cancels_another_thing(&reading.words) {
        reading.intents.retain(|i| *i != Intent::Cancel);
    }
    // "Please don't cancel", "what if I need to cancel?": no wish to.
    let spared = reading.wants(Intent::Cancel) && is_spared(&reading.words, &["cancel", "cancelar"]);
    if reading.wants(Intent::Reschedule) && is_spared(&reading.words, &["reschedule", "move", "reprogramar", "change"])
    {
        reading.intents.retain(|i| *i != Intent::Reschedule);
    }
    // "What happens if I need to cancel", "whats your policy to reschedule", "how far ahead do I have to cancel": the rules are asked.
    let rules_asked = reading.words.first().is_some_and(|w| matches!(w.as_str(), "what" | "whats" | "how"))
        && (beside(&reading.words, &["what", "happens", "and"], &["if"])
            || reading.has_word(&["policy", "policies", "rules", "ahead", "notice", "fee", "fees"]));
    if rules_asked {
        reading.intents.retain(|i| !matches!(i, Intent::Cancel | Intent::Reschedule));
        if !reading.wants(Intent::Question) {
            reading.intents.push(Intent::Question);
        }
    }
    let supposed = message.contains('?')
        && reading
            .words
            .first()
            .is_some_and(|w| matches!(w.as_str(), "what" | "if" | "do" | "does" | "is" | "how" | "si"));
    if spared || supposed {
        reading.intents.retain(|i| *i != Intent::Cancel);
    }
    if reading.opt_out == Some(OptOut::Stop) {
        reading.intents.retain(|i| !matches!(i, Intent::Cancel | Intent::Affirm));
    }
    // "Call me Sam" tells a name, it asks for no call.
    let named = reading.name.is_some() && beside(&reading.words, &["call"], &["me"]);
    if named {
        reading.intents.retain(|i| *i != Intent::Human);
    }
    match reading.slot_action {
        Some(SlotAction::Select) => {
            reading.intents.retain(|i| {
                !matches!(i, Intent::OtherOptions | Intent::Deny | Intent::Book | Intent::CheckAppointment)
            });
            if !reading.wants(Intent::Affirm) {
                reading.intents.push(Intent::Affirm);
            }
        }
        Some(SlotAction::NotOffered) => reading.intents.retain(|i| !matches!(i, Intent::OtherOptions | Intent::Affirm)),
        Some(SlotAction::MoreTimes) => {
            if !reading.wants(Intent::OtherOptions) {
                reading.intents.push(Intent::OtherOptions);
            }
            reading.intents.retain(|i| !matches!(i, Intent::Affirm));
        }
        Some(SlotAction::Reject) => {
            if !reading.wants(Intent::Deny) {
                reading.intents.push(Intent::Deny);
            }
            reading.intents.retain(|i| !matches!(i, Intent::Affirm));
        }
        Some(SlotAction::Clarify) | None => {}
    }
    if context.offered.is_empty() && reading.wants(Intent::Book) {
        reading.intents.retain(|i| *i != Intent::OtherOptions);
    }
    if reading.wants(Intent::Deny)
        && reading.wants(Intent::Affirm)
        && message.trim_start().to_lowercase().starts_with("no")
    {
        reading.intents.retain(|i| *i != Intent::Affirm);
    }
    // "That's expensive" says what it costs too much; only a question asks what it costs.
    if reading.says(Remark::Price) && !message.contains('?') && !reading.has_word(&["how", "what", "cuanto"]) {
        reading.intents.retain(|i| *i != Intent::AskPrice);
    }
    let asks =
        [Intent::AskPrice, Intent::AskHours, Intent::AskLocation, Intent::AskIfBot].iter().any(|i| reading.wants(*i));
    let booking_only = reading.wants(Intent::Book)
        || reading.wants(Intent::CheckAppointment)
        || reading.wants(Intent::Reschedule)
        || reading.wants(Intent::Cancel)
        || reading.slot_action.is_some();
    if asks && !reading.wants(Intent::Question) {
        reading.intents.push(Intent::Question);
    }
    if !asks && booking_only && !message.contains('?') {
        reading.intents.retain(|i| *i != Intent::Question);
    }
    // "Hello?" calls out, it asks nothing.
    let called_out = reading.wants(Intent::Greeting) && reading.words.len() <= 2;
    if called_out {
        reading.intents.retain(|i| !matches!(i, Intent::Repeat | Intent::Question));
    }
    if message.contains('?')
        && !called_out
        && !booking_only
        && !reading.wants(Intent::Question)
        && reading.opt_out.is_none()
        && !reading.wordless
    {
        reading.intents.push(Intent::Question);
    }
    let order = |intent: &Intent| Intent::ALL.iter().position(|(_, known)| known == intent).unwrap_or(0);
    reading.intents.sort_by_key(order);
    reading.intents.dedup();
    // A greeting is named first where the message begins with one.
    if let Some(at) = reading.intents.iter().position(|i| *i == Intent::Greeting) {
        let greeting = reading.intents.remove(at);
        reading.intents.insert(0, greeting);
    }
}
