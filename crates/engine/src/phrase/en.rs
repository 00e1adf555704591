//! The English catalogue.

use frontdesk_domain::clinic::Tone;
use frontdesk_domain::conversation::Channel;
use frontdesk_domain::deposit::Purpose;
use frontdesk_domain::language::Language;
use frontdesk_domain::slot::Slot;

use super::{Act, Answer, Greeting, Objection, OfferNote, Voice, greeting_text, listed, preparation, when};
use crate::understand::Expecting;

const LANGUAGE: Language = Language::English;

fn moment(slot: &Slot, voice: &Voice<'_>) -> String {
    when::moment(voice.facts.local(slot.start), LANGUAGE)
}

fn with(provider: Option<&String>) -> String {
    provider.map(|p| format!(" with {p}")).unwrap_or_default()
}

pub(super) fn join(names: &[String], last: &str) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., end] => format!("{} {last} {end}", rest.join(", ")),
    }
}

fn bright(voice: &Voice<'_>) -> bool {
    voice.facts.clinic.persona.tone == Tone::Bright
}

fn contact(voice: &Voice<'_>) -> String {
    let clinic = voice.facts.clinic;
    let phone = clinic.locations.iter().find_map(|l| l.item.phone.as_ref()).or(clinic.main_number());
    phone.map_or_else(|| clinic.website.clone(), frontdesk_domain::PhoneNumber::national)
}

/// When a person will look at it.
fn staff_when(voice: &Voice<'_>) -> String {
    let clinic = voice.facts.clinic;
    if clinic.is_open(voice.now) || clinic.hours.is_empty() {
        return "shortly".to_owned();
    }
    match clinic.next_opening(voice.now) {
        Some(opening) => format!("when we open on {}", when::date_words(opening.date(), LANGUAGE)),
        None => "as soon as possible".to_owned(),
    }
}

fn ask(what: Expecting, attempt: u8, voice: &Voice<'_>) -> String {
    let text = match (what, attempt) {
        (Expecting::Name, 0) if voice.greets => "May I have your first and last name?",
        (Expecting::Name, 0) => "Can I get your first and last name?",
        (Expecting::Name, 1) => "Before we go on, what name should I put this under?",
        (Expecting::Name, _) => "I just need a name to continue - who am I texting with?",
        (Expecting::Service, 0) => "What treatment are you interested in?",
        (Expecting::Service, 1) => "Which of our services would you like to come in for?",
        (Expecting::Service, _) => "Just tell me the treatment and I'll look up times, or ask me for our service list.",
        (Expecting::PatientType, 0) => "Have you been to us before?",
        (Expecting::PatientType, _) => "Are you new to us, or have you visited before?",
        (Expecting::Email, _) => "What's the best email for your confirmation?",
        (Expecting::TimePreference, 0) => "What days and times usually work best for you?",
        (Expecting::TimePreference, 1) => "Is there a day that suits you, mornings or afternoons?",
        (Expecting::TimePreference, _) => "Tell me any day or time and I'll see what's open - or say \"anytime\".",
        (Expecting::Phone, 0) => {
            "What's the best mobile number for you? I'll text a quick code to it, then your visit details; say \"no texts\" if you'd rather not, and STOP ends them any time."
        }
        (Expecting::Phone, _) => {
            "Without an email, a phone number is the only way our team can reach you. Which one may we use?"
        }
        (Expecting::None | Expecting::Slot | Expecting::Confirm | Expecting::Deposit, _) => "Which would you like?",
    };
    text.to_owned()
}

fn answer(answer: &Answer, voice: &Voice<'_>) -> String {
    let clinic = voice.facts.clinic;
    match answer {
        Answer::Hours => {
            let runs = clinic.hours.runs();
            if runs.is_empty() {
                return format!("Our hours vary - please call {} for today's.", contact(voice));
            }
            let lines: Vec<String> = runs
                .iter()
                .map(|(from, to, hours)| {
                    let days = if from == to {
                        when::day_name(*from, LANGUAGE).to_owned()
                    } else {
                        format!("{}-{}", &when::day_name(*from, LANGUAGE)[..3], &when::day_name(*to, LANGUAGE)[..3])
                    };
                    format!("{days} {}", when::stretches(hours))
                })
                .collect();
            format!("We're open {}.", lines.join("; "))
        }
        Answer::Location => {
            let places: Vec<String> = clinic
                .locations
                .iter()
                .filter(|l| !l.retired && !l.item.address.is_empty())
                .map(|l| l.item.address.clone())
                .collect();
            if places.is_empty() {
                format!("Please call {} for directions.", contact(voice))
            } else {
                format!("We're at {}.", places.join("; and at "))
            }
        }
        Answer::Price { service, price } => format!("{service} is {price}."),
        Answer::NoPrice { service } => format!("I don't have a set price for {service}; it's quoted at your visit."),
        Answer::Prices(prices) => {
            let list: Vec<String> = prices.iter().map(|(s, p)| format!("{s} {p}")).collect();
            format!("Here are some of our prices: {}.", list.join("; "))
        }
        Answer::Duration { service, minutes } => format!("{service} takes about {minutes} minutes."),
        Answer::Verbatim(text) => text.clone(),
        Answer::Menu(names) => format!("We offer {}.", join(names, "and")),
        Answer::Providers(names) => format!("You'd be seeing {}.", join(names, "or")),
        Answer::OpenOn { day, hours } if hours.is_empty() => {
            format!("We're closed on {}.", when::date_words(*day, LANGUAGE))
        }
        Answer::OpenOn { day, hours } => {
            format!("We're open {} on {}.", when::stretches(hours), when::date_words(*day, LANGUAGE))
        }
        Answer::Contact => format!("You can reach us at {}.", contact(voice)),
        Answer::OpenNow => match (clinic.closes_at(voice.now), clinic.next_opening(voice.now)) {
            (Some(until), _) => format!("Yes, we're open until {} today.", when::time_words(until)),
            (None, Some(opening)) => format!("We're closed right now; we open {}.", when::moment(opening, LANGUAGE)),
            (None, None) => "We're closed right now.".to_owned(),
        },
        Answer::Unknown => "Good question - I don't have that here, so I'll have our team follow up.".to_owned(),
    }
}

/// How a link reaches them.
fn hand(voice: &Voice<'_>) -> &'static str {
    if voice.facts.channel == Channel::Webchat { "send" } else { "text" }
}

/// How staff confirm, where that is known.
fn by_text(voice: &Voice<'_>) -> &'static str {
    if voice.facts.channel == Channel::Webchat { "" } else { " by text" }
}

pub(super) fn clause(act: &Act, voice: &Voice<'_>) -> String {
    match act {
        Act::Greet(greeting) => greeting_text(*greeting, voice.facts, match greeting {
            Greeting::MissedOpen => "Hi, this is {assistant}, the AI assistant at {clinic}. Sorry we missed your call! How can I help?",
            Greeting::MissedClosed => "Hi, this is {assistant}, the AI assistant at {clinic}. We're closed right now, but I can answer questions and book you in. How can I help?",
            Greeting::MissedBusy => "Hi, this is {assistant}, the AI assistant at {clinic}. Our line was busy - sorry! How can I help?",
            Greeting::FirstText => "Hi, this is {assistant}, the AI assistant at {clinic}.",
        }, "I'm {assistant}, an AI assistant."),
        Act::MissedAgain => "Sorry we missed your call! How can I help?".to_owned(),
        Act::NiceToMeet { first } => if bright(voice) { format!("So nice to meet you, {first}!") } else { format!("Thanks, {first}!") },
        Act::Ask { what, attempt } => ask(*what, *attempt, voice),
        Act::AskLastName { .. } => "And your last name?".to_owned(),
        Act::AskForName => "What's the name of the person coming in?".to_owned(),
        Act::AskVariant { names } => format!("Would you prefer {}?", join(names, "or")),
        Act::AskNewTime => "Sure, let's find another time. What day and time would suit you?".to_owned(),
        Act::AskOtherDays => "No problem. Which days or times would work better?".to_owned(),
        Act::ConfirmEmail { likely } => format!("Just checking: is your email {likely}?"),
        Act::EmailNotNeeded => "No problem, we can do without.".to_owned(),
        Act::Concern { names } => format!("Our providers can talk that through with you at a visit. Our patients often ask about {}. Which would you like to come in for?", join(names, "or")),
        Act::NotOnMenu { said } => format!("We don't offer {} here, I'm sorry.", said.to_lowercase()),
        Act::Answer(what) => answer(what, voice),
        Act::Offer { slots, marks, note } => {
            let lead = match note {
                OfferNote::Fresh => "Here's what we have:",
                OfferNote::More => "Here are some others:",
                OfferNote::Nearest => "Nothing is free exactly then. The nearest I have:",
                OfferNote::Closed => "We're closed then. The nearest I have:",
                OfferNote::NotOffered => "That time isn't available. The nearest I have:",
                OfferNote::Gone => "I'm sorry, that time was just taken. These are open:",
            };
            if let [only] = slots.as_slice() {
                let provider = only.provider.and_then(|id| voice.facts.clinic.provider(id)).map(|p| p.name.clone());
                let lead = match note {
                    OfferNote::Fresh | OfferNote::More => "I have".to_owned(),
                    OfferNote::Nearest | OfferNote::Closed | OfferNote::NotOffered | OfferNote::Gone => lead.to_owned(),
                };
                return format!("{lead} {}{}. Does that work?", moment(only, voice), with(provider.as_ref()));
            }
            let all: Vec<usize> = (0..slots.len()).collect();
            format!("{lead}{}\nWhich works best?", listed(slots, &all, *marks, voice, LANGUAGE))
        }
        Act::Clarify { slots, marks, all } => format!("Just to be sure, which one?{}", listed(all, slots, *marks, voice, LANGUAGE)),
        Act::StillOpen { attempt: 0 } => "Would one of those times work for you?".to_owned(),
        Act::StillOpen { attempt: 1 } => "Sorry, I didn't catch which time. You can pick one from the list, or tell me another day.".to_owned(),
        Act::StillOpen { attempt: 9.. } => "Shall I book one of the times above?".to_owned(),
        Act::StillOpen { .. } => "Just send the one you'd like from the list, or ask for other times.".to_owned(),
        Act::NoOthers => "Those are all the times I have that fit. Would one of them work, or shall I look at another day?".to_owned(),
        Act::NothingFree => "I couldn't find an open time.".to_owned(),
        Act::Booked { service, slot, provider, patient, moved } => {
            let what = if *moved { "Done - you're moved to" } else { "You're booked for" };
            let who = patient.as_ref().map(|p| format!(" for {p}")).unwrap_or_default();
            let clinic = voice.facts.clinic;
            let address = clinic.location(slot.location).filter(|l| !l.address.is_empty()).map(|l| format!(" at {}", l.address)).unwrap_or_default();
            let line = if *moved {
                format!("{what} {}: {service}{who}{}{address}.", moment(slot, voice), with(provider.as_ref()))
            } else {
                format!("{what} {service}{who}{} on {}{address}.", with(provider.as_ref()), moment(slot, voice))
            };
            match preparation(slot, voice).filter(|_| !*moved) {
                Some(text) => format!("{line} {text} See you then!"),
                None => format!("{line} See you then!"),
            }
        }
        Act::YourVisit { service, slot, provider } => format!("You have {service}{} on {}.", with(provider.as_ref()), moment(slot, voice)),
        Act::NoVisit => "I don't see an upcoming appointment under this number.".to_owned(),
        Act::ConfirmCancel { service, slot, late } => {
            let fee = if *late { " It's inside our cancellation window, so our team may be in touch about the policy." } else { "" };
            format!("Shall I cancel your {service} visit on {}?{fee}", moment(slot, voice))
        }
        Act::Cancelled { service, slot } => format!("Your {service} visit on {} is cancelled. Text me any time if you'd like another.", moment(slot, voice)),
        Act::Kept { slot } => format!("All right, it stays as it is: {}.", moment(slot, voice)),
        Act::WrongNumber => format!("Sorry about that! This is {}, a med spa. You won\'t hear from us unless you text again.", voice.facts.clinic.name),
        Act::NoProblem => "No problem at all. Text me any time if you'd like to come in.".to_owned(),
        Act::StaffConfirm => format!("Thank you! Our team will confirm your time{} {}.", by_text(voice), staff_when(voice)),
        Act::HowCanIHelp => "How can I help?".to_owned(),
        Act::CodeSent { ending } => format!("I've texted a 6-digit code to the number ending in {ending}; type it here when it comes."),
        Act::CodeText { code } => format!("{}: {code} is your code. Type it into our chat; we never ask for it by phone. Not you? Ignore this. Text STOP to end messages.", voice.facts.clinic.name),
        Act::CodeWrong => "That's not the code I texted. Please check it once more, or ask me for a new code.".to_owned(),
        Act::CodeOver => "That code has run out. Just say \"new code\" and I'll text another.".to_owned(),
        Act::CodeNotNow => format!("I can't text another code to that number right now. If one came, the last one still works; otherwise our team can help you at {}.", contact(voice)),
        Act::CodeWaiting { ending } => format!("Please type the 6-digit code I texted to the number ending in {ending}, or ask me for a new code."),
        Act::PhoneProven => "Thank you, your number is confirmed.".to_owned(),
        Act::PhoneForVisit => "To look that up I need to know it's you: which mobile number did you book with? I'll text a quick code to it.".to_owned(),
        Act::PhoneNotNeeded => "No problem, we can do without.".to_owned(),
        Act::NoTexts => "All right, no texts. Our team will only call you there if they need to.".to_owned(),
        Act::OptedOut => format!("{}: You're unsubscribed and will get no more messages. Text START to get them again.", voice.facts.clinic.name),
        Act::OptedIn => format!("{}: You're subscribed again. How can I help? Text STOP at any time to end messages.", voice.facts.clinic.name),
        Act::Help => format!("{}: For help call {}. Msg frequency varies, msg & data rates may apply. Text STOP to end messages.", voice.facts.clinic.name, contact(voice)),
        Act::CancelOrStop => "Did you want to call off your visit, or to get no more texts? Say \"visit\" or \"texts\".".to_owned(),
        Act::Emergency => "This could be a medical emergency. Please call 911 or go to the nearest emergency room right now. Our team has been alerted.".to_owned(),
        Act::Crisis => "I'm really glad you told me. Please call or text 988 right now - someone is there 24/7 - or call 911 if you're in danger. A person from our team has been alerted.".to_owned(),
        Act::PostProcedure => format!("Thank you for telling us. I've alerted our clinical team so a provider can look into it with you; you can also call {}. If it gets worse, or you have trouble seeing or breathing, call 911.", contact(voice)),
        Act::NoAdvice => "That's a question for our medical provider, so I can't say - they'll go over it with you at your visit.".to_owned(),
        Act::ProviderDecides => "Thank you for letting me know. Our provider will go over that with you and decide at your consultation.".to_owned(),
        Act::Minor => format!("For anyone under 18 we need a parent or guardian and a word with our team first. They'll reach out {}.", staff_when(voice)),
        Act::NoCards => "Please don't text card numbers - I've removed it. We only take payment through a secure link.".to_owned(),
        Act::OthersData => "I can only share details about your own visits under this number, to keep everyone's information private.".to_owned(),
        Act::CannotDoThat => format!("I can't help with that, but I'm happy to answer questions about {} or find you a time.", voice.facts.clinic.name),
        Act::Bot => format!("I'm {}, an AI assistant for {}. A person from our team can step in any time - just ask.", voice.facts.clinic.persona.assistant, voice.facts.clinic.name),
        Act::Handover { again: false } => format!("I'm passing this to our team; someone will reply here {}.", staff_when(voice)),
        Act::Handover { again: true } => format!("Our team has your message and will reply here {}.", staff_when(voice)),
        Act::PassedOn { danger: true } => "I've passed that on to our team. If it feels urgent, please call 911.".to_owned(),
        Act::PassedOn { danger: false } => "Thanks, I've passed that on to our team.".to_owned(),
        Act::Complaint => format!("I'm sorry to hear that. I'm passing this to our manager, who will reach out {}.", staff_when(voice)),
        Act::Welcome { appointment: true } => "You're welcome! See you soon.".to_owned(),
        Act::Welcome { appointment: false } => "You're welcome! I'm here if you need anything.".to_owned(),
        Act::AnythingElse => "Is there anything else I can help you with?".to_owned(),
        Act::Objection(Objection::Price) => "I hear you, it's a real decision. Our team can go over the exact cost with you before you decide.".to_owned(),
        Act::Objection(Objection::Shopping) => "It makes sense to compare, and we'd love to earn your visit.".to_owned(),
        Act::Objection(Objection::Nervous) => "It's completely fine to feel nervous. Our team will take all the time you need and answer every question.".to_owned(),
        Act::TakeYourTime => "Of course, take your time. I'm here whenever you're ready.".to_owned(),
        Act::WheneverReady { what } => match what {
            Expecting::Name => "Whenever you'd like to come in, just send me your first and last name.",
            Expecting::Service => "Whenever you'd like to come in, just tell me for which treatment.",
            Expecting::PatientType => "Whenever you'd like to come in, just tell me if you've been to us before.",
            Expecting::Email => "Whenever you'd like to come in, just send me your email.",
            Expecting::None | Expecting::TimePreference | Expecting::Phone | Expecting::Slot | Expecting::Confirm | Expecting::Deposit => "Whenever you'd like to come in, just send me a day and time that suit you.",
        }.to_owned(),
        Act::ArrivalNoted { late: true } => "Thanks for letting us know, I've told the team. See you soon!".to_owned(),
        Act::ArrivalNoted { late: false } => "Wonderful, I've told the team you're here.".to_owned(),
        Act::Polite => format!("Let's keep it friendly, please. I'm happy to help with anything about {}.", voice.facts.clinic.name),
        Act::NoSuchProvider { said, names } => format!("I don't see {said} on our team; we have {}.", join(names, "and")),
        Act::AlsoNoted { names } => format!("I've noted {} too; our team will fit it in with you.", join(names, "and")),
        Act::AskOtherPatientType { name: Some(name) } => format!("Has {name} been to us before?"),
        Act::AskOtherPatientType { name: None } => "Have they been to us before?".to_owned(),
        Act::StillHere => "A person from our team has been alerted. If you're thinking of hurting yourself, call or text 988 at any time, or 911 if you're in danger.".to_owned(),
        Act::ClinicalTeamKnows => format!("I've passed that to our clinical team too, and they'll answer you themselves. You can also call {}. If it gets worse, or you have trouble seeing or breathing, call 911.", contact(voice)),
        Act::ConfirmSlot { slot } => format!("I have {} open. Shall I book it for you?", moment(slot, voice)),
        Act::YourVisits { visits, which } => {
            let list: Vec<String> = visits.iter().map(|(service, slot)| format!("{service} on {}", moment(slot, voice))).collect();
            let question = if *which { " Which one do you mean?" } else { "" };
            format!("You have {}.{question}", join(&list, "and"))
        }
        Act::MoveOrCancel { slot } => format!("I'm sorry {} doesn't work any more. Would you like another time, or shall I call it off?", moment(slot, voice)),
        Act::TimesPassed => "Those times have passed by now.".to_owned(),
        Act::NotTheirs { provider, service, names } => format!("{provider} doesn't do {service} here; for that you'd see {}.", join(names, "or")),
        Act::AskDeposit { slot, amount, policy } => {
            let held = slot.as_ref().map(|slot| format!("I'm holding {} for you. ", moment(slot, voice))).unwrap_or_default();
            let what = if slot.is_some() { format!("A {amount} deposit books it.") } else { format!("A {amount} deposit reserves your visit, and our team confirms the time with you.") };
            let policy = if policy.is_empty() { String::new() } else { format!(" {policy}") };
            format!("{held}{what}{policy} Shall I {} you the secure payment link?", hand(voice))
        }
        Act::DepositStill { amount } => format!("Shall I {} you the secure link for the {amount} deposit?", hand(voice)),
        Act::DepositDeclined => format!("No problem. I've let our team know, and they can help you by phone at {} or here.", contact(voice)),
        Act::DepositLink { link, amount, minutes } => format!("Here's your secure link for the {amount} deposit, open for {minutes} minutes: {link}"),
        Act::LinkAgain { link } => format!("Of course, here is your link: {link}"),
        Act::AwaitingPayment { link } => format!("I'll confirm here as soon as the payment shows. Your link: {link}"),
        Act::PaymentsDown => "I can't open our payment page right now, I'm sorry.".to_owned(),
        Act::Paid { amount } => format!("Thank you, your {amount} payment is in."),
        Act::PaidButGone { slot, amount } => format!("I'm sorry: your payment came after {} was taken. I'm sending your {amount} back.", moment(slot, voice)),
        Act::PaidOther { amount } => format!("Your {amount} came in by the link from before, which you no longer needed. I'm sending it back to your card."),
        Act::PaymentFailed { link } => format!("That payment didn't go through, I'm sorry. You can try again here: {link}"),
        Act::DepositReminder { link, amount, until } => format!("{}: your {amount} deposit link is open until {}: {link} Text STOP to end messages.", voice.facts.clinic.name, when::time_words(voice.facts.local(*until).time())),
        Act::DepositExpired { slot } => {
            let what = slot.as_ref().map_or_else(String::new, |slot| format!(", so {} is no longer held", moment(slot, voice)));
            format!("{}: your payment link ended{what}. Shall I try again for you? Text STOP to end messages.", voice.facts.clinic.name)
        }
        Act::DepositNoRush => "No rush, take your time. Just say yes when you'd like the link.".to_owned(),
        Act::DepositFollowUp => format!("{}: just checking in. Shall I still text you the link for the deposit? Text STOP to end messages.", voice.facts.clinic.name),
        Act::AboutDeposit { amount } => format!("Our team will be in touch about your {amount} deposit."),
        Act::Refunded { amount } => format!("Your {amount} is on its way back to your card. It can take a few business days."),
        Act::Fee { link, amount, purpose } => {
            let why = match purpose {
                Purpose::NoShowFee => "the missed visit",
                Purpose::LateCancellationFee => "the late cancellation",
                Purpose::Deposit => "your visit",
            };
            format!("{}: by our policy there is a {amount} fee for {why}. Here's the secure link: {link} Any questions, just reply.", voice.facts.clinic.name)
        }
        Act::DidNotGet => "Sorry, I didn't quite get that.".to_owned(),
        Act::FollowUp => format!("{}: just checking in about the times I sent. Would you still like one of them? Text STOP to end messages.", voice.facts.clinic.name),
    }
}
