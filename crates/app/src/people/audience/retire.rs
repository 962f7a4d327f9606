//! Taking a saved audience out of use. Nothing is deleted; an audience that another one names stays.

use super::kept::{find, users_of};
use crate::context::App;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::words::Slug;
use hustings_policy::permit;

/// Takes the audience `name` out of use; loans keep what they took from it, by value.
pub fn retire(app: &App, actor: &Actor, name: &str) -> Result<()> {
    permit(actor, Action::SaveAudience)?;
    let now = app.now();
    app.store.write(|tx| {
        let saved = tx.audiences()?;
        let name = find(&saved, name)?.newest.name.clone();
        let users: Vec<String> = users_of(&saved, &name).iter().map(Slug::to_string).collect();
        if !users.is_empty() {
            return Err(Refusal::conflict(
                "audience.in-use",
                format!("the audience `{name}` is part of {}", users.join(", ")),
            )
            .hint("change or retire those first"));
        }
        if tx.retire_audience(&name, now)? {
            Ok(())
        } else {
            Err(Refusal::conflict("audience.retired", format!("the audience `{name}` is out of use already")))
        }
    })
}
