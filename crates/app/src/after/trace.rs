//! Naming the copy that a leaked file came from, with a stated bound on naming an innocent. The accusation, or
//! that there is none, is in the ledger before anybody reads it; where the trace key is split, so is who opened it.

mod gather;

pub(super) use gather::{Gathered, gather};

use super::season::Season;
use super::trace_key::{Opened, open_sealed};
use crate::context::App;
use crate::journal::enter;
use crate::lend::charter_in;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::canonical::{ContentHash, sha256};
use hustings_domain::ids::CopyNumber;
use hustings_policy::permit;
use hustings_trace::{AccuseError, LeakRow, TraceReport, TrusteeShare, read_leak};
use serde_json::{Value, json};

/// The bound on the chance that any innocent is accused.
pub(super) const EPSILON: f64 = 1e-6;
/// The same as the ledger has it, in whole billionths.
const EPSILON_BILLIONTHS: u64 = 1_000;
/// The largest file that is read, in bytes.
const LARGEST: usize = 256 << 20;

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
        .hint("names alone say nothing; give the file as it was found: any table or text with addresses in it will do"));
    }
    Ok(rows)
}

/// Whether `actor` may trace, and so see who holds shares of the trace key.
pub fn may_trace(actor: &Actor) -> Result<()> {
    permit(actor, Action::TraceLeak)?;
    Ok(())
}

/// Names the copy that `leak` came from, or nobody. Refused where the trace key is split: see [`trace_with`].
pub fn trace(app: &App, actor: &Actor, leak: &[u8]) -> Result<TraceReport> {
    trace_with(app, actor, leak, &[])
}

/// Names the copy that `leak` came from, or nobody; `shares` are those of the trustees, where the trace key is split.
///
/// INVARIANT (promise 6): the chance that any innocent is accused is at most one in a million.
pub fn trace_with(app: &App, actor: &Actor, leak: &[u8], shares: &[TrusteeShare]) -> Result<TraceReport> {
    permit(actor, Action::TraceLeak)?;
    let rows = rows_of(leak)?;
    let file = ContentHash(sha256(leak));
    // INVARIANT (promise 5): the file's hash and who opened the trace key stand in the ledger before it is used.
    let opened = open_sealed(app, actor, file, shares)?;
    let now = app.now();
    let mut report = weigh(app, &rows, file, &opened)?.0;
    app.store.write(|tx| {
        let kind = if report.accused.is_empty() { "trace.nothing" } else { "trace.accused" };
        report.ledger_entry = enter(tx, now, actor, kind, ledger_body(&report))?;
        Ok(report)
    })
}

/// The report, and what it was made of.
pub(super) fn weigh<'a>(
    app: &App,
    rows: &'a [LeakRow],
    file: ContentHash,
    opened: &Opened,
) -> Result<(TraceReport, Gathered<'a>, Season)> {
    app.store.read(|tx| {
        let season = Season::of(app, &charter_in(tx)?);
        let gathered = gather(app, tx, &season, rows, EPSILON, opened.sealed.clone(), opened.split)?;
        let weighed = gathered.facts.weigh(&season.hold_back, &season.seeds, &season.nonce, rows, file);
        let report = weighed.map_err(|error| match error {
            AccuseError::NoCandidate => {
                Refusal::conflict("trace.no-copies", "no copy has left, so none can have leaked")
                    .hint("look at who can reach the list itself")
            }
            other => Refusal::internal("the evidence cannot be weighed").because(other),
        })?;
        Ok((report, gathered, season))
    })
}

/// What the ledger says of a trace: whole numbers and ids.
pub(super) fn ledger_body(report: &TraceReport) -> Value {
    let verdict = &report.report.verdict;
    let weighed: Vec<Value> = verdict
        .ranked
        .iter()
        .map(|suspect| {
            json!({"borrower": suspect.borrower, "log_e_milli": milli(suspect.log_e_value),
                "accused": suspect.accused, "sealed_seen": suspect.sealed_seen})
        })
        .collect();
    let accused = || report.accused.iter();
    let copies: Vec<CopyNumber> = accused().flat_map(|one| one.copies.iter().map(|copy| copy.copy)).collect();
    let confirmed: Vec<_> = accused().filter(|one| one.confirmed).map(|one| one.borrower).collect();
    json!({"sha256": report.file_sha256, "rows": report.rows, "matched": report.matched, "seeds": report.seeds,
        "candidates": verdict.candidates, "epsilon_billionths": EPSILON_BILLIONTHS,
        "threshold_log_e_milli": milli(verdict.threshold_ln), "weighed": weighed, "copies": copies,
        "split": report.split, "confirmed": confirmed, "season": report.season,
        "hold_back_commitment": report.hold_back_commitment, "seed_commitment": report.seed_commitment})
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a conversion to integer saturates, which is what is meant"
)]
fn milli(log: f64) -> i64 {
    (log * 1_000.0).round() as i64
}
