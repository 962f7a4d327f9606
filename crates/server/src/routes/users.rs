//! Who logs in: given, changed, taken away. Where a second person is needed, the same forms ask for it.

use super::acts::act_or_ask;
use super::{Answer, Call, Done, Reply};
use hustings_app::access::{self, NewUser, UserChange};
use hustings_app::{Refusal, Result};
use hustings_domain::access::Role;
use hustings_domain::ids::UserId;
use hustings_domain::words::Slug;

const HOME: &str = "/console/users";

/// `GET /console/users`.
pub(super) fn list(call: &Call) -> Answer {
    Reply::page(&crate::present::users::page(call)?)
}

fn unknown() -> Refusal {
    Refusal::not_found("user.unknown", "there is no such user")
}

/// Whom the path names, if there is such a user.
fn id(call: &Call) -> Result<UserId> {
    let id: UserId = call.param("id").parse().map_err(|_| unknown())?;
    let users = access::users(call.app(), call.actor()?)?;
    users.iter().find(|user| user.id == id).map(|user| user.id).ok_or_else(unknown)
}

fn given(call: &Call, name: &str) -> Option<String> {
    Some(call.form.fields.text(name).trim().to_owned()).filter(|text| !text.is_empty())
}

fn role(call: &Call) -> Result<Option<Role>> {
    let wrong = |why: String| Refusal::invalid("user.role", why);
    given(call, "role").map(|text| text.parse().map_err(wrong)).transpose()
}

fn wing(call: &Call) -> Result<Option<Slug>> {
    let wrong = |_| Refusal::invalid("user.wing", "choose a wing of the board");
    given(call, "wing").map(|text| text.parse().map_err(wrong)).transpose()
}

/// `POST /console/users`: `name`, `address`, `role`, `wing`, and `words` where somebody has to grant it. Agents of
/// borrowers are added by `hustings user add`.
pub(super) fn add(call: &Call) -> Answer {
    let new = NewUser {
        name: given(call, "name").unwrap_or_default(),
        email: given(call, "address").unwrap_or_default(),
        roles: role(call)?.into_iter().collect(),
        wing: wing(call)?,
        borrower: None,
    };
    let act = access::act_of_adding(&new);
    let done = access::add_user(call.app(), call.actor()?, new);
    act_or_ask(call, act, done.and_then(|_| Reply::done(HOME, Done::UserChanged)))
}

fn change(call: &Call, change: &UserChange) -> Answer {
    let id = id(call)?;
    let users = access::users(call.app(), call.actor()?)?;
    let user = users.iter().find(|user| user.id == id).ok_or_else(unknown)?;
    let act = access::act_of_changing(user, change);
    let done = access::change_user(call.app(), call.actor()?, user.id, change);
    act_or_ask(call, act, done.and_then(|_| Reply::done(HOME, Done::UserChanged)))
}

/// `POST /console/users/{id}`: `role`, `wing`, `address`, `name`; what is empty stays; `words`.
pub(super) fn act(call: &Call) -> Answer {
    let wanted = UserChange {
        name: given(call, "name"),
        email: given(call, "address"),
        roles: role(call)?.map(|role| vec![role]),
        wing: wing(call)?,
        borrower: None,
    };
    change(call, &wanted)
}

/// `POST /console/users/{id}/remove`: `words`.
pub(super) fn remove(call: &Call) -> Answer {
    change(call, &UserChange::remove())
}

/// `POST /console/users/{id}/revoke`: ends everything that speaks for them. Needs nobody's grant.
pub(super) fn revoke(call: &Call) -> Answer {
    access::end_all(call.app(), call.actor()?, id(call)?)?;
    Reply::done(HOME, Done::Revoked)
}
