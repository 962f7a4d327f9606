//! Who was addressed and who answered, as the audience language asks for it.

use super::world::{Plan, Provider, World, address};
use hustings_app::people::audience::why;
use hustings_app::people::count::count;
use hustings_app::send::Ended;
use hustings_domain::ids::Ordinal;
use hustings_domain::response::ResponseKind;
use hustings_store::records::ResponseRecord;
use jiff::tz::TimeZone;

fn counted(world: &World, rule: &str) -> u64 {
    let today = world.app.now().to_zoned(TimeZone::UTC).date();
    count(&world.app, &world.steward, rule, today).unwrap().count
}

fn is_in(world: &World, rule: &str, person: Ordinal) -> bool {
    let today = world.app.now().to_zoned(TimeZone::UTC).date();
    why(&world.app, &world.steward, rule, &address(person.0), today).unwrap().is_in
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_language_knows_who_was_addressed_and_who_answered() {
    let (world, number, frozen) = World::started(&Plan { people: 60, ..Plan::default() });
    assert_eq!(counted(&world, "addressed >= 1"), 0);
    assert_eq!(counted(&world, "addressed(30d) = 0"), 60);
    let provider = Provider::start().await;
    assert_eq!(world.run(&provider, number).await.unwrap().ended, Ended::Finished);
    let mailed = u64::from(frozen.planned);
    assert!(mailed < 60 && mailed > 30);
    assert_eq!(counted(&world, "addressed >= 1"), mailed);
    assert_eq!(counted(&world, "addressed(1d) = 1"), mailed);
    assert_eq!(counted(&world, "addressed(30d) = 0"), 60 - mailed);
    assert_eq!(counted(&world, "addressed(30d) <= 1"), 60);
    assert_eq!(counted(&world, "not addressed(30d) < 2"), 0);

    let loan = world.loan(number).id;
    let now = world.app.now();
    let (first, second, held) =
        (world.planned(number)[0], world.planned(number)[1], world.held_back(number)[0]);
    for (ordinal, kind) in [(first, ResponseKind::Yes), (second, ResponseKind::Later)] {
        let response =
            ResponseRecord { loan, ordinal, kind, fields: Vec::new(), sealed_report: None, at: now };
        world.write(|tx| Ok(tx.put_response(&response)?));
    }
    assert_eq!(counted(&world, "answered"), 2);
    assert_eq!(counted(&world, "answered yes"), 1);
    assert_eq!(counted(&world, "answered in (yes, later) within 7d"), 2);
    assert_eq!(counted(&world, "addressed >= 1 and not answered"), mailed - 2);
    assert_eq!(counted(&world, "answered no or answered report"), 0);

    for (rule, person, expected) in [
        ("answered yes", first, true),
        ("answered yes", second, false),
        ("addressed(30d) = 0", held, true),
        ("addressed(30d) = 0", first, false),
        ("addressed >= 1 and not answered", second, false),
    ] {
        assert_eq!(is_in(&world, rule, person), expected, "{rule} of {person:?}");
    }
    world.clock.advance_seconds(40 * 86_400);
    assert_eq!((counted(&world, "addressed(30d) >= 1"), counted(&world, "addressed >= 1")), (0, mailed));
    assert_eq!(
        (counted(&world, "answered yes within 7d"), counted(&world, "answered yes before 30d")),
        (0, 1)
    );
    assert!(!is_in(&world, "addressed(30d) >= 1", first));
}
