//! The sandbox's page as an HTTP client sees it: signed webhooks, a clock that is moved, a new beginning.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::service::Service;

const JO: &str = "+13475550123";

async fn sandbox(folder: &std::path::Path) -> Service {
    let environment = vec![
        ("FRONTDESK_DATA_DIR".to_owned(), folder.join("data").display().to_string()),
        ("FRONTDESK_SETTLE_MS".to_owned(), "0".to_owned()),
        ("FRONTDESK_LOG".to_owned(), "warn".to_owned()),
    ];
    Service::start(&environment).await
}

async fn scene(http: &reqwest::Client, base: &str) -> Value {
    let answer = http.get(format!("{base}/sandbox/scene")).query(&[("numbers", JO)]).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.unwrap()
}

/// The scene once the patient's thread has so many lines.
async fn thread_of(http: &reqwest::Client, base: &str, lines: usize) -> Value {
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(20));
    for _ in 0..1_000 {
        tick.tick().await;
        let seen = scene(http, base).await;
        if seen["patients"][0]["thread"].as_array().unwrap().len() >= lines {
            return seen;
        }
    }
    panic!("the thread never had {lines} lines");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clock_is_moved_through_what_is_due_and_kept_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut service = sandbox(folder.path()).await;
    let http = reqwest::Client::new();
    let text = json!({ "from": JO, "text": "Jo Park, existing, jo@example.com. hydrafacial any afternoon" });
    let sent = http.post(format!("{}/sandbox/texts", service.base)).json(&text).send().await.unwrap();
    assert_eq!(sent.status(), StatusCode::ACCEPTED);
    let seen = thread_of(&http, &service.base, 2).await;
    assert!(seen["turns"][0]["reading"]["services"][0] == "HydraFacial" && seen["turns"][0]["after"] == "offering");
    assert_eq!(seen["waiting"][0]["what"], "An unanswered offer is followed up");
    let before: jiff::Timestamp = seen["now"].as_str().unwrap().parse().unwrap();

    // To midnight and on: quiet hours hold the follow-up until the morning allows it.
    let by = json!({ "by_seconds": 3 * 86_400 });
    let moved = http.post(format!("{}/sandbox/clock", service.base)).json(&by).send().await.unwrap();
    assert_eq!(moved.status(), StatusCode::OK);
    let seen = scene(&http, &service.base).await;
    let thread = seen["patients"][0]["thread"].as_array().unwrap().clone();
    assert_eq!(thread.len(), 3, "followed up once: {thread:?}");
    let followed: jiff::Timestamp = thread[2]["at"].as_str().unwrap().parse().unwrap();
    let after = followed.duration_since(before);
    assert!(
        after.as_mins() >= 4 * 60 - 1 && after.as_hours() < 72,
        "at its own time and not at the end of the jump: {after:?}"
    );
    let local = followed.to_zoned(jiff::tz::TimeZone::get("America/New_York").unwrap());
    assert!((9..20).contains(&local.hour()), "inside permitted hours: {local}");

    service.kill_and_start().await;
    let now: jiff::Timestamp = scene(&http, &service.base).await["now"].as_str().unwrap().parse().unwrap();
    assert!(now.duration_since(before).as_hours() >= 72, "a restart keeps the business clock");
    for wrong in
        [json!({ "by_seconds": 1, "to": "2027-01-01T00:00:00Z" }), json!({}), json!({ "to": "2020-01-01T00:00:00Z" })]
    {
        let refused = http.post(format!("{}/sandbox/clock", service.base)).json(&wrong).send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "{wrong}");
    }

    // Begun anew, nobody is known and the clock is the real one.
    let reset = http.post(format!("{}/sandbox/reset", service.base)).send().await.unwrap();
    assert_eq!(reset.status(), StatusCode::NO_CONTENT);
    let seen = scene(&http, &service.base).await;
    let now: jiff::Timestamp = seen["now"].as_str().unwrap().parse().unwrap();
    assert!(now.duration_since(before).as_hours() < 1);
    assert_eq!(seen["patients"][0]["thread"], json!([]));
    assert_eq!(seen["waiting"], json!([]));
    http.post(format!("{}/sandbox/texts", service.base)).json(&text).send().await.unwrap();
    thread_of(&http, &service.base, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_else_speaks_for_the_sandbox_carrier() {
    let folder = tempfile::tempdir().unwrap();
    let service = sandbox(folder.path()).await;
    let http = reqwest::Client::new();
    let forged = json!({ "type": "text", "id": "x", "at": "2026-11-20T15:00:00Z", "from": JO, "to": "+12125550100", "text": "hi" });
    let webhook = format!("{}/webhooks/sandbox", service.base);
    for (stamp, signature) in [("", ""), ("1", "00"), ("1795281446", "zz"), ("99999999999999999999", "")] {
        let request = http.post(&webhook).header("x-sandbox-timestamp", stamp).header("x-sandbox-signature", signature);
        assert_eq!(request.json(&forged).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    }
    // A page of another site in the same browser.
    let request = http.post(format!("{}/sandbox/reset", service.base)).header("sec-fetch-site", "cross-site");
    assert_eq!(request.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(scene(&http, &service.base).await["patients"][0]["thread"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_guesses_codes_is_slowed_down() {
    let folder = tempfile::tempdir().unwrap();
    let service = sandbox(folder.path()).await;
    let http = reqwest::Client::new();
    let mut seen = Vec::new();
    for guess in 0..70 {
        let path = ["p", "s", "calendar"][guess % 3];
        // A stranger's word about who they are is not believed.
        let request =
            http.get(format!("{}/{path}/guess{guess}", service.base)).header("x-forwarded-for", "203.0.113.9");
        seen.push(request.send().await.unwrap());
    }
    let refused = seen.iter().filter(|answer| answer.status() == StatusCode::TOO_MANY_REQUESTS).count();
    assert!((5..=10).contains(&refused), "{refused}");
    let last = seen.last().unwrap();
    let wait: u64 = last.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(http.get(format!("{}/health", service.base)).send().await.unwrap().status(), StatusCode::OK);
}
