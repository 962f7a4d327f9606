//! Another votes for a trustee who is away: for so long, for so many at most, and never down a chain. A delegated vote
//! fills the seat of whoever is away, so it can count once at most.

use super::{BoardRules, Trustee};
use crate::ids::UserId;
use crate::statement::Signed;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Somebody votes for somebody who is away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegation {
    /// Its id.
    pub id: Uuid,
    /// Who is away.
    pub from: UserId,
    /// Who votes.
    pub to: UserId,
    /// From when.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// When it was ended early.
    pub ended: Option<Timestamp>,
    /// What the one who is away signed.
    pub signed: Option<Signed>,
}

impl Delegation {
    /// Whether it holds at that time.
    pub fn holds_at(&self, at: Timestamp) -> bool {
        self.since <= at && at < self.until && self.ended.is_none_or(|ended| at < ended)
    }
}

/// Why nobody may vote for somebody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DelegationRefused {
    /// To oneself, or to nobody on the board.
    #[error("a delegate is another trustee of this board")]
    NoTrustee,
    /// It ends before it begins, or lasts longer than the charter allows.
    #[error("a delegation lasts from now on for 1 to {0} days")]
    TooLong(u32),
    /// There is one already.
    #[error("you have a delegate already: end that delegation first")]
    Already,
    /// The delegate has a delegate: votes would pass down a chain.
    #[error("that trustee is away too, and a vote passes on once only")]
    Chain,
    /// Whoever delegates votes for others.
    #[error("others rely on your vote while they are away, and a vote passes on once only")]
    ReliedUpon,
    /// The delegate votes for as many as the charter allows.
    #[error("that trustee votes for {0} already, and the charter allows no more")]
    Full(u32),
}

/// Asks whether `from` may let `to` vote until `until`.
pub fn check_delegation(
    rules: &BoardRules,
    board: &[Trustee],
    known: &[Delegation],
    (from, to): (UserId, UserId),
    (now, until): (Timestamp, Timestamp),
) -> Result<(), DelegationRefused> {
    if from == to || board.iter().all(|trustee| trustee.id != to) {
        return Err(DelegationRefused::NoTrustee);
    }
    let longest = now.checked_add(Span::new().hours(24 * i64::from(rules.delegation_days)));
    if until <= now || longest.is_ok_and(|longest| until > longest) {
        return Err(DelegationRefused::TooLong(rules.delegation_days));
    }
    let holding: Vec<&Delegation> = known.iter().filter(|delegation| delegation.holds_at(now)).collect();
    if holding.iter().any(|delegation| delegation.from == from) {
        return Err(DelegationRefused::Already);
    }
    if holding.iter().any(|delegation| delegation.from == to) {
        return Err(DelegationRefused::Chain);
    }
    if holding.iter().any(|delegation| delegation.to == from) {
        return Err(DelegationRefused::ReliedUpon);
    }
    let held = holding.iter().filter(|delegation| delegation.to == to).count();
    if held >= rules.delegations_held as usize {
        return Err(DelegationRefused::Full(u32::try_from(held).unwrap_or(u32::MAX)));
    }
    Ok(())
}

/// The delegation by which `to` may vote for `from` at that time.
pub fn delegation_for(known: &[Delegation], from: UserId, to: UserId, at: Timestamp) -> Option<&Delegation> {
    known.iter().find(|delegation| delegation.from == from && delegation.to == to && delegation.holds_at(at))
}
