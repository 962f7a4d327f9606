//! Which way the dependencies point, and which room may hold which heavy crate (ARCHITECTURE.md).

use super::{files_under, root, sources};
use cargo_metadata::{DependencyKind, MetadataCommand, Package};
use std::collections::{BTreeMap, BTreeSet};

/// The rooms from the ground up: a room may use what stands on a lower floor only, so there can be no cycle.
const FLOORS: [&[&str]; 7] = [
    &["hustings-domain"],
    &["hustings-vault", "hustings-ledger", "hustings-signet", "hustings-policy"],
    &["hustings-store", "hustings-mail", "hustings-audience", "hustings-trace", "hustings-share"],
    &["hustings-app"],
    &["hustings-server"],
    &["hustings"],
    &["hustings-bench"],
];

/// Rooms that stand alone, with all they may use of ours.
const NARROW: [(&str, &[&str]); 8] = [
    ("hustings-ledger", &[]),
    ("hustings-signet", &["hustings-domain"]),
    ("hustings-vault", &["hustings-domain"]),
    ("hustings-policy", &["hustings-domain"]),
    ("hustings-audience", &["hustings-domain"]),
    ("hustings-trace", &["hustings-domain"]),
    ("hustings-share", &["hustings-domain"]),
    ("hustings-mail", &["hustings-domain", "hustings-vault"]),
];

/// Heavy crates, and the only rooms that may name them.
const FENCES: [(&[&str], &[&str]); 9] = [
    (
        &[
            "rusqlite",
            "libsqlite3-sys",
            "tokio-postgres",
            "postgres",
            "deadpool-postgres",
            "sqlx",
            "diesel",
            "duckdb",
        ],
        &["hustings-store", "hustings-bench"],
    ),
    (&["axum", "tower-http", "hyper", "warp", "askama"], &["hustings-server"]),
    (
        &["mail-auth", "mail-parser", "mail-builder", "smtp-proto", "lettre"],
        &["hustings-mail", "hustings-bench"],
    ),
    (&["clap", "indicatif", "rpassword"], &["hustings", "hustings-bench"]),
    (&["cedar-policy", "miette"], &["hustings-policy"]),
    (&["phonenumber"], &["hustings-vault"]),
    // Workbooks come from strangers; shares of the trace key are made and put together in one place.
    (&["calamine", "zip"], &["hustings-trace"]),
    (&["blahaj", "vsss-rs", "sharks"], &["hustings-trace"]),
    // The way out over HTTP is one file of the app; the binary's own is the browser of the demonstration.
    (&["ureq", "reqwest"], &["hustings-app", "hustings"]),
];

/// What must not be reached by any path, from the rooms that know no SQL and no HTTP.
const SQL_AND_HTTP: [&str; 11] = [
    "rusqlite",
    "libsqlite3-sys",
    "sqlx",
    "diesel",
    "tokio-postgres",
    "axum",
    "hyper",
    "http",
    "reqwest",
    "ureq",
    "tokio",
];

fn rooms() -> BTreeMap<String, Package> {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .other_options(["--offline".to_owned()])
        .exec()
        .unwrap();
    metadata.packages.into_iter().map(|package| (package.name.to_string(), package)).collect()
}

fn floor(room: &str) -> usize {
    let found = FLOORS.iter().position(|rooms| rooms.contains(&room));
    found.unwrap_or_else(|| panic!("{room} has no floor: add it to FLOORS and to ARCHITECTURE.md"))
}

/// What the room's own code is built with: test helpers do not count.
fn uses(package: &Package) -> BTreeSet<String> {
    let built =
        package.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development);
    built.map(|dependency| dependency.name.clone()).collect()
}

#[test]
fn dependencies_point_down_only() {
    let rooms = rooms();
    assert!(rooms.len() >= 11, "found {:?}", rooms.keys());
    for (name, package) in &rooms {
        for used in uses(package).iter().filter(|used| rooms.contains_key(*used)) {
            assert!(
                floor(used) < floor(name),
                "{name} may not use {used}: it does not stand on a lower floor"
            );
            assert!(
                used != "hustings-store" || ["hustings-app", "hustings-bench"].contains(&name.as_str()),
                "{name} reaches past the use cases into the store"
            );
        }
    }
}

#[test]
fn narrow_rooms_stay_narrow() {
    let rooms = rooms();
    for (name, allowed) in NARROW {
        for used in uses(&rooms[name]).iter().filter(|used| rooms.contains_key(*used)) {
            assert!(allowed.contains(&used.as_str()), "{name} may not use {used}");
        }
    }
}

#[test]
fn heavy_crates_stay_in_their_room() {
    for (name, package) in rooms() {
        for dependency in &package.dependencies {
            for (fenced, allowed) in FENCES {
                assert!(
                    !fenced.contains(&dependency.name.as_str()) || allowed.contains(&name.as_str()),
                    "{} belongs to {allowed:?}, and {name} names it",
                    dependency.name
                );
            }
        }
    }
}

#[test]
fn rules_rooms_reach_no_sql_and_no_http_by_any_path() {
    let rooms = rooms();
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let lock: toml::Table = toml::from_str(&lock).unwrap();
    let mut graph: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in lock["package"].as_array().unwrap() {
        let needs = package.get("dependencies").and_then(toml::Value::as_array).into_iter().flatten();
        // "name", or "name version" where the lock file holds two versions.
        let needs = needs.filter_map(|need| need.as_str()?.split(' ').next());
        graph.entry(package["name"].as_str().unwrap()).or_default().extend(needs);
    }
    assert!(
        graph["axum"].contains("hyper") || graph["axum"].contains("http"),
        "the lock file reads as a graph"
    );
    for name in [
        "hustings-domain",
        "hustings-ledger",
        "hustings-policy",
        "hustings-audience",
        "hustings-trace",
        "hustings-share",
    ] {
        let direct = uses(&rooms[name]);
        let mut reached: BTreeSet<&str> = BTreeSet::new();
        let mut next: Vec<&str> = direct.iter().map(String::as_str).collect();
        while let Some(crate_name) = next.pop() {
            // A room below is judged by what it is built with, not by its test helpers.
            if reached.insert(crate_name) && !rooms.contains_key(crate_name) {
                next.extend(graph.get(crate_name).into_iter().flatten());
            }
        }
        for banned in SQL_AND_HTTP {
            assert!(!reached.contains(banned), "{name} reaches {banned}");
        }
    }
}

#[test]
fn no_room_declares_a_crate_that_it_does_not_use() {
    let mut idle = Vec::new();
    for (name, package) in rooms() {
        let folder = package.manifest_path.parent().unwrap().as_std_path();
        let text: String =
            files_under(folder, ".rs").iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
        let words: BTreeSet<&str> = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
        for dependency in &package.dependencies {
            let used_as = dependency.rename.as_ref().unwrap_or(&dependency.name).replace('-', "_");
            let named = words.contains(used_as.as_str());
            if !named {
                idle.push(format!("{name}: {}", dependency.name));
            }
        }
    }
    assert!(idle.is_empty(), "declared and not used:\n{}", idle.join("\n"));
}

#[test]
fn every_file_says_what_it_owns_and_stays_small() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let shown = path.strip_prefix(root()).unwrap().display().to_string();
        if !text.starts_with("//!") {
            wrong.push(format!("{shown} does not open with what it owns"));
        }
        if text.lines().count() > 600 {
            wrong.push(format!("{shown} is longer than 600 lines: split it"));
        }
        if shown.ends_with("/mod.rs") {
            wrong.push(format!("{shown}: name the file after its folder"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The moment of fuzzing in the check uses what the tests were built with, as long as both say the same of it.
#[test]
fn fuzz_targets_use_the_dependencies_of_the_tests() {
    let foreign = |file: &str| {
        let text = std::fs::read_to_string(root().join(file)).unwrap();
        let (_, after) = text.split_once("[profile.dev]").unwrap();
        let mut said: Vec<String> = Vec::new();
        for line in
            after.lines().take_while(|line| !line.starts_with("[profile.release") && !line.starts_with("[["))
        {
            if line.starts_with('[') {
                said.push(line.to_owned());
            } else if let Some(last) = said.last_mut().filter(|_| line.contains('=')) {
                last.push_str(line);
            }
        }
        said.into_iter().filter(|section| !section.contains("package.hustings")).collect::<Vec<_>>()
    };
    let (tests, fuzz) = (foreign("Cargo.toml"), foreign("fuzz/Cargo.toml"));
    assert!(tests.len() > 3, "{tests:?}");
    assert_eq!(tests, fuzz);
}
