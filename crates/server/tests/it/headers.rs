//! What every answer carries, checked on every answer of every test.

use super::world::{Actors, Got, World};
use axum::http::header;

/// Holds what must be true of any answer.
pub(crate) fn hold_for(path: &str, got: &Got) {
    let header = |name: &str| got.headers.get(name).map_or("", |value| value.to_str().unwrap());
    assert!(header("content-security-policy").contains("default-src 'none'"), "{path}");
    assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
    assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
    assert_eq!(header("x-frame-options"), "DENY", "{path}");
    assert_eq!(header("x-request-id").len(), 16, "{path}");
    let is_public_file = path.starts_with("/assets/") || path.starts_with("/ledger/");
    if !is_public_file || !got.status.is_success() {
        assert_eq!(header("cache-control"), "no-store", "{path}");
    }
    // INVARIANT: no address in any URL.
    let location = got.location().to_lowercase();
    assert!(!location.contains('@') && !location.contains("%40"), "{path} leads to {location}");
    for link in ["href=\"", "action=\""].into_iter().flat_map(|name| got.body.split(name).skip(1)) {
        let link = link.split('"').next().unwrap();
        assert!(!link.contains('@') || link.starts_with("mailto:"), "{path} links to {link}");
    }
    assert!(
        !got.status.is_server_error() || got.status.as_u16() == 503,
        "{path}: {} {}",
        got.status,
        got.body
    );
}

#[tokio::test]
async fn also_where_there_is_nothing() {
    let world = World::new();
    assert_eq!(world.get(Actors::Nobody, "/nowhere").await.status, 404);
    let wrong = world.request("DELETE", "/ledger", super::world::Ask::default()).await;
    assert_eq!(wrong.status, 405);
    assert!(wrong.body.contains("does not take that method"));
}

#[tokio::test]
async fn assets_may_be_kept_for_ever_and_pages_never() {
    let world = World::new();
    for asset in hustings_server::assets::ALL {
        let got = world.get(Actors::Nobody, &asset.url()).await;
        assert_eq!(got.status, 200);
        assert_eq!(got.headers[header::CACHE_CONTROL], hustings_server::assets::CACHE_CONTROL);
        assert_eq!(got.headers[header::CONTENT_TYPE], asset.content_type);
    }
    assert_eq!(world.get(Actors::Nobody, "/assets/hustings.css").await.status, 404);
}

#[tokio::test]
async fn a_program_gets_a_problem_document() {
    let world = World::new();
    let (ask, _) = world.as_(Actors::Steward);
    let got = world.request("GET", "/console/loans/77", ask.with("accept", "application/json")).await;
    assert_eq!(got.status, 404);
    assert_eq!(got.headers[header::CONTENT_TYPE], "application/problem+json");
    let problem: serde_json::Value = serde_json::from_str(&got.body).unwrap();
    assert_eq!(problem["type"], "urn:hustings:problem:loan.unknown");
    assert_eq!(problem["status"], 404);
    assert_eq!(problem["title"], "there is no loan `L-77`");
    assert_eq!(problem["request_id"], got.headers["x-request-id"].to_str().unwrap());
    assert!(problem["hints"].is_array());
}
