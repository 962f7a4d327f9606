//! Work that one process at a time may do, such as sending a loan. Who does it stands in the store under the process's
//! epoch, so that it is free again as soon as that process is gone.

use crate::context::App;
use crate::refusal::{Refusal, Result};
use hustings_domain::canonical::ContentHash;
use hustings_domain::ids::LoanNumber;
use hustings_store::Tx;

/// Sending a loan.
pub(crate) fn sending(loan: LoanNumber) -> String {
    format!("held:send:{loan}")
}

/// Bringing a file in.
pub(crate) fn importing(fingerprint: ContentHash) -> String {
    format!("held:import:{fingerprint}")
}

/// Takes the work; false when another process has it in hand. What this process has already it may take again.
pub(crate) fn take(app: &App, tx: &mut dyn Tx, work: &str) -> Result<bool> {
    if let Some(holder) = holder(tx, work)?
        && holder != app.epoch
        && tx.expired_nodes()?.contains(&holder)
    {
        tx.fence_node(holder)?;
    }
    if is_elsewhere(app, tx, work)? {
        return Ok(false);
    }
    tx.set_meta(work, &app.epoch.to_string())?;
    Ok(true)
}

/// Whether another process that lives has the work in hand.
pub(crate) fn is_elsewhere(app: &App, tx: &mut dyn Tx, work: &str) -> Result<bool> {
    Ok(match holder(tx, work)? {
        Some(holder) => holder != app.epoch && tx.live_nodes()?.contains(&holder),
        None => false,
    })
}

/// Lets go of it; what another process holds stays held.
pub(crate) fn let_go(app: &App, tx: &mut dyn Tx, work: &str) -> Result<()> {
    if holder(tx, work)? == Some(app.epoch) {
        tx.set_meta(work, "")?;
    }
    Ok(())
}

fn holder(tx: &mut dyn Tx, work: &str) -> Result<Option<u64>> {
    let kept = tx.meta(work)?.filter(|text| !text.is_empty());
    let read = |text: String| text.parse().map_err(|_| Refusal::internal("who holds a work is not a number"));
    kept.map(read).transpose()
}
