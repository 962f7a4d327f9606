//! A file of stops: every address on it is never mailed again, whether anybody on the list has it or not, and
//! whatever later files say.

use super::layout::Layout;
use super::pipeline::{BATCH, Rows};
use super::rejects::Reject;
use super::report::RejectReason;
use super::run::Run;
use super::target::Target;
use super::values::instant;
use crate::people::consent::withdraw_all;
use crate::people::follow::join;
use crate::refusal::Result;
use csv::StringRecord;
use hustings_domain::consent::{Channel, SuppressionReason, SuppressionScope};
use hustings_domain::ids::Ordinal;
use hustings_store::Tx;
use hustings_vault::blind::BlindColumn;
use hustings_vault::{BlindIndex, EmailAddress, Phone, Region, SuppressionHash, Vault};
use jiff::Timestamp;

/// One row of stops.
#[derive(Debug, Default)]
pub(super) struct Stop {
    /// Keyed hash, blind index and channel of the address and the number.
    of: Vec<(SuppressionHash, BlindIndex, Channel)>,
    reason: Option<SuppressionReason>,
    since: Option<Timestamp>,
}

/// The next rows of a file of stops; none at its end.
pub(super) fn next_batch(rows: &mut Rows) -> Result<Option<Vec<(u64, StringRecord)>>> {
    let mut batch = Vec::new();
    while batch.len() < BATCH
        && let Some(row) = rows.next()?
    {
        batch.push(row);
    }
    Ok(Some(batch).filter(|batch| !batch.is_empty()))
}

// INVARIANT (promise 4): the keyed hash is kept whether or not the person is known, and nothing here deletes one.
/// Works a batch of stops in; what was not taken comes back.
pub(super) fn apply(
    run: &mut Run<'_>,
    tx: &mut dyn Tx,
    layout: &Layout,
    batch: Vec<(u64, StringRecord)>,
) -> Result<Vec<Reject>> {
    let mut rejects = Vec::new();
    let mut touched = Vec::new();
    for (line, row) in batch {
        run.report.lines += 1;
        if row.iter().all(|cell| cell.trim().is_empty()) {
            run.report.blank += 1;
            continue;
        }
        let stop = match read(&run.app.vault, layout, &row, run.region(), run.now) {
            Ok(stop) => stop,
            Err(reason) => {
                run.report.reject(line, reason);
                rejects.push(Reject { line, reason, row });
                continue;
            }
        };
        let (mut added, mut withdrawn, mut again) = (false, 0, false);
        for (hash, key, channel) in &stop.of {
            let reason = stop.reason.unwrap_or(SuppressionReason::Imported);
            let new =
                tx.suppress(*hash, &SuppressionScope::Everything, reason, stop.since.unwrap_or(run.now))?;
            added |= new;
            run.report.stops_added += u64::from(new);
            if new {
                run.stopped_here.insert(*hash);
            } else {
                again |= run.stopped_here.contains(hash);
            }
            let column = if *channel == Channel::Phone { BlindColumn::Phone } else { BlindColumn::Email };
            if let Some(person) = tx.find_blind(column, &[*key])?.first().copied().flatten() {
                let count = withdraw(run, tx, person, *channel)?;
                if count > 0 {
                    touched.push((person.0, person.0));
                }
                withdrawn += count;
            }
        }
        let count = match (added, withdrawn > 0, again) {
            (true, _, _) => &mut run.report.new,
            (false, true, _) => &mut run.report.changed,
            (false, false, true) => &mut run.report.merged,
            (false, false, false) => &mut run.report.unchanged,
        };
        *count += 1;
    }
    for (first, last) in join(touched, 32) {
        tx.record_change(Ordinal(first), Ordinal(last))?;
    }
    Ok(rejects)
}

fn withdraw(run: &mut Run<'_>, tx: &mut dyn Tx, person: Ordinal, channel: Channel) -> Result<usize> {
    let withdrawn = withdraw_all(tx, person, Some(channel), &run.source.name, run.now)?;
    run.report.consents_refused += u64::try_from(withdrawn).unwrap_or(0);
    Ok(withdrawn)
}

pub(super) fn read(
    vault: &Vault,
    layout: &Layout,
    row: &StringRecord,
    region: Region,
    now: Timestamp,
) -> std::result::Result<Stop, RejectReason> {
    let mut stop = Stop::default();
    let mut broken = RejectReason::NoAddress;
    // A cell too many is no reason to lose a stop: what stands in the columns that are known counts.
    for (target, cell) in layout.columns.iter().zip(row) {
        match target {
            Some(Target::Email) => match EmailAddress::parse(cell) {
                Ok(email) => {
                    stop.of.push((vault.suppress_email(&email), vault.blind_email(&email), Channel::Email));
                }
                Err(_) if cell.trim().is_empty() => {}
                Err(_) => broken = RejectReason::BrokenAddress,
            },
            Some(Target::Phone) => match Phone::parse(cell, region) {
                Ok(phone) => {
                    stop.of.push((vault.suppress_phone(&phone), vault.blind_phone(&phone), Channel::Phone));
                }
                Err(_) if cell.trim().is_empty() => {}
                Err(_) if broken == RejectReason::NoAddress => broken = RejectReason::BrokenPhone,
                Err(_) => {}
            },
            // A file cannot say that we erased somebody: that reason is kept for what was done here.
            Some(Target::Reason) => {
                let reason = cell.trim().to_lowercase().parse().ok();
                stop.reason = reason.filter(|reason| *reason != SuppressionReason::Erased);
            }
            Some(Target::Since) => stop.since = instant(cell).filter(|since| *since <= now),
            _ => {}
        }
    }
    if stop.of.is_empty() { Err(broken) } else { Ok(stop) }
}
