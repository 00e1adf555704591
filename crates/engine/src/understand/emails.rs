//! E-mail addresses, as they are typed, guarded from machines, and said on the telephone.

use super::lexicon::List;
use super::text::{Kind, Text};

/// An e-mail address in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EmailFound {
    pub(crate) address: String,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

fn is_local(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-')
}

/// Addresses as typed (`jo@x.com`) and as spoken (`jo dot smith at gmail dot com`).
pub(crate) fn find(text: &Text) -> Vec<EmailFound> {
    let chars = &text.chars;
    let mut found = Vec::new();
    if !text.has_any(&["@", "at", "arroba"]) {
        return found;
    }
    let signs = text.tokens.iter().filter(|token| token.kind == Kind::Sign).map(|token| token.start);
    for at in signs.filter(|at| chars[*at] == '@') {
        let start = (0..at).rev().take_while(|i| is_local(chars[*i])).last();
        let Some(mut start) = start else { continue };
        while start < at && matches!(chars[start], '.' | '-') {
            start += 1;
        }
        let mut end = at + 1;
        while end < chars.len() && (chars[end].is_ascii_alphanumeric() || matches!(chars[end], '.' | '-')) {
            end += 1;
        }
        while end > at && matches!(chars[end - 1], '.' | '-') {
            end -= 1;
        }
        let address: String = chars[start..end].iter().collect();
        if let Some(address) = valid_email(&address) {
            found.push(EmailFound { address, start, end });
        }
    }
    if found.is_empty() {
        found.extend(guarded(text).or_else(|| spoken(text)));
    }
    found
}

/// "marlow.finch (at) proton (dot) me", "jen @ jenbakes . com": written so that no machine reads it.
fn guarded(text: &Text) -> Option<EmailFound> {
    let at = (0..text.tokens.len()).find(|at| {
        let inside = |open: &str, close: &str| {
            *at > 0
                && text.word(at - 1) == open
                && text.word(at + 1) == close
                && matches!(text.word(*at), "at" | "arroba")
        };
        inside("(", ")") || inside("[", "]") || (text.word(*at) == "@" && !text.tokens[*at].glued && *at > 0)
    })?;
    let signs = usize::from(text.word(at) != "@");
    let before = at.checked_sub(1 + signs)?;
    // Back over what is glued together; on over words with dots between, however they are written.
    let mut start = before;
    while start > 0 && text.tokens[start].glued {
        start -= 1;
    }
    let mut host = String::new();
    let mut here = at + 1 + signs;
    let mut end = here;
    while let Some(token) = text.tokens.get(here) {
        match token.word.as_str() {
            "(" | "[" | ")" | "]" => {}
            "dot" | "punto" | "." if !host.is_empty() && !host.ends_with('.') => host.push('.'),
            "-" if token.glued => host.push('-'),
            _ if token.kind != Kind::Sign && (host.is_empty() || host.ends_with(['.', '-'])) => {
                host.push_str(&token.folded);
                end = here + 1;
            }
            _ => break,
        }
        here += 1;
    }
    let local = text.slice(text.tokens[start].start, text.tokens[before].end);
    let address = valid_email(&format!("{local}@{}", host.trim_end_matches('.')))?;
    Some(EmailFound { address, start: text.tokens[start].start, end: text.tokens[end - 1].end })
}

/// An address that may exist: one `@`, a dotted host, a top level of two letters or more. The host is lower case.
pub fn valid_email(address: &str) -> Option<String> {
    let (local, host) = address.split_once('@')?;
    let host = host.to_ascii_lowercase();
    let (_, top) = host.rsplit_once('.')?;
    let fits = !local.is_empty()
        && local.len() <= 64
        && local.chars().all(is_local)
        && !local.contains("..")
        && top.len() >= 2
        && top.chars().all(|c| c.is_ascii_alphabetic())
        && host.split('.').all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    fits.then(|| format!("{local}@{host}"))
}

/// The one that is meant, where there are several: "no wait", "the new one", "mine is" lead to the last.
pub(crate) fn meant<'a>(text: &Text, found: &'a [EmailFound]) -> Option<&'a EmailFound> {
    let corrects = found.len() > 1
        && text.has_any(&[
            "wait", "sorry", "actually", "meant", "mean", "new", "mine", "instead", "not", "correct", "better",
            "perdon", "nuevo", "mio",
        ]);
    // "Jane.kerr not jane.ker": the other one.
    let refused = |email: &EmailFound| {
        let at = text.tokens.iter().position(|t| t.start >= email.start).and_then(|at| at.checked_sub(1));
        at.is_some_and(|at| matches!(text.word(at), "not" | "no"))
    };
    if !corrects {
        return found.first();
    }
    found.iter().rev().find(|email| !refused(email)).or(found.last())
}

/// What one token, or some, say of the part before the `@`.
struct Piece {
    /// As it is written.
    said: String,
    /// The token it begins at.
    from: usize,
    kind: PieceKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum PieceKind {
    /// "Dot", "underscore", "plus": what stands on both sides belongs to it.
    Join,
    Letter,
    Digits,
    Word,
}

/// The piece that ends before a token.
fn piece_before(text: &Text, end: usize) -> Option<Piece> {
    let at = end.checked_sub(1)?;
    let token = &text.tokens[at];
    let word = |back: usize| at.checked_sub(back).map_or("", |b| text.word(b));
    let piece = |said: &str, from: usize, kind: PieceKind| Some(Piece { said: said.to_owned(), from, kind });
    let join = match token.word.as_str() {
        "dot" | "punto" | "point" => Some((".", 0)),
        "score" if word(1) == "under" => Some(("_", 1)),
        "bajo" if word(1) == "guion" => Some(("_", 1)),
        "underscore" => Some(("_", 0)),
        "dash" | "hyphen" | "guion" | "minus" => Some(("-", 0)),
        "plus" => Some(("+", 0)),
        "." | "_" | "-" | "+" if token.glued => Some((token.word.as_str(), 0)),
        _ => None,
    };
    if let Some((sign, back)) = join {
        return piece(sign, at - back, PieceKind::Join);
    }
    // "B as in boy", "d like david"; letters by the word behind them.
    let letter_at = |back: usize| at.checked_sub(back).filter(|b| text.tokens[*b].folded.len() == 1);
    if word(1) == "in" && word(2) == "as" || matches!(word(1), "like" | "for") {
        let back = if word(1) == "in" { 3 } else { 2 };
        if let Some(of) = letter_at(back).filter(|of| token.folded.starts_with(text.tokens[*of].folded.as_str())) {
            return piece(&text.tokens[of].folded, of, PieceKind::Letter);
        }
    }
    if token.kind == Kind::Number {
        return piece(&token.folded, at, PieceKind::Digits);
    }
    let is_number = |at: Option<usize>| at.and_then(|at| text.tokens.get(at)).is_some_and(|t| t.value().is_some());
    let digit = |at: usize| match text.word(at) {
        "oh" => Some(0),
        "o" if is_number(Some(at + 1)) || is_number(at.checked_sub(1)) => Some(0),
        _ => text.tokens[at].value(),
    };
    if let Some(value) = digit(at) {
        let times = match word(1) {
            "double" | "doble" => 2,
            "triple" => 3,
            _ => 1,
        };
        if times > 1 {
            return piece(&value.to_string().repeat(times), at - 1, PieceKind::Digits);
        }
        let tens = at.checked_sub(1).and_then(|b| text.tokens[b].value()).filter(|t| *t >= 20 && t % 10 == 0);
        if let Some(tens) = tens.filter(|_| (1..=9).contains(&value)) {
            return piece(&(tens + value).to_string(), at - 1, PieceKind::Digits);
        }
        return piece(&value.to_string(), at, PieceKind::Digits);
    }
    match token.kind {
        Kind::Word if token.folded.len() == 1 => piece(&token.folded, at, PieceKind::Letter),
        Kind::Word => piece(&token.folded, at, PieceKind::Word),
        _ => None,
    }
}

/// The host behind an "at", with the token behind it: "g mail dot com", "sunset dash realty dot net".
fn spoken_host(text: &Text, from: usize) -> Option<(String, usize)> {
    const TOPS: [&str; 14] = ["com", "net", "org", "edu", "co", "io", "me", "us", "gov", "uk", "ca", "mx", "es", "biz"];
    let mut host = String::new();
    let mut at = from;
    let (mut named, mut dotted) = (false, false);
    while let Some(token) = text.tokens.get(at).filter(|_| at < from + 12) {
        match token.word.as_str() {
            "dot" | "punto" | "." if named => {
                host.push('.');
                (named, dotted) = (false, true);
            }
            "dash" | "hyphen" | "guion" | "-" if named => {
                host.push('-');
                named = false;
            }
            _ if token.kind == Kind::Sign => return None,
            _ if !named => {
                let parts = (token.folded.as_str(), text.word(at + 1), text.word(at + 2));
                let (name, count) = match parts {
                    ("g", "mail", _) => ("gmail", 2),
                    ("hot", "mail", _) => ("hotmail", 2),
                    ("proton", "mail", _) => ("protonmail", 2),
                    ("i", "cloud", _) => ("icloud", 2),
                    ("out", "look", _) => ("outlook", 2),
                    ("a", "o", "l") => ("aol", 3),
                    (name, _, _) => (name, 1),
                };
                host.push_str(name);
                at += count - 1;
                named = true;
                let goes_on = matches!(text.word(at + 1), "dot" | "punto");
                if dotted && TOPS.contains(&name) && !goes_on {
                    return Some((host, at + 1));
                }
            }
            _ => return None,
        }
        at += 1;
    }
    None
}

/// Whether a word alone can be somebody's address: "me at the dot com building" and "it's my name at gmail" give none.
fn names_a_mailbox(text: &Text, at: usize) -> bool {
    !text.is_in(at, List::Common)
        && !matches!(text.word(at), "name" | "guys" | "website" | "spaces" | "address" | "email")
        || matches!(text.word(at), "info" | "contact" | "hello" | "office" | "admin" | "sales" | "booking")
        || text.tokens[at].is_written_in(List::FirstNames)
}

/// "Jo dot smith at gmail dot com", "k e l l y twenty two at icloud dot com".
///
/// Read from the "at" to the left as far as one piece belongs to the next. Two words side by side may be one name or the end of a
/// sentence: where the second reading is not plain, there is no address to be sure of.
fn spoken(text: &Text) -> Option<EmailFound> {
    let (at, host, end) = (1..text.tokens.len()).find_map(|at| {
        let is_at = matches!(text.word(at), "at" | "arroba");
        is_at.then(|| spoken_host(text, at + 1)).flatten().map(|(host, end)| (at, host, end))
    })?;
    let mut pieces: Vec<Piece> = Vec::new();
    let mut here = at;
    while let Some(piece) = piece_before(text, here) {
        let belongs = match (piece.kind, pieces.last().map(|next| next.kind)) {
            (_, None) => piece.kind != PieceKind::Join,
            (PieceKind::Join, Some(next)) => next != PieceKind::Join,
            (_, Some(PieceKind::Join)) | (PieceKind::Letter | PieceKind::Digits, Some(_)) => true,
            (PieceKind::Word, Some(PieceKind::Digits)) => !text.is_in(piece.from, List::Common),
            (PieceKind::Word, Some(PieceKind::Letter)) => false,
            // "Kim tate at …": one name or two?
            (PieceKind::Word, Some(PieceKind::Word))
                if !text.is_in(piece.from, List::Common)
                    && !matches!(
                        piece.said.as_str(),
                        "email" | "mail" | "correo" | "address" | "direccion" | "electronico"
                    )
                    && pieces.iter().all(|piece| piece.kind != PieceKind::Join) =>
            {
                return None;
            }
            (PieceKind::Word, Some(PieceKind::Word)) => false,
        };
        // "It's a …", "I …": a letter that is a word begins nothing.
        let is_article = piece.kind == PieceKind::Letter
            && matches!(piece.said.as_str(), "a" | "i")
            && pieces.last().is_none_or(|next| next.kind == PieceKind::Word);
        if !belongs || is_article {
            break;
        }
        here = piece.from;
        pieces.push(piece);
    }
    let alone = matches!(pieces.as_slice(), [only] if only.kind == PieceKind::Word);
    let described = (here.saturating_sub(1)..at).any(|at| matches!(text.word(at), "name" | "spaces"));
    if pieces.is_empty() || described || alone && !names_a_mailbox(text, here) {
        return None;
    }
    let local: String = pieces.iter().rev().map(|piece| piece.said.as_str()).collect();
    let address = valid_email(&format!("{}@{host}", local.trim_matches('.')))?;
    Some(EmailFound { address, start: text.tokens[here].start, end: text.tokens[end - 1].end })
}

const MAIL_HOSTS: &[&str] = &[
    "gmail.com",
    "yahoo.com",
    "hotmail.com",
    "outlook.com",
    "icloud.com",
    "aol.com",
    "comcast.net",
    "live.com",
    "msn.com",
    "me.com",
];

/// The address that was probably meant when the host looks like a misspelling of a common one.
pub fn likely_email(address: &str) -> Option<String> {
    let (local, host) = address.split_once('@')?;
    if MAIL_HOSTS.contains(&host) {
        return None;
    }
    let near = MAIL_HOSTS.iter().find(|known| {
        let distance = strsim::osa_distance(host, known);
        distance == 1 || (distance == 2 && known.len() >= 9)
    })?;
    Some(format!("{local}@{near}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_they_are_said() {
        let cases = [
            ("jo dot smith at gmail dot com", "jo.smith@gmail.com"),
            ("k e l l y twenty two at icloud dot com", "kelly22@icloud.com"),
            ("it's t nguyen one nine eight four at gmail dot com", "tnguyen1984@gmail.com"),
            ("lola double oh seven at live dot com", "lola007@live.com"),
            ("ana dot ortiz plus spa at g mail dot com", "ana.ortiz+spa@gmail.com"),
            ("es luis guion bajo perez arroba hotmail punto com", "luis_perez@hotmail.com"),
            ("contact at sunset dash realty dot net", "contact@sunset-realty.net"),
            ("a as in apple b as in boy c as in cat 3 at gmail dot com", "abc3@gmail.com"),
            ("my email is kim92 at yahoo dot com", "kim92@yahoo.com"),
            ("kim tate at gmail dot com", ""),
            ("it's just my first and last name at gmail dot com", ""),
            ("meet me at the dot com building", ""),
            ("i found you guys at yelp dot com", ""),
        ];
        for (message, address) in cases {
            let text = Text::new(message);
            let found = find(&text);
            assert_eq!(found.first().map_or("", |email| email.address.as_str()), address, "{message}");
        }
        let text = Text::new("j.doe@x.com no wait j.d.doe@x.com");
        assert_eq!(meant(&text, &find(&text)).map(|email| email.address.as_str()), Some("j.d.doe@x.com"));
        assert_eq!(likely_email("a@gmial.com").as_deref(), Some("a@gmail.com"));
        assert_eq!(likely_email("a@glow.example"), None);
    }
}
