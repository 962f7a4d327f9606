//! The board's decision: votes, recusals, challenges, and the form for a trustee whose vote is missing.

use super::super::{frame, words};
use super::{Attempt, proof};
use crate::problem::sentence;
use crate::routes::Call;
use crate::site::Mark;
use crate::views::console::{Challenge, Clearance, Vote, VoteForm, Wing};
use crate::views::format::{count, counted};
use crate::views::parts::{Badge, Proof, When};
use hustings_app::lend::LoanView;
use hustings_app::{Refusal, Result, send};
use hustings_domain::charter::Charter;
use hustings_domain::clearance::{self, Ballot, Decision, Ruling};
use hustings_domain::ids::UserId;
use hustings_domain::loan::LoanState;
use jiff::{Span, Timestamp};

/// How far the board has come.
pub(super) fn clearance(
    call: &Call,
    view: &LoanView,
    charter: &Charter,
    marks: &[Mark],
    attempt: Attempt,
) -> Result<Clearance> {
    let (state, said) = standing(&view.decision);
    Ok(Clearance {
        state,
        said,
        due: (view.loan.state == LoanState::Requested).then(|| frame::day(call, view.due)),
        pause: pause(call, view),
        bound: words::hash(view.content),
        wings: wings(view, charter),
        votes: votes(call, view, marks),
        challenges: challenges(call, view),
        form: form(call, view, charter, attempt)?,
        proof: proof(marks, "loan.cleared").or_else(|| proof(marks, "loan.refused")),
    })
}

/// Where a decision stands, in a word and in a sentence.
pub(crate) fn standing(decision: &Decision) -> (Badge, String) {
    match decision {
        Decision::Open { missing } => (Badge::wait("waiting"), sentence(&missing.join("; "))),
        Decision::Cleared(clearance) => {
            let wings: Vec<&str> =
                clearance.wings().iter().map(hustings_domain::words::Slug::as_str).collect();
            let approvals = counted(u64::from(clearance.approvals()), "approval", "approvals");
            (Badge::go("cleared"), format!("{approvals}, from {}.", wings.join(" and ")))
        }
        Decision::Refused { reasons } => (Badge::stop("refused"), sentence(&reasons.join("; "))),
        Decision::Unreachable { why } => (Badge::stop("cannot decide"), sentence(why)),
    }
}

fn name(view: &LoanView, id: UserId) -> String {
    view.board
        .iter()
        .find(|trustee| trustee.id == id)
        .map_or_else(|| "a former trustee".to_owned(), |t| t.name.clone())
}

fn wing(view: &LoanView, id: UserId) -> String {
    view.board
        .iter()
        .find(|trustee| trustee.id == id)
        .map_or_else(String::new, |t| format!("{} wing", t.wing))
}

/// A trustee's emergency pause that nobody has confirmed.
fn pause(call: &Call, view: &LoanView) -> Option<(String, When, bool)> {
    let waits = view.loan.state == LoanState::Paused && view.proceedings.pause.is_some();
    let pause =
        view.proceedings.pause.as_ref().filter(|pause| waits && !pause.over && pause.confirmed.is_none())?;
    let user = call.actor().ok()?.user;
    let may = user.is_some_and(|user| user != pause.by && view.board.iter().any(|seat| seat.id == user));
    Some((name(view, pause.by), frame::when(call, pause.until), may))
}

/// What each wing gave. Where not every wing has to give something, what is needed of each is nothing.
fn wings(view: &LoanView, charter: &Charter) -> Vec<Wing> {
    let needed = u64::from(charter.board.wings_needed as usize == charter.wings.len());
    let approves = |id: UserId| {
        let last = view
            .proceedings
            .votes
            .iter()
            .rev()
            .find(|vote| vote.trustee == id && vote.content == view.content);
        last.is_some_and(|vote| vote.ballot == Ballot::Approve)
    };
    let given = |wing: &hustings_domain::words::Slug| {
        view.voters.iter().filter(|trustee| trustee.wing == *wing && approves(trustee.id)).count() as u64
    };
    charter
        .wings
        .iter()
        .map(|wing| Wing { name: format!("{wing} wing"), given: given(wing), needed })
        .collect()
}

fn votes(call: &Call, view: &LoanView, marks: &[Mark]) -> Vec<Vote> {
    let by = |id: UserId, at: Timestamp| {
        let by = format!("trustee:{id}");
        let mark = marks.iter().find(|mark| mark.at == at && mark.text("by") == by);
        mark.map(|mark| Proof { index: mark.index })
    };
    let mut said: Vec<(Timestamp, Vote)> = Vec::new();
    for vote in &view.proceedings.votes {
        let (badge, given) = super::super::board::ballot(&vote.ballot);
        let void = vote.content != view.content;
        said.push((
            vote.at,
            Vote {
                trustee: name(view, vote.trustee),
                wing: wing(view, vote.trustee),
                vote: if void { Badge::plain("void: on another text") } else { badge },
                words: given,
                signed: super::super::board::signed_with(&view.proceedings, vote),
                bound: Some(words::hash(vote.content)),
                when: frame::when(call, vote.at),
                proof: by(vote.by.unwrap_or(vote.trustee), vote.at),
            },
        ));
    }
    for recusal in &view.proceedings.recusals {
        said.push((
            recusal.at,
            Vote {
                trustee: name(view, recusal.trustee),
                wing: wing(view, recusal.trustee),
                vote: Badge::plain("recused"),
                words: recusal.reason.clone(),
                signed: String::new(),
                bound: None,
                when: frame::when(call, recusal.at),
                proof: by(recusal.trustee, recusal.at),
            },
        ));
    }
    said.sort_by_key(|(at, _)| *at);
    said.into_iter().map(|(_, vote)| vote).collect()
}

fn challenges(call: &Call, view: &LoanView) -> Vec<Challenge> {
    let user = call.actor().ok().and_then(|actor| actor.user);
    let open = view.loan.state == LoanState::Requested;
    let judge = user.is_some_and(|user| {
        view.board.iter().any(|trustee| trustee.id == user)
            && !view.proceedings.recusals.iter().any(|recusal| recusal.trustee == user)
            && !view.proceedings.challenges.iter().any(|challenge| challenge.against == user)
    });
    view.proceedings
        .challenges
        .iter()
        .map(|challenge| {
            let ruling = clearance::ruling(challenge, &view.board, &view.proceedings);
            Challenge {
                id: challenge.against.to_string(),
                against: name(view, challenge.against),
                by: name(view, challenge.by),
                reason: challenge.reason.clone(),
                state: match ruling {
                    Ruling::Open => Badge::wait("open"),
                    Ruling::Upheld => Badge::stop("upheld: stays out"),
                    Ruling::Rejected => Badge::go("dismissed: may vote"),
                },
                may_decide: open && judge && ruling == Ruling::Open,
            }
        })
        .collect()
}

fn form(call: &Call, view: &LoanView, charter: &Charter, attempt: Attempt) -> Result<Option<VoteForm>> {
    let user = call.actor()?.user;
    let may = view.voters.iter().any(|trustee| Some(trustee.id) == user);
    if !may || view.loan.state != LoanState::Requested {
        return Ok(None);
    }
    let known = |id: UserId| view.proceedings.challenges.iter().any(|challenge| challenge.against == id);
    let others = view.board.iter().filter(|trustee| Some(trustee.id) != user && !known(trustee.id));
    Ok(Some(VoteForm {
        bound: words::hash(view.content),
        fatigue: fatigue(call, view, charter)?,
        seats: seats(call, view)?,
        others: others.map(|trustee| (trustee.id.to_string(), trustee.name.clone())).collect(),
        problem: attempt.problem,
        chosen: attempt.chosen,
        words: attempt.words,
    }))
}

/// For whom else this trustee may vote.
fn seats(call: &Call, view: &LoanView) -> Result<Vec<(String, String)>> {
    let user = call.actor()?.user;
    let held = hustings_app::board::delegations(call.app(), call.actor()?)?;
    Ok(held
        .iter()
        .filter(|known| Some(known.to) == user && view.voters.iter().any(|seat| seat.id == known.from))
        .map(|known| (known.from.to_string(), name(view, known.from)))
        .collect())
}

/// How often these people were addressed of late.
fn fatigue(call: &Call, view: &LoanView, charter: &Charter) -> Result<String> {
    let days = charter.fatigue.appeals.days;
    let people = send::audience::eligible_now(call.app(), charter, &view.loan.terms)?;
    let since = call.app().now().checked_sub(Span::new().hours(24 * i64::from(days))).map_err(|error| {
        Refusal::internal("the window of the fatigue cap lies outside time").because(error)
    })?;
    let addressed = call.app().store().read(|tx| Ok::<_, Refusal>(tx.addressed_since(since, false)?))?;
    let lately = addressed.iter().filter(|(ordinal, _)| people.contains(*ordinal)).count() as u64;
    Ok(format!(
        "{} of {} were addressed in the last {days} days. Nobody is addressed more than {} times in that time.",
        count(lately),
        counted(people.count(), "person", "people"),
        charter.fatigue.appeals.times
    ))
}
