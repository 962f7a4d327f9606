//! Who asks, and whether the form is from a page of ours. Every route passes here before its handler exists for
//! it: the table says who may, and no handler can forget to ask.

mod bearer;
mod cookies;
mod fields;
mod origin;

pub(crate) use cookies::{SESSION, VISITOR, clear, find, set};
pub(crate) use fields::{Fields, Form as FormBody, read_form};
pub(crate) use origin::is_ours;

use crate::routes::{Route, Who};
use crate::site::Site;
use axum::http::HeaderMap;
use hustings_app::access::actor_of_session;
use hustings_app::permit;
use hustings_app::{Kind, Refusal, Result};
use hustings_domain::access::Actor;
use hustings_vault::token::new_secret_token;
use std::fmt;
use subtle::ConstantTimeEq;

/// Somebody who is logged in.
#[derive(Clone)]
pub(crate) struct Signed {
    /// With which roles they act.
    pub(crate) actor: Actor,
    /// The name shown to colleagues.
    pub(crate) name: String,
    /// What their forms must carry.
    pub(crate) csrf: String,
    /// The session's cookie.
    pub(crate) cookie: String,
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signed({})", self.actor.reference())
    }
}

/// Who stands at the gate.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    /// Nobody in particular; a token in the path may be all the authority there is.
    Anyone,
    /// Somebody about to log in or to sign up, known by a cookie of the moment.
    Visitor {
        /// The cookie, which the form must repeat.
        token: String,
        /// Whether it has to be set with the answer.
        fresh: bool,
    },
    /// Somebody who is logged in.
    Signed(Box<Signed>),
    /// A program, by its token; cookies say nothing here.
    Program(Box<Actor>),
}

/// Lets a caller in as far as the table says; none means: log in first.
pub(crate) fn enter(site: &Site, route: &Route, headers: &HeaderMap) -> Result<Option<Caller>> {
    match route.who {
        Who::Public | Who::Token => Ok(Some(Caller::Anyone)),
        Who::Visitor => Ok(Some(visitor(site, headers))),
        // Of an action that asks, the use case asks itself, and enters a refusal in the ledger.
        Who::Session | Who::Asks(_) => signed(site, headers),
        Who::Program(action) => {
            let actor = bearer::program(site, headers)?;
            permit(&actor, action)?;
            Ok(Some(Caller::Program(Box::new(actor))))
        }
        Who::Signed(action) => {
            let caller = on_their_side(route, signed(site, headers)?)?;
            if let Some(Caller::Signed(signed)) = &caller {
                permit(&signed.actor, action)?;
            }
            Ok(caller)
        }
    }
}

/// The console is for the owner's own people, the desk for those who act for a borrower, whatever else they may do.
fn on_their_side(route: &Route, caller: Option<Caller>) -> Result<Option<Caller>> {
    let Some(Caller::Signed(signed)) = &caller else { return Ok(caller) };
    let at_desk = route.path.starts_with("/desk");
    match (at_desk, signed.actor.borrower.is_some()) {
        (true, true) | (false, false) => Ok(caller),
        (true, false) => Err(Refusal::new(
            Kind::Denied,
            "desk.no-borrower",
            "the desk is for those who act for a borrower",
        )
        .hint("the owner's own people work in the console")),
        (false, true) => Err(Refusal::new(
            Kind::Denied,
            "console.not-yours",
            "the console is for the list owner's own people",
        )
        .hint("your requests, copies and erasures are on your desk")),
    }
}

fn visitor(site: &Site, headers: &HeaderMap) -> Caller {
    match find(headers, VISITOR) {
        Some(token) if (20..=100).contains(&token.len()) => Caller::Visitor { token, fresh: false },
        _ => Caller::Visitor { token: new_secret_token(&mut *site.app().rng("visitor")), fresh: true },
    }
}

fn signed(site: &Site, headers: &HeaderMap) -> Result<Option<Caller>> {
    let Some(cookie) = find(headers, SESSION) else { return Ok(None) };
    let session = actor_of_session(site.app(), &cookie)?;
    Ok(session
        .map(|(actor, user, csrf)| Caller::Signed(Box::new(Signed { actor, name: user.name, csrf, cookie }))))
}

// INVARIANT: nothing acts for a session, or begins one, unless the form carries that session's token and does
// not come from another site.
/// Checks a form of somebody who is logged in, or about to.
pub(crate) fn check_form(site: &Site, caller: &Caller, headers: &HeaderMap, form: &Fields) -> Result<()> {
    let expected = match caller {
        // A token is sent by whoever holds it, never by a browser of itself.
        Caller::Anyone | Caller::Program(_) => return Ok(()),
        Caller::Visitor { fresh: true, .. } => return Err(foreign()),
        Caller::Visitor { token, .. } => token,
        Caller::Signed(signed) => &signed.csrf,
    };
    let given = form.first("csrf").unwrap_or_default();
    let same: bool = given.as_bytes().ct_eq(expected.as_bytes()).into();
    if same && !expected.is_empty() && is_ours(headers, site.address()) { Ok(()) } else { Err(foreign()) }
}

fn foreign() -> Refusal {
    Refusal::new(Kind::Denied, "form.foreign", "this form is not from a page of yours, so nothing was done")
        .hint("open the page again and send the form from there; cookies must be allowed")
}
