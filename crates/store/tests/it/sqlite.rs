//! What is particular to SQLite in a folder: the files, the lock, crashes, versions, and bytes left behind.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use hustings_domain::ids::{Ordinal, SupporterId};
use hustings_store::records::SupporterRecord;
use hustings_store::sqlite::Sqlite;
use hustings_store::{Store, StoreError, StoreResult, Tx};
use hustings_vault::blind::{BlindColumn, BlindIndex, SuppressionHash};
use hustings_vault::vault::WrappedKey;
use std::path::Path;

fn key(seed: u8) -> WrappedKey {
    let mut bytes = [seed; 60];
    bytes.iter_mut().zip(0_u8..).for_each(|(byte, place)| *byte = byte.wrapping_mul(31).wrapping_add(place));
    WrappedKey { epoch: 1, bytes }
}

fn meta(store: &Store, name: &str) -> Option<String> {
    store.read(|tx| tx.meta(name)).unwrap()
}

fn set(store: &Store, name: &str, value: &str) -> StoreResult<()> {
    store.write(|tx| tx.set_meta(name, value))
}

/// Whether the bytes stand in any file of the folder.
fn is_on_disk(folder: &Path, wanted: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|file| {
        let bytes = std::fs::read(file.unwrap().path()).unwrap_or_default();
        bytes.windows(wanted.len()).any(|window| window == wanted)
    })
}

#[test]
fn a_list_is_made_once_and_opened_by_one_process() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list");
    assert!(matches!(Sqlite::open(&list), Err(StoreError::NotThere(_))));
    let store = Sqlite::create(&list).unwrap();
    assert!(matches!(Sqlite::create(&list), Err(StoreError::InUse(_))));
    assert!(matches!(Sqlite::open(&list), Err(StoreError::InUse(place)) if place == list));
    assert_eq!(meta(&store, "epoch").as_deref(), Some("1"));
    drop(store);
    assert!(matches!(Sqlite::create(&list), Err(StoreError::AlreadyThere(_))));
    let store = Sqlite::open(&list).unwrap();
    assert_eq!(meta(&store, "epoch").as_deref(), Some("2"));
}

#[test]
fn another_process_reads_beside_the_writer_and_may_not_write() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::create(folder.path()).unwrap();
    store.keys().put_many(&[(Ordinal(0), key(1))]).unwrap();
    let beside = Sqlite::open_reading(folder.path()).unwrap();
    set(&store, "colour", "green").unwrap();
    assert_eq!(meta(&beside, "colour").as_deref(), Some("green"));
    assert_eq!(beside.keys().get(Ordinal(0)).unwrap(), Some(key(1)));
    assert!(matches!(set(&beside, "colour", "red"), Err(StoreError::InUse(place)) if place == folder.path()));
    assert!(matches!(beside.keys().destroy(Ordinal(0)), Err(StoreError::InUse(_))));
    let write_in_a_read = store.read(|tx| tx.set_meta("colour", "red"));
    assert!(write_in_a_read.is_err());
    assert_eq!(meta(&store, "colour").as_deref(), Some("green"));
    assert_eq!(meta(&beside, "epoch").as_deref(), Some("1"), "reading is not an opening for writing");
}

#[test]
fn what_was_not_committed_is_gone_after_a_crash_and_what_was_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let (list, after) = (folder.path().join("list"), folder.path().join("after"));
    let store = Sqlite::create(&list).unwrap();
    set(&store, "colour", "green").unwrap();
    // What another machine would find on the disk if the power went in the middle of the next transaction.
    let cut: StoreResult<()> = store.write(|tx| {
        tx.set_meta("colour", "red")?;
        std::fs::create_dir(&after).unwrap();
        for name in ["hustings.db", "hustings.db-wal", "keys.db", "keys.db-wal"] {
            std::fs::copy(list.join(name), after.join(name)).unwrap();
        }
        Ok(())
    });
    cut.unwrap();
    assert_eq!(meta(&store, "colour").as_deref(), Some("red"));
    let found = Sqlite::open(&after).unwrap();
    assert_eq!(meta(&found, "colour").as_deref(), Some("green"));
    assert_eq!(meta(&found, "epoch").as_deref(), Some("2"));
    drop(found);
    assert_eq!(Sqlite::verify(&after).unwrap(), Vec::<String>::new());
}

#[test]
fn a_destroyed_key_is_in_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::create(folder.path()).unwrap();
    let many: Vec<_> =
        (0..1_000_u32).map(|ordinal| (Ordinal(ordinal), key(u8::try_from(ordinal % 251).unwrap()))).collect();
    store.keys().put_many(&many).unwrap();
    let lost =
        WrappedKey { epoch: 3, bytes: *b"the wrapped key of somebody who has asked to be forgotten..." };
    let swept =
        WrappedKey { epoch: 3, bytes: *b"the wrapped key of somebody whose record was never committed" };
    store.keys().put_many(&[(Ordinal(1_000), lost), (Ordinal(1_001), swept)]).unwrap();
    assert!(is_on_disk(folder.path(), &lost.bytes) && is_on_disk(folder.path(), &swept.bytes));
    store.keys().destroy(Ordinal(1_000)).unwrap();
    assert!(!is_on_disk(folder.path(), &lost.bytes), "destroyed");
    assert!(is_on_disk(folder.path(), &swept.bytes));
    assert_eq!(store.keys().sweep(Ordinal(1_001)).unwrap(), 1);
    assert!(!is_on_disk(folder.path(), &swept.bytes), "swept");
    assert!(is_on_disk(folder.path(), &key(7).bytes), "the others stay");
    store.keys().set_header("the header before the epoch was retired").unwrap();
    store.keys().set_header("the header afterwards, of another length").unwrap();
    assert!(!is_on_disk(folder.path(), b"before the epoch was retired"));
}

#[test]
fn what_is_not_a_list_is_damage_and_not_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    drop(Sqlite::create(folder.path()).unwrap());
    let main = folder.path().join("hustings.db");
    let whole = std::fs::read(&main).unwrap();
    std::fs::write(&main, b"dear diary, ".repeat(1_000)).unwrap();
    assert!(matches!(Sqlite::open(folder.path()), Err(StoreError::Damaged(_))));
    assert!(matches!(Sqlite::open_reading(folder.path()), Err(StoreError::Damaged(_))));
    assert_eq!(Sqlite::verify(folder.path()).unwrap(), ["`hustings.db` is not a database"]);
    std::fs::write(&main, b"").unwrap();
    assert!(matches!(Sqlite::open(folder.path()), Err(StoreError::Damaged(_))));
    std::fs::write(&main, &whole).unwrap();
    std::fs::rename(folder.path().join("keys.db"), folder.path().join("elsewhere")).unwrap();
    assert!(matches!(Sqlite::open(folder.path()), Err(StoreError::Damaged(why)) if why.contains("keys.db")));
    std::fs::rename(folder.path().join("elsewhere"), folder.path().join("keys.db")).unwrap();
    assert_eq!(Sqlite::verify(folder.path()).unwrap(), Vec::<String>::new());
    Sqlite::open(folder.path()).unwrap();
}

#[test]
fn keys_without_their_list_are_never_made_over() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::create(folder.path()).unwrap();
    store.keys().put_many(&[(Ordinal(0), key(1))]).unwrap();
    drop(store);
    std::fs::remove_file(folder.path().join("hustings.db")).unwrap();
    assert!(matches!(Sqlite::create(folder.path()), Err(StoreError::AlreadyThere(_))));
}

#[test]
fn a_backup_is_a_list() {
    let folder = tempfile::tempdir().unwrap();
    let (list, copy) = (folder.path().join("list"), folder.path().join("copy"));
    let store = Sqlite::create(&list).unwrap();
    set(&store, "colour", "green").unwrap();
    store.keys().put_many(&[(Ordinal(0), key(1))]).unwrap();
    std::fs::create_dir(&copy).unwrap();
    store.back_up(&copy.join("hustings.db")).unwrap();
    store.keys().back_up(&copy.join("keys.db")).unwrap();
    set(&store, "colour", "red").unwrap();
    assert_eq!(Sqlite::verify(&copy).unwrap(), Vec::<String>::new());
    let restored = Sqlite::open(&copy).unwrap();
    assert_eq!(meta(&restored, "colour").as_deref(), Some("green"));
    assert_eq!(restored.keys().get(Ordinal(0)).unwrap(), Some(key(1)));
}

#[cfg(unix)]
#[test]
fn nobody_else_on_the_machine_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::create(folder.path()).unwrap();
    set(&store, "colour", "green").unwrap();
    for name in ["hustings.db", "hustings.db-wal", "keys.db", "keys.db-wal"] {
        let mode = std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
}

#[test]
fn a_copy_is_looked_into_without_a_trace() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("a copy? 100% #1.db");
    let store = Sqlite::create(&folder.path().join("list")).unwrap();
    set(&store, "colour", "green").unwrap();
    store.back_up(&copy).unwrap();
    let before = std::fs::read(&copy).unwrap();
    let seen = Sqlite::peek(&copy, |tx| tx.meta("colour")).unwrap();
    assert_eq!(seen.as_deref(), Some("green"));
    assert!(Sqlite::peek(&copy, |tx| tx.set_meta("colour", "red")).is_err());
    assert_eq!(std::fs::read(&copy).unwrap(), before);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "the list and the copy");
    assert!(matches!(
        Sqlite::peek(&folder.path().join("none"), |tx| tx.meta("a")),
        Err(StoreError::NotThere(_))
    ));
}

#[test]
fn what_a_removed_person_was_found_by_is_in_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::create(folder.path()).unwrap();
    let (mail_key, email, second) = (*b"key for the mail", *b"first e-mail ...", *b"second e-mail...");
    let record = |ordinal: u32, mail_key: [u8; 16]| SupporterRecord {
        ordinal: Ordinal(ordinal),
        id: SupporterId(uuid::Uuid::from_u128(u128::from(ordinal))),
        joined: "2026-03-01T00:00:00Z".parse().unwrap(),
        sealed: format!("the sealed identity of person {ordinal}").into_bytes(),
        version: 1,
        mail_key: Some(SuppressionHash(mail_key)),
    };
    let add = |tx: &mut dyn Tx| {
        tx.insert_supporters(&[record(0, *b"someone else's k"), record(1, mail_key)])?;
        tx.insert_blind(
            BlindColumn::Email,
            &[(BlindIndex(email), Ordinal(1)), (BlindIndex(second), Ordinal(1))],
        )
    };
    store.write(add).unwrap();
    drop(store);
    let gone: [&[u8]; 4] = [&mail_key, &email, &second, b"identity of person 1"];
    assert!(gone.iter().all(|bytes| is_on_disk(folder.path(), bytes)));
    let store = Sqlite::open(folder.path()).unwrap();
    store.write(|tx| tx.remove_supporter(Ordinal(1))).unwrap();
    drop(store);
    assert!(!gone.iter().any(|bytes| is_on_disk(folder.path(), bytes)));
    assert!(is_on_disk(folder.path(), b"someone else's k"), "the others stay");
}
