//! Many candidates at once: one file with a row for each, held against the charter row by row, and filed after a look.
//! A bad row stops no other; the same row twice is filed once, and says where it stands.

mod read;
mod report;
mod values;

pub use read::{MOST_BYTES, MOST_ROWS, ManyFile, ManyRow};
pub use report::{Fate, ManyReport, Reason, RowReport};

use super::check::check_request;
use super::request::{FiledOnce, FilingKey, RequestFile, Requested, asking, request_once};
use crate::board::{Matter, due};
use crate::context::App;
use crate::refusal::{Kind, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::ids::BorrowerId;
use hustings_domain::loan::{Loan, LoanState};
use hustings_policy::{RuleCheck, permit};
use std::collections::BTreeMap;

/// Holds each row against the charter. Nothing is filed, and nothing is kept.
pub fn check_many(app: &App, actor: &Actor, file: &ManyFile) -> Result<ManyReport> {
    each(app, actor, file, |request, key| look(app, actor, request, key))
}

/// Files each row that qualifies; each in a transaction of its own, so that one lost connection loses no row, and the
/// file can be given again. A row that does not qualify is not put before the ledger.
pub fn file_many(app: &App, actor: &Actor, file: &ManyFile) -> Result<ManyReport> {
    each(app, actor, file, |request, key| {
        let seen = look(app, actor, request, key)?;
        if seen != Fate::Qualifies {
            return Ok(seen);
        }
        Ok(match request_once(app, actor, request.clone(), key)? {
            FiledOnce::Now(Requested::Accepted { loan, .. }) => filed(app, &loan, false)?,
            FiledOnce::Now(Requested::Refused { checks }) => Fate::Refused { reasons: broken(&checks) },
            FiledOnce::Before(loan) => filed(app, &loan, true)?,
        })
    })
}

fn look(app: &App, actor: &Actor, request: &RequestFile, key: FilingKey) -> Result<Fate> {
    if let Some(fate) = filed_before(app, actor, request, key)? {
        return Ok(fate);
    }
    let check = check_request(app, actor, request)?;
    if check.qualifies() {
        return Ok(Fate::Qualifies);
    }
    let wrong = check.appeal.iter().filter(|remark| remark.refused);
    let wrong = wrong.map(|remark| Reason::new(&remark.what, &remark.instead));
    Ok(Fate::Refused { reasons: broken(&check.rules).into_iter().chain(wrong).collect() })
}

fn each(
    app: &App,
    actor: &Actor,
    file: &ManyFile,
    mut fate: impl FnMut(&RequestFile, FilingKey) -> Result<Fate>,
) -> Result<ManyReport> {
    permit(actor, Action::RequestLoan)?;
    let mut seen: BTreeMap<(BorrowerId, String), usize> = BTreeMap::new();
    let mut rows = Vec::new();
    for row in &file.rows {
        let fate = match &row.request {
            Err(why) => Fate::Unreadable { reason: why.clone() },
            Ok(request) => match one(app, actor, row.line, request, &mut seen, &mut fate) {
                Ok(fate) => fate,
                Err(refusal) if matches!(refusal.kind, Kind::Internal | Kind::Busy) => return Err(refusal),
                Err(refusal) => Fate::Refused { reasons: vec![Reason::of(&refusal, actor)] },
            },
        };
        rows.push(RowReport { line: row.line, borrower: row.borrower.clone(), fate });
    }
    Ok(ManyReport { rows, unused: file.unused.clone() })
}

fn one(
    app: &App,
    actor: &Actor,
    line: usize,
    request: &RequestFile,
    seen: &mut BTreeMap<(BorrowerId, String), usize>,
    fate: &mut impl FnMut(&RequestFile, FilingKey) -> Result<Fate>,
) -> Result<Fate> {
    let borrower = app.store.read(|tx| asking(tx, actor, request.borrower.as_deref()))?.0.id;
    let key = FilingKey::of_content(request)?;
    let first = *seen.entry((borrower, key.shown())).or_insert(line);
    if first != line {
        return Ok(Fate::Unreadable { reason: format!("the same as line {first}") });
    }
    fate(request, key)
}

fn filed_before(app: &App, actor: &Actor, request: &RequestFile, key: FilingKey) -> Result<Option<Fate>> {
    let loan = app.store.read(|tx| {
        let (borrower, _) = asking(tx, actor, request.borrower.as_deref())?;
        key.loan(tx, borrower.id)
    })?;
    loan.map(|loan| filed(app, &loan, true)).transpose()
}

fn filed(app: &App, loan: &Loan, before: bool) -> Result<Fate> {
    let open = loan.state == LoanState::Requested;
    let due = app.store.read(|tx| open.then(|| due(tx, Matter::Loan(loan.number))).transpose())?;
    Ok(Fate::Filed { loan: loan.number, state: loan.state, due, before })
}

fn broken(rules: &[RuleCheck]) -> Vec<Reason> {
    let broken = rules.iter().filter(|rule| !rule.passed);
    broken.map(|rule| Reason::new(&rule.rule, rule.instead.as_deref().unwrap_or_default())).collect()
}
