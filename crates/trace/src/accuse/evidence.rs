//! What a leak says about each candidate: counts only, drawn from the keys, the audiences and the copies.

use super::Case;
use crate::hold_back::{Draw, HoldBackKey, Share};
use crate::marks::Marks;
use crate::sealed::SealedSeeds;
use crate::seeds::lookup::{Sightings, all_decoys};
use crate::seeds::{Season, SeedKey, SeedKind, slots};
use hustings_domain::ids::{BorrowerId, SupporterId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A borrower who holds at least one copy of the season.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Who.
    pub borrower: BorrowerId,
    /// The share of this borrower's audiences that is held back; the smallest, if it changed in the season.
    pub share: Share,
    /// Rows of the largest copy: it decides how many slots were planted.
    pub largest_copy_rows: u64,
}

/// The people of the list whose address or number is in the leak, and where they stood.
#[derive(Debug, Clone, Default)]
pub struct Matched {
    /// Each once.
    pub people: Vec<SupporterId>,
    /// For each candidate, those who were in an audience of that borrower, mailed or held back.
    pub audiences: Vec<Marks>,
    /// For each candidate, those who stand in a copy handed to that borrower.
    pub in_copies: Vec<Marks>,
}

impl Matched {
    /// Asks for every candidate and person; each counts once, however often it is among `people`.
    pub fn of(
        people: &[SupporterId],
        candidates: &[Candidate],
        in_audience: impl Fn(BorrowerId, SupporterId) -> bool,
        in_copy: impl Fn(BorrowerId, SupporterId) -> bool,
    ) -> Self {
        let people: Vec<_> = people.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
        let marked = |is: &dyn Fn(BorrowerId, SupporterId) -> bool, candidate: &Candidate| {
            let mut marks = Marks::with_room(people.len());
            let inside = people.iter().enumerate().filter(|(_, person)| is(candidate.borrower, **person));
            inside.for_each(|(position, _)| marks.set(position));
            marks
        };
        let audiences = candidates.iter().map(|one| marked(&in_audience, one)).collect();
        let in_copies = candidates.iter().map(|one| marked(&in_copy, one)).collect();
        Self { people, audiences, in_copies }
    }
}

/// Leaked people as one candidate's draw sees them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowEvidence {
    /// In the audience and not held back: each speaks a little for.
    pub not_held_back: u64,
    /// In the audience and held back: each speaks strongly against.
    pub held_back: u64,
    /// Outside the audience: says nothing.
    pub outside: u64,
    /// In a copy handed over: told, not multiplied in.
    pub in_copy: u64,
}

/// A shared slot as one candidate's coin and the leak have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SharedSlot {
    /// The chance of holding it, in thousandths.
    pub chance_per_mille: u16,
    /// Whether the candidate holds it.
    pub held: bool,
    /// Whether its decoy is in the leak.
    pub seen: bool,
}

/// Leaked decoys as one candidate's plan sees them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeedEvidence {
    /// Every shared slot planned for the candidate's copies, held or not.
    pub shared: Vec<SharedSlot>,
    /// Unique slots planned.
    pub unique_slots: u64,
    /// Unique decoys of the candidate in the leak.
    pub unique_seen: u64,
}

/// What the leak says about one candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Who.
    pub borrower: BorrowerId,
    /// The held-back share.
    pub share: Share,
    /// From people.
    pub rows: RowEvidence,
    /// From seeds.
    pub seeds: SeedEvidence,
    /// From the decoys of the candidate's copies whose key only the trustees can open together.
    #[serde(default)]
    pub sealed: SealedEvidence,
}

/// Leaked sealed decoys of one candidate ([`crate::sealed`]).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedEvidence {
    /// How many were planted in the candidate's copies.
    pub slots: u64,
    /// How many of them are in the leak.
    pub seen: u64,
}

/// Counts the leaked people for the candidate at `place` among those that `matched` was made for.
pub fn rows_against(
    key: &HoldBackKey,
    season: &str,
    candidate: &Candidate,
    matched: &Matched,
    place: usize,
) -> RowEvidence {
    let draw = Draw::new(key, season, candidate.borrower, candidate.share);
    let mut rows = RowEvidence::default();
    let Some(audience) = matched.audiences.get(place) else { return rows };
    for person in audience.iter().filter_map(|position| matched.people.get(position)) {
        if draw.held_back(*person) {
            rows.held_back += 1;
        } else {
            rows.not_held_back += 1;
        }
    }
    rows.outside = (matched.people.len() as u64).saturating_sub(rows.held_back + rows.not_held_back);
    rows.in_copy = matched.in_copies.get(place).map_or(0, Marks::count);
    rows
}

/// Compares the seen decoys with the plan of one candidate.
pub fn seeds_against(
    key: &SeedKey,
    season: &str,
    candidate: &Candidate,
    sightings: &Sightings,
) -> SeedEvidence {
    let season = Season::new(key, season);
    let (unique_slots, shared_slots) = slots(candidate.largest_copy_rows);
    let unique_seen = (0..unique_slots)
        .map(|position| season.unique(position, candidate.borrower))
        .filter(|seed| sightings.unique.contains(&(seed.slot, seed.symbol)))
        .count() as u64;
    let shared = (0..shared_slots).filter_map(|slot| match season.shared(slot).kind {
        SeedKind::Shared { chance_per_mille } => Some(SharedSlot {
            chance_per_mille,
            held: season.holds(slot, candidate.borrower),
            seen: sightings.shared.contains(&slot),
        }),
        SeedKind::Unique => None,
    });
    SeedEvidence { shared: shared.collect(), unique_slots: u64::from(unique_slots), unique_seen }
}

/// The keys and names of a season.
#[derive(Debug, Clone, Copy)]
pub struct SeasonKeys<'a> {
    /// The season's name, as it was drawn with.
    pub season: &'a str,
    /// Behind the hold-back draw.
    pub hold_back: &'a HoldBackKey,
    /// Behind the seeds.
    pub seeds: &'a SeedKey,
    /// The domain of the decoys' addresses.
    pub seed_domain: &'a str,
}

impl Case {
    /// The evidence against all `candidates` from the matched people, all the leaked addresses, and the sealed seeds
    /// that were opened for it. The people are counted on all processors.
    pub fn gather<'a>(
        keys: SeasonKeys<'_>,
        candidates: &[Candidate],
        matched: &Matched,
        sealed: &[SealedSeeds],
        addresses: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let copies: Vec<_> = candidates.iter().map(|one| (one.borrower, one.largest_copy_rows)).collect();
        let index = all_decoys(keys.seeds, keys.season, keys.seed_domain, &copies);
        let at_domain: BTreeSet<String> =
            addresses.into_iter().filter_map(|address| index.at_domain(address)).collect();
        let sightings = index.sightings(at_domain.iter().map(String::as_str));
        let rows = counted(candidates, &|place, candidate| {
            rows_against(keys.hold_back, keys.season, candidate, matched, place)
        });
        let against = |(candidate, rows): (&Candidate, RowEvidence)| Evidence {
            borrower: candidate.borrower,
            share: candidate.share,
            rows,
            seeds: seeds_against(keys.seeds, keys.season, candidate, &sightings),
            sealed: sealed_against(sealed, candidate.borrower, keys.seed_domain, &at_domain),
        };
        Self {
            candidates: candidates.iter().zip(rows).map(against).collect(),
            unique_candidates: sightings.unique_candidates,
            unexplained: sightings.unique_candidates.saturating_sub(sightings.unique.len() as u64),
        }
    }
}

fn sealed_against(
    sealed: &[SealedSeeds],
    borrower: BorrowerId,
    domain: &str,
    leaked: &BTreeSet<String>,
) -> SealedEvidence {
    let mut found = SealedEvidence::default();
    for copy in sealed.iter().filter(|copy| copy.borrower == borrower) {
        for decoy in copy.decoys(domain) {
            found.slots += 1;
            found.seen += u64::from(leaked.contains(&decoy.email));
        }
    }
    found
}

/// `count` of every candidate, on all processors.
fn counted(
    candidates: &[Candidate],
    count: &(dyn Fn(usize, &Candidate) -> RowEvidence + Sync),
) -> Vec<RowEvidence> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(candidates.len()).max(1);
    // Each takes every so-many-th, since neighbours are often alike in size.
    let part = |first: usize| -> Vec<(usize, RowEvidence)> {
        let mine = candidates.iter().enumerate().skip(first).step_by(threads);
        mine.map(|(place, candidate)| (place, count(place, candidate))).collect()
    };
    let mut rows = vec![RowEvidence::default(); candidates.len()];
    let done: Vec<(usize, RowEvidence)> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|first| scope.spawn(move || part(first))).collect();
        let mut done = part(0);
        for other in others {
            match other.join() {
                Ok(more) => done.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    for (place, evidence) in done {
        if let Some(row) = rows.get_mut(place) {
            *row = evidence;
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeds::{decoy, plan};

    #[test]
    fn people_are_counted_once_and_on_their_side_of_the_draw() {
        let candidate = Candidate {
            borrower: format!("{:032x}", 1).parse().unwrap(),
            share: Share::SMALL,
            largest_copy_rows: 100,
        };
        let hold_back = HoldBackKey([1; 32]);
        let people: Vec<SupporterId> = (0..500).map(|n| format!("{n:032x}").parse().unwrap()).collect();
        let doubled = [people.clone(), people.clone()].concat();
        let early: BTreeSet<_> = people.iter().take(400).copied().collect();
        let in_audience = |_, person| early.contains(&person);
        let in_copy = |_, person| person == people[7];
        let matched = Matched::of(&doubled, &[candidate], in_audience, in_copy);
        let rows = rows_against(&hold_back, "s", &candidate, &matched, 0);
        assert_eq!((rows.outside, rows.in_copy), (100, 1));
        assert_eq!(rows.not_held_back + rows.held_back, 400);
        let draw = Draw::new(&hold_back, "s", candidate.borrower, candidate.share);
        let held = people.iter().take(400).filter(|person| draw.held_back(**person)).count();
        assert_eq!(rows.held_back, held as u64);

        let seeds = SeedKey([2; 32]);
        let planted = plan(&seeds, "s", candidate.borrower, 100);
        let addresses: Vec<_> =
            planted.iter().map(|seed| decoy(&seeds, seed.slot, seed.symbol, "d.example").email).collect();
        let keys = SeasonKeys { season: "s", hold_back: &hold_back, seeds: &seeds, seed_domain: "d.example" };
        let case = Case::gather(keys, &[candidate], &matched, &[], addresses.iter().map(String::as_str));
        let evidence = &case.candidates[0].seeds;
        assert_eq!((case.unique_candidates, evidence.unique_seen, evidence.unique_slots), (10, 10, 10));
        assert!(evidence.shared.len() == 10 && evidence.shared.iter().all(|slot| slot.held == slot.seen));
        assert_eq!(case.candidates[0].rows, rows);
    }
}
