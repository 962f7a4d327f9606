//! The copy that a migration leaves holds keys, so it has the deadline that key backups have.

use super::world::World;
use hustings_app::Refusal;
use hustings_domain::clock::Clock as _;
use jiff::{Span, Timestamp};
use std::fs::{File, OpenOptions};
use std::io::Read as _;
use std::path::Path;
use std::time::SystemTime;

fn copy_taken(folder: &Path, at: Timestamp) {
    std::fs::create_dir_all(folder).unwrap();
    for name in ["hustings.db", "keys.db"] {
        std::fs::write(folder.join(name), "keys of that day").unwrap();
        let file = OpenOptions::new().write(true).open(folder.join(name)).unwrap();
        file.set_modified(SystemTime::from(at)).unwrap();
    }
}

#[test]
fn the_copy_from_before_a_migration_is_destroyed_at_the_deadline_of_key_backups() {
    let world = World::new();
    let days = i64::from(world.app.charter().unwrap().retention.key_backup_days);
    let folder = world.app.folder().to_owned();
    let (copy, later) = (folder.join("before-migration-1"), folder.join("before-migration-2"));
    let taken = world.clock.now();
    copy_taken(&copy, taken);
    copy_taken(&later, taken.checked_add(Span::new().hours(24 * 3)).unwrap());
    let other = folder.join("before-migration-is-no-number");
    copy_taken(&other, taken);
    // A second name for the bytes: what is destroyed is overwritten before its name goes.
    let bytes = folder.join("the-same-bytes");
    std::fs::hard_link(copy.join("keys.db"), &bytes).unwrap();

    world.clock.advance_seconds(days * 86_400 - 1);
    let world = world.reopen();
    assert!(copy.join("keys.db").exists(), "one second before");
    world.clock.advance_seconds(1);
    let world = world.reopen();
    assert!(!copy.exists() && later.exists() && other.exists());
    let mut left = Vec::new();
    File::open(&bytes).unwrap().read_to_end(&mut left).unwrap();
    assert_eq!(left, vec![0; "keys of that day".len()]);
    let entries = world.app.store().read(|tx| Ok::<_, Refusal>(tx.ledger_entries(0, 1_000)?)).unwrap();
    let entered =
        entries.iter().filter(|entry| String::from_utf8_lossy(entry).contains("keys.copy-destroyed"));
    assert_eq!(entered.count(), 1);
    assert!(hustings_app::folder::destroy_overdue_copies(&world.app).unwrap().is_empty());
}
