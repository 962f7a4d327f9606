//! The board's decision on terms, appeal and audience rule: votes, wings, interests, the form for a vote.

use super::super::super::parts::{Badge, Hash, Proof, When};

/// How far the board has come.
#[derive(Debug)]
pub struct Clearance {
    /// Cleared, refused, waiting, void.
    pub state: Badge,
    /// The number first: `2 of 3 votes are in; the Southern wing is missing.`
    pub said: String,
    /// When the board is to have decided; none once it has.
    pub due: Option<When>,
    /// An emergency pause that waits to be confirmed: who paused, and until when it holds by itself.
    pub pause: Option<(String, When, bool)>,
    /// What the votes bind: the hash of terms, content and audience rule.
    pub bound: Hash,
    /// What each wing has given and must give.
    pub wings: Vec<Wing>,
    /// The votes, the oldest first.
    pub votes: Vec<Vote>,
    /// Interests that were questioned.
    pub challenges: Vec<Challenge>,
    /// For a trustee who may still vote.
    pub form: Option<VoteForm>,
    /// Its entry in the ledger, once decided.
    pub proof: Option<Proof>,
}

/// One wing of the board.
#[derive(Debug)]
pub struct Wing {
    /// Its name.
    pub name: String,
    /// Votes for, so far.
    pub given: u64,
    /// Votes for that it must give.
    pub needed: u64,
}

/// One trustee's vote.
#[derive(Debug)]
pub struct Vote {
    /// Who.
    pub trustee: String,
    /// Of which wing.
    pub wing: String,
    /// Approves, approves if, refuses, recused, void.
    pub vote: Badge,
    /// The condition or the reason; empty for none.
    pub words: String,
    /// What it was signed with; empty for a vote by log-in alone.
    pub signed: String,
    /// The hash it bound (none for a recusal).
    pub bound: Option<Hash>,
    /// When.
    pub when: When,
    /// Its entry in the ledger.
    pub proof: Option<Proof>,
}

/// A trustee's interest, questioned by another.
#[derive(Debug)]
pub struct Challenge {
    /// Its id, for the form.
    pub id: String,
    /// Whose interest.
    pub against: String,
    /// Who questions it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Open, upheld, dismissed.
    pub state: Badge,
    /// Whether to offer `POST .../decide-challenge` (fields `challenge`, `decision` = `uphold` or `dismiss`).
    pub may_decide: bool,
}

/// What a trustee needs to vote. The vote is `POST .../vote` with `bound`, `vote` (`approve`, `approve-if`,
/// `refuse`) and `words`; `POST .../recuse` with `words`; `POST .../challenge` with `trustee` and `words`.
#[derive(Debug)]
pub struct VoteForm {
    /// The hash that the vote binds, as the page showed it: refuse the vote when it is no longer the same.
    pub bound: Hash,
    /// How many times these people were addressed lately: `61 % of them were addressed in the last 30 days.`
    pub fatigue: String,
    /// Those who are away and for whom this trustee votes: id and name.
    pub seats: Vec<(String, String)>,
    /// The others, whose interest may be questioned: id and name.
    pub others: Vec<(String, String)>,
    /// What was refused in the last attempt: `Say why you refuse.`; empty for nothing.
    pub problem: String,
    /// What was chosen in the last attempt: `approve`, `approve-if`, `refuse`, or empty.
    pub chosen: String,
    /// What was written in the last attempt.
    pub words: String,
}
