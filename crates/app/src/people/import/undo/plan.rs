//! Who can be taken out again, and who has been touched since. In doubt a person stays.

use super::super::report::ImportReport;
use super::super::trail::{self, Ended, Trail};
use super::NAMED;
use crate::people::follow::join;
use crate::refusal::Result;
use hustings_domain::consent::{Consent, ConsentState};
use hustings_domain::ids::{Ordinal, SupporterId};
use hustings_store::Tx;
use hustings_store::records::{Source, SupporterRecord};

/// How many steps of the change feed are read at a time.
const CHANGES: u32 = 10_000;

/// People from the first to the last, in order.
type Ranges = Vec<(u32, u32)>;

/// What undoing comes to.
pub(super) struct Plan {
    pub(super) source: Source,
    /// Another import that was not undone has the same source, and people who were known before have facts of it.
    pub(super) source_shared: bool,
    /// Brought by the import, and as it left them; in order.
    pub(super) removable: Vec<Ordinal>,
    /// Brought by it, and touched since.
    pub(super) touched: Vec<Ordinal>,
    pub(super) named: Vec<SupporterId>,
    /// Known before, with facts or consents of its source that can be told to be its own.
    pub(super) known: Vec<Ordinal>,
}

pub(super) fn make(tx: &mut dyn Tx, report: &ImportReport, trail: &Trail) -> Result<Plan> {
    let source = tx.sources()?.into_iter().find(|source| source.name == report.source);
    let source = source.unwrap_or_else(|| Source {
        number: u32::MAX,
        name: report.source.clone(),
        licence: String::new(),
        at: jiff::Timestamp::UNIX_EPOCH,
    });
    let (own, others) = changed(tx, trail)?;
    let any_sends = any_sends(tx)?;
    let imports: Vec<ImportReport> =
        standing(tx)?.into_iter().filter(|other| other.id != report.id).collect();
    // Gifts do not say which file they came from.
    let others_gave = imports.iter().any(|other| other.gifts > 0);
    let mut plan = Plan {
        source,
        source_shared: false,
        removable: Vec::new(),
        touched: Vec::new(),
        named: Vec::new(),
        known: Vec::new(),
    };
    for ordinal in each(&trail.brought) {
        // Whoever was erased since is gone already.
        let Some(record) = tx.supporter(ordinal)? else { continue };
        let changed = within(&others, ordinal) && is_touched(tx, &record, &plan.source, others_gave)?;
        if changed || (any_sends && is_involved(tx, ordinal)?) {
            plan.touched.push(ordinal);
            if plan.named.len() < NAMED {
                plan.named.push(record.id);
            }
        } else {
            plan.removable.push(ordinal);
        }
    }
    for ordinal in each(&own).filter(|ordinal| !within(&trail.brought, *ordinal)) {
        let facts = tx.facts(ordinal)?.iter().any(|fact| fact.source == plan.source.number);
        if facts || !stated(tx, ordinal, &plan.source.name)?.is_empty() {
            plan.known.push(ordinal);
        }
    }
    if !plan.known.is_empty() && imports.iter().any(|other| other.source == report.source) {
        plan.source_shared = true;
        plan.known.clear();
    }
    Ok(plan)
}

/// The yeses in force that came from a source, each with what stood before it.
pub(super) fn stated(
    tx: &mut dyn Tx,
    ordinal: Ordinal,
    source: &str,
) -> Result<Vec<(Consent, ConsentState)>> {
    let history = tx.consent_history(ordinal)?;
    let mut stated = Vec::new();
    for (place, consent) in history.iter().enumerate() {
        let same = |other: &&Consent| other.purpose == consent.purpose && other.channel == consent.channel;
        let is_last = !history.iter().skip(place + 1).any(|later| same(&later));
        if is_last && consent.source == source && consent.state.counts() {
            let before =
                history.iter().take(place).rfind(same).map_or(ConsentState::Unknown, |before| before.state);
            stated.push((consent.clone(), before));
        }
    }
    Ok(stated)
}

/// Ranges of people: whom the import changed, and whom anything else changed after its first step.
fn changed(tx: &mut dyn Tx, trail: &Trail) -> Result<(Ranges, Ranges)> {
    let (mut own, mut others) = (Vec::new(), Vec::new());
    let Some(first) = trail.changes.first().map(|range| range.0) else { return Ok((own, others)) };
    let mut sequence = first - 1;
    loop {
        let changes = tx.changes_since(sequence, CHANGES)?;
        let Some(last) = changes.last() else { break };
        sequence = last.sequence;
        for change in changes {
            let is_own = trail.changes.iter().any(|range| (range.0..=range.1).contains(&change.sequence));
            let to = if is_own { &mut own } else { &mut others };
            to.push((change.first.0, change.last.0));
        }
    }
    Ok((join(own, 0), join(others, 0)))
}

/// A step of the feed names people in between, too: only what stands in the record tells.
fn is_touched(tx: &mut dyn Tx, record: &SupporterRecord, source: &Source, others_gave: bool) -> Result<bool> {
    let ordinal = record.ordinal;
    Ok(record.version > 1
        || tx.facts(ordinal)?.iter().any(|fact| fact.source != source.number)
        || tx.consent_history(ordinal)?.iter().any(|consent| consent.source != source.name)
        || (others_gave && !tx.gifts(ordinal)?.is_empty()))
}

/// Whether a loan reached the person.
fn is_involved(tx: &mut dyn Tx, ordinal: Ordinal) -> Result<bool> {
    Ok(!tx.deliveries_of(ordinal)?.is_empty()
        || !tx.responses_of(ordinal)?.is_empty()
        || !tx.copies_with(ordinal)?.is_empty())
}

fn any_sends(tx: &mut dyn Tx) -> Result<bool> {
    for loan in tx.loans()? {
        if tx.send(loan.id)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Every import that was not undone and left anything behind, the unfinished ones too.
fn standing(tx: &mut dyn Tx) -> Result<Vec<ImportReport>> {
    let mut all: Vec<ImportReport> = trail::Begun::all(tx)?.into_iter().map(|begun| begun.report).collect();
    for kept in tx.imports(u32::MAX)? {
        if trail::undone(tx, kept.id)?.is_none() {
            all.push(trail::read::<Ended>(&kept.report)?.report);
        }
    }
    all.retain(|report| !report.changed_nothing());
    Ok(all)
}

fn each(ranges: &[(u32, u32)]) -> impl Iterator<Item = Ordinal> + '_ {
    ranges.iter().flat_map(|(first, last)| (*first..=*last).map(Ordinal))
}

fn within(ranges: &[(u32, u32)], ordinal: Ordinal) -> bool {
    let after = ranges.partition_point(|range| range.0 <= ordinal.0);
    after.checked_sub(1).and_then(|at| ranges.get(at)).is_some_and(|range| ordinal.0 <= range.1)
}
