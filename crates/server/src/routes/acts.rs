//! What nobody does alone: what was asked for, and what trustees answer, signed.

use super::board::speak;
use super::{Answer, Call, Done, Reply};
use hustings_app::board::Intent;
use hustings_app::second::{self, Act};
use hustings_app::{Refusal, Result, access};
use hustings_domain::guarded::ActNumber;

pub(super) const HOME: &str = "/console/acts";

fn number(call: &Call) -> Result<ActNumber> {
    call.param("number").parse().map_err(|why: String| Refusal::not_found("second.unknown", why))
}

/// `GET /console/acts`.
pub(super) fn list(call: &Call) -> Answer {
    Reply::page(&crate::present::acts::page(call)?)
}

/// `POST /console/acts/{number}/grant`: answers with the page on which it is signed.
pub(super) fn grant(call: &Call) -> Answer {
    speak(call, &Intent::Grant { act: number(call)? }, HOME, Done::Signed)
}

/// `POST /console/acts/{number}/decline`.
pub(super) fn decline(call: &Call) -> Answer {
    speak(call, &Intent::Decline { act: number(call)? }, HOME, Done::Signed)
}

/// `POST /console/acts/{number}/confirm`: what was done without a second person was right.
pub(super) fn confirm(call: &Call) -> Answer {
    speak(call, &Intent::ConfirmAlone { act: number(call)? }, HOME, Done::Signed)
}

/// `POST /console/acts/{number}/do`: carries out a change of a user that the same person asked for.
pub(super) fn carry_out(call: &Call) -> Answer {
    access::carry_out_change(call.app(), call.actor()?, number(call)?)?;
    Reply::done(HOME, Done::UserChanged)
}

/// Whether nobody has granted this, or what was granted leads nowhere any more.
fn asking_helps(refusal: &Refusal) -> bool {
    matches!(
        refusal.code,
        "second.needed"
            | "second.used"
            | "second.declined"
            | "second.expired"
            | "second.other"
            | "second.unproven"
    )
}

/// Does it, or, where a second person is needed and the form says why, asks for it.
pub(super) fn act_or_ask(call: &Call, act: Act, done: Result<Reply>) -> Answer {
    let reason = call.form.fields.text("words").trim();
    match done {
        Err(refusal) if asking_helps(&refusal) && !reason.is_empty() => {
            second::ask(call.app(), call.actor()?, act, reason)?;
            Reply::done(HOME, Done::ActAsked)
        }
        Err(refusal) if asking_helps(&refusal) => {
            Err(refusal.hint("here: say why in the form, and it is asked for"))
        }
        other => other,
    }
}
