//! The documents say what is there: rooms, tests, links and decisions.

use super::{files_under, root, sources};
use std::collections::BTreeSet;
use std::path::Path;

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|_| panic!("{path} is missing"))
}

/// What stands between backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
}

#[test]
fn the_architecture_names_every_room_and_no_other() {
    let text = read("ARCHITECTURE.md");
    assert!(text.lines().count() < 200, "ARCHITECTURE.md is to be read in one sitting");
    let named: BTreeSet<String> = quoted(&text)
        .iter()
        .filter_map(|word| word.strip_prefix("crates/")?.split('/').next())
        .map(str::to_owned)
        .collect();
    let rooms: BTreeSet<String> = std::fs::read_dir(root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().join("Cargo.toml").exists())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    assert!(rooms.len() >= 10);
    assert_eq!(named, rooms);
}

/// Every fault names in backticks, in `a_name_in_snake_case`, the test that shows it survived.
#[test]
fn every_fault_names_tests_that_exist() {
    let text = read("docs/faults.md");
    let tests = test_names();
    let mut named = 0;
    for word in text.lines().filter(|line| line.starts_with('|')).flat_map(quoted) {
        assert!(tests.contains(word), "docs/faults.md names the test `{word}`, and there is none");
        named += 1;
    }
    assert!(named >= 18, "{named}");
}

/// A promise is a numbered item or heading (`1. **No record before a yes.**`), and names its tests in backticks:
/// `a_name_in_snake_case`, with or without the path in front.
#[test]
fn every_promise_names_tests_that_exist() {
    let text = read("docs/promises.md");
    let tests = test_names();
    let mut promises = 0;
    let mut kept = BTreeSet::new();
    for line in text.lines() {
        let line = line.trim_start_matches(['#', ' ']);
        if line.split_once(". ").is_some_and(|(number, _)| number.parse::<u32>().is_ok()) {
            promises += 1;
        }
        for word in quoted(line) {
            let name = word.rsplit("::").next().unwrap_or(word);
            let shaped = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            if shaped && name.matches('_').count() >= 2 {
                assert!(tests.contains(name), "docs/promises.md names the test `{name}`, and there is none");
                kept.insert(promises);
            }
        }
    }
    assert!(promises >= 11, "eleven promises, found {promises}");
    for promise in 1..=promises {
        assert!(kept.contains(&promise), "promise {promise} names no test");
    }
}

/// The names of all functions marked as tests in the rooms, property tests among them.
fn test_names() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (_, text) in sources() {
        let mut marked = false;
        for line in text.lines().map(str::trim) {
            marked |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
            if let Some((_, rest)) = line.split_once("fn ").filter(|_| marked) {
                names.insert(rest.split(['(', '<']).next().unwrap_or_default().to_owned());
                marked = false;
            }
        }
    }
    assert!(names.len() > 50, "tests are found");
    names
}

#[test]
fn links_between_documents_lead_somewhere() {
    for path in files_under(&root(), ".md") {
        let text = std::fs::read_to_string(&path).unwrap();
        for rest in text.split("](").skip(1) {
            let target = rest.split([')', '#', ' ']).next().unwrap_or_default();
            // A merge tag of a letter is no document.
            if !target.is_empty() && !target.contains(':') && !target.starts_with("{{") {
                let there = path.parent().unwrap_or(Path::new(".")).join(target);
                assert!(there.exists(), "{}: `{target}` leads nowhere", path.display());
            }
        }
    }
}

#[test]
fn decisions_are_numbered_dated_and_short() {
    let all = files_under(&root().join("docs/decisions"), ".md");
    assert!(all.len() >= 8);
    for (position, path) in all.iter().enumerate() {
        let name = path.file_name().unwrap().to_string_lossy();
        assert!(
            name.starts_with(&format!("{:04}-", position + 1)),
            "{name}: the next number is {:04}",
            position + 1
        );
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.lines().any(|line| line.starts_with("Status: ")), "{name} has no status");
        assert!(
            text.contains("\n## What was weighed") && text.contains("\n## Decision"),
            "{name} lacks a part"
        );
        assert!(text.lines().count() <= 60, "{name} is longer than a page");
    }
}
