//! Settings: environment first, then `frontdesk.toml` with the same names in lower case, then the default. Read once.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context as _, bail};
use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};

use frontdesk_domain::span::Span;
use frontdesk_vendors::smtp::SmtpConfig;

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The environment.
    Environment,
    /// `frontdesk.toml`.
    File,
    /// Nowhere: the default holds.
    Default,
}

/// One setting as `doctor` prints it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Its name.
    pub name: &'static str,
    /// Its value, secrets hidden.
    pub shown: String,
    /// Where it came from.
    pub source: Source,
}

/// Every setting, typed.
#[derive(Debug, Clone)]
pub struct Settings {
    /// API, webhooks, admin app. Default `127.0.0.1:8080`.
    pub listen: std::net::SocketAddr,
    /// Health for the operator. Default `127.0.0.1:9090`.
    pub ops_listen: std::net::SocketAddr,
    /// Base of links and webhook URLs. Default `http://<listen>`.
    pub public_url: String,
    /// Database file and keys. Default `./data`.
    pub data_dir: PathBuf,
    /// `sqlite://<data dir>/frontdesk.db` or `postgres://…`.
    pub database_url: SecretString,
    /// 32 bytes of base64; with `SQLite` made on first start in the data folder.
    pub master_key: Option<SecretString>,
    /// Tracing filter. Default `info`.
    pub log: String,
    /// JSON log lines.
    pub log_json: bool,
    /// Concurrent jobs. Default 512: they mostly wait for carriers.
    pub workers: usize,
    /// Connections on `PostgreSQL`. Default 16.
    pub db_connections: u32,
    /// How long a turn waits for another text of the same person. Default 1,500 ms.
    pub settle: Span,
    /// Own certificate chain and key, PEM files. Without them a proxy is expected before us.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Proxies of the installation, whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Ordered carriers.
    pub sms_carriers: Vec<String>,
    /// API v2 key.
    pub telnyx_api_key: Option<SecretString>,
    /// The portal's ed25519 key, base64.
    pub telnyx_public_key: Option<String>,
    /// The organisation's messaging profile.
    pub telnyx_messaging_profile_id: Option<String>,
    /// The API with its version path.
    pub telnyx_base_url: String,
    /// `AC…`.
    pub twilio_account_sid: Option<String>,
    /// The primary token.
    pub twilio_auth_token: Option<SecretString>,
    /// The API with its version path.
    pub twilio_base_url: String,
    /// The mail server.
    pub smtp_url: Option<SecretString>,
    /// Who e-mails are from.
    pub email_from: Option<String>,
    /// Base address of an OTLP/HTTP collector. Without it no traces leave.
    pub otel_endpoint: Option<String>,
    /// Where error reports go. Without it none leave.
    pub sentry_dsn: Option<SecretString>,
    /// What `doctor` prints.
    pub seen: Vec<Seen>,
}

struct Reader {
    file: BTreeMap<String, toml::Value>,
    seen: Vec<Seen>,
}

impl Reader {
    fn raw(&mut self, name: &'static str, is_secret: bool) -> Option<String> {
        let from_env = std::env::var(name).ok().filter(|v| !v.is_empty());
        let (value, source) = match from_env {
            Some(value) => (Some(value), Source::Environment),
            None => match self.file.get(&name.to_lowercase()) {
                Some(toml::Value::String(text)) => (Some(text.clone()), Source::File),
                Some(other) => (Some(other.to_string()), Source::File),
                None => (None, Source::Default),
            },
        };
        let shown = match &value {
            Some(_) if is_secret => "(set)".to_owned(),
            Some(value) => value.clone(),
            None => String::new(),
        };
        self.seen.push(Seen { name, shown, source });
        value
    }

    fn parsed<T: FromStr>(&mut self, name: &'static str, default: T, expected: &str) -> anyhow::Result<T> {
        match self.raw(name, false) {
            None => Ok(default),
            Some(text) => text.parse().map_err(|_| anyhow::anyhow!("{name}: expected {expected}")),
        }
    }

    fn secret(&mut self, name: &'static str) -> Option<SecretString> {
        self.raw(name, true).map(SecretString::from)
    }
}

const NAMES: &[&str] = &[
    "FRONTDESK_LISTEN",
    "FRONTDESK_OPS_LISTEN",
    "FRONTDESK_PUBLIC_URL",
    "FRONTDESK_TRUSTED_PROXIES",
    "FRONTDESK_TLS_CERT",
    "FRONTDESK_TLS_KEY",
    "FRONTDESK_DATA_DIR",
    "DATABASE_URL",
    "FRONTDESK_MASTER_KEY",
    "FRONTDESK_LOG",
    "FRONTDESK_LOG_FORMAT",
    "FRONTDESK_WORKERS",
    "FRONTDESK_DB_CONNECTIONS",
    "FRONTDESK_SETTLE_MS",
    "SMS_CARRIERS",
    "TELNYX_API_KEY",
    "TELNYX_PUBLIC_KEY",
    "TELNYX_MESSAGING_PROFILE_ID",
    "TELNYX_BASE_URL",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "TWILIO_BASE_URL",
    "SMTP_URL",
    "EMAIL_FROM",
    "SENTRY_DSN",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
];

impl Settings {
    /// Reads them all.
    ///
    /// # Errors
    /// A sentence that names the setting that is present and malformed.
    pub fn read() -> anyhow::Result<Self> {
        let file = match std::fs::read_to_string("frontdesk.toml") {
            Ok(text) => {
                toml::from_str::<BTreeMap<String, toml::Value>>(&text).context("frontdesk.toml cannot be read")?
            }
            Err(_) => BTreeMap::new(),
        };
        if let Some(unknown) = file.keys().find(|key| !NAMES.iter().any(|name| name.to_lowercase() == **key)) {
            bail!("frontdesk.toml: {unknown} is not a setting");
        }
        let mut r = Reader { file, seen: Vec::new() };
        let address = |port: u16| std::net::SocketAddr::from(([127, 0, 0, 1], port));
        let listen = r.parsed("FRONTDESK_LISTEN", address(8080), "an address such as 127.0.0.1:8080")?;
        let ops_listen = r.parsed("FRONTDESK_OPS_LISTEN", address(9090), "an address such as 127.0.0.1:9090")?;
        let tls = match (r.raw("FRONTDESK_TLS_CERT", false), r.raw("FRONTDESK_TLS_KEY", false)) {
            (Some(certificate), Some(key)) => Some((PathBuf::from(certificate), PathBuf::from(key))),
            (None, None) => None,
            (Some(_), None) => bail!("FRONTDESK_TLS_KEY: expected with FRONTDESK_TLS_CERT"),
            (None, Some(_)) => bail!("FRONTDESK_TLS_CERT: expected with FRONTDESK_TLS_KEY"),
        };
        if let Some((certificate, key)) = &tls {
            crate::tls::config(certificate, key)?;
        }
        let scheme = if tls.is_some() { "https" } else { "http" };
        let public_url = r.raw("FRONTDESK_PUBLIC_URL", false).unwrap_or_else(|| format!("{scheme}://{listen}"));
        if !(public_url.starts_with("http://") || public_url.starts_with("https://")) {
            bail!("FRONTDESK_PUBLIC_URL: expected http://… or https://…");
        }
        let data_dir: PathBuf = r.raw("FRONTDESK_DATA_DIR", false).unwrap_or_else(|| "./data".to_owned()).into();
        let database_url = r
            .secret("DATABASE_URL")
            .unwrap_or_else(|| SecretString::from(format!("sqlite://{}", data_dir.join("frontdesk.db").display())));
        let url = database_url.expose_secret();
        if !(url.starts_with("sqlite://") || url.starts_with("postgres://") || url.starts_with("postgresql://")) {
            bail!("DATABASE_URL: expected sqlite://<file> or postgres://…");
        }
        let master_key = r.secret("FRONTDESK_MASTER_KEY");
        if let Some(key) = &master_key {
            if frontdesk_store::MasterKey::parse(key.expose_secret()).is_none() {
                bail!("FRONTDESK_MASTER_KEY: expected 32 bytes of base64");
            }
        }
        let log = r.raw("FRONTDESK_LOG", false).unwrap_or_else(|| "info".to_owned());
        if tracing_subscriber::EnvFilter::try_new(&log).is_err() {
            bail!("FRONTDESK_LOG: expected a tracing filter such as info");
        }
        let log_format = r.raw("FRONTDESK_LOG_FORMAT", false).unwrap_or_default();
        if !matches!(log_format.as_str(), "" | "json" | "text") {
            bail!("FRONTDESK_LOG_FORMAT: expected json or text");
        }
        let workers = r.parsed("FRONTDESK_WORKERS", 512, "a number from 1")?;
        let db_connections = r.parsed("FRONTDESK_DB_CONNECTIONS", 16, "a number from 1")?;
        if workers == 0 || db_connections == 0 {
            bail!("FRONTDESK_WORKERS and FRONTDESK_DB_CONNECTIONS: expected a number from 1");
        }
        let settle = Span::millis(r.parsed("FRONTDESK_SETTLE_MS", 1500, "milliseconds from 0 to 5000")?);
        if settle > frontdesk_domain::limits::SETTLE_CAP {
            bail!("FRONTDESK_SETTLE_MS: expected milliseconds from 0 to 5000");
        }
        let carriers = r.raw("SMS_CARRIERS", false);
        let telnyx_api_key = r.secret("TELNYX_API_KEY");
        let telnyx_public_key = r.raw("TELNYX_PUBLIC_KEY", false);
        if let Err(expectation) = frontdesk_vendors::telnyx::TelnyxWebhooks::new(telnyx_public_key.as_deref()) {
            bail!("TELNYX_PUBLIC_KEY: {expectation}");
        }
        let telnyx_messaging_profile_id = r.raw("TELNYX_MESSAGING_PROFILE_ID", false);
        let telnyx_base_url =
            r.raw("TELNYX_BASE_URL", false).unwrap_or_else(|| frontdesk_vendors::telnyx::BASE_URL.to_owned());
        let twilio_account_sid = r.raw("TWILIO_ACCOUNT_SID", false);
        let twilio_auth_token = r.secret("TWILIO_AUTH_TOKEN");
        let twilio_base_url =
            r.raw("TWILIO_BASE_URL", false).unwrap_or_else(|| frontdesk_vendors::twilio::BASE_URL.to_owned());
        if twilio_account_sid.as_ref().is_some_and(|sid| !sid.starts_with("AC")) {
            bail!("TWILIO_ACCOUNT_SID: expected AC and 32 hexadecimal digits");
        }
        if twilio_account_sid.is_some() && twilio_auth_token.is_none() {
            bail!("TWILIO_AUTH_TOKEN: expected with TWILIO_ACCOUNT_SID");
        }
        let trusted_proxies = r.raw("FRONTDESK_TRUSTED_PROXIES", false).unwrap_or_default();
        let trusted_proxies = trusted_proxies
            .split(',')
            .map(str::trim)
            .filter(|proxy| !proxy.is_empty())
            .map(|proxy| proxy.parse().or_else(|_| proxy.parse::<IpAddr>().map(IpNet::from)))
            .collect::<Result<_, _>>()
            .map_err(|_| {
                anyhow::anyhow!(
                    "FRONTDESK_TRUSTED_PROXIES: expected addresses or networks such as 10.0.0.0/8, with commas between"
                )
            })?;
        let smtp_url = r.secret("SMTP_URL");
        let email_from = r.raw("EMAIL_FROM", false);
        if let Some(url) = &smtp_url {
            let Some(from) = email_from.clone() else {
                bail!("EMAIL_FROM: expected with SMTP_URL, such as desk@clinic.example")
            };
            frontdesk_vendors::smtp::SmtpSender::check(&SmtpConfig { url: url.clone(), from })
                .map_err(anyhow::Error::from)?;
        }
        let sentry_dsn = r.secret("SENTRY_DSN");
        #[cfg(feature = "sentry")]
        if let Some(dsn) = &sentry_dsn {
            let _ = crate::observe::sentry::options(dsn.expose_secret())
                .context("SENTRY_DSN: expected https://<key>@<host>/<id>")?;
        }
        let otel_endpoint = r.raw("OTEL_EXPORTER_OTLP_ENDPOINT", false);
        if otel_endpoint.as_ref().is_some_and(|base| !base.starts_with("http://") && !base.starts_with("https://")) {
            bail!("OTEL_EXPORTER_OTLP_ENDPOINT: expected http://… or https://…, such as http://127.0.0.1:4318");
        }
        let sms_carriers: Vec<String> = match carriers {
            Some(list) => list.split(',').map(|c| c.trim().to_lowercase()).filter(|c| !c.is_empty()).collect(),
            None => [("telnyx", telnyx_api_key.is_some()), ("twilio", twilio_account_sid.is_some())]
                .into_iter()
                .filter(|(_, is_configured)| *is_configured)
                .map(|(name, _)| name.to_owned())
                .collect(),
        };
        for carrier in &sms_carriers {
            match carrier.as_str() {
                "telnyx" if telnyx_api_key.is_none() => {
                    bail!("SMS_CARRIERS names telnyx, but TELNYX_API_KEY is not set")
                }
                "twilio" if twilio_account_sid.is_none() => {
                    bail!("SMS_CARRIERS names twilio, but TWILIO_ACCOUNT_SID is not set")
                }
                "telnyx" | "twilio" | "sandbox" => {}
                _ => bail!("SMS_CARRIERS: expected a list of telnyx, twilio, sandbox"),
            }
        }
        Ok(Self {
            listen,
            ops_listen,
            public_url: public_url.trim_end_matches('/').to_owned(),
            data_dir,
            database_url,
            master_key,
            log,
            log_json: log_format == "json",
            workers,
            db_connections,
            settle,
            tls,
            trusted_proxies,
            sms_carriers,
            telnyx_api_key,
            telnyx_public_key,
            telnyx_messaging_profile_id,
            telnyx_base_url,
            twilio_account_sid,
            twilio_auth_token,
            twilio_base_url,
            smtp_url,
            email_from,
            otel_endpoint,
            sentry_dsn,
            seen: r.seen,
        })
    }

    /// Whether any real vendor is configured: then nothing is pretended.
    pub fn has_real_vendor(&self) -> bool {
        self.telnyx_api_key.is_some() || self.twilio_account_sid.is_some() || self.smtp_url.is_some()
    }
}
