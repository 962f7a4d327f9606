//! From an address back to the seed: which slot a leaked or written-to address belongs to, and who holds it.

use super::{PlantedSeed, Season, SeedKey, SeedKind, decoy, slots};
use hustings_domain::ids::BorrowerId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A decoy's seed and the borrowers in whose copies it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlantedDecoy {
    /// The seed.
    pub seed: PlantedSeed,
    /// Who holds it; nobody, for a shared slot that every coin left empty.
    pub holders: BTreeSet<BorrowerId>,
}

/// Every decoy of a season by its address.
#[derive(Debug, Clone, Default)]
pub struct DecoyIndex {
    domain: String,
    by_address: BTreeMap<String, Vec<PlantedDecoy>>,
}

/// Every decoy of `season` for `copies`: each borrower with the rows of its largest copy.
pub fn all_decoys(key: &SeedKey, season: &str, domain: &str, copies: &[(BorrowerId, u64)]) -> DecoyIndex {
    let mut index = DecoyIndex { domain: domain.to_lowercase(), by_address: BTreeMap::new() };
    let drawn = Season::new(key, season);
    let mut add = |seed: PlantedSeed, holders| {
        let address = decoy(key, seed.slot, seed.symbol, domain).email;
        index.by_address.entry(address).or_default().push(PlantedDecoy { seed, holders });
    };
    let largest = copies.iter().map(|(_, rows)| slots(*rows).1).max().unwrap_or(0);
    for slot in 0..largest {
        let has = |copy: &&(BorrowerId, u64)| slot < slots(copy.1).1 && drawn.holds(slot, copy.0);
        add(drawn.shared(slot), copies.iter().filter(has).map(|copy| copy.0).collect());
    }
    for (borrower, rows) in copies {
        for position in 0..slots(*rows).0 {
            add(drawn.unique(position, *borrower), BTreeSet::from([*borrower]));
        }
    }
    index
}

impl DecoyIndex {
    /// The seeds at `address`: nearly always one; two people can share an address once in `ADDRESSES` pairs.
    pub fn look_up(&self, address: &str) -> &[PlantedDecoy] {
        self.by_address.get(&address.to_lowercase()).map(Vec::as_slice).unwrap_or_default()
    }

    /// Every address with its seeds, ordered by address.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[PlantedDecoy])> {
        self.by_address.iter().map(|(address, seeds)| (address.as_str(), seeds.as_slice()))
    }

    /// `address` in lower case, if it is at the decoys' domain.
    pub(crate) fn at_domain(&self, address: &str) -> Option<String> {
        let (_, domain) = address.rsplit_once('@')?;
        domain.eq_ignore_ascii_case(&self.domain).then(|| address.to_lowercase())
    }

    /// What `addresses` tell of the seeds: those of a leaked file, or those that unwanted mail was sent to.
    pub fn sightings<'a>(&self, addresses: impl IntoIterator<Item = &'a str>) -> Sightings {
        let mut sightings = Sightings::default();
        let mut candidates = BTreeSet::new();
        for address in addresses {
            let Some(address) = self.at_domain(address) else { continue };
            let seeds = self.look_up(&address);
            for seed in seeds.iter().map(|planted| planted.seed) {
                match seed.kind {
                    SeedKind::Shared { .. } => sightings.shared.insert(seed.slot),
                    SeedKind::Unique => sightings.unique.insert((seed.slot, seed.symbol)),
                };
            }
            if !seeds.iter().any(|planted| planted.seed.kind != SeedKind::Unique) {
                candidates.insert(address);
            }
        }
        sightings.unique_candidates = candidates.len() as u64;
        sightings
    }
}

/// The seeds that were seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sightings {
    /// Shared slots whose decoy was seen.
    pub shared: BTreeSet<u32>,
    /// Unique decoys that were seen, as (slot, symbol).
    pub unique: BTreeSet<(u32, u64)>,
    /// Different addresses at the seed domain that are no shared decoy, whether or not they are anybody's: a
    /// forger can write many, and each is one more chance to hit an innocent's.
    pub unique_candidates: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeds::plan;

    fn borrower(number: u32) -> BorrowerId {
        format!("{number:032x}").parse().unwrap()
    }

    #[test]
    fn an_address_leads_back_to_its_holders() {
        let key = SeedKey([9; 32]);
        let copies = [(borrower(1), 300), (borrower(2), 20_000), (borrower(3), 300)];
        let index = all_decoys(&key, "2026", "Postbox.example", &copies);
        for (who, rows) in copies {
            let planted = plan(&key, "2026", who, rows);
            for seed in &planted {
                let address = decoy(&key, seed.slot, seed.symbol, "postbox.example").email;
                let found = index.look_up(&address.to_uppercase());
                assert!(found.iter().any(|hit| hit.seed == *seed && hit.holders.contains(&who)));
            }
            let held = index.iter().flat_map(|(_, seeds)| seeds).filter(|seed| seed.holders.contains(&who));
            assert_eq!(held.count(), planted.len());
        }
        assert!(index.look_up("nobody@postbox.example").is_empty());
    }

    #[test]
    fn sightings_count_forged_addresses_once() {
        let key = SeedKey([9; 32]);
        let index = all_decoys(&key, "2026", "postbox.example", &[(borrower(1), 300)]);
        let of = |kind: fn(&SeedKind) -> bool| {
            let hit = index.iter().find(|(_, seeds)| seeds.iter().all(|planted| kind(&planted.seed.kind)));
            hit.unwrap().0.to_owned()
        };
        let (unique, shared) = (of(|k| *k == SeedKind::Unique), of(|k| *k != SeedKind::Unique));
        let forged = "ann.forged12345@postbox.example";
        let seen = index.sightings([&*unique, &shared, &shared, forged, forged, "a@elsewhere.example"]);
        assert_eq!((seen.unique.len(), seen.shared.len(), seen.unique_candidates), (1, 1, 2));
    }
}
