//! What a person must look at.

use crate::context::App;
use crate::refusal::Result;
use hustings_domain::access::{Action, Actor};
use hustings_policy::permit;
use hustings_store::records::Alarm;

/// The most that are listed.
const MOST: u32 = 1_000;

/// Alarms, the newest first.
pub fn alarms(app: &App, actor: &Actor) -> Result<Vec<Alarm>> {
    permit(actor, Action::ReadAlarms)?;
    app.store.read(|tx| Ok(tx.alarms(MOST)?))
}
