//! An emergency without a second person: done, and told to everybody who could have been it, until they confirm it.

use super::spend::Second;
use super::{Act, Standing, ask};
use crate::context::App;
use crate::journal::enter;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::Actor;
use hustings_domain::guarded::{ActState, AskedAct};
use hustings_domain::ids::uuid_v7;
use hustings_store::Tx;
use hustings_store::records::{Alarm, UserRecord};
use serde_json::json;

/// Does without a second person what an emergency allows; enters it before it is done.
pub(crate) fn break_glass(
    app: &App,
    tx: &mut dyn Tx,
    actor: &Actor,
    act: Act,
    reason: &str,
) -> Result<Second> {
    act.permit(actor)?;
    if !act.kind.may_break_glass() {
        return Err(Refusal::conflict(
            "second.no-emergency",
            format!("no emergency allows this to one person: {}", act.kind.words()),
        )
        .hint("a restore alone is allowed; a send is halted by anybody at any time"));
    }
    let now = app.now();
    let mut done = ask::draft(app, tx, actor, act, reason, now)?;
    (done.alone, done.used) = (true, Some(now));
    let body = json!({"asked": done.number.0, "act": done.kind, "content": done.content()?,
        "reason": done.reason.hash(), "granters": Standing::read(tx)?.granters.len()});
    tx.put_asked_act(&done)?;
    enter(tx, now, actor, "act.alone", body)?;
    tx.add_alarm(&Alarm {
        id: uuid_v7(now, &mut *app.rng("alarm")),
        kind: "broken-glass".to_owned(),
        what: format!("{} was done without a second person: {}", done.number, done.kind.words()),
        at: now,
    })?;
    Ok(Second::Glass(done.number))
}

/// What was done alone and the board has not confirmed; for everybody to see.
pub fn unconfirmed(app: &App) -> Result<Vec<AskedAct>> {
    let now = app.now();
    app.store
        .read(|tx| Ok(tx.asked_acts()?.into_iter().filter(|act| act.state(now) == ActState::Alone).collect()))
}

/// A mail that is due to a trustee about an act.
#[derive(Debug, Clone)]
pub struct Notice {
    /// The act.
    pub act: AskedAct,
    /// Whether it was done alone; else it waits to be granted.
    pub alone: bool,
    /// To whom.
    pub trustee: UserRecord,
    mark: String,
}

/// The mails that have not gone out: of what waits to every trustee who can grant it, of what was done alone to every
/// trustee.
pub fn notices(app: &App) -> Result<Vec<Notice>> {
    let now = app.now();
    app.store.read(|tx| {
        let standing = Standing::read(tx)?;
        let users = tx.users()?;
        let board = crate::lend::board(tx)?;
        let mut due = Vec::new();
        for act in tx.asked_acts()? {
            let alone = match act.state(now) {
                ActState::Waiting => false,
                ActState::Alone => true,
                _ => continue,
            };
            for trustee in &board {
                let can_grant = standing.granters.contains(&trustee.id) && act.is_for_others_than(trustee.id);
                if !(alone || can_grant) {
                    continue;
                }
                let mark = format!("act-mail:{}:{}", act.number, trustee.id);
                let user = users.iter().find(|user| user.id == trustee.id);
                if let (Some(user), None) = (user, tx.meta(&mark)?) {
                    due.push(Notice { act: act.clone(), alone, trustee: user.clone(), mark });
                }
            }
        }
        Ok(due)
    })
}

/// Notes that a mail went out, so that it goes once.
pub fn noticed(app: &App, notice: &Notice) -> Result<()> {
    let now = app.now();
    app.store.write(|tx| Ok(tx.set_meta(&notice.mark, &now.to_string())?))
}
