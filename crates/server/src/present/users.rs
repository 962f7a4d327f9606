//! Who logs in.

use super::{acts, frame};
use crate::routes::Call;
use crate::views::Place;
use crate::views::console::{UserRow, Users};
use crate::views::format::counted;
use hustings_app::{Result, access, second};
use hustings_domain::access::Role;

/// `GET /console/users`.
pub(crate) fn page(call: &Call) -> Result<Users> {
    let users = access::users(call.app(), call.actor()?)?;
    let active = users.iter().filter(|user| !user.roles.is_empty()).count() as u64;
    let standing = second::standing(call.app())?;
    let title = format!("{} a log-in", counted(active, "person has", "people have"));
    Ok(Users {
        frame: frame::console(call, title, Place::Home)?,
        standing: acts::standing_words(&standing),
        binds: standing.binds,
        users: users
            .iter()
            .map(|user| {
                let roles: Vec<&str> = user.roles.iter().map(|role| role.as_str()).collect();
                let wing = user.wing.as_ref().map_or_else(String::new, |wing| format!(", {wing} wing"));
                UserRow {
                    id: user.id.to_string(),
                    name: user.name.clone(),
                    roles: if roles.is_empty() {
                        "no role any more".to_owned()
                    } else {
                        format!("{}{wing}", roles.join(", "))
                    },
                    address: user.email.clone(),
                }
            })
            .collect(),
        // An agent of a borrower is added by the command line, which names the borrower.
        roles: Role::ALL
            .iter()
            .filter(|role| **role != Role::Borrower)
            .map(|role| role.as_str().to_owned())
            .collect(),
        wings: call.app().charter()?.wings.iter().map(ToString::to_string).collect(),
    })
}
