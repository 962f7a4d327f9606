//! Whether one person can act alone: no second person yet, too few left, or an emergency that nobody confirmed.

use super::{Findings, How, Patient};
use crate::refusal::{Refusal, Result};
use crate::second::Standing;
use hustings_domain::guarded::ActState;

pub(super) fn look(patient: &Patient<'_>, findings: &mut Findings) -> Result<()> {
    let (standing, acts) =
        patient.store.read(|tx| Ok::<_, Refusal>((Standing::read(tx)?, tx.asked_acts()?)))?;
    match (standing.binds, standing.granters.len()) {
        (false, _) => findings.add(
            How::Notice,
            "one person acts alone here: backups, restores, roles and copies need nobody's grant yet",
            "seat two trustees and have their keys confirmed: `hustings board key register FILE`",
        ),
        (true, 0 | 1) => findings.add(
            How::Warning,
            format!("only {} of the trustees can grant what nobody does alone", standing.granters.len()),
            "have another trustee's key confirmed before the last one is away",
        ),
        _ => {}
    }
    for act in acts.iter().filter(|act| act.state(patient.now) == ActState::Alone) {
        findings.add(
            How::Warning,
            format!("{} was done without a second person, and the board has not confirmed it", act.number),
            "trustees read why on the page of acts, and confirm it there or with `hustings grant confirm`",
        );
    }
    Ok(())
}
