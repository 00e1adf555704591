//! The kill test: the process is killed again and again while texts come in. Every text is answered; none twice but a send
//! in flight whose outcome the carrier cannot tell, which is counted.

use std::collections::HashMap;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use frontdesk_ports::Clock;
use frontdesk_server::system::SystemClock;

use crate::carrier::{Carrier, receipt_body, text_body};
use crate::world::{CLINIC, fresh_postgres};

const MESSAGES: usize = 2_000;
const KILLS: usize = 20;
/// Texts on their way at once, as a carrier delivers them.
const AT_ONCE: usize = 16;

struct Service {
    child: Child,
    environment: Vec<(String, String)>,
    base: String,
    ready: String,
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn frontdesk(environment: &[(String, String)], arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_frontdesk"));
    command.args(arguments).envs(environment.iter().cloned()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

impl Service {
    async fn start(environment: Vec<(String, String)>, port: u16, ops: u16) -> Self {
        let child = frontdesk(&environment, &["serve"]).spawn().unwrap();
        let service = Self {
            child,
            environment,
            base: format!("http://127.0.0.1:{port}"),
            ready: format!("http://127.0.0.1:{ops}/readyz"),
        };
        service.wait_ready().await;
        service
    }

    async fn wait_ready(&self) {
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

    async fn kill_and_start(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.child = frontdesk(&self.environment, &["serve"]).spawn().unwrap();
        self.wait_ready().await;
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Delivers a signed webhook as a carrier does: again and again until it is taken.
async fn deliver(http: &reqwest::Client, carrier: &Carrier, url: &str, body: &serde_json::Value) {
    let bytes = body.to_string().into_bytes();
    let mut tick = tokio::time::interval(Duration::from_millis(50));
    loop {
        tick.tick().await;
        let (signature, stamp) = carrier.sign(&bytes, SystemClock.real_now().as_second());
        let request = http.post(url).header("telnyx-signature-ed25519", signature).header("telnyx-timestamp", stamp);
        if request.body(bytes.clone()).send().await.is_ok_and(|answer| answer.status().is_success()) {
            return;
        }
    }
}

/// Sends the receipt of every message the carrier took, in the background.
fn receipts(carrier: Carrier) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        let http = reqwest::Client::new();
        let (mut sent, mut tick) = (0, tokio::time::interval(Duration::from_millis(20)));
        loop {
            tick.tick().await;
            let all = carrier.messages();
            for message in &all[sent..] {
                let body = receipt_body(&format!("receipt-{}", message.id), &message.id, "delivered", None);
                deliver(&http, &carrier, &message.webhook_url, &body).await;
            }
            sent = all.len();
        }
    })
}

async fn survive(database: Option<String>) {
    let carrier = Carrier::start().await;
    let folder = tempfile::tempdir().unwrap();
    let clinic = folder.path().join("glow.toml");
    std::fs::write(&clinic, frontdesk_server::wiring::SAMPLE).unwrap();
    let (port, ops) = (free_port(), free_port());
    let mut environment = vec![
        ("FRONTDESK_DATA_DIR".to_owned(), folder.path().join("data").display().to_string()),
        ("FRONTDESK_LISTEN".to_owned(), format!("127.0.0.1:{port}")),
        ("FRONTDESK_OPS_LISTEN".to_owned(), format!("127.0.0.1:{ops}")),
        ("FRONTDESK_SETTLE_MS".to_owned(), "0".to_owned()),
        ("TELNYX_API_KEY".to_owned(), "KEY".to_owned()),
        ("TELNYX_PUBLIC_KEY".to_owned(), carrier.public_key()),
        ("TELNYX_BASE_URL".to_owned(), carrier.url.clone()),
    ];
    if let Some(url) = database {
        let key = frontdesk_store::MasterKey::generate().unwrap().to_base64();
        environment.extend([("DATABASE_URL".to_owned(), url), ("FRONTDESK_MASTER_KEY".to_owned(), key)]);
    }
    assert!(frontdesk(&environment, &["clinic", "import", clinic.to_str().unwrap()]).status().unwrap().success());
    let mut service = Service::start(environment, port, ops).await;
    let url = format!("{}/webhooks/telnyx/messages", service.base);
    let receipts = receipts(carrier.clone());
    let patient = |n: usize| format!("+1347{:07}", 2_000_000 + n);

    let (carrier_side, address) = (carrier.clone(), url.clone());
    let sending = tokio::spawn(async move {
        let http = reqwest::Client::new();
        let deliveries = (0..MESSAGES).map(|n| {
            let (http, carrier, url) = (http.clone(), carrier_side.clone(), address.clone());
            async move {
                let body = text_body(SystemClock.real_now(), &format!("text-{n}"), &patient(n), CLINIC, "hi");
                deliver(&http, &carrier, &url, &body).await;
            }
        });
        futures::StreamExt::collect::<Vec<()>>(futures::StreamExt::buffer_unordered(
            futures::stream::iter(deliveries),
            AT_ONCE,
        ))
        .await;
    });
    let mut tick = tokio::time::interval(Duration::from_millis(5));
    for kill in 1..=KILLS {
        // Somewhere in the middle of the work, spread over all of it.
        while carrier.messages().len() < kill * MESSAGES / (KILLS + 1) && !sending.is_finished() {
            tick.tick().await;
        }
        service.kill_and_start().await;
    }
    sending.await.unwrap();

    // An unclear send waits 90 seconds for its receipt; on PostgreSQL a lease of 30 seconds comes before.
    let mut slow = tokio::time::interval(Duration::from_millis(500));
    let mut answered = HashMap::new();
    for _ in 0..500 {
        slow.tick().await;
        answered = carrier.messages().iter().fold(HashMap::new(), |mut count: HashMap<String, usize>, m| {
            *count.entry(m.to.clone()).or_default() += 1;
            count
        });
        if answered.len() == MESSAGES {
            break;
        }
    }
    receipts.abort();
    let silent = (0..MESSAGES).filter(|n| !answered.contains_key(&patient(*n))).count();
    let twice = answered.values().filter(|n| **n > 1).count();
    assert_eq!(silent, 0, "{silent} of {MESSAGES} patients were never answered");
    // A receipt that reached us settles an unclear send, so doubles stay below one a kill.
    assert!(twice <= KILLS, "{twice} were answered twice");
    assert!(answered.values().all(|n| *n <= 2), "nobody three times");
    println!("answered {}, twice {twice}", answered.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_kills_lose_nothing_on_sqlite() {
    survive(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_kills_lose_nothing_on_postgresql() {
    if std::env::var("TEST_DATABASE_URL").is_ok() {
        survive(Some(fresh_postgres().await)).await;
    }
}
