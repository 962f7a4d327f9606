//! An import that dies or is paused between two batches: what was kept stays, and running it again goes on after it,
//! to the report that it would have had in one.

use crate::world::World;
use hustings_app::people::import::{ImportJob, ImportReport, ImportState, Mode, Pause, import, imports};
use hustings_app::{Kind, Refusal};
use hustings_domain::access::Actor;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

fn people(count: u32) -> String {
    let mut file = "email,email_opt_in,city\n".to_owned();
    for n in 0..count {
        match n % 7_000 {
            11 => writeln!(file, "broken@@{n},yes,").unwrap(),
            12 => writeln!(file, "\np{}@example.org,no,Barre", n - 12).unwrap(),
            _ => writeln!(file, "p{n}@example.org,yes,Barre").unwrap(),
        }
    }
    file
}

/// Runs it until `rows` lines are in, and dies there.
fn die_after(world: &World, job: &ImportJob, rows: u64) {
    let died = catch_unwind(AssertUnwindSafe(|| {
        import(&world.app, &Actor::operator(), job, &mut |progress| assert!(progress.rows < rows, "killed"))
    }));
    assert!(died.is_err());
}

/// What must be the same of two runs of one file.
fn sums(report: &ImportReport) -> serde_json::Value {
    let mut report = report.clone();
    (report.id, report.elapsed_ms, report.resumed_after, report.rejects_file) =
        (uuid::Uuid::nil(), 0, 0, None);
    serde_json::to_value(report).unwrap()
}

#[test]
fn running_it_again_completes_it() {
    let (world, whole) = (World::new(), World::new());
    let file = people(45_000);
    let job = ImportJob::new(world.file("list.csv", &file));
    die_after(&world, &job, 16_000);
    let kept = world.people();
    assert_eq!(kept, 16_000 - 3 - 3, "the batch that was committed, less the broken and the repeated");
    let world = world.reopen();
    assert_eq!((world.people(), world.app.store().keys().count().unwrap()), (kept, kept));
    let listed = imports(&world.app, &Actor::operator()).unwrap();
    assert_eq!(listed[0].state, ImportState::Unfinished { rows: 16_000, of: 45_000 });
    let report = world.try_import(&job).unwrap();
    let at_once = whole.import("list.csv", &file);
    assert_eq!(report.resumed_after, 16_000);
    assert_eq!(sums(&report), sums(&at_once));
    let rejects =
        |report: &ImportReport| std::fs::read_to_string(report.rejects_file.as_ref().unwrap()).unwrap();
    assert_eq!(rejects(&report), rejects(&at_once));
    assert_eq!(world.people(), whole.people());
    assert_eq!(world.app.store().keys().count().unwrap(), whole.people());
    let rule = "consent \"news\" on email is given";
    assert_eq!(world.count(rule), whole.count(rule));
    let listed = imports(&world.app, &Actor::operator()).unwrap();
    assert_eq!((listed.len(), listed[0].state), (1, ImportState::Finished));
    assert!(world.try_import(&job).unwrap().known_from.is_some());
}

#[test]
fn gifts_and_overwriting_go_on_to_the_same_end() {
    let mut gifts = "email,amount,date\n".to_owned();
    let mut names = "email,city\n".to_owned();
    for n in 0..24_000 {
        writeln!(gifts, "p{}@example.org,5,2025-01-0{}", n % 11_000, 1 + n % 3).unwrap();
        writeln!(names, "p{}@example.org,City {n}", n % 11_000).unwrap();
    }
    let (killed, whole) = (World::new(), World::new());
    for world in [&killed, &whole] {
        world.import("before.csv", "email,city\np0@example.org,Barre\np1@example.org,Barre\n");
    }
    for (name, text, mode) in [("gifts.csv", &gifts, Mode::Blanks), ("names.csv", &names, Mode::Overwrite)] {
        let job = |world: &World| ImportJob { mode: Some(mode), ..ImportJob::new(world.file(name, text)) };
        die_after(&killed, &job(&killed), 16_000);
        let (report, at_once) =
            (killed.try_import(&job(&killed)).unwrap(), whole.try_import(&job(&whole)).unwrap());
        assert_eq!((report.resumed_after, sums(&report)), (16_000, sums(&at_once)));
        let again = ImportJob { again: true, ..job(&killed) };
        assert!(killed.try_import(&again).unwrap().changed_nothing(), "{name}");
    }
    for address in ["p0@example.org", "p1@example.org", "p7@example.org"] {
        let city = |world: &World| {
            world.page(address).unwrap().identity.get(hustings_vault::Field::City).map(str::to_owned)
        };
        assert_eq!((city(&killed), city(&whole)), (city(&whole), city(&killed)));
        let gifts = |world: &World| {
            let key = world.page(address).unwrap().id;
            let store = world.app.store();
            store
                .read(|tx| {
                    let person = tx.supporter_by_id(key)?.unwrap().ordinal;
                    Ok::<_, Refusal>(tx.gifts(person)?.len())
                })
                .unwrap()
        };
        assert_eq!(gifts(&killed), gifts(&whole));
    }
}

#[test]
fn a_pause_stops_between_two_batches_and_says_how_to_go_on() {
    let world = World::new();
    let pause = Pause::default();
    let job = ImportJob { pause: pause.clone(), ..ImportJob::new(world.file("list.csv", people(45_000))) };
    let paused = import(&world.app, &Actor::operator(), &job, &mut |progress| {
        if progress.rows >= 16_000 {
            pause.ask();
        }
    })
    .unwrap_err();
    assert_eq!((paused.kind, paused.code), (Kind::Busy, "import.paused"));
    assert_eq!(paused.message, "paused after 16,000 of 45,000 rows, which are in");
    assert!(paused.hints[1].contains("hustings import undo "), "{paused:?}");
    let job = ImportJob { pause: Pause::default(), ..job };
    let report = world.try_import(&job).unwrap();
    assert_eq!((report.resumed_after, report.lines), (16_000, 45_007));
}

#[test]
fn another_file_does_not_go_on_where_the_first_ended() {
    let world = World::new();
    let job = ImportJob::new(world.file("list.csv", people(21_000)));
    die_after(&world, &job, 16_000);
    let other = ImportJob::new(world.file("list.csv", people(21_001)));
    let report = world.try_import(&other).unwrap();
    assert_eq!((report.resumed_after, report.unchanged), (0, 16_000 - 3));
    let job = ImportJob { again: true, ..ImportJob::new(world.file("list.csv", people(21_000))) };
    let report = world.try_import(&job).unwrap();
    assert_eq!((report.resumed_after, report.new), (0, 0));
}
