//! A backup is verified before it takes a list's place, and nothing that people said since is forgotten.

use super::world::{CHARTER, World, root};
use hustings_app::folder::{back_up, open, restore};
use hustings_app::people::{consent::stop_everything, erase::erase, show::find_by_email};
use hustings_app::{Refusal, SeededChance};
use hustings_domain::access::Actor;
use hustings_domain::clock::Clock;
use hustings_domain::consent::SuppressionReason;
use hustings_domain::ids::Ordinal;
use hustings_store::StoreError;
use std::sync::Arc;

#[test]
fn a_restore_forgets_no_stop_and_no_erasure_and_does_not_fork_the_ledger() {
    let world = World::new(20, CHARTER);
    let operator = Actor::operator();
    let (list, file) = (world.folder.path().join("list"), world.folder.path().join("backup"));
    back_up(&world.app, &operator, &file).unwrap();
    stop_everything(&world.app, Ordinal(3), SuppressionReason::Unsubscribed).unwrap();
    let gone = find_by_email(&world.app, &operator, "p5@people.example").unwrap().unwrap();
    erase(&world.app, &operator, gone).unwrap();
    let (stops, entries) = world
        .app
        .store()
        .read(|tx| Ok::<_, Refusal>((tx.suppression_count()?, tx.ledger_entries(0, 1_000)?)))
        .unwrap();
    let clock: Arc<dyn Clock> = Arc::new(world.clock.clone());
    drop(world.app);

    let report = restore(&file, &list, &root(), &clock, Arc::new(SeededChance::new(9))).unwrap();
    assert_eq!((report.manifest.supporters, report.erased_again), (20, 1));
    assert!(report.stops_carried >= 2 && report.entries_carried >= 1 && report.sample == 20, "{report:?}");

    let app = open(&list, &root(), clock, Arc::new(SeededChance::new(10))).unwrap();
    assert!(find_by_email(&app, &operator, "p5@people.example").unwrap().is_none());
    assert!(find_by_email(&app, &operator, "p4@people.example").unwrap().is_some());
    app.store()
        .read(|tx| {
            assert!(tx.suppression_count()? >= stops);
            let now = tx.ledger_entries(0, 1_000)?;
            assert_eq!(now.get(..entries.len()), Some(entries.as_slice()));
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

#[test]
fn an_altered_backup_is_refused_and_changes_nothing() {
    let world = World::new(5, CHARTER);
    let file = world.folder.path().join("backup");
    back_up(&world.app, &Actor::operator(), &file).unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(world.clock.clone());
    let to = world.folder.path().join("elsewhere");
    let refusal = restore(&file, &to, &root(), &clock, Arc::new(SeededChance::new(9))).unwrap_err();
    assert_eq!(refusal.code, "backup.altered");
    assert!(!to.exists());
}
