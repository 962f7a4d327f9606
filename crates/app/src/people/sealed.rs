//! The sealed half of a record: made and opened here and nowhere else, so that what it is bound to is said once.

use crate::context::App;
use crate::refusal::{Refusal, Result};
use hustings_domain::chance::Rng;
use hustings_domain::ids::{Ordinal, SupporterId};
use hustings_store::Tx;
use hustings_store::records::SupporterRecord;
use hustings_vault::{Context, Identity, PersonKey, Vault, WrappedKey};

/// What an identity's seal is bound to.
fn context(id: SupporterId, version: u32) -> Context<'static> {
    Context { table: "supporter", row: *id.0.as_bytes(), column: "identity", version }
}

/// Seals an identity under its person's key.
pub(crate) fn seal_identity(
    key: &PersonKey,
    id: SupporterId,
    version: u32,
    identity: &Identity,
    rng: &mut dyn Rng,
) -> Result<Vec<u8>> {
    Ok(key.seal(&context(id, version), &identity.to_bytes(), rng)?)
}

/// Opens a record with its person's wrapped key.
pub(crate) fn open_record(vault: &Vault, record: &SupporterRecord, wrapped: &WrappedKey) -> Result<Identity> {
    let key = vault.unwrap(wrapped, record.id.0.as_bytes())?;
    Ok(Identity::from_bytes(&key.open(&context(record.id, record.version), &record.sealed)?)?)
}

/// Whether a record opens with its key, and whether its stops are looked up under its own address. For checks of many
/// records: who it is does not leave this function.
pub(crate) fn seal_holds(vault: &Vault, record: &SupporterRecord, wrapped: &WrappedKey) -> Result<bool> {
    let identity = open_record(vault, record, wrapped)?;
    let due = identity.email.as_ref().map(|email| vault.suppress_email(email));
    Ok(due == record.mail_key)
}

/// The key of a kept person, to seal or open what belongs to them.
pub fn person_key(app: &App, record: &SupporterRecord) -> Result<PersonKey> {
    Ok(app.vault.unwrap(&wrapped(app, record.ordinal)?, record.id.0.as_bytes())?)
}

fn wrapped(app: &App, ordinal: Ordinal) -> Result<WrappedKey> {
    app.store.keys().get(ordinal)?.ok_or_else(|| {
        Refusal::internal("a supporter's key is missing")
            .hint("the folder's `keys.db` is older than its `hustings.db`: restore both from one backup")
    })
}

/// A person's record and identity, inside a transaction; none when nobody has this position.
pub fn open_in(app: &App, tx: &mut dyn Tx, ordinal: Ordinal) -> Result<Option<(SupporterRecord, Identity)>> {
    let Some(record) = tx.supporter(ordinal)? else { return Ok(None) };
    let identity = open_record(&app.vault, &record, &wrapped(app, ordinal)?)?;
    Ok(Some((record, identity)))
}

/// Who somebody is; none when nobody has this position (any more).
pub fn open_identity(app: &App, ordinal: Ordinal) -> Result<Option<Identity>> {
    app.store.read(|tx| Ok(open_in(app, tx, ordinal)?.map(|(_, identity)| identity)))
}
