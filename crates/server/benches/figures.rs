//! The figures of the product on this machine: a release build as a process of its own, a carrier stand-in beside it, on
//! both databases and by both carriers. Writes its table into `docs/performance.md`. Run by `make bench`.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on fails")]

#[path = "../tests/it/carrier.rs"]
#[expect(dead_code, reason = "the stand-in of the journeys, of which a part is needed here")]
mod carrier;
#[path = "../tests/it/specs.rs"]
mod specs;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use frontdesk_domain::clinic::parse;
use frontdesk_domain::conversation::Channel;
use frontdesk_engine::turn::reading_context;
use frontdesk_engine::{Conversation, Facts, Input, step, understand};
use frontdesk_ports::store::StoredClinic;
use frontdesk_ports::{Clock as _, Ids as _};
use frontdesk_reception::ClinicView;
use frontdesk_server::system::{RandomIds, SystemClock};
use frontdesk_server::wiring::SAMPLE;

use carrier::{ACCOUNT, By, Carrier, PUBLIC, TOKEN, text_body, twilio_text};

const CLINIC: &str = "+12125550100";
/// Each figure is taken so often; the median is written down.
const RUNS: usize = 3;
const ACCEPTED: u32 = 10_000;
const CONNECTIONS: usize = 32;
const TURNS: u32 = 4_000;
const PACED: u32 = 600;
const PER_SECOND: u32 = 20;

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

struct Service {
    child: Child,
    url: String,
    start: Duration,
    _folder: tempfile::TempDir,
}

impl Service {
    async fn start(carrier: &Carrier, by: By, database: Option<String>, role: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clinic = folder.path().join("glow.toml");
        std::fs::write(&clinic, SAMPLE).unwrap();
        let (port, ops) = (free_port(), free_port());
        let mut environment = vec![
            ("FRONTDESK_DATA_DIR".to_owned(), folder.path().join("data").display().to_string()),
            ("FRONTDESK_LISTEN".to_owned(), format!("127.0.0.1:{port}")),
            ("FRONTDESK_OPS_LISTEN".to_owned(), format!("127.0.0.1:{ops}")),
            ("FRONTDESK_SETTLE_MS".to_owned(), "0".to_owned()),
            ("FRONTDESK_LOG".to_owned(), "warn".to_owned()),
            ("FRONTDESK_PUBLIC_URL".to_owned(), PUBLIC.to_owned()),
        ];
        environment.extend(match by {
            By::Telnyx => [
                ("TELNYX_API_KEY".to_owned(), "KEY".to_owned()),
                ("TELNYX_PUBLIC_KEY".to_owned(), carrier.public_key()),
                ("TELNYX_BASE_URL".to_owned(), carrier.url.clone()),
            ],
            By::Twilio => [
                ("TWILIO_ACCOUNT_SID".to_owned(), ACCOUNT.to_owned()),
                ("TWILIO_AUTH_TOKEN".to_owned(), TOKEN.to_owned()),
                ("TWILIO_BASE_URL".to_owned(), carrier.twilio_url.clone()),
            ],
        });
        if let Some(url) = database {
            let key = frontdesk_store::MasterKey::generate().unwrap().to_base64();
            environment.extend([("DATABASE_URL".to_owned(), url), ("FRONTDESK_MASTER_KEY".to_owned(), key)]);
        }
        let command = |arguments: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_frontdesk"));
            command.args(arguments).envs(environment.iter().cloned()).stdout(Stdio::null());
            command
        };
        assert!(command(&["clinic", "import", clinic.to_str().unwrap()]).status().unwrap().success());
        let began = Instant::now();
        let arguments: Vec<&str> = std::iter::once("serve").chain(role.iter().copied()).collect();
        let child = command(&arguments).spawn().unwrap();
        let (http, ready) = (reqwest::Client::new(), format!("http://127.0.0.1:{ops}/readyz"));
        let mut tick = tokio::time::interval(Duration::from_millis(2));
        loop {
            tick.tick().await;
            assert!(began.elapsed() < Duration::from_secs(30), "the service did not come up");
            if http.get(&ready).send().await.is_ok_and(|answer| answer.status().is_success()) {
                break;
            }
        }
        let url = format!("http://127.0.0.1:{port}{}", path_of(by));
        Self { child, url, start: began.elapsed(), _folder: folder }
    }

    /// CPU seconds used so far.
    fn cpu(&self) -> f64 {
        cpu_of(self.child.id())
    }

    fn memory_mb(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// CPU seconds of a process, user and system.
fn cpu_of(pid: u32) -> f64 {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else { return 0.0 };
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split_whitespace().collect();
    let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
    ticks / 100.0
}

/// CPU seconds of every process of a database server on this machine.
fn database_cpu() -> f64 {
    let mut all = 0.0;
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else { continue };
        if std::fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() == "postgres") {
            all += cpu_of(pid);
        }
    }
    all
}

async fn fresh_postgres(base: &str) -> String {
    let name = format!("b{:032x}", RandomIds.raw(jiff::Timestamp::UNIX_EPOCH));
    let admin = sea_orm::Database::connect(base).await.unwrap();
    sea_orm::ConnectionTrait::execute_unprepared(&admin, &format!("CREATE DATABASE {name}")).await.unwrap();
    admin.close().await.unwrap();
    format!("{}/{name}", base.rsplit_once('/').unwrap().0)
}

fn patient(n: u32) -> String {
    format!("+1347{:07}", 2_000_000 + n)
}

fn path_of(by: By) -> &'static str {
    match by {
        By::Telnyx => "/webhooks/telnyx/messages",
        By::Twilio => "/webhooks/twilio/sms",
    }
}

struct Signed {
    body: Vec<u8>,
    headers: Vec<(&'static str, String)>,
}

/// Texts signed beforehand, so that signing is not measured.
fn signed(carrier: &Carrier, by: By, prefix: &str, texts: impl Iterator<Item = (String, String)>) -> Vec<Signed> {
    let now = SystemClock.real_now();
    texts
        .enumerate()
        .map(|(n, (from, text))| {
            let id = format!("{prefix}-{n}");
            if by == By::Twilio {
                let form = twilio_text(&id, &from, &text);
                let signature = Carrier::sign_form(path_of(by), &form);
                let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish().into_bytes();
                let kind = "application/x-www-form-urlencoded".to_owned();
                return Signed { body, headers: vec![("x-twilio-signature", signature), ("content-type", kind)] };
            }
            let body = text_body(now, &id, &from, CLINIC, &text).to_string().into_bytes();
            let (signature, stamp) = carrier.sign(&body, now.as_second());
            Signed { body, headers: vec![("telnyx-signature-ed25519", signature), ("telnyx-timestamp", stamp)] }
        })
        .collect()
}

/// One webhook; how long it took to be answered with 200.
async fn post(http: &reqwest::Client, url: &str, signed: Signed) -> Duration {
    let began = Instant::now();
    let request = signed.headers.into_iter().fold(http.post(url), |request, (name, value)| request.header(name, value));
    let answer = request.body(signed.body).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
    began.elapsed()
}

async fn post_all(url: &str, all: Vec<Signed>) -> Vec<Duration> {
    let http = reqwest::Client::builder().pool_max_idle_per_host(CONNECTIONS).build().unwrap();
    let posts = all.into_iter().map(|one| post(&http, url, one));
    futures::StreamExt::collect(futures::StreamExt::buffer_unordered(futures::stream::iter(posts), CONNECTIONS)).await
}

fn percentile(values: &mut [Duration], part: usize) -> Duration {
    values.sort_unstable();
    values[(values.len() * part / 100).min(values.len() - 1)]
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn ms(span: Duration) -> f64 {
    span.as_secs_f64() * 1_000.0
}

/// Webhooks a second, the 99th percentile in ms, our CPU and the database's in ms each.
async fn accepted(by: By, database: Option<&str>) -> [f64; 4] {
    let carrier = Carrier::start().await;
    let url = match database {
        Some(base) => Some(fresh_postgres(base).await),
        None => None,
    };
    let service = Service::start(&carrier, by, url, &["--role", "api"]).await;
    let all =
        signed(&carrier, by, "a", (0..ACCEPTED).map(|n| (patient(n), "hi, do you have botox friday?".to_owned())));
    let (cpu, theirs, began) = (service.cpu(), database_cpu(), Instant::now());
    let mut took = post_all(&service.url, all).await;
    let elapsed = began.elapsed().as_secs_f64();
    let each = |seconds: f64| seconds * 1_000.0 / f64::from(ACCEPTED);
    [
        f64::from(ACCEPTED) / elapsed,
        ms(percentile(&mut took, 99)),
        each(service.cpu() - cpu),
        each(database_cpu() - theirs),
    ]
}

async fn until_taken(carrier: &Carrier, count: u32) {
    let count = usize::try_from(count).unwrap();
    let (began, mut tick) = (Instant::now(), tokio::time::interval(Duration::from_millis(2)));
    while carrier.inner.lock().unwrap().messages.len() < count {
        tick.tick().await;
        assert!(began.elapsed() < Duration::from_mins(2), "not all were answered");
    }
}

/// What every patient says, line by line.
const SCRIPT: [&str; 5] =
    ["hi, I'd like botox", "Jo Park", "I'm new", "jo@example.com", "friday afternoon or monday morning"];

/// Turns a second, our CPU and the database's in ms each.
async fn turns(by: By, database: Option<&str>) -> [f64; 3] {
    let carrier = Carrier::start().await;
    let url = match database {
        Some(base) => Some(fresh_postgres(base).await),
        None => None,
    };
    let service = Service::start(&carrier, by, url, &[]).await;
    let people = TURNS / u32::try_from(SCRIPT.len()).unwrap();
    let (cpu, theirs, began) = (service.cpu(), database_cpu(), Instant::now());
    let mut answered = 0;
    for (round, line) in SCRIPT.iter().enumerate() {
        let all = signed(&carrier, by, &format!("t{round}"), (0..people).map(|n| (patient(n), (*line).to_owned())));
        post_all(&service.url, all).await;
        answered += people;
        until_taken(&carrier, answered).await;
    }
    let elapsed = began.elapsed().as_secs_f64();
    let each = |seconds: f64| seconds * 1_000.0 / f64::from(TURNS);
    [f64::from(TURNS) / elapsed, each(service.cpu() - cpu), each(database_cpu() - theirs)]
}

/// From the webhook's first byte to the request at the carrier, 20 a second: median and 99th percentile in ms; start in
/// ms and idle memory in MB.
async fn latency(by: By, database: Option<&str>) -> [f64; 4] {
    let carrier = Carrier::start().await;
    let url = match database {
        Some(base) => Some(fresh_postgres(base).await),
        None => None,
    };
    let service = Service::start(&carrier, by, url, &[]).await;
    let (start, idle) = (ms(service.start), service.memory_mb());
    let http = reqwest::Client::new();
    let mut tick = tokio::time::interval(Duration::from_secs(1) / PER_SECOND);
    let mut sent = HashMap::new();
    let mut posts = tokio::task::JoinSet::new();
    for (n, one) in (0..PACED).zip(signed(&carrier, by, "l", (0..PACED).map(|n| (patient(n), "hi".to_owned())))) {
        tick.tick().await;
        sent.insert(patient(n), Instant::now());
        let (http, url) = (http.clone(), service.url.clone());
        posts.spawn(async move { post(&http, &url, one).await });
    }
    posts.join_all().await;
    until_taken(&carrier, PACED).await;
    let inner = carrier.inner.lock().unwrap();
    let arrived = inner.messages.iter().zip(&inner.arrivals);
    let mut took: Vec<Duration> = arrived.map(|(message, at)| at.duration_since(sent[&message.to])).collect();
    [ms(percentile(&mut took, 50)), ms(percentile(&mut took, 99)), start, idle]
}

const ROUNDS: u32 = 2_000;

/// One turn of the engine (reading, deciding, phrasing) and one reading, in microseconds.
fn engine() -> [f64; 2] {
    let file = parse(SAMPLE).unwrap();
    let mut next = 0_u128;
    let mut new_id = || {
        next += 1;
        next
    };
    let org = frontdesk_domain::ids::OrgId::from_raw(1);
    let clinic = frontdesk_domain::ids::ClinicId::from_raw(2);
    let settings = file.apply(None, &mut frontdesk_domain::clinic::Origin { org, clinic, new_id: &mut new_id });
    let view = ClinicView::new(StoredClinic { settings, version: 1, author: "bench".to_owned() });
    let facts = Facts::of(&view.settings, &view.menu, Channel::Sms);
    let now: jiff::Timestamp = "2026-11-20T10:00:00-05:00".parse().unwrap();
    let lines = [
        "hi do you guys have any botox openings next week? after 3 works best",
        "Jo Park",
        "how much is it per unit and where do I park",
        "nope first time",
        "jo.park@example.com",
        "hola, quiero una cita el próximo martes después de las 3",
        "actually can we do the facial instead, not fridays",
    ];
    let each = |began: Instant| {
        began.elapsed().as_secs_f64() * 1e6 / (f64::from(ROUNDS) * f64::from(u32::try_from(lines.len()).unwrap()))
    };
    let began = Instant::now();
    for _ in 0..ROUNDS {
        let mut state = Conversation::new();
        for line in lines {
            let reading = understand::read(&reading_context(&state, &facts, now), line);
            let (after, actions) = step(state, Input::Said(Box::new(reading)), &facts, now);
            std::hint::black_box(&actions);
            state = after;
        }
    }
    let turn = each(began);
    let state = Conversation::new();
    let began = Instant::now();
    for _ in 0..ROUNDS {
        for line in lines {
            std::hint::black_box(understand::read(&reading_context(&state, &facts, now), line));
        }
    }
    [turn, each(began)]
}

async fn repeated<const N: usize, F: Future<Output = [f64; N]>>(measure: impl Fn() -> F) -> [f64; N] {
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        runs.push(measure().await);
    }
    std::array::from_fn(|at| median(runs.iter().map(|run| run[at]).collect()))
}

fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
        line.split_once(':').map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let memory: f64 = field(&read("/proc/meminfo"), "MemTotal").trim_end_matches(" kB").parse().unwrap_or(0.0);
    let version = |program: &str| {
        let output = Command::new(program).arg("--version").output();
        output.map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned()).unwrap_or_default()
    };
    format!(
        "{}, {cores} cores, {:.0} GiB, Linux {}, {}",
        field(&read("/proc/cpuinfo"), "model name"),
        memory / 1024.0 / 1024.0,
        read("/proc/sys/kernel/osrelease").trim(),
        version("rustc"),
    )
}

/// Puts the table between its marks in `docs/performance.md`.
fn write_down(table: &str) {
    const BEGIN: &str = "<!-- make bench: begin -->\n";
    const END: &str = "<!-- make bench: end -->";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/performance.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("docs/performance.md has the marks of the table");
    let (_, after) = rest.split_once(END).expect("docs/performance.md has the marks of the table");
    std::fs::write(path, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
}

#[tokio::main]
async fn main() {
    let postgres = std::env::var("TEST_DATABASE_URL").ok();
    if postgres.is_none() {
        println!("SKIPPED: every figure on PostgreSQL (no server)");
    }
    // For whoever makes one thing faster: only the full turns, on one database.
    if let Ok(only) = std::env::var("FIGURES") {
        let database = postgres.as_deref().filter(|_| only == "postgresql");
        let [rate, ours, theirs] = repeated(|| turns(By::Telnyx, database)).await;
        println!("full turns on {only}: {rate:.0}/s, CPU each {ours:.2} ms ours, {theirs:.2} ms the database's");
        return;
    }
    let mut table = String::new();
    let today = SystemClock.real_now().strftime("%Y-%m-%d");
    let _ = writeln!(table, "{}. {today}, median of {RUNS} runs.\n", machine());
    let heads = "| what | goal | SQLite, Telnyx | SQLite, Twilio | PostgreSQL, Telnyx | PostgreSQL, Twilio |";
    let _ = writeln!(table, "{heads}\n| --- | --- | --- | --- | --- | --- |");
    let mut columns: Vec<[String; 7]> = Vec::new();
    let databases = [None, postgres.as_deref()];
    for (at, by) in [(0, By::Telnyx), (0, By::Twilio), (1, By::Telnyx), (1, By::Twilio)] {
        let database = databases[at];
        if at == 1 && database.is_none() {
            columns.push(std::array::from_fn(|_| "-".to_owned()));
            continue;
        }
        let name = database.map_or("SQLite", |_| "PostgreSQL");
        println!("{name}, {by:?}: accepting webhooks");
        let [rate, p99, ours, theirs] = repeated(|| accepted(by, database)).await;
        println!("{name}, {by:?}: full turns");
        let [turns, turn_cpu, turn_theirs] = repeated(|| turns(by, database)).await;
        println!("{name}, {by:?}: latency at {PER_SECOND} a second");
        let [half, last, start, idle] = repeated(|| latency(by, database)).await;
        columns.push([
            format!("{rate:.0}/s"),
            format!("{p99:.1} ms"),
            format!("{ours:.2} ms; {theirs:.2} ms"),
            format!("{half:.1} ms; {last:.1} ms"),
            format!("{turns:.0}/s"),
            format!("{turn_cpu:.2} ms; {turn_theirs:.2} ms"),
            format!("{idle:.0} MB; {start:.0} ms"),
        ]);
    }
    let rows = [
        ("webhooks accepted and durable, 32 connections", "> 1,000/s; > 2,000/s"),
        ("the same, 99th percentile", "< 50 ms"),
        ("the same, CPU each: ours; the database's", ""),
        ("webhook to carrier request at 20 a second: median; 99th percentile", "< 15 ms; < 100 ms"),
        ("full turns through the stand-in, as fast as they go", "> 400/s"),
        ("the same, CPU each: ours; the database's", "< 2 ms ours"),
        ("idle memory; start to ready", "< 60 MB; < 1 s"),
    ];
    for (at, (what, goal)) in rows.iter().enumerate() {
        let figures: Vec<&str> = columns.iter().map(|column| column[at].as_str()).collect();
        let _ = writeln!(table, "| {what} | {goal} | {} |", figures.join(" | "));
    }
    println!("engine");
    let [turn, reading] = repeated(|| async { engine() }).await;
    let _ = writeln!(table, "| engine, one turn | < 200 µs | {turn:.0} µs | | | |");
    let per_second = 1e6 / reading;
    let _ = writeln!(table, "| understanding, one core | > 20,000/s | {per_second:.0}/s | | | |");
    println!("\n{table}");
    write_down(&table);
}
