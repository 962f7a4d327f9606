//! People who wait for the tree are found like everybody else, by whoever may see them, and only by them.

use crate::error::{StoreError, StoreResult};
use crate::handle::Store;
use crate::records::SupporterRecord;
use crate::sqlite::{MAIN, Sqlite, files};
use crate::traits::Tx;
use hustings_domain::canonical::sha256;
use hustings_domain::ids::{Ordinal, SupporterId};
use hustings_vault::blind::{BlindColumn, BlindIndex};
use jiff::Timestamp;
use proptest::prelude::*;
use std::collections::HashMap;
use std::path::Path;
use uuid::Uuid;

fn email(number: u32) -> BlindIndex {
    BlindIndex(sha256(&number.to_le_bytes())[..16].try_into().unwrap())
}

fn record(ordinal: u32) -> SupporterRecord {
    SupporterRecord {
        ordinal: Ordinal(ordinal),
        id: SupporterId(Uuid::from_u128(u128::from(ordinal) + 1)),
        joined: Timestamp::UNIX_EPOCH,
        sealed: vec![1; 40],
        version: 1,
        mail_key: None,
    }
}

fn add(tx: &mut dyn Tx, first: u32, count: u32) -> StoreResult<()> {
    let records: Vec<_> = (first..first + count).map(record).collect();
    tx.insert_supporters(&records)?;
    let rows: Vec<_> = (first..first + count).map(|n| (email(n), Ordinal(n))).collect();
    tx.insert_blind(BlindColumn::Email, &rows)
}

fn find(store: &Store, number: u32) -> Option<Ordinal> {
    store.read(|tx| tx.find_blind(BlindColumn::Email, &[email(number)])).unwrap().pop().unwrap()
}

/// How many stand in the tree, and how many wait.
fn counts(folder: &Path) -> (u32, usize) {
    let connection = files::open(folder, &MAIN, files::Use::Reading).unwrap();
    let tree = connection.query_row("SELECT count(*) FROM blind", (), |row| row.get(0)).unwrap();
    (tree, super::Recent::waiting(&connection).unwrap().len())
}

#[test]
fn many_wait_and_are_found_and_then_stand_in_the_tree() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::create(folder.path()).unwrap();
    store.write(|tx| add(tx, 0, 10)).unwrap();
    assert_eq!(counts(folder.path()), (10, 0), "few go into the tree at once");
    store.write(|tx| add(tx, 10, 1000)).unwrap();
    store.write(|tx| add(tx, 1010, 1000)).unwrap();
    assert_eq!(counts(folder.path()), (10, 2000));
    let beside = Sqlite::open_reading(folder.path()).unwrap();
    for number in [0, 9, 10, 500, 1010, 2009] {
        assert_eq!(find(&store, number), Some(Ordinal(number)));
        assert_eq!(find(&beside, number), Some(Ordinal(number)));
    }
    assert_eq!(find(&store, 2010), None);
    // Whoever comes alone meanwhile, and one who is found by two addresses.
    store.write(|tx| add(tx, 2010, 1)).unwrap();
    store.write(|tx| tx.insert_blind(BlindColumn::Email, &[(email(90_000), Ordinal(500))])).unwrap();
    let refused = store.write(|tx| tx.insert_blind(BlindColumn::Email, &[(email(700), Ordinal(2010))]));
    assert!(matches!(refused, Err(StoreError::Conflict(why)) if why.contains("belongs to supporter 700")));
    store.settle().unwrap();
    assert_eq!(counts(folder.path()), (2012, 0));
    for number in [0, 10, 500, 2009, 2010] {
        assert_eq!(find(&store, number), Some(Ordinal(number)));
        assert_eq!(find(&beside, number), Some(Ordinal(number)));
    }
    assert_eq!(find(&store, 90_000), Some(Ordinal(500)));
    drop((store, beside));
    let problems = Sqlite::verify(folder.path()).unwrap();
    // These people were given no keys.
    assert!(problems.iter().all(|problem| problem.contains("no key")), "{problems:?}");
}

#[test]
fn what_was_rolled_back_or_erased_is_not_found() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::create(folder.path()).unwrap();
    let undone: StoreResult<()> = store.write(|tx| {
        add(tx, 0, 1000)?;
        Err(StoreError::Engine("on purpose".to_owned()))
    });
    assert!(undone.is_err());
    assert_eq!(find(&store, 3), None);
    // The same positions, other people.
    store
        .write(|tx| {
            tx.insert_supporters(&(0..1000).map(record).collect::<Vec<_>>())?;
            let rows: Vec<_> = (0..1000).map(|n| (email(n + 5000), Ordinal(n))).collect();
            tx.insert_blind(BlindColumn::Email, &rows)
        })
        .unwrap();
    assert_eq!((find(&store, 3), find(&store, 5003)), (None, Some(Ordinal(3))));
    store.write(|tx| tx.remove_supporter(Ordinal(3))).unwrap();
    assert_eq!(find(&store, 5003), None);
    store.settle().unwrap();
    assert_eq!((find(&store, 5003), find(&store, 5004)), (None, Some(Ordinal(4))));
    assert_eq!(counts(folder.path()), (999, 0));
}

#[test]
fn whoever_waits_when_it_ends_is_put_in_place_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::create(folder.path()).unwrap();
    store.write(|tx| add(tx, 0, 3000)).unwrap();
    drop(store);
    assert_eq!(counts(folder.path()), (0, 3000));
    let problems = Sqlite::verify(folder.path()).unwrap();
    assert!(problems.iter().all(|problem| problem.contains("no key")), "{problems:?}");
    let copy = tempfile::tempdir().unwrap();
    let store = Sqlite::open(folder.path()).unwrap();
    assert_eq!(counts(folder.path()), (3000, 0));
    store.write(|tx| add(tx, 3000, 500)).unwrap();
    store.back_up(&copy.path().join("copy.db")).unwrap();
    let found = Sqlite::peek(&copy.path().join("copy.db"), |tx| {
        tx.find_blind(BlindColumn::Email, &[email(7), email(3400), email(3500)])
    });
    assert_eq!(found.unwrap(), [Some(Ordinal(7)), Some(Ordinal(3400)), None]);
}

#[test]
fn a_long_read_goes_on_seeing_what_it_saw() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::create(folder.path()).unwrap();
    store.write(|tx| add(tx, 0, 1000)).unwrap();
    store
        .read(|tx| {
            assert_eq!(tx.next_ordinal()?, Ordinal(1000));
            std::thread::scope(|scope| scope.spawn(|| store.settle().unwrap()).join().unwrap());
            let found = tx.find_blind(BlindColumn::Email, &[email(1), email(2000)])?;
            assert_eq!(found, [Some(Ordinal(1)), None]);
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn it_answers_as_a_map_does(steps in prop::collection::vec((0_u8..6, 1_u32..700), 1..14)) {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Sqlite::create(folder.path()).unwrap();
        let mut wanted: HashMap<u32, Ordinal> = HashMap::new();
        let mut next = 0;
        for (what, number) in steps {
            match what {
                0..=2 => {
                    store.write(|tx| add(tx, next, number)).unwrap();
                    wanted.extend((next..next + number).map(|n| (n, Ordinal(n))));
                    next += number;
                }
                3 if next > 0 => {
                    let gone = number % next;
                    store.write(|tx| tx.remove_supporter(Ordinal(gone))).unwrap();
                    wanted.retain(|_, ordinal| ordinal.0 != gone);
                }
                4 => store.settle().unwrap(),
                _ => {
                    drop(store);
                    store = Sqlite::open(folder.path()).unwrap();
                }
            }
            let asked: Vec<_> = (0..next + 5).map(email).collect();
            let answers = store.read(|tx| tx.find_blind(BlindColumn::Email, &asked)).unwrap();
            for (number, found) in (0..).zip(answers) {
                prop_assert_eq!(found, wanted.get(&number).copied());
            }
        }
    }
}
