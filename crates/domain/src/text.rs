//! Text as it comes from outside, made safe to store.

use std::borrow::Cow;

/// JSON may carry `\ud800` without its second half, which is no character; each becomes U+FFFD.
///
/// Carriers pass on what handsets send, so a whole webhook must not fail for half an emoji.
pub fn mend_lone_surrogates(json: &[u8]) -> Cow<'_, [u8]> {
    if !json.contains(&b'\\') {
        return Cow::Borrowed(json);
    }
    let unit = |at: usize| -> Option<u32> {
        let hex = json.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u32::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()
    };
    let mut lone = Vec::new();
    let mut at = 0;
    while at < json.len() {
        if json[at] != b'\\' {
            at += 1;
        } else if let Some(code) = unit(at) {
            let paired =
                (0xD800..0xDC00).contains(&code) && unit(at + 6).is_some_and(|next| (0xDC00..0xE000).contains(&next));
            if (0xD800..0xE000).contains(&code) && !paired {
                lone.push(at);
            }
            at += if paired { 12 } else { 6 };
        } else {
            at += 2;
        }
    }
    if lone.is_empty() {
        return Cow::Borrowed(json);
    }
    let mut mended = json.to_vec();
    for at in lone {
        mended[at..at + 6].copy_from_slice(b"\\uFFFD");
    }
    Cow::Owned(mended)
}

/// Inbound text with NUL and other control characters gone (line breaks stay) and cut at `max_chars` characters.
pub fn clean_inbound(text: &str, max_chars: usize) -> String {
    text.chars().filter(|c| !c.is_control() || *c == '\n').take(max_chars).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_character_becomes_the_replacement_character() {
        for (json, mended) in [
            (r#"{"t":"a\ud83d"}"#, "{\"t\":\"a\\uFFFD\"}"),
            (r#"{"t":"\ud83d\ude00"}"#, r#"{"t":"\ud83d\ude00"}"#),
            (r#"{"t":"\\ud83d"}"#, r#"{"t":"\\ud83d"}"#),
            (r#"{"t":"\udc00\ud800x"}"#, "{\"t\":\"\\uFFFD\\uFFFDx\"}"),
        ] {
            assert_eq!(mend_lone_surrogates(json.as_bytes()), mended.as_bytes(), "{json}");
        }
        assert_eq!(clean_inbound("\0 hi\u{7}\nyou ", 100), "hi\nyou");
    }
}
