//! Keyed hashes and the seal of copies, each under a key of the vault that serves nothing else.

use crate::context::App;
use crate::refusal::{Refusal, Result};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use hustings_domain::ids::CopyNumber;

const NONCE_BYTES: usize = 12;

/// HMAC-SHA256 over parts, each preceded by its length, under the vault's secret for `purpose`.
pub(super) fn keyed_hash(app: &App, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
    let key = hmac::Key::new(hmac::HMAC_SHA256, app.vault.secret(purpose).as_slice());
    let mut context = hmac::Context::with_key(&key);
    for part in parts {
        context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(part);
    }
    let mut hash = [0; 32];
    hash.iter_mut().zip(context.sign().as_ref()).for_each(|(to, from)| *to = *from);
    hash
}

/// A key for each purpose: a nonce that a replayed source of chance repeats then meets another key.
fn sealing_key(app: &App, purpose: &str) -> Result<LessSafeKey> {
    let secret = app.vault.secret(purpose);
    let key = UnboundKey::new(&AES_256_GCM, secret.as_slice());
    Ok(LessSafeKey::new(key.map_err(|_| Refusal::internal("a key for sealing cannot be made"))?))
}

/// Seals bytes with AES-256-GCM in their place: 12 bytes of nonce, the ciphertext, 16 bytes of tag.
pub(super) fn seal_bytes(app: &App, purpose: &str, place: &[u8], bytes: &[u8]) -> Result<Vec<u8>> {
    let mut nonce = [0; NONCE_BYTES];
    app.rng("copy-seal").fill(&mut nonce);
    let mut body = bytes.to_vec();
    sealing_key(app, purpose)?
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place), &mut body)
        .map_err(|_| Refusal::internal("what leaves cannot be sealed"))?;
    let mut sealed = nonce.to_vec();
    sealed.append(&mut body);
    Ok(sealed)
}

/// Opens what [`seal_bytes`] sealed for the same place.
pub(super) fn open_bytes(app: &App, purpose: &str, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
    let unreadable = || Refusal::internal("what was sealed is damaged");
    let (nonce, body) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or_else(unreadable)?;
    let mut body = body.to_vec();
    let length = sealing_key(app, purpose)?
        .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(place), &mut body)
        .map_err(|_| unreadable())?
        .len();
    body.truncate(length);
    Ok(body)
}

/// Seals a copy's file, under a key of its own.
pub(super) fn seal_copy(app: &App, number: CopyNumber, file: &[u8]) -> Result<Vec<u8>> {
    seal_bytes(app, &format!("copies/{number}"), number.to_string().as_bytes(), file)
}

/// Opens what [`seal_copy`] sealed for the same number.
pub(super) fn open_copy(app: &App, number: CopyNumber, sealed: &[u8]) -> Result<Vec<u8>> {
    open_bytes(app, &format!("copies/{number}"), number.to_string().as_bytes(), sealed).map_err(|_| {
        Refusal::internal(format!("the file of copy `{number}` is damaged"))
            .hint("make a new copy, or restore a backup that holds it")
    })
}
