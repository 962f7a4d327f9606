//! Carrying out a granted change of a user from what was asked for, so that nobody types it in a second time.

use super::change::{UserChange, change_user};
use super::users::{NewUser, add_user};
use crate::context::App;
use crate::refusal::{Refusal, Result};
use crate::second;
use hustings_domain::access::{Actor, Role};
use hustings_domain::guarded::{ActNumber, AskedAct, Guarded};
use hustings_store::records::UserRecord;
use std::str::FromStr;

/// Does what `actor` asked for under this number; whether it is granted is looked at as everywhere.
pub fn carry_out_change(app: &App, actor: &Actor, number: ActNumber) -> Result<UserRecord> {
    let asked = app.store.read(|tx| second::known(tx, number))?;
    if asked.kind != Guarded::ChangeUser {
        return Err(Refusal::conflict("second.elsewhere", "this is not carried out here")
            .hint("do it where you asked for it; the grant is found there"));
    }
    let roles = match asked.parameters.get("roles").map(String::as_str) {
        None => None,
        Some(text) if text.starts_with("none") => Some(Vec::new()),
        Some(text) => Some(text.split(", ").map(read::<Role>).collect::<Result<Vec<_>>>()?),
    };
    let (wing, borrower) = (parsed(&asked, "wing")?, parsed::<uuid::Uuid>(&asked, "borrower")?);
    let borrower = borrower.map(hustings_domain::ids::BorrowerId);
    let text = |name: &str| asked.parameters.get(name).cloned();
    if let Some(user) = asked.about {
        let change = UserChange { name: text("name"), email: text("address"), roles, wing, borrower };
        return change_user(app, actor, user, &change);
    }
    let new = NewUser {
        name: text("add").unwrap_or_default(),
        email: text("address").unwrap_or_default(),
        roles: roles.unwrap_or_default(),
        wing,
        borrower,
    };
    add_user(app, actor, new).map(|added| added.user)
}

fn parsed<T: FromStr>(asked: &AskedAct, name: &str) -> Result<Option<T>> {
    asked.parameters.get(name).map(|text| read(text)).transpose()
}

fn read<T: FromStr>(text: &str) -> Result<T> {
    text.parse().map_err(|_| Refusal::internal("what was asked for does not read back"))
}
