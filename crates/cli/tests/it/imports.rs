//! Imports as they are said at a terminal: killed and gone on with, paused, listed, undone; mappings; made-up files.

use super::binary::{Desk, Running, text, wait};
use super::loans;
use serde_json::Value;
use std::fmt::Write as _;
use std::process::Command;
use std::time::Duration;

const ROWS: u32 = 120_000;

fn list() -> Desk {
    Desk::with_list(&loans::charter(&[]))
}

pub(crate) fn many(rows: u32) -> String {
    let mut file = "email,first_name,city,email_opt_in\n".to_owned();
    for n in 0..rows {
        match n % 9_000 {
            5 => writeln!(file, "broken@@{n},P,Barre,yes").unwrap(),
            6 => writeln!(file, "p{}@example.org,P,Barre,no", n - 6).unwrap(),
            _ => writeln!(file, "p{n}@example.org,P,Barre,yes").unwrap(),
        }
    }
    file
}

/// Rows of the first import that are in, as the list says beside the running process; none before it has begun.
pub(crate) fn rows_in(desk: &Desk) -> Option<u64> {
    let said = desk.run(["import", "list", "--json"]);
    let listed: Value = serde_json::from_str(&said.out).ok()?;
    listed[0]["state"]["unfinished"]["rows"].as_u64()
}

/// Whatever of a report does not depend on the clock.
pub(crate) fn sums(mut report: Value) -> Value {
    for field in ["id", "elapsed_ms", "resumed_after", "rejects_file"] {
        report[field] = Value::Null;
    }
    report
}

#[test]
fn an_import_that_is_killed_goes_on_to_the_report_of_one_that_was_not() {
    let (desk, other) = (list(), list());
    let file = desk.write("people.csv", many(ROWS));
    let (mut kills, mut last) = (0, 0);
    for _ in 0..12 {
        let mut running = Running(desk.command(["import", text(&file)]).spawn().unwrap());
        // Until it is further than the last one was.
        while running.0.try_wait().unwrap().is_none() && rows_in(&desk).is_none_or(|rows| rows <= last) {
            wait(Duration::from_millis(20));
        }
        if running.0.try_wait().unwrap().is_some() {
            break;
        }
        running.0.kill().unwrap();
        running.0.wait().unwrap();
        last = rows_in(&desk).unwrap_or(last);
        kills += 1;
        if last + 40_000 > u64::from(ROWS) {
            break;
        }
    }
    assert!(kills >= 2, "only {kills} kills hit a running import: let it last longer");
    let report = desk.json(["import", text(&file)]);
    let whole = other.json(["import", text(&other.write("people.csv", many(ROWS)))]);
    if report["known_from"].is_null() {
        assert_eq!(report["resumed_after"].as_u64().unwrap(), last);
        assert_eq!(sums(report.clone()), sums(whole.clone()));
        let rejects =
            |report: &Value| std::fs::read_to_string(report["rejects_file"].as_str().unwrap()).unwrap();
        assert_eq!(rejects(&report), rejects(&whole));
    }
    assert_eq!(desk.people(), other.people());
    assert_eq!(report["lines"].as_u64().unwrap(), u64::from(ROWS));
    super::note(&format!("{kills} kills, the last after {last} rows of {ROWS}"));
}

#[test]
fn an_import_that_is_interrupted_pauses_and_says_how_to_go_on() {
    let desk = list();
    let file = desk.write("people.csv", many(ROWS));
    let mut running = Running(desk.command(["import", text(&file)]).spawn().unwrap());
    while rows_in(&desk).is_none_or(|rows| rows == 0) {
        wait(Duration::from_millis(20));
        assert!(
            running.0.try_wait().unwrap().is_none(),
            "it ended before it could be paused: let it last longer"
        );
    }
    let pid = running.0.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let mut said = String::new();
    std::io::Read::read_to_string(running.0.stderr.as_mut().unwrap(), &mut said).unwrap();
    assert_eq!(running.0.wait().unwrap().code(), Some(7), "{said}");
    assert!(said.contains("error: paused after ") && said.contains("hint: say the same again"), "{said}");
    let report = desk.json(["import", text(&file)]);
    assert!(report["resumed_after"].as_u64().unwrap() > 0, "{report}");
    let listed = desk.run(["import", "list"]).ok().out;
    assert!(listed.contains("120,000"), "{listed}");
    let again = desk.run(["import", text(&file)]).ok().out;
    assert!(again.contains("nothing has changed that could matter") && again.contains("--again"), "{again}");
    let id = report["id"].as_str().unwrap();
    let undone = desk.json(["import", "undo", id.get(..13).unwrap()]);
    assert_eq!((undone["people_removed"].as_u64(), desk.people()), (report["new"].as_u64(), 0));
    let refusal = desk.run(["import", "undo", id]).refused(5);
    assert!(refusal.contains("this import was undone"), "{refusal}");
}

#[test]
fn a_mapping_is_shown_corrected_saved_and_used_again() {
    let desk = list();
    let file = desk.write("march.csv", "Correo,first_name,Nacimiento\nann@example.org,Ann,1980\n");
    let refusal = desk.run(["import", text(&file)]).refused(4);
    assert!(refusal.contains("no column holds an e-mail address"), "{refusal}");
    let twice = ["import", text(&file), "--column", "Correo=email", "--column", "Correo=phone"];
    let refusal = desk.run(twice).refused(4);
    assert!(refusal.contains("`Correo` is to be two things") && refusal.contains("hint: "), "{refusal}");
    let words = ["--column", "Correo=email", "--column", "Nacimiento=number:birth-year"];
    let show = |more: &[&str]| {
        let all =
            ["import", text(&file), "--show-mapping"].into_iter().chain(words).chain(more.iter().copied());
        desk.run(all.map(str::to_owned).collect::<Vec<_>>().iter().map(String::as_str)).ok().out
    };
    let shown = show(&["--save-mapping", "correo"]);
    assert!(shown.contains("number:birth-year") && shown.contains("mapped"), "{shown}");
    // What is not a terminal gets no cell of anybody.
    assert!(!shown.contains("ann@example.org") && shown.contains("on a terminal only"), "{shown}");
    assert!(!show(&["--json"]).contains("ann@example.org"));
    assert_eq!(desk.people(), 0);
    assert!(desk.run(["import", "mappings"]).ok().out.contains("Correo = email"));
    let april = desk.write("april.csv", "Correo,first_name,Nacimiento\nbob@example.org,Bob,1990\n");
    desk.run(["import", text(&april), "--mapping", "correo"]).ok();
    assert_eq!(desk.people(), 1);
    desk.run(["import", text(&april), "--mapping", "corre"]).refused(3);
    let mode = desk.json(["import", text(&april), "--mapping", "correo", "--mode", "overwrite"]);
    assert_eq!(mode["mode"], "overwrite");
}

/// The most memory that a process had, as the kernel counts it, while it wrote `people`; and its files' bytes.
fn synth(desk: &Desk, people: &str, out: &str) -> (u64, Vec<u8>) {
    let mut running =
        Running(desk.command(["synth", "--people", people, "--seed", "5", "--out", out]).spawn().unwrap());
    let mut most = 0;
    while running.0.try_wait().unwrap().is_none() {
        let status = std::fs::read_to_string(format!("/proc/{}/status", running.0.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        most = most.max(kib.unwrap_or(0));
        wait(Duration::from_millis(2));
    }
    assert!(running.0.wait().unwrap().success());
    let files = ["areas", "suppression", "newsletter-export", "petition-2025", "donors"];
    let bytes =
        files.map(|name| std::fs::read(desk.beside(out).join(format!("{name}.csv"))).unwrap()).concat();
    (most, bytes)
}

#[test]
fn made_up_files_are_streamed_and_the_same_for_the_same_seed() {
    let desk = Desk::empty();
    let (small, few) = synth(&desk, "3000", "few");
    let (_, same) = synth(&desk, "3000", "same");
    assert!(few == same, "the same seed, the same bytes");
    let (large, many) = synth(&desk, "120000", "many");
    assert!(many.len() > 30 * few.len());
    assert!(large > 1_000 && large < small + 4_096, "{small} KiB for 3,000 people, {large} KiB for 120,000");
    let refusal = desk.run(["synth", "--people", "10", "--out", "few"]).refused(5);
    assert!(refusal.contains("is there already"), "{refusal}");
    super::note(&format!("{small} KiB for 3,000 people, {large} KiB for 120,000 ({} MiB)", many.len() >> 20));
}
