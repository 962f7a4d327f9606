//! What only the inside can show: a full disk, a later migration, statements that must not scan.

use super::files::{self, KEYS, MAIN, Use};
use super::sql::Sql;
use super::{Sqlite, bring_up_to_date};
use crate::error::StoreError;
use crate::handle::Store;
use crate::records::{SupporterRecord, TokenPurpose};
use hustings_domain::duty::DutyKind;
use hustings_domain::ids::{Ordinal, SupporterId};
use rusqlite::Connection;
use std::path::Path;
use std::sync::{Arc, Mutex};
use uuid::Uuid;

pub(super) fn supporter(ordinal: u32) -> SupporterRecord {
    SupporterRecord {
        ordinal: Ordinal(ordinal),
        id: SupporterId(Uuid::from_u128(u128::from(ordinal))),
        joined: "2026-03-01T00:00:00Z".parse().unwrap(),
        sealed: vec![7; 2_000],
        version: 1,
        mail_key: None,
    }
}

/// A backend whose main file may not grow beyond so many pages.
pub(super) fn cramped(folder: &Path, pages: u32) -> Arc<Sqlite> {
    drop(Sqlite::create(folder).unwrap());
    let lock = files::lock(folder).unwrap();
    let main = files::open(folder, &MAIN, Use::Writing).unwrap();
    main.query_row(&format!("PRAGMA max_page_count = {pages}"), (), |_| Ok(())).unwrap();
    let keys = files::open(folder, &KEYS, Use::Writing).unwrap();
    let reader = files::open(folder, &KEYS, Use::Reading).unwrap();
    Arc::new(Sqlite {
        folder: folder.to_owned(),
        writer: Some(super::Writer::new(super::Link::new(main))),
        readers: Mutex::new(Vec::new()),
        recent: super::Recent::default(),
        keys: super::Keys::new(folder.to_owned(), Some(keys), reader),
        _lock: Some(lock),
    })
}

#[test]
fn a_full_disk_is_said_and_nothing_is_half_done() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(cramped(folder.path(), 200));
    let add = |first: u32, count: u32| {
        let records: Vec<_> = (first..first + count).map(supporter).collect();
        store.write(|tx| {
            tx.set_meta("added", &count.to_string())?;
            tx.insert_supporters(&records)
        })
    };
    add(0, 10).unwrap();
    assert!(matches!(add(10, 1_000), Err(StoreError::DiskFull)));
    // Whoever passes over the error does not commit what comes after it on its own.
    let records: Vec<_> = (10..1_010).map(supporter).collect();
    let passed_over: Result<(), StoreError> = store.write(|tx| {
        assert!(matches!(tx.insert_supporters(&records), Err(StoreError::DiskFull)));
        assert!(tx.set_meta("added", "nothing").is_err());
        Ok(())
    });
    assert!(passed_over.is_err());
    let kept = store.read(|tx| Ok::<_, StoreError>((tx.supporter_count()?, tx.meta("added")?))).unwrap();
    assert_eq!(kept, (10, Some("10".to_owned())));
    add(10, 5).unwrap();
    drop(store);
    let problems = Sqlite::verify(folder.path()).unwrap();
    assert_eq!(
        problems.len(),
        1,
        "the keys of the people were never put, and nothing else is amiss: {problems:?}"
    );
}

#[test]
fn a_later_version_is_reached_after_a_copy_and_all_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::create(folder.path()).unwrap();
    store.write(|tx| tx.set_meta("colour", "green")).unwrap();
    drop(store);
    let main = files::open(folder.path(), &MAIN, Use::Writing).unwrap();
    let keys = files::open(folder.path(), &KEYS, Use::Writing).unwrap();
    let now = files::newest(MAIN.migrations);
    let later = |step| MAIN.migrations.iter().copied().chain([step]).collect::<Vec<_>>();
    let broken = later("CREATE TABLE later (n INTEGER); CREATE TABLE later (n INTEGER);");
    assert!(bring_up_to_date(folder.path(), &main, &broken, &keys, KEYS.migrations).is_err());
    assert_eq!(files::version(&main).unwrap(), now);
    assert_eq!(main.number("SELECT count(*) FROM sqlite_schema WHERE name = 'later'", ()).unwrap(), 0);
    let sound = later("CREATE TABLE later (n INTEGER);");
    bring_up_to_date(folder.path(), &main, &sound, &keys, KEYS.migrations).unwrap();
    assert_eq!(files::version(&main).unwrap(), now + 1);
    let copy = folder.path().join(format!("before-migration-{now}"));
    let copied = files::open(&copy, &MAIN, Use::Reading).unwrap();
    assert_eq!(files::version(&copied).unwrap(), now);
    assert_eq!(copied.number("SELECT count(*) FROM meta WHERE value = 'green'", ()).unwrap(), 1);
    assert!(copy.join("keys.db").is_file());
    drop((main, keys, copied));
    let newer = |refused: StoreError| match refused {
        StoreError::Newer { found, known } => (found, known) == (now + 1, now),
        _ => false,
    };
    assert!(newer(Sqlite::open(folder.path()).unwrap_err()));
    assert!(newer(Sqlite::open_reading(folder.path()).unwrap_err()));
}

#[test]
fn a_list_from_before_saved_audiences_gets_room_for_them() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::create(folder.path()).unwrap();
    store.write(|tx| tx.set_meta("colour", "green")).unwrap();
    drop(store);
    let main = files::open(folder.path(), &MAIN, Use::Writing).unwrap();
    main.execute_batch("DROP TABLE audience; DROP TABLE audience_retired; PRAGMA user_version = 1").unwrap();
    main.execute_batch(
        "ALTER TABLE duty DROP COLUMN body; ALTER TABLE duty RENAME TO erasure_notice; DROP TABLE outcome;
        DROP INDEX loan_by_borrower; ALTER TABLE loan DROP COLUMN borrower; DROP TABLE asked_act;
        ALTER TABLE user_token DROP COLUMN body; DROP TABLE asking; DROP TABLE trustee_key;
        DROP TABLE pending_statement; DROP TABLE delegation; DROP TABLE charter_proposal",
    )
    .unwrap();
    // Before that, a borrower owed erasures alone, without a due day of their own.
    main.execute_batch(
        "INSERT INTO erasure_notice VALUES (x'00000000000000000000000000000001', x'00000000000000000000000000000002', 3,
        'C-3-0004', 5000000, 6000000)",
    )
    .unwrap();
    // A token of the command line was its hash and its user.
    main.execute_batch(
        "INSERT INTO user_token (hash, user_id, expires) VALUES (unhex(replace(hex(zeroblob(32)), '00', 'a7')),
        zeroblob(16), 9000000000000000)",
    )
    .unwrap();
    // Before that, a code's areas stood in one text.
    main.execute_batch(
        "DROP TABLE calendar_entry; DROP TABLE sharing; DROP TABLE allotment;
        DROP TABLE attribute; DROP TABLE division; DROP TABLE postal_place;
        CREATE TABLE postal_area (code TEXT PRIMARY KEY, areas TEXT NOT NULL) WITHOUT ROWID;
        INSERT INTO postal_area VALUES ('05401', 'ocd-division/country:us/state:vt ocd-division/country:us/state:vt/cd:1');
        INSERT INTO postal_area VALUES ('05999', '')",
    )
    .unwrap();
    drop(main);
    let store = Sqlite::open(folder.path()).unwrap();
    let token = store.read(|tx| tx.token([0xa7; 32], jiff::Timestamp::UNIX_EPOCH)).unwrap().unwrap();
    assert_eq!((token.about.purpose, token.about.bound), (TokenPurpose::CommandLine, None));
    assert_eq!(token.about.id.0.as_bytes(), &[0xa7; 16]);
    let mut places = Vec::new();
    store
        .read(|tx| {
            tx.postal_places(&mut |place, now| {
                places.push((place.country, place.code, place.area.last().to_owned(), now));
            })
        })
        .unwrap();
    let moved = |last: &str| ("us".to_owned(), "05401".to_owned(), last.to_owned(), true);
    assert_eq!(places, [moved("vt"), moved("1")]);
    let kept = store.read(|tx| Ok::<_, StoreError>((tx.audiences()?, tx.meta("colour")?))).unwrap();
    assert_eq!(kept, (Vec::new(), Some("green".to_owned())));
    let owed = store.read(|tx| tx.duties(None)).unwrap().remove(0);
    assert_eq!((owed.kind, owed.reference.as_deref()), (DutyKind::Erasure, Some("C-3-0004")));
    assert_eq!(owed.due.duration_since(owed.told).as_hours(), 14 * 24);
    assert_eq!(owed.acknowledged.unwrap().at.as_microsecond(), 6_000_000);
    assert!(folder.path().join("before-migration-1").join(MAIN.name).is_file());
}

fn plan(connection: &Connection, sql: &str) -> String {
    let count = connection.prepare(sql).unwrap().parameter_count();
    let params = rusqlite::params_from_iter((0..count).map(|_| 1));
    let lines =
        connection.all(&format!("EXPLAIN QUERY PLAN {sql}"), params, |row| Ok(row.get::<_, String>(3)?));
    lines.unwrap().join("; ")
}

#[test]
fn what_runs_often_searches_and_does_not_scan() {
    let folder = tempfile::tempdir().unwrap();
    drop(Sqlite::create(folder.path()).unwrap());
    let main = files::open(folder.path(), &MAIN, Use::Writing).unwrap();
    let statements = crate::areas::people::REMOVE
        .into_iter()
        .chain(super::people::REMOVE_FURTHER)
        .chain(super::deliveries::OFTEN)
        .chain([
            crate::areas::people::REMOVE_CONSENTS,
            crate::areas::deliveries::TALLIES,
            crate::areas::sends::ANSWERED,
            crate::areas::sends::ONE_TO,
            crate::areas::sends::ALL_OF,
            super::suppressions::STOPPED,
            super::people::REMOVE_BLIND,
        ])
        .chain([crate::areas::copies::WITH, crate::areas::responses::OF_PERSON]);
    for sql in statements {
        let plan = plan(&main, sql);
        assert!(!plan.contains("SCAN"), "{sql}\n{plan}");
    }
    for sql in super::deliveries::OFTEN.into_iter().take(2) {
        let plan = plan(&main, sql);
        assert!(plan.contains("delivery_unsettled"), "{sql}\n{plan}");
    }
    assert!(plan(&main, crate::areas::sends::ANSWERED).contains("delivery_answered"));
}
