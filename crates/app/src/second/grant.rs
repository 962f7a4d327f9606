//! A trustee grants what another asked for, or declines; or confirms what was done alone. Always signed with their key.

use super::Standing;
use crate::board::{Intent, seat};
use crate::context::App;
use crate::journal::enter;
use crate::lend::{board, charter_in};
use crate::refusal::{Kind, Refusal, Result};
use hustings_domain::access::Actor;
use hustings_domain::guarded::{ActNumber, ActState, AskedAct};
use hustings_domain::ids::UserId;
use hustings_domain::statement::Signed;
use hustings_store::Tx;
use jiff::Timestamp;
use serde_json::json;
use std::collections::BTreeSet;

/// The act of this number.
pub(crate) fn known(tx: &mut dyn Tx, number: ActNumber) -> Result<AskedAct> {
    tx.asked_act(number)?.ok_or_else(|| {
        Refusal::not_found("second.unknown", format!("nobody asked for an act `{number}`"))
            .hint("`hustings grant list` names them all")
    })
}

/// Refuses what cannot be granted, before it is signed and again before it is kept.
pub(crate) fn check(tx: &mut dyn Tx, trustee: UserId, intent: &Intent, now: Timestamp) -> Result<()> {
    let (number, wanted) = match intent {
        Intent::Grant { act } | Intent::Decline { act } => (*act, ActState::Waiting),
        Intent::ConfirmAlone { act } => (*act, ActState::Alone),
        _ => return Err(Refusal::internal("this is about no act that was asked for")),
    };
    let act = known(tx, number)?;
    let state = act.state(now);
    if state != wanted {
        return Err(Refusal::conflict(
            "second.over",
            format!("{number} does not wait for this: it is {}", state.as_str()),
        )
        .hint("what is too late is asked for again"));
    }
    if !act.is_for_others_than(trustee) {
        return Err(Refusal::new(
            Kind::Denied,
            "second.own",
            "nobody grants what they asked for themselves, or what is about them",
        )
        .hint("another trustee can"));
    }
    if act.confirmations.iter().any(|signed| signed.statement.trustee == trustee) {
        return Err(Refusal::conflict("second.confirmed", "you have confirmed this"));
    }
    if !Standing::read(tx)?.granters.contains(&trustee) {
        return Err(Refusal::new(Kind::Denied, "sign.no-key", "an act is granted with a key in force")
            .hint("register one on the board's page, and have other trustees confirm it"));
    }
    Ok(())
}

/// Keeps what a trustee signed.
pub(crate) fn carry_out(
    tx: &mut dyn Tx,
    app: &App,
    actor: &Actor,
    intent: &Intent,
    signed: Signed,
) -> Result<()> {
    let trustee = seat(actor)?;
    let now = app.now();
    check(tx, trustee, intent, now)?;
    match intent {
        Intent::Grant { act } => {
            let mut act = known(tx, *act)?;
            let body = json!({"asked": act.number.0, "act": act.kind, "content": act.content()?,
                "until": act.until, "signed": &signed});
            act.granted = Some(signed);
            tx.put_asked_act(&act)?;
            enter(tx, now, actor, "act.granted", body)?;
        }
        Intent::Decline { act } => {
            let mut act = known(tx, *act)?;
            let body =
                json!({"asked": act.number.0, "act": act.kind, "content": act.content()?, "signed": &signed});
            act.declined = Some(signed);
            tx.put_asked_act(&act)?;
            enter(tx, now, actor, "act.declined", body)?;
        }
        Intent::ConfirmAlone { act } => {
            let mut act = known(tx, *act)?;
            let content = act.content()?;
            act.confirmations.push(signed.clone());
            let settled = is_settled(tx, &act)?;
            act.confirmed = settled.then_some(now);
            tx.put_asked_act(&act)?;
            let body = json!({"asked": act.number.0, "act": act.kind, "content": content, "settled": settled,
                "signed": signed});
            enter(tx, now, actor, "alone.confirmed", body)?;
        }
        _ => return Err(Refusal::internal("this is about no act that was asked for")),
    }
    Ok(())
}

/// As many trustees have confirmed it, from as many wings, as a decision needs.
fn is_settled(tx: &mut dyn Tx, act: &AskedAct) -> Result<bool> {
    let rules = charter_in(tx)?.board;
    let board = board(tx)?;
    let by: BTreeSet<UserId> = act.confirmations.iter().map(|signed| signed.statement.trustee).collect();
    let seated: Vec<_> = board.iter().filter(|trustee| by.contains(&trustee.id)).collect();
    let wings: BTreeSet<_> = seated.iter().map(|trustee| &trustee.wing).collect();
    Ok(seated.len() >= rules.quorum as usize && wings.len() >= rules.wings_needed as usize)
}
