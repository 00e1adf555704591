//! The vendor's XML for a call.

use frontdesk_domain::PhoneNumber;

/// No reply, nothing to do.
pub(super) const NOTHING: &str = "<Response/>";
/// The caller hears that the number cannot be reached, and nobody is billed.
pub(super) const REJECT: &str = "<Response><Reject/></Response>";
/// The call ends.
pub(super) const HANG_UP: &str = "<Response><Hangup/></Response>";

fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            // Control characters have no place in XML.
            c if c.is_control() && !matches!(c, '\n' | '\t') => {}
            c => out.push(c),
        }
        out
    })
}

/// Says something and ends the call.
pub(super) fn notice(text: &str, spanish: bool) -> String {
    let (language, voice) = if spanish { ("es-MX", "Polly.Mia-Neural") } else { ("en-US", "Polly.Joanna-Neural") };
    let text = escaped(text);
    format!(r#"<Response><Say language="{language}" voice="{voice}">{text}</Say><Hangup/></Response>"#)
}

/// Rings the clinic's phone. The caller hears it ring; what became of it is reported to `action`, and that somebody picked
/// up to `leg`.
pub(super) fn ring(to: &PhoneNumber, seconds: u16, action: &str, leg: &str) -> String {
    let (action, leg) = (escaped(action), escaped(leg));
    format!(
        r#"<Response><Dial timeout="{seconds}" action="{action}" method="POST" answerOnBridge="true"><Number statusCallback="{leg}" statusCallbackEvent="answered" statusCallbackMethod="POST">{}</Number></Dial></Response>"#,
        to.expose()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_owner_wrote_is_text_and_never_markup() {
        let xml = notice("Hi & welcome to <Glow> \"Spa\"\u{0}!", false);
        assert!(xml.contains("Hi &amp; welcome to &lt;Glow&gt; &quot;Spa&quot;!"), "{xml}");
        let number = PhoneNumber::parse("+12125550199").unwrap();
        let xml = ring(&number, 18, "https://us.example/v?a=1&b=2", "https://us.example/v");
        assert!(
            xml.contains(r#"action="https://us.example/v?a=1&amp;b=2""#) && xml.contains(">+12125550199<"),
            "{xml}"
        );
    }
}
