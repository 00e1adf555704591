//! STOP, START and HELP: lone keywords on the whole message, free wording anywhere in it, and what only sounds like it.

use super::OptOut;
use super::lexicon::{FILES, List};
use super::slip::is_near;
use super::text::{Kind, Text, Token};

/// Messages, numbers and lists are spoken of: without them nobody withdraws from anything of ours.
pub(super) fn speaks_of_messages(text: &Text) -> bool {
    text.tokens.iter().any(|t| t.known.is_in(List::MessageWords))
}

/// "Do not contact my husband about this": with whom we may speak, and no withdrawal.
pub(super) fn speaks_of_another(text: &Text) -> bool {
    text.tokens.windows(3).any(|w| {
        matches!(
            w[0].word.as_str(),
            "contact" | "call" | "text" | "message" | "email" | "tell" | "contacting" | "calling" | "texting"
        ) && matches!(w[1].word.as_str(), "my" | "mi" | "her" | "his")
            && w[2].known.is_in(List::Relatives)
    })
}

/// "Wrong number", "you have the wrong person".
pub(super) fn wrong_number(text: &Text) -> bool {
    text.tokens.windows(2).any(|w| {
        (w[0].is("wrong") && matches!(w[1].word.as_str(), "number" | "person" | "phone") && !counted(&w[1], text))
            || (matches!(w[0].word.as_str(), "numero" | "number")
                && matches!(w[1].word.as_str(), "equivocado" | "incorrecto"))
    })
}

/// "The wrong number of units".
fn counted(number: &Token, text: &Text) -> bool {
    let at = text.tokens.iter().position(|token| std::ptr::eq(token, number));
    at.is_some_and(|at| text.tokens.get(at + 1).is_some_and(|next| next.is("of")))
}

/// A command as it stands, or as it was meant: "stp txtng me".
pub(super) fn command(text: &Text) -> (Option<OptOut>, bool) {
    let plain = written(text);
    if plain.0.is_some() {
        return plain;
    }
    if text.word_count() > 14 || text.tokens.iter().all(|t| meant(t).is_none()) {
        return plain;
    }
    let mended: Vec<&str> = text.tokens.iter().map(|t| meant(t).unwrap_or(t.folded.as_str())).collect();
    written(&Text::new(&mended.join(" ")))
}

/// The word of texting that a slip of the finger hides.
fn meant(token: &Token) -> Option<&'static str> {
    const WORDS: [&str; 12] = [
        "stop",
        "text",
        "texting",
        "texts",
        "message",
        "messages",
        "messaging",
        "remove",
        "unsubscribe",
        "contact",
        "anymore",
        "list",
    ];
    let word = token.folded.as_str();
    let slipped = match word {
        "stp" | "stap" | "sto" | "stip" | "stpo" | "sotp" => Some("stop"),
        "txet" | "tex" | "texr" | "tect" | "teext" => Some("text"),
        _ if word.len() < 5 || WORDS.contains(&token.word.as_str()) => None,
        _ => WORDS.into_iter().find(|known| {
            let allowed = if known.len() >= 9 { 2 } else { 1 };
            known.len() >= 5 && known.as_bytes()[0] == word.as_bytes()[0] && is_near(known, word, allowed)
        }),
    };
    slipped
        .filter(|_| token.kind == Kind::Word && !token.known.is_in(List::Common) && !token.is_written_in(List::English))
}

/// Lone keywords, on the whole message; then free wording, unless it is about a visit.
fn written(text: &Text) -> (Option<OptOut>, bool) {
    let words = || text.tokens.iter().filter(|t| t.kind != Kind::Sign).map(|t| t.folded.as_str());
    // One more than a command has at the most.
    let trimmed: Vec<&str> = words()
        .filter(|w| {
            !matches!(
                *w,
                "please"
                    | "pls"
                    | "plz"
                    | "now"
                    | "thanks"
                    | "thank"
                    | "you"
                    | "thankyou"
                    | "okay"
                    | "ok"
                    | "yes"
                    | "just"
                    | "nah"
                    | "hi"
                    | "hey"
                    | "por"
                    | "favor"
                    | "porfa"
                    | "porfavor"
                    | "gracias"
            )
        })
        .take(5)
        .collect();
    // "No thanks stop"; but "no pare" asks for the opposite.
    let trimmed: Vec<&str> = match trimmed.as_slice() {
        ["no", keyword @ ("stop" | "unsubscribe" | "quit")] => vec![*keyword],
        _ => trimmed,
    };
    match trimmed.as_slice() {
        [
            "stop" | "stopall" | "unsubscribe" | "quit" | "revoke" | "optout" | "alto" | "parar" | "pare" | "baja"
            | "basta" | "remove" | "unsuscribe",
        ]
        | ["stop", "all" | "stop" | "texting" | "it" | "everything"]
        | ["opt", "out"] => return (Some(OptOut::Stop), false),
        ["cancel" | "end" | "cancelar"] if text.word_count() == 1 => return (Some(OptOut::Stop), true),
        ["start" | "unstop" | "subscribe"] | ["opt", "in"] if text.word_count() <= 2 => {
            return (Some(OptOut::Start), false);
        }
        ["help" | "info" | "ayuda"] if text.word_count() == 1 || words().next() == Some("ayuda") => {
            return (Some(OptOut::Help), false);
        }
        letters if letters.len() == 4 && letters.concat() == "stop" => return (Some(OptOut::Stop), false),
        [word] if stretched_stop(word) => return (Some(OptOut::Stop), false),
        ["dar" | "darme" | "denme", "de", "baja"] => return (Some(OptOut::Stop), false),
        _ => {}
    }
    // "Who is this? Stop": the last sentence is the command.
    let mut sentences = text.tokens.rsplit(Token::ends_sentence).filter(|s| !s.is_empty());
    let last = sentences.next();
    if let Some([only]) = last.filter(|last| last.len() == 1 && sentences.next().is_some()) {
        if matches!(only.folded.as_str(), "stop" | "unsubscribe" | "unsub" | "quit" | "alto") {
            return (Some(OptOut::Stop), false);
        }
    }
    if let Some(command) = shouted(text) {
        return (Some(command), false);
    }
    if leads_with_stop(text) || stop_sign(text) {
        return (Some(OptOut::Stop), false);
    }
    // "This is harassment, stop": so is the last clause.
    let last = text.tokens.iter().rposition(|t| t.kind != Kind::Sign).unwrap_or(0);
    if last > 1 && matches!(text.word(last), "stop" | "unsubscribe") && text.word(last - 1) == "," {
        return (Some(OptOut::Stop), false);
    }
    let mut found = None;
    let mut comes_back = false;
    for hit in FILES.consent().find(text) {
        let here = match FILES.consent().label(hit) {
            "stop" if about_something_else(text, hit.start, hit.end) => continue,
            "stop" => OptOut::Stop,
            "start" if matches!(text.word(hit.end), "form" | "page" | "box" | "link" | "process") => continue,
            // "If you text me again I'm calling my lawyer" wants nothing back.
            "start" if (hit.start.saturating_sub(4)..hit.start).any(|at| matches!(text.word(at), "if" | "next")) => {
                continue;
            }
            "start" => {
                let refused = text.tokens[hit.start.saturating_sub(4)..hit.start]
                    .iter()
                    .any(|t| matches!(t.word.as_str(), "dont" | "never" | "not" | "no" | "nunca" | "wont"));
                if refused {
                    continue;
                }
                comes_back |= text.has_any(&[
                    "back",
                    "again",
                    "mistake",
                    "accident",
                    "accidentally",
                    "undo",
                    "nuevo",
                    "reactiven",
                    "oops",
                ]);
                OptOut::Start
            }
            _ => OptOut::Help,
        };
        if found != Some(OptOut::Stop) {
            found = Some(here);
        }
    }
    // "I texted STOP by mistake": what is wanted is what comes back.
    if comes_back && found == Some(OptOut::Stop) {
        found = Some(OptOut::Start);
    }
    (found, false)
}

/// "STOP. I found another place", "stop, not interested", "stop im in mourning": the keyword first and then a reason; not
/// "STOP! I meant Thursday".
fn leads_with_stop(text: &Text) -> bool {
    let [keyword, next, rest @ ..] = text.tokens.as_slice() else { return false };
    let is_keyword = matches!(keyword.folded.as_str(), "stop" | "unsubscribe" | "unsub" | "quit" | "remove" | "optout");
    // Signs after the keyword do not matter: "STOP!! wrong number", "REMOVE - not a patient".
    let behind = text.tokens.iter().skip(1).find(|token| token.kind != Kind::Sign);
    let reasons = behind.is_some_and(|token| {
        matches!(
            token.word.as_str(),
            "wrong"
                | "thanks"
                | "thank"
                | "ty"
                | "thankyou"
                | "bc"
                | "because"
                | "cause"
                | "cuz"
                | "since"
                | "to"
                | "previous"
        ) || (token.is("and") && text.tokens.iter().any(|t| matches!(t.word.as_str(), "thank" | "thanks")))
    }) && (!behind.is_some_and(|token| token.is("to"))
        || text.has_any(&["end", "unsubscribe", "optout", "quit"]));
    let shouts = |token: &Token| text.slice(token.start, token.end).chars().all(char::is_uppercase);
    let not_a_patient = shouts(keyword)
        && behind.is_some_and(|token| matches!(token.word.as_str(), "not" | "never" | "svp" | "na" | "menu" | "you"));
    if is_keyword && text.word_count() <= 14 && (reasons || not_a_patient) && !text.chars.contains(&'?') {
        return true;
    }
    // "STOP. also cancel my appointment": a command and a second wish.
    let also = text.slice(keyword.start, keyword.end) == "STOP"
        && next.sign() == Some('.')
        && rest.first().is_some_and(|t| matches!(t.word.as_str(), "also" | "and" | "please"));
    if also {
        return true;
    }
    let shouted = text.slice(keyword.start, keyword.end) == "STOP"
        && text.chars.iter().filter(|c| c.is_lowercase()).count() > 3
        && next.kind != Kind::Sign
        && next.is("i");
    let paused =
        keyword.folded == "stop" && matches!(next.sign(), Some(',' | '.' | '-' | ':' | ';')) && !rest.is_empty();
    let about_a_visit = text.chars.contains(&'?')
        || text.tokens.iter().any(|t| {
            t.kind == Kind::Number
                || matches!(
                    t.word.as_str(),
                    "thats"
                        | "youre"
                        | "appointment"
                        | "visit"
                        | "cita"
                        | "meant"
                        | "change"
                        | "reschedule"
                        | "book"
                        | "cancel"
                        | "wait"
                        | "monday"
                        | "tuesday"
                        | "wednesday"
                        | "thursday"
                        | "friday"
                        | "saturday"
                        | "sunday"
                        | "today"
                        | "tomorrow"
                )
        });
    (shouted || paused) && !about_a_visit
}

/// `stopp`, `STOPPP`, `stoop`: the keyword typed in a hurry.
fn stretched_stop(word: &str) -> bool {
    let mut letters: Vec<char> = word.chars().collect();
    letters.dedup();
    let stretched = letters.iter().collect::<String>() == "stop" && word.len() <= 10;
    let slipped = matches!(
        word,
        "stpo" | "sotp" | "tsop" | "stip" | "stpp" | "sttop" | "satop" | "stlp" | "dtop" | "stopo" | "stiop" | "stoip"
    );
    let unsubscribes = word.len() >= 9 && word.starts_with("un") && is_near(word, "unsubscribe", 3);
    stretched || slipped || unsubscribes
}

/// A keyword in capitals inside a sentence in small letters: "I'm replying HELP because it told me to", "START. I meant to send
/// that last week".
fn shouted(text: &Text) -> Option<OptOut> {
    let small = text.chars.iter().filter(|c| c.is_lowercase()).take(3).count();
    if small < 3 {
        return None;
    }
    (0..text.tokens.len()).find_map(|at| {
        let token = &text.tokens[at];
        if !text.is_capitalised(at) || !(4..=6).contains(&token.folded.len()) {
            return None;
        }
        let written = text.slice(token.start, token.end);
        let leads = at == 0;
        let told = (at.saturating_sub(4)..at).any(|b| {
            matches!(
                text.word(b),
                "replying" | "reply" | "word" | "send" | "sending" | "text" | "says" | "mande" | "please"
            )
        });
        match written.as_str() {
            "HELP" | "AYUDA" | "INFO" if leads || told => {
                let about_us = text.has_any(&[
                    "text", "texts", "texting", "message", "messages", "number", "reply", "replying", "word",
                    "mensaje", "mensajes", "textos", "who", "quien", "please", "por",
                ]);
                about_us.then_some(OptOut::Help)
            }
            "START" | "UNSTOP" if leads || told => Some(OptOut::Start),
            _ => None,
        }
    })
}

/// "🛑", alone or with words of texting.
fn stop_sign(text: &Text) -> bool {
    text.chars.contains(&'🛑')
        && (text.word_count() == 0
            || text.has_any(&[
                "texting",
                "texts",
                "text",
                "messages",
                "messaging",
                "message",
                "stop",
                "mensajes",
                "textos",
                "me",
            ]))
        && text.word_count() <= 8
}

/// Said to or by somebody else: "my husband told the roofers to never call again", "he was like quit calling her". What was
/// told to us counts: "I told you to stop".
fn is_told_of(text: &Text, start: usize) -> bool {
    let ours = |at: usize| {
        (at + 1..at + 5).any(|next| {
            matches!(
                text.word(next),
                "you"
                    | "u"
                    | "yall"
                    | "ya"
                    | "guys"
                    | "desk"
                    | "receptionist"
                    | "them"
                    | "les"
                    | "ustedes"
                    | "i"
                    | "ive"
            )
        })
    };
    let by_me = |at: usize| (1..=2).any(|back| at >= back && matches!(text.word(at - back), "i" | "ive" | "already"));
    (start.saturating_sub(10)..start).any(|at| {
        let told = match text.word(at) {
            "yelled" | "yelling" | "screamed" | "shouted" | "wrote" => true,
            "told" | "said" | "dije" | "dijo" | "saying" => !by_me(at) || !ours(at),
            "like" => at > 0 && matches!(text.word(at - 1), "was" | "were"),
            _ => false,
        };
        // "I keep saying it: stop": to us, where nobody else is named.
        told && !ours(at) && !(by_me(at) && text.tokens[at..start].iter().any(|t| t.ends_sentence() || t.is(",")))
    })
}

/// "Stop calling my work phone, text me instead", "did you stop texting my sister?": not a withdrawal.
fn about_something_else(text: &Text, start: usize, end: usize) -> bool {
    let before: Vec<&str> = text.tokens[start.saturating_sub(4)..start].iter().map(|t| t.word.as_str()).collect();
    let question = before
        .iter()
        .any(|w| matches!(*w, "did" | "how" | "if" | "will" | "does" | "when" | "why" | "dont" | "cant" | "never"))
        && !text.has_any(&["please", "appreciate", "prefer", "grateful"])
        && !matches!(text.word(start), "make" | "get" | "unsubscribe");
    // "Don't stop texting me".
    // "Stop by", "stop taking": another stop.
    let of_a_stop = matches!(text.word(start), "stop" | "stopping" | "quit" | "end")
        && matches!(
            text.word(start + 1),
            "by" | "in"
                | "at"
                | "over"
                | "off"
                | "taking"
                | "using"
                | "drinking"
                | "eating"
                | "smoking"
                | "wearing"
                | "for"
                | "and"
                | "working"
                | "of"
                | "up"
                | "here"
                | "there"
                | "now"
                | "looking"
                | "crying"
                | "laughing"
                | "thinking"
                | "worrying"
                | "my"
                | "job"
        )
        && !text.tokens[start..end.min(text.tokens.len())].iter().any(|t| matches!(t.word.as_str(), "me" | "texting"));
    // "Off the waitlist", "off tomorrow's schedule": a visit's list, not ours.
    let of_a_visit = text.has_any(&[
        "schedule",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "tomorrow",
        "today",
        "viernes",
        "waitlist",
        "espera",
        "calendar",
        "appointment",
        "appt",
        "cita",
        "books",
        "catalog",
        "catalogs",
        "receta",
        "foto",
    ]) && !text
        .has_any(&["text", "texts", "texting", "message", "messages", "mensajes", "textos", "sms"]);
    let denied = matches!(text.word(start), "stop" | "quit" | "cease" | "unsubscribe")
        && before.iter().rev().take(2).any(|w| matches!(*w, "dont" | "never" | "not" | "cant" | "wont"));
    // "Stop texting him", "unsubscribe to your drama", "leave me alone with that cake".
    let next = text.word(end);
    let of_another = (matches!(next, "him" | "them" | "he" | "everyone" | "people")
        && !text.has_any(&["list", "database"]))
        || (text.word(start) == "unsubscribe" && next == "to")
        || (text.word(start) == "leave" && matches!(next, "with" | "in" | "for"));
    let turned = text.tokens[end.min(text.tokens.len())..]
        .iter()
        .any(|t| matches!(t.word.as_str(), "instead" | "until" | "before" | "unless" | "after"));
    // "Opt out of the e-mail", "off the waitlist": another list than ours.
    let other_list = text.tokens[start..].iter().take(8).any(|t| {
        matches!(
            t.word.as_str(),
            "email"
                | "emails"
                | "emailing"
                | "deposit"
                | "waitlist"
                | "newsletter"
                | "photos"
                | "photo"
                | "pictures"
                | "insurance"
                | "link"
                | "enlace"
                | "codigo"
                | "recibo"
        )
    }) && !text.tokens[start..end.min(text.tokens.len())]
        .iter()
        .any(|t| matches!(t.word.as_str(), "text" | "texts" | "texting" | "message" | "messages"));
    // "Told him to quit messaging me", "she says lose my number": of somebody else.
    let reported = (start.saturating_sub(3)..start).any(|at| {
        matches!((text.word(at), text.word(at + 1)), ("told" | "tell" | "asked" | "telling", "him" | "her" | "them"))
    }) || text.tokens.windows(2).any(|w| {
        matches!(w[0].word.as_str(), "she" | "he" | "they" | "mother" | "mom" | "boss")
            && matches!(w[1].word.as_str(), "says" | "said" | "goes" | "keeps" | "told")
    }) || is_told_of(text, start);
    // "Cancel my subscription to the skincare box", "opt out of the numbing cream".
    let of_a_thing = matches!(text.word(end.saturating_sub(1)), "subscription" | "suscripcion" | "out")
        && matches!(
            (text.word(end), text.word(end + 1)),
            ("to" | "for" | "of", "the" | "a" | "my" | "her" | "his") | ("a" | "del" | "de", _)
        )
        && !text.tokens[end..].iter().take(6).any(|t| t.known.is_in(List::MessageWords));
    // "Stop calling, just text": the other way round stays welcome.
    let just_text = text.tokens[end.min(text.tokens.len())..]
        .windows(2)
        .any(|w| matches!(w[0].word.as_str(), "just" | "only") && matches!(w[1].word.as_str(), "text" | "message"));
    let of_one_kind = text.tokens[end.min(text.tokens.len())..]
        .windows(2)
        .any(|w| matches!(w[0].word.as_str(), "leave" | "keep") && w[1].is("the"))
        && text.has_any(&["on", "coming"]);
    // "Your number", "full stop", "opting out of the add-on mask", "unsubscribe me from this drama".
    let words = |from: usize, to: usize, list: &[&str]| {
        text.tokens[from..to.min(text.tokens.len())].iter().any(|t| list.contains(&t.word.as_str()))
    };
    let yours = words(start, end, &["number", "numero"]) && words(start, end, &["your", "ur", "his", "tu"]);
    let full = matches!(text.word(start.saturating_sub(1)), "full" | "bus" | "boy" | "girl" | "non");
    let of_other_things = (text.word(end.saturating_sub(1)) == "out"
        || words(start, end, &["unsubscribe", "opt", "opting"]))
        && (words(end, end + 1, &["of"]) || words(end.saturating_sub(1), end + 2, &["from"]))
        && !text.tokens[end..].iter().any(|t| {
            t.known.is_in(List::MessageWords)
                || matches!(
                    t.word.as_str(),
                    "this" | "these" | "all" | "your" | "everything" | "here" | "marketing" | "it"
                )
        })
        || (words(start, end, &["unsubscribe"])
            && words(end, end + 6, &["drama", "family", "life", "chat", "conversation"]));
    // "Leave me alone mum", "stop it bro": a quarrel among people who know each other.
    let private = !words(
        start,
        end,
        &["text", "texting", "texts", "message", "messages", "messaging", "unsubscribe", "list", "remove"],
    ) && text.has_any(&[
        "mum", "mom", "mama", "dad", "papa", "bro", "bruh", "sis", "babe", "baby", "mate", "fam", "tia", "tio",
        "primo", "prima", "hun", "honey", "dude",
    ]);
    let of_private_things = words(
        end.saturating_sub(1),
        end + 3,
        &[
            "cadenas",
            "memes",
            "fotos",
            "stickers",
            "tiktoks",
            "reels",
            "answers",
            "cat",
            "recipes",
            "screenshots",
            "selfies",
            "chistes",
            "voice",
        ],
    );
    // "Don't call me, I'm in class".
    let busy = words(start, end, &["call", "calls", "calling", "llames", "llamen", "text", "message"])
        && matches!(text.word(start), "dont" | "no" | "do" | "please")
        && (end..end + 3).any(|at| {
            matches!(
                (text.word(at), text.word(at + 1)),
                ("im", "in" | "at" | "on" | "driving" | "busy" | "working")
                    | ("estoy", "en")
                    | ("when" | "while" | "ahorita" | "until" | "cuando" | "unless", _)
            )
        });
    // "Don't call me, text me."
    let rest = &text.tokens[end.min(text.tokens.len())..];
    let of_calls = text.tokens[start..end.min(text.tokens.len())]
        .iter()
        .any(|t| matches!(t.word.as_str(), "call" | "calls" | "calling" | "llamen" | "llamar" | "llamarme" | "llames"));
    let prefers_texts = rest.windows(2).any(|w| w[0].is("text") && w[1].is("me"))
        || of_calls
            && rest.iter().any(|t| {
                matches!(
                    t.word.as_str(),
                    "text"
                        | "texts"
                        | "texting"
                        | "escribanme"
                        | "escribame"
                        | "escribeme"
                        | "mensaje"
                        | "mensajes"
                        | "texto"
                )
            })
            && !rest.windows(2).any(|w| matches!(w[0].word.as_str(), "or" | "and" | "ni" | "o" | "nor"));
    // "Don't message me on instagram": another channel than this one.
    let other_channel = text.tokens[end.min(text.tokens.len())..].windows(2).any(|w| {
        w[0].is("on")
            && matches!(w[1].word.as_str(), "instagram" | "facebook" | "whatsapp" | "messenger" | "insta" | "ig")
    });
    // "Stop calling, text is better", "take me off the wait list".
    let texts_are_fine = text.tokens[start..].windows(2).any(|w| {
        matches!(w[0].word.as_str(), "text" | "texts" | "texting")
            && (matches!(w[1].word.as_str(), "works" | "instead" | "only")
                || (matches!(w[1].word.as_str(), "is" | "are")
                    && text.has_any(&["fine", "better", "good", "okay", "best", "easier"])))
    });
    let waiting = text.tokens[start..].windows(2).any(|w| w[0].is("wait") && w[1].is("list"));
    // "Don't text me now, I'm driving", "not at night", "no more messages about filler": when, or about what; not never.
    let behind = &text.tokens[end.min(text.tokens.len())..];
    let limited = matches!(text.word(start), "dont" | "do" | "please" | "no")
        && behind.iter().take(3).any(|t| {
            matches!(
                t.word.as_str(),
                "now"
                    | "night"
                    | "tonight"
                    | "today"
                    | "late"
                    | "early"
                    | "while"
                    | "during"
                    | "about"
                    | "work"
                    | "yet"
                    | "hoy"
                    | "noche"
                    | "ahora"
                    | "todavia"
            )
        });
    // "Stop calling me ma'am".
    let a_name = behind
        .first()
        .is_some_and(|t| matches!(t.word.as_str(), "maam" | "sir" | "dear" | "honey" | "hun" | "that" | "by" | "back"));
    // "The list of new patients".
    let another_list = text.tokens[start..].windows(2).any(|w| w[0].is("list") && w[1].is("of"))
        && !text.has_any(&["texts", "messages", "texting"]);
    // "Take my name off the list for Thursday": that day's, not ours.
    let of_a_day =
        matches!(behind, [first, second, ..] if first.is("for") && !matches!(second.word.as_str(), "good" | "ever"));
    // "Don't text me the link, e-mail it."
    let the_link = behind.iter().take(2).any(|t| {
        matches!(
            t.word.as_str(),
            "link" | "enlace" | "address" | "directions" | "code" | "receipt" | "direccion" | "recibo"
        )
    });
    // "347-555-0123, but no texts please": a number to call, and nothing withdrawn.
    let to_call = matches!(text.word(start), "no" | "not") && super::identifiers::own_phone(text).is_some();
    // "Stop texting your ex", "no more texts from him": somebody else's.
    let of_somebody = (start..end + 4).any(|at| {
        matches!((text.word(at), text.word(at + 1)), ("from", "him" | "her" | "his"))
            || matches!(text.word(at), "texting" | "calling" | "messaging")
                && matches!(text.word(at + 1), "your" | "ur")
            || matches!((text.word(at), text.word(at + 1)), ("group", "chat" | "call") | ("this", "narrative"))
    });
    // "Take me off the 3 o'clock": a visit.
    let off_a_time = (start..end + 3).any(|at| {
        text.word(at) == "off"
            && text.word(at + 1) == "the"
            && text.tokens.get(at + 2).and_then(Token::number).is_some_and(|hour| (1..=12).contains(&hour))
    });
    // "Did my package unsubscribe?": what became of it.
    let became = text.word(0) == "did"
        && matches!(text.word(1), "my" | "the")
        && start <= 4
        && text.word(start) == "unsubscribe";
    // "End your message with ok".
    let ends_with = text.word(start) == "end" && behind.iter().take(4).any(|t| t.is("with"));
    // "Stop sending me lists, just pick one".
    let of_things = text.tokens[end.min(text.tokens.len())..].iter().take(2).any(|t| {
        matches!(t.word.as_str(), "lists" | "options" | "pics" | "pictures" | "photos" | "memes" | "links" | "times")
    });
    a_name
        || of_somebody
        || off_a_time
        || became
        || ends_with
        || of_a_thing
        || just_text
        || of_one_kind
        || reported
        || yours
        || full
        || of_other_things
        || private
        || of_private_things
        || busy
        || to_call
        || of_things
        || of_a_stop
        || of_a_visit
        || another_list
        || denied
        || of_another
        || of_a_day
        || the_link
        || question
        || limited
        || turned
        || other_list
        || prefers_texts
        || other_channel
        || texts_are_fine
        || waiting
}
