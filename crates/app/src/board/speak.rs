//! Trustees speak on a matter: vote, recuse, challenge, rule on a challenge. What follows from it follows at once.

use super::intent::{Intent, Matter};
use super::sign::{WithWords, seat};
use super::table::{Subject, Table};
use super::{delegate, key};
use crate::context::App;
use crate::journal::enter;
use crate::lend::adopt;
use crate::refusal::{Kind, Refusal, Result};
use crate::second;
use hustings_domain::access::Actor;
use hustings_domain::canonical::ContentHash;
use hustings_domain::clearance::{
    Challenge, Decision, Recusal, Ruling, Vote, delegation_for, ruling, standing_votes,
};
use hustings_domain::ids::{LoanNumber, UserId};
use hustings_domain::loan::{Loan, LoanState};
use hustings_store::Tx;
use hustings_store::records::{CharterProposal, ProposalState};
use jiff::Timestamp;
use serde_json::{Value, json};

/// Refuses what cannot be done, before it is signed and again before it is carried out.
pub(super) fn check(tx: &mut dyn Tx, trustee: UserId, intent: &Intent, now: Timestamp) -> Result<()> {
    if let Some(words) = intent.words() {
        checked_reason(words)?;
    }
    let Some(matter) = intent.matter() else {
        return match intent {
            Intent::Delegate { .. } | Intent::EndDelegation { .. } => {
                delegate::check(tx, trustee, intent, now)
            }
            Intent::ConfirmPause { loan } => paused(tx, trustee, *loan, now).map(drop),
            Intent::Grant { .. } | Intent::Decline { .. } | Intent::ConfirmAlone { .. } => {
                second::check(tx, trustee, intent, now)
            }
            _ => key::check(tx, trustee, intent),
        };
    };
    let table = Table::load(tx, matter)?;
    table.expect_open(now)?;
    if table.panel.iter().all(|seat| seat.id != trustee) {
        return Err(Refusal::new(
            Kind::Denied,
            "vote.other-panel",
            "the charter leaves this to a panel that you do not sit on",
        ));
    }
    let seats = table.seats();
    let said = table.proven();
    let recused = |who: UserId| said.recusals.iter().any(|recusal| recusal.trustee == who);
    if recused(trustee) {
        return Err(Refusal::conflict("vote.recused", "you have recused yourself from this"));
    }
    let kept_out = |who: UserId| {
        said.challenges
            .iter()
            .any(|known| known.against == who && ruling(known, &seats, &said) == Ruling::Upheld)
    };
    match intent {
        Intent::Vote { content, seat, .. } => {
            check_text(*content, table.content)?;
            if kept_out(trustee) {
                return Err(Refusal::conflict(
                    "vote.kept-out",
                    "the others decided that you have an interest in this",
                ));
            }
            match seat {
                Some(seat) => {
                    if recused(*seat) || kept_out(*seat) {
                        return Err(Refusal::conflict(
                            "vote.kept-out",
                            "that trustee is out of this decision",
                        ));
                    }
                    check_seat(&table, trustee, *seat, now)
                }
                None => Ok(()),
            }
        }
        Intent::Challenge { against, .. } => {
            if *against == trustee {
                return Err(Refusal::invalid("challenge.self", "to step out yourself, recuse yourself"));
            }
            if table.panel.iter().all(|other| other.id != *against) {
                return Err(Refusal::not_found("challenge.no-trustee", "there is no such trustee"));
            }
            if said.challenges.iter().any(|known| known.against == *against) {
                return Err(Refusal::conflict("challenge.twice", "that trustee is challenged already"));
            }
            Ok(())
        }
        Intent::Rule { against, .. } => {
            if said.challenges.iter().any(|known| known.against == trustee) {
                return Err(Refusal::conflict(
                    "challenge.own",
                    "a challenged trustee does not rule on a challenge",
                ));
            }
            if said.challenges.iter().all(|known| known.against != *against) {
                return Err(Refusal::not_found("challenge.unknown", "nobody challenged that trustee here"));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn check_text(read: ContentHash, current: ContentHash) -> Result<()> {
    if read == current {
        return Ok(());
    }
    Err(Refusal::conflict(
        "vote.old-text",
        format!("the text has changed: you read {}, it now is {}", read.short(), current.short()),
    )
    .hint("read it again, then vote"))
}

// INVARIANT: a delegate fills the seat of whoever is away, and never one that its own trustee filled.
fn check_seat(table: &Table, delegate: UserId, seat: UserId, now: Timestamp) -> Result<()> {
    let register = table.registered.register();
    let holds = delegation_for(&table.registered.delegations, seat, delegate, now)
        .is_some_and(|delegation| register.delegation_stands(delegation));
    if !holds || table.panel.iter().all(|other| other.id != seat) {
        return Err(Refusal::new(
            Kind::Denied,
            "vote.no-delegate",
            "that trustee has not made you a delegate",
        )
        .hint("they do it on the board's page, or with `hustings board delegate`"));
    }
    let own =
        standing_votes(&table.proven(), table.content).any(|vote| vote.trustee == seat && vote.by.is_none());
    if own {
        return Err(Refusal::conflict("vote.own-stands", "that trustee has voted already, in person"));
    }
    Ok(())
}

fn checked_reason(words: &str) -> Result<()> {
    if words.trim().is_empty() || words.chars().count() > 2_000 {
        return Err(Refusal::invalid("vote.reason", "say why, in 1 to 2,000 characters"));
    }
    Ok(())
}

pub(super) fn carry_out(
    tx: &mut dyn Tx,
    app: &App,
    actor: &Actor,
    intent: &Intent,
    signed: Option<WithWords>,
) -> Result<Decision> {
    let trustee = seat(actor)?;
    let now = app.now();
    check(tx, trustee, intent, now)?;
    let matter = intent.matter().ok_or_else(|| Refusal::internal("this is said on no matter"))?;
    let mut table = Table::load(tx, matter)?;
    let (name, content) = (table.name(), table.content);
    let mut body = match matter {
        Matter::Loan(number) => json!({"loan": number}),
        Matter::Charter(number) => json!({"charter": number}),
    };
    let mut put = |key: &str, value: Value| {
        if let Value::Object(map) = &mut body {
            map.insert(key.to_owned(), value);
        }
    };
    if let Some((signed, _)) = &signed {
        if signed.statement.matter != name
            || matches!(intent, Intent::Vote { .. }) && signed.statement.content != content
        {
            return Err(Refusal::conflict("vote.old-text", "the matter has changed since you signed")
                .hint("read it again, then vote"));
        }
        put("signed", json!(signed));
    }
    put("wing", json!(actor.wing));
    let said = &mut table.all;
    let kind = match intent.clone() {
        Intent::Vote { ballot, content, seat, .. } => {
            put("content", json!(content));
            put("ballot", json!(ballot.word()));
            if let Some(seat) = seat {
                put("seat", json!(seat));
            }
            let by = seat.map(|_| trustee);
            said.votes.push(Vote { trustee: seat.unwrap_or(trustee), ballot, content, at: now, by });
            "vote.cast"
        }
        Intent::Recuse { reason, .. } => {
            said.recusals.push(Recusal { trustee, reason, at: now });
            "trustee.recused"
        }
        Intent::Challenge { against, reason, .. } => {
            put("against", json!(against));
            said.challenges.push(Challenge { against, by: trustee, reason, at: now, rulings: vec![] });
            "trustee.challenged"
        }
        Intent::Rule { against, upheld, .. } => {
            put("against", json!(against));
            put("upheld", json!(upheld));
            if let Some(challenge) = said.challenges.iter_mut().find(|known| known.against == against) {
                challenge.rulings.retain(|(who, _)| *who != trustee);
                challenge.rulings.push((trustee, upheld));
            }
            "challenge.ruled"
        }
        _ => return Err(Refusal::internal("this is said on no matter")),
    };
    said.signed.extend(signed);
    table.keep(tx)?;
    if let Intent::Rule { against, .. } = intent {
        let proven = table.proven();
        let standing = proven.challenges.iter().find(|known| known.against == *against);
        let standing = standing.map_or(Ruling::Open, |known| ruling(known, &table.seats(), &proven));
        put("standing", json!(format!("{standing:?}").to_lowercase()));
    }
    enter(tx, now, actor, kind, body)?;
    follow(tx, app, matter)
}

/// Moves a matter when the board has decided.
fn follow(tx: &mut dyn Tx, app: &App, matter: Matter) -> Result<Decision> {
    let table = Table::load(tx, matter)?;
    let decision = table.decision();
    match table.subject {
        Subject::Loan(loan) => follow_loan(tx, app, *loan, &decision)?,
        Subject::Charter(proposal) => follow_charter(tx, app, &proposal, table.content, &decision)?,
    }
    Ok(decision)
}

/// Moves a loan when the board has decided.
pub(crate) fn follow_loan(tx: &mut dyn Tx, app: &App, loan: Loan, decision: &Decision) -> Result<()> {
    let number = loan.number;
    let content = loan.content_hash()?;
    let (loan, kind, body) = match decision {
        Decision::Cleared(clearance) => {
            let body = json!({"loan": number, "content": content, "approvals": clearance.approvals(),
                "wings": clearance.wings()});
            (loan.clear(clearance)?, "loan.cleared", body)
        }
        Decision::Refused { reasons } => {
            let body = json!({"loan": number, "content": content, "refusals": reasons.len()});
            (loan.refuse(reasons.join("; "))?, "loan.refused", body)
        }
        Decision::Open { .. } | Decision::Unreachable { .. } => return Ok(()),
    };
    tx.put_loan(&loan)?;
    enter(tx, app.now(), &Actor::machine(), kind, body)?;
    Ok(())
}

fn follow_charter(
    tx: &mut dyn Tx,
    app: &App,
    proposal: &CharterProposal,
    content: ContentHash,
    decision: &Decision,
) -> Result<()> {
    let number = proposal.number;
    let (state, kind, body) = match decision {
        Decision::Cleared(clearance) => {
            let body = json!({"charter": number, "content": content, "approvals": clearance.approvals(),
                "wings": clearance.wings()});
            (ProposalState::Adopted, "charter.cleared", body)
        }
        Decision::Refused { reasons } => {
            let body = json!({"charter": number, "content": content, "refusals": reasons.len()});
            (ProposalState::Refused, "charter.refused", body)
        }
        Decision::Open { .. } | Decision::Unreachable { .. } => return Ok(()),
    };
    tx.put_proposal(&CharterProposal { state, ..proposal.clone() })?;
    enter(tx, app.now(), &Actor::machine(), kind, body)?;
    if state == ProposalState::Adopted {
        adopt(tx, app, proposal)?;
    }
    Ok(())
}

/// The loan of which another's emergency pause may be confirmed.
fn paused(tx: &mut dyn Tx, trustee: UserId, number: LoanNumber, now: Timestamp) -> Result<Loan> {
    let none = || {
        Refusal::conflict(
            "pause.none",
            format!("no trustee's pause of loan `{number}` waits to be confirmed"),
        )
    };
    let loan = tx.loan_by_number(number)?.filter(|loan| loan.state == LoanState::Paused).ok_or_else(none)?;
    let pause = tx.proceedings(loan.id)?.pause.ok_or_else(none)?;
    if pause.confirmed.is_some() || pause.over || now >= pause.until {
        return Err(none());
    }
    if pause.by == trustee {
        return Err(Refusal::conflict("pause.own", "another trustee confirms your pause"));
    }
    Ok(loan)
}

pub(super) fn confirm_pause(
    tx: &mut dyn Tx,
    app: &App,
    actor: &Actor,
    number: LoanNumber,
    signed: Option<&WithWords>,
) -> Result<()> {
    let trustee = seat(actor)?;
    let now = app.now();
    let loan = paused(tx, trustee, number, now)?;
    let mut proceedings = tx.proceedings(loan.id)?;
    if let Some(pause) = &mut proceedings.pause {
        pause.confirmed = Some(trustee);
    }
    let mut body = json!({"loan": number});
    if let (Value::Object(map), Some((signed, _))) = (&mut body, signed) {
        map.insert("signed".to_owned(), json!(signed));
    }
    tx.put_proceedings(loan.id, &proceedings)?;
    enter(tx, now, actor, "pause.confirmed", body)?;
    Ok(())
}
