//! The audience index follows the store's change feed. It is derived: whatever is doubtful about it is thrown
//! away and built again from the profiles.

use crate::context::App;
use crate::refusal::{Refusal, Result};
use hustings_audience::Index;
use hustings_domain::facts::Profile;
use hustings_domain::ids::Ordinal;
use hustings_store::{Store, StoreError, Tx};
use std::path::Path;
use std::sync::PoisonError;

/// The index's file in the data folder.
pub const FILE: &str = "audience.index";

/// How many profiles are read at a time.
const PAGE: u32 = 20_000;
/// How many steps of the feed are read at a time.
const CHANGES: u32 = 10_000;
/// Below so many changed people the index is always mended, above only when most stay as they were.
const FEW: u64 = 5_000;

/// Brings the index up to the store's newest change; a glance at one number when nothing changed.
pub fn catch_up(app: &App) -> Result<()> {
    let as_of = app.index.read().unwrap_or_else(PoisonError::into_inner).as_of();
    let newest = app.store.read(|tx| Ok::<_, Refusal>(tx.change_sequence()?))?;
    if newest == as_of {
        return Ok(());
    }
    let mut index = app.index.write().unwrap_or_else(PoisonError::into_inner);
    app.store.read(|tx| follow(tx, &mut index))
}

/// The saved index when it is whole and not ahead of the store, else a new one.
pub fn load_or_build(store: &Store, path: &Path) -> Result<Index> {
    store.read(|tx| {
        let newest = tx.change_sequence()?;
        match Index::load(path) {
            Ok(index) if index.as_of() <= newest => Ok(index),
            Ok(_) | Err(_) => build(tx),
        }
    })
}

/// Throws the index away and builds it from the store.
pub(crate) fn rebuild(app: &App) -> Result<()> {
    let mut index = app.index.write().unwrap_or_else(PoisonError::into_inner);
    *index = app.store.read(build)?;
    Ok(())
}

/// Writes the index beside the data, so that the next opening need not build it.
pub fn save(app: &App) -> Result<()> {
    catch_up(app)?;
    let index = app.index.read().unwrap_or_else(PoisonError::into_inner);
    let path = app.folder.join(FILE);
    index
        .save(&path)
        .map_err(|error| Refusal::internal("the audience index could not be saved").because(error))?;
    for_the_owner_alone(&path)
}

/// The index names nobody, but says what is known of each position.
#[cfg(unix)]
fn for_the_owner_alone(path: &Path) -> Result<()> {
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(path, mode)
        .map_err(|error| Refusal::internal("the audience index could not be closed to others").because(error))
}

#[cfg(not(unix))]
fn for_the_owner_alone(_: &Path) -> Result<()> {
    Ok(())
}

fn follow(tx: &mut dyn Tx, index: &mut Index) -> Result<()> {
    let newest = tx.change_sequence()?;
    let ranges = if index.as_of() <= newest { changed(tx, index.as_of())? } else { vec![(0, u32::MAX)] };
    let people: u64 = ranges.iter().map(|(first, last)| u64::from(last - first) + 1).sum();
    if people > FEW && people > index.len() / 2 {
        *index = build(tx)?;
        return Ok(());
    }
    for (first, last) in ranges {
        read_again(tx, index, first, last)?;
    }
    // A failure above leaves `as_of` where it was: the same ranges are read once more, to the same effect.
    index.set_as_of(newest);
    Ok(())
}

/// The ranges of people changed after `sequence`, joined where they touch, in order.
fn changed(tx: &mut dyn Tx, mut sequence: u64) -> Result<Vec<(u32, u32)>> {
    let mut ranges = Vec::new();
    loop {
        let changes = tx.changes_since(sequence, CHANGES)?;
        let Some(last) = changes.last() else { break };
        sequence = last.sequence;
        ranges.extend(changes.iter().map(|change| (change.first.0, change.last.0)));
    }
    Ok(join(ranges, 0))
}

/// Ranges with at most `gap` others between them become one.
pub(crate) fn join(mut ranges: Vec<(u32, u32)>, gap: u32) -> Vec<(u32, u32)> {
    ranges.sort_unstable();
    let mut joined: Vec<(u32, u32)> = Vec::new();
    for (first, last) in ranges {
        match joined.last_mut() {
            Some(before) if first <= before.1.saturating_add(gap).saturating_add(1) => {
                before.1 = before.1.max(last);
            }
            _ => joined.push((first, last)),
        }
    }
    joined
}

fn read_again(tx: &mut dyn Tx, index: &mut Index, first: u32, last: u32) -> Result<()> {
    let mut at = first;
    while at <= last {
        let page = tx.profiles(Ordinal(at), (last - at).saturating_add(1).min(PAGE))?;
        let full = page.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX);
        let mut gone = at;
        for profile in page.iter().take_while(|profile| profile.ordinal.0 <= last) {
            (gone..profile.ordinal.0).for_each(|missing| index.remove(Ordinal(missing)));
            index.upsert(profile);
            gone = profile.ordinal.0.saturating_add(1);
        }
        if full && gone <= last {
            at = gone;
            continue;
        }
        (gone..=last).for_each(|missing| index.remove(Ordinal(missing)));
        break;
    }
    Ok(())
}

/// A new index of everybody.
fn build(tx: &mut dyn Tx) -> Result<Index> {
    let newest = tx.change_sequence()?;
    let mut failed: Option<StoreError> = None;
    let mut next = Some(Ordinal(0));
    let mut page = Vec::<Profile>::new().into_iter();
    let people = std::iter::from_fn(|| {
        if let Some(profile) = page.next() {
            return Some(profile);
        }
        match tx.profiles(next?, PAGE) {
            Ok(read) => {
                next = read.last().and_then(|last| last.ordinal.0.checked_add(1)).map(Ordinal);
                page = read.into_iter();
                page.next()
            }
            Err(error) => {
                failed = Some(error);
                None
            }
        }
    });
    let mut index = Index::build(people);
    if let Some(error) = failed {
        return Err(error.into());
    }
    index.set_as_of(newest);
    Ok(index)
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn touching_ranges_become_one() {
        assert_eq!(join(vec![(9, 9), (1, 3), (4, 6), (2, 2)], 0), [(1, 6), (9, 9)]);
        assert_eq!(join(vec![(1, 3), (6, 7)], 2), [(1, 7)]);
        assert_eq!(join(vec![(0, u32::MAX), (5, 6)], 9), [(0, u32::MAX)]);
    }
}
