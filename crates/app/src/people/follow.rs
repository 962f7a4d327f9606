//! The audience index follows the store's change feed. It is derived: whatever is doubtful about it is thrown
//! away and built again from the profiles.

use crate::context::App;
use crate::refusal::{Refusal, Result};
use hustings_audience::{Index, IndexFileError};
use hustings_domain::ids::Ordinal;
use hustings_store::{Store, Tx};
use std::path::Path;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The index's file in the data folder.
pub const FILE: &str = "audience.index";

/// How many profiles are read at a time.
const PAGE: u32 = 4_096;
/// Halves that meet at a multiple of this are joined without looking at their people.
const RUN: u32 = 1 << 15;
/// How many steps of the feed are read at a time.
const CHANGES: u32 = 10_000;
/// Below so many changed people the index is always mended, above only when most stay as they were.
const FEW: u64 = 5_000;

/// Under this name the store holds the stamp of the index that was saved last.
///
/// INVARIANT: a file is trusted only when it carries that stamp. The stamp is chance, so a store that holds it has
/// gone through the very state that the file was saved in, and its change feed leads on from there. A store that
/// was put back to an older state, or is another list's, holds another stamp or none. Where several processes save an
/// index each, the newest stamp of each stands there.
const STAMP: &str = "audience-index";
/// The stamps of so many processes are kept; whose stamp is dropped builds its index again.
const STAMPS: usize = 32;
/// How often to look for changes of others when no word of them comes.
const LOOK: Duration = Duration::from_secs(1);
/// A list of fewer people is built again faster than anybody notices.
const LARGE: u64 = 10_000;

/// An index at the opening of a list.
#[derive(Debug)]
pub struct Loaded {
    /// The index; it may have changes of the feed yet to follow.
    pub index: Index,
    /// Whether it had to be built.
    pub is_new: bool,
}

/// Brings the index up to the store's newest change; a glance at one number when nothing changed.
pub fn catch_up(app: &App) -> Result<()> {
    let as_of = app.index.read().unwrap_or_else(PoisonError::into_inner).as_of();
    let newest = app.store.read(|tx| Ok::<_, Refusal>(tx.change_sequence()?))?;
    if newest == as_of {
        return Ok(());
    }
    let mut index = app.index.write().unwrap_or_else(PoisonError::into_inner);
    while !app.store.read(|tx| follow(tx, &mut index))? {
        *index = build(&app.store)?;
    }
    Ok(())
}

/// The saved index when it is whole and of this very store, else a new one; a file that is not used is told of.
pub fn load_or_build(store: &Store, path: &Path) -> Result<Loaded> {
    let (newest, stamp, people) =
        store.read(|tx| Ok::<_, Refusal>((tx.change_sequence()?, tx.meta(STAMP)?, tx.supporter_count()?)))?;
    let why = match Index::load(path) {
        Ok(index) if !stamps(stamp.as_deref()).any(|kept| kept == hex(index.stamp())) => {
            "it was not saved from this list as it is now".to_owned()
        }
        Ok(index) if index.as_of() <= newest => return Ok(Loaded { index, is_new: false }),
        Ok(_) => "it is ahead of the list".to_owned(),
        Err(IndexFileError::Io(error)) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(Loaded { index: build(store)?, is_new: true });
        }
        Err(error) => error.to_string(),
    };
    if people > 0 {
        tracing::warn!(why, people, "the saved audience index is not used, and a new one is built");
    }
    Ok(Loaded { index: build(store)?, is_new: true })
}

/// Throws the index away and builds it from the store.
pub(crate) fn rebuild(app: &App) -> Result<()> {
    let mut index = app.index.write().unwrap_or_else(PoisonError::into_inner);
    *index = build(&app.store)?;
    Ok(())
}

/// Writes the index beside the data, so that the next opening need not build it. A crash between the file and the
/// stamp costs a building, no more.
pub fn save(app: &App) -> Result<()> {
    let _one_at_a_time = app.saving.lock().unwrap_or_else(PoisonError::into_inner);
    catch_up(app)?;
    let mut stamp = [0; 16];
    app.rng("audience-index").fill(&mut stamp);
    let before = {
        let mut index = app.index.write().unwrap_or_else(PoisonError::into_inner);
        let before = hex(index.stamp());
        index.set_stamp(stamp);
        before
    };
    let index = app.index.read().unwrap_or_else(PoisonError::into_inner);
    let path = app.folder.join(FILE);
    index.save(&path).map_err(|error| match error {
        IndexFileError::Io(error) => Refusal::of_file("the audience index could not be saved", &error),
        other => Refusal::internal("the audience index could not be saved").because(other),
    })?;
    drop(index);
    for_the_owner_alone(&path)?;
    let is_alone = app.store.node().is_none();
    app.store.write(|tx| {
        let kept = tx.meta(STAMP)?;
        let others = stamps(kept.as_deref()).filter(|kept| !is_alone && *kept != before);
        let mut all: Vec<&str> = others.collect();
        all.drain(..all.len().saturating_sub(STAMPS - 1));
        let stamp = hex(stamp);
        all.push(&stamp);
        Ok::<_, Refusal>(tx.set_meta(STAMP, &all.join(" "))?)
    })
}

/// The stamps that a store holds, the oldest first.
fn stamps(kept: Option<&str>) -> impl Iterator<Item = &str> {
    kept.unwrap_or_default().split_whitespace()
}

/// Follows what other processes change until `ended` says so, so that no count has to wait for it. Returns at once where
/// there are no others.
pub fn keep_up(app: &App, ended: &AtomicBool) {
    let Some(mut feed) = app.store.listen() else { return };
    let mut said = false;
    while !ended.load(Ordering::SeqCst) {
        feed.wait(LOOK);
        match catch_up(app) {
            Ok(()) => said = false,
            Err(refusal) => {
                if !said {
                    tracing::warn!(code = refusal.code, %refusal, "the audience index does not follow just now");
                }
                said = true;
            }
        }
    }
}

/// The newest change that the index counts, without following any further.
pub fn as_of(app: &App) -> u64 {
    app.index.read().unwrap_or_else(PoisonError::into_inner).as_of()
}

/// The same where something else was done that stands: the index is derived, and not having it saved costs a building at
/// the next opening and nothing else, so that is said and not more.
pub fn save_or_say(app: &App) {
    if let Err(refusal) = save(app) {
        tracing::warn!(%refusal, causes = ?refusal.causes, "the audience index is not saved, and is built again at the next start");
    }
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

/// Saves an index that was costly to build.
pub fn save_if_large(app: &App) {
    let people = app.index.read().unwrap_or_else(PoisonError::into_inner).len();
    if people >= LARGE {
        save_or_say(app);
    }
}

fn hex(stamp: [u8; 16]) -> String {
    format!("{:032x}", u128::from_be_bytes(stamp))
}

/// Follows the change feed; false when so much has changed that building is faster, and nothing was done.
fn follow(tx: &mut dyn Tx, index: &mut Index) -> Result<bool> {
    let newest = tx.change_sequence()?;
    if index.as_of() > newest {
        return Ok(false);
    }
    let ranges = changed(tx, index.as_of())?;
    let people: u64 = ranges.iter().map(|(first, last)| u64::from(last - first) + 1).sum();
    if people > FEW && people > index.len() / 2 {
        return Ok(false);
    }
    for (first, last) in ranges {
        read_again(tx, index, first, last)?;
    }
    // A failure above leaves `as_of` where it was: the same ranges are read once more, to the same effect.
    index.set_as_of(newest);
    Ok(true)
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

/// A new index of everybody: two threads read one half of the list each and build of it what becomes one index.
fn build(store: &Store) -> Result<Index> {
    let end = store.read(|tx| Ok::<_, Refusal>(tx.next_ordinal()?))?.0;
    let middle = (end / 2).next_multiple_of(RUN);
    std::thread::scope(|scope| {
        // The second half is open: who came since `end` was read is in it, or in the feed after it.
        let halves = [(0, middle), (middle, u32::MAX)]
            .map(|(first, end)| scope.spawn(move || build_part(store, first, end)));
        let mut parts = Vec::with_capacity(halves.len());
        for half in halves {
            match half.join() {
                Ok(part) => parts.push(part?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        // What changed between the two readings is in the feed after the earlier of them.
        Ok(Index::join(parts))
    })
}

/// The index of the people of `first..end`, as of the newest change that they are true of.
fn build_part(store: &Store, first: u32, end: u32) -> Result<Index> {
    store.read(|tx| {
        let newest = tx.change_sequence()?;
        let (mut next, mut failed) = (first, None);
        let pages = std::iter::from_fn(|| {
            if next >= end {
                return None;
            }
            let mut page = match tx.profiles(Ordinal(next), PAGE.min(end - next)) {
                Ok(page) => page,
                Err(error) => {
                    failed = Some(error);
                    return None;
                }
            };
            page.retain(|profile| profile.ordinal.0 < end);
            next = page.last()?.ordinal.0.saturating_add(1);
            Some(page)
        });
        let mut index = Index::build(pages.flatten());
        if let Some(error) = failed {
            return Err(error.into());
        }
        index.set_as_of(newest);
        Ok(index)
    })
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
