//! Whether a list holds together: each file by itself, and the two with each other.

use super::files::{self, KEYS, Kind, MAIN, Use};
use super::hashes::{self, Of};
use super::keys;
use super::recent::Recent;
use super::sql::Sql;
use crate::error::{StoreError, StoreResult};
use rusqlite::Connection;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;

/// Numbers that must be zero, and what is wrong when they are not.
const RULES: [(&str, &str); 6] = [
    (
        "SELECT count(*) - coalesce(max(place) + 1, 0) FROM ledger_entry",
        "entries are missing from the decision ledger",
    ),
    ("SELECT count(*) - coalesce(max(sequence), 0) FROM change", "the change feed has gaps"),
    (
        "SELECT count(*) FROM supporter WHERE ordinal >= (SELECT next FROM counter WHERE name = 'ordinal')",
        "supporters stand above the counter of positions",
    ),
    (
        "SELECT count(*) FROM blind WHERE ordinal NOT IN (SELECT ordinal FROM supporter)",
        "people are found by an address and have no record",
    ),
    (
        "SELECT count(*) FROM fact WHERE ordinal NOT IN (SELECT ordinal FROM supporter)",
        "facts belong to people who have no record",
    ),
    (
        "SELECT count(*) FROM (SELECT loan_no, state, count(*) AS people FROM delivery GROUP BY loan_no, state) AS counted
         JOIN delivery_tally AS t ON t.loan_no = counted.loan_no AND t.state = counted.state
         WHERE t.people <> counted.people",
        "the tally of a send does not fit its recipients",
    ),
];

const MAIL_KEYS: &str = "SELECT ordinal, mail_key FROM supporter WHERE mail_key IS NOT NULL ORDER BY ordinal";

fn check_file(folder: &Path, kind: &Kind, problems: &mut Vec<String>) -> StoreResult<Option<Connection>> {
    let opened = files::open(folder, kind, Use::Reading)
        .and_then(|connection| files::check_version(&connection, kind.migrations).map(|_| connection));
    let connection = match opened {
        Ok(connection) => connection,
        Err(StoreError::Damaged(why)) => {
            problems.push(why);
            return Ok(None);
        }
        Err(other) => return Err(other),
    };
    let before = problems.len();
    for check in ["PRAGMA integrity_check", "PRAGMA foreign_key_check"] {
        let found = connection.all(check, (), |row| Ok(row.get::<_, String>(0)?));
        match found {
            Ok(lines) => problems.extend(
                lines.into_iter().filter(|line| line != "ok").map(|line| format!("{}: {line}", kind.name)),
            ),
            Err(error) => problems.push(format!("{}: {error}", kind.name)),
        }
    }
    Ok((problems.len() == before).then_some(connection))
}

/// What people are found by must be known of each person as well, or an erasure would leave it behind; and whoever
/// does not wait for the tree must stand in it.
fn check_hashes(main: &Connection, problems: &mut Vec<String>) -> StoreResult<()> {
    let waiting = Recent::waiting(main)?;
    let (mut settled, mut unsettled) = (main.number("SELECT count(*) FROM further", ())?, 0);
    for of in [Of::Email, Of::Phone] {
        hashes::each(main, of, |ordinal, _| {
            *if waiting.contains(&ordinal) { &mut unsettled } else { &mut settled } += 1;
        })?;
    }
    let in_tree = main.number("SELECT count(*) FROM blind", ())?;
    if !(settled..=settled + unsettled).contains(&in_tree) {
        problems
            .push(format!("{}: the addresses that people are found by do not fit their records", MAIN.name));
    }
    // Both are read in the order of ordinals, so equal rows give equal digests, at no cost in memory.
    let (mut of_records, mut of_slots) = (DefaultHasher::new(), DefaultHasher::new());
    main.each(MAIL_KEYS, (), |row| {
        (row.get::<_, u32>(0)?, row.get::<_, [u8; 16]>(1)?).hash(&mut of_records);
        Ok(())
    })?;
    hashes::each(main, Of::Mail, |ordinal, key| (ordinal, key).hash(&mut of_slots))?;
    if of_records.finish() != of_slots.finish() {
        problems.push(format!("{}: the keys that stops are found by do not fit the records", MAIN.name));
    }
    Ok(())
}

fn check_keys(main: &Connection, keys: &Connection, problems: &mut Vec<String>) -> StoreResult<()> {
    let mut holders = Vec::new();
    keys::holders(keys, |ordinal| holders.push(ordinal))?;
    if holders.len() as u64 != keys::tallied(keys)? {
        problems.push(format!("{}: the tally of keys does not fit the keys", KEYS.name));
    }
    let mut without = 0_u64;
    main.each("SELECT ordinal FROM supporter ORDER BY ordinal", (), |row| {
        without += u64::from(holders.binary_search(&row.get(0)?).is_err());
        Ok(())
    })?;
    if without > 0 {
        problems.push(format!("{without} supporters have no key, so nobody can open their records"));
    }
    Ok(())
}

/// Every problem that is found, in words; none when the list holds together.
pub(super) fn verify(folder: &Path) -> StoreResult<Vec<String>> {
    let mut problems = Vec::new();
    let main = check_file(folder, &MAIN, &mut problems)?;
    let keys = check_file(folder, &KEYS, &mut problems)?;
    let Some(main) = main else { return Ok(problems) };
    for (count, wrong) in RULES {
        let found: Option<i64> = main.one(count, (), |row| Ok(row.get(0)?))?;
        if found.unwrap_or(0) != 0 {
            problems.push(format!("{}: {wrong}", MAIN.name));
        }
    }
    check_hashes(&main, &mut problems)?;
    if let Some(keys) = keys {
        check_keys(&main, &keys, &mut problems)?;
    }
    Ok(problems)
}
