//! What a trustee is about to do, and the statement that says it.

use super::table::Table;
use crate::refusal::{Refusal, Result};
use hustings_domain::canonical::{ContentHash, sha256};
use hustings_domain::clearance::Ballot;
use hustings_domain::guarded::ActNumber;
use hustings_domain::ids::{LoanNumber, UserId};
use hustings_domain::seat::PublicKey;
use hustings_domain::statement::Act;
use hustings_store::Tx;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// What a board decides on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Matter {
    /// A loan asked for.
    Loan(LoanNumber),
    /// A proposed charter, by its number.
    Charter(u32),
}

impl fmt::Display for Matter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Loan(number) => number.fmt(f),
            Self::Charter(number) => write!(f, "charter/{number}"),
        }
    }
}

/// What a trustee is about to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Intent {
    /// Vote on the content with this hash, as the trustee saw it.
    Vote {
        /// On what.
        matter: Matter,
        /// The vote.
        ballot: Ballot,
        /// What was on the page.
        content: ContentHash,
        /// Whose seat, when the voter is a delegate.
        seat: Option<UserId>,
    },
    /// I have an interest.
    Recuse {
        /// In what.
        matter: Matter,
        /// Which.
        reason: String,
    },
    /// Another has an interest.
    Challenge {
        /// In what.
        matter: Matter,
        /// Who.
        against: UserId,
        /// Which.
        reason: String,
    },
    /// A challenge is upheld or dismissed.
    Rule {
        /// On what.
        matter: Matter,
        /// The challenged.
        against: UserId,
        /// True keeps them out.
        upheld: bool,
    },
    /// A key in a file is mine.
    RegisterFileKey {
        /// What I call it.
        label: String,
        /// Its public half.
        public: PublicKey,
    },
    /// A passkey that is made now is mine.
    RegisterPasskey {
        /// What I call it.
        label: String,
    },
    /// That key is theirs, or mine.
    ConfirmKey {
        /// Its id.
        key: ContentHash,
    },
    /// That key is lost.
    WithdrawKey {
        /// Its id.
        key: ContentHash,
    },
    /// Another votes for me.
    Delegate {
        /// Who.
        to: UserId,
        /// Until when.
        until: Timestamp,
    },
    /// I am back.
    EndDelegation {
        /// Which.
        id: Uuid,
    },
    /// Another's emergency pause must hold.
    ConfirmPause {
        /// Of which send.
        loan: LoanNumber,
    },
    /// Another may do what they asked for.
    Grant {
        /// What.
        act: ActNumber,
    },
    /// Another may not.
    Decline {
        /// What.
        act: ActNumber,
    },
    /// What was done without a second person was right.
    ConfirmAlone {
        /// What.
        act: ActNumber,
    },
}

/// The parts of a statement that an intent decides.
pub(super) struct Said {
    pub(super) matter: String,
    pub(super) content: ContentHash,
    pub(super) act: Act,
    pub(super) whom: Option<UserId>,
    pub(super) seat: Option<UserId>,
    pub(super) until: Option<Timestamp>,
}

impl Intent {
    /// The matter, for what is said on one.
    pub fn matter(&self) -> Option<Matter> {
        match self {
            Self::Vote { matter, .. }
            | Self::Recuse { matter, .. }
            | Self::Challenge { matter, .. }
            | Self::Rule { matter, .. } => Some(*matter),
            _ => None,
        }
    }

    /// Whether it counts with a signature alone, whatever the charter says of votes.
    pub fn is_always_signed(&self) -> bool {
        matches!(
            self,
            Self::RegisterFileKey { .. }
                | Self::RegisterPasskey { .. }
                | Self::ConfirmKey { .. }
                | Self::WithdrawKey { .. }
                | Self::Grant { .. }
                | Self::Decline { .. }
                | Self::ConfirmAlone { .. }
        )
    }

    /// The words that go with it.
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Vote { ballot, .. } => ballot.words(),
            Self::Recuse { reason, .. } | Self::Challenge { reason, .. } => Some(reason),
            _ => None,
        }
    }

    /// The statement's parts, as things stand.
    pub(super) fn said(&self, tx: &mut dyn Tx) -> Result<Said> {
        let plain = |matter: &str, content, act| Said {
            matter: matter.to_owned(),
            content,
            act,
            whom: None,
            seat: None,
            until: None,
        };
        if let Some(matter) = self.matter() {
            let table = Table::load(tx, matter)?;
            let (act, whom, seat) = match self {
                Self::Vote { ballot, seat, .. } => (ballot.act(), None, *seat),
                Self::Recuse { .. } => (Act::Recuse, None, None),
                Self::Challenge { against, .. } => (Act::Challenge, Some(*against), None),
                Self::Rule { against, upheld, .. } => {
                    (if *upheld { Act::Uphold } else { Act::Dismiss }, Some(*against), None)
                }
                _ => return Err(Refusal::internal("what is said on a matter is none of four things")),
            };
            return Ok(Said { whom, seat, ..plain(&table.name(), table.content, act) });
        }
        let named = |text: String| ContentHash(sha256(text.as_bytes()));
        Ok(match self {
            Self::RegisterFileKey { public, .. } => plain("key", public.id()?, Act::RegisterKey),
            Self::RegisterPasskey { .. } => plain("key", named("passkey".to_owned()), Act::RegisterKey),
            Self::ConfirmKey { key } => plain("key", *key, Act::ConfirmKey),
            Self::WithdrawKey { key } => plain("key", *key, Act::WithdrawKey),
            Self::Delegate { to, until } => Said {
                whom: Some(*to),
                until: Some(*until),
                ..plain("delegation", named(to.to_string()), Act::Delegate)
            },
            Self::EndDelegation { id } => plain("delegation", named(id.to_string()), Act::EndDelegation),
            Self::ConfirmPause { loan } => {
                plain(&loan.to_string(), named(format!("pause of {loan}")), Act::ConfirmPause)
            }
            Self::Grant { act } => {
                let asked = crate::second::known(tx, *act)?;
                Said { until: Some(asked.until), ..plain(&asked.matter(), asked.content()?, Act::Grant) }
            }
            Self::Decline { act } => {
                let asked = crate::second::known(tx, *act)?;
                plain(&asked.matter(), asked.content()?, Act::Decline)
            }
            Self::ConfirmAlone { act } => {
                let asked = crate::second::known(tx, *act)?;
                plain(&asked.matter(), asked.content()?, Act::ConfirmAlone)
            }
            Self::Vote { .. } | Self::Recuse { .. } | Self::Challenge { .. } | Self::Rule { .. } => {
                return Err(Refusal::internal("what is said on a matter was not taken as such"));
            }
        })
    }
}
