//! Good files in every dress: letters, separators, the usual exports, and reading one twice.

use crate::world::World;
use hustings_app::Refusal;
use hustings_app::people::import::{ImportJob, ImportKind, RejectReason};
use hustings_domain::consent::ConsentState;
use hustings_domain::facts::{FactValue, Origin};
use hustings_vault::{Field, Region};

const PETITION: &str = "\u{feff}email,first_name,last_name,mobile_number,address,city,zip,ocd_division,issues,email_opt_in,hear_appeals,volunteer_appeals,money_appeals,comment,signed_on\n\
Ann@Example.org,Ann,Smith,(802) 555-0101,1 Mill St,Burlington,5401,ocd-division/country:us/state:vt/sldl:chittenden-13,Health Care; Housing;unknown thing,yes,TRUE,no,,\"two\nlines\",2025-06-01\n\
bob@example.org,Bob,Jones,,,,,,,,,,,,2025-06-02\n\
\n\
broken(at)example.org,Cat,Poe,,,,,,,yes,,,,,2025-06-02\n\
broken@@example.org,Dan,Roe,802-555-0104,,,,,climate,,,,,,2025-06-02\n\
eve@example.org,Eve,Low,,Apt 4,,,,,,,,,,,2025-06-02\n\
,,,,,,,,,,,,,,\n\
short@example.org,Sue\n";

#[test]
fn a_petition_comes_in_whole() {
    let world = World::new();
    let report = world.import("petition-2025.csv", PETITION);
    assert_eq!(
        (report.kind, report.lines, report.new, report.blank, report.rejected),
        (ImportKind::Supporters, 8, 4, 2, 2)
    );
    assert_eq!(report.rejects.get(&RejectReason::BrokenAddress), Some(&1));
    assert_eq!(report.rejects.get(&RejectReason::TooManyColumns), Some(&1));
    assert_eq!(report.first_rejects.iter().map(|reject| reject.line).collect::<Vec<_>>(), [6, 8]);
    assert_eq!((report.addresses_dropped, report.unknown_issues), (1, 1));
    assert_eq!(report.ignored_columns, ["comment"]);
    let ann = world.page("ann@example.org").unwrap();
    assert_eq!(ann.identity.get(Field::Phone), Some("+18025550101"));
    assert_eq!(ann.identity.get(Field::PostalCode), Some("05401"));
    assert_eq!(ann.joined.to_string(), "2025-06-01T00:00:00Z");
    assert!(
        ann.facts.iter().all(|line| line.source == "petition-2025" && line.fact.origin == Origin::SelfGiven)
    );
    let issues = ann.facts.iter().filter(|line| matches!(line.fact.value, FactValue::Issue(_))).count();
    assert_eq!(issues, 2);
    assert_eq!(world.consent("ann@example.org", "news"), ConsentState::Given);
    assert_eq!(world.consent("ann@example.org", "appeals"), ConsentState::Given);
    assert_eq!(world.consent("ann@example.org", "appeals-volunteer"), ConsentState::Refused);
    assert_eq!(world.consent("ann@example.org", "appeals-money"), ConsentState::Unknown);
    assert_eq!(world.count("area in \"ocd-division/country:us/state:vt\" and issue has \"health-care\""), 1);
    assert_eq!(world.count("everyone"), 4);
}

/// Numbers without a country are read as in the charter's country, or as in the one that is named for a file.
#[test]
fn numbers_are_read_as_they_are_dialled_where_the_file_is_from() {
    const FILE: &str = "email,phone\n\
ann@example.org,020 7946 0958\n\
bob@example.org,802-555-0101\n\
eve@example.org,+1 802 555 0102\n\
sue@example.org,+49 (0)30 901820\n";
    let of = |world: &World, who: &str| {
        world.page(who).unwrap().identity.get(Field::Phone).unwrap_or("none").to_owned()
    };
    let world = World::new();
    assert_eq!(world.import("here.csv", FILE).cells_dropped, 1);
    assert_eq!(of(&world, "ann@example.org"), "none");
    assert_eq!(of(&world, "bob@example.org"), "+18025550101");
    assert_eq!(of(&world, "sue@example.org"), "+4930901820");
    let world = World::new();
    let mut job = ImportJob::new(world.file("there.csv", FILE));
    job.region = Region::of("GB".parse().unwrap());
    assert_eq!(world.try_import(&job).unwrap().cells_dropped, 1);
    assert_eq!(of(&world, "ann@example.org"), "+442079460958");
    assert_eq!(of(&world, "bob@example.org"), "none");
    assert_eq!(of(&world, "eve@example.org"), "+18025550102");
}

#[test]
fn the_same_file_twice_changes_nothing_and_says_so() {
    let world = World::new();
    let first = world.import("petition-2025.csv", PETITION);
    let entries = world.entries();
    let mut job = ImportJob::new(world.file("petition-2025.csv", PETITION));
    for (row_by_row, known_from) in [(false, Some(first.id)), (true, None)] {
        job.again = row_by_row;
        let again = world.try_import(&job).unwrap();
        assert!(again.changed_nothing() && again.known_from == known_from, "{again:#?}");
        assert_eq!((again.unchanged, again.rejected, again.blank), (first.new, first.rejected, first.blank));
    }
    assert_eq!(world.entries(), entries + 2, "only what was read row by row is entered");
    // Whatever may matter ends that: another mapping, or a change of the list.
    job.again = false;
    job.source = Some("elsewhere".to_owned());
    assert_eq!(world.try_import(&job).unwrap().known_from, None);
    job.source = None;
    world.import("more.csv", "email\nnew@example.org\n");
    assert_eq!(world.try_import(&job).unwrap().known_from, None);
    assert_eq!((world.people(), world.page("ann@example.org").unwrap().consents.len()), (5, 3));
}

#[test]
fn a_dry_run_says_the_same_and_keeps_nothing() {
    let world = World::new();
    let mut job = ImportJob::new(world.file("petition-2025.csv", PETITION));
    job.dry_run = true;
    let entries = world.entries();
    let count = |world: &World| {
        let sequence = world
            .app
            .store()
            .read(|tx| Ok::<_, Refusal>((tx.change_sequence()?, tx.sources()?.len(), tx.imports(9)?.len())));
        (world.people(), world.entries(), world.app.store().keys().count().unwrap(), sequence.unwrap())
    };
    let before = count(&world);
    let dry = world.try_import(&job).unwrap();
    assert_eq!((count(&world), world.entries()), (before, entries));
    assert!(!world.app.folder().join("imports").exists());
    job.dry_run = false;
    let wet = world.try_import(&job).unwrap();
    assert!(dry.dry_run && !wet.dry_run);
    assert_eq!(
        (dry.new, dry.merged, dry.rejects, dry.consents_given, dry.consents_refused),
        (wet.new, wet.merged, wet.rejects, wet.consents_given, wet.consents_refused)
    );
    assert_eq!(world.entries(), entries + 2, "begun and finished");
}

#[test]
fn a_dry_run_sees_the_repeats_inside_the_file() {
    let world = World::new();
    let mut job = ImportJob::new(
        world.file("list.csv", "email,phone\na@example.org,\nA@example.org,802-555-0101\n,8025550101\n"),
    );
    job.dry_run = true;
    let dry = world.try_import(&job).unwrap();
    assert_eq!((dry.new, dry.merged), (1, 2));
}

#[test]
fn letters_and_separators_are_told() {
    let world = World::new();
    let newsletter = "Email Address;First Name;Last Name;Street;City;ZIP;Phone;MEMBER_RATING;OPTIN_TIME;TAGS;EMAIL_OPT_IN;APPEALS_FROM_OTHERS\r\n\
        jose@example.org;Jos\u{e9};Nu\u{f1}ez;;;05401;;4;2019-05-06 07:08:09;volunteer,yard-sign;Y;\r\n";
    let old: Vec<u8> = encoding_rs::WINDOWS_1252.encode(newsletter).0.into_owned();
    let report = world.import("newsletter-export.csv", &old);
    assert_eq!((report.encoding.as_str(), report.separator, report.new), ("windows-1252", ';', 1));
    let jose = world.page("jose@example.org").unwrap();
    assert_eq!(jose.identity.get(Field::FamilyName), Some("Nu\u{f1}ez"));
    assert_eq!(jose.joined.to_string(), "2019-05-06T07:08:09Z");
    assert_eq!(jose.consents[0].consent.at, jose.joined);
    let tags: Vec<_> =
        jose.facts.iter().filter(|line| matches!(line.fact.value, FactValue::Tag(_))).collect();
    assert!(tags.len() == 2 && tags.iter().all(|line| line.fact.origin == Origin::Imported));
    let wide: Vec<u8> = "\u{feff}email\tname\r\nzoe@example.org\tZo\u{eb}\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let report = world.import("wide.txt", &wide);
    assert_eq!((report.encoding.as_str(), report.separator), ("UTF-16LE", '\t'));
    assert_eq!(world.page("zoe@example.org").unwrap().identity.get(Field::GivenName), Some("Zo\u{eb}"));
    assert_eq!(world.import("bars.csv", "email|name|note\nbar@example.org|B, A|a,b,c\n").separator, '|');
}

#[test]
fn attributes_and_statuses_of_other_tools_are_read() {
    let world = World::new();
    let report = world.import(
        "listmonk.csv",
        "email,name,attributes,status\n\
        ann@example.org,Ann Smith,\"{\"\"city\"\": \"\"Barre\"\", \"\"age\"\": 41, \"\"tags\"\": [\"\"staff\"\", \"\"union\"\"]}\",enabled\n\
        bob@example.org,Bob,not json,blocklisted\n",
    );
    assert_eq!((report.new, report.cells_dropped), (2, 1));
    let ann = world.page("ann@example.org").unwrap();
    assert_eq!(
        (ann.identity.get(Field::City), ann.identity.get(Field::FamilyName)),
        (Some("Barre"), Some("Smith"))
    );
    assert_eq!(world.count("age = 41 and tag \"staff\""), 1);
    assert_eq!(world.consent("ann@example.org", "news"), ConsentState::Given);
    for purpose in ["news", "appeals", "appeals-volunteer", "appeals-money"] {
        assert_eq!(world.consent("bob@example.org", purpose), ConsentState::Withdrawn, "{purpose}");
    }
}

#[test]
fn rejects_stand_in_a_file_that_no_spreadsheet_runs() {
    let world = World::new();
    let report = world.import("list.csv", "email,name\n=1+1,Ann\n");
    let path = report.rejects_file.unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text, "line,reason,email,name\n2,the e-mail address is broken,'=1+1,Ann\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn places_come_from_postal_codes() {
    let world = World::new();
    let areas = "postal_code,state,sldl,place\n\
        05401,ocd-division/country:us/state:vt,ocd-division/country:us/state:vt/sldl:chittenden-13,ocd-division/country:us/state:vt/place:burlington\n\
        05602,ocd-division/country:us/state:vt,ocd-division/country:us/state:vt/sldl:washington-4,\n\
        05602,ocd-division/country:us/state:vt,ocd-division/country:us/state:vt/sldl:washington-5,\n\
        nonsense,vt,,\n";
    let report = world.import("areas.csv", areas);
    assert_eq!((report.kind, report.new, report.merged, report.rejected), (ImportKind::Areas, 2, 1, 1));
    assert!(world.import("areas.csv", areas).changed_nothing());
    world.import(
        "list.csv",
        "email,zip,ocd_division\na@example.org,5401-1234,\nb@example.org,05602,\n\
        c@example.org,05401,ocd-division/country:us/state:vt/sldl:chittenden-14\n",
    );
    assert_eq!(world.count("area in \"ocd-division/country:us/state:vt/sldl:chittenden-13\""), 1);
    assert_eq!(world.count("area in \"ocd-division/country:us/state:vt/sldl:chittenden-14\""), 1);
    assert_eq!(world.count("area in \"ocd-division/country:us/state:vt/place:burlington\""), 2);
    assert_eq!(
        world.count("area in \"ocd-division/country:us/state:vt\""),
        3,
        "a code in two districts still names the state"
    );
}

#[test]
fn no_entry_of_the_ledger_names_anybody() {
    let world = World::new();
    world.import("petition-2025.csv", PETITION);
    let entries = world.app.store().read(|tx| Ok::<_, Refusal>(tx.ledger_entries(0, 100)?)).unwrap();
    let text: String = entries.iter().map(|entry| String::from_utf8_lossy(entry).to_lowercase()).collect();
    for name in ["ann", "smith", "bob", "example.org", "5550101"] {
        assert!(!text.contains(name) || text.contains("forward.example.org"), "{name}");
    }
    assert!(text.contains("import.begun") && text.contains("import.finished"));
}
