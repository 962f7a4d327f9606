//! Every signature of the list's own ledger, and whether the store tells the same: keys in force and statements that the
//! ledger does not hold were put there by hand.

use super::register::origin_of;
use crate::context::App;
use crate::lend::charter_in;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_policy::permit;
use hustings_signet::{Audit, Auditor};
use serde::Serialize;

const PAGE: u32 = 5_000;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Of the ledger.
    pub audit: Audit,
    /// Of the store: what it holds beside the ledger.
    pub beside: Vec<String>,
}

impl Verified {
    /// Whether everything holds.
    pub fn holds(&self) -> bool {
        self.audit.findings.is_empty() && self.beside.is_empty()
    }
}

/// Checks every signature in the ledger, and the store against it.
pub fn verify(app: &App, actor: &Actor) -> Result<Verified> {
    permit(actor, Action::ReadLedger)?;
    app.store.read(|tx| {
        let mut auditor = Auditor::new(&origin_of(&charter_in(tx)?));
        let mut from = 0;
        loop {
            let entries = tx.ledger_entries(from, PAGE)?;
            if entries.is_empty() {
                break;
            }
            for entry in &entries {
                auditor.entry(entry);
            }
            from += entries.len() as u64;
        }
        let audit = auditor.finish();
        let mut beside = Vec::new();
        for key in tx.trustee_keys()? {
            if key.is_in_force() && !audit.in_force.contains(&key.id) {
                beside.push(format!("key {} is in force here and not in the ledger", key.id.short()));
            }
        }
        let mut said = Vec::new();
        for loan in tx.loans()? {
            said.push((loan.number.to_string(), tx.proceedings(loan.id)?));
        }
        said.extend(
            tx.proposals()?.into_iter().map(|one| (format!("charter/{}", one.number), one.proceedings)),
        );
        for (matter, proceedings) in said {
            for (signed, _) in &proceedings.signed {
                let hash = signed.statement.hash().map_err(Refusal::from)?;
                if !audit.statements.contains(&hash) {
                    beside.push(format!("a statement on {matter} is kept that the ledger does not hold"));
                }
            }
        }
        Ok(Verified { audit, beside })
    })
}
