//! A third party comes to the same report from the file, the ledger and the opening.

use crate::world::{SEED_DOMAIN, World};
use hustings_domain::chance::Rng;
use hustings_domain::ids::{CopyNumber, LoanNumber};
use hustings_trace::opening::contact_hash;
use hustings_trace::{
    Commitments, LeakError, Matched, OpenCandidate, OpenCopy, OpenPerson, Opening, RerunError, SealedSeeds,
    Share, accuse, read_leak, rerun,
};
use std::collections::BTreeSet;
use std::fmt::Write as _;

fn scene() -> (World, String, Opening, Commitments) {
    let mut world = World::new(77, 3, Share::NORMAL, 600);
    let leak = world.copy(2, 5_000, 600);
    let address = |person: &dyn std::fmt::Display| format!("Person-{person}@mail.example");
    let mut file = String::from("Contact;Nr\n");
    for (number, contact) in
        leak.people.iter().map(|p| address(p)).chain(leak.addresses.iter().cloned()).enumerate()
    {
        writeln!(file, "\"{}\";{number}", contact.to_uppercase()).unwrap();
    }
    let (nonce, salt) = (world.rng.bytes(), world.rng.bytes());
    let everybody: BTreeSet<_> = world.candidates.iter().map(|one| one.borrower).collect();
    let open = |person| OpenPerson {
        person,
        contacts: vec![contact_hash(&salt, &address(&person).to_lowercase())],
        audiences: everybody.clone(),
        copies: BTreeSet::from([CopyNumber(9)]),
    };
    let named = |one: &hustings_trace::Candidate| OpenCandidate {
        name: format!("Borrower {}", one.borrower.0.as_u128() % 1_000),
        candidate: *one,
    };
    let opening = Opening {
        season: "2026".to_owned(),
        seed_domain: SEED_DOMAIN.to_owned(),
        epsilon: 1e-6,
        hold_back_key: world.hold_back.0,
        seed_key: world.seeds.0,
        nonce,
        salt,
        candidates: world.candidates.iter().map(named).collect(),
        copies: vec![OpenCopy {
            copy: CopyNumber(9),
            loan: LoanNumber(4),
            borrower: world.candidates[2].borrower,
            people: 600,
        }],
        sealed: vec![],
        split: false,
        people: leak.people.iter().copied().map(open).collect(),
    };
    let commitments = Commitments::new(&world.hold_back, &world.seeds, &nonce);
    (world, file, opening, commitments)
}

#[test]
fn the_third_party_reaches_our_verdict() {
    let (world, file, opening, commitments) = scene();
    let rows = read_leak(file.as_bytes()).unwrap();
    let people: Vec<_> = opening.people.iter().map(|open| open.person).collect();
    let leaker = world.candidates[2].borrower;
    let matched = Matched::of(&people, &world.candidates, |_, _| true, |borrower, _| borrower == leaker);
    let addresses = rows.iter().flat_map(|row| row.emails.iter().map(String::as_str));
    let case = hustings_trace::Case::gather(world.keys(), &world.candidates, &matched, &[], addresses);
    let ours = accuse(&case, 1e-6).unwrap();

    let carried = serde_json::to_string(&opening).unwrap();
    let report = rerun(&serde_json::from_str(&carried).unwrap(), &commitments, file.as_bytes()).unwrap();
    let theirs = &report.report.verdict;
    assert_eq!(&ours, theirs);
    let accused: Vec<_> = report.accused.iter().map(|accused| accused.borrower).collect();
    assert_eq!(accused, [leaker]);
    assert_eq!((theirs.ranked[0].in_copy, theirs.ranked[0].held_back_seen), (600, 0));
    let [copy] = report.accused[0].copies.as_slice() else { panic!("one copy") };
    assert_eq!((copy.copy, copy.people_found, copy.people), (CopyNumber(9), 600, 600));
    assert_eq!((report.rows, report.matched, report.strangers), (rows.len() as u64, 600, 0));
    assert!(!carried.contains("mail.example"), "an opening carries no address");

    // Which rows said how much: all 600 people stand in the rows after the header, and each says 1 / 0.95.
    let free = report.accused[0].said.iter().find(|said| said.what.contains("not held back")).unwrap();
    assert_eq!((free.count, free.rows.as_str()), (600, "row 2-601"));
    assert!((40..60).contains(&free.each_milli) && free.odds == "speaks 1.05 to 1 for it", "{free:?}");
    let own = report.accused[0].said.iter().find(|said| said.what.contains("in its copies alone")).unwrap();
    assert!(own.count == 10 && own.each_milli > 9_000, "{own:?}");
    let text = report.text();
    assert!(text.contains("row 2-601") && text.contains("The trace key is not split"), "{text}");
}

#[test]
fn other_keys_than_the_committed_are_refused() {
    let (_, file, opening, commitments) = scene();
    let again = |opening: &Opening, file: &[u8]| rerun(opening, &commitments, file);
    let forged = Opening { hold_back_key: [1; 32], ..opening.clone() };
    assert_eq!(again(&forged, file.as_bytes()), Err(RerunError::Commitment("hold-back")));
    let forged = Opening { seed_key: [1; 32], ..opening.clone() };
    assert_eq!(again(&forged, file.as_bytes()), Err(RerunError::Commitment("seed")));
    let mut forged = opening.clone();
    forged.people[1].contacts = forged.people[0].contacts.clone();
    assert_eq!(again(&forged, file.as_bytes()), Err(RerunError::SharedContact));
    assert!(matches!(again(&opening, b"%PDF-1.7"), Err(RerunError::Leak(LeakError::NotRead(_)))));
}

#[test]
fn people_who_are_not_in_the_leak_do_not_count() {
    let (_, file, opening, commitments) = scene();
    let short = file.lines().take(101).collect::<Vec<_>>().join("\n");
    let report = rerun(&opening, &commitments, short.as_bytes()).unwrap();
    assert_eq!(report.matched, 100);
    assert!(report.report.verdict.ranked.iter().all(|suspect| suspect.rows_counted == 100));
}

/// What the owner's house knows: rows, season keys, who was mailed. It makes up a file that fits a copy; the sealed
/// decoys are missing from it, and stand in the real copy.
#[test]
fn a_file_made_up_from_the_books_is_not_confirmed() {
    let (mut world, file, opening, commitments) = scene();
    let leaker = world.candidates[2].borrower;
    let sealed = SealedSeeds::draw(CopyNumber(9), leaker, 600, &mut world.rng);
    let opening = Opening { split: true, sealed: vec![sealed.clone()], ..opening };
    let made_up = rerun(&opening, &commitments, file.as_bytes()).unwrap();
    assert!(!made_up.accused[0].confirmed && made_up.accused[0].framing.starts_with("Not confirmed: 0 of 5"));

    let mut real = file.clone();
    for decoy in sealed.decoys(SEED_DOMAIN).iter().take(2) {
        writeln!(real, "{};0", decoy.email.to_uppercase()).unwrap();
    }
    let found = rerun(&opening, &commitments, real.as_bytes()).unwrap();
    assert!(found.accused[0].confirmed && found.accused[0].framing.starts_with("Confirmed: 2 of 5"));
    assert!(found.accused[0].said.iter().any(|said| said.what.starts_with("sealed") && said.count == 2));
    assert_eq!(found.accused.len(), 1);
    assert!(found.report.verdict.ranked[0].log_e_value > made_up.report.verdict.ranked[0].log_e_value);
}
