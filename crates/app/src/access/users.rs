//! Giving people a log-in.

use super::token;
use crate::context::App;
use crate::journal::enter;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor, Role};
use hustings_domain::ids::{BorrowerId, TokenId, UserId};
use hustings_domain::words::Slug;
use hustings_policy::permit;
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

/// Adds a user.
pub fn add_user(app: &App, actor: &Actor, new: NewUser) -> Result<UserAdded> {
    permit(actor, Action::AddUser)?;
    let wrong = |what: &str| Refusal::invalid("user.incomplete", what.to_owned());
    let email =
        EmailAddress::parse(&new.email).map_err(|error| wrong("a user needs an address").because(error))?;
    if new.name.trim().is_empty() || new.name.chars().count() > 200 || new.name.chars().any(char::is_control)
    {
        return Err(wrong("a user needs a name of 1 to 200 characters"));
    }
    if new.roles.is_empty() {
        return Err(
            wrong("a user needs a role").hint("steward, trustee, treasurer, administrator or borrower")
        );
    }
    let lends = new.roles.contains(&Role::Borrower);
    if lends && (new.roles.len() > 1 || new.borrower.is_none()) || !lends && new.borrower.is_some() {
        return Err(wrong("somebody who acts for a borrower has that role alone, and a borrower"));
    }
    // A trustee who also operates the list could clear and send alone.
    if new.roles.contains(&Role::Trustee) && new.roles.len() > 1 {
        return Err(wrong("a trustee holds no other role").hint("who decides does not operate"));
    }
    let now = app.now();
    let mut rng = app.rng("user");
    let secret = new_secret_token(&mut *rng);
    let expires = now
        .checked_add(Span::new().hours(24 * 90))
        .map_err(|error| Refusal::internal("no time is left").because(error))?;
    app.store.write(|tx| {
        let charter = crate::lend::charter_in(tx)?;
        match (&new.wing, new.roles.contains(&Role::Trustee)) {
            (None, true) => return Err(wrong("a trustee sits in a wing").hint(wings(&charter.wings))),
            (Some(wing), true) if !charter.wings.contains(wing) => {
                return Err(
                    wrong(&format!("`{wing}` is not a wing of the board")).hint(wings(&charter.wings))
                );
            }
            (Some(_), false) => return Err(wrong("only a trustee sits in a wing")),
            _ => {}
        }
        if let Some(borrower) = new.borrower {
            let borrower = tx
                .borrower(borrower)?
                .ok_or_else(|| Refusal::not_found("borrower.unknown", "there is no such borrower"))?;
            let agents = &borrower.file.agents;
            if !agents.is_empty() && agents.iter().all(|agent| agent.email != email.reveal()) {
                return Err(wrong("this person is not among the borrower's agents").hint(
                    "`hustings borrower agent` names one; where none is named, anybody may be given a log-in",
                ));
            }
        }
        if tx.user_by_email(email.reveal())?.is_some() {
            return Err(Refusal::conflict("user.taken", "somebody has a log-in with this address"));
        }
        let user = UserRecord {
            id: UserId::new(now, &mut *rng),
            name: new.name,
            email: email.reveal().to_owned(),
            roles: new.roles,
            wing: new.wing,
            borrower: new.borrower,
        };
        tx.put_user(&user)?;
        let id = TokenId::new(now, &mut *rng);
        tx.put_token(&token::of_command_line(&user, id, &secret, now, expires)?)?;
        let body =
            json!({"user": user.id, "roles": user.roles, "wing": user.wing, "borrower": user.borrower});
        enter(tx, now, actor, "user.added", body)?;
        Ok(UserAdded { user, token: secret })
    })
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
