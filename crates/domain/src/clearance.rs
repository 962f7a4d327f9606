//! The board's decision: votes bound to a content hash, quorum of the unrecused, wings, challenges.

mod delegation;
mod rules;

pub use delegation::{Delegation, DelegationRefused, check_delegation, delegation_for};
pub use rules::{BoardRules, Panel, Signing};

use crate::canonical::ContentHash;
use crate::ids::UserId;
use crate::statement::{Act, SaltedWords, Signed};
use crate::words::Slug;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A member of the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trustee {
    /// The person.
    pub id: UserId,
    /// The name shown.
    pub name: String,
    /// The faction.
    pub wing: Slug,
}

/// What a trustee says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "ballot")]
pub enum Ballot {
    /// Yes to exactly this.
    Approve,
    /// Yes once this is changed: counts as a vote, not as an approval, until the text is changed and voted again.
    ApproveIf {
        /// The condition.
        condition: String,
    },
    /// No.
    Refuse {
        /// Why.
        reason: String,
    },
}

impl Ballot {
    /// The word on screens and in the ledger.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::ApproveIf { .. } => "approve-if",
            Self::Refuse { .. } => "refuse",
        }
    }

    /// What a trustee signs for it.
    pub fn act(&self) -> Act {
        match self {
            Self::Approve => Act::Approve,
            Self::ApproveIf { .. } => Act::ApproveIf,
            Self::Refuse { .. } => Act::Refuse,
        }
    }

    /// The condition or the reason.
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Approve => None,
            Self::ApproveIf { condition: words } | Self::Refuse { reason: words } => Some(words),
        }
    }
}

/// One vote, bound to the bytes it was cast on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    /// Who.
    pub trustee: UserId,
    /// What.
    pub ballot: Ballot,
    /// On which content.
    pub content: ContentHash,
    /// When.
    pub at: Timestamp,
    /// Who voted in the trustee's stead, while that one was away.
    #[serde(default)]
    pub by: Option<UserId>,
}

/// A trustee steps out because of an interest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recusal {
    /// Who.
    pub trustee: UserId,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// Somebody says that a trustee has an interest; the others decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// Against whom.
    pub against: UserId,
    /// By whom.
    pub by: UserId,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// What the others said: true keeps the challenged trustee out of this decision.
    pub rulings: Vec<(UserId, bool)>,
}

/// A trustee halted a send on their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyPause {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// When it ends by itself.
    pub until: Timestamp,
    /// The other trustee who said that it must hold.
    pub confirmed: Option<UserId>,
    /// Whether it has ended: by itself, or because somebody resumed the send.
    #[serde(default)]
    pub over: bool,
}

/// Everything said on one matter so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proceedings {
    /// Votes, in order; a later one of the same trustee replaces the earlier.
    pub votes: Vec<Vote>,
    /// Recusals.
    pub recusals: Vec<Recusal>,
    /// Challenges.
    pub challenges: Vec<Challenge>,
    /// What was signed, with the words that it commits to; what is here was checked when it came, and is again
    /// whenever it counts.
    #[serde(default)]
    pub signed: Vec<(Signed, Option<SaltedWords>)>,
    /// How many times it was put to the board anew after a refusal.
    #[serde(default)]
    pub review: u32,
    /// The pause in force, if a trustee halted the send.
    #[serde(default)]
    pub pause: Option<EmergencyPause>,
    /// The votes of earlier rounds, the first round first.
    #[serde(default)]
    pub earlier: Vec<Vec<Vote>>,
}

/// The board's yes: made only by [`decide`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clearance {
    content: ContentHash,
    approvals: u32,
    wings: BTreeSet<Slug>,
}

impl Clearance {
    /// What was cleared.
    pub fn content(&self) -> ContentHash {
        self.content
    }

    /// How many approved.
    pub fn approvals(&self) -> u32 {
        self.approvals
    }

    /// From which wings.
    pub fn wings(&self) -> &BTreeSet<Slug> {
        &self.wings
    }
}

/// Where a decision stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Not decided; what is missing, in words.
    Open {
        /// Each thing that is missing.
        missing: Vec<String>,
    },
    /// Yes.
    Cleared(Clearance),
    /// No, with the reasons given.
    Refused {
        /// The reasons of those who refused.
        reasons: Vec<String>,
    },
    /// Too many are recused for this board ever to decide.
    Unreachable {
        /// What would have to change.
        why: String,
    },
}

/// How a challenge stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// The others have not settled it.
    Open,
    /// The challenged trustee stays out of this decision.
    Upheld,
    /// The challenged trustee votes.
    Rejected,
}

/// How one challenge stands: a majority of the trustees who are neither recused nor challenged upholds it; a
/// tie, once all have spoken, rejects it.
pub fn ruling(challenge: &Challenge, board: &[Trustee], proceedings: &Proceedings) -> Ruling {
    let judges: BTreeSet<UserId> = board
        .iter()
        .map(|trustee| trustee.id)
        .filter(|id| !proceedings.recusals.iter().any(|recusal| recusal.trustee == *id))
        .filter(|id| !proceedings.challenges.iter().any(|other| other.against == *id))
        .collect();
    let said: BTreeMap<UserId, bool> =
        challenge.rulings.iter().filter(|(who, _)| judges.contains(who)).copied().collect();
    let uphold = said.values().filter(|upheld| **upheld).count();
    let reject = said.len() - uphold;
    if uphold * 2 > judges.len() {
        Ruling::Upheld
    } else if reject * 2 >= judges.len() {
        Ruling::Rejected
    } else {
        Ruling::Open
    }
}

/// The trustees who may vote on this loan.
pub fn eligible(board: &[Trustee], proceedings: &Proceedings) -> Vec<Trustee> {
    board
        .iter()
        .filter(|trustee| !proceedings.recusals.iter().any(|recusal| recusal.trustee == trustee.id))
        .filter(|trustee| {
            !proceedings.challenges.iter().any(|challenge| {
                challenge.against == trustee.id && ruling(challenge, board, proceedings) == Ruling::Upheld
            })
        })
        .cloned()
        .collect()
}

// INVARIANT (promise 3): a vote on other bytes than `content` counts for nothing; a recused trustee's vote
// counts for nothing; nobody's vote counts twice.
/// Decides on `content`: enough votes of the unrecused, more than half of them approving, from enough wings,
/// and no challenge open.
pub fn decide(
    rules: &BoardRules,
    board: &[Trustee],
    proceedings: &Proceedings,
    content: ContentHash,
) -> Decision {
    let voters = eligible(board, proceedings);
    let wings_present: BTreeSet<&Slug> = voters.iter().map(|trustee| &trustee.wing).collect();
    if let Some(why) = unreachable_reason(rules, voters.len(), wings_present.len()) {
        return Decision::Unreachable { why };
    }
    let last: BTreeMap<UserId, &Ballot> = standing_votes(proceedings, content)
        .filter(|vote| voters.iter().any(|seat| seat.id == vote.trustee))
        .map(|vote| (vote.trustee, &vote.ballot))
        .collect();
    let approving: Vec<&Trustee> = voters
        .iter()
        .filter(|trustee| last.get(&trustee.id).is_some_and(|ballot| **ballot == Ballot::Approve))
        .collect();
    let reasons: Vec<String> = last
        .values()
        .filter_map(|ballot| match ballot {
            Ballot::Refuse { reason } => Some(reason.clone()),
            _ => None,
        })
        .collect();
    let quorum = usize::try_from(rules.quorum).unwrap_or(usize::MAX);
    if last.len() >= quorum && reasons.len() * 2 >= voters.len() {
        return Decision::Refused { reasons };
    }
    let wings: BTreeSet<Slug> = approving.iter().map(|trustee| trustee.wing.clone()).collect();
    let missing = missing(rules, board, proceedings, &voters, last.len(), approving.len(), wings.len());
    if missing.is_empty() {
        let approvals = u32::try_from(approving.len()).unwrap_or(u32::MAX);
        Decision::Cleared(Clearance { content, approvals, wings })
    } else {
        Decision::Open { missing }
    }
}

/// The one vote of each seat that stands on `content`: the last, and a trustee's own before that of whoever voted in
/// their stead.
pub fn standing_votes(proceedings: &Proceedings, content: ContentHash) -> impl Iterator<Item = &Vote> {
    let mut last: BTreeMap<UserId, &Vote> = BTreeMap::new();
    for vote in proceedings.votes.iter().filter(|vote| vote.content == content) {
        let own_stands = last.get(&vote.trustee).is_some_and(|before| before.by.is_none());
        if !(own_stands && vote.by.is_some()) {
            last.insert(vote.trustee, vote);
        }
    }
    last.into_values()
}

fn unreachable_reason(rules: &BoardRules, voters: usize, wings: usize) -> Option<String> {
    let (quorum, wings_needed) = (rules.quorum as usize, rules.wings_needed as usize);
    if voters < quorum {
        return Some(format!("{quorum} votes are needed and only {voters} trustees may vote on this"));
    }
    (wings < wings_needed).then(|| {
        format!("approvals from {wings_needed} wings are needed and those who may vote are from {wings}")
    })
}

fn missing(
    rules: &BoardRules,
    board: &[Trustee],
    proceedings: &Proceedings,
    voters: &[Trustee],
    cast: usize,
    approving: usize,
    wings: usize,
) -> Vec<String> {
    let mut missing = Vec::new();
    for challenge in &proceedings.challenges {
        if ruling(challenge, board, proceedings) == Ruling::Open {
            let name = board.iter().find(|trustee| trustee.id == challenge.against);
            missing.push(format!(
                "the others have to decide on the challenge to {}",
                name.map_or("a trustee", |trustee| trustee.name.as_str())
            ));
        }
    }
    let quorum = rules.quorum as usize;
    if cast < quorum {
        missing.push(format!("{cast} of {quorum} votes are in"));
    }
    let majority = voters.len() / 2 + 1;
    if approving < majority {
        missing.push(format!("{approving} of {majority} approvals are in"));
    }
    let wings_needed = rules.wings_needed as usize;
    if wings < wings_needed {
        missing.push(format!("approvals come from {wings} of {wings_needed} wings"));
    }
    missing
}

#[cfg(test)]
mod tests;
