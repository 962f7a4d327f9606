//! What a leak says about each candidate: counts only, drawn from the keys, the audiences and the copies.

use super::Case;
use crate::hold_back::{Draw, HoldBackKey, Share};
use crate::seeds::lookup::{Sightings, all_decoys};
use crate::seeds::{Season, SeedKey, SeedKind, slots};
use hustings_domain::ids::{BorrowerId, SupporterId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

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

/// The people of the list whose address or number is in the leak.
#[derive(Clone, Copy)]
pub struct Matched<'a> {
    /// Each counts once, however often they are leaked or named here.
    pub people: &'a [SupporterId],
    /// Whether the person was in an audience of that borrower, mailed or held back.
    pub in_audience: &'a dyn Fn(BorrowerId, SupporterId) -> bool,
    /// Whether the person stands in a copy handed to that borrower.
    pub in_copy: &'a dyn Fn(BorrowerId, SupporterId) -> bool,
}

impl fmt::Debug for Matched<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Matched").field("people", &self.people.len()).finish_non_exhaustive()
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
}

/// Counts the leaked people for one candidate.
pub fn rows_against(
    key: &HoldBackKey,
    season: &str,
    candidate: &Candidate,
    matched: Matched<'_>,
) -> RowEvidence {
    let people: BTreeSet<_> = matched.people.iter().copied().collect();
    count_rows(key, season, candidate, matched, &people)
}

fn count_rows(
    key: &HoldBackKey,
    season: &str,
    candidate: &Candidate,
    matched: Matched<'_>,
    people: &BTreeSet<SupporterId>,
) -> RowEvidence {
    let draw = Draw::new(key, season, candidate.borrower, candidate.share);
    let mut rows = RowEvidence::default();
    for person in people {
        rows.in_copy += u64::from((matched.in_copy)(candidate.borrower, *person));
        if !(matched.in_audience)(candidate.borrower, *person) {
            rows.outside += 1;
        } else if draw.held_back(*person) {
            rows.held_back += 1;
        } else {
            rows.not_held_back += 1;
        }
    }
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
    /// The evidence against all `candidates` from the matched people and all the leaked addresses.
    pub fn gather<'a>(
        keys: SeasonKeys<'_>,
        candidates: &[Candidate],
        matched: Matched<'_>,
        addresses: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let copies: Vec<_> = candidates.iter().map(|one| (one.borrower, one.largest_copy_rows)).collect();
        let sightings = all_decoys(keys.seeds, keys.season, keys.seed_domain, &copies).sightings(addresses);
        let people: BTreeSet<_> = matched.people.iter().copied().collect();
        let against = |candidate: &Candidate| Evidence {
            borrower: candidate.borrower,
            share: candidate.share,
            rows: count_rows(keys.hold_back, keys.season, candidate, matched, &people),
            seeds: seeds_against(keys.seeds, keys.season, candidate, &sightings),
        };
        Self {
            candidates: candidates.iter().map(against).collect(),
            unique_candidates: sightings.unique_candidates,
        }
    }
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
        let matched = Matched { people: &doubled, in_audience: &in_audience, in_copy: &in_copy };
        let rows = rows_against(&hold_back, "s", &candidate, matched);
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
        let case = Case::gather(keys, &[candidate], matched, addresses.iter().map(String::as_str));
        let evidence = &case.candidates[0].seeds;
        assert_eq!((case.unique_candidates, evidence.unique_seen, evidence.unique_slots), (10, 10, 10));
        assert!(evidence.shared.len() == 10 && evidence.shared.iter().all(|slot| slot.held == slot.seen));
        assert_eq!(case.candidates[0].rows, rows);
    }
}
