//! The key that mail is signed with: made once, kept sealed under a secret of the vault, opened to sign.

use crate::context::App;
use crate::refusal::{Refusal, Result};
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use data_encoding::BASE64;
use hustings_domain::charter::Charter;
use hustings_mail::dkim::{DkimError, DkimSigner, SigningKeyPem};
use serde::Serialize;

/// Where the sealed key is kept.
const META: &str = "dkim-key";
/// What the seal is bound to.
const BOUND_TO: &[u8] = b"hustings/dkim-key/v1";
/// The selector in DNS.
const SELECTOR: &str = "hustings";

/// What must stand in DNS so that receivers believe our signatures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DkimRecord {
    /// The name, such as `hustings._domainkey.list.example`.
    pub name: String,
    /// The text of its TXT record.
    pub text: String,
}

/// Makes the signing key unless there is one.
pub fn ensure_key(app: &App) -> Result<()> {
    let kept = app.store.read(|tx| Ok::<_, Refusal>(tx.meta(META)?))?;
    if kept.is_some() {
        return Ok(());
    }
    let sealed = seal(app, SigningKeyPem::generate().map_err(refused)?.reveal())?;
    app.store.write(|tx| match tx.meta(META)? {
        Some(_) => Ok(()),
        None => Ok(tx.set_meta(META, &sealed)?),
    })
}

/// What to put in DNS.
pub fn dkim_record(app: &App) -> Result<DkimRecord> {
    let signer = signer(app, &app.charter()?)?;
    Ok(DkimRecord { name: signer.dns_name(), text: signer.dns_record().to_owned() })
}

/// Signs for the owner's domain.
pub fn signer(app: &App, charter: &Charter) -> Result<DkimSigner> {
    let kept = app.store.read(|tx| Ok::<_, Refusal>(tx.meta(META)?))?;
    let sealed = kept.ok_or_else(|| {
        Refusal::internal("there is no key to sign mail with")
            .hint("restore the newest backup with `hustings restore`")
    })?;
    let key = SigningKeyPem::parse(&open(app, &sealed)?).map_err(refused)?;
    DkimSigner::new(&charter.owner.domain, SELECTOR, &key).map_err(refused)
}

fn refused(error: DkimError) -> Refusal {
    Refusal::internal("mail cannot be signed").because(error)
}

fn unreadable() -> Refusal {
    Refusal::internal("the sealed signing key does not open")
}

fn cipher(app: &App) -> Result<RandomizedNonceKey> {
    RandomizedNonceKey::new(&AES_256_GCM, app.vault.secret("dkim").as_slice()).map_err(|_| unreadable())
}

/// Nonce, ciphertext and tag, in base64.
fn seal(app: &App, pem: &str) -> Result<String> {
    let mut body = pem.as_bytes().to_vec();
    let nonce =
        cipher(app)?.seal_in_place_append_tag(Aad::from(BOUND_TO), &mut body).map_err(|_| unreadable())?;
    Ok(BASE64.encode(&[nonce.as_ref().as_slice(), &body].concat()))
}

fn open(app: &App, sealed: &str) -> Result<String> {
    let bytes = BASE64.decode(sealed.as_bytes()).map_err(|_| unreadable())?;
    let (nonce, body) = bytes.split_first_chunk::<NONCE_LEN>().ok_or_else(unreadable)?;
    let (nonce, mut body) = (Nonce::assume_unique_for_key(*nonce), body.to_vec());
    let pem = cipher(app)?.open_in_place(nonce, Aad::from(BOUND_TO), &mut body).map_err(|_| unreadable())?;
    String::from_utf8(pem.to_vec()).map_err(|_| unreadable())
}
