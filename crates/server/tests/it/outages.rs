//! What goes wrong around the program: a database that goes away, a disk that is full, a stop in the middle of the work,
//! several processes on one database. Nothing is lost, and nobody has to help.

use std::collections::HashMap;
use std::process::{Command, Stdio};
use std::time::Duration;

use frontdesk_ports::Clock;
use frontdesk_server::system::SystemClock;
use reqwest::StatusCode;
use sea_orm::ConnectionTrait as _;

use crate::carrier::{Carrier, text_body};
use crate::service::{Service, deliver, deliver_once, prepared};
use crate::world::{CLINIC, fresh_postgres};

const MESSAGES: &str = "/webhooks/telnyx/messages";

fn patient(n: usize) -> String {
    format!("+1347{:07}", 3_000_000 + n)
}

fn text(n: usize) -> serde_json::Value {
    text_body(SystemClock.real_now(), &format!("outage-{n}"), &patient(n), CLINIC, "hi")
}

/// How often each patient was answered, once `wanted` of them were.
async fn answers(carrier: &Carrier, wanted: usize) -> HashMap<String, usize> {
    let mut tick = tokio::time::interval(Duration::from_millis(100));
    let mut count = HashMap::new();
    for _ in 0..2_000 {
        tick.tick().await;
        count = HashMap::new();
        for message in carrier.messages() {
            *count.entry(message.to).or_default() += 1;
        }
        if count.len() >= wanted {
            break;
        }
    }
    count
}

async fn readiness(service: &Service) -> Option<StatusCode> {
    reqwest::get(&service.ready).await.ok().map(|answer| answer.status())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_database_gives_503_and_recovers_alone() {
    if std::env::var("TEST_DATABASE_URL").is_err() {
        return;
    }
    let (folder, carrier, url) = (tempfile::tempdir().unwrap(), Carrier::start().await, fresh_postgres().await);
    let environment = prepared(folder.path(), &carrier, Some(&url)).await;
    let service = Service::start(&environment).await;
    let (http, address) = (reqwest::Client::new(), format!("{}{MESSAGES}", service.base));
    deliver(&http, &carrier, &address, &text(0)).await;
    assert_eq!(answers(&carrier, 1).await.len(), 1);

    let admin = sea_orm::Database::connect(std::env::var("TEST_DATABASE_URL").unwrap()).await.unwrap();
    let name = url.rsplit_once('/').unwrap().1;
    let run = async |sql: String| admin.execute_unprepared(&sql).await.map(|_| ()).unwrap();
    run(format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")).await;
    run(format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")).await;
    assert_eq!(deliver_once(&http, &carrier, &address, &text(1)).await, Some(StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(readiness(&service).await, Some(StatusCode::SERVICE_UNAVAILABLE));

    run(format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")).await;
    // The carrier delivers again, and the program is there without a restart.
    deliver(&http, &carrier, &address, &text(1)).await;
    let count = answers(&carrier, 2).await;
    assert!(count.len() == 2 && count.values().all(|n| *n == 1), "{count:?}");
    assert_eq!(readiness(&service).await, Some(StatusCode::OK));
    assert!(service.stop().await.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_gives_503_and_recovers_alone() {
    let (folder, carrier) = (tempfile::tempdir().unwrap(), Carrier::start().await);
    let environment = prepared(folder.path(), &carrier, None).await;
    // Files may not grow beyond 1 MiB: what a full disk is to a database. A shell ignores the signal that goes with it.
    let service = Service::start_with(&environment, |environment| {
        let mut command = Command::new("bash");
        command.args(["-c", "trap '' XFSZ; ulimit -S -f 1024; exec \"$0\" serve", env!("CARGO_BIN_EXE_frontdesk")]);
        command.envs(environment.iter().cloned()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    })
    .await;
    let (http, address) = (reqwest::Client::new(), format!("{}{MESSAGES}", service.base));
    let mut taken = 0;
    let mut refused = None;
    for n in 0..3_000 {
        match deliver_once(&http, &carrier, &address, &text(n)).await {
            Some(status) if status.is_success() => taken += 1,
            other => {
                refused = other;
                break;
            }
        }
    }
    assert_eq!(refused, Some(StatusCode::SERVICE_UNAVAILABLE), "after {taken}");

    let freed = Command::new("prlimit").args(["--pid", &service.pid().to_string(), "--fsize=unlimited"]).status();
    assert!(freed.unwrap().success());
    deliver(&http, &carrier, &address, &text(taken)).await;
    let count = answers(&carrier, taken + 1).await;
    assert_eq!(count.len(), taken + 1, "what was taken before is answered too");
    assert!(service.stop().await.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_in_the_middle_of_the_work_loses_nothing() {
    let (folder, carrier) = (tempfile::tempdir().unwrap(), Carrier::start().await);
    let environment = prepared(folder.path(), &carrier, None).await;
    let service = Service::start(&environment).await;
    let (http, address) = (reqwest::Client::new(), format!("{}{MESSAGES}", service.base));
    let all = 100;
    futures::future::join_all((0..all).map(|n| {
        let (http, carrier, address) = (http.clone(), carrier.clone(), address.clone());
        async move { deliver(&http, &carrier, &address, &text(n)).await }
    }))
    .await;
    assert!(service.stop().await.success(), "a stop that was asked for is no failure");
    let service = Service::start(&environment).await;
    let count = answers(&carrier, all).await;
    assert!(count.len() == all && count.values().all(|n| *n == 1), "all once");
    assert!(service.stop().await.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_processes_share_one_database() {
    if std::env::var("TEST_DATABASE_URL").is_err() {
        return;
    }
    let (folder, carrier, url) = (tempfile::tempdir().unwrap(), Carrier::start().await, fresh_postgres().await);
    let environment = prepared(folder.path(), &carrier, Some(&url)).await;
    // They start together: one of them migrates, none of them is special.
    let (one, two, three) =
        tokio::join!(Service::start(&environment), Service::start(&environment), Service::start(&environment));
    let http = reqwest::Client::new();
    let all = 300;
    let addresses = [&one, &two, &three].map(|service| format!("{}{MESSAGES}", service.base));
    // Every text is delivered to two of them, as a carrier does that is not sure.
    futures::future::join_all((0..all * 2).map(|n| {
        let (http, carrier, address) = (http.clone(), carrier.clone(), addresses[(n / all + n) % 3].clone());
        async move { deliver(&http, &carrier, &address, &text(n % all)).await }
    }))
    .await;
    let count = answers(&carrier, all).await;
    assert!(count.len() == all && count.values().all(|n| *n == 1), "each once: {}", count.len());
    // One leaves; the others go on.
    assert!(two.stop().await.success());
    deliver(&http, &carrier, &addresses[0], &text(all)).await;
    assert_eq!(answers(&carrier, all + 1).await.len(), all + 1);
    assert!(one.stop().await.success() && three.stop().await.success());
}
