//! Writers who share a commit, with the order of their coming in the test's hands.

use super::super::Sqlite;
use super::super::tests::{cramped, supporter};
use crate::error::StoreError;
use crate::handle::Store;
use hustings_domain::ids::Ordinal;
use hustings_vault::vault::WrappedKey;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::channel;

/// Waits until so many are in the queue.
fn queued(sqlite: &Sqlite, writers: usize) {
    while sqlite.writer.as_ref().unwrap().waiting.load(Ordering::SeqCst) < writers {
        std::thread::yield_now();
    }
}

fn list(folder: &std::path::Path) -> (Arc<Sqlite>, Store) {
    drop(Sqlite::create(folder).unwrap());
    let sqlite = Arc::new(Sqlite::open_alone(folder).unwrap());
    (Arc::clone(&sqlite), Store::new(sqlite))
}

fn key(number: u8) -> WrappedKey {
    WrappedKey { epoch: 1, bytes: [number; 60] }
}

#[test]
fn whoever_waits_joins_and_nobody_is_told_before_the_commit() {
    let folder = tempfile::tempdir().unwrap();
    let (sqlite, store) = list(folder.path());
    let (told, hear) = channel();
    std::thread::scope(|threads| {
        let (begun, has_begun) = channel();
        let (go, may_go) = channel::<()>();
        let first = told.clone();
        let store = &store;
        threads.spawn(move || {
            let done: Result<(), StoreError> = store.write(|tx| {
                begun.send(()).unwrap();
                may_go.recv().unwrap();
                tx.set_meta("first", "kept")?;
                tx.insert_supporters(&[supporter(0)])?;
                tx.keep_keys(&[(Ordinal(0), key(1))])
            });
            first.send(("first", done)).unwrap();
        });
        has_begun.recv().unwrap();
        let second = told.clone();
        let hear = &hear;
        threads.spawn(move || {
            let done: Result<(), StoreError> = store.write(|tx| {
                assert_eq!(tx.meta("first")?.as_deref(), Some("kept"), "it writes after the first");
                assert_eq!(store.read(|tx| tx.meta("first"))?, None, "which is not committed");
                assert_eq!(store.keys().get(Ordinal(0))?, Some(key(1)), "but whose keys are found");
                tx.set_meta("second", "kept")
            });
            second.send(("second", done)).unwrap();
        });
        queued(&sqlite, 1);
        let third = told.clone();
        threads.spawn(move || {
            let panicked = catch_unwind(AssertUnwindSafe(|| {
                store.write(|tx| {
                    tx.set_meta("first", "lost")?;
                    std::panic::resume_unwind(Box::new("on purpose"));
                    #[expect(unreachable_code, reason = "it names the type of the result")]
                    Ok::<(), StoreError>(())
                })
            }));
            third.send(("third", panicked.map(drop).map_err(|_| StoreError::DiskFull))).unwrap();
        });
        queued(&sqlite, 2);
        assert!(hear.try_recv().is_err());
        go.send(()).unwrap();
    });
    drop(told);
    let mut heard: Vec<(&str, bool)> = hear.iter().map(|(who, done)| (who, done.is_ok())).collect();
    heard.sort_unstable();
    assert_eq!(heard, [("first", true), ("second", true), ("third", false)]);
    let kept = store.read(|tx| Ok::<_, StoreError>((tx.meta("first")?, tx.meta("second")?))).unwrap();
    assert_eq!(kept, (Some("kept".to_owned()), Some("kept".to_owned())));
    assert_eq!(store.keys().count().unwrap(), 1);
}

#[test]
fn on_a_full_disk_everybody_in_the_group_hears_what_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = cramped(folder.path(), 200);
    let store = Store::new(Arc::clone(&sqlite) as Arc<dyn crate::handle::Backend>);
    let (told, hear) = channel();
    std::thread::scope(|threads| {
        let (begun, has_begun) = channel();
        let (go, may_go) = channel::<()>();
        let (store, small) = (&store, told.clone());
        threads.spawn(move || {
            let done: Result<(), StoreError> = store.write(|tx| {
                begun.send(()).unwrap();
                may_go.recv().unwrap();
                tx.insert_supporters(&[supporter(0)])?;
                tx.keep_keys(&[(Ordinal(0), key(1))])
            });
            small.send(("small", done)).unwrap();
        });
        has_begun.recv().unwrap();
        let large = told.clone();
        threads.spawn(move || {
            let done: Result<(), StoreError> = store.write(|tx| {
                let next = tx.next_ordinal()?.0;
                tx.insert_supporters(&(next..next + 1_000).map(supporter).collect::<Vec<_>>())
            });
            large.send(("large", done)).unwrap();
        });
        queued(&sqlite, 1);
        go.send(()).unwrap();
    });
    drop(told);
    let heard: Vec<(&str, Result<(), StoreError>)> = hear.iter().collect();
    let of = |who: &str| heard.iter().find(|heard| heard.0 == who).unwrap().1.clone();
    assert!(matches!(of("large"), Err(StoreError::DiskFull)), "{:?}", of("large"));
    let kept = store.read(|tx| tx.supporter_count()).unwrap();
    assert_eq!(kept, u64::from(of("small").is_ok()), "{:?}", of("small"));
    assert_eq!(store.keys().count().unwrap(), kept);
    // And the store goes on: the position is free, or taken, and its key with it.
    let next = u32::try_from(kept).unwrap();
    store
        .write(|tx| {
            tx.insert_supporters(&[supporter(next)])?;
            tx.keep_keys(&[(Ordinal(next), key(2))])
        })
        .unwrap();
    assert_eq!(store.keys().count().unwrap(), kept + 1);
}
