//! What signatures are held against: the list's name, the rules, every key, every delegation.

use crate::refusal::Result;
use hustings_domain::charter::Charter;
use hustings_domain::clearance::{BoardRules, Delegation};
use hustings_domain::seat::TrusteeKey;
use hustings_signet::Register;
use hustings_store::Tx;

/// The origin of the ledger of whoever keeps this charter: how statements name the list.
pub(crate) fn origin_of(charter: &Charter) -> String {
    format!("{}/hustings", charter.owner.domain)
}

/// Everything that a [`Register`] looks at.
pub(crate) struct Registered {
    pub(crate) list: String,
    pub(crate) rules: BoardRules,
    pub(crate) keys: Vec<TrusteeKey>,
    pub(crate) delegations: Vec<Delegation>,
}

impl Registered {
    pub(crate) fn load(tx: &mut dyn Tx, charter: &Charter) -> Result<Self> {
        Ok(Self {
            list: origin_of(charter),
            rules: charter.board.clone(),
            keys: tx.trustee_keys()?,
            delegations: tx.delegations()?,
        })
    }

    pub(crate) fn register(&self) -> Register<'_> {
        Register { list: &self.list, rules: &self.rules, keys: &self.keys, delegations: &self.delegations }
    }
}
