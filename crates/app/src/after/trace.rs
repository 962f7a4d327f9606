//! Naming the copy that a leaked file came from, with a stated bound on naming an innocent. The accusation, or
//! that there is none, is in the ledger before anybody reads it.

mod gather;

pub(super) use gather::{Gathered, gather};

use super::season::Season;
use crate::context::App;
use crate::journal::enter;
use crate::lend::charter_in;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::canonical::{ContentHash, sha256};
use hustings_domain::ids::{BorrowerId, CopyNumber, LoanNumber};
use hustings_policy::permit;
use hustings_trace::{AccuseError, LeakRow, Report, Suspect, Verdict, accuse, read_leak};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The bound on the chance that any innocent is accused.
pub(super) const EPSILON: f64 = 1e-6;
/// The same as the ledger has it, in whole billionths.
const EPSILON_BILLIONTHS: u64 = 1_000;
/// The largest file that is read, in bytes.
const LARGEST: usize = 256 << 20;

/// How many of a copy's people are in the file. Ordinary evidence, told beside the accusation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CopyMatch {
    /// The copy.
    pub copy: CopyNumber,
    /// Its loan.
    pub loan: LoanNumber,
    /// People of it who are in the file.
    pub people_found: u64,
    /// People in it.
    pub people: u64,
}

/// A borrower whose copies the file came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Accused {
    /// Who.
    pub borrower: BorrowerId,
    /// By name.
    pub name: String,
    /// The copies, the one with the most of its people in the file first.
    pub copies: Vec<CopyMatch>,
}

/// What a trace found. Holds no address and names no supporter.
#[derive(Debug, Clone, Serialize)]
pub struct TraceReport {
    /// SHA-256 of the file; the file is not kept.
    pub file_sha256: ContentHash,
    /// Lines of the file with an address or a number.
    pub rows: u64,
    /// Supporters found in it.
    pub matched: u64,
    /// Lines with somebody who is not on the list and is no seed.
    pub strangers: u64,
    /// Lines with a seed.
    pub seeds: u64,
    /// Whose copies it came from; none, when the evidence is not enough.
    pub accused: Vec<Accused>,
    /// The names of all others who hold copies.
    pub cleared: Vec<String>,
    /// The weighing in words and numbers.
    pub report: Report,
    /// The commitments to the season's keys, as the entries of sends and copies have them.
    pub hold_back_commitment: ContentHash,
    /// The commitment to the seeds' key.
    pub seed_commitment: ContentHash,
    /// The trace's entry in the ledger.
    pub ledger_entry: u64,
}

impl TraceReport {
    /// The report as plain text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _unfailing = writeln!(
            text,
            "{} rows: {} people of this list, {} with a seed, {} with strangers.",
            self.rows, self.matched, self.seeds, self.strangers
        );
        for accused in &self.accused {
            for copy in &accused.copies {
                let _unfailing = writeln!(
                    text,
                    "Copy {} (loan {}) to {}: {} of its {} people are in the file.",
                    copy.copy, copy.loan, accused.name, copy.people_found, copy.people
                );
            }
        }
        text.push('\n');
        text.push_str(&self.report.text());
        let _unfailing =
            write!(text, "\nEntry {} of the ledger; file {}.\n", self.ledger_entry, self.file_sha256);
        text
    }
}

/// Reads a leaked file, or refuses what is none.
pub(super) fn rows_of(leak: &[u8]) -> Result<Vec<LeakRow>> {
    if leak.len() > LARGEST {
        return Err(Refusal::invalid("trace.too-large", "the file is larger than 256 MiB").hint("split it"));
    }
    let rows = read_leak(leak).map_err(|error| {
        Refusal::invalid("trace.unreadable", "the file cannot be read as a list").because(error)
    })?;
    if rows.is_empty() {
        return Err(Refusal::invalid(
            "trace.empty",
            "the file holds no e-mail address and no telephone number",
        )
        .hint("give the file as it was found: any table or text with addresses in it will do"));
    }
    Ok(rows)
}

/// Names the copy that `leak` came from, or nobody.
///
/// INVARIANT (promise 6): the chance that any innocent is accused is at most one in a million.
pub fn trace(app: &App, actor: &Actor, leak: &[u8]) -> Result<TraceReport> {
    permit(actor, Action::TraceLeak)?;
    let rows = rows_of(leak)?;
    let now = app.now();
    app.store.write(|tx| {
        let season = Season::of(app, &charter_in(tx)?);
        let gathered = gather(app, tx, &season, &rows)?;
        let verdict = verdict(&gathered)?;
        let names: BTreeMap<BorrowerId, String> =
            tx.borrowers()?.into_iter().map(|borrower| (borrower.id, borrower.name)).collect();
        let name = |id: BorrowerId| names.get(&id).cloned().unwrap_or_else(|| id.to_string());
        let (accused, cleared): (Vec<&Suspect>, Vec<&Suspect>) =
            verdict.ranked.iter().partition(|suspect| suspect.accused);
        let accused: Vec<Accused> = accused
            .into_iter()
            .map(|suspect| Accused {
                borrower: suspect.borrower,
                name: name(suspect.borrower),
                copies: gathered.copies_of(suspect.borrower),
            })
            .collect();
        let cleared = cleared.into_iter().map(|suspect| name(suspect.borrower)).collect();
        let file_sha256 = ContentHash(sha256(leak));
        let kind = if accused.is_empty() { "trace.nothing" } else { "trace.accused" };
        let body = entry(&verdict, &gathered, &season, file_sha256);
        let ledger_entry = enter(tx, now, actor, kind, body)?;
        Ok(TraceReport {
            file_sha256,
            rows: gathered.rows,
            matched: u64::try_from(gathered.people.len()).unwrap_or(u64::MAX),
            strangers: gathered.strangers,
            seeds: gathered.seeds,
            accused,
            cleared,
            report: Report::new(&verdict, name),
            hold_back_commitment: season.hold_back_commitment(),
            seed_commitment: season.seed_commitment(),
            ledger_entry,
        })
    })
}

pub(super) fn verdict(gathered: &Gathered) -> Result<Verdict> {
    accuse(&gathered.case, EPSILON).map_err(|error| match error {
        AccuseError::NoCandidate => {
            Refusal::conflict("trace.no-copies", "no copy has left, so none can have leaked")
                .hint("look at who can reach the list itself")
        }
        other => Refusal::internal("the evidence cannot be weighed").because(other),
    })
}

/// What the ledger says of a trace: whole numbers and ids.
fn entry(verdict: &Verdict, gathered: &Gathered, season: &Season, file: ContentHash) -> Value {
    let weighed: Vec<Value> = verdict
        .ranked
        .iter()
        .map(|suspect| {
            json!({"borrower": suspect.borrower, "log_e_milli": milli(suspect.log_e_value),
                "accused": suspect.accused})
        })
        .collect();
    let copies: Vec<CopyNumber> = verdict
        .accused()
        .flat_map(|suspect| gathered.copies_of(suspect.borrower))
        .map(|found| found.copy)
        .collect();
    json!({"sha256": file, "rows": gathered.rows, "matched": gathered.people.len(), "seeds": gathered.seeds,
        "candidates": verdict.candidates, "epsilon_billionths": EPSILON_BILLIONTHS,
        "threshold_log_e_milli": milli(verdict.threshold_ln), "weighed": weighed, "copies": copies,
        "season": season.name, "hold_back_commitment": season.hold_back_commitment(),
        "seed_commitment": season.seed_commitment()})
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a conversion to integer saturates, which is what is meant"
)]
fn milli(log: f64) -> i64 {
    (log * 1_000.0).round() as i64
}
