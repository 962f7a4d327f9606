//! Trustees speak on a loan where no signature is due: vote, recuse, challenge, rule on a challenge. Where one is due,
//! this refuses, and [`crate::board::prepare`] begins.

use crate::board::{Intent, Matter, Outcome, unsigned};
use crate::context::App;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::Actor;
use hustings_domain::canonical::ContentHash;
use hustings_domain::clearance::{Ballot, Decision};
use hustings_domain::ids::{LoanNumber, UserId};

/// What a trustee says.
#[derive(Debug, Clone)]
pub enum Said {
    /// A vote on the content with this hash, as the trustee saw it.
    Vote {
        /// The vote.
        ballot: Ballot,
        /// What was on the page.
        content: ContentHash,
    },
    /// I have an interest.
    Recuse {
        /// Which.
        reason: String,
    },
    /// Another has an interest.
    Challenge {
        /// Who.
        against: UserId,
        /// Which.
        reason: String,
    },
}

impl Said {
    /// The same, as what is prepared for signing.
    pub fn on(self, matter: Matter) -> Intent {
        match self {
            Self::Vote { ballot, content } => Intent::Vote { matter, ballot, content, seat: None },
            Self::Recuse { reason } => Intent::Recuse { matter, reason },
            Self::Challenge { against, reason } => Intent::Challenge { matter, against, reason },
        }
    }
}

/// A trustee speaks; returns where the decision stands then.
pub fn say(app: &App, actor: &Actor, number: LoanNumber, said: Said) -> Result<Decision> {
    decided(unsigned(app, actor, &said.on(Matter::Loan(number)))?)
}

/// One of the others rules on a challenge: `upheld` keeps the challenged trustee out of this decision.
pub fn rule_on_challenge(
    app: &App,
    actor: &Actor,
    number: LoanNumber,
    against: UserId,
    upheld: bool,
) -> Result<Decision> {
    decided(unsigned(app, actor, &Intent::Rule { matter: Matter::Loan(number), against, upheld })?)
}

fn decided(outcome: Outcome) -> Result<Decision> {
    match outcome {
        Outcome::Decided(decision) => Ok(decision),
        Outcome::Done(_) => Err(Refusal::internal("what was said on a loan decided nothing")),
    }
}
