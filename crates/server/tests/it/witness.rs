//! A witness over HTTP: every status of the protocol as it goes over the wire, and what it shows to whoever compares.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use hustings_domain::clock::SetClock;
use hustings_ledger::cosignature::cosigned_by;
use hustings_ledger::witness::{AddCheckpoint, MAX_REQUEST_BYTES, Witness, origin_hash};
use hustings_ledger::{Checkpoint, MemoryLog, SignerKey, tree};
use hustings_server::witness_router;
use std::sync::Arc;
use tower::ServiceExt;

const LOG: &str = "example.org/ledger";

fn request(log: &MemoryLog, old: u64, size: u64) -> String {
    let signer = SignerKey::from_seed(LOG, [7; 32]).unwrap();
    let root = tree::root(size, log).unwrap();
    let note = signer.sign(&Checkpoint { origin: LOG.into(), size, root }).unwrap();
    let proof = tree::consistency_proof(old, size, log).unwrap();
    AddCheckpoint { old, proof, note }.to_text()
}

async fn send(
    router: &Router,
    method: &str,
    path: &str,
    body: impl Into<Body>,
) -> (StatusCode, String, String) {
    let request = Request::builder().method(method).uri(path).body(body.into()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let kind = response.headers().get("content-type").map_or("", |kind| kind.to_str().unwrap()).to_owned();
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, kind, String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn checkpoints_come_in_and_the_newest_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let key = Witness::make(folder.path(), "witness.example/w1", [9; 32]).unwrap();
    let mut witness = Witness::open(folder.path()).unwrap();
    witness.watch(SignerKey::from_seed(LOG, [7; 32]).unwrap().verifier().clone()).unwrap();
    let clock = SetClock::at("2026-11-03T19:05:00Z".parse().unwrap());
    let router = witness_router(witness, Arc::new(clock));
    let mut log = MemoryLog::new();
    for index in 0..40 {
        log.push(format!("entry {index}")).unwrap();
    }
    let shown = format!("/{}/checkpoint", origin_hash(LOG));
    assert_eq!(send(&router, "GET", &shown, "").await.0, 404);
    let add = async |body: String| send(&router, "POST", "/add-checkpoint", body).await;
    let (status, kind, body) = add(request(&log, 5, 20)).await;
    assert_eq!((status.as_u16(), kind.as_str(), body.as_str()), (409, "text/x.tlog.size", "0\n"));
    assert_eq!(add("old 0".into()).await.0, 400);
    let (status, _, line) = add(request(&log, 0, 20)).await;
    assert_eq!(status, 200);
    assert!(line.starts_with("\u{2014} witness.example/w1 ") && line.ends_with('\n'), "{line}");
    assert_eq!(add(request(&log, 20, 40)).await.0, 200);
    let (status, _, note) = send(&router, "GET", &shown, "").await;
    assert_eq!(status, 200);
    let cosigned = cosigned_by(&note, std::slice::from_ref(&key)).unwrap();
    assert_eq!(cosigned[0].seconds, 1_793_732_700, "by the witness's own clock");
    assert!(note.starts_with("example.org/ledger\n40\n"), "{note}");
    let (_, _, front) = send(&router, "GET", "/", "").await;
    assert!(front.contains(&key.to_string()) && front.contains("example.org/ledger: 40 entries"), "{front}");
}

#[tokio::test]
async fn what_is_too_large_or_asked_another_way_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    Witness::make(folder.path(), "witness.example/w1", [9; 32]).unwrap();
    let witness = Witness::open(folder.path()).unwrap();
    let router = witness_router(witness, Arc::new(SetClock::at(jiff::Timestamp::UNIX_EPOCH)));
    let large = vec![b'a'; MAX_REQUEST_BYTES + 1];
    assert_eq!(send(&router, "POST", "/add-checkpoint", large).await.0, 413);
    assert_eq!(send(&router, "GET", "/add-checkpoint", "").await.0, 405);
    assert_eq!(send(&router, "GET", "/../witness.secret", "").await.0, 404);
    assert_eq!(send(&router, "GET", "/..%2fwitness.secret/checkpoint", "").await.0, 404);
}
