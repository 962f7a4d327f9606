//! Changing what somebody may, or where their log-in links go; taking it all away. Whatever spoke for them before ends at
//! once.

use super::login::revoke_all;
use super::users::{address, check};
use crate::context::App;
use crate::refusal::{Refusal, Result};
use crate::second::{Act, enter_with, second_person};
use hustings_domain::access::{Action, Actor, Role};
use hustings_domain::guarded::Guarded;
use hustings_domain::ids::{BorrowerId, UserId};
use hustings_domain::words::Slug;
use hustings_policy::permit;
use hustings_store::Tx;
use hustings_store::records::UserRecord;
use serde_json::json;

/// What becomes of a user. What is none stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserChange {
    /// The name shown to colleagues; panels of the board go by it.
    pub name: Option<String>,
    /// Where log-in links go.
    pub email: Option<String>,
    /// The roles, all of them; empty takes the log-in away. Wing and borrower go with the roles that they belong to.
    pub roles: Option<Vec<Role>>,
    /// The wing, for a trustee.
    pub wing: Option<Slug>,
    /// The borrower acted for.
    pub borrower: Option<BorrowerId>,
}

impl UserChange {
    /// Takes every role away.
    pub fn remove() -> Self {
        Self { roles: Some(Vec::new()), ..Self::default() }
    }

    fn of(&self, user: &UserRecord) -> Result<UserRecord> {
        let roles = self.roles.clone().unwrap_or_else(|| user.roles.clone());
        let is = |role| roles.contains(&role);
        Ok(UserRecord {
            id: user.id,
            name: self.name.clone().unwrap_or_else(|| user.name.clone()),
            email: self.email.as_deref().map_or_else(|| Ok(user.email.clone()), address)?,
            wing: self.wing.clone().or_else(|| user.wing.clone().filter(|_| is(Role::Trustee))),
            borrower: self.borrower.or(user.borrower.filter(|_| is(Role::Borrower))),
            roles,
        })
    }
}

/// What a second person grants when somebody is changed.
pub fn act_of_changing(user: &UserRecord, change: &UserChange) -> Act {
    let text = |role: &[Role]| role.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
    let roles = match &change.roles {
        Some(roles) if roles.is_empty() => "none: the log-in ends".to_owned(),
        Some(roles) => text(roles),
        None => String::new(),
    };
    Act::new(Guarded::ChangeUser)
        .about(user.id)
        .with("change", user.name.clone())
        .with("name", change.name.clone().unwrap_or_default())
        .with("address", change.email.clone().unwrap_or_default().trim().to_lowercase())
        .with("roles", roles)
        .with("wing", change.wing.as_ref().map_or_else(String::new, ToString::to_string))
        .with("borrower", change.borrower.map_or_else(String::new, |id| id.to_string()))
}

/// Changes a user, granted by a second person once there is one; ends every session, link and token of theirs.
pub fn change_user(app: &App, actor: &Actor, user: UserId, change: &UserChange) -> Result<UserRecord> {
    permit(actor, Action::ChangeUser)?;
    let now = app.now();
    app.store.write(|tx| {
        let before = known(tx, user)?;
        let after = change.of(&before)?;
        if after == before {
            return Err(Refusal::conflict("user.same", "this changes nothing")
                .hint("name what becomes of them: roles, wing, borrower, address or name"));
        }
        if !after.roles.is_empty() {
            check(tx, &after)?;
        }
        let second = second_person(tx, now, actor, &act_of_changing(&before, change))?;
        tx.put_user(&after)?;
        revoke_all(tx, user)?;
        let body = json!({"user": user, "roles": after.roles, "wing": after.wing, "borrower": after.borrower,
            "address_changed": before.email != after.email, "name_changed": before.name != after.name});
        enter_with(tx, now, actor, "user.changed", body, second)?;
        Ok(after)
    })
}

fn known(tx: &mut dyn Tx, user: UserId) -> Result<UserRecord> {
    tx.user(user)?.ok_or_else(|| Refusal::not_found("user.unknown", "there is no such user"))
}
