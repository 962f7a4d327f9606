//! Stops win: over files before them, over files after them, and over everything in those.

use crate::world::World;
use hustings_app::Refusal;
use hustings_app::people::import::{ImportJob, ImportKind};
use hustings_domain::consent::ConsentState::{Given, Withdrawn};
use hustings_domain::consent::{SuppressionReason, SuppressionScope};

const PEOPLE: &str = "email,email_opt_in,hear_appeals\nann@example.org,yes,yes\nbob@example.org,yes,\n";
const STOPS: &str = "email,reason,since\nANN@example.org ,UNSUBSCRIBED,2024-02-03\nann@example.org\ngone@old.example,erased,\nnonsense,bounced,\n\n";

fn stopped(world: &World) -> usize {
    world
        .app
        .store()
        .read(|tx| Ok::<_, Refusal>(tx.stopped_supporters(&[SuppressionScope::Everything])?.len()))
        .unwrap()
}

#[test]
fn stops_after_people_and_people_after_stops_come_to_the_same() {
    let (one, other) = (World::new(), World::new());
    one.import("people.csv", PEOPLE);
    let report = one.import("suppression.csv", STOPS);
    assert_eq!((report.kind, report.lines, report.new, report.merged), (ImportKind::Suppressions, 5, 2, 1));
    assert_eq!((report.rejected, report.blank, report.stops_added, report.consents_refused), (1, 1, 2, 2));
    other.import("suppression.csv", STOPS);
    let report = other.import("people.csv", PEOPLE);
    assert_eq!((report.new, report.suppressions_kept), (2, 1));
    for world in [&one, &other] {
        assert_eq!(
            (world.consent("ann@example.org", "news"), world.consent("ann@example.org", "appeals")),
            (Withdrawn, Withdrawn)
        );
        assert_eq!(world.consent("bob@example.org", "news"), Given);
        assert_eq!(stopped(world), 1);
        let page = world.page("ann@example.org").unwrap();
        assert_eq!(page.stops[0].reason, SuppressionReason::Unsubscribed);
        assert_eq!(page.stops[0].at.to_string(), "2024-02-03T00:00:00Z");
        assert_eq!(world.count("consent \"news\" on email is given"), 1);
        assert!(world.import("suppression.csv", STOPS).changed_nothing());
        assert!(world.import("people.csv", PEOPLE).changed_nothing());
        let every = world.app.store().read(|tx| Ok::<_, Refusal>(tx.every_stop()?)).unwrap();
        assert!(
            every.iter().all(|stop| stop.2 != SuppressionReason::Erased),
            "a file cannot say that we erased somebody"
        );
    }
}

#[test]
fn a_stop_finds_whoever_gains_the_address_later() {
    let world = World::new();
    world.import("suppression.csv", STOPS);
    world.import("calls.csv", "name,phone\nAnn Smith,802-555-0101\n");
    assert_eq!(stopped(&world), 0);
    let report = world
        .import("people.csv", "email,name,phone,email_opt_in\nann@example.org,Ann Smith,8025550101,yes\n");
    assert_eq!((report.changed, report.suppressions_kept), (1, 1));
    assert_eq!((stopped(&world), world.consent("ann@example.org", "news")), (1, Withdrawn));
}

#[test]
fn numbers_are_stopped_too_and_a_petition_with_reasons_stops_nobody() {
    let world = World::new();
    world.import("people.csv", "email,phone,sms_opt_in\nann@example.org,8025550101,yes\n");
    let mut job = ImportJob::new(world.file("calls.csv", "phone\n(802) 555-0101\n"));
    job.kind = Some(ImportKind::Suppressions);
    let report = world.try_import(&job).unwrap();
    assert_eq!((report.new, report.consents_refused), (1, 1));
    let report = world.import("petition.csv", "email,first_name,reason\nbob@example.org,Bob,my mother\n");
    assert_eq!((report.kind, report.stops_added), (ImportKind::Supporters, 0));
}
