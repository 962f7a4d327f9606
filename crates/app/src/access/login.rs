//! Log-in by a link that works once, and sessions by cookie.

use super::token::of_command_line;
use crate::beside;
use crate::context::App;
use crate::journal::enter;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::ids::{TokenId, UserId};
use hustings_policy::permit;
use hustings_store::Tx;
use hustings_store::records::{SessionRecord, UserRecord};
use hustings_vault::token::{hash_token, new_secret_token};
use jiff::{Span, Timestamp};
use serde_json::json;

const LINK_MINUTES: i64 = 30;
const SESSION_HOURS: i64 = 12;
/// How long a token for the command line speaks for somebody.
pub(super) const TOKEN_DAYS: i64 = 90;

/// A session that has begun.
#[derive(Debug, Clone)]
pub struct LoggedIn {
    /// What the cookie holds; kept here only as a hash.
    pub cookie: String,
    /// What forms must carry.
    pub csrf: String,
    /// Who.
    pub user: UserRecord,
    /// Until when.
    pub expires: Timestamp,
}

fn after(now: Timestamp, span: Span) -> Result<Timestamp> {
    now.checked_add(span).map_err(|error| Refusal::internal("no time is left").because(error))
}

/// A link's token for this user, to print once: whoever prints it can act in their name, so the ledger says it.
///
/// Beside a process that serves, that process makes it: it alone keeps what a link must be used up against.
pub fn login_link(app: &App, user: UserId) -> Result<String> {
    if app.is_reading() {
        return beside::ask_for_login_link(app, user);
    }
    new_link(app, user, Some(&Actor::operator()))
}

/// A link's token; entered when somebody makes it for another.
fn new_link(app: &App, user: UserId, by: Option<&Actor>) -> Result<String> {
    let now = app.now();
    let token = new_secret_token(&mut *app.rng("login"));
    let expires = after(now, Span::new().minutes(LINK_MINUTES))?;
    app.store.write(|tx| {
        let user =
            tx.user(user)?.ok_or_else(|| Refusal::not_found("user.unknown", "there is no such user"))?;
        if user.roles.is_empty() {
            return Err(Refusal::conflict("user.ended", "somebody who has no role any more does not log in"));
        }
        let user = user.id;
        tx.add_login_link(hash_token(&token), user, expires)?;
        if let Some(by) = by {
            enter(tx, now, by, "user.link-made", json!({"user": user}))?;
        }
        Ok::<_, Refusal>(())
    })?;
    Ok(token)
}

/// A link for whoever has this address; none when nobody has. The caller answers alike in both cases, so that
/// the page tells nobody who has a log-in.
pub fn ask_for_login(app: &App, email: &str) -> Result<Option<(UserRecord, String)>> {
    let email = email.trim().to_lowercase();
    let user = app.store.read(|tx| Ok::<_, Refusal>(tx.user_by_email(&email)?))?;
    let user = user.filter(|user| !user.roles.is_empty());
    user.map(|user| new_link(app, user.id, None).map(|token| (user, token))).transpose()
}

/// Uses a link up and begins a session.
pub fn log_in(app: &App, token: &str) -> Result<LoggedIn> {
    let now = app.now();
    let mut rng = app.rng("session");
    let (cookie, csrf) = (new_secret_token(&mut *rng), new_secret_token(&mut *rng));
    let expires = after(now, Span::new().hours(SESSION_HOURS))?;
    app.store.write(|tx| {
        let spent = || {
            Refusal::new(crate::Kind::Denied, "login.link", "this log-in link is used up or has run out")
                .hint("ask for a new one on the log-in page, or with `hustings user login`")
        };
        let user = tx.take_login_link(hash_token(token), now)?.ok_or_else(spent)?;
        let user = tx.user(user)?.ok_or_else(spent)?;
        tx.add_session(&SessionRecord {
            token_hash: hash_token(&cookie),
            user: user.id,
            csrf: csrf.clone(),
            expires,
        })?;
        Ok(LoggedIn { cookie, csrf, user, expires })
    })
}

/// Who a cookie speaks for, and what the forms of that session carry.
pub fn actor_of_session(app: &App, cookie: &str) -> Result<Option<(Actor, UserRecord, String)>> {
    let now = app.now();
    app.store.read(|tx| {
        let Some(session) = tx.session(hash_token(cookie), now)? else { return Ok(None) };
        Ok(tx.user(session.user)?.map(|user| (actor(&user), user, session.csrf)))
    })
}

/// Ends a session.
pub fn log_out(app: &App, cookie: &str) -> Result<()> {
    app.store.write(|tx| Ok(tx.end_session(hash_token(cookie))?))
}

pub(crate) fn actor(user: &UserRecord) -> Actor {
    Actor {
        user: Some(user.id),
        roles: user.roles.clone(),
        wing: user.wing.clone(),
        borrower: user.borrower,
        through: None,
    }
}

// INVARIANT: whatever changes what somebody may, or how they prove who they are, calls this in its own transaction.
/// Ends everything that speaks for a user: sessions, log-in links, tokens. Whatever else comes to speak for somebody is
/// ended here.
pub(crate) fn revoke_all(tx: &mut dyn Tx, user: UserId) -> Result<()> {
    Ok(tx.end_all_of(user)?)
}

/// Gives somebody another token for the command line; shown this once, and in the ledger.
pub fn new_token(app: &App, by: &Actor, user: UserId) -> Result<String> {
    permit(by, Action::AddUser)?;
    let now = app.now();
    let mut rng = app.rng("user");
    let token = new_secret_token(&mut *rng);
    let expires = after(now, Span::new().hours(24 * TOKEN_DAYS))?;
    app.store.write(|tx| {
        let user =
            tx.user(user)?.ok_or_else(|| Refusal::not_found("user.unknown", "there is no such user"))?;
        if user.roles.is_empty() {
            return Err(Refusal::conflict(
                "user.ended",
                "nobody speaks for somebody who has no role any more",
            ));
        }
        let id = TokenId::new(now, &mut *rng);
        tx.put_token(&of_command_line(&user, id, &token, now, expires)?)?;
        enter(tx, now, by, "user.token-made", json!({"user": user.id}))?;
        Ok(())
    })?;
    Ok(token)
}

/// Ends everything that speaks for a user whose device is lost. What stops somebody needs no second person.
pub fn end_all(app: &App, by: &Actor, user: UserId) -> Result<()> {
    permit(by, Action::AddUser)?;
    let now = app.now();
    app.store.write(|tx| {
        revoke_all(tx, user)?;
        enter(tx, now, by, "user.sessions-ended", json!({"user": user}))?;
        Ok(())
    })
}
