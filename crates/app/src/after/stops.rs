//! Stops inside a transaction, as answers and unsubscribes make them: at once and for ever.

use crate::context::App;
use crate::people::consent::stop_keys;
use crate::refusal::Result;
use hustings_domain::consent::{SuppressionReason, SuppressionScope};
use hustings_domain::ids::{BorrowerId, Ordinal};
use hustings_store::Tx;
use hustings_store::records::SupporterRecord;
use hustings_vault::{Identity, SuppressionHash};
use jiff::Timestamp;

/// The keyed hashes under which a person's stops are kept.
pub(super) fn keys_of(app: &App, record: &SupporterRecord, identity: &Identity) -> Vec<SuppressionHash> {
    let phone = identity.phone.as_ref().map(|phone| app.vault.suppress_phone(phone));
    record.mail_key.into_iter().chain(phone).collect()
}

// INVARIANT (promise 4): written by the transaction that carries the person's act, and never deleted.
/// Stops these scopes; true when one of them is new.
pub(super) fn stop(
    app: &App,
    tx: &mut dyn Tx,
    ordinal: Ordinal,
    scopes: &[SuppressionScope],
    now: Timestamp,
) -> Result<bool> {
    stop_because(app, tx, ordinal, scopes, SuppressionReason::Unsubscribed, now)
}

/// The same for another reason.
pub(super) fn stop_because(
    app: &App,
    tx: &mut dyn Tx,
    ordinal: Ordinal,
    scopes: &[SuppressionScope],
    reason: SuppressionReason,
    now: Timestamp,
) -> Result<bool> {
    let mut changed = false;
    for hash in stop_keys(app, tx, ordinal)? {
        for scope in scopes {
            changed |= tx.suppress(hash, scope, reason, now)?;
        }
    }
    Ok(changed)
}

/// Every stop of a person, once for each scope.
pub(super) fn stops_of(
    tx: &mut dyn Tx,
    keys: &[SuppressionHash],
) -> Result<Vec<(SuppressionScope, SuppressionReason, Timestamp)>> {
    let mut found: Vec<(SuppressionScope, SuppressionReason, Timestamp)> = Vec::new();
    for key in keys {
        for stop in tx.stops_of(*key)? {
            if !found.iter().any(|(scope, ..)| *scope == stop.0) {
                found.push(stop);
            }
        }
    }
    Ok(found)
}

/// Whether a yes of `said` still stands: not after "never this borrower", and not after a later stop of all.
pub(super) fn yes_stands(
    stops: &[(SuppressionScope, SuppressionReason, Timestamp)],
    borrower: BorrowerId,
    said: Timestamp,
) -> bool {
    !stops.iter().any(|(scope, _, at)| match scope {
        SuppressionScope::Borrower(stopped) => *stopped == borrower,
        SuppressionScope::Everything => *at > said,
        SuppressionScope::Purpose(_) => false,
    })
}
