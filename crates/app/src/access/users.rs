//! Giving people a log-in.

use super::login::TOKEN_DAYS;
use super::token;
use crate::context::App;
use crate::refusal::{Refusal, Result};
use crate::second::{Act, enter_with, second_person};
use hustings_domain::access::{Action, Actor, Role};
use hustings_domain::guarded::Guarded;
use hustings_domain::ids::{BorrowerId, TokenId, UserId};
use hustings_domain::words::Slug;
use hustings_policy::permit;
use hustings_store::Tx;
use hustings_store::records::UserRecord;
use hustings_vault::EmailAddress;
use hustings_vault::token::new_secret_token;
use jiff::Span;
use serde_json::json;

/// Who gets a log-in.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The name shown to colleagues.
    pub name: String,
    /// Where log-in links go.
    pub email: String,
    /// The roles.
    pub roles: Vec<Role>,
    /// The wing, for a trustee.
    pub wing: Option<Slug>,
    /// The borrower acted for.
    pub borrower: Option<BorrowerId>,
}

/// A user, and the token for the command line, shown this once.
#[derive(Debug, Clone)]
pub struct UserAdded {
    /// The user.
    pub user: UserRecord,
    /// For `HUSTINGS_TOKEN`: speaks for this user on the command line for ninety days.
    pub token: String,
}

/// What a second person grants when somebody is given a log-in.
pub fn act_of_adding(new: &NewUser) -> Act {
    let roles: Vec<&str> = new.roles.iter().map(|role| role.as_str()).collect();
    Act::new(Guarded::ChangeUser)
        .with("add", new.name.trim())
        .with("address", new.email.trim().to_lowercase())
        .with("roles", roles.join(", "))
        .with("wing", new.wing.as_ref().map_or_else(String::new, ToString::to_string))
        .with("borrower", new.borrower.map_or_else(String::new, |id| id.to_string()))
}

/// Adds a user, granted by a second person once there is one.
pub fn add_user(app: &App, actor: &Actor, new: NewUser) -> Result<UserAdded> {
    permit(actor, Action::AddUser)?;
    let act = act_of_adding(&new);
    let now = app.now();
    let mut rng = app.rng("user");
    let secret = new_secret_token(&mut *rng);
    let expires = now
        .checked_add(Span::new().hours(24 * TOKEN_DAYS))
        .map_err(|error| Refusal::internal("no time is left").because(error))?;
    app.store.write(|tx| {
        let user = UserRecord {
            id: UserId::new(now, &mut *rng),
            name: new.name,
            email: address(&new.email)?,
            roles: new.roles,
            wing: new.wing,
            borrower: new.borrower,
        };
        if user.roles.is_empty() {
            return Err(
                wrong("a user needs a role").hint("steward, trustee, treasurer, administrator or borrower")
            );
        }
        check(tx, &user)?;
        let second = second_person(tx, now, actor, &act)?;
        tx.put_user(&user)?;
        let id = TokenId::new(now, &mut *rng);
        tx.put_token(&token::of_command_line(&user, id, &secret, now, expires)?)?;
        let body =
            json!({"user": user.id, "roles": user.roles, "wing": user.wing, "borrower": user.borrower});
        enter_with(tx, now, actor, "user.added", body, second)?;
        Ok(UserAdded { user, token: secret })
    })
}

fn wrong(what: &str) -> Refusal {
    Refusal::invalid("user.incomplete", what.to_owned())
}

/// An address as it is kept.
pub(super) fn address(text: &str) -> Result<String> {
    let email = EmailAddress::parse(text).map_err(|error| wrong("a user needs an address").because(error))?;
    Ok(email.reveal().to_owned())
}

/// Refuses a user who could not be one: an incomplete one, or one whose roles must not come together.
pub(super) fn check(tx: &mut dyn Tx, user: &UserRecord) -> Result<()> {
    let name = user.name.trim();
    if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
        return Err(wrong("a user needs a name of 1 to 200 characters"));
    }
    let lends = user.roles.contains(&Role::Borrower);
    if lends && (user.roles.len() > 1 || user.borrower.is_none()) || !lends && user.borrower.is_some() {
        return Err(wrong("somebody who acts for a borrower has that role alone, and a borrower"));
    }
    // A trustee who also operates the list could clear and send alone.
    if user.roles.contains(&Role::Trustee) && user.roles.len() > 1 {
        return Err(wrong("a trustee holds no other role").hint("who decides does not operate"));
    }
    let charter = crate::lend::charter_in(tx)?;
    match (&user.wing, user.roles.contains(&Role::Trustee)) {
        (None, true) => return Err(wrong("a trustee sits in a wing").hint(wings(&charter.wings))),
        (Some(wing), true) if !charter.wings.contains(wing) => {
            return Err(wrong(&format!("`{wing}` is not a wing of the board")).hint(wings(&charter.wings)));
        }
        (Some(_), false) => return Err(wrong("only a trustee sits in a wing")),
        _ => {}
    }
    if let Some(borrower) = user.borrower {
        let borrower = tx
            .borrower(borrower)?
            .ok_or_else(|| Refusal::not_found("borrower.unknown", "there is no such borrower"))?;
        let agents = &borrower.file.agents;
        if !agents.is_empty() && agents.iter().all(|agent| agent.email != user.email) {
            return Err(wrong("this person is not among the borrower's agents").hint(
                "`hustings borrower agent` names one; where none is named, anybody may be given a log-in",
            ));
        }
    }
    if tx.user_by_email(&user.email)?.is_some_and(|other| other.id != user.id) {
        return Err(Refusal::conflict("user.taken", "somebody has a log-in with this address"));
    }
    Ok(())
}

fn wings(wings: &[Slug]) -> String {
    let names: Vec<&str> = wings.iter().map(Slug::as_str).collect();
    format!("the wings are {}", names.join(", "))
}

/// Every user.
pub fn users(app: &App, actor: &Actor) -> Result<Vec<UserRecord>> {
    permit(actor, Action::ReadDashboard)?;
    app.store.read(|tx| Ok(tx.users()?))
}

/// The user of this name, address or id.
pub fn user_named(app: &App, named: &str) -> Result<UserRecord> {
    app.store.read(|tx| {
        tx.users()?
            .into_iter()
            .find(|user| user.name == named || user.email == named || user.id.to_string() == named)
            .ok_or_else(|| {
                Refusal::not_found("user.unknown", "nobody with that name or address has a log-in")
            })
    })
}
