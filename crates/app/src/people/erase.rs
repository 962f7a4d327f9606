//! Forgetting people: the record goes, the key is destroyed, borrowers with a copy are told, and the stop stays.

use super::address_file::{Asked, Became, BulkReport, in_bulk};
use super::consent::{gone, stop_keys};
use super::follow::{self, join};
use crate::after::{Owed, owe};
use crate::context::App;
use crate::journal::enter;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::chance::Rng;
use hustings_domain::charter::DutyRules;
use hustings_domain::consent::{SuppressionReason, SuppressionScope};
use hustings_domain::duty::DutyKind;
use hustings_domain::ids::{CopyNumber, Ordinal, SupporterId};
use hustings_domain::words::Slug;
use hustings_policy::permit;
use hustings_store::{Store, StoreError, Tx};
use hustings_vault::BlindColumn;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeSet, HashSet};
use std::io::BufRead;

/// People forgotten in one transaction.
const TOGETHER: usize = 500;

/// What was done to forget somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Erased {
    /// How many rows of borrowers' copies have to be cleared of them.
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
    forget_one(app, actor, record.ordinal, "steward")
}

/// A person has themselves forgotten, from their own page.
pub fn forget_me(app: &App, ordinal: Ordinal) -> Result<Erased> {
    forget_one(app, &Actor::machine(), ordinal, "supporter")
}

/// A steward forgets everybody whose address stands in a file, one a line. Who is not on the list is told by line;
/// who was forgotten before counts as such, so that a run that was killed is completed by running it again.
pub fn erase_in_bulk(app: &App, actor: &Actor, file: &mut dyn BufRead, dry_run: bool) -> Result<BulkReport> {
    permit(actor, Action::EraseSupporter)?;
    let report = in_bulk(app, file, dry_run, |asked, report| {
        if dry_run {
            let (became, doomed) = app.store.read(|tx| look_up(tx, asked))?;
            report.borrowers_told += app.store.read(|tx| rows_of(tx, &doomed))?;
            return Ok(became);
        }
        let (became, told) = forget(app, actor, "steward", |tx| look_up(tx, asked))?;
        report.borrowers_told += u64::try_from(told.notices).unwrap_or(u64::MAX);
        Ok(became)
    })?;
    follow::catch_up(app)?;
    Ok(report)
}

/// Forgets again whoever had been forgotten before a backup was restored.
pub(crate) fn forget_again(app: &App, ordinals: &[Ordinal]) -> Result<()> {
    for together in ordinals.chunks(TOGETHER) {
        forget(app, &Actor::machine(), "restore", |_| Ok(((), together.to_vec())))?;
    }
    follow::catch_up(app)
}

fn forget_one(app: &App, actor: &Actor, ordinal: Ordinal, asked: &str) -> Result<Erased> {
    let choose = |tx: &mut dyn Tx| {
        tx.supporter(ordinal)?.ok_or_else(gone)?;
        Ok(((), vec![ordinal]))
    };
    let ((), told) = forget(app, actor, asked, choose)?;
    follow::catch_up(app)?;
    let key_backup_days = app.charter()?.retention.key_backup_days;
    Ok(Erased { notices: told.notices, copies: told.copies.into_iter().collect(), key_backup_days })
}

/// Who has each address, and what is to become of it; and the people to forget, each once.
fn look_up(tx: &mut dyn Tx, asked: &[Asked]) -> Result<(Vec<Became>, Vec<Ordinal>)> {
    let keys: Vec<_> = asked.iter().map(|asked| asked.blind).collect();
    let mut doomed = Vec::new();
    let mut met = HashSet::new();
    let mut became = Vec::with_capacity(asked.len());
    for (asked, found) in asked.iter().zip(tx.find_blind(BlindColumn::Email, &keys)?) {
        became.push(match found {
            Some(ordinal) if met.insert(ordinal) => {
                doomed.push(ordinal);
                Became::Done
            }
            Some(_) => Became::Repeated,
            None if tx.stops_of(asked.mail_key)?.iter().any(|stop| stop.1 == SuppressionReason::Erased) => {
                Became::Already
            }
            None => Became::NotOnList,
        });
    }
    Ok((became, doomed))
}

fn rows_of(tx: &mut dyn Tx, people: &[Ordinal]) -> Result<u64> {
    let mut rows = 0;
    for ordinal in people {
        rows += u64::try_from(tx.copies_with(*ordinal)?.len()).unwrap_or(u64::MAX);
    }
    Ok(rows)
}

/// Which borrowers' copies have to be cleared.
#[derive(Debug, Default)]
struct Told {
    notices: usize,
    copies: BTreeSet<CopyNumber>,
}

// INVARIANT (promise 8): the records go in one transaction that also notes the keys as doomed; a crash before the
// keys are gone is made good at the next opening.
/// Forgets whom `choose` names, with one entry in the ledger for all of them.
fn forget<T>(
    app: &App,
    actor: &Actor,
    asked: &str,
    choose: impl FnOnce(&mut dyn Tx) -> Result<(T, Vec<Ordinal>)>,
) -> Result<(T, Told)> {
    let now = app.now();
    let mut rng = app.rng("erasure-notice");
    let (chosen, people, told) = app.store.write(|tx| {
        let (chosen, people) = choose(tx)?;
        let mut told = Told::default();
        if people.is_empty() {
            return Ok((chosen, people, told));
        }
        let charter = crate::lend::charter_in(tx)?;
        for ordinal in &people {
            forget_in(app, tx, *ordinal, &charter.duties, now, &mut *rng, &mut told)?;
        }
        for (first, last) in join(people.iter().map(|ordinal| (ordinal.0, ordinal.0)).collect(), 0) {
            tx.record_change(Ordinal(first), Ordinal(last))?;
        }
        let body = json!({"asked_by": asked, "records": people.len(), "borrowers_told": told.notices,
            "copies": told.copies.len(), "key_backup_days": charter.retention.key_backup_days});
        enter(tx, now, actor, "supporter.erased", body)?;
        Ok::<_, Refusal>((chosen, people, told))
    })?;
    shred(&app.store, &people)?;
    Ok((chosen, told))
}

// INVARIANT (promise 4): the stop is written by the same transaction and outlives the record.
fn forget_in(
    app: &App,
    tx: &mut dyn Tx,
    ordinal: Ordinal,
    rules: &DutyRules,
    now: Timestamp,
    rng: &mut dyn Rng,
    told: &mut Told,
) -> Result<()> {
    let forgotten =
        Slug::from_free_text("forgotten").ok_or_else(|| Refusal::internal("a mark has no name"))?;
    for hash in stop_keys(app, tx, ordinal)? {
        let reason = SuppressionReason::Erased;
        if !tx.suppress(hash, &SuppressionScope::Everything, reason, now)? {
            // An older stop keeps its own reason; that the person was erased must be known all the same.
            tx.suppress(hash, &SuppressionScope::Purpose(forgotten.clone()), reason, now)?;
        }
    }
    for (copy, row) in tx.copies_with(ordinal)? {
        let (kind, reference) = (DutyKind::Erasure, Some(row.reference));
        owe(tx, rules, Owed { copy: &copy, kind, reference, fields: Vec::new(), due: None }, now, rng)?;
        tx.drop_copy_file(copy.number)?;
        told.notices += 1;
        told.copies.insert(copy.number);
    }
    tx.remove_supporter(ordinal)?;
    Ok(tx.add_shred(ordinal)?)
}

/// Destroys the keys that a stopped process, or a reader in the way, left to be destroyed. Returns how many. Called at
/// every opening, and now and then by the process that serves.
pub fn finish_shreds(store: &Store) -> Result<usize> {
    let doomed = store.read(|tx: &mut dyn Tx| Ok::<_, Refusal>(tx.shreds()?))?;
    shred(store, &doomed)?;
    Ok(doomed.len())
}

fn shred(store: &Store, people: &[Ordinal]) -> Result<()> {
    if people.is_empty() {
        return Ok(());
    }
    match store.keys().destroy_many(people) {
        Ok(()) => {}
        // Another process reads the keys in this instant, such as an examination: they are wiped, but their traces
        // are not gone yet. They stay noted, and the next call of `finish_shreds` takes them.
        Err(StoreError::InUse(_)) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    store.write(|tx| people.iter().try_for_each(|ordinal| Ok::<_, Refusal>(tx.clear_shred(*ordinal)?)))
}
