//! How long what people ask for takes at size: `cargo nextest run -p hustings-app --test folder --run-ignored only
//! privacy_rates`. Written to `hustings-privacy-rates.txt` in the folder for temporary files.

use crate::world::{World, person, root};
use hustings_app::SeededChance;
use hustings_app::folder::{back_up, examine, restore};
use hustings_app::people::correct::{Change, correct};
use hustings_app::people::erase::{erase, erase_in_bulk};
use hustings_app::people::export::export_person;
use hustings_domain::access::Actor;
use hustings_vault::Field;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

const PEOPLE: u32 = 1_000_000;

#[expect(clippy::disallowed_methods, reason = "a measurement of how long something takes")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    let result = work();
    (result, began.elapsed())
}

#[test]
#[ignore = "a measurement, not a check"]
fn privacy_rates() {
    let mut told = String::new();
    let mut tell = |what: &str, time: Duration| writeln!(told, "{what}: {time:.1?}").unwrap();
    let (world, time) = timed(|| World::new(PEOPLE));
    tell("import, publish, back up, save the index", time);
    let (app, time) = timed(|| world.open());
    tell("open", time);
    let operator = Actor::operator();
    let mut singles: Vec<Duration> = (0..50)
        .map(|round| {
            let id = person(&app, 1_000 + round * 17_003).unwrap();
            timed(|| erase(&app, &operator, id).unwrap()).1
        })
        .collect();
    singles.sort_unstable();
    tell("erase one, median of 50", singles[25]);
    tell("erase one, slowest of 50", singles[49]);
    let change = Change { field: Field::Email, text: "new@example.net".to_owned() };
    let id = person(&app, 77).unwrap();
    tell("correct an address", timed(|| correct(&app, &operator, id, &[change]).unwrap()).1);
    tell("export one person", timed(|| export_person(&app, &operator, id).unwrap()).1);
    let file: String =
        (500_000..510_000).map(|number| format!("p{number}@example.org\n")).collect::<Vec<_>>().concat();
    let (report, time) = timed(|| erase_in_bulk(&app, &operator, &mut file.as_bytes(), false).unwrap());
    assert_eq!(report.done + report.already, 10_000);
    tell("erase 10,000 by file", time);
    let copy = world.room.path().join("measured");
    tell("back up", timed(|| back_up(&app, &operator, &copy).unwrap()).1);
    drop(app);
    let (diagnosis, time) = timed(|| examine(&world.list(), &root(), &world.clock).unwrap());
    tell("examine", time);
    assert_eq!(
        diagnosis.findings().filter(|(_, finding)| finding.how > hustings_app::folder::How::Notice).count(),
        0
    );
    let chance = Arc::new(SeededChance::new(9));
    let (report, time) =
        timed(|| restore(&world.backup(), &world.list(), &root(), &world.clock(), chance).unwrap());
    tell("restore over the list, with 10,050 people to forget again", time);
    assert_eq!(report.erased_again, 10_050);
    let size = std::fs::metadata(&copy).unwrap().len() >> 20;
    writeln!(told, "the data take {size} MiB").unwrap();
    std::fs::write(std::env::temp_dir().join("hustings-privacy-rates.txt"), told).unwrap();
}
