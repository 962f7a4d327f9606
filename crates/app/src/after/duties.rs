//! What borrowers owe of what left: it is told, seen, acknowledged, and a mark on their standing when it is not.

mod acknowledge;
mod carry_over;
mod keep;
mod mark;
mod remind;
mod tell;

pub(crate) use acknowledge::own;
pub use acknowledge::{Acknowledged, MOST_PROCESSORS, Said, acknowledge};
pub(crate) use carry_over::carry_over;
pub use keep::{Kept, keep_duties};
pub(crate) use mark::stopped_by_mark;
pub use mark::{Mark, mark_of};
pub use remind::{DutyMail, DutyStage, duty_mailed, duty_mails};
pub(crate) use tell::{Owed, owe};

use crate::context::App;
use crate::lend::charter_in;
use crate::refusal::Result;
use hustings_domain::access::{Action, Actor};
use hustings_domain::duty::Duty;
use hustings_policy::permit;

/// A duty, and whether it is a mark by now.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct DutyLine {
    /// The duty.
    #[serde(flatten)]
    pub duty: Duty,
    /// Whether it is a mark on the borrower's standing now.
    pub is_mark: bool,
}

/// What is owed, the soonest due first and what is done last: a borrower's people see their own, the owner's people all.
pub fn duties(app: &App, actor: &Actor) -> Result<Vec<DutyLine>> {
    permit(actor, if actor.borrower.is_some() { Action::AcknowledgeErasure } else { Action::ReadCopies })?;
    let now = app.now();
    app.store.read(|tx| {
        let rules = charter_in(tx)?.duties;
        let mut lines: Vec<DutyLine> = tx
            .duties(actor.borrower)?
            .into_iter()
            .map(|duty| DutyLine { is_mark: duty.is_mark(&rules, now), duty })
            .collect();
        lines.sort_by_key(|line| (!line.duty.is_open(), line.duty.due));
        Ok(lines)
    })
}
