//! What becomes of people who are known: by mode, and in no mode anything of a stop.

use crate::world::World;
use hustings_app::people::import::{ImportJob, ImportKind, ImportReport, Mode};
use hustings_domain::consent::ConsentState;
use hustings_vault::Field;
use proptest::prelude::*;

const MODES: [Mode; 4] = [Mode::Add, Mode::Blanks, Mode::Overwrite, Mode::Suppress];

const BEFORE: &str = "email,first_name,city,tags,age,email_opt_in\nann@example.org,Ann,Barre,staff,40,\n";
const AFTER: &str = "email,first_name,last_name,city,tags,age,email_opt_in\n\
    ann@example.org,Anna,Smith,Burlington,union,41,no\nbob@example.org,Bob,,Barre,,,yes\n\
    ANN@example.org,Annie,,Stowe,,42,\n";

fn import(world: &World, name: &str, text: &str, mode: Mode) -> ImportReport {
    let mut job = ImportJob::new(world.file(name, text));
    job.mode = Some(mode);
    let mut mapping = hustings_app::people::import::Mapping::default();
    mapping.correct("age=number:age").unwrap();
    job.mapping = text.contains("age").then_some(mapping);
    world.try_import(&job).unwrap()
}

#[test]
fn each_mode_does_what_it_says_and_twice_is_once() {
    for (mode, city, family, age, tags) in [
        (Mode::Add, "Barre", None, 40, 2),
        (Mode::Blanks, "Barre", Some("Smith"), 40, 2),
        (Mode::Overwrite, "Burlington", Some("Smith"), 41, 2),
    ] {
        let world = World::new();
        import(&world, "before.csv", BEFORE, Mode::Blanks);
        let first = import(&world, "after.csv", AFTER, mode);
        assert_eq!((first.mode, first.new, first.consents_refused), (mode, 1, 1));
        for again in [false, true] {
            let ann = world.page("ann@example.org").unwrap();
            assert_eq!(
                (ann.identity.get(Field::City), ann.identity.get(Field::FamilyName)),
                (Some(city), family)
            );
            assert_eq!(world.count(&format!("age = {age}")), 1, "{mode:?}");
            let tagged =
                ["staff", "union"].map(|tag| world.count(&format!("tag \"{tag}\""))).iter().sum::<u64>();
            assert_eq!(tagged, tags);
            // A no is heard in every mode.
            assert_eq!(world.consent("ann@example.org", "news"), ConsentState::Refused);
            let mut job = ImportJob::new(world.file("after.csv", AFTER));
            (job.mode, job.again) = (Some(mode), again);
            let mut mapping = hustings_app::people::import::Mapping::default();
            mapping.correct("age=number:age").unwrap();
            job.mapping = Some(mapping);
            let report = world.try_import(&job).unwrap();
            assert!(report.changed_nothing(), "{mode:?} {report:#?}");
            assert_eq!(report.known_from.is_none(), again);
            assert_eq!((report.unchanged, report.lines), (3, 3));
        }
    }
}

#[test]
fn whoever_is_in_a_file_can_be_stopped() {
    let world = World::new();
    import(&world, "people.csv", "email,email_opt_in\nann@example.org,yes\n", Mode::Blanks);
    let report = import(
        &world,
        "complaints.csv",
        "email,first_name,signed_on\nann@example.org,Ann,2019-01-01\nnew@example.org,New,2019-01-01\n",
        Mode::Suppress,
    );
    assert_eq!((report.kind, report.stops_added, report.new), (ImportKind::Suppressions, 2, 2));
    assert_eq!((world.people(), world.consent("ann@example.org", "news")), (1, ConsentState::Withdrawn));
    let stop = &world.page("ann@example.org").unwrap().stops[0];
    assert_eq!(stop.at, world.app.now(), "the day of signing up is not the day of the stop");
}

#[test]
fn a_mode_that_makes_no_sense_is_refused() {
    let world = World::new();
    let job = |kind, mode| {
        let mut job =
            ImportJob::new(world.file("list.csv", "email,amount,date\na@example.org,5,2025-01-01\n"));
        (job.kind, job.mode) = (Some(kind), Some(mode));
        job
    };
    for (kind, mode) in [(ImportKind::Suppressions, Mode::Overwrite), (ImportKind::Gifts, Mode::Suppress)] {
        assert_eq!(world.try_import(&job(kind, mode)).unwrap_err().code, "import.mode");
    }
    assert_eq!(world.people(), 0);
}

fn row() -> impl Strategy<Value = String> {
    let answer = || prop_oneof![Just(""), Just("yes"), Just("no"), Just("unsubscribed")];
    let name = prop_oneof![Just("Ann"), Just("Bob"), Just("")];
    let phone = prop_oneof![Just(String::new()), (0..3_u8).prop_map(|n| format!("802555010{n}"))];
    (0..4_u8, phone, name, answer(), answer())
        .prop_map(|(n, phone, name, news, hear)| format!("p{n}@example.org,{phone},{name},{news},{hear}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, ..ProptestConfig::default() })]
    /// Promise 4, over all modes: whoever has stopped stays stopped, and a no stays a no.
    #[test]
    fn no_mode_revives_a_stop(
        files in prop::collection::vec((prop::collection::vec(row(), 1..6), 0..4_usize), 1..6)
    ) {
        let world = World::new();
        import(&world, "first.csv", "email,phone,first_name,email_opt_in,hear_appeals\np0@example.org,,,yes,yes\np1@example.org,,,no,\n", Mode::Blanks);
        import(&world, "stops.csv", "email\np0@example.org\n", Mode::Suppress);
        let mut stops = 1;
        for (number, (rows, mode)) in files.into_iter().enumerate() {
            let text = format!("email,phone,first_name,email_opt_in,hear_appeals\n{}\n", rows.join("\n"));
            import(&world, &format!("file-{number}.csv"), &text, MODES[mode]);
            let kept = world.app.store().read(|tx| Ok::<_, hustings_app::Refusal>(tx.suppression_count()?)).unwrap();
            prop_assert!(kept >= stops, "no stop goes");
            stops = kept;
            for purpose in ["news", "appeals"] {
                prop_assert_eq!(world.consent("p0@example.org", purpose), ConsentState::Withdrawn);
            }
            let refused = world.consent("p1@example.org", "news");
            prop_assert!(refused.is_stop(), "{refused}");
        }
    }
}
