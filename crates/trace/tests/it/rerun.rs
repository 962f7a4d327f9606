//! A third party comes to the same verdict from the file, the ledger and the opening.

use crate::world::{SEED_DOMAIN, World};
use hustings_domain::chance::Rng;
use hustings_trace::opening::contact_hash;
use hustings_trace::{
    Commitments, Matched, OpenPerson, Opening, Report, RerunError, Share, accuse, read_leak, rerun,
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
        copies: BTreeSet::from([world.candidates[2].borrower]),
    };
    let opening = Opening {
        season: "2026".to_owned(),
        seed_domain: SEED_DOMAIN.to_owned(),
        epsilon: 1e-6,
        hold_back_key: world.hold_back.0,
        seed_key: world.seeds.0,
        nonce,
        salt,
        candidates: world.candidates.clone(),
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
    let in_copy = |borrower, _| borrower == leaker;
    let matched = Matched { people: &people, in_audience: &|_, _| true, in_copy: &in_copy };
    let addresses = rows.iter().flat_map(|row| row.emails.iter().map(String::as_str));
    let case = hustings_trace::Case::gather(world.keys(), &world.candidates, matched, addresses);
    let ours = accuse(&case, 1e-6).unwrap();

    let carried = serde_json::to_string(&opening).unwrap();
    let theirs = rerun(&serde_json::from_str(&carried).unwrap(), &commitments, &rows).unwrap();
    assert_eq!(ours, theirs);
    let accused: Vec<_> = theirs.accused().map(|suspect| suspect.borrower).collect();
    assert_eq!(accused, [leaker]);
    assert_eq!((theirs.ranked[0].in_copy, theirs.ranked[0].held_back_seen), (600, 0));
    assert!(Report::new(&theirs, |id| id.to_string()).text().contains(&leaker.to_string()));
    assert!(!carried.contains("mail.example"), "an opening carries no address");
}

#[test]
fn other_keys_than_the_committed_are_refused() {
    let (_, file, opening, commitments) = scene();
    let rows = read_leak(file.as_bytes()).unwrap();
    let forged = Opening { hold_back_key: [1; 32], ..opening.clone() };
    assert_eq!(rerun(&forged, &commitments, &rows), Err(RerunError::Commitment("hold-back")));
    let forged = Opening { seed_key: [1; 32], ..opening.clone() };
    assert_eq!(rerun(&forged, &commitments, &rows), Err(RerunError::Commitment("seed")));
    let mut forged = opening.clone();
    forged.people[1].contacts = forged.people[0].contacts.clone();
    assert_eq!(rerun(&forged, &commitments, &rows), Err(RerunError::SharedContact));
}

#[test]
fn people_who_are_not_in_the_leak_do_not_count() {
    let (_, file, opening, commitments) = scene();
    let short = file.lines().take(101).collect::<Vec<_>>().join("\n");
    let verdict = rerun(&opening, &commitments, &read_leak(short.as_bytes()).unwrap()).unwrap();
    assert!(verdict.ranked.iter().all(|suspect| suspect.rows_counted == 100));
}
