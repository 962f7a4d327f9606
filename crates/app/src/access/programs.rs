//! Tokens for programs: made by a borrower's person, shown once, listed without what they hold, ended at once. A token
//! makes no token.

use super::token::binding;
use crate::context::App;
use crate::journal::enter;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::ids::{BorrowerId, TokenId};
use hustings_domain::token::Scope;
use hustings_policy::{is_theirs, permit};
use hustings_store::Tx;
use hustings_store::records::{TokenAbout, TokenPurpose, TokenRecord};
use hustings_vault::token::{hash_token, new_secret_token};
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use serde::Serialize;
use serde_json::json;

/// The longest that a token lasts, in days.
pub const LONGEST_DAYS: u32 = 365;
/// The most tokens of one borrower.
pub const MOST_TOKENS: usize = 20;

/// A token to make.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// What it is called.
    pub name: String,
    /// What it is good for.
    pub scopes: Vec<Scope>,
    /// How long it lasts.
    pub days: u32,
}

/// A token that was made.
#[derive(Debug, Clone)]
pub struct TokenMade {
    /// What it holds, shown this once.
    pub secret: String,
    /// What is kept of it.
    pub token: TokenView,
}

/// A token as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TokenView {
    /// By what it is revoked.
    pub id: TokenId,
    /// What it is called.
    pub name: String,
    /// Whose person made it.
    pub borrower: BorrowerId,
    /// The borrower's name.
    pub borrower_name: String,
    /// Who made it.
    pub person: String,
    /// What it is good for.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub made: Timestamp,
    /// When it runs out.
    pub expires: Timestamp,
    /// The last day on which it was used.
    pub used: Option<Date>,
}

/// Makes a token for a program of one's own borrower.
pub fn make_token(app: &App, actor: &Actor, new: NewToken) -> Result<TokenMade> {
    permit(actor, Action::MakeToken)?;
    let wrong = |what: &str| Refusal::invalid("token.wrong", what.to_owned());
    let name = new.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) {
        return Err(wrong("a token needs a name of 1 to 60 characters").hint("name the program that gets it"));
    }
    if !(1..=LONGEST_DAYS).contains(&new.days) {
        return Err(wrong(&format!("{} days are not how long a token lasts", new.days))
            .hint(format!("1 to {LONGEST_DAYS} days; make another before it runs out")));
    }
    let mut scopes = new.scopes;
    scopes.sort();
    scopes.dedup();
    let now = app.now();
    let mut rng = app.rng("token");
    let secret = new_secret_token(&mut *rng);
    let expires = now
        .checked_add(Span::new().hours(24 * i64::from(new.days)))
        .map_err(|error| Refusal::internal("no time is left").because(error))?;
    app.store.write(|tx| {
        let (Some(user), Some(own)) = (actor.user, actor.borrower) else {
            return Err(wrong("a token speaks for a person who acts for a borrower"));
        };
        let user =
            tx.user(user)?.ok_or_else(|| Refusal::not_found("user.unknown", "there is no such user"))?;
        let of_borrower = programs(tx, now)?.filter(|token| token.about.borrower == Some(own)).count();
        if of_borrower >= MOST_TOKENS {
            return Err(Refusal::conflict("token.many", "this borrower has as many tokens as it may")
                .hint(format!("at most {MOST_TOKENS}: revoke one that is not used")));
        }
        let about = TokenAbout {
            id: TokenId::new(now, &mut *rng),
            purpose: TokenPurpose::Program,
            name,
            borrower: Some(own),
            scopes,
            bound: Some(binding(&user)?),
            made: now,
            used: None,
        };
        let record = TokenRecord { hash: hash_token(&secret), user: user.id, expires, about };
        tx.put_token(&record)?;
        // The name is what somebody typed: it stays out of the ledger.
        let body = json!({"token": record.about.id, "borrower": own, "scopes": record.about.scopes,
            "expires": expires.to_string()});
        enter(tx, now, actor, "token.made", body)?;
        let token = view(tx, record)?.ok_or_else(|| Refusal::internal("a token's user is not kept"))?;
        Ok(TokenMade { secret, token })
    })
}

/// The tokens of programs: a borrower's people see their own borrower's.
pub fn tokens(app: &App, actor: &Actor) -> Result<Vec<TokenView>> {
    permit(actor, Action::ReadTokens)?;
    let now = app.now();
    app.store.read(|tx| {
        let mut seen = Vec::new();
        for token in programs(tx, now)? {
            if let Some(token) = view(tx, token)?.filter(|token| is_theirs(actor, token.borrower)) {
                seen.push(token);
            }
        }
        Ok(seen)
    })
}

/// Ends a token at once.
pub fn end_token(app: &App, actor: &Actor, id: TokenId) -> Result<()> {
    permit(actor, Action::EndToken)?;
    let now = app.now();
    app.store.write(|tx| {
        let is_it = |token: &TokenRecord| {
            token.about.id == id && token.about.borrower.is_some_and(|borrower| is_theirs(actor, borrower))
        };
        let token = programs(tx, now)?
            .find(is_it)
            .ok_or_else(|| Refusal::not_found("token.unknown", "there is no such token"))?;
        end(tx, &token, actor, now)
    })
}

/// Ends every token that acts for a borrower, in the transaction of what ended its right to.
pub(crate) fn end_tokens_of(
    tx: &mut dyn Tx,
    actor: &Actor,
    borrower: BorrowerId,
    now: Timestamp,
) -> Result<()> {
    for token in programs(tx, now)?.filter(|token| token.about.borrower == Some(borrower)) {
        end(tx, &token, actor, now)?;
    }
    Ok(())
}

fn end(tx: &mut dyn Tx, token: &TokenRecord, actor: &Actor, now: Timestamp) -> Result<()> {
    tx.end_token(token.hash)?;
    let body = json!({"token": token.about.id, "borrower": token.about.borrower});
    enter(tx, now, actor, "token.ended", body).map(drop)
}

fn programs(tx: &mut dyn Tx, now: Timestamp) -> Result<impl Iterator<Item = TokenRecord> + use<>> {
    Ok(tx.tokens(now)?.into_iter().filter(|token| token.about.purpose == TokenPurpose::Program))
}

fn view(tx: &mut dyn Tx, token: TokenRecord) -> Result<Option<TokenView>> {
    let Some(id) = token.about.borrower else { return Ok(None) };
    let (Some(user), Some(borrower)) = (tx.user(token.user)?, tx.borrower(id)?) else { return Ok(None) };
    Ok(Some(TokenView {
        id: token.about.id,
        name: token.about.name,
        borrower: borrower.id,
        borrower_name: borrower.name,
        person: user.name,
        scopes: token.about.scopes,
        made: token.about.made,
        expires: token.expires,
        used: token.about.used,
    }))
}
