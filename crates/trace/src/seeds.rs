//! Seeds: believable generated people planted in every copy. Half of the slots carry a person
//! who is in this borrower's copies alone; the others carry a person whom several borrowers hold, each by a keyed coin,
//! so that deleting what differs between two copies does not delete every seed.

mod names;

pub mod lookup;

use crate::prf::{Prf, below_per_mille, commit, first_number};
use hustings_domain::chance::Rng;
use hustings_domain::ids::BorrowerId;
use serde::{Deserialize, Serialize};
use std::fmt;

pub use lookup::all_decoys;

/// Symbols of a unique slot: a borrower's is uniform in `0..SYMBOLS`.
pub const SYMBOLS: u64 = 1 << 40;

/// Different addresses that a decoy can have (256 given names, 256 family names, 65,536 numbers), each as
/// likely as any other: an innocent's decoy equals one given address with a chance of one in this.
pub const ADDRESSES: u64 = 1 << 32;

/// The first number of the unique slots; shared slots count from 0 and stay far below it.
pub const UNIQUE_FIRST: u32 = 1 << 24;

/// The fewest slots that a copy gets.
pub const FEWEST_SLOTS: u32 = 20;

/// Chances, in thousandths, that a borrower holds a shared slot; slot `s` has the `s % 4`th.
const SHARED_CHANCES: [u16; 4] = [500, 650, 800, 900];

/// The season's secret behind the seeds; what [`crate::HoldBackKey`] says holds here too.
#[derive(Clone, PartialEq, Eq)]
pub struct SeedKey(pub [u8; 32]);

impl SeedKey {
    /// A new key; `rng` must be the cryptographic source outside tests.
    pub fn random(rng: &mut dyn Rng) -> Self {
        let mut bytes = [0; 32];
        rng.fill(&mut bytes);
        Self(bytes)
    }
}

impl fmt::Debug for SeedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SeedKey(..)")
    }
}

/// What goes to the ledger before the season's first copy: binds `key`, opened with `nonce` on accusation.
pub fn commitment(key: &SeedKey, nonce: &[u8; 32]) -> [u8; 32] {
    commit("hustings/seeds/commitment/v1", &key.0, nonce)
}

/// How a slot is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SeedKind {
    /// A decoy of this borrower alone.
    Unique,
    /// One decoy that each borrower holds with this chance, in thousandths.
    Shared {
        /// In thousandths.
        chance_per_mille: u16,
    },
}

/// A seed that stands in a copy; [`decoy`] makes its person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PlantedSeed {
    /// The slot's number in the season.
    pub slot: u32,
    /// How the slot is filled.
    pub kind: SeedKind,
    /// Which of the slot's possible people it is, in `0..SYMBOLS`.
    pub symbol: u64,
}

/// How many slots a copy of `rows` people has, as (unique, shared): 2 % up to 5,000 rows, 1 % up to 50,000,
/// 0.5 % above, at least 20, half of them unique; never fewer for more rows, so that a later and larger copy
/// contains the slots of an earlier one.
pub fn slots(rows: u64) -> (u32, u32) {
    let rate = |rows: u64, per_mille: u64| (rows * per_mille).div_ceil(1_000);
    let rows = rows.min(100_000_000);
    let by_rows = match rows {
        0..=5_000 => rate(rows, 20),
        5_001..=50_000 => rate(rows, 10).max(100),
        _ => rate(rows, 5).max(500),
    };
    let all = u32::try_from(by_rows).unwrap_or(u32::MAX).max(FEWEST_SLOTS);
    // Half: of four who mix, one shows two of its own with 50, and too seldom with 25 (`bench/RESULTS.md`); what
    // deletes a unique decoy, keeping only common rows, leaves the rows to speak.
    let unique = all / 2;
    (unique, all - unique)
}

fn shared_chance(slot: u32) -> u16 {
    let [a, b, c, d] = SHARED_CHANCES;
    match slot % 4 {
        0 => a,
        1 => b,
        2 => c,
        _ => d,
    }
}

/// The seeds of one season under one key.
#[derive(Clone)]
pub(crate) struct Season {
    prf: Prf,
}

impl Season {
    pub(crate) fn new(key: &SeedKey, season: &str) -> Self {
        Self { prf: Prf::new(&key.0).derive(&[b"hustings/seeds/v1", season.as_bytes()]) }
    }

    /// Whether `borrower` holds shared `slot`: PRF(key, season, slot, borrower) below the slot's chance.
    pub(crate) fn holds(&self, slot: u32, borrower: BorrowerId) -> bool {
        let parts: [&[u8]; 3] = [b"coin", &slot.to_le_bytes(), borrower.0.as_bytes()];
        below_per_mille(self.prf.number(&parts), shared_chance(slot))
    }

    fn unique_symbol(&self, slot: u32, borrower: BorrowerId) -> u64 {
        let parts: [&[u8]; 3] = [b"unique", &slot.to_le_bytes(), borrower.0.as_bytes()];
        self.prf.number(&parts) % SYMBOLS
    }

    pub(crate) fn shared(&self, slot: u32) -> PlantedSeed {
        let symbol = self.prf.number(&[b"shared", &slot.to_le_bytes()]) % SYMBOLS;
        PlantedSeed { slot, kind: SeedKind::Shared { chance_per_mille: shared_chance(slot) }, symbol }
    }

    pub(crate) fn unique(&self, position: u32, borrower: BorrowerId) -> PlantedSeed {
        let slot = UNIQUE_FIRST + position;
        PlantedSeed { slot, kind: SeedKind::Unique, symbol: self.unique_symbol(slot, borrower) }
    }
}

/// The seeds to plant in a copy of `rows` people for `copy_of`. The same for every copy to that borrower in a
/// season, but that a larger copy has more of them.
pub fn plan(key: &SeedKey, season: &str, copy_of: BorrowerId, rows: u64) -> Vec<PlantedSeed> {
    let season = Season::new(key, season);
    let (unique, shared) = slots(rows);
    let unique = (0..unique).map(|position| season.unique(position, copy_of));
    let shared = (0..shared).filter(|slot| season.holds(*slot, copy_of)).map(|slot| season.shared(slot));
    unique.chain(shared).collect()
}

/// A generated person; no real one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Decoy {
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Lower-case address at the seed domain, whose mailbox takes every local part.
    pub email: String,
    /// A fixed random number of this decoy, for [`Decoy::pick`].
    pub chance: u64,
}

impl Decoy {
    /// Chooses one of `choices` for good: such as a postal code out of those of the copy's other rows, which
    /// makes the decoy at home among them.
    pub fn pick<'a, T>(&self, choices: &'a [T]) -> Option<&'a T> {
        let position = self.chance.checked_rem(choices.len() as u64)?;
        choices.get(usize::try_from(position).ok()?)
    }
}

/// The person of `symbol` in `slot`, with an address `given.family<digits>@<domain>`.
pub fn decoy(key: &SeedKey, slot: u32, symbol: u64, domain: &str) -> Decoy {
    let bytes = Prf::new(&key.0).bytes(&[b"hustings/decoy/v1", &slot.to_le_bytes(), &symbol.to_le_bytes()]);
    let [given, family, low, high, rest @ ..] = bytes;
    let name = |names: &[&'static str; 256], position: u8| {
        names.get(usize::from(position)).copied().unwrap_or_default()
    };
    let (given_name, family_name) = (name(&names::GIVEN, given), name(&names::FAMILY, family));
    let number = 10_000 + u32::from(u16::from_le_bytes([low, high]));
    Decoy {
        given_name: given_name.to_owned(),
        family_name: family_name.to_owned(),
        email: format!("{given_name}.{family_name}{number}@{domain}").to_lowercase(),
        chance: first_number(&rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn borrower(number: u32) -> BorrowerId {
        format!("{number:032x}").parse().unwrap()
    }

    #[test]
    fn copies_get_the_stated_number_of_slots() {
        assert_eq!(slots(0), (10, 10));
        assert_eq!(slots(300), (10, 10));
        assert_eq!(slots(1_600), (16, 16));
        assert_eq!(slots(5_000), (50, 50));
        assert_eq!(slots(10_000), (50, 50));
        assert_eq!(slots(100_000), (250, 250));
        assert!((0..120_000).step_by(37).map(|rows| slots(rows).0).is_sorted());
        assert!((0..120_000).step_by(37).map(|rows| slots(rows).1).is_sorted());
        assert!(slots(u64::MAX).1 < UNIQUE_FIRST);
    }

    #[test]
    fn unique_seeds_differ_and_shared_seeds_are_shared() {
        let key = SeedKey([5; 32]);
        let one = plan(&key, "2026", borrower(1), 200_000);
        let two = plan(&key, "2026", borrower(2), 200_000);
        let set = |seeds: &[PlantedSeed]| seeds.iter().copied().collect::<BTreeSet<_>>();
        let common: Vec<_> = set(&one).intersection(&set(&two)).copied().collect();
        assert!(common.iter().all(|seed| seed.kind != SeedKind::Unique));
        // 500 shared slots; both hold a slot with a mean chance of 0.53: 265 expected.
        assert!((210..320).contains(&common.len()), "{}", common.len());
        for (chance, slots) in [(500, 125), (650, 125), (800, 125), (900, 125)] {
            let kind = SeedKind::Shared { chance_per_mille: chance };
            let held = one.iter().filter(|seed| seed.kind == kind).count();
            let expected = slots * usize::from(chance) / 1_000;
            assert!(held.abs_diff(expected) < 30, "{chance}: {held}");
        }
    }

    #[test]
    fn a_larger_copy_contains_the_seeds_of_a_smaller() {
        let key = SeedKey([6; 32]);
        let small: BTreeSet<_> = plan(&key, "2026", borrower(1), 300).into_iter().collect();
        let large: BTreeSet<_> = plan(&key, "2026", borrower(1), 30_000).into_iter().collect();
        assert!(small.is_subset(&large) && small.len() < large.len());
    }

    #[test]
    fn decoys_are_people_with_an_address_of_their_own() {
        let key = SeedKey([7; 32]);
        let decoys: Vec<_> = (0..2_000).map(|symbol| decoy(&key, 3, symbol, "postbox.example")).collect();
        let addresses: BTreeSet<_> = decoys.iter().map(|decoy| &decoy.email).collect();
        assert_eq!(addresses.len(), decoys.len());
        for decoy in &decoys {
            let expected = format!("{}.{}", decoy.given_name, decoy.family_name).to_lowercase();
            assert!(decoy.email.starts_with(&expected) && decoy.email.ends_with("@postbox.example"));
        }
        assert_eq!(decoys[0], decoy(&key, 3, 0, "postbox.example"));
        assert_ne!(decoys[0], decoy(&SeedKey([8; 32]), 3, 0, "postbox.example"));
        assert!(decoys[0].pick(&["05401", "05602"]).is_some());
        assert_eq!(decoys[0].pick::<u8>(&[]), None);
    }

    #[test]
    fn names_are_distinct() {
        for list in [&names::GIVEN, &names::FAMILY] {
            let distinct: BTreeSet<_> = list.iter().collect();
            assert_eq!(distinct.len(), 256);
            assert!(list.iter().all(|name| name.len() > 1 && name.bytes().all(|b| b.is_ascii_alphabetic())));
        }
    }
}
