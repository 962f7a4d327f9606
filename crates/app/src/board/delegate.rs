//! Delegations: made and ended by whoever is away, bounded by the charter.

use super::intent::Intent;
use super::sign::{WithWords, seat};
use crate::context::App;
use crate::journal::enter;
use crate::lend::{board, charter_in};
use crate::refusal::{Kind, Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::clearance::{Delegation, check_delegation};
use hustings_domain::ids::{UserId, uuid_v7};
use hustings_policy::permit;
use hustings_store::Tx;
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

/// The delegations that hold now or will yet.
pub fn delegations(app: &App, actor: &Actor) -> Result<Vec<Delegation>> {
    permit(actor, Action::ReadLoans)?;
    let now = app.now();
    app.store.read(|tx| {
        Ok(tx.delegations()?.into_iter().filter(|known| known.ended.is_none() && now < known.until).collect())
    })
}

pub(super) fn check(tx: &mut dyn Tx, trustee: UserId, intent: &Intent, now: Timestamp) -> Result<()> {
    match intent {
        Intent::Delegate { to, until } => {
            let rules = charter_in(tx)?.board;
            let (trustees, known) = (board(tx)?, tx.delegations()?);
            check_delegation(&rules, &trustees, &known, (trustee, *to), (now, *until)).map_err(|error| {
                Refusal::conflict("delegation.refused", error.to_string())
                    .hint("the charter's [board] says for how long and for how many one may vote")
            })
        }
        Intent::EndDelegation { id } => own(tx, trustee, *id, now).map(drop),
        _ => Err(Refusal::internal("this is about no delegation")),
    }
}

fn own(tx: &mut dyn Tx, trustee: UserId, id: Uuid, now: Timestamp) -> Result<Delegation> {
    let mut known = tx.delegations()?.into_iter();
    let found = known.find(|known| known.id == id && known.holds_at(now)).ok_or_else(|| {
        Refusal::not_found("delegation.unknown", "there is no such delegation, or it is over")
    })?;
    if found.from != trustee {
        return Err(Refusal::new(Kind::Denied, "delegation.not-yours", "whoever made a delegation ends it"));
    }
    Ok(found)
}

pub(super) fn carry_out(
    tx: &mut dyn Tx,
    app: &App,
    actor: &Actor,
    intent: &Intent,
    signed: Option<WithWords>,
) -> Result<()> {
    let trustee = seat(actor)?;
    let now = app.now();
    check(tx, trustee, intent, now)?;
    let signed = signed.map(|(signed, _)| signed);
    let (delegation, kind) = match intent {
        Intent::Delegate { to, until } => {
            let made = Delegation {
                id: uuid_v7(now, &mut *app.rng("delegation-id")),
                from: trustee,
                to: *to,
                // It is held against the statement that made it.
                since: signed.as_ref().map_or(now, |signed| signed.statement.at),
                until: *until,
                ended: None,
                signed: signed.clone(),
            };
            (made, "delegation.made")
        }
        Intent::EndDelegation { id } => {
            (Delegation { ended: Some(now), ..own(tx, trustee, *id, now)? }, "delegation.ended")
        }
        _ => return Err(Refusal::internal("this is about no delegation")),
    };
    tx.put_delegation(&delegation)?;
    let mut body =
        json!({"delegation": delegation.id, "from": trustee, "to": delegation.to, "until": delegation.until});
    if let (Value::Object(map), Some(signed)) = (&mut body, signed) {
        map.insert("signed".to_owned(), json!(signed));
    }
    enter(tx, now, actor, kind, body)?;
    Ok(())
}
