//! One click stops the kind of mail that it came under, at once and for ever; a further click stops more.

use super::place::borrower_of;
use super::stops;
use crate::context::App;
use crate::lend::charter_in;
use crate::people::consent::{Act, own_act_in, stop_keys, withdraw_all};
use crate::refusal::Result;
use crate::send::backlash::note_in;
use crate::send::links::{self, LinkPurpose, person_at};
use hustings_domain::borrower::Borrower;
use hustings_domain::charter::Charter;
use hustings_domain::consent::{Channel, ConsentState, SuppressionScope};
use hustings_domain::ids::{LoanNumber, Ordinal};
use hustings_domain::loan::Loan;
use hustings_domain::words::Slug;
use hustings_store::Tx;
use hustings_store::records::Signal;
use jiff::Timestamp;
use std::str::FromStr;

/// How much is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StopScope {
    /// The appeals of the borrower whose mail this was.
    ThisBorrower,
    /// Every appeal from others: what one click does (RFC 8058).
    AllAppeals,
    /// All mail, our own included.
    Everything,
}

impl StopScope {
    /// Every scope, the narrowest first.
    pub const ALL: [Self; 3] = [Self::ThisBorrower, Self::AllAppeals, Self::Everything];

    /// The word used in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ThisBorrower => "this-borrower",
            Self::AllAppeals => "all-appeals",
            Self::Everything => "everything",
        }
    }
}

impl FromStr for StopScope {
    type Err = String;
    fn from_str(text: &str) -> std::result::Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == text)
            .ok_or_else(|| format!("`{text}` cannot be stopped: this-borrower, all-appeals or everything"))
    }
}

/// What the page shows before anything is stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopPage {
    /// The loan whose mail it was.
    pub loan: LoanNumber,
    /// Who keeps the list.
    pub owner: String,
    /// Who asked.
    pub borrower: String,
    /// The labels of the purposes that "all appeals" stops.
    pub purposes: Vec<String>,
    /// What is stopped already.
    pub stopped: Vec<StopScope>,
}

/// What was stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    /// The loan whose mail it was.
    pub loan: LoanNumber,
    /// Who keeps the list.
    pub owner: String,
    /// Who asked.
    pub borrower: String,
    /// How much.
    pub scope: StopScope,
    /// Whether it was not stopped before.
    pub changed: bool,
    /// What can be stopped besides.
    pub further: Vec<StopScope>,
}

/// What the link of a mail stops; looking changes nothing.
pub fn unsubscribe_page(app: &App, token: &str) -> Result<StopPage> {
    let link = links::open(app, LinkPurpose::Unsubscribe, token)?;
    app.store.read(|tx| {
        let (loan, ordinal, _) = person_at(tx, link)?;
        let (charter, borrower) = (charter_in(tx)?, borrower_of(tx, &loan)?);
        let purposes = appeal_purposes(&charter, &loan);
        let label = |id: &Slug| {
            let purpose = charter.purposes.iter().find(|purpose| purpose.id == *id);
            purpose.map_or_else(|| id.to_string(), |purpose| purpose.label.clone())
        };
        Ok(StopPage {
            loan: loan.number,
            owner: charter.owner.name.clone(),
            purposes: purposes.iter().map(label).collect(),
            stopped: already(app, tx, ordinal, &charter, &loan)?,
            borrower: borrower.name,
        })
    })
}

/// Stops it, in force when this returns. Doing it again changes nothing.
pub fn unsubscribe(app: &App, token: &str, scope: StopScope) -> Result<Stopped> {
    let link = links::open(app, LinkPurpose::Unsubscribe, token)?;
    let now = app.now();
    app.store.write(|tx| {
        let (loan, ordinal, _) = person_at(tx, link)?;
        let (charter, borrower) = (charter_in(tx)?, borrower_of(tx, &loan)?);
        let mut changed = stops::stop(app, tx, ordinal, &scopes(scope, &charter, &loan, &borrower), now)?;
        changed |= match scope {
            StopScope::ThisBorrower => false,
            StopScope::AllAppeals => withdraw_appeals(tx, ordinal, &charter, &loan, now)?,
            StopScope::Everything => withdraw_all(tx, ordinal, None, "unsubscribe link", now)? > 0,
        };
        if changed {
            tx.record_change(ordinal, ordinal)?;
        }
        let done = already(app, tx, ordinal, &charter, &loan)?;
        let stopped = Stopped {
            loan: loan.number,
            owner: charter.owner.name,
            borrower: borrower.name,
            scope,
            changed,
            further: StopScope::ALL
                .into_iter()
                .filter(|more| *more > scope && !done.contains(more))
                .collect(),
        };
        note_in(app, tx, loan.id, ordinal, Signal::Unsubscribe, now)?;
        Ok(stopped)
    })
}

/// The purposes of appeals from others, the loan's own among them even if a later charter dropped it.
fn appeal_purposes(charter: &Charter, loan: &Loan) -> Vec<Slug> {
    let lent = charter.purposes.iter().filter(|purpose| !purpose.asks.is_empty());
    let mut purposes: Vec<Slug> = lent.map(|purpose| purpose.id.clone()).collect();
    if !purposes.contains(&loan.terms.purpose) {
        purposes.push(loan.terms.purpose.clone());
    }
    purposes
}

fn scopes(scope: StopScope, charter: &Charter, loan: &Loan, borrower: &Borrower) -> Vec<SuppressionScope> {
    match scope {
        StopScope::ThisBorrower => vec![SuppressionScope::Borrower(borrower.id)],
        StopScope::AllAppeals => {
            appeal_purposes(charter, loan).into_iter().map(SuppressionScope::Purpose).collect()
        }
        StopScope::Everything => vec![SuppressionScope::Everything],
    }
}

/// The person's own withdrawal of every purpose of appeals: on the loan's channel, and wherever it was given.
fn withdraw_appeals(
    tx: &mut dyn Tx,
    ordinal: Ordinal,
    charter: &Charter,
    loan: &Loan,
    now: Timestamp,
) -> Result<bool> {
    let purposes = appeal_purposes(charter, loan);
    let given = tx.consents_in_force(ordinal)?.into_iter().filter(|consent| consent.state.counts());
    let mut withdrawn: Vec<(Slug, Channel)> = given
        .map(|consent| (consent.purpose, consent.channel))
        .filter(|(purpose, _)| purposes.contains(purpose))
        .collect();
    withdrawn.push((loan.terms.purpose.clone(), loan.terms.channel));
    let mut changed = false;
    for (purpose, channel) in &withdrawn {
        changed |= own_act_in(
            tx,
            ordinal,
            Act {
                purpose,
                channel: *channel,
                state: ConsentState::Withdrawn,
                source: "unsubscribe link",
                notice: None,
                at: now,
            },
        )?;
    }
    Ok(changed)
}

fn already(
    app: &App,
    tx: &mut dyn Tx,
    ordinal: Ordinal,
    charter: &Charter,
    loan: &Loan,
) -> Result<Vec<StopScope>> {
    let keys = stop_keys(app, tx, ordinal)?;
    let stops = stops::stops_of(tx, &keys)?;
    let is_stopped = |wanted: &SuppressionScope| stops.iter().any(|(scope, ..)| scope == wanted);
    let borrower = SuppressionScope::Borrower(loan.terms.borrower);
    let purposes = appeal_purposes(charter, loan);
    let done = StopScope::ALL.into_iter().filter(|scope| match scope {
        StopScope::ThisBorrower => is_stopped(&borrower),
        StopScope::AllAppeals => purposes.iter().all(|id| is_stopped(&SuppressionScope::Purpose(id.clone()))),
        StopScope::Everything => is_stopped(&SuppressionScope::Everything),
    });
    Ok(done.collect())
}
