//! A matter as it lies before the board: what is decided on, by which rules, by whom, and what of all that was said
//! counts.

use super::intent::Matter;
use super::register::Registered;
use crate::lend::{board, charter_in};
use crate::refusal::{Refusal, Result};
use hustings_domain::canonical::{ContentHash, sha256};
use hustings_domain::charter::Charter;
use hustings_domain::clearance::{BoardRules, Decision, Proceedings, Trustee, decide};
use hustings_domain::loan::{Loan, LoanState};
use hustings_store::Tx;
use hustings_store::records::{CharterProposal, ProposalState};
use jiff::Timestamp;

/// What is decided on.
pub(super) enum Subject {
    Loan(Box<Loan>),
    Charter(Box<CharterProposal>),
}

/// A matter as it lies before the board.
pub(super) struct Table {
    pub(super) matter: Matter,
    pub(super) subject: Subject,
    pub(super) content: ContentHash,
    /// The rules for this matter: its panel's, or the whole board's.
    pub(super) rules: BoardRules,
    /// Who decides on it, heard or not.
    pub(super) panel: Vec<Trustee>,
    pub(super) registered: Registered,
    /// Everything that was said.
    pub(super) all: Proceedings,
}

impl Table {
    pub(super) fn load(tx: &mut dyn Tx, matter: Matter) -> Result<Self> {
        match matter {
            Matter::Loan(number) => {
                let loan = tx.loan_by_number(number)?.ok_or_else(|| {
                    Refusal::not_found("loan.unknown", format!("there is no loan `{number}`"))
                        .hint("`hustings loan list` names them all")
                })?;
                Self::of_loan(tx, loan)
            }
            Matter::Charter(number) => {
                let mut proposals = tx.proposals()?.into_iter();
                let proposal = proposals.find(|proposal| proposal.number == number).ok_or_else(|| {
                    Refusal::not_found("charter.unknown", format!("no charter `{number}` was proposed"))
                        .hint("`hustings charter list` names them all")
                })?;
                let charter = charter_in(tx)?;
                Ok(Self {
                    matter,
                    content: ContentHash(sha256(proposal.toml.as_bytes())),
                    rules: charter.board.clone(),
                    panel: board(tx)?,
                    registered: Registered::load(tx, &charter)?,
                    all: proposal.proceedings.clone(),
                    subject: Subject::Charter(Box::new(proposal)),
                })
            }
        }
    }

    pub(super) fn of_loan(tx: &mut dyn Tx, loan: Loan) -> Result<Self> {
        let charter = charter_of(tx, &loan)?;
        let ask = loan.terms.ask;
        Ok(Self {
            matter: Matter::Loan(loan.number),
            content: loan.content_hash()?,
            rules: charter.board.for_ask(ask),
            panel: charter.board.seats_for(ask, &board(tx)?),
            registered: Registered::load(tx, &charter)?,
            all: tx.proceedings(loan.id)?,
            subject: Subject::Loan(Box::new(loan)),
        })
    }

    /// How statements name the matter: a review is another matter than what is reviewed.
    pub(super) fn name(&self) -> String {
        match self.all.review {
            0 => self.matter.to_string(),
            round => format!("{}/review-{round}", self.matter),
        }
    }

    /// Those of the panel who can be heard.
    pub(super) fn seats(&self) -> Vec<Trustee> {
        self.registered.register().seats(&self.panel)
    }

    /// What counts of all that was said.
    pub(super) fn proven(&self) -> Proceedings {
        self.registered.register().proven(&self.name(), &self.all)
    }

    pub(super) fn decision(&self) -> Decision {
        let seats = self.seats();
        let unheard: Vec<&str> = self
            .panel
            .iter()
            .filter(|trustee| seats.iter().all(|seat| seat.id != trustee.id))
            .map(|trustee| trustee.name.as_str())
            .collect();
        match decide(&self.rules, &seats, &self.proven(), self.content) {
            Decision::Unreachable { why } if !unheard.is_empty() => Decision::Unreachable {
                why: format!("{why}; without a key in force are {}", unheard.join(", ")),
            },
            decision => decision,
        }
    }

    /// Writes what was said.
    pub(super) fn keep(&self, tx: &mut dyn Tx) -> Result<()> {
        match &self.subject {
            Subject::Loan(loan) => tx.put_proceedings(loan.id, &self.all)?,
            Subject::Charter(proposal) => {
                let kept = CharterProposal { proceedings: self.all.clone(), ..(**proposal).clone() };
                tx.put_proposal(&kept)?;
            }
        }
        Ok(())
    }

    /// Refuses when nothing can be said on it any more.
    pub(super) fn expect_open(&self, now: Timestamp) -> Result<()> {
        let closed = |state: &str| {
            Refusal::conflict("vote.closed", format!("`{}` is {state}, not waiting for votes", self.matter))
        };
        match &self.subject {
            Subject::Loan(loan) if loan.state != LoanState::Requested => Err(Refusal::conflict(
                "vote.closed",
                format!("loan `{}` is {}, not waiting for votes", loan.number, loan.state),
            )),
            Subject::Loan(loan) if now >= loan.terms.closes => Err(Refusal::conflict(
                "loan.expired",
                format!("loan `{}` expired on {}", loan.number, loan.terms.closes),
            )
            .hint("the borrower may ask again with another window")),
            Subject::Charter(proposal) if proposal.state != ProposalState::Open => {
                Err(closed(proposal.state.as_str()))
            }
            _ => Ok(()),
        }
    }
}

/// The charter that a loan was asked under: its board's rules decide on it, whatever was adopted since.
fn charter_of(tx: &mut dyn Tx, loan: &Loan) -> Result<Charter> {
    let Some(toml) = tx.charter_version(loan.terms.charter_version)? else { return charter_in(tx) };
    Charter::from_toml(&toml).map_err(|problems| {
        Refusal::internal("an earlier charter does not read").because(format!("{problems:?}"))
    })
}

/// Where the decision on a loan stands, and what of the proceedings counts.
pub(crate) fn decision_on_loan(tx: &mut dyn Tx, loan: &Loan) -> Result<(Decision, Proceedings)> {
    let table = Table::of_loan(tx, loan.clone())?;
    Ok((table.decision(), table.proven()))
}

/// Who decides on a loan: those who can be heard, and the rules they decide by.
pub(crate) fn seats_of_loan(tx: &mut dyn Tx, loan: &Loan) -> Result<(Vec<Trustee>, BoardRules)> {
    let table = Table::of_loan(tx, loan.clone())?;
    Ok((table.seats(), table.rules))
}
