//! Taking an import back: all of it while nothing depends on it, never a stop, and never what came later.

use crate::world::{TODAY, World};
use hustings_app::Refusal;
use hustings_app::people::consent::stop_everything;
use hustings_app::people::count::count;
use hustings_app::people::import::{ImportJob, ImportState, Mode, imports, undo};
use hustings_domain::access::{Actor, Role};
use hustings_domain::consent::{ConsentState, SuppressionReason};
use hustings_vault::Field;
use std::fmt::Write as _;

fn many(from: u32, to: u32) -> String {
    let mut file = "email,first_name,tags,email_opt_in\n".to_owned();
    (from..to).for_each(|n| writeln!(file, "p{n}@example.org,P,autumn,yes").unwrap());
    file
}

fn take_back(
    world: &World,
    id: uuid::Uuid,
    what_can_be: bool,
) -> Result<hustings_app::people::import::UndoneImport, Refusal> {
    undo(&world.app, &Actor::operator(), &id.to_string(), what_can_be)
}

#[test]
fn an_import_that_nothing_depends_on_goes_without_a_trace_of_its_people() {
    let world = World::new();
    world.import("first.csv", "email,first_name,tags\np1@example.org,P,spring\np2@example.org,P,\n");
    let before = (world.people(), world.app.store().keys().count().unwrap());
    let report = world.import("autumn.csv", many(0, 300));
    assert_eq!((report.new, report.changed), (298, 2));
    assert_eq!(world.count("tag \"autumn\""), 300);
    let entries = world.entries();
    let undone = take_back(&world, report.id, false).unwrap();
    assert!(undone.is_whole());
    assert_eq!(world.entries(), entries + 1);
    assert_eq!((undone.people_removed, undone.facts_removed, undone.consents_taken_back), (298, 2, 2));
    assert_eq!((world.people(), world.app.store().keys().count().unwrap()), before);
    let refused = count(&world.app, &Actor::operator(), "tag \"autumn\"", TODAY).unwrap_err();
    assert_eq!((refused.code, world.count("tag \"spring\"")), ("audience.wrong", 1), "nobody has that tag");
    assert_eq!(world.consent("p1@example.org", "news"), ConsentState::Unknown);
    let shreds = world.app.store().read(|tx| Ok::<_, Refusal>(tx.shreds()?)).unwrap();
    assert!(shreds.is_empty());
    let listed = imports(&world.app, &Actor::operator()).unwrap();
    assert!(matches!(listed[0].state, ImportState::Undone { .. }), "{listed:?}");
    assert_eq!(take_back(&world, report.id, false).unwrap_err().code, "import.undone");
    // It can come in again, row by row.
    let again = world.import("autumn.csv", many(0, 300));
    assert_eq!((again.known_from, again.new, again.changed), (None, 298, 2));
}

#[test]
fn whoever_was_touched_since_is_named_and_stays() {
    let world = World::new();
    let report = world.import("autumn.csv", many(0, 100));
    world.import(
        "winter.csv",
        "email,tags\np5@example.org,winter\np90@example.org,\nnew@example.org,winter\n",
    );
    let stopped = world.page("p40@example.org").unwrap().id;
    let ordinal =
        world.app.store().read(|tx| Ok::<_, Refusal>(tx.supporter_by_id(stopped)?)).unwrap().unwrap().ordinal;
    stop_everything(&world.app, ordinal, SuppressionReason::Unsubscribed).unwrap();
    let refusal = take_back(&world, report.id, false).unwrap_err();
    assert_eq!((refusal.code, world.people()), ("import.undo-depends", 101));
    assert!(refusal.causes[0].contains(&stopped.to_string()), "{refusal:?}");
    assert!(refusal.hints[0].contains("--what-can-be"), "{refusal:?}");
    let undone = take_back(&world, report.id, true).unwrap();
    assert_eq!((undone.people_removed, undone.people_left), (98, 2));
    assert_eq!(world.people(), 3, "the one with a tag of the winter, the one who stopped, and the new one");
    assert_eq!(world.app.store().keys().count().unwrap(), 3);
    assert_eq!(world.consent("p40@example.org", "news"), ConsentState::Withdrawn);
    // Whoever stopped and was brought by a file is stopped when that file comes again.
    let again = world.import("autumn.csv", many(0, 100));
    assert_eq!((again.new, again.suppressions_kept), (98, 1));
    assert_eq!(world.count("consent \"news\" on email is given"), 99);
}

#[test]
fn names_that_were_changed_are_said_to_stay() {
    let world = World::new();
    world.import("first.csv", "email,first_name\nann@example.org,Ann\n");
    let mut job = ImportJob::new(world.file("second.csv", "email,first_name\nann@example.org,Anna\n"));
    job.mode = Some(Mode::Overwrite);
    let report = world.try_import(&job).unwrap();
    assert_eq!(report.identities_changed, 1);
    let refusal = take_back(&world, report.id, false).unwrap_err();
    assert!(refusal.causes[0].starts_with("names, places or addresses of 1 people"), "{refusal:?}");
    assert_eq!(take_back(&world, report.id, true).unwrap().identities_left, 1);
    assert_eq!(world.page("ann@example.org").unwrap().identity.get(Field::GivenName), Some("Anna"));
}

#[test]
fn two_files_of_one_source_cannot_be_told_apart() {
    let world = World::new();
    world.import("first.csv", "email\nann@example.org\n");
    let job = |text: &str| ImportJob {
        source: Some("petition".to_owned()),
        ..ImportJob::new(world.file("list.csv", text))
    };
    let one = world.try_import(&job("email,tags\nann@example.org,a\nbob@example.org,a\n")).unwrap();
    world.try_import(&job("email,tags\nann@example.org,b\n")).unwrap();
    let refusal = take_back(&world, one.id, false).unwrap_err();
    assert!(refusal.causes[0].contains("the same source"), "{refusal:?}");
    let undone = take_back(&world, one.id, true).unwrap();
    assert_eq!((undone.people_removed, undone.facts_removed, undone.source_shared), (1, 0, true));
    assert_eq!(world.count("tag \"a\" and tag \"b\""), 1);
}

#[test]
fn stops_are_never_taken_back_and_strangers_take_nothing_back() {
    let world = World::new();
    let stops = world.import("suppression.csv", "email\nann@example.org\n");
    assert_eq!(take_back(&world, stops.id, true).unwrap_err().code, "import.undo-stops");
    let people = world.import("people.csv", "email,email_opt_in\nann@example.org,yes\n");
    let trustee = Actor { user: None, roles: vec![Role::Trustee], wing: None, borrower: None, through: None };
    assert_eq!(undo(&world.app, &trustee, &people.id.to_string(), false).unwrap_err().code, "access.denied");
    assert_eq!(undo(&world.app, &Actor::operator(), "0000", false).unwrap_err().code, "import.none");
    assert_eq!(undo(&world.app, &Actor::operator(), "", false).unwrap_err().code, "import.none");
    take_back(&world, people.id, false).unwrap();
    let kept = world.app.store().read(|tx| Ok::<_, Refusal>(tx.suppression_count()?)).unwrap();
    assert_eq!((world.people(), kept), (0, 1));
    assert_eq!(world.import("people.csv", "email,email_opt_in\nann@example.org,yes\n").suppressions_kept, 1);
    assert_eq!(world.consent("ann@example.org", "news"), ConsentState::Withdrawn);
}

#[test]
fn a_no_that_a_file_brought_stays_a_no() {
    let world = World::new();
    world.import("first.csv", "email,email_opt_in,hear_appeals\nann@example.org,yes,\n");
    let report = world.import("second.csv", "email,email_opt_in,hear_appeals\nann@example.org,no,yes\n");
    let undone = take_back(&world, report.id, false).unwrap();
    assert_eq!(undone.consents_taken_back, 1);
    assert_eq!(world.consent("ann@example.org", "news"), ConsentState::Refused);
    assert_eq!(world.consent("ann@example.org", "appeals"), ConsentState::Unknown);
}
