//! Who is waited for: when a matter comes before the board, some days before it is due, and once more when it is late.

use super::intent::Matter;
use super::table::{Subject, Table};
use crate::context::App;
use crate::refusal::Result;
use hustings_domain::access::{Action, Actor};
use hustings_domain::clearance::{BoardRules, eligible, standing_votes};
use hustings_domain::ids::UserId;
use hustings_domain::loan::LoanState;
use hustings_policy::permit;
use hustings_store::Tx;
use hustings_store::records::{ProposalState, UserRecord};
use jiff::{Span, Timestamp};

/// Which of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// It has come before the board.
    Asked,
    /// It is due soon.
    Soon,
    /// It is late.
    Late,
}

impl Stage {
    fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Soon => "soon",
            Self::Late => "late",
        }
    }
}

/// A mail that is due to a trustee whose vote is missing.
#[derive(Debug, Clone)]
pub struct Reminder {
    /// On what.
    pub matter: Matter,
    /// To whom.
    pub trustee: UserRecord,
    /// Which of the three.
    pub stage: Stage,
    /// When the board is to have decided.
    pub due: Timestamp,
    mark: String,
}

/// When the board is to have decided on what came before it at `asked`.
pub fn due_on(rules: &BoardRules, asked: Timestamp) -> Timestamp {
    asked.checked_add(Span::new().hours(24 * i64::from(rules.decide_days))).unwrap_or(Timestamp::MAX)
}

/// The mails that are due now and have not gone out: for each missing vote the latest of the three alone.
pub fn reminders(app: &App, actor: &Actor) -> Result<Vec<Reminder>> {
    if *actor != Actor::machine() {
        permit(actor, Action::ReadLoans)?;
    }
    let now = app.now();
    app.store.read(|tx| {
        let mut due = Vec::new();
        let users = tx.users()?;
        for (matter, asked) in open_matters(tx, now)? {
            let table = Table::load(tx, matter)?;
            let last = due_on(&table.rules, asked);
            let soon = last
                .checked_sub(Span::new().hours(24 * i64::from(table.rules.remind_days)))
                .unwrap_or(Timestamp::MIN);
            let stage = match now {
                now if now >= last => Stage::Late,
                now if now >= soon => Stage::Soon,
                _ => Stage::Asked,
            };
            for trustee in missing(&table) {
                let mark = format!("board-mail:{}:{}:{trustee}", table.name(), stage.as_str());
                let known = users.iter().find(|user| user.id == trustee);
                if let (Some(user), None) = (known, tx.meta(&mark)?) {
                    due.push(Reminder { matter, trustee: user.clone(), stage, due: last, mark });
                }
            }
        }
        Ok(due)
    })
}

/// Notes that a mail went out, so that it goes once.
pub fn reminded(app: &App, reminder: &Reminder) -> Result<()> {
    let now = app.now();
    app.store.write(|tx| Ok(tx.set_meta(&reminder.mark, &now.to_string())?))
}

/// Whose vote is missing.
fn missing(table: &Table) -> Vec<UserId> {
    let proven = table.proven();
    let voted: Vec<UserId> = standing_votes(&proven, table.content).map(|vote| vote.trustee).collect();
    let may = eligible(&table.seats(), &proven);
    // Who has no key yet is asked too: that is how they learn that they need one.
    let unheard = table.panel.iter().filter(|trustee| table.seats().iter().all(|seat| seat.id != trustee.id));
    may.iter().chain(unheard).map(|trustee| trustee.id).filter(|id| !voted.contains(id)).collect()
}

/// What lies before the board, and since when.
fn open_matters(tx: &mut dyn Tx, now: Timestamp) -> Result<Vec<(Matter, Timestamp)>> {
    let mut open = Vec::new();
    for loan in tx.loans()? {
        if loan.state == LoanState::Requested && now < loan.terms.closes {
            open.push((Matter::Loan(loan.number), loan.requested));
        }
    }
    for proposal in tx.proposals()? {
        if proposal.state == ProposalState::Open {
            open.push((Matter::Charter(proposal.number), proposal.at));
        }
    }
    Ok(open)
}

/// When the board is to decide on a matter, while it is open.
pub fn due(tx: &mut dyn Tx, matter: Matter) -> Result<Timestamp> {
    let table = Table::load(tx, matter)?;
    let asked = match &table.subject {
        Subject::Loan(loan) => loan.requested,
        Subject::Charter(proposal) => proposal.at,
    };
    Ok(due_on(&table.rules, asked))
}
