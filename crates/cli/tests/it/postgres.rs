//! The binary on a list whose data are on a PostgreSQL server.

use super::binary::{Desk, Running, text};
use super::loans;
use hustings::synth;
use hustings_store::conformance::cluster;
use serde_json::Value;
use std::path::PathBuf;
use std::time::Duration;

fn files(desk: &Desk, people: u32) -> Vec<PathBuf> {
    let plan = synth::Plan { people, seed: 9, today: "2026-06-01".parse().unwrap() };
    let made = synth::write(&desk.beside("files"), &plan).unwrap();
    made.files.into_iter().map(|file| file.path).collect()
}

fn ledger_root(desk: &Desk) -> Value {
    desk.json(["ledger", "checkpoint"])["root"].clone()
}

#[test]
fn a_list_is_made_on_a_server_and_every_verb_finds_it_there() {
    let Some(cluster) = cluster::shared() else { return };
    let address = cluster.new_database();
    let desk = Desk::with_list_on(&address.to_string(), &loans::charter(&[]));
    let named = std::fs::read_to_string(desk.folder().join("store.toml")).unwrap();
    assert!(named.contains(&address.to_string()), "{named}");
    assert!(!desk.folder().join("hustings.db").exists());
    for file in files(&desk, 300) {
        desk.run(["import", text(&file)]).ok();
    }
    let people = desk.people();
    assert!(people > 200, "{people}");
    let counted = cluster.run("postgres", address.database(), "SELECT count(*) FROM hustings.supporter");
    assert_eq!(counted, [people.to_string()]);

    // The backup is a list on SQLite, and restores as such.
    let file = desk.beside("backup");
    desk.run(["backup", text(&file)]).ok();
    let elsewhere = desk.beside("elsewhere");
    let mut restore = desk.command(["restore", text(&file)]);
    restore.env("HUSTINGS_DIR", &elsewhere);
    super::binary::run(restore).ok();
    let mut count = desk.command(["audience", "count", "everyone", "--json"]);
    count.env("HUSTINGS_DIR", &elsewhere);
    assert_eq!(super::binary::run(count).json()["count"], people);

    let charter = desk.write("again.toml", loans::charter(&[]));
    desk.run(["init", "--charter", text(&charter), "--store", &address.to_string()]).refused(5);
}

#[test]
fn an_address_that_cannot_be_used_is_refused_before_anything_is_made() {
    let desk = Desk::empty();
    let charter = desk.write("charter.toml", loans::charter(&[]));
    for (address, code) in [
        ("postgres://ada:hunter2@localhost/list", 4),
        ("postgres://ada@db.example.org/list", 4),
        ("postgres://ada@127.0.0.1:1/list", 7),
    ] {
        let refusal = desk.run(["init", "--charter", text(&charter), "--store", address]).refused(code);
        assert!(refusal.contains("hint: ") && !refusal.contains("hunter2"), "{refusal}");
        assert!(!desk.folder().join("store.toml").exists());
    }
    let Some(cluster) = cluster::shared() else { return };
    let address = cluster.new_database();
    let guest = cluster.address("guest", address.database());
    let refusal = desk.run(["init", "--charter", text(&charter), "--store", &guest]).refused(6);
    assert!(refusal.contains("CREATE SCHEMA hustings_keys AUTHORIZATION"), "{refusal}");
}

#[test]
fn a_list_is_moved_to_a_server_and_lives_on_there() {
    let Some(cluster) = cluster::shared() else { return };
    let address = cluster.new_database().to_string();
    let desk = Desk::with_list(&loans::charter(&[]));
    let mut all = files(&desk, 400);
    let last = all.pop().unwrap();
    for file in all {
        desk.run(["import", text(&file)]).ok();
    }
    let people = desk.people();
    // Killed again and again, it goes on; until it is done the list in the folder is the list.
    for delay in [40, 80, 120, 160] {
        let mut moving = Running(desk.command(["move", "--to", &address]).spawn().unwrap());
        super::binary::wait(Duration::from_millis(delay));
        moving.0.kill().unwrap();
        moving.0.wait().unwrap();
        if desk.folder().join("store.toml").exists() {
            break;
        }
    }
    let root = ledger_root(&desk);
    desk.run(["move", "--to", &address]).ok();
    assert!(desk.folder().join("store.toml").is_file() && !desk.folder().join("hustings.db").exists());
    assert!(desk.folder().join("before-move/keys.db").is_file());
    assert_eq!(desk.people(), people);
    assert_ne!(ledger_root(&desk), root, "the move itself is in the ledger");
    desk.run(["ledger", "verify"]).ok();
    desk.run(["import", text(&last)]).ok();
    assert!(desk.people() >= people);
    // Once more is no harm, and elsewhere is refused.
    desk.run(["move", "--to", &address]).ok();
    let other = cluster.new_database().to_string();
    desk.run(["move", "--to", &other]).refused(5);
}

#[test]
fn an_import_that_is_killed_on_a_server_is_made_good_by_the_next() {
    let Some(cluster) = cluster::shared() else { return };
    let whole = Desk::with_list(&loans::charter(&[]));
    let desk = Desk::with_list_on(&cluster.new_database().to_string(), &loans::charter(&[]));
    let all = files(&whole, 4_000);
    for file in &all {
        whole.run(["import", text(file)]).ok();
        for delay in [60, 150, 300] {
            let mut importing = Running(desk.command(["import", text(file)]).spawn().unwrap());
            super::binary::wait(Duration::from_millis(delay));
            importing.0.kill().unwrap();
            importing.0.wait().unwrap();
        }
        desk.run(["import", text(file)]).ok();
    }
    assert_eq!(desk.people(), whole.people());
    for rule in ["consent \"appeals\"", "gave(365d) >= $1"] {
        let count = |desk: &Desk| desk.json(["audience", "count", rule])["count"].clone();
        assert_eq!(count(&desk), count(&whole), "{rule}");
    }
}
