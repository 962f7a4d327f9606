//! A file of addresses: every line accounted for, a killed run completed by running it again.

use crate::world::World;
use hustings_app::people::erase::erase_in_bulk;
use hustings_app::people::import::RejectReason;
use hustings_app::people::object::{ObjectTo, object, object_in_bulk};
use hustings_app::people::{BulkReport, LineReason};
use hustings_app::{Kind, Refusal};
use hustings_domain::access::{Actor, Role};
use hustings_domain::consent::{ConsentState, SuppressionReason, SuppressionScope};
use hustings_domain::ids::Ordinal;

fn people(count: u32) -> String {
    let rows = (0..count).map(|number| format!("p{number}@example.org,8025{number:06},yes,housing\n"));
    format!("email,phone,email_opt_in,issues\n{}", rows.collect::<Vec<_>>().concat())
}

fn erase(world: &World, file: &[u8], dry_run: bool) -> BulkReport {
    let mut file = file;
    let report = erase_in_bulk(&world.app, &Actor::operator(), &mut file, dry_run).unwrap();
    assert!(report.adds_up(), "{report:?}");
    report
}

#[test]
fn every_line_is_accounted_for() {
    let world = World::new();
    world.import("people.csv", people(10));
    let long = format!("{}@example.org", "x".repeat(5_000));
    let file = format!(
        "\u{feff}Email\r\np1@example.org\r\n\n\"P2@Example.org\"\np1@EXAMPLE.org\nnobody@example.org\nnot an address\n\
         p3@example.org,p4@example.org\n{long}\np5@example.org"
    );
    let dry = erase(&world, file.as_bytes(), true);
    assert_eq!((world.people(), dry.done, dry.dry_run), (10, 3, true));
    let report = erase(&world, file.as_bytes(), false);
    assert_eq!(BulkReport { dry_run: false, ..dry }, report, "a dry run says what happens");
    assert_eq!((report.lines, report.header, report.blank, report.done, report.repeated), (10, 1, 1, 3, 1));
    let rejects: Vec<_> = report.rejects.iter().map(|reject| (reject.line, reject.reason)).collect();
    assert_eq!(
        rejects,
        [
            (6, LineReason::NotOnList),
            (7, LineReason::BrokenAddress),
            (8, LineReason::MoreThanOneColumn),
            (9, LineReason::TooLong),
        ]
    );
    assert_eq!((world.people(), world.count("issue has \"housing\"")), (7, 7));
    assert_eq!(world.app.store().keys().count().unwrap(), 7, "the keys are gone");
    let again = erase(&world, file.as_bytes(), false);
    assert_eq!((again.done, again.already), (0, 3), "the same file again finds them forgotten");
    let import = world.import("people.csv", people(10));
    assert_eq!((import.new, import.rejects.get(&RejectReason::Forgotten)), (0, Some(&3)));
    let garbage = erase(&world, &[0xff, 0xfe, b'\n', 0, b'\n'], false);
    assert_eq!((garbage.rejected, garbage.done), (2, 0));
}

#[test]
fn what_is_forgotten_in_bulk_is_what_is_forgotten_alone() {
    let state = |world: &World| {
        let stops = world.app.store().read(|tx| Ok::<_, Refusal>(tx.every_stop()?)).unwrap();
        let facts = world.app.store().read(|tx| Ok::<_, Refusal>(tx.facts(Ordinal(1))?)).unwrap();
        (world.people(), stops, facts, world.app.store().keys().get(Ordinal(1)).unwrap())
    };
    let (one, many) = (World::new(), World::new());
    for world in [&one, &many] {
        world.import("people.csv", people(4));
    }
    let id = one.page("p1@example.org").unwrap().id;
    hustings_app::people::erase::erase(&one.app, &Actor::operator(), id).unwrap();
    erase(&many, b"p1@example.org\n", false);
    assert_eq!(state(&one), state(&many));
}

/// A reader that breaks off, as a process does that is killed between two batches.
struct BreaksOff<'a>(&'a [u8]);

impl std::io::Read for BreaksOff<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.0.is_empty() {
            return Err(std::io::Error::other("killed"));
        }
        self.0.read(into)
    }
}

#[test]
fn a_run_that_broke_off_is_completed_by_the_same_run() {
    let world = World::new();
    world.import("people.csv", people(1_300));
    let file: String =
        (0..1_300).map(|number| format!("p{number}@example.org\n")).collect::<Vec<_>>().concat();
    let mut half = std::io::BufReader::new(BreaksOff(&file.as_bytes()[..file.len() / 2]));
    let broken = erase_in_bulk(&world.app, &Actor::operator(), &mut half, false).unwrap_err();
    assert_eq!(broken.code, "addresses.unreadable");
    let left = world.people();
    assert!(left < 1_300 && left > 0, "{left}");
    let world = world.reopen();
    let report = erase(&world, file.as_bytes(), false);
    assert_eq!((report.done, report.already), (left, 1_300 - left));
    assert_eq!((world.people(), world.app.store().keys().count().unwrap()), (0, 0));
    let entries = world.app.store().read(|tx| Ok::<_, Refusal>(tx.ledger_entries(0, 1_000)?)).unwrap();
    let erased: u64 = entries
        .iter()
        .map(|entry| serde_json::from_slice::<serde_json::Value>(entry).unwrap())
        .filter(|entry| entry["kind"] == "supporter.erased")
        .map(|entry| entry["body"]["records"].as_u64().unwrap())
        .sum();
    assert_eq!(erased, 1_300, "the ledger counts everybody once");
}

#[test]
fn an_objection_stops_one_purpose_and_holds_for_whoever_comes_later() {
    let world = World::new();
    world.import("people.csv", people(3));
    let news: ObjectTo = "news".parse().unwrap();
    let operator = Actor::operator();
    let first = object(&world.app, &operator, "P1@example.org", &news).unwrap();
    assert_eq!((first.on_list, first.changed), (true, true));
    assert_eq!(world.consent("p1@example.org", "news"), ConsentState::Withdrawn);
    assert_eq!(world.consent("p2@example.org", "news"), ConsentState::Given);
    assert!(!object(&world.app, &operator, "p1@example.org", &news).unwrap().changed);
    let page = world.page("p1@example.org").unwrap();
    let scope = SuppressionScope::Purpose("news".parse().unwrap());
    assert!(page.stops.iter().any(|stop| stop.scope == scope && stop.reason == SuppressionReason::Objected));
    // Not on the list: kept all the same, and a later file does not get round it.
    let stranger = object(&world.app, &operator, "new@example.org", &ObjectTo::Everything).unwrap();
    assert_eq!((stranger.on_list, stranger.changed), (false, true));
    world.import("later.csv", "email,email_opt_in\nnew@example.org,yes\n");
    assert_eq!(world.consent("new@example.org", "news"), ConsentState::Withdrawn);
}

#[test]
fn objections_come_by_file_and_a_slip_in_the_purpose_is_refused() {
    let world = World::new();
    world.import("people.csv", people(5));
    let operator = Actor::operator();
    let file = "p0@example.org\nstranger@example.org\nbroken\np3@example.org\np0@example.org\n";
    let run = |to: &ObjectTo, dry_run| {
        let report = object_in_bulk(&world.app, &operator, &mut file.as_bytes(), to, dry_run).unwrap();
        assert!(report.adds_up());
        (report.done, report.already, report.repeated, report.rejected)
    };
    assert_eq!(run(&ObjectTo::Everything, true), (3, 0, 1, 1));
    assert_eq!(world.app.store().read(|tx| Ok::<_, Refusal>(tx.suppression_count()?)).unwrap(), 0);
    assert_eq!(run(&ObjectTo::Everything, false), (3, 0, 1, 1));
    assert_eq!(run(&ObjectTo::Everything, false), (0, 3, 1, 1));
    assert_eq!(run(&ObjectTo::Everything, true), (0, 3, 1, 1));
    assert_eq!(world.consent("p3@example.org", "news"), ConsentState::Withdrawn);
    assert_eq!(world.people(), 5);
    let slip: ObjectTo = "newz".parse().unwrap();
    let refused = object(&world.app, &operator, "p1@example.org", &slip).unwrap_err();
    assert_eq!(refused.code, "objection.unknown-purpose");
    assert!(refused.hints[0].contains("news"), "{refused:?}");
    let borrower =
        Actor { user: None, roles: vec![Role::Borrower], wing: None, borrower: None, through: None };
    assert_eq!(
        object(&world.app, &borrower, "p1@example.org", &ObjectTo::Everything).unwrap_err().kind,
        Kind::Denied
    );
    let denied = erase_in_bulk(&world.app, &borrower, &mut file.as_bytes(), false).unwrap_err();
    assert_eq!(denied.kind, Kind::Denied);
}
