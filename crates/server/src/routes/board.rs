//! The board's page, and what trustees do there: keys, delegations. What has to be signed goes by way of a page that
//! says what is signed.

mod charters;
mod sign;

pub(super) use charters::{propose, recuse as recuse_charter, show as charter, vote as vote_charter};
pub(super) use sign::{sign, speak};

use super::{Answer, Call, Done, Reply};
use hustings_app::board::Intent;
use hustings_app::{Refusal, Result};
use hustings_domain::canonical::ContentHash;
use hustings_domain::seat::{Algorithm, PublicKey};
use jiff::Span;

pub(super) const HOME: &str = "/console/board";

/// `GET /console/board`.
pub(super) fn page(call: &Call) -> Answer {
    Reply::page(&crate::present::board::page(call)?)
}

/// `POST /console/board/keys`: `kind` (`passkey` or `file`), `label`, and `public` for a key in a file.
pub(super) fn register(call: &Call) -> Answer {
    let form = &call.form.fields;
    let label = form.text("label").trim().to_owned();
    let intent = match form.text("kind") {
        "passkey" => Intent::RegisterPasskey { label },
        "file" => {
            let public = form.text("public").trim().to_owned();
            let long = data_encoding::BASE64URL_NOPAD.decode(public.as_bytes()).map(|bytes| bytes.len());
            if long != Ok(32) {
                return Err(Refusal::invalid("key.wrong", "this is not the public half of a key")
                    .hint("`hustings board key new FILE` prints it: 43 characters"));
            }
            Intent::RegisterFileKey {
                label,
                public: PublicKey { algorithm: Algorithm::Ed25519, public, origin: None },
            }
        }
        _ => return Err(Refusal::invalid("key.kind", "a key is a passkey or a key in a file")),
    };
    speak(call, &intent, HOME, Done::KeyRegistered)
}

fn key(call: &Call) -> Result<ContentHash> {
    ContentHash::parse(call.param("id"))
        .ok_or_else(|| Refusal::not_found("key.unknown", "there is no such key"))
}

/// `POST /console/board/keys/{id}/confirm`.
pub(super) fn confirm(call: &Call) -> Answer {
    speak(call, &Intent::ConfirmKey { key: key(call)? }, HOME, Done::KeyConfirmed)
}

/// `POST /console/board/keys/{id}/withdraw`.
pub(super) fn withdraw(call: &Call) -> Answer {
    speak(call, &Intent::WithdrawKey { key: key(call)? }, HOME, Done::KeyWithdrawn)
}

/// `POST /console/board/delegations`: `to`, and for how many `days`.
pub(super) fn delegate(call: &Call) -> Answer {
    let form = &call.form.fields;
    let to = form
        .text("to")
        .parse()
        .map_err(|_| Refusal::invalid("trustee.unknown", "choose one of the trustees on the page"))?;
    let days: u16 = form
        .text("days")
        .trim()
        .parse()
        .map_err(|_| Refusal::invalid("delegation.days", "say for how many days, as a whole number"))?;
    let until = call
        .app()
        .now()
        .checked_add(Span::new().hours(24 * i64::from(days)))
        .map_err(|error| Refusal::internal("no time is left").because(error))?;
    speak(call, &Intent::Delegate { to, until }, HOME, Done::Delegated)
}

/// `POST /console/board/delegations/{id}/end`.
pub(super) fn end_delegation(call: &Call) -> Answer {
    let id = call.param("id").parse().map_err(|_| {
        Refusal::not_found("delegation.unknown", "there is no such delegation, or it is over")
    })?;
    speak(call, &Intent::EndDelegation { id }, HOME, Done::DelegationEnded)
}
