//! What was asked for, as its page and `hustings grant list` tell it.

use super::Standing;
use crate::context::App;
use crate::refusal::Result;
use hustings_domain::access::{Action, Actor};
use hustings_domain::guarded::{ActState, AskedAct};
use hustings_domain::ids::UserId;
use hustings_policy::permit;
use serde::Serialize;

/// An act as it is told.
#[derive(Debug, Clone, Serialize)]
pub struct ActView {
    /// The act.
    pub act: AskedAct,
    /// Where it stands.
    pub state: ActState,
    /// Who asked, by name.
    pub asked_by: String,
    /// Who granted or declined it, or confirmed it afterwards, by name.
    pub answered_by: Vec<String>,
    /// Whether the one who looks can grant, decline or confirm it.
    pub may_answer: bool,
    /// Whether the one who looks asked for it.
    pub is_own: bool,
}

/// Every act that was asked for, the newest first.
pub fn acts(app: &App, actor: &Actor) -> Result<Vec<ActView>> {
    permit(actor, Action::ReadDashboard)?;
    let now = app.now();
    app.store.read(|tx| {
        let users = tx.users()?;
        let standing = Standing::read(tx)?;
        let name = |id: UserId| {
            users
                .iter()
                .find(|user| user.id == id)
                .map_or_else(|| "somebody".to_owned(), |user| user.name.clone())
        };
        let view = |act: AskedAct| {
            let state = act.state(now);
            let open = matches!(state, ActState::Waiting | ActState::Alone);
            let answers = act.granted.iter().chain(&act.declined).chain(&act.confirmations);
            let answered: Vec<UserId> = answers.map(|signed| signed.statement.trustee).collect();
            ActView {
                state,
                asked_by: act
                    .asker
                    .map_or_else(|| "whoever holds the folder and the root key".to_owned(), name),
                may_answer: open
                    && actor.user.is_some_and(|user| {
                        standing.granters.contains(&user)
                            && act.is_for_others_than(user)
                            && !answered.contains(&user)
                    }),
                answered_by: answered.into_iter().map(name).collect(),
                is_own: act.asker == actor.user,
                act,
            }
        };
        Ok(tx.asked_acts()?.into_iter().map(view).collect())
    })
}

/// Whether a second person is needed, and how many could be it. Anybody may know.
pub fn standing(app: &App) -> Result<Standing> {
    app.store.read(|tx| Standing::read(tx))
}
