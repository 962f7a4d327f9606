//! What lies before the board, as its pages tell it.

use super::intent::Matter;
use super::remind::due_on;
use super::table::{Subject, Table};
use crate::context::App;
use crate::lend::{charter_in, check_charter};
use crate::refusal::Result;
use hustings_domain::access::{Action, Actor};
use hustings_domain::canonical::ContentHash;
use hustings_domain::charter::changes;
use hustings_domain::clearance::{Decision, Proceedings, Trustee};
use hustings_domain::loan::LoanState;
use hustings_policy::permit;
use hustings_store::records::ProposalState;
use jiff::Timestamp;

/// A matter before the board.
#[derive(Debug, Clone)]
pub struct MatterView {
    /// Which.
    pub matter: Matter,
    /// What people call it.
    pub label: String,
    /// What votes bind to now.
    pub content: ContentHash,
    /// Where the decision stands.
    pub decision: Decision,
    /// What was said, as far as it counts.
    pub proceedings: Proceedings,
    /// When the board is to have decided.
    pub due: Timestamp,
}

/// A proposed charter.
#[derive(Debug, Clone)]
pub struct CharterView {
    /// The decision on it.
    pub matter: MatterView,
    /// Its text.
    pub toml: String,
    /// Who proposed it, as the ledger names actors.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Whether the board still decides.
    pub open: bool,
    /// Where it stands.
    pub state: &'static str,
    /// What it changes of the charter in force, or of the one it was adopted over.
    pub changes: Vec<String>,
    /// Who decides.
    pub seats: Vec<Trustee>,
}

fn view(table: &Table) -> MatterView {
    let (label, asked) = match &table.subject {
        Subject::Loan(loan) => {
            (format!("Loan {}: \u{201c}{}\u{201d}", loan.number.0, loan.appeal.subject), loan.requested)
        }
        Subject::Charter(proposal) => (format!("Charter {}", proposal.number), proposal.at),
    };
    MatterView {
        matter: table.matter,
        label,
        content: table.content,
        decision: table.decision(),
        proceedings: table.proven(),
        due: due_on(&table.rules, asked),
    }
}

/// Everything that waits for the board, the most urgent first.
pub fn open_matters(app: &App, actor: &Actor) -> Result<Vec<MatterView>> {
    permit(actor, Action::ReadLoans)?;
    let now = app.now();
    app.store.read(|tx| {
        let mut open = Vec::new();
        for loan in tx.loans()? {
            if loan.state == LoanState::Requested && now < loan.terms.closes {
                open.push(view(&Table::of_loan(tx, loan)?));
            }
        }
        for proposal in tx.proposals()? {
            if proposal.state == ProposalState::Open {
                open.push(view(&Table::load(tx, Matter::Charter(proposal.number))?));
            }
        }
        open.sort_by_key(|view| view.due);
        Ok(open)
    })
}

/// One proposed charter.
pub fn charter_view(app: &App, actor: &Actor, number: u32) -> Result<CharterView> {
    permit(actor, Action::ReadLoans)?;
    app.store.read(|tx| {
        let table = Table::load(tx, Matter::Charter(number))?;
        let Subject::Charter(proposal) = &table.subject else {
            return Err(crate::Refusal::internal("a charter's matter is no charter"));
        };
        let new = check_charter(&proposal.toml)?;
        let before = match tx.charter_version(new.version.saturating_sub(1))? {
            Some(toml) => check_charter(&toml)?,
            None => charter_in(tx)?,
        };
        Ok(CharterView {
            matter: view(&table),
            toml: proposal.toml.clone(),
            by: proposal.by.clone(),
            at: proposal.at,
            open: proposal.state == ProposalState::Open,
            state: proposal.state.as_str(),
            changes: changes(&before, &new),
            seats: table.seats(),
        })
    })
}
