//! No room on the disk, and ends in the middle, during whatever changes a list: what was acknowledged is kept, what is
//! wrong is said in words, and going on afterwards comes to the same. `docs/faults.md` names the test of each.
//!
//! A limit on the size of files (`ulimit -f`) stands for a full disk: every write beyond it fails. Where a file system
//! may be mounted, a full one is filled as well.

use super::binary::{Desk, PASSPHRASE, Running, Said, run, text, wait};
use super::imports::{many, rows_in, sums};
use super::loans;
use hustings_app::{Refusal, SystemChance, SystemClock, folder};
use hustings_domain::chance::{Rng as _, SeededRng};
use hustings_store::conformance::{cluster, damage};
use hustings_vault::RootSecret;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

/// A verb that opens the list to change it, and changes nothing that is asked for here.
const OPENS: [&str; 5] = ["attribute", "add", "shoe-size", "--type", "number"];

/// A list with so many people, the fourth of whom has stopped everything.
fn list(people: u32) -> Desk {
    let desk = Desk::with_list(&loans::charter(&[]));
    let first = desk.write("first.csv", many(people.min(5)));
    desk.run(["import", text(&first)]).ok();
    desk.run(["supporters", "object", "p3@example.org", "--to", "everything"]).ok();
    if people > 5 {
        let file = desk.write("all.csv", many(people));
        desk.run(["import", text(&file)]).ok();
    }
    desk
}

/// Stops, and people, as the store holds them.
fn held(desk: &Desk) -> (u64, u64) {
    let root = RootSecret::passphrase(PASSPHRASE).unwrap();
    let app = folder::open(desk.folder(), &root, Arc::new(SystemClock), Arc::new(SystemChance)).unwrap();
    app.store().read(|tx| Ok::<_, Refusal>((tx.suppression_count()?, tx.supporter_count()?))).unwrap()
}

/// Runs the binary with no file allowed to grow beyond so many KiB.
fn cramped(desk: &Desk, kib: u64, words: &[&str]) -> Said {
    let plain = desk.command(words.iter().copied());
    let mut command = Command::new("bash");
    // Ignored, the signal of the limit leaves it an error of the write, as a full disk is.
    command.arg("-c").arg(format!("trap '' XFSZ; ulimit -f {kib}; exec \"$0\" \"$@\""));
    command.arg(plain.get_program()).args(plain.get_args()).current_dir(plain.get_current_dir().unwrap());
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    run(command)
}

/// It was refused for want of room, and said what to do.
#[track_caller]
fn no_room(said: &Said) {
    assert_eq!(said.code, 7, "{}{}", said.out, said.err);
    assert!(said.err.contains("no room is left on the disk"), "{}", said.err);
    assert!(said.err.contains("hint: what was kept before is whole"), "{}", said.err);
    assert!(!said.err.contains("panicked") && !said.err.contains("disk I/O error"), "{}", said.err);
}

#[track_caller]
fn not_broken(desk: &Desk) {
    let said = desk.run(["doctor", "--json"]);
    assert!(!said.out.contains("\"worst\": \"broken\""), "{}", said.out);
}

/// Runs the binary and kills it after a while; false when it had ended by itself.
fn killed(desk: &Desk, words: &[&str], after: Duration) -> bool {
    let mut running = Running(desk.command(words.iter().copied()).spawn().unwrap());
    wait(after);
    let ended = running.0.try_wait().unwrap().is_some();
    running.0.kill().unwrap();
    running.0.wait().unwrap();
    !ended
}

#[test]
fn an_import_without_room_keeps_its_batches_and_goes_on_when_there_is_some() {
    let (desk, other) = (list(5), list(5));
    let file = desk.write("people.csv", many(40_000));
    no_room(&cramped(&desk, 4_608, &["import", text(&file)]));
    let rows = rows_in(&desk).unwrap();
    assert!(rows > 0, "it ended before its first batch was kept: give it more room");
    not_broken(&desk);
    let report = desk.json(["import", text(&file)]);
    assert_eq!(report["resumed_after"].as_u64().unwrap(), rows);
    let whole = other.json(["import", text(&other.write("people.csv", many(40_000)))]);
    assert_eq!(sums(report), sums(whole));
    assert_eq!(held(&desk), held(&other));
    assert_eq!(held(&desk).0, 1, "the stop is there");
}

/// A small disk of its own; none where nobody may mount one.
struct Disk(PathBuf);

impl Disk {
    fn of(at: PathBuf, kib: u32) -> Option<Self> {
        std::fs::create_dir(&at).unwrap();
        let options = format!("size={kib}k");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "none"]).arg(&at).output();
        mounted.is_ok_and(|done| done.status.success()).then_some(Self(at))
    }

    fn grow(&self) {
        let grown = Command::new("mount").args(["-o", "remount,size=1g"]).arg(&self.0).status().unwrap();
        assert!(grown.success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg(&self.0).status());
    }
}

#[test]
fn an_import_that_fills_a_disk_goes_on_when_it_has_grown() {
    let desk = Desk::empty();
    let Some(disk) = Disk::of(desk.beside("disk"), 5 * 1024) else {
        super::note("no disk may be mounted here: the limit on the size of files has to do");
        return;
    };
    let there = |words: &[&str]| {
        let mut command = desk.command(words.iter().copied());
        command.env("HUSTINGS_DIR", disk.0.join("list"));
        run(command)
    };
    let charter = desk.write("charter.toml", loans::charter(&[]));
    there(&["init", "--charter", text(&charter)]).ok();
    let file = desk.write("people.csv", many(24_000));
    no_room(&there(&["import", text(&file)]));
    disk.grow();
    let report = there(&["import", text(&file), "--json"]).json();
    assert_eq!(report["lines"], 24_000);
    let counted = there(&["audience", "count", "everyone", "--json"]).json();
    assert_eq!(counted["count"], report["new"]);
}

#[test]
fn an_index_that_is_not_saved_costs_a_building_and_no_more() {
    let desk = list(40_000);
    let mut varied = String::from("email,birth_year,tags\n");
    for n in 0..40_000 {
        writeln!(varied, "p{n}@example.org,{},tag-{}", 1930 + n % 75, n % 13).unwrap();
    }
    desk.run(["import", text(&desk.write("varied.csv", varied))]).ok();
    let people = desk.people();
    let index = desk.folder().join("audience.index");
    let size = std::fs::metadata(&index).unwrap().len();
    assert!(size > 72 << 10, "the index has {size} bytes: let it be larger than the limit");
    std::fs::remove_file(&index).unwrap();
    let said = cramped(&desk, 64, &OPENS);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("no room is left on the disk"), "{}", said.err);
    assert!(said.err.contains("is built again at the next start"), "{}", said.err);
    assert!(!index.exists() && !index.with_extension("index.new").exists(), "no half of it is left");
    assert_eq!(desk.people(), people);

    let (mut chance, mut kills) = (SeededRng::new(5), 0);
    for round in 0..12 {
        drop(std::fs::remove_file(&index));
        let after = Duration::from_millis(20 + chance.below(200));
        kills += u32::from(killed(&desk, &OPENS, after));
        assert_eq!(desk.people(), people, "round {round}");
        desk.run(OPENS).ok();
        let quiet = desk.run(OPENS).ok();
        assert_eq!(quiet.err, "", "round {round}: what was saved last is used");
    }
    super::note(&format!("{kills} of 12 kills hit a process that built and saved an index of {size} bytes"));
    assert!(kills >= 3, "only {kills} kills hit a running process");
    assert_eq!(held(&desk).0, 1, "the stop is there");
}

#[test]
fn a_backup_without_room_leaves_nothing_and_the_list_as_it_was() {
    let desk = list(3_000);
    let before = held(&desk);
    let file = desk.beside("backup");
    let said = cramped(&desk, 200, &["backup", text(&file)]);
    no_room(&said);
    assert!(said.err.contains("the backup goes to"), "it names the place: {}", said.err);
    let left: Vec<PathBuf> = std::fs::read_dir(desk.beside(""))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("backup"))
        .collect();
    assert_eq!(left, Vec::<PathBuf>::new());
    assert_eq!(held(&desk), before);
    desk.run(["backup", text(&file)]).ok();
    not_broken(&desk);
}

#[test]
fn a_restore_without_room_changes_nothing() {
    let desk = list(3_000);
    let file = desk.beside("backup");
    desk.run(["backup", text(&file)]).ok();
    desk.run(["supporters", "object", "p7@example.org", "--to", "everything"]).ok();
    let before = held(&desk);
    assert_eq!(before.0, 2);
    no_room(&cramped(&desk, 200, &["restore", text(&file)]));
    assert_eq!(held(&desk), before);
    let restoring = desk.beside("list.restoring");
    assert!(!restoring.exists(), "no half of a list takes the room that is wanted");
    desk.run(["restore", text(&file)]).ok();
    assert_eq!(held(&desk), before, "the stop that was made since is carried over");
    not_broken(&desk);
}

/// Has the list come from the version before, with no copy of it from an earlier try.
fn set_back(desk: &Desk) -> PathBuf {
    let copy = desk.folder().join("before-migration-1");
    if copy.exists() {
        std::fs::remove_dir_all(&copy).unwrap();
    }
    damage::set_back(desk.folder());
    copy
}

fn copied(copy: &Path) -> bool {
    copy.join("hustings.db").is_file() && copy.join("keys.db").is_file()
}

#[test]
fn a_migration_that_is_killed_or_finds_no_room_is_made_by_the_next_start() {
    let desk = list(3_000);
    let before = held(&desk);
    let newest = damage::version(desk.folder());
    let copy = set_back(&desk);
    no_room(&cramped(&desk, 200, &OPENS));
    assert_eq!(damage::version(desk.folder()), 1);
    assert!(!copy.join("hustings.db").exists(), "half a copy is no copy");
    assert_eq!(held(&desk), before);
    assert_eq!(damage::version(desk.folder()), newest);
    assert!(copied(&copy));

    let (mut chance, mut kills) = (SeededRng::new(8), 0);
    for round in 0..12 {
        let copy = set_back(&desk);
        let after = Duration::from_millis(1 + chance.below(60));
        kills += u32::from(killed(&desk, &OPENS, after));
        let version = damage::version(desk.folder());
        assert!(
            version == 1 || copied(&copy),
            "round {round}: nothing is changed before the copies are whole"
        );
        assert_eq!(held(&desk), before, "round {round}");
        assert_eq!(damage::version(desk.folder()), newest);
        assert!(copied(&copy), "round {round}");
    }
    super::note(&format!("{kills} of 12 kills hit a process that was starting"));
    assert!(kills >= 3, "only {kills} kills hit a running process");
    not_broken(&desk);
}

#[test]
fn a_move_without_room_on_the_lists_side_leaves_the_list_in_its_folder() {
    let Some(cluster) = cluster::shared() else { return };
    let address = cluster.new_database().to_string();
    let desk = list(300);
    let before = held(&desk);
    no_room(&cramped(&desk, 8, &["move", "--to", &address]));
    assert!(!desk.folder().join("store.toml").exists());
    assert_eq!(held(&desk), before);
    desk.run(["move", "--to", &address]).ok();
    assert_eq!(held(&desk), before);
}

#[test]
fn of_two_imports_at_once_one_waits_its_turn_and_both_add_up() {
    let desk = list(5);
    let file = desk.write("people.csv", many(60_000));
    let other = desk
        .write("others.csv", "email,first_name,email_opt_in\nann@example.org,Ann,yes\np1@example.org,P,no\n");
    let mut first = Running(desk.command(["import", text(&file), "--json"]).spawn().unwrap());
    while rows_in(&desk).is_none() {
        wait(Duration::from_millis(20));
        assert!(
            first.0.try_wait().unwrap().is_none(),
            "it ended before the second began: let it last longer"
        );
    }
    let refusal = desk.run(["import", text(&other)]).refused(7);
    assert!(refusal.contains("another hustings is running on") && refusal.contains("hint: "), "{refusal}");
    let mut said = String::new();
    std::io::Read::read_to_string(first.0.stdout.as_mut().unwrap(), &mut said).unwrap();
    assert!(first.0.wait().unwrap().success());
    let report: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(report["lines"], 60_000);
    let report = desk.json(["import", text(&other)]);
    assert_eq!((&report["lines"], &report["new"], &report["changed"]), (&2.into(), &1.into(), &1.into()));
    assert_eq!(held(&desk).0, 1, "the stop is there");
}
