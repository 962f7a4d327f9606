//! The public ledger: files as published and nothing else of the folder; cards without personal data.

use super::world::{Actors, PEOPLE, World, person_email};
use hustings_app::after::publish_ledger;
use hustings_domain::access::Actor;

#[tokio::test]
async fn the_published_files_verify_as_they_are_served() {
    let world = World::new();
    assert_eq!(world.get(Actors::Nobody, "/ledger/checkpoint").await.status, 404);
    let checkpoint = publish_ledger(&world.app, &Actor::operator()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let tiles = hustings_ledger::tiles::new_tiles(0, checkpoint.size).map(|tile| tile.path());
    for path in tiles.chain(["checkpoint".to_owned(), "verifier.key".to_owned()]) {
        let file = folder.path().join(&path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        let got = world.get(Actors::Nobody, &format!("/ledger/{path}")).await;
        assert_eq!(got.status, 200, "{path}");
        std::fs::write(file, &got.bytes).unwrap();
    }
    let key = std::fs::read_to_string(folder.path().join("verifier.key")).unwrap();
    let key = key.trim().parse::<hustings_ledger::VerifierKey>().unwrap();
    let report = hustings_ledger::verify_dir(folder.path(), &key, None).unwrap();
    assert_eq!(report.checkpoint.size, checkpoint.size);
}

#[tokio::test]
async fn tiles_may_be_kept_for_ever_and_the_checkpoint_not_at_all() {
    let world = World::new();
    let checkpoint = publish_ledger(&world.app, &Actor::operator()).unwrap();
    let cache = async |path: &str| {
        let got = world.get(Actors::Nobody, path).await;
        assert_eq!(got.status, 200, "{path}");
        let header = |name| got.headers.get(name).unwrap().to_str().unwrap().to_owned();
        (header("content-type"), header("cache-control"))
    };
    let text = "text/plain; charset=utf-8".to_owned();
    assert_eq!(cache("/ledger/checkpoint").await, (text.clone(), "no-cache".to_owned()));
    let partial = format!("/ledger/tile/0/000.p/{}", checkpoint.size);
    let (kind, kept) = cache(&partial).await;
    assert_eq!(
        (kind.as_str(), kept.as_str()),
        ("application/octet-stream", "public, max-age=86400, immutable")
    );
    assert_eq!(world.get(Actors::Nobody, "/ledger/tile/0/000").await.status, 404, "it is not full yet");
}

#[tokio::test]
async fn anybody_takes_a_receipt_that_is_all_there_is_to_check() {
    let world = World::new();
    let early = world.get(Actors::Nobody, "/ledger/receipt/1").await;
    assert_eq!(early.status, 409, "no checkpoint covers it yet");
    publish_ledger(&world.app, &Actor::operator()).unwrap();
    let got = world.get(Actors::Nobody, "/ledger/receipt/1").await;
    assert_eq!(got.status, 200);
    let disposition = got.headers.get("content-disposition").unwrap().to_str().unwrap();
    assert_eq!(disposition, "attachment; filename=\"entry-1.tlog-proof\"");
    let receipt = hustings_ledger::receipt::Receipt::parse(&got.body).unwrap();
    let key = hustings_app::after::verifier_key(&world.app).unwrap();
    receipt.verify(&receipt.extra.clone().unwrap(), &key).unwrap();
    for unknown in ["999999", "x", "-1", "01x"] {
        let path = format!("/ledger/receipt/{unknown}");
        assert_eq!(world.get(Actors::Nobody, &path).await.status, 404, "{unknown}");
    }
}

#[tokio::test]
async fn no_path_leads_out_of_the_ledger() {
    let world = World::new();
    publish_ledger(&world.app, &Actor::operator()).unwrap();
    for path in [
        "/ledger/tile/../../hustings.toml",
        "/ledger/tile/..%2f..%2fhustings.toml",
        "/ledger/tile/entries/..%2f000",
        "/ledger/tile/entries/%2e%2e/checkpoint",
        "/ledger/tile/0/000",
        "/ledger/tile/0/0",
        "/ledger/tile/entries/x000/000",
        "/ledger/../keys.db",
    ] {
        assert_eq!(world.get(Actors::Nobody, path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn cards_hold_what_the_ledger_holds_and_nobody() {
    let world = World::new();
    world.introduced();
    let page = world.get(Actors::Nobody, "/ledger").await.body;
    assert!(page.contains("3 loans") && page.contains("Jo Alvarez") && page.contains("Kim Doe"), "{page}");
    assert!(page.contains("Homes &#60;now&#62;"), "the sent loan's subject is public");
    assert_eq!(page.matches("Homes &#60;now&#62;").count(), 1, "what the board has not let out is not");
    for number in 0..PEOPLE {
        assert!(!page.contains(&person_email(number)));
    }
    for staff in ["Sam", "Tia", "@staff.example", "@borrower.example"] {
        assert!(!page.contains(staff), "{staff}");
    }
}

#[tokio::test]
async fn an_entry_shows_its_proof_once_published() {
    let world = World::new();
    let fresh = world.get(Actors::Treasurer, "/console/ledger/1").await;
    assert_eq!(fresh.status, 200);
    assert!(fresh.body.contains("newer than the published checkpoint"), "{}", fresh.body);
    let checkpoint = publish_ledger(&world.app, &Actor::operator()).unwrap();
    let proved = world.get(Actors::Treasurer, "/console/ledger/1").await.body;
    assert!(
        proved.contains(&format!("entry 1 of {}", checkpoint.size)) && proved.contains("Path 1"),
        "{proved}"
    );
    assert_eq!(world.get(Actors::Treasurer, "/console/ledger/999").await.status, 404);
}
