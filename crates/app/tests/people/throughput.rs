//! How fast a list comes in: `cargo nextest run --release -p hustings-app --run-ignored only import_rate`.

use crate::world::World;
use hustings_app::people::import::ImportJob;
use std::fmt::Write as _;

#[test]
#[ignore = "a measurement, not a check"]
fn import_rate() {
    let rows: u32 = 200_000;
    let mut file = "email,first_name,last_name,mobile_number,address,city,zip,ocd_division,issues,email_opt_in,hear_appeals,volunteer_appeals,money_appeals,comment,signed_on\n".to_owned();
    for n in 0..rows {
        let phone = if n % 2 == 0 {
            format!("({}) 555-{:04}", 200 + n / 10_000 % 700, n % 10_000)
        } else {
            String::new()
        };
        writeln!(
            file,
            "Given{n}.family{n}@Example.org,Given{n},Family{n},{phone},{n} Mill Street,Burlington,05401,ocd-division/country:us/state:vt/sldl:chittenden-{},housing;climate,yes,no,,,,2025-06-0{}",
            n % 30,
            1 + n % 9
        )
        .unwrap();
    }
    let world = World::new();
    let first = world.import("rate.csv", &file);
    let job = ImportJob { again: true, ..ImportJob::new(world.file("rate.csv", &file)) };
    let again = world.try_import(&job).unwrap();
    assert!(again.changed_nothing());
    let rate = |what: &str, report: &hustings_app::people::import::ImportReport| {
        format!("{what}: {} rows in {} ms, {} rows/s\n", report.lines, report.elapsed_ms, report.rate())
    };
    let text = format!("{}{}", rate("new", &first), rate("again", &again));
    std::fs::write(std::env::temp_dir().join("hustings-import-rate.txt"), text).unwrap();
}
