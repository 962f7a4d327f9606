//! Each thing of a folder is damaged on purpose, and the examination names it.

use crate::world::{World, person, root};
use hustings_app::folder::{Diagnosis, How, examine};
use hustings_app::people::erase::erase;
use hustings_app::{Kind, Refusal};
use hustings_domain::access::Actor;
use hustings_vault::RootSecret;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// One finding of this check with these words, as bad as that; and no other check finds anything wrong.
#[track_caller]
fn only(world: &World, check: &str, how: How, words: &str) -> Diagnosis {
    let diagnosis = world.examine();
    let wrong: Vec<_> = diagnosis.findings().filter(|(_, finding)| finding.how > How::Notice).collect();
    assert!(!wrong.is_empty(), "nothing was found");
    for (name, finding) in &wrong {
        assert_eq!(*name, check, "{finding:?}");
        assert!(!finding.remedy.is_empty());
    }
    assert!(wrong.iter().any(|(_, finding)| finding.how == how && finding.what.contains(words)), "{wrong:?}");
    assert_eq!(diagnosis.worst(), Some(how));
    diagnosis
}

fn well(world: &World) {
    let diagnosis = world.examine();
    let wrong: Vec<_> = diagnosis.findings().filter(|(_, finding)| finding.how > How::Notice).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(diagnosis.checks.len() >= 9 && diagnosis.checks.iter().all(|check| check.looked));
}

#[test]
fn a_healthy_list_is_well_and_looking_changes_nothing() {
    let world = World::new(30);
    let before = std::fs::read(world.list().join("hustings.db")).unwrap();
    well(&world);
    assert!(world.repair().is_empty(), "nothing to repair");
    let app = world.open();
    well(&world);
    drop(app);
    assert_eq!(
        world.examine().checks.iter().map(|check| check.check).collect::<Vec<_>>()[..2],
        ["store", "keys"]
    );
    assert_eq!(before.len(), std::fs::read(world.list().join("hustings.db")).unwrap().len());
}

#[test]
fn no_list_and_a_wrong_passphrase_are_refused() {
    let world = World::new(2);
    let nowhere = world.room.path().join("nowhere");
    assert_eq!(examine(&nowhere, &root(), &world.clock).unwrap_err().kind, Kind::NotFound);
    let other = RootSecret::data_key([8; 32]);
    assert_eq!(examine(&world.list(), &other, &world.clock).unwrap_err().code, "vault.wrong-root");
}

#[test]
fn a_torn_database_is_found_and_the_rest_is_not_looked_at() {
    let world = World::new(30);
    std::fs::write(world.list().join("hustings.db"), b"dear diary, ".repeat(1_000)).unwrap();
    let diagnosis = only(&world, "store", How::Broken, "not a database");
    assert!(diagnosis.checks.iter().any(|check| !check.looked));
    let world = World::new(30);
    std::fs::remove_file(world.list().join("keys.db")).unwrap();
    only(&world, "store", How::Broken, "keys.db");
}

#[test]
fn a_record_that_is_found_by_nothing_is_found() {
    let world = World::new(30);
    world.sql("hustings.db", "DELETE FROM supporter WHERE ordinal = 7");
    let diagnosis = world.examine();
    assert!(
        diagnosis.findings().any(|(check, finding)| check == "store" && finding.what.contains("no record"))
    );
    assert!(
        diagnosis
            .findings()
            .any(|(check, finding)| check == "keys" && finding.what.contains("1 keys belong to nobody"))
    );
}

#[test]
fn a_mail_key_that_does_not_fit_is_found() {
    let world = World::new(30);
    world.sql("hustings.db", "UPDATE supporter SET mail_key = zeroblob(16) WHERE ordinal = 3");
    let diagnosis = world.examine();
    assert!(
        diagnosis
            .findings()
            .any(|(check, finding)| check == "store" && finding.what.contains("stops are found by"))
    );
    assert!(
        diagnosis
            .findings()
            .any(|(check, finding)| check == "keys" && finding.what.contains("another address"))
    );
}

#[test]
fn lost_keys_and_keys_of_another_time_are_found() {
    let world = World::new(30);
    let app = world.open();
    app.store().keys().destroy(hustings_domain::ids::Ordinal(4)).unwrap();
    drop(app);
    only(&world, "store", How::Broken, "1 supporters have no key");
    let world = World::new(30);
    world.sql(
        "keys.db",
        "UPDATE key_block SET slots = CAST(substr(slots, 1, 20) || x'00ff00ff' || substr(slots, 25) AS BLOB)",
    );
    only(&world, "keys", How::Broken, "do not open with their keys");
}

#[test]
fn keys_of_nobody_are_found_and_destroyed() {
    let world = World::new(30);
    let app = world.open();
    let gone = hustings_domain::ids::Ordinal(7);
    let kept = app.store().keys().get(gone).unwrap().unwrap();
    erase(&app, &Actor::operator(), person(&app, 7).unwrap()).unwrap();
    app.store().keys().put_many(&[(gone, kept)]).unwrap();
    drop(app);
    only(&world, "keys", How::Broken, "1 keys belong to nobody");
    let repaired = world.repair();
    assert!(repaired.iter().any(|line| line.contains("1 keys of nobody were destroyed")), "{repaired:?}");
    well(&world);
    assert!(world.open().store().keys().get(gone).unwrap().is_none());
}

#[test]
fn a_key_still_to_be_destroyed_is_told_and_opening_destroys_it() {
    let world = World::new(30);
    let app = world.open();
    let gone = hustings_domain::ids::Ordinal(9);
    let cut_off = app.store().write(|tx| {
        tx.remove_supporter(gone)?;
        tx.add_shred(gone)?;
        tx.record_change(gone, gone)?;
        Ok::<_, Refusal>(())
    });
    cut_off.unwrap();
    drop(app);
    let found = world.wrong("keys");
    assert_eq!(
        found,
        [(How::Warning, "the keys of 1 forgotten people are still to be destroyed".to_owned())]
    );
    world.repair();
    assert!(world.wrong("keys").is_empty());
}

#[test]
fn a_bad_index_is_found_and_built_anew() {
    let world = World::new(30);
    let path = world.list().join("audience.index");
    let whole = std::fs::read(&path).unwrap();
    let mut torn = whole.clone();
    let middle = torn.len() / 2;
    torn[middle] ^= 1;
    std::fs::write(&path, &torn).unwrap();
    only(&world, "index", How::Warning, "cannot be used");
    let repaired = world.repair();
    assert!(repaired.contains(&"the audience index was built anew".to_owned()), "{repaired:?}");
    well(&world);
    // An index of a state that the list has not reached: the list was put back beside it.
    let app = world.open();
    erase(&app, &Actor::operator(), person(&app, 5).unwrap()).unwrap();
    hustings_app::people::follow::save(&app).unwrap();
    drop(app);
    let later = std::fs::read(&path).unwrap();
    world.restore().unwrap();
    std::fs::write(&path, later).unwrap();
    world.sql("hustings.db", "DELETE FROM change WHERE sequence > 1");
    assert!(
        world.wrong("index").iter().any(|(how, what)| *how == How::Warning && what.contains("later state"))
    );
}

#[test]
fn a_changed_ledger_is_found_in_the_store_and_in_what_is_published() {
    let world = World::new(5);
    world.sql("hustings.db", "UPDATE ledger_entry SET entry = CAST(replace(entry, 'list.created', 'list.createt') AS BLOB) WHERE place = 0");
    only(&world, "ledger", How::Broken, "do not give its root");
    let world = World::new(5);
    flip(&world.list().join("ledger/checkpoint"));
    only(&world, "ledger", How::Broken, "the published ledger does not hold");
    assert!(world.repair().is_empty(), "what does not fit is not published over");
    only(&world, "ledger", How::Broken, "the published ledger does not hold");
}

fn flip(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn a_list_put_back_behind_its_published_ledger_is_found() {
    let world = World::new(5);
    let files = ["hustings.db", "keys.db"];
    let old: Vec<Vec<u8>> =
        files.iter().map(|name| std::fs::read(world.list().join(name)).unwrap()).collect();
    let app = world.open();
    erase(&app, &Actor::operator(), person(&app, 3).unwrap()).unwrap();
    hustings_app::after::publish_ledger(&app, &Actor::operator()).unwrap();
    drop(app);
    for (name, bytes) in files.iter().zip(old) {
        std::fs::write(world.list().join(name), bytes).unwrap();
    }
    assert!(world.wrong("ledger").iter().any(|(how, what)| *how == How::Broken && what.contains("put back")));
}

#[test]
fn entries_that_are_not_published_are_a_notice_and_repair_publishes_them() {
    let world = World::new(5);
    let app = world.open();
    erase(&app, &Actor::operator(), person(&app, 3).unwrap()).unwrap();
    drop(app);
    let notice = |world: &World| {
        let diagnosis = world.examine();
        diagnosis
            .findings()
            .any(|(check, finding)| check == "ledger" && finding.what.contains("not published yet"))
    };
    assert!(notice(&world));
    assert!(world.repair().iter().any(|line| line.contains("was published")));
    assert!(!notice(&world));
}

#[test]
fn a_lost_stop_is_found() {
    let world = World::new(30);
    world.sql("hustings.db", "DELETE FROM suppression WHERE hash = (SELECT min(hash) FROM suppression)");
    only(&world, "stops", How::Broken, "the list holds 1 stops, and there were 2 before");
    let world = World::new(30);
    let app = world.open();
    erase(&app, &Actor::operator(), person(&app, 3).unwrap()).unwrap();
    drop(app);
    well(&world);
    world.sql("hustings.db", "UPDATE suppression SET reason = 0 WHERE reason = 3");
    only(&world, "stops", How::Broken, "no stop of a forgotten person is kept");
}

#[test]
fn keys_past_their_day_are_found_wherever_they_lie() {
    let world = World::new(5);
    world.clock.advance_seconds(31 * 24 * 3_600);
    only(&world, "backups", How::Broken, "had to be destroyed");
    let repaired = world.repair();
    assert_eq!(repaired.len(), 1, "{repaired:?}");
    assert!(!world.room.path().join("backup.keys").exists() && world.backup().exists(), "the keys alone");
    well(&world);
    // Copies from before a migration, and lists that were put aside.
    for place in ["list/before-migration-1", "list.before-restore-1"] {
        let folder = world.room.path().join(place);
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("keys.db"), b"").unwrap();
    }
    let old = std::time::UNIX_EPOCH;
    let keys = world.list().join("before-migration-1/keys.db");
    std::fs::File::options().write(true).open(&keys).unwrap().set_modified(old).unwrap();
    only(&world, "backups", How::Broken, "before-migration-1");
    let diagnosis = world.examine();
    let aside = |(check, what): (&str, &str)| check == "backups" && what.contains("before-restore");
    assert!(diagnosis.findings().any(|(check, finding)| aside((check, &finding.what))));
}

#[test]
fn leftovers_are_found_and_removed() {
    let world = World::new(5);
    let list = world.list();
    std::fs::create_dir(list.join("journal")).unwrap();
    std::fs::write(list.join("journal/1-L-1.journal"), b"").unwrap();
    let found = world.wrong("leftovers");
    assert!(found.iter().any(|(_, what)| what.contains("1 journals")), "{found:?}");
    std::fs::remove_dir_all(list.join("journal")).unwrap();
    std::fs::create_dir(world.room.path().join("list.restoring")).unwrap();
    std::fs::write(list.join("keys.db.partial"), b"half").unwrap();
    std::fs::create_dir(list.join("requests")).unwrap();
    std::fs::write(list.join("requests/1.taken"), b"{}").unwrap();
    only(&world, "leftovers", How::Warning, "rest of a restore");
    let repaired = world.repair();
    assert!(repaired.iter().any(|line| line == "2 leftover files were removed"), "{repaired:?}");
    assert!(!world.room.path().join("list.restoring").exists() && !list.join("keys.db.partial").exists());
    well(&world);
    // A reject file holds rows in the clear, and an erasure does not reach it.
    std::fs::create_dir_all(list.join("imports")).unwrap();
    let rejects = list.join("imports/1-rejects.csv");
    std::fs::write(&rejects, b"line,reason\n").unwrap();
    std::fs::set_permissions(&rejects, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::File::options().write(true).open(&rejects).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
    only(&world, "leftovers", How::Warning, "in the clear");
}

#[test]
fn files_that_others_may_read_are_found_and_closed() {
    let world = World::new(5);
    let keys = world.list().join("keys.db");
    std::fs::set_permissions(&keys, std::fs::Permissions::from_mode(0o644)).unwrap();
    only(&world, "secrets", How::Warning, "keys.db");
    let repaired = world.repair();
    assert!(repaired.iter().any(|line| line.contains("for their owner alone")), "{repaired:?}");
    assert_eq!(std::fs::metadata(&keys).unwrap().permissions().mode() & 0o777, 0o600);
    well(&world);
    std::fs::write(world.list().join("hustings.toml"), "nonsense = 1\n").unwrap();
    only(&world, "secrets", How::Warning, "does not hold settings");
}
