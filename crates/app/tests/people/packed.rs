//! Packed files and JSON lines: the same people as from the plain table, and nothing from what is broken.

use crate::world::World;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use hustings_app::people::import::{ImportJob, ImportKind, RejectReason, import_all};
use hustings_domain::access::Actor;
use hustings_domain::consent::ConsentState;
use hustings_vault::Field;
use std::io::Write as _;

const PEOPLE: &str = "email,first_name,email_opt_in\nann@example.org,Ann,yes\nbob@example.org,Bob,no\n";
const STOPS: &str = "email,reason,since\nann@example.org,unsubscribed,2024-02-03\n";

fn gzip(text: &str) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

/// A zip as tools write it; every second member is stored as it is.
fn zip(members: &[(&str, &str)]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for (place, (name, text)) in members.iter().enumerate() {
        let mut packer = DeflateEncoder::new(Vec::new(), Compression::default());
        packer.write_all(text.as_bytes()).unwrap();
        let deflated = place % 2 == 0;
        let bytes = if deflated { packer.finish().unwrap() } else { text.as_bytes().to_vec() };
        let mut head = vec![20, 0, 0, 0, if deflated { 8 } else { 0 }, 0, 0, 0, 0, 0];
        head.extend(crc32fast::hash(text.as_bytes()).to_le_bytes());
        head.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
        head.extend(u32::try_from(text.len()).unwrap().to_le_bytes());
        head.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        head.extend([0, 0]);
        let at = u32::try_from(file.len()).unwrap();
        file.extend(b"PK\x03\x04");
        file.extend(&head);
        file.extend(name.as_bytes());
        file.extend(&bytes);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&head);
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let count = u16::try_from(members.len()).unwrap().to_le_bytes();
    let (size, at) = (u32::try_from(directory.len()).unwrap(), u32::try_from(file.len()).unwrap());
    file.extend(&directory);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend([count, count].concat());
    file.extend(size.to_le_bytes());
    file.extend(at.to_le_bytes());
    file.extend([0, 0]);
    file
}

#[test]
fn a_packed_file_comes_in_as_the_plain_one() {
    let world = World::new();
    let report = world.import("people.csv.gz", gzip(PEOPLE));
    assert_eq!((report.new, report.source.as_str(), report.wrapping.as_deref()), (2, "people", Some("gzip")));
    // The same bytes under another wrapping are the same file.
    let plain = world.import("people.csv", PEOPLE);
    assert_eq!((plain.known_from, plain.sha256), (Some(report.id), report.sha256));
    let mut wide = PEOPLE.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    wide.splice(0..0, [0xff, 0xfe]);
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(&wide).unwrap();
    let report = world.import("wide.gz", packer.finish().unwrap());
    assert_eq!((report.encoding.as_str(), report.unchanged), ("UTF-16LE", 2));
}

#[test]
fn a_zip_gives_every_table_the_stops_first() {
    let world = World::new();
    let bytes = zip(&[
        ("export/people.csv", PEOPLE),
        ("readme.md", "hello"),
        ("export/", ""),
        ("__MACOSX/export/._people.csv", "\0"),
        ("suppression.csv", STOPS),
    ]);
    let path = world.file("export.zip", &bytes);
    let mut job = ImportJob::new(&path);
    let several = world.try_import(&job).unwrap_err();
    assert_eq!(several.code, "import.several-tables");
    let reports = import_all(&world.app, &Actor::operator(), &job, &mut |_| {}).unwrap();
    let kinds: Vec<_> = reports.iter().map(|report| (report.kind, report.file.as_str())).collect();
    assert_eq!(
        kinds,
        [
            (ImportKind::Suppressions, "export.zip/suppression.csv"),
            (ImportKind::Supporters, "export.zip/export/people.csv")
        ]
    );
    assert_eq!((reports[1].new, reports[1].suppressions_kept), (2, 1));
    assert_eq!(reports[0].passed_over, ["readme.md", "__MACOSX/export/._people.csv"]);
    assert_eq!(world.consent("ann@example.org", "news"), ConsentState::Withdrawn);
    job.member = Some("export/people.csv".to_owned());
    assert!(world.try_import(&job).unwrap().changed_nothing());
    job.member = Some("people.csv".to_owned());
    assert_eq!(world.try_import(&job).unwrap_err().code, "import.no-member");
}

#[test]
fn nothing_comes_of_a_zip_of_which_one_table_is_wrong() {
    let world = World::new();
    let path = world.file("half.zip", zip(&[("people.csv", PEOPLE), ("others.csv", "colour\nred\n")]));
    let refused = import_all(&world.app, &Actor::operator(), &ImportJob::new(path), &mut |_| {}).unwrap_err();
    assert_eq!((refused.code, world.people()), ("import.no-address-column", 0));
}

#[test]
fn bombs_and_broken_packings_are_refused() {
    let world = World::new();
    let bomb = "a".repeat(80 << 20);
    assert_eq!(world.refused("bomb.csv.gz", gzip(&bomb)).code, "import.bomb");
    assert_eq!(world.refused("bomb.zip", zip(&[("bomb.csv", &bomb)])).code, "import.bomb");
    let whole = gzip(&PEOPLE.repeat(50));
    assert_eq!(world.refused("cut.csv.gz", &whole[..whole.len() - 9]).code, "import.damaged");
    let mut sum = zip(&[("people.csv", PEOPLE)]);
    let at = sum.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    sum[at + 16] ^= 1;
    assert_eq!(world.refused("sum.zip", &sum).code, "import.damaged");
    let cut = zip(&[("people.csv", PEOPLE)]);
    assert_eq!(world.refused("cut.zip", &cut[..cut.len() - 30]).code, "import.zip");
    assert_eq!(world.refused("none.zip", zip(&[("letter.pdf", "x")])).code, "import.no-member");
    assert_eq!(world.refused("book.xlsx", zip(&[("xl/workbook.xml", "x")])).code, "import.not-text");
    let mut locked = zip(&[("people.csv", PEOPLE)]);
    let at = locked.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    locked[at + 8] = 1;
    assert_eq!(world.refused("locked.zip", &locked).code, "import.zip");
}

#[test]
fn objects_one_a_line_are_rows() {
    let world = World::new();
    let text = "{\"email\":\"ann@example.org\",\"name\":\"Ann Smith\",\"email_opt_in\":true,\"attributes\":{\"city\":\"Barre\",\"age\":41,\"tags\":[\"staff\"]}}\n\n\
        {\"mobile_number\":8025550101,\"email\":\"bob@example.org\",\"issues\":[\"housing\",\"climate\"],\"address\":\"1 Mill St\\nApt 4\",\"extra\":{\"a\":1}}\n\
        {\"email\":\"broken\"}\n{}\n";
    let report = world.import("people.jsonl", text);
    assert!(report.json);
    assert_eq!((report.lines, report.new, report.rejected, report.blank), (5, 2, 1, 2));
    assert_eq!(report.first_rejects[0].line, 4, "lines are those of the file");
    assert_eq!(report.rejects.get(&RejectReason::BrokenAddress), Some(&1));
    assert_eq!(report.ignored_columns, ["extra"]);
    let ann = world.page("ann@example.org").unwrap();
    assert_eq!(
        (ann.identity.get(Field::City), world.count("age = 41 and tag \"staff\"")),
        (Some("Barre"), 1)
    );
    let bob = world.page("bob@example.org").unwrap();
    assert_eq!(bob.identity.get(Field::Street), Some("1 Mill St Apt 4"));
    assert_eq!(bob.identity.get(Field::Phone), Some("+18025550101"));
    assert_eq!(world.count("issue has \"housing\""), 1);
    let packed = world.import("people.jsonl.gz", gzip(text));
    assert!(packed.changed_nothing() && packed.known_from.is_some());
}

#[test]
fn a_line_that_is_no_object_refuses_the_file_and_says_which() {
    let world = World::new();
    for (text, code, message) in [
        ("{\"email\":\"a@example.org\"}\n{\"email\":\n", "import.json", "line 2 is no JSON object"),
        ("{\"email\":\"a@example.org\"}\n\n[1]\n", "import.json", "line 3 is no JSON object"),
        ("{\"email\":1,\"email\":2}\n", "import.json", "line 1 is no JSON object"),
        (
            "{\"name\":\"Ann\"}\n",
            "import.no-address-column",
            "no column holds an e-mail address or a phone number",
        ),
        (
            "{\"email\":\"a@example.org\",\"E-mail\":\"b@example.org\"}",
            "import.two-columns",
            "`email` and `E-mail` are both the field `email`",
        ),
    ] {
        let refusal = world.refused("bad.jsonl", text);
        assert_eq!((refusal.code, refusal.message.as_str()), (code, message), "{text}");
    }
    let array = world.refused("list.json", "[{\"email\":\"a@example.org\"}]");
    assert!(array.hints[0].contains("jq"), "{array:?}");
    let long = format!("{{\"email\":\"a@example.org\"}}\n{{\"x\":\"{}\"}}\n", "y".repeat(1 << 20));
    assert_eq!(world.refused("long.jsonl", long).message, "line 2 is longer than 1 MiB");
    let names: Vec<String> = (0..2_001).map(|n| format!("{{\"n{n}\":1}}")).collect();
    assert_eq!(world.refused("wide.jsonl", names.join("\n")).code, "import.too-many-columns");
}

#[test]
fn packings_of_other_tools_are_read() {
    let world = World::new();
    // Made by Python's `zipfile` and `gzip`; the first byte is the fuzzer's.
    let zip = include_bytes!("../../../../fuzz/seeds/app_import/zip");
    let gzip = include_bytes!("../../../../fuzz/seeds/app_import/gzip");
    let report = world.import("other.zip", &zip[1..]);
    assert_eq!((report.new, report.file.as_str(), report.source.as_str()), (1, "other.zip/a.csv", "a"));
    assert_eq!(world.import("other.gz", &gzip[1..]).unchanged, 1);
}
