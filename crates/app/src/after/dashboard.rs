//! The list in numbers, for the owner's own people: exact.

use crate::context::App;
use crate::lend::charter_in;
use crate::refusal::{Refusal, Result};
use hustings_audience::{Expr, Selection, parse};
use hustings_domain::access::{Action, Actor};
use hustings_domain::ids::LoanNumber;
use hustings_domain::loan::LoanState;
use hustings_domain::words::Slug;
use hustings_policy::permit;
use hustings_store::records::{Alarm, ImportRecord};
use jiff::tz::TimeZone;
use serde::Serialize;

/// How many alarms and imports are shown.
const NEWEST: u32 = 5;

/// How many agreed to a purpose by mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConsentCount {
    /// Its short name.
    pub purpose: Slug,
    /// In a person's words.
    pub label: String,
    /// How many.
    pub given: u64,
}

/// The numbers.
#[derive(Debug, Clone)]
pub struct Dashboard {
    /// Who keeps the list.
    pub owner: String,
    /// People on the list.
    pub supporters: u64,
    /// Consents given by mail, in the charter's order of purposes.
    pub consents: Vec<ConsentCount>,
    /// Stops kept.
    pub suppressions: u64,
    /// People whom any loan has addressed.
    pub people_addressed: u64,
    /// Loans in each state, in the order of a life.
    pub loans: Vec<(LoanState, u64)>,
    /// Loans that the board votes on, the oldest first.
    pub waiting_for_votes: Vec<LoanNumber>,
    /// Copies that left.
    pub copies: u64,
    /// Rows that borrowers were told to erase and have not acknowledged.
    pub erasures_open: u64,
    /// Entries of the ledger.
    pub ledger_entries: u64,
    /// The newest alarms.
    pub alarms: Vec<Alarm>,
    /// The newest imports.
    pub imports: Vec<ImportRecord>,
}

/// The list in numbers.
pub fn dashboard(app: &App, actor: &Actor) -> Result<Dashboard> {
    permit(actor, Action::ReadDashboard)?;
    let charter = app.store.read(|tx| charter_in(tx))?;
    let today = app.now().to_zoned(TimeZone::UTC).date();
    let questions: Vec<(Slug, String, Expr)> = charter
        .purposes
        .iter()
        .map(|purpose| {
            let text = format!("consent \"{}\"", purpose.id);
            let expr = parse(&text).map_err(|error| {
                Refusal::internal("a purpose cannot be counted").because(error.render(&text))
            })?;
            Ok((purpose.id.clone(), purpose.label.clone(), expr))
        })
        .collect::<Result<_>>()?;
    let consents = app.with_index(|index| {
        let count = |(purpose, label, expr): (Slug, String, Expr)| ConsentCount {
            purpose,
            label,
            given: index.count(&expr, Selection::OwnUse, today, 1),
        };
        questions.into_iter().map(count).collect()
    })?;
    app.store.read(|tx| {
        let mut loans = tx.loans()?;
        loans.reverse();
        let in_state = |state: LoanState| loans.iter().filter(move |loan| loan.state == state);
        let counted = LoanState::ALL.map(|state| (state, count(in_state(state)))).to_vec();
        let waiting = in_state(LoanState::Requested).map(|loan| loan.number).collect();
        let notices = tx.erasure_notices(None)?;
        Ok(Dashboard {
            owner: charter.owner.name,
            supporters: tx.supporter_count()?,
            consents,
            suppressions: tx.suppression_count()?,
            people_addressed: tx.people_addressed()?,
            loans: counted,
            waiting_for_votes: waiting,
            copies: count(tx.copies()?.iter()),
            erasures_open: count(notices.iter().filter(|notice| notice.acknowledged.is_none())),
            ledger_entries: tx.ledger_size()?,
            alarms: tx.alarms(NEWEST)?,
            imports: tx.imports(NEWEST)?,
        })
    })
}

fn count<T>(items: impl Iterator<Item = T>) -> u64 {
    u64::try_from(items.count()).unwrap_or(u64::MAX)
}
