//! What is done to a loan from its page. Each answers with the page again, which says what was done.

use super::board::speak;
use super::{Answer, Call, Done, Reply};
use crate::present::frame::may;
use crate::present::loan::{Attempt, page};
use crate::problem::sentence;
use axum::http::StatusCode;
use hustings_app::board::{Intent, Matter};
use hustings_app::{Kind, Refusal, Result, after, lend, send as sending};
use hustings_domain::access::Action;
use hustings_domain::canonical::ContentHash;
use hustings_domain::clearance::Ballot;
use hustings_domain::ids::{LoanNumber, UserId};
use hustings_domain::loan::LoanState;

fn home(number: LoanNumber) -> String {
    format!("/console/loans/{}", number.0)
}

fn words(call: &Call) -> String {
    call.form.fields.text("words").trim().to_owned()
}

fn user(call: &Call, field: &str) -> Result<UserId> {
    let wrong = |_| Refusal::invalid("trustee.unknown", "choose one of the trustees on the page");
    call.form.fields.text(field).parse().map_err(wrong)
}

/// `POST /console/loans/{number}/estimate`.
pub(super) fn estimate(call: &Call) -> Answer {
    let number = call.loan()?;
    lend::estimate(call.app(), call.actor()?, number)?;
    Reply::done(&home(number), Done::Estimated)
}

/// `POST /console/loans/{number}/vote`: binds to the hash that the page showed. What is wrong with it is said
/// beside the form, and nothing typed is lost.
pub(super) fn vote(call: &Call) -> Answer {
    let number = call.loan()?;
    let fields = &call.form.fields;
    let said = ballot(call).and_then(|ballot| {
        let content = ContentHash::parse(fields.text("bound")).ok_or_else(|| {
            Refusal::invalid("vote.content", "a vote binds to the text you read")
                .hint("open the loan's page and vote there")
        })?;
        let seat = match fields.text("seat") {
            "" => None,
            _ => Some(user(call, "seat")?),
        };
        let intent = Intent::Vote { matter: Matter::Loan(number), ballot, content, seat };
        speak(call, &intent, &home(number), Done::Voted)
    });
    match said {
        Err(refusal) if refusal.kind == Kind::Invalid => {
            let view = lend::loan_view(call.app(), call.actor()?, number)?;
            let attempt = Attempt {
                problem: sentence(&refusal.message),
                chosen: fields.text("vote").to_owned(),
                words: words(call),
            };
            Reply::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page(call, &view, attempt)?)
        }
        said => said,
    }
}

fn ballot(call: &Call) -> Result<Ballot> {
    match call.form.fields.text("vote") {
        "approve" => Ok(Ballot::Approve),
        "approve-if" => Ok(Ballot::ApproveIf { condition: words(call) }),
        "refuse" => Ok(Ballot::Refuse { reason: words(call) }),
        _ => Err(Refusal::invalid("vote.none", "choose approve, approve if, or refuse")),
    }
}

/// `POST /console/loans/{number}/recuse`.
pub(super) fn recuse(call: &Call) -> Answer {
    let number = call.loan()?;
    let intent = Intent::Recuse { matter: Matter::Loan(number), reason: words(call) };
    speak(call, &intent, &home(number), Done::Recused)
}

/// `POST /console/loans/{number}/challenge`.
pub(super) fn challenge(call: &Call) -> Answer {
    let number = call.loan()?;
    let (against, reason) = (user(call, "trustee")?, words(call));
    let intent = Intent::Challenge { matter: Matter::Loan(number), against, reason };
    speak(call, &intent, &home(number), Done::Challenged)
}

/// `POST /console/loans/{number}/decide-challenge`.
pub(super) fn decide_challenge(call: &Call) -> Answer {
    let number = call.loan()?;
    let upheld = match call.form.fields.text("decision") {
        "uphold" => true,
        "dismiss" => false,
        _ => return Err(Refusal::invalid("challenge.decision", "choose uphold or dismiss")),
    };
    let intent = Intent::Rule { matter: Matter::Loan(number), against: user(call, "challenge")?, upheld };
    speak(call, &intent, &home(number), Done::Ruled)
}

/// `POST /console/loans/{number}/confirm-pause`.
pub(super) fn confirm_pause(call: &Call) -> Answer {
    let number = call.loan()?;
    speak(call, &Intent::ConfirmPause { loan: number }, &home(number), Done::PauseConfirmed)
}

/// `POST /console/loans/{number}/send`: begins, or goes on with what a pilot or a stopped process left.
pub(super) fn send(call: &Call) -> Answer {
    let number = call.loan()?;
    let actor = call.actor()?;
    let under_way = if may(call, Action::SendLoan) {
        let found = call.app().store().read(|tx| {
            let loan = lend::loan_numbered(tx, actor, number)?;
            Ok::<_, Refusal>((tx.send(loan.id)?, loan.state))
        })?;
        found.0.filter(|_| found.1 == LoanState::Sending)
    } else {
        None
    };
    let done = match under_way {
        None => {
            if call.site.dispatch().is_none() && may(call, Action::SendLoan) {
                return Err(no_dispatch());
            }
            // Asks for the right itself, and enters a refusal in the ledger.
            sending::start_send(call.app(), actor, number)?;
            Done::Begun
        }
        Some(record) => {
            if record.pilot_done.is_some() && record.released < record.planned {
                sending::release_rest(call.app(), actor, number)?;
            }
            Done::GoesOn
        }
    };
    call.site.dispatch().ok_or_else(no_dispatch)?.begin(number);
    Reply::done(&home(number), done)
}

fn no_dispatch() -> Refusal {
    Refusal::conflict("send.no-dispatch", "this server shows pages only and sends no mail")
        .hint("send with `hustings loan send`, or set a relay and run `hustings serve`")
}

/// `POST /console/loans/{number}/pause`: at once; a reason is welcome and not waited for.
pub(super) fn pause(call: &Call) -> Answer {
    let number = call.loan()?;
    let given = words(call);
    let reason = if given.is_empty() { "paused by hand, on the loan's page".to_owned() } else { given };
    sending::pause(call.app(), call.actor()?, number, &reason)?;
    Reply::done(&home(number), Done::Paused)
}

/// `POST /console/loans/{number}/resume`.
pub(super) fn resume(call: &Call) -> Answer {
    let number = call.loan()?;
    let resumed = sending::resume(call.app(), call.actor()?, number, &words(call));
    let done = resumed.and_then(|_| {
        if let Some(dispatch) = call.site.dispatch() {
            dispatch.begin(number);
        }
        Reply::done(&home(number), Done::Resumed)
    });
    super::acts::act_or_ask(call, sending::act_of_resuming(number), done)
}

/// `POST /console/loans/{number}/copy`: makes the numbered copy of those who said yes.
pub(super) fn copy(call: &Call) -> Answer {
    let copy = after::export_copy(call.app(), call.actor()?, call.loan()?)?;
    Reply::done(&format!("/console/copies/{}", copy.number.0), Done::CopyMade)
}

/// `POST /console/loans/{number}/settle`.
pub(super) fn settle(call: &Call) -> Answer {
    let number = call.loan()?;
    lend::settle(call.app(), call.actor()?, number)?;
    Reply::done(&home(number), Done::Settled)
}
