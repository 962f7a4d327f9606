//! Every place of this room that opens people's seals, how many at a time, and the entry that says so. A new place without
//! a row here fails.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// How many people are opened in one go.
enum Opens {
    /// One, who was looked up or who has the link.
    One,
    /// Many: the kind of the ledger entry that says so, and the file that makes it.
    Many(&'static str, &'static str),
    /// Many, and who they are does not leave the function.
    NothingLeaves,
}
use Opens::{Many, NothingLeaves, One};

const PLACES: &[(&str, Opens)] = &[
    ("after/copies.rs", Many("copy.fetched", "after/copies.rs")),
    ("after/corrections.rs", One),
    ("after/introduce.rs", Many("copy.made", "after/introduce.rs")),
    ("after/outcomes/seal.rs", NothingLeaves),
    ("after/place.rs", One),
    ("after/reports.rs", Many("reports.read", "after/reports.rs")),
    ("after/respond.rs", One),
    ("after/yes_receipt.rs", One),
    ("folder/doctor/keys.rs", NothingLeaves),
    ("folder/restore.rs", Many("list.restored", "folder/restore.rs")),
    ("people/audience/sample.rs", Many("supporter.read", "people/audience/sample.rs")),
    ("people/consent.rs", One),
    ("people/correct.rs", One),
    ("people/export/gather.rs", One),
    ("people/import/apply.rs", Many("import.begun", "people/import/run.rs")),
    ("people/places/settle.rs", Many("places.postcodes-loaded", "people/places/load.rs")),
    ("people/show.rs", One),
    ("send/dispatch/render.rs", Many("send.started", "send/start.rs")),
];

/// What takes a person, or a file of people, out of its seal.
const OPENERS: [&str; 7] = [
    "open_in(",
    "open_record(",
    "open_identity(",
    "seal_holds(",
    " person_key(",
    "open_copy(",
    ".vault.unwrap(",
];
/// Where these are made.
const MADE_IN: [&str; 3] = ["people/sealed.rs", "after/keyed.rs", "people.rs"];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_place_that_opens_people_is_known_and_says_so_in_the_ledger() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&source, &mut all);
    let opens = |path: &&PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        let called = |line: &str| {
            !line.trim_start().starts_with("//") && OPENERS.iter().any(|name| line.contains(name))
        };
        text.lines().any(called)
    };
    let name = |path: &PathBuf| path.strip_prefix(&source).unwrap().to_string_lossy().into_owned();
    let found: BTreeSet<String> =
        all.iter().filter(opens).map(name).filter(|name| !MADE_IN.contains(&name.as_str())).collect();
    let known: BTreeSet<String> = PLACES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(found, known, "found on the left, in the table on the right");
    for (place, opens) in PLACES {
        if let Many(kind, by) = opens {
            let text = std::fs::read_to_string(source.join(by)).unwrap();
            assert!(text.contains(&format!("\"{kind}\"")), "{place}: {by} enters no {kind}");
        }
    }
}
