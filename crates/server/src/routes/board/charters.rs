//! Proposed charters: put to the board, read, voted on.

use super::super::{Answer, Call, Done, Reply};
use super::speak;
use hustings_app::board::{Intent, Matter};
use hustings_app::{Refusal, Result, lend};
use hustings_domain::canonical::ContentHash;
use hustings_domain::clearance::Ballot;

fn number(call: &Call) -> Result<u32> {
    let unknown = |_| Refusal::not_found("charter.unknown", "no such charter was proposed");
    call.param("number").parse().map_err(unknown)
}

fn path(number: u32) -> String {
    format!("/console/charters/{number}")
}

/// `POST /console/charters`: `toml`.
pub(in crate::routes) fn propose(call: &Call) -> Answer {
    let toml = call.form.fields.text("toml").replace("\r\n", "\n");
    let proposed = lend::propose_charter(call.app(), call.actor()?, &toml)?;
    Reply::done(&path(proposed.number), Done::Proposed)
}

/// `GET /console/charters/{number}`.
pub(in crate::routes) fn show(call: &Call) -> Answer {
    Reply::page(&crate::present::board::charter(call, number(call)?)?)
}

/// `POST /console/charters/{number}/vote`: `bound`, `vote`, `words`.
pub(in crate::routes) fn vote(call: &Call) -> Answer {
    let number = number(call)?;
    let fields = &call.form.fields;
    let ballot = match fields.text("vote") {
        "approve" => Ballot::Approve,
        "refuse" => Ballot::Refuse { reason: fields.text("words").trim().to_owned() },
        _ => return Err(Refusal::invalid("vote.none", "choose approve or refuse")),
    };
    let content = ContentHash::parse(fields.text("bound")).ok_or_else(|| {
        Refusal::invalid("vote.content", "a vote binds to the text you read")
            .hint("open the charter's page and vote there")
    })?;
    let intent = Intent::Vote { matter: Matter::Charter(number), ballot, content, seat: None };
    speak(call, &intent, &path(number), Done::Voted)
}

/// `POST /console/charters/{number}/recuse`: `words`.
pub(in crate::routes) fn recuse(call: &Call) -> Answer {
    let number = number(call)?;
    let reason = call.form.fields.text("words").trim().to_owned();
    speak(call, &Intent::Recuse { matter: Matter::Charter(number), reason }, &path(number), Done::Recused)
}
