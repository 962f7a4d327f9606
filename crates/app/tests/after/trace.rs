//! Leaks: the copy they came from is named, the others are cleared, and a third party finds the same.

use super::world::{World, person_email, steward};
use hustings_app::Refusal;
use hustings_app::after::{SplitKey, TraceReport, open_case, split_trace_key, trace, trace_with};
use hustings_domain::borrower::Borrower;
use hustings_domain::canonical::ContentHash;
use hustings_domain::ids::CopyNumber;
use hustings_ledger::Leaf;
use hustings_trace::{Commitments, rerun};

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
        open_case(&world.app, &steward(), whole.as_bytes(), &[]).unwrap_err().code,
        "trace.nothing-to-open"
    );
}

#[test]
fn a_third_party_finds_the_same_from_the_ledger_and_the_opening() {
    let world = World::with_people(60);
    let copies = three(&world, 60, 60);
    let file = leak(&copies[2].1);
    let report = trace(&world.app, &steward(), &file).unwrap();
    let opened = open_case(&world.app, &steward(), &file, &[]).unwrap();
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
    let again = rerun(&read, &committed, &file).unwrap();
    assert_eq!(again.accused.iter().map(|accused| accused.borrower).collect::<Vec<_>>(), [copies[2].0.id]);
    assert_eq!(TraceReport { ledger_entry: report.ledger_entry, ..again }, report);
    assert!(!opened.json.contains("people.example"), "people are in it as salted hashes");
}

#[test]
fn with_a_split_key_enough_trustees_open_a_trace_and_confirm_it() {
    let world = World::with_people(60);
    let names: Vec<String> = ["Ada", "Ben", "Cleo", "Dan", "Eve"].map(str::to_owned).to_vec();
    let split_into = |needs, hand_out: &mut dyn FnMut(&SplitKey) -> hustings_app::Result<()>| {
        split_trace_key(&world.app, &steward(), (&names, needs), hand_out)
    };
    assert_eq!(split_into(1, &mut |_| Ok(())).unwrap_err().code, "trace-key.threshold");
    // Shares that could not be handed out belong to no key.
    let full = || Refusal::internal("the stick is full");
    assert_eq!(split_into(3, &mut |_| Err(full())).unwrap_err(), full());
    let mut shares = Vec::new();
    let mut keep = |split: &SplitKey| {
        shares.clone_from(&split.shares);
        Ok(())
    };
    split_into(3, &mut keep).unwrap();
    assert_eq!(split_into(3, &mut |_| Ok(())).unwrap_err().code, "trace-key.split");
    let copies = three(&world, 60, 60);
    let made = world.entries();
    let made: Vec<Leaf> = made.iter().map(|entry| Leaf::from_bytes(entry).unwrap()).collect();
    let made = made.iter().find(|entry| entry.kind == "copy.made").unwrap();
    assert!(made.body["sealed_commitment"].as_str().is_some() && made.body["sealed_seeds"] == 5);

    let file = leak(&copies[1].1);
    let few = trace(&world.app, &steward(), &file).unwrap_err();
    assert_eq!(few.code, "trace-key.too-few");
    assert!(few.message.contains("3 shares") && few.message.contains("share 5 (Eve)"), "{}", few.message);
    assert!(!world.ledger_kinds().iter().any(|kind| kind == "trace.key-opened"), "nothing was opened");
    let two = [shares[0].clone(), shares[4].clone()];
    let few = trace_with(&world.app, &steward(), &file, &two).unwrap_err();
    assert!(few.message.contains("Ben") && !few.message.contains("Ada"), "{}", few.message);

    let three = [two[0].clone(), shares[2].clone(), two[1].clone()];
    let report = trace_with(&world.app, &steward(), &file, &three).unwrap();
    let [accused] = report.accused.as_slice() else { panic!("{report:?}") };
    assert!(accused.name == "Kim Doe" && accused.confirmed && report.split, "{accused:?}");
    let kinds = world.ledger_kinds();
    assert_eq!(kinds[kinds.len() - 2..], ["trace.key-opened", "trace.accused"]);

    // Somebody who reads the books takes the people and the season's own seeds, which the list's key tells; the
    // sealed ones are none of them.
    let opened = open_case(&world.app, &steward(), &file, &three).unwrap();
    let sealed: Vec<String> = opened
        .opening
        .sealed
        .iter()
        .flat_map(|seeds| seeds.decoys(&opened.opening.seed_domain))
        .map(|decoy| decoy.email)
        .collect();
    let forged: Vec<_> = copies[1].1.iter().filter(|row| !sealed.contains(&row[1])).cloned().collect();
    assert_eq!(forged.len() + 5, copies[1].1.len());
    let report = trace_with(&world.app, &steward(), &leak(&forged), &three).unwrap();
    assert!(report.accused.iter().all(|accused| !accused.confirmed), "{report:?}");
}
