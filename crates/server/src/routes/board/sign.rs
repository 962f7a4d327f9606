//! What needs a trustee's signature: shown before it is signed, taken in when it is.

use super::super::{Answer, Call, Done, Reply};
use crate::present::board::to_sign;
use data_encoding::BASE64URL_NOPAD;
use hustings_app::board::{self, Intent, SignedBy};
use hustings_app::{Refusal, Result};
use hustings_domain::canonical::ContentHash;
use hustings_signet::Registration;

/// Does at once what needs no signature; for all else answers with the page on which it is signed.
pub(in crate::routes) fn speak(call: &Call, intent: &Intent, back: &str, done: Done) -> Answer {
    let actor = call.actor()?;
    if intent.is_always_signed() || board::must_sign(call.app(), actor)? {
        let prepared = board::prepare(call.app(), actor, intent.clone())?;
        return Reply::page(&to_sign(call, intent, &prepared, back)?);
    }
    board::unsigned(call.app(), actor, intent)?;
    Reply::done(back, done)
}

/// `POST /console/sign`: `statement`, `back`, and the signature.
pub(in crate::routes) fn sign(call: &Call) -> Answer {
    let form = &call.form.fields;
    let actor = call.actor()?;
    let hash = ContentHash::parse(form.text("statement")).ok_or_else(|| {
        Refusal::invalid("sign.statement", "this form does not say what was signed")
            .hint("begin again on the page where you wanted to sign")
    })?;
    let attestation = form.text("attestation");
    if attestation.is_empty() {
        let credential = form.text("credential").to_owned();
        let signature = form.text("signature").trim().to_owned();
        let by = if credential.is_empty() {
            SignedBy::File { signature }
        } else {
            let text = |name: &str| form.text(name).to_owned();
            SignedBy::Passkey {
                credential,
                authenticator_data: text("authenticator_data"),
                client_data: text("client_data"),
                signature,
            }
        };
        board::submit(call.app(), actor, hash, by)?;
    } else {
        let made = Registration {
            attestation_object: bytes(attestation)?,
            client_data: bytes(form.text("client_data"))?,
        };
        board::passkey_made(call.app(), actor, hash, &made)?;
    }
    Reply::done(back(form.text("back")), Done::Signed)
}

fn bytes(text: &str) -> Result<Vec<u8>> {
    BASE64URL_NOPAD
        .decode(text.as_bytes())
        .map_err(|_| Refusal::invalid("sign.unreadable", "what the browser handed over cannot be read"))
}

/// Where to go then: a page of the console, whatever the form says.
fn back(wanted: &str) -> &str {
    let ours = wanted.strip_prefix("/console/").is_some_and(|rest| {
        rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'/' || byte == b'-')
    });
    if ours { wanted } else { super::HOME }
}
