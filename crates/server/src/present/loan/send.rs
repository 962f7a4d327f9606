//! The send: hold-back, pilot and rest, and the evidence that would stop it.

use super::super::{frame, words};
use super::proof;
use crate::routes::Call;
use crate::site::Mark;
use crate::views::console::{Send, Wave};
use crate::views::format::{count, counted};
use crate::views::parts::{Badge, Evidence, Signal};
use hustings_app::lend::LoanView;
use hustings_app::{Refusal, Result, send};
use hustings_domain::access::Action;
use hustings_domain::ids::LoanNumber;
use hustings_domain::loan::LoanState;

/// The send's step; none until the board has cleared it.
pub(super) fn send(call: &Call, view: &LoanView, marks: &[Mark]) -> Result<Option<Send>> {
    let state = view.loan.state;
    if matches!(state, LoanState::Requested | LoanState::Refused) {
        return Ok(None);
    }
    let Some(record) = &view.send else {
        return Ok(Some(Send {
            state: Badge::wait("ready"),
            said: "Nothing has been sent yet.".to_owned(),
            sent: 0,
            of: 0,
            held_back: "drawn at random when it starts".to_owned(),
            waves: Vec::new(),
            evidence: None,
            proof: None,
            may_send: state == LoanState::Cleared && frame::may(call, Action::SendLoan),
            send_label: "Start with the pilot".to_owned(),
            to_type: None,
            may_pause: false,
            may_resume: false,
        }));
    };
    let counts = &view.outcome.deliveries;
    let sent = u64::from(counts.accepted) + u64::from(counts.in_doubt);
    let waits = record.pilot_done.is_some() && record.released < record.planned;
    Ok(Some(Send {
        state: if waits && state == LoanState::Sending {
            Badge::wait("the pilot is watched")
        } else {
            words::loan_state(state)
        },
        said: said(view, sent),
        sent: sent + u64::from(counts.refused) + u64::from(counts.stopped),
        of: u64::from(record.planned),
        held_back: format!(
            "{}, {} per mille, by a keyed draw",
            counted(u64::from(record.held_back), "person", "people"),
            record.hold_back_per_mille
        ),
        waves: waves(call, view)?,
        evidence: if sent > 0 { Some(evidence(call, view.loan.number, "evidence")?) } else { None },
        proof: proof(marks, "send.started"),
        may_send: state == LoanState::Sending && frame::may(call, Action::SendLoan),
        send_label: if waits { "Send the rest now" } else { "Go on sending" }.to_owned(),
        to_type: None,
        may_pause: state == LoanState::Sending && frame::may(call, Action::PauseLoan),
        may_resume: state == LoanState::Paused && frame::may(call, Action::ResumeLoan),
    }))
}

/// How far it is, the number first.
fn said(view: &LoanView, sent: u64) -> String {
    let counts = &view.outcome.deliveries;
    let planned = view.send.as_ref().map_or(0, |send| send.planned);
    let mut said = format!("{} of {} sent", count(sent), count(u64::from(planned)));
    let also = [
        (counts.refused, "refused by the receiver"),
        (counts.deferred, "to be tried again"),
        (counts.in_doubt, "in doubt"),
        (counts.stopped, "stopped before they were sent"),
    ];
    for (people, what) in also.into_iter().filter(|(people, _)| *people > 0) {
        said = format!("{said}, {} {what}", count(u64::from(people)));
    }
    format!("{said}. {} held back at random.", count(u64::from(view.outcome.held_back)))
}

fn waves(call: &Call, view: &LoanView) -> Result<Vec<Wave>> {
    let Some(record) = &view.send else { return Ok(Vec::new()) };
    let pilot =
        call.app().store().read(|tx| Ok::<_, Refusal>(tx.delivery_counts(view.loan.id, record.pilot)?))?;
    let all = &view.outcome.deliveries;
    let done = |accepted: u32, in_doubt: u32| accepted + in_doubt;
    let pilot_sent = done(pilot.accepted, pilot.in_doubt);
    let rest_sent = done(all.accepted, all.in_doubt).saturating_sub(pilot_sent);
    let ended = matches!(view.loan.state, LoanState::Sent | LoanState::Settled);
    let state = |over: bool, begun: bool| match (over, view.loan.state) {
        (true, _) => Badge::go("done"),
        (false, LoanState::Paused) => Badge::stop("paused"),
        (false, _) if begun => Badge::wait("under way"),
        _ => Badge::plain("waits"),
    };
    let people = |number: u32| count(u64::from(number));
    let mut waves = vec![Wave {
        name: "Pilot".to_owned(),
        planned: people(record.pilot),
        sent: people(pilot_sent),
        state: state(ended || record.pilot_done.is_some(), true),
        when: Some(frame::when(call, record.frozen)),
    }];
    if record.planned > record.pilot {
        waves.push(Wave {
            name: "The rest".to_owned(),
            planned: people(record.planned - record.pilot),
            sent: people(rest_sent),
            state: state(ended, record.released > record.pilot),
            when: None,
        });
    }
    Ok(waves)
}

/// The picture behind the stop rule.
pub(crate) fn evidence(call: &Call, number: LoanNumber, id: &str) -> Result<Evidence> {
    let signals = send::evidence(call.app(), number)?;
    Ok(Evidence {
        id: id.to_owned(),
        signals: signals
            .into_iter()
            .map(|view| Signal {
                name: match view.signal.as_str() {
                    "complaint" => "Complaints",
                    "unsubscribe" => "Unsubscribes",
                    _ => "Hard bounces",
                }
                .to_owned(),
                seen: format!("{} of {} delivered", count(view.k), count(view.n)),
                usual: usual(view.usual_rate),
                evidence: view.log_e,
                limit: view.limit,
            })
            .collect(),
    })
}

/// A rate as people say it: `usually 1 in 1,000`.
fn usual(rate: f64) -> String {
    if rate <= 0.0 {
        return "usually none".to_owned();
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rate is above zero, and `as` saturates"
    )]
    let one_in = (1.0 / rate).round() as u64;
    format!("usually 1 in {}", count(one_in))
}
