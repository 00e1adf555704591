//! What an operator relies on: figures under the names that alerts and dashboards are written against.

use crate::world::{JO, On, World};

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
