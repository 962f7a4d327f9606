//! A borrower reports what came of its introductions. Each row stands for itself: what cannot be taken is refused with its
//! line, and the rest goes on; the same report twice is kept once.

use super::read::{OutcomeRow, read_outcomes};
use super::report::{OutcomeReason, OutcomeReport};
use super::seal;
use crate::after::copies::fetched_at;
use crate::after::duties::own;
use crate::after::stops;
use crate::context::App;
use crate::journal::enter;
use crate::people::follow;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::consent::{SuppressionReason, SuppressionScope};
use hustings_domain::copy::CopyRecord;
use hustings_domain::ids::{BorrowerId, CopyNumber, Ordinal};
use hustings_domain::outcome::{Outcome, OutcomeKind, RowReference};
use hustings_policy::permit;
use hustings_store::Tx;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Rows of one transaction, with one entry in the ledger.
const TOGETHER: usize = 1_000;

/// Reports a file of outcomes. A run that was cut off is completed by the same file again.
pub fn log_outcomes(app: &App, actor: &Actor, file: &[u8]) -> Result<OutcomeReport> {
    permit(actor, Action::LogOutcomes)?;
    let borrower = own(actor)?;
    let rows = read_outcomes(file)?;
    log(app, actor, borrower, &rows)
}

/// Reports one outcome of several rows, as a form does; lines are counted from 1.
pub fn log_outcome(app: &App, actor: &Actor, references: &[&str], outcome: Outcome) -> Result<OutcomeReport> {
    permit(actor, Action::LogOutcomes)?;
    let borrower = own(actor)?;
    if references.is_empty() || references.len() > TOGETHER {
        return Err(Refusal::invalid("outcomes.rows", format!("{} rows are named", references.len()))
            .hint(format!("1 to {TOGETHER} references, one a line, such as C-1-0007")));
    }
    if outcome.amount.is_some() && outcome.kind != OutcomeKind::Gave {
        return Err(Refusal::invalid("outcomes.amount", OutcomeReason::AmountWithoutGift.words()));
    }
    let rows: Vec<OutcomeRow> = (1..)
        .zip(references)
        .map(|(line, text)| OutcomeRow {
            line,
            said: text
                .trim()
                .parse()
                .map(|reference| (reference, outcome))
                .map_err(|_| OutcomeReason::BrokenReference),
        })
        .collect();
    log(app, actor, borrower, &rows)
}

fn log(app: &App, actor: &Actor, borrower: BorrowerId, rows: &[OutcomeRow]) -> Result<OutcomeReport> {
    let now = app.now();
    let mut report = OutcomeReport::default();
    for together in rows.chunks(TOGETHER) {
        let part = app.store.write(|tx| log_in(app, tx, actor, borrower, together, now))?;
        report.rows += part.rows;
        report.taken += part.taken;
        report.already += part.already;
        report.refused += part.refused;
        report.no_contact += part.no_contact;
        for (reason, count) in part.reasons {
            *report.reasons.entry(reason).or_default() += count;
        }
        report.rejects.extend(part.rejects);
    }
    follow::catch_up(app)?;
    if report.adds_up() {
        Ok(report)
    } else {
        Err(Refusal::internal("the report of the outcomes does not add up"))
    }
}

fn log_in(
    app: &App,
    tx: &mut dyn Tx,
    actor: &Actor,
    borrower: BorrowerId,
    rows: &[OutcomeRow],
    now: Timestamp,
) -> Result<OutcomeReport> {
    let mut report = OutcomeReport { rows: rows.len() as u64, ..OutcomeReport::default() };
    let mut known = Known::new(tx, borrower, now)?;
    let (mut stopped, mut taken): (BTreeSet<Ordinal>, BTreeMap<CopyNumber, u64>) = Default::default();
    // East of Greenwich it may be tomorrow already.
    let today = now.to_zoned(TimeZone::UTC).date();
    let latest = today.tomorrow().unwrap_or(today);
    for row in rows {
        let (reference, outcome) = match row.said {
            Ok(said) => said,
            Err(reason) => {
                report.refuse(row.line, reason);
                continue;
            }
        };
        let Some(found) = known.find(tx, reference)? else {
            report.refuse(row.line, OutcomeReason::Stranger);
            continue;
        };
        // INVARIANT (promise 4): that somebody asked not to be contacted is honoured whatever else becomes of the row.
        if outcome.kind == OutcomeKind::NoContact {
            report.no_contact += 1;
            if let Some(person) = found.ordinal {
                let scope = [SuppressionScope::Borrower(borrower)];
                if stops::stop_because(app, tx, person, &scope, SuppressionReason::Objected, now)? {
                    stopped.insert(person);
                }
            }
        }
        let ahead = outcome.on.is_some_and(|day| day > latest).then_some(OutcomeReason::DayAhead);
        if let Some(reason) = found.refused.or(ahead) {
            report.refuse(row.line, reason);
            continue;
        }
        let person = match found.ordinal {
            Some(ordinal) => tx.supporter(ordinal)?,
            None => None,
        };
        let record = seal::record(app, borrower, (reference, &outcome), person.as_ref(), now)?;
        if tx.add_outcome(&record)? {
            report.taken += 1;
            *taken.entry(reference.copy).or_default() += 1;
        } else {
            report.already += 1;
        }
    }
    for person in &stopped {
        tx.record_change(*person, *person)?;
    }
    // INVARIANT (promise 5): numbers of rows by copy, and none of what was said of whom. Stops are not counted apart: the
    // ledger is public, and a row that stopped nobody would be known as planted.
    for (copy, rows) in taken {
        enter(tx, now, actor, "outcomes.logged", json!({"copy": copy, "borrower": borrower, "rows": rows}))?;
    }
    Ok(report)
}

/// A row of a copy of this borrower's.
struct Found {
    /// The person; none for a seed, and for somebody who was erased.
    ordinal: Option<Ordinal>,
    /// Why nothing is kept of it.
    refused: Option<OutcomeReason>,
}

/// A copy of the borrower's, with who stands in each row.
struct OwnCopy {
    copy: CopyRecord,
    rows: HashMap<String, Option<Ordinal>>,
}

/// The rows that a borrower may speak of, read once for each copy that it names.
struct Known {
    borrower: BorrowerId,
    now_gone: HashSet<(CopyNumber, String)>,
    copies: HashMap<CopyNumber, Option<OwnCopy>>,
    at: Timestamp,
}

impl Known {
    fn new(tx: &mut dyn Tx, borrower: BorrowerId, at: Timestamp) -> Result<Self> {
        let gone = tx.erasure_notices(Some(borrower))?;
        let now_gone = gone.into_iter().map(|notice| (notice.copy, notice.reference)).collect();
        Ok(Self { borrower, now_gone, copies: HashMap::new(), at })
    }

    // A seed is found like a person, whatever is said of it: a refusal would tell it from the others.
    fn find(&mut self, tx: &mut dyn Tx, reference: RowReference) -> Result<Option<Found>> {
        if !self.copies.contains_key(&reference.copy) {
            let read = self.read(tx, reference.copy)?;
            self.copies.insert(reference.copy, read);
        }
        let Some(Some(OwnCopy { copy, rows })) = self.copies.get(&reference.copy) else { return Ok(None) };
        let name = reference.to_string();
        let Some(ordinal) = rows.get(&name).copied() else { return Ok(None) };
        let refused = if self.now_gone.contains(&(copy.number, name)) {
            Some(OutcomeReason::Gone)
        } else if copy.expires <= self.at {
            Some(OutcomeReason::CopyOver)
        } else {
            None
        };
        Ok(Some(Found { ordinal, refused }))
    }

    /// A copy of this borrower's that it has fetched.
    fn read(&self, tx: &mut dyn Tx, number: CopyNumber) -> Result<Option<OwnCopy>> {
        let Some(copy) = tx.copy(number)?.filter(|copy| copy.borrower == self.borrower) else {
            return Ok(None);
        };
        if fetched_at(tx, number)?.is_none() {
            return Ok(None);
        }
        let rows = tx.copy_rows(number)?.into_iter().map(|row| (row.reference, row.ordinal)).collect();
        Ok(Some(OwnCopy { copy, rows }))
    }
}
