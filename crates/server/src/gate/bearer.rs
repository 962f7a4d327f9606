//! A program's token (RFC 6750, section 2.1: in the header alone, never in the address), and how often it may call.

use crate::site::Site;
use axum::http::{HeaderMap, header};
use hustings_app::access::actor_of_program;
use hustings_app::{Kind, Refusal, Result};
use hustings_domain::access::Actor;

/// Who calls.
pub(super) fn program(site: &Site, headers: &HeaderMap) -> Result<Actor> {
    let none = || {
        Refusal::new(Kind::Denied, "token.none", "this needs a token")
            .hint("send `Authorization: Bearer` with a token that was made on the desk, under `Tokens for programs`")
    };
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (given.next(), given.next()) else { return Err(none()) };
    let (scheme, secret) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(none)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(none());
    }
    let actor = actor_of_program(site.app(), secret)?;
    site.may_call(&actor, 1)?;
    Ok(actor)
}
