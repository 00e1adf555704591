//! SMTP: e-mail through any mail server, by lettre. A protocol, not a vendor, with a vendor's manners.
//!
//! TLS is never left to chance: `smtps://` is implicit TLS, `smtp://` demands STARTTLS, and only a server on this machine may
//! be spoken to in the clear. The `Message-ID` comes from the notice, so that a mail that may have left and is sent again
//! is one mail in the mailbox.

use std::time::Duration;

use async_trait::async_trait;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use secrecy::{ExposeSecret as _, SecretString};

use frontdesk_ports::checkup::{Checkup, Expected, Found};
use frontdesk_ports::email::{EmailSender, OutboundEmail};
use frontdesk_ports::{PortError, PortErrorKind};

/// The name in logs and the store.
pub const SMTP: &str = "smtp";

/// Longest wait for a server.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Where mail goes out.
#[derive(Clone, Debug)]
pub struct SmtpConfig {
    /// `smtps://user:password@host:465`, `smtp://user:password@host:587`, or `smtp://127.0.0.1:1025` in the clear.
    pub url: SecretString,
    /// The sender's address.
    pub from: String,
}

/// Why a setting cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SmtpConfigError {
    /// The server.
    #[error("SMTP_URL: expected smtps://user:password@host:465 or smtp://user:password@host:587")]
    Url,
    /// The sender.
    #[error("EMAIL_FROM: expected an address such as desk@clinic.example")]
    From,
}

/// Sends by one mail server.
pub struct SmtpSender {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// STARTTLS is demanded of every server that is not on this machine.
fn strict(url: &str) -> String {
    let host = url.strip_prefix("smtp://").map(|rest| rest.rsplit_once('@').map_or(rest, |(_, host)| host));
    let local = host.is_some_and(|host| ["127.0.0.1", "localhost", "[::1]"].iter().any(|own| host.starts_with(own)));
    if host.is_none() || local {
        return url.to_owned();
    }
    let bare = url.split('?').next().unwrap_or(url);
    format!("{bare}?tls=required")
}

impl SmtpSender {
    /// Reads the settings; no server is asked yet.
    ///
    /// # Errors
    /// [`SmtpConfigError`] names the setting.
    pub fn new(config: &SmtpConfig) -> Result<Self, SmtpConfigError> {
        let url = strict(config.url.expose_secret());
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&url).map_err(|_| SmtpConfigError::Url)?;
        let from = config.from.parse().map_err(|_| SmtpConfigError::From)?;
        Ok(Self { transport: builder.timeout(Some(TIMEOUT)).build(), from })
    }

    /// Whether the settings can be read; needs no runtime, which a sender does to its end.
    ///
    /// # Errors
    /// [`SmtpConfigError`] names the setting.
    pub fn check(config: &SmtpConfig) -> Result<(), SmtpConfigError> {
        let url = strict(config.url.expose_secret());
        AsyncSmtpTransport::<Tokio1Executor>::from_url(&url).map_err(|_| SmtpConfigError::Url)?;
        config.from.parse::<Mailbox>().map(|_| ()).map_err(|_| SmtpConfigError::From)
    }

    fn message(&self, email: &OutboundEmail) -> Result<Message, PortError> {
        let refused = |code: &str| PortError::new(SMTP, "send", PortErrorKind::Rejected, code);
        let to: Mailbox = email.to.parse().map_err(|_| refused("address"))?;
        let domain = self.from.email.domain().to_owned();
        let builder = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(&email.subject)
            .message_id(Some(format!("<{}@{domain}>", email.key)))
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        let plain = SinglePart::plain(email.text.clone());
        let body = match &email.html {
            Some(html) => MultiPart::alternative().singlepart(plain).singlepart(SinglePart::html(html.clone())),
            None => MultiPart::mixed().singlepart(plain),
        };
        let Some(calendar) = &email.calendar else {
            return builder.multipart(body).map_err(|_| refused("form"));
        };
        let kind = ContentType::parse("text/calendar; charset=utf-8; method=PUBLISH").map_err(|_| refused("form"))?;
        let file = Attachment::new("visit.ics".to_owned()).body(calendar.clone(), kind);
        builder.multipart(MultiPart::mixed().multipart(body).singlepart(file)).map_err(|_| refused("form"))
    }
}

/// What a failure means. After the connection stood nobody can tell whether the last dot was read.
fn judged(error: &smtp::Error) -> PortError {
    let code = error.status().map_or_else(|| "connection".to_owned(), |status| status.to_string());
    if error.is_permanent() {
        return PortError::new(SMTP, "send", PortErrorKind::Rejected, code);
    }
    if error.is_transient() {
        return PortError::new(SMTP, "send", PortErrorKind::Unavailable, code);
    }
    let unavailable = PortError::new(SMTP, "send", PortErrorKind::Unavailable, code);
    if error.is_client() || error.is_tls() || never_connected(error) { unavailable } else { unavailable.unknown() }
}

fn never_connected(error: &smtp::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<std::io::Error>() {
            return matches!(
                io.kind(),
                std::io::ErrorKind::ConnectionRefused
                    | std::io::ErrorKind::NotFound
                    | std::io::ErrorKind::HostUnreachable
                    | std::io::ErrorKind::NetworkUnreachable
                    | std::io::ErrorKind::AddrNotAvailable
            );
        }
        cause = inner.source();
    }
    false
}

#[async_trait]
impl Checkup for SmtpSender {
    fn vendor(&self) -> &'static str {
        SMTP
    }

    /// Connects, signs in and says nothing.
    async fn look(&self, _expected: &Expected<'_>) -> Result<Found, PortError> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(Found::default()),
            Ok(false) => Ok(Found {
                wrong: vec!["the mail server answers, but not as one should".to_owned()],
                ..Found::default()
            }),
            Err(error) => Err(judged(&error)),
        }
    }
}

#[async_trait]
impl EmailSender for SmtpSender {
    fn vendor(&self) -> &'static str {
        SMTP
    }

    async fn send(&self, email: &OutboundEmail) -> Result<(), PortError> {
        let message = self.message(email)?;
        self.transport.send(message).await.map(|_| ()).map_err(|error| judged(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_server_on_this_machine_is_spoken_to_in_the_clear() {
        let cases = [
            ("smtp://127.0.0.1:1025", "smtp://127.0.0.1:1025"),
            ("smtp://u:p@localhost:25", "smtp://u:p@localhost:25"),
            ("smtps://u:p@mail.example:465", "smtps://u:p@mail.example:465"),
            ("smtp://u:p@mail.example:587", "smtp://u:p@mail.example:587?tls=required"),
            ("smtp://u:p@mail.example:587?tls=opportunistic", "smtp://u:p@mail.example:587?tls=required"),
            ("smtp://127.0.0.1:p@mail.example:25", "smtp://127.0.0.1:p@mail.example:25?tls=required"),
        ];
        for (given, used) in cases {
            assert_eq!(strict(given), used);
        }
        let config = |url: &str, from: &str| SmtpConfig { url: url.to_owned().into(), from: from.to_owned() };
        assert_eq!(SmtpSender::new(&config("mail.example", "a@b.example")).err(), Some(SmtpConfigError::Url));
        assert_eq!(SmtpSender::new(&config("smtps://mail.example", "nobody")).err(), Some(SmtpConfigError::From));
    }
}
