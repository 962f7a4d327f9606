//! Sealed seeds: decoys of one copy from a key that is drawn for it, sealed to the trustees' public key and forgotten.
//! Who can read the owner's books and secrets afterwards still cannot tell them, and so cannot put them into a file
//! that is to look like that copy; the process that writes the copy could, while it writes it.

use crate::prf::{Prf, commit};
use crate::seeds::{Decoy, Season, SeedKey, decoy, slots};
use crate::trustees::{self, TraceKey, TrusteeError};
use hustings_domain::chance::Rng;
use hustings_domain::ids::{BorrowerId, CopyNumber};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The opened key behind the sealed seeds of one copy.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedSeeds {
    /// Which copy.
    pub copy: CopyNumber,
    /// Who got it.
    pub borrower: BorrowerId,
    /// How many were planted.
    pub slots: u32,
    /// Behind the decoys.
    #[serde(with = "crate::opening::hexadecimal")]
    pub key: [u8; 32],
    /// The commitment's nonce.
    #[serde(with = "crate::opening::hexadecimal")]
    pub nonce: [u8; 32],
}

impl fmt::Debug for SealedSeeds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedSeeds")
            .field("copy", &self.copy)
            .field("slots", &self.slots)
            .finish_non_exhaustive()
    }
}

impl SealedSeeds {
    /// New ones for a copy of `rows` people, half as many as its unique seeds; `rng` must be the cryptographic source.
    pub fn draw(copy: CopyNumber, borrower: BorrowerId, rows: u64, rng: &mut dyn Rng) -> Self {
        let (mut key, mut nonce) = ([0; 32], [0; 32]);
        rng.fill(&mut key);
        rng.fill(&mut nonce);
        Self { copy, borrower, slots: slots(rows).0.div_ceil(2), key, nonce }
    }

    /// Their people.
    pub fn decoys(&self, domain: &str) -> Vec<Decoy> {
        let key = SeedKey(self.key);
        let season = Season::new(&key, "sealed");
        (0..self.slots)
            .map(|position| season.unique(position, self.borrower))
            .map(|seed| decoy(&key, seed.slot, seed.symbol, domain))
            .collect()
    }

    /// What the ledger has of them before the copy leaves: binds copy, borrower, number and key.
    pub fn commitment(&self) -> [u8; 32] {
        let bound = Prf::new(&self.key).bytes(&[
            b"hustings/sealed-seeds/v1",
            &self.copy.0.to_le_bytes(),
            self.borrower.0.as_bytes(),
            &self.slots.to_le_bytes(),
        ]);
        commit("hustings/sealed-seeds/commitment/v1", &bound, &self.nonce)
    }

    /// Sealed so that only the trustees' shares, put together, open it.
    pub fn seal(&self, to: &[u8; 32], rng: &mut dyn Rng) -> Result<Vec<u8>, TrusteeError> {
        let plain = serde_json::to_vec(self).map_err(|_| TrusteeError::Crypto)?;
        trustees::seal(to, &plain, rng)
    }

    /// Opens what [`Self::seal`] sealed.
    pub fn open(key: &TraceKey, sealed: &[u8]) -> Result<Self, TrusteeError> {
        serde_json::from_slice(&key.open(sealed)?).map_err(|_| TrusteeError::Crypto)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trustees::split;
    use hustings_domain::chance::SeededRng;

    #[test]
    fn sealed_seeds_are_opened_by_the_trustees_alone() {
        let mut rng = SeededRng::new(3);
        let borrower = format!("{:032x}", 7).parse().unwrap();
        let seeds = SealedSeeds::draw(CopyNumber(4), borrower, 10_000, &mut rng);
        assert_eq!((seeds.slots, seeds.decoys("d.example").len()), (25, 25));
        let other = SealedSeeds { slots: 24, ..seeds.clone() };
        assert_ne!(seeds.commitment(), other.commitment());
        let (public, shares) = split(5, 3, &mut rng).unwrap();
        let sealed = seeds.seal(&public, &mut rng).unwrap();
        let key = TraceKey::from_shares(3, &shares[1..4], &public).unwrap();
        assert_eq!(SealedSeeds::open(&key, &sealed).unwrap(), seeds);
        let mut broken = sealed.clone();
        broken[40] ^= 1;
        assert!(SealedSeeds::open(&key, &broken).is_err());
        assert!(!sealed.windows(32).any(|window| window == seeds.key));
    }
}
