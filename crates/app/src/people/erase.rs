//! Forgetting a person: the record goes, the key is destroyed, borrowers with a copy are told, and the stop stays.

use super::consent::{gone, stop_keys};
use crate::context::App;
use crate::journal::enter;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor, permit};
use hustings_domain::consent::{SuppressionReason, SuppressionScope};
use hustings_domain::ids::{CopyNumber, Ordinal, SupporterId, uuid_v7};
use hustings_domain::words::Slug;
use hustings_store::records::ErasureNotice;
use hustings_store::{Store, Tx};
use serde::Serialize;
use serde_json::json;

/// What was done to forget somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Erased {
    /// How many borrowers' copies have to be cleared of the person.
    pub notices: usize,
    /// Those copies; their files are no longer held here.
    pub copies: Vec<CopyNumber>,
    /// After so many days the key is in no backup either.
    pub key_backup_days: u32,
}

/// A steward forgets a person who asked for it.
pub fn erase(app: &App, actor: &Actor, id: SupporterId) -> Result<Erased> {
    permit(actor, Action::EraseSupporter)?;
    let record = app.store.read(|tx| Ok::<_, Refusal>(tx.supporter_by_id(id)?))?.ok_or_else(gone)?;
    forget(app, actor, record.ordinal, "steward")
}

/// A person has themselves forgotten, from their own page; also what a restore does over again.
pub fn forget_me(app: &App, ordinal: Ordinal) -> Result<Erased> {
    forget(app, &Actor::machine(), ordinal, "supporter")
}

// INVARIANT (promise 8): the record goes in one transaction that also notes the key as doomed; a crash before the
// key is gone is made good at the next opening.
// INVARIANT (promise 4): the stop is written by the same transaction and outlives the record.
fn forget(app: &App, actor: &Actor, ordinal: Ordinal, asked: &str) -> Result<Erased> {
    let now = app.now();
    let mut rng = app.rng("erasure-notice");
    let forgotten =
        Slug::from_free_text("forgotten").ok_or_else(|| Refusal::internal("a mark has no name"))?;
    let erased = app.store.write(|tx| {
        let charter = crate::lend::charter_in(tx)?;
        for hash in stop_keys(app, tx, ordinal)? {
            let reason = SuppressionReason::Erased;
            if !tx.suppress(hash, &SuppressionScope::Everything, reason, now)? {
                // An older stop keeps its own reason; that the person was erased must be known all the same.
                tx.suppress(hash, &SuppressionScope::Purpose(forgotten.clone()), reason, now)?;
            }
        }
        let mut copies = Vec::new();
        let held = tx.copies_with(ordinal)?;
        for (copy, row) in &held {
            tx.add_erasure_notice(&ErasureNotice {
                id: uuid_v7(now, &mut *rng),
                borrower: copy.borrower,
                copy: copy.number,
                reference: row.reference.clone(),
                told: now,
                acknowledged: None,
            })?;
            tx.drop_copy_file(copy.number)?;
            copies.push(copy.number);
        }
        tx.remove_supporter(ordinal)?;
        tx.add_shred(ordinal)?;
        tx.record_change(ordinal, ordinal)?;
        let body = json!({"asked_by": asked, "records": 1, "borrowers_told": held.len(), "copies": copies.len(),
            "key_backup_days": charter.retention.key_backup_days});
        enter(tx, now, actor, "supporter.erased", body)?;
        Ok::<_, Refusal>(Erased { notices: held.len(), copies, key_backup_days: charter.retention.key_backup_days })
    })?;
    shred(&app.store, ordinal)?;
    super::follow::catch_up(app)?;
    Ok(erased)
}

/// Destroys the keys that a stopped process had still to destroy. Returns how many.
pub fn finish_shreds(store: &Store) -> Result<usize> {
    let doomed = store.read(|tx: &mut dyn Tx| Ok::<_, Refusal>(tx.shreds()?))?;
    for ordinal in &doomed {
        shred(store, *ordinal)?;
    }
    Ok(doomed.len())
}

fn shred(store: &Store, ordinal: Ordinal) -> Result<()> {
    store.keys().destroy(ordinal)?;
    store.write(|tx| Ok::<_, Refusal>(tx.clear_shred(ordinal)?))
}
