//! What a restored list must not forget of the one that it replaces: stops, ledger entries, who may what, erasures.

use crate::context::App;
use crate::journal::TxNodes;
use crate::refusal::{Refusal, Result};
use hustings_domain::consent::{SuppressionReason, SuppressionScope};
use hustings_domain::guarded::AskedAct;
use hustings_domain::seat::TrusteeKey;
use hustings_ledger::{hash, tree};
use hustings_store::records::UserRecord;
use hustings_store::{Store, Tx};
use hustings_vault::SuppressionHash;
use jiff::Timestamp;
use std::cell::RefCell;

/// What the list that is replaced knows and the backup may not.
#[derive(Debug, Default)]
pub(super) struct Since {
    stops: Vec<(SuppressionHash, SuppressionScope, SuppressionReason, Timestamp)>,
    entries: Vec<Vec<u8>>,
    users: Vec<UserRecord>,
    keys: Vec<TrusteeKey>,
    acts: Vec<AskedAct>,
}

impl Since {
    /// Whether the backup goes on where the list that is replaced ends: then that list is the older one.
    pub(super) fn is_behind(&self, backup_ledger_size: u64) -> bool {
        u64::try_from(self.entries.len()).is_ok_and(|size| size < backup_ledger_size)
    }
}

pub(super) fn what_happened_since(store: &Store) -> Result<Since> {
    store.read(|tx| {
        let size = tx.ledger_size()?;
        let entries = tx.ledger_entries(0, u32::try_from(size).unwrap_or(u32::MAX))?;
        Ok(Since {
            stops: tx.every_stop()?,
            entries,
            users: tx.users()?,
            keys: tx.trustee_keys()?,
            acts: tx.asked_acts()?,
        })
    })
}

// INVARIANT (promise 4): a stop outlives a restore.
pub(super) fn carry_stops(app: &App, since: &Since) -> Result<u64> {
    app.store.write(|tx| {
        let mut carried = 0;
        for (hash, scope, reason, at) in &since.stops {
            carried += u64::from(tx.suppress(*hash, scope, *reason, *at)?);
        }
        Ok(carried)
    })
}

/// Entries made since the backup are appended, so that checkpoints handed out earlier stay true.
pub(super) fn carry_entries(store: &Store, since: &Since) -> Result<u64> {
    store.write(|tx| {
        let kept = tx.ledger_size()?;
        for (index, entry) in since.entries.iter().enumerate() {
            let index = u64::try_from(index).unwrap_or(u64::MAX);
            if index < kept {
                if tx.ledger_entry(index)?.as_ref() != Some(entry) {
                    return Err(Refusal::conflict(
                        "backup.other-list",
                        "the backup is of another list than the one in the folder",
                    )
                    .hint("restore into an empty folder"));
                }
                continue;
            }
            let nodes = tree::append(index, hash::leaf_hash(entry), &TxNodes(RefCell::new(tx)))?;
            tx.append_ledger_row(index, entry, &nodes)?;
        }
        Ok(tx.ledger_size()? - kept)
    })
}

// INVARIANT (promise 8): whoever was erased since the backup stays erased.
pub(super) fn erase_again(app: &App) -> Result<u64> {
    let back = app.store.read(|tx| {
        let erased: std::collections::HashSet<SuppressionHash> = tx
            .every_stop()?
            .into_iter()
            .filter(|(_, _, reason, _)| *reason == SuppressionReason::Erased)
            .map(|(hash, ..)| hash)
            .collect();
        let mut back = Vec::new();
        for ordinal in tx.stopped_supporters(&[SuppressionScope::Everything])? {
            let key = tx.supporter(ordinal)?.and_then(|record| record.mail_key);
            if key.is_some_and(|key| erased.contains(&key)) {
                back.push(ordinal);
            }
        }
        Ok::<_, Refusal>(back)
    })?;
    crate::people::erase::forget_again(app, &back)?;
    Ok(u64::try_from(back.len()).unwrap_or(u64::MAX))
}

/// Who may what, what they sign with, and what was granted, as it was when the list was replaced: a backup from before
/// gives nobody a role back that was taken, no key back that was withdrawn, and no grant back that was used. A list
/// that ends before the backup does gives none back either: nothing of it goes over what is newer.
///
/// Nobody is logged in on a restored list.
pub(super) fn carry_people(app: &App, since: &Since, backup_ledger_size: u64) -> Result<()> {
    app.store.write(|tx| {
        if !since.is_behind(backup_ledger_size) {
            put_people(tx, since)?;
        }
        for user in tx.users()? {
            crate::access::revoke_all(tx, user.id)?;
        }
        Ok(())
    })
}

fn put_people(tx: &mut dyn Tx, since: &Since) -> Result<()> {
    // An address may have gone from one user to another since: all are let go of before any is taken.
    for user in &since.users {
        let email = format!("{}@restoring.invalid", user.id);
        tx.put_user(&UserRecord { email, ..user.clone() })?;
    }
    for user in &since.users {
        tx.put_user(user)?;
    }
    for key in &since.keys {
        tx.put_trustee_key(key)?;
    }
    for act in &since.acts {
        tx.put_asked_act(act)?;
    }
    Ok(())
}
