//! What nobody does alone: one person asks for an act and says why, a trustee grants exactly that with their key, the
//! asker carries it out. Binds from the day on which two trustees have a key in force, and never stops to bind.

mod act;
mod ask;
mod glass;
mod grant;
mod list;
mod spend;

pub use act::{Act, actions};
pub use ask::ask;
pub use glass::{Notice, noticed, notices, unconfirmed};
pub use list::{ActView, acts, standing};

pub(crate) use glass::break_glass;
pub(crate) use grant::{carry_out, check, known};
pub(crate) use spend::{Second, enter_with, find, second_person, spend};

use crate::lend::board;
use crate::refusal::Result;
use hustings_domain::guarded::AskedAct;
use hustings_domain::ids::UserId;
use hustings_domain::seat::TrusteeKey;
use hustings_store::Tx;
use std::collections::BTreeSet;

/// How many trustees must have had a key in force before a second person is asked for.
const TWO: usize = 2;

/// Whether a second person is needed, and who can be it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Whether acts need a grant. Once true it stays so, whoever leaves: else taking the second person's role away
    /// would be the way around them.
    pub binds: bool,
    /// The trustees who can grant: seated, with a key in force.
    pub granters: Vec<UserId>,
}

impl Standing {
    pub(crate) fn read(tx: &mut dyn Tx) -> Result<Self> {
        let keys = tx.trustee_keys()?;
        let ever: BTreeSet<UserId> =
            keys.iter().filter(|key| key.in_force.is_some()).map(|key| key.trustee).collect();
        let now: BTreeSet<UserId> =
            keys.iter().filter(|key| TrusteeKey::is_in_force(key)).map(|key| key.trustee).collect();
        let seated = board(tx)?.into_iter().map(|trustee| trustee.id);
        Ok(Self { binds: ever.len() >= TWO, granters: seated.filter(|id| now.contains(id)).collect() })
    }

    /// Whether anybody could grant this.
    fn has_somebody_for(&self, act: &AskedAct) -> bool {
        self.granters.iter().any(|granter| act.is_for_others_than(*granter))
    }
}
