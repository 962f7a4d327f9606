//! The demonstration as people meet it: the story, every verb in its folder, the server on it.

use super::binary::{Desk, Running, Said, run, text, wait};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
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
    a_borrower_acknowledges_and_reports_back(&desk, &story);
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
    assert!(words.contains("C-1") && words.contains("What speaks for") && words.contains("row "), "{words}");
    a_third_party_checks_the_trace(desk, &leak);
    the_trace_key_is_split_once(desk, &leak);
}

/// The story's board has its keys, so nobody does this alone; one of them grants it.
fn granted_by_rosa(desk: &Desk, act: &[&str], why: &str) {
    let asked = desk.json([act, &["--ask", why]].concat());
    let number = format!("A-{}", asked["act"]);
    let token = desk.json(["user", "token", "Rosa Lind"])["token"].as_str().unwrap().to_owned();
    let key = desk.folder().join("DEMO-KEYS/rosa-lind.key");
    desk.run_as(&token, ["grant", "give", &number, "--key", text(&key)]).ok();
}

fn a_third_party_checks_the_trace(desk: &Desk, leak: &Path) {
    let (report, opening) = (desk.beside("report.json"), desk.beside("opening.json"));
    let made = ["trace", text(leak), "--report", text(&report), "--open", text(&opening)];
    let refusal = desk.run(made).refused(6);
    assert!(refusal.contains("nobody does this alone here") && !report.exists(), "{refusal}");
    granted_by_rosa(desk, &["trace", text(leak)], "the candidate's lawyer asked for it");
    let said = desk.run(made).ok().out;
    assert!(said.contains("It tells the season's keys"), "{said}");
    desk.run(made).refused(5);
    let ledger = desk.folder().join("ledger");
    let verify = |report: &Path, leak: &Path, opening: &Path| {
        let mut command = desk.command([
            "trace",
            "verify",
            "--report",
            text(report),
            "--leak",
            text(leak),
            "--opening",
            text(opening),
            "--files",
            text(&ledger),
        ]);
        // Nobody's list: the folder is not there.
        command.env("HUSTINGS_DIR", desk.beside("nowhere"));
        run(command)
    };
    let early = verify(&report, leak, &opening).refused(4);
    assert!(early.contains("of the ledger") || early.contains("the ledger has no"), "{early}");
    desk.run(["ledger", "publish"]).ok();
    let holds = verify(&report, leak, &opening).ok().out;
    assert!(holds.contains("The trace holds") && holds.contains("The leak came from the copy of"), "{holds}");

    // Whatever is changed is found: a number of the report, a row of the file, a person or a key of the opening.
    let changed = |file: &Path, name: &str, change: &dyn Fn(&str) -> String| {
        let before = std::fs::read_to_string(file).unwrap();
        let after = change(&before);
        assert_ne!(before, after, "{name} is changed");
        let path = desk.beside(name);
        std::fs::write(&path, after).unwrap();
        path
    };
    let matched = |text: &str| {
        let report: Value = serde_json::from_str(text).unwrap();
        let count = report["matched"].as_u64().unwrap();
        text.replace(&format!("\"matched\": {count}"), &format!("\"matched\": {}", count + 1))
    };
    let other = changed(&report, "other-report.json", &matched);
    let refusal = verify(&other, leak, &opening).refused(4);
    assert!(refusal.contains("/matched"), "{refusal}");
    let other = changed(leak, "other-leak.csv", &|text| text.lines().skip(2).collect::<Vec<_>>().join("\n"));
    assert!(verify(&report, &other, &opening).refused(4).contains("not the one that the report is about"));
    let key = changed(&opening, "other-key.json", &|text| {
        let opening: Value = serde_json::from_str(text).unwrap();
        text.replace(opening["hold_back_key"].as_str().unwrap(), &"0".repeat(64))
    });
    assert!(verify(&report, leak, &key).refused(4).contains("not the one that the ledger committed to"));
    let salt = changed(&opening, "other-salt.json", &|text| {
        let opening: Value = serde_json::from_str(text).unwrap();
        text.replace(opening["salt"].as_str().unwrap(), &"1".repeat(64))
    });
    verify(&report, leak, &salt).refused(4);
    let split =
        changed(&opening, "other-split.json", &|text| text.replace("\"split\": false", "\"split\": true"));
    assert!(verify(&report, leak, &split).refused(4).contains("differ on whether the trace key was split"));
    let weaker = changed(&opening, "other-bound.json", &|text| {
        let mut opening: Value = serde_json::from_str(text).unwrap();
        opening["epsilon"] = json!(0.5);
        serde_json::to_string_pretty(&opening).unwrap()
    });
    assert!(verify(&report, leak, &weaker).refused(4).contains("another bound"));
    let fewer = changed(&opening, "other-candidates.json", &|text| {
        let mut opening: Value = serde_json::from_str(text).unwrap();
        opening["candidates"].as_array_mut().unwrap().pop();
        serde_json::to_string_pretty(&opening).unwrap()
    });
    verify(&report, leak, &fewer).refused(4);
}

fn the_trace_key_is_split_once(desk: &Desk, leak: &Path) {
    let said = desk.run(["doctor"]).out;
    assert!(said.contains("the trace key of this season is not split"), "{said}");
    let out = desk.beside("shares");
    std::fs::create_dir(&out).unwrap();
    let inside = desk.folder().join("files");
    desk.run(["trace", "key", "split", "--of", "5", "--needs", "3", "--out", text(&inside)]).refused(4);
    desk.run(["trace", "key", "split", "--of", "5", "--needs", "1", "--out", text(&out)]).refused(4);
    let split = ["trace", "key", "split", "--of", "5", "--needs", "3", "--out", text(&out)];
    desk.run(split).refused(6);
    assert!(std::fs::read_dir(&out).unwrap().next().is_none(), "what is refused leaves no share");
    granted_by_rosa(desk, &split, "a new season");
    assert!(desk.run(split).ok().out.contains("Split into 5 shares"));
    let other = desk.beside("other-shares");
    std::fs::create_dir(&other).unwrap();
    desk.run(["trace", "key", "split", "--of", "5", "--needs", "3", "--out", text(&other)]).refused(5);
    let few = desk.run(["trace", text(leak)]).refused(5);
    assert!(few.contains("3 shares") && few.contains("share 4 (trustee 4)"), "{few}");
    let share = |number: u32| out.join(format!("share-{number}.txt"));
    let (one, three, five) = (share(1), share(3), share(5));
    let opened = desk
        .run(["trace", text(leak), "--share", text(&five), "--share", text(&one), "--share", text(&three)])
        .ok()
        .out;
    // The copy was made before: the report says that nothing in it is sealed.
    assert!(opened.contains("made before the trace key was split"), "{opened}");
}

fn a_borrower_acknowledges_and_reports_back(desk: &Desk, story: &Value) {
    let duties = desk.json(["duty", "list", "--all"]);
    assert!(
        duties.as_array().unwrap().iter().any(|duty| duty["acknowledged"]["done"] == "deleted"),
        "{duties}"
    );
    let name = story["loans"][0]["borrower"].as_str().unwrap();
    let add = ["user", "add", "Ann Agent <ann@borrower.example>", "--role", "borrower", "--borrower", name];
    granted_by_rosa(desk, &add, "Ann helps the candidate");
    let token = desk.json(add)["token"].as_str().unwrap().to_owned();
    let form = desk.beside("form.csv");
    desk.run_as(&token, ["copy", "outcome-form", "C-1", "--to", text(&form)]).ok();
    let written = std::fs::read_to_string(&form).unwrap();
    let reference = written.lines().nth(1).unwrap().trim_end_matches(',').to_owned();
    let file =
        desk.write("outcomes.csv", format!("reference,outcome\n{reference},joined\nC-9-0001,joined\n"));
    let refused = desk.beside("refused.csv");
    let words = ["copy", "outcomes", text(&file), "--rejects", text(&refused)];
    let said = desk.run_as(&token, words).ok().out;
    assert!(said.contains("1 taken; one row was refused. Rows in the file: 2."), "{said}");
    assert!(std::fs::read_to_string(&refused).unwrap().contains("3,stranger,in no copy that you fetched"));
    let again = desk.run_as(&token, ["copy", "outcomes", text(&file)]).ok().out;
    assert!(again.contains("Nothing changed: all 1 were reported before"), "{again}");
    desk.run(["copy", "outcomes", text(&file)]).refused(6);
    let unknown = ["duty", "acknowledge", "none", "--done", "deleted"];
    assert!(desk.run_as(&token, unknown).refused(3).contains("you owe nothing by the id"));
    let worth = desk.run(["worth", "show", "L-1"]).ok().out;
    assert!(worth.contains("Reported back, joined: fewer than 10"), "{worth}");
    // Everybody of the loan has been introduced: the copy that was made is fetched again.
    desk.run(["copy", "export", "L-1", "--to", text(&desk.beside("twice.csv"))]).refused(5);
}

fn a_backup_brings_everybody_back(desk: &Desk) {
    let file = desk.beside("friday.bak");
    // One of the board grants backups for this folder.
    granted_by_rosa(desk, &["backup", text(&file)], "every night");
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
