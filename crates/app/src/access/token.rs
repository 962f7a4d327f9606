//! What a token is and whom it speaks for: one piece for `HUSTINGS_TOKEN` and for programs. A token serves one purpose,
//! is kept as a hash, and is bound to what its user was when it was made.

use super::login::actor;
use crate::context::App;
use crate::refusal::{Kind, Refusal, Result};
use hustings_domain::access::Actor;
use hustings_domain::canonical::ContentHash;
use hustings_domain::ids::TokenId;
use hustings_domain::token::Through;
use hustings_policy::permit;
use hustings_store::Tx;
use hustings_store::records::{TokenAbout, TokenPurpose, TokenRecord, UserRecord};
use hustings_vault::token::hash_token;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

/// No token of ours is longer.
const LONGEST: usize = 200;

/// What a token is bound to: a changed address, role or borrower is another user, for whom it does not speak.
pub(super) fn binding(user: &UserRecord) -> Result<ContentHash> {
    Ok(ContentHash::of(&json!({"user": user.id, "email": user.email, "roles": user.roles,
        "wing": user.wing, "borrower": user.borrower}))?)
}

/// A token of the command line: it speaks for its user in all their roles.
pub(super) fn of_command_line(
    user: &UserRecord,
    id: TokenId,
    secret: &str,
    now: Timestamp,
    expires: Timestamp,
) -> Result<TokenRecord> {
    let about = TokenAbout {
        id,
        purpose: TokenPurpose::CommandLine,
        name: "command line".to_owned(),
        borrower: user.borrower,
        scopes: Vec::new(),
        bound: Some(binding(user)?),
        made: now,
        used: None,
    };
    Ok(TokenRecord { hash: hash_token(secret), user: user.id, expires, about })
}

/// Who a command-line token speaks for.
pub fn actor_of_token(app: &App, secret: &str) -> Result<Actor> {
    let now = app.now();
    app.store.read(|tx| {
        let found = found(tx, secret, TokenPurpose::CommandLine, now)?;
        found.map(|(_, user)| actor(&user)).ok_or_else(|| {
            Refusal::new(Kind::Denied, "login.token", "the token in HUSTINGS_TOKEN speaks for nobody")
                .hint("an administrator gives a new one with `hustings user token`; a program's token works over HTTP alone")
        })
    })
}

/// Who a program's token speaks for, within its scopes. The day of its use is kept.
pub fn actor_of_program(app: &App, secret: &str) -> Result<Actor> {
    let now = app.now();
    let today = now.to_zoned(TimeZone::UTC).date();
    let dead = || {
        Refusal::new(Kind::Denied, "token.dead", "this token speaks for nobody")
            .because("it was revoked, has run out, or its borrower or its person may not act any more")
            .hint("make a new one on the desk, under `Tokens for programs`")
    };
    let (mut token, user) = app
        .store
        .read(|tx| match found(tx, secret, TokenPurpose::Program, now)? {
            Some((token, user)) if still_acts(tx, &token, &user, now)? => Ok(Some((token, user))),
            _ => Ok::<_, Refusal>(None),
        })?
        .ok_or_else(dead)?;
    let through = Through { id: token.about.id, scopes: token.about.scopes.clone() };
    if token.about.used != Some(today) {
        token.about.used = Some(today);
        app.store.write(|tx| {
            // Whoever ended it meanwhile has ended it: it is not written back.
            if tx.token(token.hash, now)?.is_none() {
                return Err(dead());
            }
            Ok(tx.put_token(&token)?)
        })?;
    }
    Ok(Actor { through: Some(through), ..actor(&user) })
}

// INVARIANT: a token serves the purpose it was made for, and no user but the one that it is bound to.
fn found(
    tx: &mut dyn Tx,
    secret: &str,
    purpose: TokenPurpose,
    now: Timestamp,
) -> Result<Option<(TokenRecord, UserRecord)>> {
    let secret = secret.trim();
    if secret.is_empty() || secret.len() > LONGEST {
        return Ok(None);
    }
    let Some(token) = tx.token(hash_token(secret), now)? else { return Ok(None) };
    let Some(user) = tx.user(token.user)? else { return Ok(None) };
    let bound = match token.about.bound {
        Some(bound) => bound == binding(&user)?,
        None => purpose == TokenPurpose::CommandLine,
    };
    Ok((token.about.purpose == purpose && bound).then_some((token, user)))
}

/// Whether a program's person still acts for its borrower, and the borrower may ask.
fn still_acts(tx: &mut dyn Tx, token: &TokenRecord, user: &UserRecord, now: Timestamp) -> Result<bool> {
    let (Some(bound), Some(own)) = (token.about.borrower, user.borrower) else { return Ok(false) };
    let Some(borrower) = tx.borrower(own)? else { return Ok(false) };
    let agents = &borrower.file.agents;
    let named = agents.is_empty() || agents.iter().any(|agent| agent.email == user.email);
    let may_ask = borrower.may_ask(now.to_zoned(TimeZone::UTC).date());
    let person = permit(&actor(user), hustings_domain::access::Action::MakeToken).is_ok();
    Ok(bound == own && named && may_ask && person)
}
