//! Forgetting somebody: nothing opens, nothing is found, the borrower is told, and the stop stays.

use crate::world::World;
use hustings_app::people::consent::stop_everything;
use hustings_app::people::erase::{erase, finish_shreds, forget_me};
use hustings_app::people::import::RejectReason;
use hustings_app::people::open_identity;
use hustings_app::{Kind, Refusal};
use hustings_domain::access::Actor;
use hustings_domain::canonical::ContentHash;
use hustings_domain::consent::{SuppressionReason, SuppressionScope};
use hustings_domain::copy::CopyRecord;
use hustings_domain::ids::{BorrowerId, CopyNumber, LoanId};
use hustings_store::records::CopyRow;

const PEOPLE: &str =
    "email,phone,email_opt_in,issues\nann@example.org,8025550101,yes,housing\nbob@example.org,,yes,\n";

fn copy_with(world: &World, ordinal: hustings_domain::ids::Ordinal) -> BorrowerId {
    let (now, mut rng) = (world.app.now(), world.app.rng("test"));
    let borrower = BorrowerId::new(now, &mut *rng);
    let copy = CopyRecord {
        number: CopyNumber(1),
        loan: LoanId::new(now, &mut *rng),
        borrower,
        people: 1,
        seeds: 0,
        fields: vec!["email".parse().unwrap()],
        file_hash: ContentHash([0; 32]),
        made: now,
        expires: now,
    };
    let row =
        CopyRow { reference: "C-1-0001".to_owned(), ordinal: Some(ordinal), fields: copy.fields.clone() };
    world.app.store().write(|tx| Ok::<_, Refusal>(tx.add_copy(&copy, &[row], b"sealed")?)).unwrap();
    borrower
}

#[test]
fn nothing_is_left_but_the_stop_and_the_borrowers_duty() {
    let world = World::new();
    world.import("people.csv", PEOPLE);
    let ann = world.page("ann@example.org").unwrap();
    let borrower = copy_with(&world, ann.ordinal);
    assert_eq!(world.count("issue has \"housing\""), 1);
    let erased = erase(&world.app, &Actor::operator(), ann.id).unwrap();
    assert_eq!((erased.notices, erased.copies, erased.key_backup_days), (1, vec![CopyNumber(1)], 30));
    assert!(world.page("ann@example.org").is_none() && world.page("8025550101").is_none());
    assert_eq!(world.count("issue has \"housing\""), 0);
    assert!(open_identity(&world.app, ann.ordinal).unwrap().is_none());
    assert!(world.app.store().keys().get(ann.ordinal).unwrap().is_none());
    world
        .app
        .store()
        .read(|tx| {
            let notices = tx.erasure_notices(Some(borrower))?;
            assert_eq!((notices.len(), notices[0].reference.as_str()), (1, "C-1-0001"));
            assert!(tx.copy_file(CopyNumber(1))?.is_none() && tx.shreds()?.is_empty());
            let stops = tx.every_stop()?;
            assert!(
                stops.len() == 2
                    && stops
                        .iter()
                        .all(|stop| stop.1 == SuppressionScope::Everything
                            && stop.2 == SuppressionReason::Erased)
            );
            let last = tx.ledger_size()? - 1;
            let entry = String::from_utf8(tx.ledger_entry(last)?.unwrap()).unwrap();
            assert!(entry.contains("supporter.erased") && !entry.contains(&ann.id.to_string()), "{entry}");
            Ok::<_, Refusal>(())
        })
        .unwrap();
    let refusal = erase(&world.app, &Actor::operator(), ann.id).unwrap_err();
    assert_eq!((refusal.code, refusal.kind), ("supporter.gone", Kind::NotFound));
    let report = world.import("people.csv", PEOPLE);
    assert_eq!(
        (report.new, report.unchanged, report.rejects.get(&RejectReason::Forgotten)),
        (0, 1, Some(&1))
    );
    let rejects = std::fs::read_to_string(report.rejects_file.unwrap()).unwrap();
    assert!(!rejects.contains("ann@") && world.page("ann@example.org").is_none(), "no file brings her back");
}

#[test]
fn whoever_stopped_before_they_were_forgotten_stays_forgotten() {
    let world = World::new();
    world.import("people.csv", "email,phone,name\n,8025550109,Cat Poe\nann@example.org,,Ann\n");
    for address in ["ann@example.org", "8025550109"] {
        let ordinal = world.page(address).unwrap().ordinal;
        stop_everything(&world.app, ordinal, SuppressionReason::Unsubscribed).unwrap();
        forget_me(&world.app, ordinal).unwrap();
    }
    let report = world.import(
        "again.csv",
        "email,phone,name\n,8025550109,Cat Poe\nann@example.org,,Ann\nbob@example.org,8025550109,Bob\n",
    );
    assert_eq!((report.rejects.get(&RejectReason::Forgotten), report.new), (Some(&2), 1));
}

#[test]
fn a_key_whose_destruction_was_interrupted_is_destroyed_at_the_next_opening() {
    let world = World::new();
    world.import("people.csv", PEOPLE);
    let ann = world.page("ann@example.org").unwrap().ordinal;
    let store = world.app.store();
    store
        .write(|tx| {
            tx.remove_supporter(ann)?;
            tx.add_shred(ann)?;
            Ok::<_, Refusal>(())
        })
        .unwrap();
    assert!(store.keys().get(ann).unwrap().is_some());
    let world = world.reopen();
    assert!(world.app.store().keys().get(ann).unwrap().is_none());
    assert_eq!(finish_shreds(world.app.store()).unwrap(), 0);
    assert_eq!(world.people(), 1);
}

#[test]
fn a_person_can_be_forgotten_even_when_the_key_is_lost() {
    let world = World::new();
    world.import("people.csv", PEOPLE);
    let ann = world.page("ann@example.org").unwrap().ordinal;
    world.app.store().keys().destroy(ann).unwrap();
    assert_eq!(open_identity(&world.app, ann).unwrap_err().kind, Kind::Internal);
    forget_me(&world.app, ann).unwrap();
    assert_eq!(world.people(), 1);
    let report = world.import("people.csv", PEOPLE);
    assert_eq!(report.rejects.get(&RejectReason::Forgotten), Some(&1));
}

#[test]
fn a_reader_in_the_way_of_a_key_delays_its_end_and_hides_nothing() {
    let world = World::new();
    world.import("people.csv", PEOPLE);
    let ann = world.page("ann@example.org").unwrap().ordinal;
    // Another process is in the middle of reading the keys.
    let beside = hustings_store::conformance::damage::Reading::begin(world.app.folder(), "keys.db");
    forget_me(&world.app, ann).unwrap();
    let store = world.app.store();
    assert_eq!(store.read(|tx| Ok::<_, Refusal>(tx.shreds()?)).unwrap(), [ann], "noted until it is done");
    assert!(store.keys().get(ann).unwrap().is_none() && world.page("ann@example.org").is_none());
    drop(beside);
    assert_eq!(finish_shreds(store).unwrap(), 1);
    assert!(store.read(|tx| Ok::<_, Refusal>(tx.shreds()?)).unwrap().is_empty());
}
