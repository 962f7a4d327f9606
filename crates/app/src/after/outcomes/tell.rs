//! What was reported, told again: to the person it is about, and in numbers that name nobody.

use super::seal;
use crate::after::copies::copy_numbered;
use crate::context::App;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::ids::{CopyNumber, Ordinal};
use hustings_domain::loan::Loan;
use hustings_domain::outcome::{Outcome, OutcomeKind};
use hustings_policy::permit;
use hustings_store::Tx;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What a borrower reported of a person, for that person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldOutcome {
    /// In which copy.
    pub copy: CopyNumber,
    /// Who said so.
    pub borrower: String,
    /// What.
    pub outcome: Outcome,
    /// When it was reported.
    pub at: Timestamp,
}

/// Everything that was reported of one person, in the order in which it came.
pub(crate) fn told_of(app: &App, tx: &mut dyn Tx, ordinal: Ordinal) -> Result<Vec<ToldOutcome>> {
    let Some(person) = tx.supporter(ordinal)? else { return Ok(Vec::new()) };
    let mut told = Vec::new();
    for record in tx.outcomes_of(ordinal)? {
        let outcome = seal::open(app, &record, Some(&person))?;
        let borrower = tx.borrower(record.borrower)?.map_or_else(String::new, |borrower| borrower.name);
        told.push(ToldOutcome { copy: record.copy, borrower, outcome, at: record.at });
    }
    Ok(told)
}

/// What was reported on a loan's copies.
#[derive(Debug, Clone, Default)]
pub(crate) struct OutcomeCounts {
    /// People by outcome, each once.
    pub(crate) people: BTreeMap<OutcomeKind, BTreeSet<Ordinal>>,
    /// Rows by outcome, seeds among them: what the borrower itself can count.
    pub(crate) rows: BTreeMap<OutcomeKind, BTreeSet<String>>,
    /// Seeds of whom something was reported that only a person can have done.
    pub(crate) seeds: BTreeSet<String>,
}

/// Reads what was reported on the copies of a loan.
pub(crate) fn counted(app: &App, tx: &mut dyn Tx, loan: &Loan) -> Result<OutcomeCounts> {
    let mut counts = OutcomeCounts::default();
    for copy in tx.copies()?.into_iter().filter(|copy| copy.loan == loan.id) {
        for record in tx.outcomes_on(copy.number)? {
            let person = match record.ordinal {
                Some(ordinal) => tx.supporter(ordinal)?,
                None => None,
            };
            let kind = seal::open(app, &record, person.as_ref())?.kind;
            match record.ordinal {
                Some(ordinal) => drop(counts.people.entry(kind).or_default().insert(ordinal)),
                None if !matches!(kind, OutcomeKind::WrongPerson | OutcomeKind::Unreachable) => {
                    counts.seeds.insert(record.reference.clone());
                }
                None => {}
            }
            counts.rows.entry(kind).or_default().insert(record.reference);
        }
    }
    Ok(counts)
}

/// An empty file of outcomes for a copy: its references, and nothing of anybody.
pub fn outcome_form(app: &App, actor: &Actor, number: CopyNumber) -> Result<String> {
    permit(actor, Action::LogOutcomes)?;
    let now = app.now();
    app.store.read(|tx| {
        let copy = copy_numbered(tx, actor, number)?;
        if copy.expires <= now {
            return Err(Refusal::conflict("copy.expired", format!("the time of copy `{number}` is over"))
                .hint("all of it is to be erased"));
        }
        let gone = tx.erasure_notices(Some(copy.borrower))?;
        let mut text = "reference,outcome,amount,on\n".to_owned();
        for row in tx.copy_rows(number)? {
            if !gone.iter().any(|notice| notice.copy == number && notice.reference == row.reference) {
                text.push_str(&row.reference);
                text.push_str(",,,\n");
            }
        }
        Ok(text)
    })
}
