//! Backups and restores that are cut off at any point, run beside service, or do not fit.

use crate::world::{World, is_stopped, people, person, root, stop};
use hustings_app::folder::{ask_for_backup, back_up, carry_out_requests, finish_restore, open, restore};
use hustings_app::people::erase::erase;
use hustings_app::{Kind, Refusal, SeededChance};
use hustings_domain::access::Actor;
use hustings_domain::chance::SeededRng;
use hustings_domain::clock::Clock;
use std::path::Path;
use std::sync::Arc;

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_backup_is_whole_or_not_there_and_goes_on_where_one_was_cut_off() {
    let world = World::new(20);
    let app = world.open();
    let disk = world.room.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    let file = disk.join("b");
    // What a process that was killed half-way leaves: a mark and some of the pieces.
    for (name, bytes) in
        [("b.unfinished", "x"), ("b", "half of the data"), ("b.keys.partial", "half of the keys")]
    {
        std::fs::write(disk.join(name), bytes).unwrap();
    }
    let report = back_up(&app, &Actor::operator(), &file).unwrap();
    assert_eq!(names(&disk), ["b", "b.keys", "b.manifest"]);
    assert_eq!(report.manifest.supporters, 20);
    // Without the mark it is somebody's file, and stays.
    let other = disk.join("other");
    std::fs::write(&other, "mine").unwrap();
    assert_eq!(back_up(&app, &Actor::operator(), &other).unwrap_err().code, "backup.exists");
    assert_eq!(std::fs::read_to_string(&other).unwrap(), "mine");
    // One that fails leaves nothing.
    let nowhere = disk.join("no/such/folder/b");
    assert!(back_up(&app, &Actor::operator(), &nowhere).is_err());
    assert_eq!(names(&disk), ["b", "b.keys", "b.manifest", "other"]);
    std::fs::write(disk.join("c.keys"), "in the way").unwrap();
    assert!(back_up(&app, &Actor::operator(), &disk.join("c")).is_err());
    assert_eq!(names(&disk), ["b", "b.keys", "b.manifest", "c.keys", "other"]);
}

#[test]
fn a_serving_process_takes_the_backup_that_another_asks_for() {
    let world = World::new(20);
    let app = world.open();
    let now = world.clock.now();
    let mut rng = SeededRng::new(5);
    let file = world.room.path().join("asked");
    let asked = ask_for_backup(&world.list(), &file, None, now, &mut rng).unwrap();
    assert!(asked.answer().is_none() && !asked.is_taken());
    assert_eq!(carry_out_requests(&app).unwrap(), 1);
    let report = asked.answer().unwrap().unwrap();
    assert_eq!((report.manifest.supporters, report.data == file), (20, true));
    assert!(names(&world.list().join("requests")).is_empty());
    // A refusal comes back as one, with its kind.
    let again = ask_for_backup(&world.list(), &file, None, now, &mut rng).unwrap();
    carry_out_requests(&app).unwrap();
    let refused = again.answer().unwrap().unwrap_err();
    assert_eq!(refused.kind, Kind::Conflict);
    assert!(refused.message.contains("exists already"));
    // Whoever speaks for somebody is held to what that somebody may.
    let denied = ask_for_backup(&world.list(), &file, Some("no such token"), now, &mut rng).unwrap();
    assert!(!format!("{denied:?}").contains("no such token"));
    carry_out_requests(&app).unwrap();
    assert!(denied.answer().unwrap().is_err());
    // Taken back in time, it is not carried out; abandoned, it says so.
    let withdrawn = ask_for_backup(&world.list(), &file, None, now, &mut rng).unwrap();
    assert!(withdrawn.withdraw());
    assert_eq!(carry_out_requests(&app).unwrap(), 0);
    let cut_off = ask_for_backup(&world.list(), &file, None, now, &mut rng).unwrap();
    let request = names(&world.list().join("requests")).pop().unwrap();
    let requests = world.list().join("requests");
    std::fs::rename(requests.join(&request), requests.join(request.replace("request", "taken"))).unwrap();
    assert!(!cut_off.is_abandoned().unwrap(), "the process lives");
    drop(app);
    assert!(cut_off.is_abandoned().unwrap());
    assert!(names(&requests).is_empty());
}

#[test]
fn people_come_and_go_while_a_backup_is_taken() {
    let world = World::new(300);
    let app = Arc::new(world.open());
    let busy = {
        let app = Arc::clone(&app);
        std::thread::spawn(move || {
            for number in 100..160 {
                erase(&app, &Actor::operator(), person(&app, number).unwrap()).unwrap();
                stop(&app, number + 100);
            }
        })
    };
    let file = world.room.path().join("busy");
    back_up(&app, &Actor::operator(), &file).unwrap();
    busy.join().unwrap();
    let elsewhere = world.room.path().join("elsewhere");
    let clock = world.clock();
    let report = restore(&file, &elsewhere, &root(), &clock, Arc::new(SeededChance::new(3))).unwrap();
    let restored = open(&elsewhere, &root(), clock, Arc::new(SeededChance::new(4))).unwrap();
    assert_eq!(people(&restored), report.manifest.supporters);
    assert!(report.manifest.supporters >= 240);
}

#[test]
fn a_restore_cut_off_between_its_two_renames_is_completed_by_the_next_opening() {
    let world = World::new(20);
    stop(&world.open(), 4);
    let report = world.restore().unwrap();
    let aside = report.put_aside.unwrap();
    assert!(report.stops_carried > 0 && !world.list().join("restore-verified").exists());
    // Back to the instant after the first rename.
    let restoring = world.room.path().join("list.restoring");
    std::fs::rename(world.list(), &restoring).unwrap();
    std::fs::write(restoring.join("restore-verified"), b"").unwrap();
    assert!(aside.join("hustings.db").exists());
    let app = world.open();
    assert!(is_stopped(&app, 4), "the stop since the backup was not lost");
    assert_eq!(people(&app), 20);
    drop(app);
    assert!(!restoring.exists() && !world.list().join("restore-verified").exists());
    // Without the mark it was not verified yet, and takes nobody's place.
    std::fs::create_dir(&restoring).unwrap();
    std::fs::rename(world.list(), world.room.path().join("hidden")).unwrap();
    assert!(!finish_restore(&world.list()).unwrap());
    assert!(!world.list().exists());
}

#[test]
fn two_restores_in_one_second_keep_both_lists_that_were_replaced() {
    let world = World::new(5);
    let (first, second) = (world.restore().unwrap(), world.restore().unwrap());
    let (first, second) = (first.put_aside.unwrap(), second.put_aside.unwrap());
    assert_ne!(first, second);
    assert!(first.join("hustings.db").exists() && second.join("hustings.db").exists());
    assert_eq!(people(&world.open()), 5);
}

#[test]
fn a_restore_that_was_cut_off_earlier_starts_over_with_the_stops_of_the_list() {
    let world = World::new(20);
    let app = world.open();
    stop(&app, 4);
    erase(&app, &Actor::operator(), person(&app, 5).unwrap()).unwrap();
    drop(app);
    let restoring = world.room.path().join("list.restoring");
    std::fs::create_dir(&restoring).unwrap();
    std::fs::write(restoring.join("hustings.db"), b"half of a copy").unwrap();
    let report = world.restore().unwrap();
    assert_eq!(report.erased_again, 1);
    let app = world.open();
    assert!(is_stopped(&app, 4) && person(&app, 5).is_none() && people(&app) == 19);
}

#[test]
fn a_restore_waits_for_whoever_serves_and_a_damaged_list_is_kept() {
    let world = World::new(5);
    let app = world.open();
    assert_eq!(world.restore().unwrap_err().code, "folder.in-use");
    drop(app);
    std::fs::write(world.list().join("hustings.db"), b"dear diary").unwrap();
    let refused = world.restore().unwrap_err();
    assert_eq!(refused.code, "restore.damaged");
    assert!(refused.hints[0].contains("move the folder away"));
    assert_eq!(std::fs::read(world.list().join("hustings.db")).unwrap(), b"dear diary");
    assert!(
        !world.room.path().join("list.restoring").exists(),
        "nothing is left of a restore that was refused"
    );
}

#[test]
fn keys_past_their_day_are_told_and_a_backup_without_its_keys_is_refused() {
    let world = World::new(30);
    world.clock.advance_seconds(31 * 24 * 3_600);
    assert!(world.restore().unwrap().keys_past_deadline);
    // A key file of another time, with a manifest that fits it.
    let app = world.open();
    let file = world.room.path().join("other");
    let report = back_up(&app, &Actor::operator(), &file).unwrap();
    let ordinals: Vec<_> = (0..30).map(hustings_domain::ids::Ordinal).collect();
    app.store().keys().destroy_many(&ordinals).unwrap();
    std::fs::remove_file(&report.keys).unwrap();
    app.store().keys().back_up(&report.keys).unwrap();
    drop(app);
    let bytes = std::fs::read(&report.keys).unwrap();
    let hash = hustings_domain::canonical::ContentHash(hustings_domain::canonical::sha256(&bytes));
    let manifest = world.room.path().join("other.manifest");
    let text = std::fs::read_to_string(&manifest)
        .unwrap()
        .replace(&report.manifest.keys.to_string(), &hash.to_string());
    std::fs::write(&manifest, text).unwrap();
    let elsewhere = world.room.path().join("elsewhere");
    let refused: Refusal =
        restore(&file, &elsewhere, &root(), &world.clock(), Arc::new(SeededChance::new(3))).unwrap_err();
    assert_eq!(refused.code, "backup.without-keys");
    assert!(!elsewhere.exists() && !world.room.path().join("elsewhere.restoring").exists());
}
