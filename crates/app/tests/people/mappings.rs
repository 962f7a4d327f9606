//! Which column is what: shown with samples, corrected, kept by name, and never two things at once.

use crate::world::World;
use hustings_app::people::import::{ImportJob, Mapping, Why, saved_mapping, saved_mappings, show_columns};
use hustings_domain::access::{Actor, Role};

const FILE: &str = "Correo,first_name,Nacimiento,note\nann@example.org,Ann,1980,\nbob@example.org,Bob,,hello\ncat@example.org,,1990,\ndan@example.org,Dan,,\n";

fn corrected(corrections: &[&str]) -> Mapping {
    let mut mapping = Mapping::default();
    for correction in corrections {
        mapping.correct(correction).unwrap();
    }
    mapping
}

#[test]
fn columns_are_shown_with_samples_and_nothing_is_kept() {
    let world = World::new();
    let actor = Actor::operator();
    let mut job = ImportJob::new(world.file("list.csv", FILE));
    job.mapping = Some(corrected(&["Correo=email"]));
    let entries = world.entries();
    let shown = show_columns(&world.app, &actor, &job).unwrap();
    let [table] = shown.as_slice() else { panic!("one table") };
    let lines: Vec<_> = table
        .columns
        .iter()
        .map(|column| {
            (column.column.as_str(), column.field.as_deref(), column.why, column.samples.reveal().len())
        })
        .collect();
    assert_eq!(
        lines,
        [
            ("Correo", Some("email"), Why::Mapped, 3),
            ("first_name", Some("given-name"), Why::Guessed, 3),
            ("Nacimiento", None, Why::Ignored, 2),
            ("note", None, Why::Ignored, 1),
        ]
    );
    assert_eq!(table.columns[0].samples.reveal()[0], "ann@example.org");
    // Neither what is logged nor what programs read has them.
    for text in [format!("{shown:?}"), serde_json::to_string(&shown).unwrap()] {
        assert!(!text.contains("ann@") && !text.contains("hello"), "{text}");
    }
    assert_eq!((world.people(), world.entries()), (0, entries));
    let trustee = Actor { user: None, roles: vec![Role::Trustee], wing: None, borrower: None, through: None };
    assert_eq!(show_columns(&world.app, &trustee, &job).unwrap_err().code, "access.denied");
}

#[test]
fn a_saved_mapping_brings_the_next_file_in() {
    let world = World::new();
    let actor = Actor::operator();
    let mut job = ImportJob::new(world.file("march.csv", FILE));
    job.mapping = Some(corrected(&["Correo=email", "Nacimiento=number:birth-year", "note=ignore"]));
    job.save_mapping = Some("correo-export".to_owned());
    assert_eq!(world.try_import(&job).unwrap().new, 4);
    assert_eq!(world.count("birth-year >= 1980"), 2);
    let listed = saved_mappings(&world.app, &actor).unwrap();
    assert_eq!((listed.len(), listed[0].name.as_str(), listed[0].columns.len()), (1, "correo-export", 4));
    let mut next = ImportJob::new(world.file("april.csv", FILE.replace("ann@", "eve@")));
    next.mapping = Some(saved_mapping(&world.app, &actor, "correo-export").unwrap());
    assert_eq!(world.try_import(&next).unwrap().new, 1);
    let missing = saved_mapping(&world.app, &actor, "correo-exprt").unwrap_err();
    assert_eq!(missing.hints, ["did you mean `correo-export`?"]);
    job.save_mapping = Some("No Name!".to_owned());
    assert_eq!(world.try_import(&job).unwrap_err().code, "import.mapping-name");
}

#[test]
fn an_attribute_does_not_change_its_type() {
    let world = World::new();
    let mut job = ImportJob::new(world.file("list.csv", FILE));
    job.mapping = Some(corrected(&["Correo=email", "Nacimiento=number:born"]));
    world.try_import(&job).unwrap();
    let mut other = ImportJob::new(world.file("other.csv", "email,Born\nann@example.org,1980-02-03\n"));
    other.mapping = Some(corrected(&["Born=date:born"]));
    let refusal = world.try_import(&other).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.message.as_str(), refusal.causes[0].as_str()),
        (
            "import.attribute-type",
            "`Born` is mapped to `date:born`, and `born` cannot be both a number and a date",
            "on this list `born` is a number"
        )
    );
    assert!(refusal.hints[0].contains("--column \"Born=date:born-2\""), "{refusal:?}");
    let mut both = ImportJob::new(world.file("both.csv", "email,a,b\nann@example.org,1,2020-01-01\n"));
    both.mapping = Some(corrected(&["a=number:x", "b=date:x"]));
    assert_eq!(world.try_import(&both).unwrap_err().causes, ["`b` is mapped to `date:x`"]);
    // What stands in a JSON object is left out, and counted.
    let mut day = ImportJob::new(world.file("day.csv", "email,a\nann@example.org,2020-01-01\n"));
    day.mapping = Some(corrected(&["a=date:met"]));
    world.try_import(&day).unwrap();
    let report =
        world.import("objects.jsonl", "{\"email\":\"ann@example.org\",\"attributes\":{\"met\":5}}\n");
    assert_eq!((report.unchanged, report.cells_dropped), (1, 1));
}
