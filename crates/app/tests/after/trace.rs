//! Leaks: the copy they came from is named, the others are cleared, and a third party finds the same.

use super::world::{World, person_email, steward};
use hustings_app::after::{open_case, trace};
use hustings_domain::borrower::Borrower;
use hustings_domain::canonical::ContentHash;
use hustings_domain::ids::CopyNumber;
use hustings_ledger::Leaf;
use hustings_trace::{Commitments, read_leak, rerun};

/// Three borrowers who may address the same people, each with a copy of the first `yes` whom they mailed.
fn three(world: &World, people: u32, yes: usize) -> Vec<(Borrower, Vec<Vec<String>>)> {
    ["Jo Alvarez", "Kim Doe", "Lee Park"]
        .into_iter()
        .map(|name| {
            let borrower = world.borrower(name);
            let loan = world.sent_loan(&borrower, 0..people);
            world.everybody_says_yes(&loan, yes, &["email", "given-name"]);
            (borrower, world.copy(loan.number).1)
        })
        .collect()
}

fn leak(rows: &[Vec<String>]) -> Vec<u8> {
    let mut text = String::from("name;mail\r\n");
    for row in rows {
        text.extend([row[3].as_str(), ";", &row[1].to_uppercase(), "\r\n"]);
    }
    text.push_str("Somebody Else;stranger@elsewhere.example\r\n");
    text.into_bytes()
}

#[test]
fn half_a_copy_names_it_and_clears_the_others() {
    let world = World::with_people(60);
    let copies = three(&world, 60, 60);
    let half: Vec<_> = copies[1].1.iter().step_by(2).cloned().collect();
    let report = trace(&world.app, &steward(), &leak(&half)).unwrap();
    assert_eq!(report.accused.len(), 1);
    assert_eq!((report.accused[0].name.as_str(), report.accused[0].borrower), ("Kim Doe", copies[1].0.id));
    assert_eq!(report.accused[0].copies[0].copy, CopyNumber(2));
    assert_eq!(report.accused[0].copies[0].people_found, report.matched);
    assert_eq!(report.cleared.len(), 2);
    assert_eq!((report.rows, report.strangers), (u64::try_from(half.len()).unwrap() + 1, 1));
    assert_eq!(report.matched + report.seeds + report.strangers, report.rows);
    let text = report.text();
    assert!(
        text.contains("The leak came from the copy of Kim Doe.")
            && text.contains("less than once in 1,000,000")
    );
    assert!(!text.contains('@'), "no address is in the report");
    let entry = Leaf::from_bytes(world.entries().last().unwrap()).unwrap();
    assert_eq!((entry.kind.as_str(), entry.body["copies"][0].as_u64()), ("trace.accused", Some(2)));
    assert_eq!(entry.body["candidates"], 3);
}

#[test]
fn what_is_no_copy_names_nobody() {
    let world = World::with_people(300);
    assert_eq!(trace(&world.app, &steward(), b"a@b.example").unwrap_err().code, "trace.no-copies");
    three(&world, 300, 12);
    let strangers = (0..200).map(|n| format!("x{n}@elsewhere.example")).collect::<Vec<_>>().join("\n");
    let report = trace(&world.app, &steward(), strangers.as_bytes()).unwrap();
    assert!(report.accused.is_empty() && report.matched == 0 && report.strangers == 200);
    // Everybody on the list came from the list itself: those held back for a borrower clear that borrower, who
    // would be accused if only the mailed were looked at.
    let whole = (0..300).map(person_email).collect::<Vec<_>>().join("\n");
    let report = trace(&world.app, &steward(), whole.as_bytes()).unwrap();
    assert!(report.accused.is_empty() && report.matched == 300);
    assert!(report.report.verdict.ranked.iter().all(|suspect| suspect.held_back_seen > 10));
    assert_eq!(world.ledger_kinds().last().unwrap(), "trace.nothing");
    assert_eq!(trace(&world.app, &steward(), b"nothing here").unwrap_err().code, "trace.empty");
    assert_eq!(
        open_case(&world.app, &steward(), whole.as_bytes()).unwrap_err().code,
        "trace.nothing-to-open"
    );
}

#[test]
fn a_third_party_finds_the_same_from_the_ledger_and_the_opening() {
    let world = World::with_people(60);
    let copies = three(&world, 60, 60);
    let file = leak(&copies[2].1);
    let report = trace(&world.app, &steward(), &file).unwrap();
    let opened = open_case(&world.app, &steward(), &file).unwrap();
    // The commitments as the ledger had them before any file left.
    let made = world
        .entries()
        .iter()
        .map(|entry| Leaf::from_bytes(entry).unwrap())
        .find(|entry| entry.kind == "copy.made");
    let seeds = ContentHash::parse(made.unwrap().body["seed_commitment"].as_str().unwrap()).unwrap();
    let season = world.app.charter().unwrap().estimates.season;
    let hold_back = hustings_app::send::freeze::hold_back_commitment(&world.app, &season);
    let committed = Commitments { hold_back, seeds: seeds.0 };
    let read = serde_json::from_str(&opened.json).unwrap();
    let verdict = rerun(&read, &committed, &read_leak(&file).unwrap()).unwrap();
    assert_eq!(verdict.accused().map(|suspect| suspect.borrower).collect::<Vec<_>>(), [copies[2].0.id]);
    assert_eq!(verdict, report.report.verdict);
    assert!(!opened.json.contains("people.example"), "people are in it as salted hashes");
}
