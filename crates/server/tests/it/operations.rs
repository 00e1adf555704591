//! What an operator relies on: figures under the names that alerts and dashboards are written against.

use frontdesk_ports::Clock as _;
use frontdesk_server::system::SystemClock;

use crate::carrier::{Carrier, text_body};
use crate::service::{Service, deliver, frontdesk, prepared};
use crate::world::{CLINIC, JO, On, World, fresh_postgres};

/// Every metric named in a text.
fn named(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let mut names: Vec<String> = text
        .match_indices("frontdesk_")
        .map(|(at, _)| text[at..].chars().take_while(|c| is_part(*c)).collect())
        .collect();
    names.sort();
    names.dedup();
    names
}

#[tokio::test]
async fn every_metric_of_the_alerts_and_the_dashboard_exists() {
    let mut world = World::new(On::Sqlite).await;
    world.texts(JO, "my face is drooping").await;
    world.texts(JO, "STOP").await;
    world.carrier.next([crate::carrier::Mood::Down]);
    world.texts("+13475550177", "hi").await;
    world.wait(frontdesk_domain::span::Span::mins(1)).await;
    let (_, metrics) = world.ops_get("/metrics").await;
    assert!(metrics.ends_with("# EOF\n"), "a whole exposition");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ops");
    for file in ["alerts.yml", "grafana.json"] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let wanted = named(&text);
        assert!(wanted.len() > 5, "{file} names metrics");
        for name in wanted {
            assert!(metrics.lines().any(|line| line.starts_with(&name)), "{file} names {name}, which is not measured");
        }
    }
    let (status, ready) = world.ops_get("/readyz").await;
    assert!(status == 200 && ready.contains("\"status\":\"ready\"") && ready.contains("job_lag_seconds"), "{ready}");
}

async fn says(service: &Service, carrier: &Carrier, id: &str, words: &str) -> String {
    let before = carrier.messages().len();
    let body = text_body(SystemClock.real_now(), id, JO, CLINIC, words);
    let address = format!("{}/webhooks/telnyx/messages", service.base);
    deliver(&reqwest::Client::new(), carrier, &address, &body).await;
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(20));
    for _ in 0..1_500 {
        tick.tick().await;
        if let Some(answer) = carrier.messages().get(before..).and_then(|new| new.iter().find(|m| m.to == JO)) {
            return answer.text.clone();
        }
    }
    panic!("no answer to {words}");
}

/// A clinic grows from one machine's file onto a server in the middle of a conversation, and back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_either_database_goes_on_on_the_other() {
    if std::env::var("TEST_DATABASE_URL").is_err() {
        return;
    }
    let (folder, carrier) = (tempfile::tempdir().unwrap(), Carrier::start().await);
    let environment = prepared(folder.path(), &carrier, None).await;
    let service = Service::start(&environment).await;
    says(&service, &carrier, "b1", "Jo Park, existing, jo@example.com. hydrafacial any afternoon").await;

    // While it serves.
    let file = folder.path().join("clinic.backup");
    let path = file.to_str().unwrap();
    assert!(frontdesk(&environment, &["backup", path]).status().unwrap().success());
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(!text.contains("hydrafacial any afternoon"), "what patients wrote stays sealed");
    assert!(service.stop().await.success());

    let key = std::fs::read_to_string(folder.path().join("data/master.key")).unwrap();
    let server = |key: &str, url: String| {
        let mut environment = environment.clone();
        environment.extend([("DATABASE_URL".to_owned(), url), ("FRONTDESK_MASTER_KEY".to_owned(), key.to_owned())]);
        environment
    };
    let other_key = frontdesk_store::MasterKey::generate().unwrap().to_base64();
    let refused = frontdesk(&server(&other_key, fresh_postgres().await), &["restore", path]).status().unwrap();
    assert!(!refused.success(), "another key");
    let cut = folder.path().join("cut.backup");
    let lines: Vec<&str> = text.lines().collect();
    std::fs::write(&cut, lines[..lines.len() - 2].join("\n")).unwrap();
    let grown = server(&key, fresh_postgres().await);
    assert!(!frontdesk(&grown, &["restore", cut.to_str().unwrap()]).status().unwrap().success(), "cut short");
    assert!(frontdesk(&grown, &["restore", path]).status().unwrap().success(), "nothing of the short one is left");
    assert!(!frontdesk(&grown, &["restore", path]).status().unwrap().success(), "not over what is there");

    let service = Service::start(&grown).await;
    let booked = says(&service, &carrier, "b2", "the first one").await;
    assert!(booked.contains("You're booked"), "{booked}");
    assert!(frontdesk(&grown, &["backup", path]).status().unwrap().success());
    assert!(service.stop().await.success());

    // And back into a file.
    let small = folder.path().join("small");
    let mut environment = environment.clone();
    environment.retain(|(name, _)| name != "FRONTDESK_DATA_DIR");
    environment.push(("FRONTDESK_DATA_DIR".to_owned(), small.display().to_string()));
    environment.push(("FRONTDESK_MASTER_KEY".to_owned(), key));
    assert!(frontdesk(&environment, &["restore", path]).status().unwrap().success());
    let service = Service::start(&environment).await;
    let visit = says(&service, &carrier, "b3", "what time am I?").await;
    assert!(visit.contains("HydraFacial"), "{visit}");
    assert!(service.stop().await.success());
}

/// A table that is not in the list would be missing from every backup.
#[tokio::test]
async fn every_table_is_in_the_backup() {
    for dialect in ["sqlite", "postgres"] {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../store/migrations").join(dialect);
        let mut made: Vec<String> = Vec::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let named = text.lines().filter_map(|line| line.strip_prefix("CREATE TABLE "));
            made.extend(named.map(|rest| rest.split_whitespace().next().unwrap().to_owned()));
        }
        made.sort();
        let mut known: Vec<&str> = frontdesk_store::TABLES.to_vec();
        known.sort_unstable();
        assert_eq!(made, known, "{dialect}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doctor_looks_at_each_vendor_and_says_what_to_do() {
    let (folder, carrier) = (tempfile::tempdir().unwrap(), Carrier::start().await);
    let mut environment = prepared(folder.path(), &carrier, None).await;
    let set = |environment: &mut Vec<(String, String)>, name: &str, value: &str| {
        environment.retain(|(known, _)| known != name);
        environment.push((name.to_owned(), value.to_owned()));
    };
    set(&mut environment, "FRONTDESK_PUBLIC_URL", crate::carrier::PUBLIC);
    set(&mut environment, "TELNYX_MESSAGING_PROFILE_ID", "profile");
    set(&mut environment, "TWILIO_ACCOUNT_SID", crate::carrier::ACCOUNT);
    set(&mut environment, "TWILIO_AUTH_TOKEN", crate::carrier::TOKEN);
    set(&mut environment, "TWILIO_BASE_URL", &carrier.twilio_url);
    set(&mut environment, "SMTP_URL", "smtp://127.0.0.1:1");
    set(&mut environment, "EMAIL_FROM", "desk@glow.example");
    let doctor = |environment: &[(String, String)]| {
        let output = frontdesk(environment, &["doctor"]).stdout(std::process::Stdio::piped()).output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    let (well, said) = doctor(&environment);
    assert!(!well, "there are faults: {said}");
    for line in [
        "telnyx          answers, and is set up as it should be",
        "lost texts of the number ending in 0100 are not tried again often enough",
        "smtp            unavailable",
        "FRONTDESK_PUBLIC_URL is not https",
        "MB are free",
    ] {
        assert!(said.contains(line), "{line} is not in {said}");
    }
    assert!(!said.contains("calls of the number") && !said.contains(crate::carrier::TOKEN), "{said}");
    set(&mut environment, "TELNYX_API_KEY", "wrong");
    assert!(doctor(&environment).1.contains("telnyx          refuses the key (code 10009)"));
    assert_eq!(carrier.inner.lock().unwrap().faults, Vec::<String>::new());
}

/// Its own certificate, where no proxy stands before it; a client that never finishes its handshake keeps nobody waiting.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_serves_its_own_certificate_and_no_plain_text_there() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let file = |path: &std::path::Path| path.display().to_string();
    let mut environment = vec![
        ("FRONTDESK_DATA_DIR".to_owned(), file(&folder.path().join("data"))),
        ("FRONTDESK_TLS_CERT".to_owned(), file(&certificate)),
        ("FRONTDESK_TLS_KEY".to_owned(), file(&key)),
    ];
    let service = Service::start(&environment).await;
    let address = service.base.strip_prefix("http://").unwrap().to_owned();
    let mut stalled = Vec::new();
    // More than handshakes ever had room for.
    for _ in 0..300 {
        stalled.push(tokio::net::TcpStream::connect(&address).await.unwrap());
    }
    let root = reqwest::Certificate::from_pem(made.cert.pem().as_bytes()).unwrap();
    let http = reqwest::Client::builder().tls_certs_only([root]).build().unwrap();
    let answer = http.get(format!("https://{address}/health")).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    assert!(reqwest::get(format!("http://{address}/health")).await.is_err(), "no plain text");
    assert!(reqwest::get(format!("https://{address}/health")).await.is_err(), "nobody else's certificate is trusted");
    assert!(service.stop().await.success());
    // What does not belong together stops the start.
    let other = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    std::fs::write(&key, other.signing_key.serialize_pem()).unwrap();
    let said = frontdesk(&environment, &["serve"]).stderr(std::process::Stdio::piped()).output().unwrap();
    assert!(!said.status.success() && String::from_utf8_lossy(&said.stderr).contains("FRONTDESK_TLS"));
    environment.pop();
    let said = frontdesk(&environment, &["serve"]).stderr(std::process::Stdio::piped()).output().unwrap();
    assert!(String::from_utf8_lossy(&said.stderr).contains("FRONTDESK_TLS_KEY: expected"));
}

/// What an operator does from the shell: a token that works once it is made and not after it is revoked, an agreement, made-up
/// patients that refuse a real vendor.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_agreements_and_made_up_patients_from_the_shell() {
    let folder = tempfile::tempdir().unwrap();
    let environment = vec![("FRONTDESK_DATA_DIR".to_owned(), folder.path().join("data").display().to_string())];
    let run = |environment: &[(String, String)], arguments: &[&str]| {
        frontdesk(environment, arguments).stdout(std::process::Stdio::piped()).output().unwrap()
    };
    assert!(run(&environment, &["seed", "--clinic", "glow", "--conversations", "12", "--days", "3"]).status.success());
    let mut real = environment.clone();
    real.push(("TELNYX_API_KEY".to_owned(), "KEY".to_owned()));
    assert!(!run(&real, &["seed", "--clinic", "glow", "--conversations", "1"]).status.success(), "a real vendor");
    assert!(run(&environment, &["vendor", "baa", "--org", "glow", "smtp", "yes"]).status.success());
    assert!(!run(&environment, &["vendor", "baa", "--org", "nobody", "smtp", "yes"]).status.success());
    assert!(run(&environment, &["doctor"]).status.success());
    assert!(run(&environment, &["doctor", "--clinic", "glow"]).status.success());
    assert!(!run(&environment, &["doctor", "--clinic", "nobody"]).status.success());

    let made = run(&environment, &["token", "create", "--clinic", "glow", "--scope", "conversations,availability"]);
    let token = String::from_utf8(made.stdout).unwrap().trim().to_owned();
    assert!(token.starts_with("fd_"));
    let stored = std::fs::read(folder.path().join("data/frontdesk.db")).unwrap();
    // Its own digits may hold the sign that parts it from the rest: the longest piece is secret enough.
    let secret = token.split('_').max_by_key(|piece| piece.len()).unwrap().as_bytes();
    assert!(secret.len() > 8);
    assert!(!stored.windows(secret.len()).any(|part| part == secret), "the secret is kept nowhere");
    let service = Service::start(&environment).await;
    let http = reqwest::Client::new();
    let open = |token: String| {
        let request = http.post(format!("{}/conversations/start", service.base)).bearer_auth(token);
        async move { request.json(&serde_json::json!({ "text": "how much is botox?" })).send().await.unwrap() }
    };
    let answer = open(token.clone()).await;
    assert_eq!(answer.status().as_u16(), 201);
    let said: serde_json::Value = answer.json().await.unwrap();
    assert!(said["replies"][0]["text"].as_str().unwrap().contains("$12"), "{said}");
    let listed = String::from_utf8(run(&environment, &["token", "list"]).stdout).unwrap();
    let id = listed.split_whitespace().next().unwrap().to_owned();
    assert!(!listed.contains(&token));
    assert!(run(&environment, &["token", "revoke", &id]).status.success());
    assert_eq!(open(token).await.status().as_u16(), 401, "while it serves");
    assert!(service.stop().await.success());
}
