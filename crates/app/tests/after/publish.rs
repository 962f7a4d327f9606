//! The published ledger verifies with the public key alone, continues, gives receipts, and shows every change.

use super::world::{World, steward};
use hustings_app::Kind;
use hustings_app::after::{publish_ledger, receipt, verifier_key};
use hustings_domain::access::{Actor, Role};
use hustings_ledger::{VerifierKey, verify_dir, verify_receipt};
use std::path::{Path, PathBuf};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[test]
fn it_verifies_continues_and_one_flipped_byte_is_found() {
    let world = World::with_people(10);
    let folder = world.folder.path().join("list/ledger");
    let earlier = publish_ledger(&world.app, &steward()).unwrap();
    world.borrower("Jo Alvarez");
    let checkpoint = publish_ledger(&world.app, &steward()).unwrap();
    assert_eq!(publish_ledger(&world.app, &steward()).unwrap(), checkpoint, "again does no harm");
    assert_eq!(checkpoint.origin, "forward.example/hustings");
    let key: VerifierKey =
        std::fs::read_to_string(folder.join("verifier.key")).unwrap().trim().parse().unwrap();
    assert_eq!(key, verifier_key(&world.app).unwrap());
    let report = verify_dir(&folder, &key, Some(&earlier)).unwrap();
    assert_eq!((report.checkpoint, report.continues), (checkpoint.clone(), Some(earlier.size)));
    assert_eq!(usize::try_from(checkpoint.size).unwrap(), world.entries().len());
    let mut flipped = 0;
    for file in files(&folder).into_iter().filter(|file| !file.ends_with("verifier.key")) {
        let good = std::fs::read(&file).unwrap();
        for at in (0..good.len()).step_by(7) {
            let mut bad = good.clone();
            bad[at] ^= 1;
            std::fs::write(&file, &bad).unwrap();
            assert!(verify_dir(&folder, &key, None).is_err(), "{} byte {at}", file.display());
            flipped += 1;
        }
        std::fs::write(&file, &good).unwrap();
    }
    assert!(flipped > 100 && verify_dir(&folder, &key, None).is_ok());
}

#[test]
fn a_receipt_proves_an_entry_and_no_other() {
    let world = World::with_people(10);
    world.borrower("Jo Alvarez");
    assert_eq!(receipt(&world.app, 0).unwrap_err().code, "ledger.not-published");
    let checkpoint = publish_ledger(&world.app, &steward()).unwrap();
    let key = verifier_key(&world.app).unwrap();
    let entries = world.entries();
    for (index, entry) in (0..).zip(&entries) {
        let text = receipt(&world.app, index).unwrap();
        assert_eq!(verify_receipt(&text, entry, &key).unwrap(), (index, checkpoint.clone()));
        assert!(verify_receipt(&text, b"{}", &key).is_err());
    }
    assert_eq!(receipt(&world.app, 999).unwrap_err().code, "ledger.no-entry");
    world.borrower("Kim Doe");
    assert_eq!(receipt(&world.app, checkpoint.size).unwrap_err().code, "ledger.not-published");
}

#[test]
fn not_everybody_publishes() {
    let world = World::new();
    for role in [Role::Trustee, Role::Treasurer, Role::Borrower] {
        let actor = Actor { user: None, roles: vec![role], wing: None, borrower: None, through: None };
        assert_eq!(publish_ledger(&world.app, &actor).unwrap_err().kind, Kind::Denied);
    }
}

#[test]
fn the_dashboard_counts_what_is_there() {
    let world = World::with_people(30);
    let borrower = world.borrower("Jo Alvarez");
    let loan = world.sent_loan(&borrower, 0..30);
    world.everybody_says_yes(&loan, 4, &["email"]);
    world.copy(loan.number);
    let home = hustings_app::after::dashboard(&world.app, &steward()).unwrap();
    assert_eq!((home.supporters, home.copies, home.suppressions), (30, 1, 0));
    assert_eq!(home.people_addressed, u64::try_from(world.planned(&loan).len()).unwrap());
    let sent = home.loans.iter().find(|(state, _)| *state == hustings_domain::loan::LoanState::Sent).unwrap();
    assert_eq!((sent.1, home.waiting_for_votes.len()), (1, 0));
    assert_eq!(usize::try_from(home.ledger_entries).unwrap(), world.entries().len());
}
