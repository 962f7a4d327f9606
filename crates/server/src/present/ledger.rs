//! Ledger entries in words, and how anyone checks them.

use super::frame;
use crate::routes::Call;
use crate::views::console::Witness;
use crate::views::parts::Badge;
use hustings_app::Result;
use hustings_app::after::{WitnessState, witness_standing};
use hustings_ledger::tiles::{TILE_WIDTH, Tile, TileKind, new_tiles};
use serde_json::Value;

/// Where the served files lie in the data folder.
const FOLDER: &str = "ledger";

/// The dotted kind as words: `loan.cleared` is `loan cleared`.
pub(crate) fn kind(kind: &str) -> String {
    kind.replace(['.', '-'], " ")
}

/// What an entry is about, in a line: its short values, never more than the entry itself holds.
pub(crate) fn said(body: &Value) -> String {
    let Value::Object(members) = body else { return String::new() };
    let mut said: Vec<String> = Vec::new();
    if let Some(loan) = members.get("loan").and_then(Value::as_u64) {
        said.push(format!("loan {loan}"));
    }
    if let Some(copy) = members.get("copy").and_then(Value::as_u64) {
        said.push(format!("copy {copy}"));
    }
    // By name: the order in which a program happens to hold them says nothing.
    for (name, value) in members.iter().collect::<std::collections::BTreeMap<_, _>>() {
        let short = match value {
            Value::String(text) if text.len() <= 32 && name != "by" => Some(text.clone()),
            Value::Number(number) if name != "loan" && name != "copy" => {
                Some(format!("{} {number}", name.replace('_', " ")))
            }
            Value::Bool(true) => Some(name.replace('_', " ")),
            _ => None,
        };
        said.extend(short);
    }
    said.truncate(6);
    said.join(", ")
}

/// The page that an entry is about, if the console has one.
pub(crate) fn about(body: &Value) -> Option<(String, String)> {
    if let Some(loan) = body.get("loan").and_then(Value::as_u64) {
        return Some((format!("/console/loans/{loan}"), format!("Loan {loan}")));
    }
    if let Some(copy) = body.get("copy").and_then(Value::as_u64) {
        return Some((format!("/console/copies/{copy}"), format!("Copy {copy}")));
    }
    if let Some(charter) = body.get("charter").and_then(Value::as_u64) {
        return Some((format!("/console/charters/{charter}"), format!("Charter {charter}")));
    }
    let borrower = body.get("borrower").and_then(Value::as_str)?;
    Some((format!("/console/borrowers/{borrower}"), "The borrower".to_owned()))
}

/// The most files that the first command names.
const MOST_FILES: usize = 60;

/// The three commands that check the published ledger on any computer: fetch its files, look at what was signed,
/// verify.
pub(crate) fn commands(call: &Call) -> Vec<String> {
    let site = call.site.address();
    vec![
        format!(
            "curl -fsS --create-dirs \"{site}/ledger/{{{}}}\" -o \"ledger/#1\"",
            files(signed_size(call)).join(",")
        ),
        "cat ledger/checkpoint".to_owned(),
        "hustings ledger verify --files ledger".to_owned(),
    ]
}

/// The served files of a ledger of this size; the full tiles of the two lowest kinds as a range, once they are many.
fn files(size: u64) -> Vec<String> {
    let mut files = vec!["checkpoint".to_owned(), "verifier.key".to_owned()];
    let tiles: Vec<Tile> = new_tiles(0, size).collect();
    let many = tiles.len() > MOST_FILES;
    let ranged =
        |tile: &Tile| many && tile.is_full() && matches!(tile.kind, TileKind::Entries | TileKind::Hashes(0));
    let full = size / TILE_WIDTH;
    if many && (1..=1_000).contains(&full) {
        files.extend(["entries", "0"].map(|kind| format!("tile/{kind}/[000-{:03}]", full - 1)));
    }
    files.extend(tiles.iter().filter(|tile| !ranged(tile)).map(Tile::path).take(MOST_FILES));
    files
}

/// How many entries the served checkpoint signs: its second line (C2SP tlog-checkpoint).
fn signed_size(call: &Call) -> u64 {
    checkpoint(call).lines().nth(1).and_then(|line| line.parse().ok()).unwrap_or(0)
}

/// A file of the published ledger, read whole; none when it was never published.
pub(crate) fn published(call: &Call, path: &str) -> Option<Vec<u8>> {
    std::fs::read(call.app().folder().join(FOLDER).join(path)).ok()
}

/// The checkpoint as it is served, or a sentence.
pub(crate) fn checkpoint(call: &Call) -> String {
    published(call, "checkpoint")
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_else(|| "Not published yet.".to_owned())
}

/// Who countersigns, and where each stands to the published checkpoint.
pub(crate) fn witnesses(call: &Call) -> Result<Vec<Witness>> {
    let standing = witness_standing(call.app())?;
    let shown = standing.into_iter().map(|witness| Witness {
        name: witness.key.name().to_owned(),
        state: match witness.state {
            WitnessState::Cosigned => Badge::go("signed"),
            WitnessState::Missing => Badge::wait("missing"),
            WitnessState::Contradicts => Badge::stop("contradicts"),
        },
        when: witness.last.map(|at| frame::when(call, at)),
        said: witness.said,
    });
    Ok(shown.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_file_of_a_ledger_is_named_in_the_command() {
        assert_eq!(files(3), ["checkpoint", "verifier.key", "tile/entries/000.p/3", "tile/0/000.p/3"]);
        let large = files(256 * 100 + 7);
        assert!(
            large.contains(&"tile/entries/[000-099]".to_owned())
                && large.contains(&"tile/0/100.p/7".to_owned())
        );
        assert!(large.contains(&"tile/1/000.p/100".to_owned()));
        assert!(large.len() < 10, "{large:?}");
    }

    #[test]
    fn an_entry_reads_in_a_line() {
        let body =
            json!({"by": "trustee:0192", "loan": 7, "ballot": "approve", "wing": "labor", "held_back": 12});
        assert_eq!(said(&body), "loan 7, approve, held back 12, labor");
        assert_eq!(about(&body), Some(("/console/loans/7".to_owned(), "Loan 7".to_owned())));
        assert_eq!(kind("send.started"), "send started");
    }
}
