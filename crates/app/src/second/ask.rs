//! Asking for an act that a second person has to grant.

use super::spend::is_proven;
use super::{Act, Standing};
use crate::beside;
use crate::context::App;
use crate::journal::enter;
use crate::lend::charter_in;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::Actor;
use hustings_domain::canonical::ContentHash;
use hustings_domain::guarded::{ActNumber, ActState, AskedAct};
use hustings_domain::statement::SaltedWords;
use hustings_store::Tx;
use jiff::{Span, Timestamp};
use serde_json::json;

/// So many may wait at once.
const MOST: usize = 50;
const LONGEST_REASON: usize = 500;

/// Asks for an act, and says why. Nothing is done yet.
///
/// Beside a process that serves, that process keeps what is asked for.
pub fn ask(app: &App, actor: &Actor, act: Act, reason: &str) -> Result<AskedAct> {
    act.permit(actor)?;
    let reason = checked(reason)?;
    if app.is_reading() {
        return beside::ask_for_act(app, actor, &act, &reason);
    }
    let now = app.now();
    app.store.write(|tx| {
        let asked = draft(app, tx, actor, act, &reason, now)?;
        let standing = Standing::read(tx)?;
        if !standing.binds {
            return Err(Refusal::conflict(
                "second.not-yet",
                "nobody could grant this: a second person is asked for once two trustees have a key in force",
            )
            .hint("do it without asking; the ledger says that one person did it alone"));
        }
        let known = tx.asked_acts()?;
        refuse_twice(tx, &known, &asked, now)?;
        if known.iter().filter(|other| other.state(now) == ActState::Waiting).count() >= MOST {
            return Err(Refusal::conflict("second.many", format!("{MOST} acts wait to be granted already")));
        }
        if !standing.has_somebody_for(&asked) {
            return Err(nobody());
        }
        let body = json!({"asked": asked.number.0, "act": asked.kind, "content": asked.content()?,
            "reason": asked.reason.hash(), "grant_by": asked.grant_by, "until": asked.until});
        tx.put_asked_act(&asked)?;
        enter(tx, now, actor, "act.asked", body)?;
        Ok(asked)
    })
}

/// What the same person asked for already is not asked for beside it.
fn refuse_twice(tx: &mut dyn Tx, known: &[AskedAct], asked: &AskedAct, now: Timestamp) -> Result<()> {
    for other in known {
        let is_same = other.asker == asked.asker && other.is_of(asked.kind, &asked.parameters, asked.about);
        if is_same && is_open(tx, other, now)? {
            return Err(Refusal::conflict(
                "second.asked",
                format!(
                    "you have asked for exactly this as {}: it {}",
                    other.number,
                    other.state(now).as_str()
                ),
            ));
        }
    }
    Ok(())
}

/// Whether it still waits, or can be carried out: a grant whose granter lost seat or key since leads nowhere.
fn is_open(tx: &mut dyn Tx, asked: &AskedAct, now: Timestamp) -> Result<bool> {
    match asked.state(now) {
        ActState::Waiting => Ok(true),
        ActState::Granted => is_proven(tx, asked),
        _ => Ok(false),
    }
}

/// Nobody is left who could be the second person.
pub(super) fn nobody() -> Refusal {
    Refusal::conflict("second.nobody", "no other trustee with a key in force is there to grant this")
        .hint("seat another trustee and have their key confirmed; in an emergency `hustings restore --alone` restores without")
}

fn checked(reason: &str) -> Result<String> {
    let reason = reason.trim();
    if reason.is_empty()
        || reason.chars().count() > LONGEST_REASON
        || reason.chars().any(|one| one.is_control() && one != '\n')
    {
        return Err(Refusal::invalid(
            "second.reason",
            format!("say why, in 1 to {LONGEST_REASON} characters: whoever grants it reads that"),
        ));
    }
    Ok(reason.to_owned())
}

/// The act with its number and times, not kept yet.
pub(super) fn draft(
    app: &App,
    tx: &mut dyn Tx,
    actor: &Actor,
    act: Act,
    reason: &str,
    now: Timestamp,
) -> Result<AskedAct> {
    let hours = i64::from(charter_in(tx)?.board.grant_hours);
    let after = |hours: i64| {
        now.checked_add(Span::new().hours(hours))
            .map_err(|error| Refusal::internal("no time is left").because(error))
    };
    let mut salt = [0; 32];
    app.rng("asked-act").fill(&mut salt);
    Ok(AskedAct {
        number: ActNumber(tx.next_act_number()?.0),
        kind: act.kind,
        parameters: act.parameters,
        about: act.about,
        by: actor.reference(),
        asker: actor.user,
        reason: SaltedWords { salt: ContentHash(salt), words: checked(reason)? },
        asked: now,
        grant_by: after(hours)?,
        // As long again to carry it out; what stands for longer than one act says so in its kind.
        until: match act.kind.standing_days() {
            Some(days) => after(24 * days)?,
            None => after(2 * hours)?,
        },
        granted: None,
        declined: None,
        used: None,
        alone: false,
        confirmations: Vec::new(),
        confirmed: None,
    })
}
