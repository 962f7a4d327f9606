//! The demonstration as people meet it: the story, every verb in its folder, the server on it.

use super::binary::{Desk, Running, Said, run, text, wait};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command};
use std::time::Duration;

fn play(desk: &Desk) -> Said {
    desk.run(["demo", "--supporters", "2000", "--seed", "1", "--no-serve", "--json"]).ok()
}

#[test]
fn the_demo_plays_the_whole_story_and_tells_it_alike_for_a_seed() {
    let (desk, other) = (Desk::of_a_demo(), Desk::of_a_demo());
    let said = play(&desk);
    assert_eq!(said.out, play(&other).out, "the same seed tells the same story");
    let story: Value = serde_json::from_str(&said.out).unwrap();

    // Told alike again over the earlier story, which it clears away.
    assert_eq!(said.out, play(&other).out);

    the_story_is_whole(&story);
    every_verb_finds_the_story_in_the_folder(&desk, &story);
    the_leak_names_its_copy(&desk, &story);
    a_backup_brings_everybody_back(&desk);
    one_writer_at_a_time(&desk);
}

fn the_story_is_whole(story: &Value) {
    let count = |name: &str| story[name].as_u64().unwrap_or_else(|| panic!("{name} is no number"));
    assert!(count("rows") > count("supporters"), "the files hold people more than once");
    assert!(count("supporters") > 1_500);
    // Somebody who was asked may have been erased since.
    let met = count("asked") + count("never_touched");
    assert!((count("supporters")..=count("supporters") + count("erased")).contains(&met), "{story}");
    assert_eq!(story["refused_requests"], 2);
    assert_eq!(story["alarms"], 1);
    assert_eq!(story["erased"], 1);
    assert!(count("erasures_acknowledged") >= 1, "whoever had a copy of the erased row was told");
    assert_eq!(story["ledger_holds"], true);
    assert!(story["flipped_byte_found"].as_str().is_some_and(|place| place.starts_with("tile/")));
    let loans = story["loans"].as_array().unwrap();
    assert_eq!(loans.len(), 3);
    assert!(loans.iter().all(|loan| loan["state"] == "settled"), "{story}");
    let stopped = loans.iter().find(|loan| loan["loan"] == "L-2").unwrap();
    assert!(stopped["never_sent"].as_u64().unwrap() > 0, "backlash stopped the rest of L-2");
    assert_eq!(stopped["introduced"], 0);
    for copy in story["copies"].as_array().unwrap() {
        let loan = loans.iter().find(|loan| loan["loan"] == copy["loan"]).unwrap();
        assert_eq!(copy["people"], loan["introduced"]);
        assert_eq!(loan["introduced"], loan["yes"], "nobody is introduced who did not say yes");
    }
}

fn every_verb_finds_the_story_in_the_folder(desk: &Desk, story: &Value) {
    let loans = desk.json(["loan", "list"]);
    assert_eq!(loans.as_array().unwrap().len(), 3);
    let shown = desk.json(["loan", "show", "L-1"]);
    let told = &story["loans"][0];
    assert_eq!(shown["borrower"], told["borrower"]);
    assert_eq!(shown["outcome"]["deliveries"]["accepted"], told["asked"]);
    assert_eq!(shown["outcome"]["introduced"], told["introduced"]);
    assert_eq!(shown["outcome"]["value"], told["value"]);
    let copies = desk.json(["copy", "list"]);
    assert_eq!(copies.as_array().unwrap().len(), 2);
    assert_eq!(copies[0]["people"], story["copies"][0]["people"]);
    assert_eq!(json!(desk.people()), story["supporters"]);

    let verified = desk.json(["ledger", "verify"]);
    assert_eq!((&verified["holds"], &verified["entries"]), (&json!(true), &story["ledger_entries"]));
    let receipt = desk.run(["ledger", "prove", "0"]).ok().out;
    assert!(receipt.starts_with("c2sp.org/tlog-proof@v1\n"), "{receipt}");
    let flipped = desk.folder().join("files/ledger-with-a-flipped-byte");
    let refusal = desk.run(["ledger", "verify", "--files", text(&flipped)]).refused(4);
    assert!(refusal.contains(story["flipped_byte_found"].as_str().unwrap()), "{refusal}");

    // Words for people, in the same folder.
    let table = desk.run(["loan", "list"]).ok().out;
    assert!(table.contains("L-1") && table.contains("Maya Okafor for State House"), "{table}");
}

/// The addresses of the people of a copy, without its seeds.
fn people_of_copy(desk: &Desk) -> Vec<String> {
    let copy = std::fs::read_to_string(desk.folder().join("files/C-1.csv")).unwrap();
    let mut rows = copy.lines().map(|row| row.split(',').collect::<Vec<_>>());
    let column = rows.next().unwrap().iter().position(|name| *name == "email").unwrap();
    let addresses = rows.filter_map(|row| row.get(column).map(|address| (*address).to_owned()));
    addresses.filter(|address| !address.is_empty() && !address.contains("@seeds.")).collect()
}

fn the_leak_names_its_copy(desk: &Desk, story: &Value) {
    let people = people_of_copy(desk);
    // The first of them is the one whom the story erases.
    let [erased, person, ..] = people.as_slice() else { panic!("the copy holds too few people") };
    desk.run(["supporters", "show", erased]).refused(3);
    let held = desk.json(["supporters", "show", person]);
    assert_eq!(held["identity"]["email"].as_str(), Some(person.as_str()));
    let answers = held["answers"].as_array().unwrap();
    assert!(
        answers.iter().any(|answer| answer["to"]["loan"] == "L-1" && answer["answer"] == "yes"),
        "whoever is in the copy said yes to its loan"
    );
    assert!(held["introductions"].as_array().unwrap().iter().any(|made| made["copy"] == "C-1"), "{held}");

    let leak = desk.folder().join("files/leak.csv");
    let traced = desk.json(["trace", text(&leak)]);
    let accused = traced["accused"].as_array().unwrap();
    assert_eq!(accused.len(), 1, "{traced}");
    assert_eq!(accused[0]["name"], story["leak"]["named"][0]);
    assert_eq!(accused[0]["copies"][0]["copy"], 1);
    let words = desk.run(["trace", text(&leak)]).ok().out;
    assert!(words.contains("C-1"), "{words}");
}

fn a_backup_brings_everybody_back(desk: &Desk) {
    let file = desk.beside("friday.bak");
    // The story's board has its keys, so nobody takes a backup alone; one of them grants them for this folder.
    let refusal = desk.run(["backup", text(&file)]).refused(6);
    assert!(refusal.contains("nobody does this alone here"), "{refusal}");
    let asked = desk.json(["backup", text(&file), "--ask", "every night"]);
    let act = format!("A-{}", asked["act"]);
    let token = desk.json(["user", "token", "Rosa Lind"])["token"].as_str().unwrap().to_owned();
    let key = desk.folder().join("DEMO-KEYS/rosa-lind.key");
    desk.run_as(&token, ["grant", "give", &act, "--key", text(&key)]).ok();
    desk.run(["backup", text(&file)]).ok();
    desk.run(["backup", text(&file)]).refused(5);
    let passphrase = std::fs::read_to_string(desk.folder().join("DEMO-PASSPHRASE")).unwrap();
    let there = desk.beside("restored");
    let on_restored = |words: &[&str]| {
        let mut command = desk.command(words.iter().copied());
        command.env("HUSTINGS_DIR", &there).env("HUSTINGS_PASSPHRASE", passphrase.trim());
        run(command)
    };
    // In an empty folder there is nobody to ask.
    on_restored(&["restore", text(&file)]).refused(6);
    on_restored(&["restore", text(&file), "--alone", "--reason", "a second machine"]).ok();
    let counted = on_restored(&["audience", "count", "everyone", "--json"]).json();
    assert_eq!(counted["count"].as_u64().unwrap(), desk.people());
    let loans = on_restored(&["loan", "list", "--json"]).json();
    assert_eq!(loans, desk.json(["loan", "list"]));
}

/// A port that was free just now.
pub(super) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub(super) fn get(address: &str, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

/// Asks `serving` to end, and waits until it has.
fn terminate(serving: &mut Child) -> Option<i32> {
    Command::new("kill").args(["-TERM", &serving.id().to_string()]).status().unwrap();
    for _ in 0..400 {
        if let Some(status) = serving.try_wait().unwrap() {
            return status.code();
        }
        wait(Duration::from_millis(50));
    }
    panic!("SIGTERM did not end it within 20 seconds");
}

fn one_writer_at_a_time(desk: &Desk) {
    let address = format!("127.0.0.1:{}", free_port());
    let mut serving = Running(desk.command(["serve", "--listen", &address]).spawn().unwrap());
    let mut lines = BufReader::new(serving.0.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    assert!(first.starts_with(&format!("Serving on http://{address}")), "{first}");

    let answer = get(&address, "/livez").unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");

    let file = desk.folder().join("files/newsletter-export.csv");
    let refusal = desk.run(["import", text(&file)]).refused(7);
    assert!(
        refusal.contains("hint: if that is `hustings serve`, do this in its console, or stop it"),
        "{refusal}"
    );
    beside_the_server(desk, &address);

    assert_eq!(terminate(&mut serving.0), Some(0));
    assert!(get(&address, "/livez").is_none(), "nobody listens any more");
    // The lock went with it.
    assert!(!desk.folder().join("serving.sock").exists());
    desk.run(["import", text(&file), "--dry-run"]).ok();
}

/// What only looks, and what the server can do its part of, works while it runs.
fn beside_the_server(desk: &Desk, address: &str) {
    assert_eq!(desk.json(["loan", "list"]).as_array().unwrap().len(), 3);
    assert_eq!(desk.json(["loan", "show", "L-1"])["loan"]["state"], "settled");
    assert!(desk.people() > 1_500);
    assert_eq!(desk.json(["copy", "list"]).as_array().unwrap().len(), 2);
    assert_eq!(desk.json(["borrower", "list"]).as_array().unwrap().len(), 3);
    desk.run(["ledger", "prove", "0"]).ok();
    desk.run(["ledger", "verify"]).ok();
    let people = people_of_copy(desk);
    let held = desk.json(["supporters", "show", &people[1]]);
    assert_eq!(held["identity"]["email"].as_str(), Some(people[1].as_str()));
    desk.run(["supporters", "erase", &people[1]]).refused(7);
    desk.run(["backup", text(&desk.beside("while-it-runs.bak"))]).ok();

    let users = desk.json(["user", "list"]);
    let link = desk.json(["user", "login", users[0]["email"].as_str().unwrap()]);
    let (_, token) = link["link"].as_str().unwrap().rsplit_once('/').unwrap();
    let page = get(address, &format!("/login/{token}")).unwrap();
    assert!(page.starts_with("HTTP/1.1 200 "), "{page}");
    let form = get(address, "/login").unwrap();
    assert!(form.contains("printed on the terminal"), "the demo's mail server ended with its story: {form}");
}
