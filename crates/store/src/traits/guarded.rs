//! The area of acts that need a second person.

use crate::error::StoreResult;
use hustings_domain::guarded::{ActNumber, AskedAct};

/// What was asked for and granted. Nothing here is ever deleted: a grant that was used must not come back.
pub trait GuardedActs {
    /// The number of the next act.
    fn next_act_number(&mut self) -> StoreResult<ActNumber>;

    /// Adds or replaces an act under its number.
    fn put_asked_act(&mut self, act: &AskedAct) -> StoreResult<()>;

    /// An act.
    fn asked_act(&mut self, number: ActNumber) -> StoreResult<Option<AskedAct>>;

    /// Every act that was ever asked for, the newest first.
    fn asked_acts(&mut self) -> StoreResult<Vec<AskedAct>>;
}
