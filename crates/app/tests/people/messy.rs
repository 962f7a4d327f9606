//! Whatever rows come: the report adds up, and reading the file again changes nothing.

use crate::world::World;
use hustings_app::people::import::ImportJob;
use proptest::prelude::*;

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just(String::new()),
        2 => "[ a-c\"',;=@\u{e9}]{0,6}",
        1 => Just("yes".to_owned()),
        1 => Just("no".to_owned()),
    ]
}

fn row() -> impl Strategy<Value = String> {
    let address = prop_oneof![
        6 => (0..6_u8).prop_map(|n| format!("p{n}@example.org")),
        1 => Just(String::new()),
        1 => Just("broken@".to_owned()),
    ];
    let phone = prop_oneof![3 => Just(String::new()), 3 => (0..4_u8).prop_map(|n| format!("802555010{n}")), 1 => Just("call me".to_owned())];
    let name = prop_oneof![Just(""), Just("Ann"), Just("Bob"), Just("Smith, Ann")];
    let answer = prop_oneof![Just(""), Just("yes"), Just("no"), Just("perhaps")];
    let good = (address, phone, name, answer.clone(), answer, cell()).prop_map(
        |(address, phone, name, news, hear, zip)| {
            [
                address,
                phone,
                format!("\"{name}\""),
                news.to_owned(),
                hear.to_owned(),
                format!("\"{}\"", zip.replace('"', "\"\"")),
            ]
            .join(",")
        },
    );
    prop_oneof![
        10 => good,
        1 => Just(String::new()),
        1 => Just(",,,,,".to_owned()),
        2 => prop::collection::vec(cell(), 0..9).prop_map(|cells| cells.join(",")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn every_line_is_accounted_for_and_twice_is_once(rows in prop::collection::vec(row(), 0..40)) {
        let world = World::new();
        let file = format!("email,phone,name,email_opt_in,hear_appeals,zip\n{}\n", rows.join("\n"));
        let first = world.import("messy.csv", &file);
        prop_assert_eq!(first.new, world.people());
        prop_assert_eq!(world.count("everyone"), world.people());
        let known = world.import("messy.csv", &file);
        prop_assert_eq!(known.known_from, Some(first.id));
        let job = ImportJob { again: true, ..ImportJob::new(world.file("messy.csv", &file)) };
        let again = world.try_import(&job).unwrap();
        // What is answered from the report of then is what the rows come to.
        let mut said = serde_json::to_value(&known).unwrap();
        let mut read = serde_json::to_value(&again).unwrap();
        for report in [&mut said, &mut read] {
            // In how many rows a number was somebody else's when its row came depends on who had come before.
            for field in ["id", "known_from", "rejects_file", "elapsed_ms", "conflicting"] {
                report[field] = serde_json::Value::Null;
            }
        }
        prop_assert_eq!(said, read);
        prop_assert!(again.changed_nothing(), "{}\n{:#?}", file, again);
        prop_assert_eq!(
            (again.lines, again.rejected, again.blank),
            (first.lines, first.rejected, first.blank),
            "{}\n{:#?}\n{:#?}", file, first, again
        );
    }
}
