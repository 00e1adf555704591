//! What may be said: the guard behind.

use frontdesk_domain::clinic::ClinicSettings;

use crate::phrase::{Act, Answer, time_words};
use crate::turn::Facts;

/// What is wrong with a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It plays symptoms down, promises a result or clears somebody.
    MedicalClaim,
    /// It says that it is a human.
    ClaimsHuman,
    /// It names a time that no data gave.
    InventedTime,
    /// It names an amount that no data gave.
    InventedPrice,
    /// It holds a link that is not the clinic's.
    InventedLink,
    /// It asks for a reply that carriers treat as a command.
    AsksForKeyword,
    /// The owner asked to avoid it.
    Avoided,
    /// It holds markdown.
    Markdown,
}

const CLAIMS: &[&str] = &[
    "that's normal",
    "that is normal",
    "totally normal",
    "completely normal",
    "perfectly safe",
    "it's safe",
    "is safe for you",
    "no side effects",
    "you'll be fine",
    "you will be fine",
    "nothing to worry",
    "don't worry about",
    "guarantee",
    "you are a good candidate",
    "you're a good candidate",
    "es normal",
    "no se preocupe",
    "es seguro para usted",
];
const HUMAN: &[&str] = &[
    "i'm a human",
    "i am a human",
    "i'm a real person",
    "i am a real person",
    "i'm not a bot",
    "not an ai",
    "soy una persona real",
];
const KEYWORD_REQUESTS: &[&str] = &[
    "reply yes",
    "reply stop",
    "reply cancel",
    "reply end",
    "reply start",
    "reply quit",
    "text yes",
    "responda yes",
    "reply y ",
];

/// Whether a clause of the catalogue may leave. The clinic's own words are its responsibility, but for what no owner may
/// make us say.
pub(crate) fn may_be_said(clause: &str, act: &Act, facts: &Facts<'_>) -> bool {
    let owners_words =
        matches!(act, Act::Answer(Answer::Verbatim(_) | Answer::Price { .. } | Answer::Prices(_)) | Act::Greet(_));
    faults(clause, &allowed(act, facts), &facts.clinic.persona.avoid).iter().all(|fault| match fault {
        Fault::InventedTime | Fault::InventedPrice | Fault::InventedLink | Fault::Markdown => {
            owners_words || matches!(fault, Fault::Markdown)
        }
        Fault::Avoided => matches!(act, Act::Emergency | Act::Crisis | Act::OptedOut | Act::Help),
        Fault::MedicalClaim | Fault::ClaimsHuman | Fault::AsksForKeyword => false,
    })
}

/// What a clause may name: the times, amounts and links of its data, as text.
fn allowed(act: &Act, facts: &Facts<'_>) -> String {
    let mut text = String::new();
    let mut slot = |slot: &frontdesk_domain::slot::Slot| {
        text.push_str(&time_words(facts.local(slot.start).time()));
        text.push(' ');
    };
    match act {
        Act::Offer { slots, .. } | Act::Clarify { all: slots, .. } => slots.iter().for_each(&mut slot),
        Act::Booked { slot: one, .. }
        | Act::YourVisit { slot: one, .. }
        | Act::ConfirmCancel { slot: one, .. }
        | Act::Cancelled { slot: one, .. }
        | Act::ConfirmSlot { slot: one }
        | Act::MoveOrCancel { slot: one }
        | Act::Kept { slot: one } => slot(one),
        Act::YourVisits { visits, .. } => visits.iter().for_each(|(_, one)| slot(one)),
        Act::AskDeposit { slot: one, .. } | Act::DepositExpired { slot: one } => one.iter().for_each(&mut slot),
        Act::PaidButGone { slot: one, .. } => slot(one),
        _ => {}
    }
    if let Act::DepositReminder { until, .. } = act {
        text.push_str(&time_words(facts.local(*until).time()));
        text.push(' ');
    }
    match act {
        Act::AskDeposit { amount, .. }
        | Act::DepositStill { amount }
        | Act::DepositLink { amount, .. }
        | Act::Paid { amount }
        | Act::PaidButGone { amount, .. }
        | Act::PaidOther { amount }
        | Act::DepositReminder { amount, .. }
        | Act::Refunded { amount }
        | Act::AboutDeposit { amount }
        | Act::Fee { amount, .. } => text.push_str(&format!("{amount} ")),
        _ => {}
    }
    match act {
        Act::DepositLink { link, .. }
        | Act::LinkAgain { link }
        | Act::AwaitingPayment { link }
        | Act::PaymentFailed { link }
        | Act::DepositReminder { link, .. }
        | Act::Fee { link, .. } => text.push_str(&format!("{link} ")),
        _ => {}
    }
    text.push_str(&written(facts.clinic));
    text
}

/// Everything the clinic wrote that may hold times, amounts and links.
fn written(clinic: &ClinicSettings) -> String {
    let mut text = format!("{} {} {} ", clinic.website, clinic.booking_url, clinic.booking.policy);
    for service in clinic.menu() {
        text.push_str(&format!(
            "{} {} {} {} ",
            service.item.price, service.item.description, service.item.preparation, service.item.aftercare
        ));
    }
    for section in &clinic.knowledge {
        text.push_str(&section.text);
        text.push(' ');
    }
    for (_, _, hours) in clinic.hours.runs() {
        for stretch in hours {
            text.push_str(&format!("{} {} ", time_words(stretch.from), time_words(stretch.to)));
        }
    }
    text
}

/// The faults of a text, against the data it may name and the phrases the owner avoids.
pub fn faults(text: &str, allowed: &str, avoid: &[String]) -> Vec<Fault> {
    let lower = text.to_lowercase().replace('’', "'");
    let mut found = Vec::new();
    let mut check = |is: bool, fault| {
        if is {
            found.push(fault);
        }
    };
    check(CLAIMS.iter().any(|c| lower.contains(c)), Fault::MedicalClaim);
    check(HUMAN.iter().any(|c| lower.contains(c)), Fault::ClaimsHuman);
    check(KEYWORD_REQUESTS.iter().any(|c| lower.contains(c)), Fault::AsksForKeyword);
    check(avoid.iter().any(|phrase| !phrase.is_empty() && lower.contains(&phrase.to_lowercase())), Fault::Avoided);
    check(text.contains("**") || text.contains("```") || text.contains("]("), Fault::Markdown);
    check(clock_times(text).iter().any(|t| !clock_times(allowed).contains(t)), Fault::InventedTime);
    check(marked(text, '$').iter().any(|p| !marked(allowed, '$').contains(p)), Fault::InventedPrice);
    check(links(text).iter().any(|l| !allowed.contains(l.as_str())), Fault::InventedLink);
    found
}

/// `h:mm` with what stands before and behind it.
fn clock_times(text: &str) -> Vec<String> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    for at in text.match_indices(':').map(|(at, _)| at) {
        let start = (at.saturating_sub(2)..at).find(|i| bytes[*i..at].iter().all(u8::is_ascii_digit));
        let minutes = bytes.get(at + 1..at + 3).is_some_and(|m| m.iter().all(u8::is_ascii_digit));
        if let (Some(start), true) = (start, minutes) {
            let half = text
                .get(at + 3..at + 6)
                .map(|h| h.trim().to_uppercase())
                .filter(|h| h == "AM" || h == "PM")
                .unwrap_or_default();
            found.push(format!("{} {half}", &text[start..at + 3]).trim().to_owned());
        }
    }
    found
}

fn marked(text: &str, mark: char) -> Vec<String> {
    text.match_indices(mark)
        .map(|(at, _)| {
            text[at + mark.len_utf8()..]
                .chars()
                .take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
                .collect::<String>()
        })
        .map(|amount| amount.trim_end_matches(['.', ',']).replace(',', ""))
        .filter(|amount| !amount.is_empty())
        .collect()
}

fn links(text: &str) -> Vec<String> {
    text.split_whitespace()
        .filter(|w| w.contains("://") || w.starts_with("www."))
        .map(|w| w.trim_end_matches(['.', ',', ')', '!', '?']).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_not_be_said() {
        let allowed = "2:30 PM $12 https://glow.example";
        let avoid = vec!["cheap".to_owned()];
        let cases = [
            ("I have 2:30 PM for $12, see https://glow.example.", vec![]),
            ("I have 2:45 PM.", vec![Fault::InventedTime]),
            ("It is $15.", vec![Fault::InventedPrice]),
            ("Pay at https://evil.example now", vec![Fault::InventedLink]),
            ("Oh, that's normal!", vec![Fault::MedicalClaim]),
            ("I'm a real person", vec![Fault::ClaimsHuman]),
            ("Reply YES to book", vec![Fault::AsksForKeyword]),
            ("Our **cheap** deal", vec![Fault::Avoided, Fault::Markdown]),
        ];
        for (text, expected) in cases {
            assert_eq!(faults(text, allowed, &avoid), expected, "{text}");
        }
    }
}
