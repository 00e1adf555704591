//! The real program as a process of its own, beside a carrier stand-in.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use frontdesk_ports::Clock;
use frontdesk_server::system::SystemClock;

use crate::carrier::Carrier;

/// A running `frontdesk serve`.
pub(crate) struct Service {
    child: Child,
    environment: Vec<(String, String)>,
    arguments: Vec<String>,
    pub(crate) base: String,
    pub(crate) ready: String,
}

pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub(crate) fn frontdesk(environment: &[(String, String)], arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_frontdesk"));
    command.args(arguments).envs(environment.iter().cloned()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

impl Service {
    pub(crate) async fn start(environment: &[(String, String)]) -> Self {
        Self::start_with(environment, |environment| frontdesk(environment, &["serve"])).await
    }

    /// One replica, with these roles.
    pub(crate) async fn replica(environment: &[(String, String)], roles: &str) -> Self {
        let arguments = ["serve", "--role", roles];
        let mut service = Self::start_with(environment, |environment| frontdesk(environment, &arguments)).await;
        service.arguments = arguments.map(str::to_owned).to_vec();
        service
    }

    /// Starts it by a command of one's own.
    pub(crate) async fn start_with(
        environment: &[(String, String)],
        command: impl Fn(&[(String, String)]) -> Command,
    ) -> Self {
        let (port, ops) = (free_port(), free_port());
        let mut environment = environment.to_vec();
        environment.push(("FRONTDESK_LISTEN".to_owned(), format!("127.0.0.1:{port}")));
        environment.push(("FRONTDESK_OPS_LISTEN".to_owned(), format!("127.0.0.1:{ops}")));
        let child = command(&environment).spawn().unwrap();
        let service = Self {
            child,
            environment,
            arguments: vec!["serve".to_owned()],
            base: format!("http://127.0.0.1:{port}"),
            ready: format!("http://127.0.0.1:{ops}/readyz"),
        };
        service.wait_ready().await;
        service
    }

    pub(crate) async fn wait_ready(&self) {
        let http = reqwest::Client::new();
        let mut tick = tokio::time::interval(Duration::from_millis(20));
        for _ in 0..1_500 {
            tick.tick().await;
            if http.get(&self.ready).send().await.is_ok_and(|r| r.status().is_success()) {
                return;
            }
        }
        panic!("the service did not come up");
    }

    pub(crate) async fn kill_and_start(&mut self) {
        self.kill_and_spawn();
        self.wait_ready().await;
    }

    /// Kills it and starts another in its place, which need not be ready yet.
    pub(crate) fn kill_and_spawn(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let arguments: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
        self.child = frontdesk(&self.environment, &arguments).spawn().unwrap();
    }
}

impl Service {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop, as a service manager does, and waits for its end.
    pub(crate) async fn stop(mut self) -> std::process::ExitStatus {
        assert!(Command::new("kill").args(["-TERM", &self.pid().to_string()]).status().unwrap().success());
        let mut tick = tokio::time::interval(Duration::from_millis(20));
        loop {
            tick.tick().await;
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Delivers a signed webhook as a carrier does: again and again until it is taken.
pub(crate) async fn deliver(http: &reqwest::Client, carrier: &Carrier, url: &str, body: &serde_json::Value) {
    let mut tick = tokio::time::interval(Duration::from_millis(50));
    loop {
        tick.tick().await;
        if deliver_once(http, carrier, url, body).await.is_some_and(|status| status.is_success()) {
            return;
        }
    }
}

/// Delivers it once; what it was answered with, if at all.
pub(crate) async fn deliver_once(
    http: &reqwest::Client,
    carrier: &Carrier,
    url: &str,
    body: &serde_json::Value,
) -> Option<reqwest::StatusCode> {
    let bytes = body.to_string().into_bytes();
    let (signature, stamp) = carrier.sign(&bytes, SystemClock.real_now().as_second());
    let request = http.post(url).header("telnyx-signature-ed25519", signature).header("telnyx-timestamp", stamp);
    request.body(bytes).send().await.ok().map(|answer| answer.status())
}

/// The settings of a service over a carrier stand-in, with the sample clinic imported.
pub(crate) async fn prepared(
    folder: &std::path::Path,
    carrier: &Carrier,
    database: Option<&str>,
) -> Vec<(String, String)> {
    let clinic = folder.join("glow.toml");
    std::fs::write(&clinic, frontdesk_server::wiring::SAMPLE).unwrap();
    let mut environment = vec![
        ("FRONTDESK_DATA_DIR".to_owned(), folder.join("data").display().to_string()),
        ("FRONTDESK_SETTLE_MS".to_owned(), "0".to_owned()),
        ("TELNYX_API_KEY".to_owned(), "KEY".to_owned()),
        ("TELNYX_PUBLIC_KEY".to_owned(), carrier.public_key()),
        ("TELNYX_BASE_URL".to_owned(), carrier.url.clone()),
    ];
    if let Some(url) = database {
        let key = frontdesk_store::MasterKey::generate().unwrap().to_base64();
        environment.extend([("DATABASE_URL".to_owned(), url.to_owned()), ("FRONTDESK_MASTER_KEY".to_owned(), key)]);
    }
    assert!(frontdesk(&environment, &["clinic", "import", clinic.to_str().unwrap()]).status().unwrap().success());
    environment
}
