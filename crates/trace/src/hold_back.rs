//! The hold-back draw: a keyed-random share of a borrower's audience is never mailed for that borrower. It is
//! the control group, and it marks every copy: a leaked row of a held-back person speaks against the borrower
//! having leaked it. The draw is the same all season, so that no second loan undoes it.

use crate::prf::{Prf, below_per_mille, commit};
use hustings_domain::chance::Rng;
use hustings_domain::ids::{BorrowerId, SupporterId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The season's secret behind the hold-back draw. Whoever knows it can frame a borrower, so it stays sealed
/// until an accusation opens it, and a new season begins then.
#[derive(Clone, PartialEq, Eq)]
pub struct HoldBackKey(pub [u8; 32]);

impl HoldBackKey {
    /// A new key; `rng` must be the cryptographic source outside tests.
    pub fn random(rng: &mut dyn Rng) -> Self {
        let mut bytes = [0; 32];
        rng.fill(&mut bytes);
        Self(bytes)
    }
}

impl fmt::Debug for HoldBackKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HoldBackKey(..)")
    }
}

/// Why a number is not a [`Share`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` per mille cannot be held back: use 1 to 500")]
pub struct NotAShare(pub u16);

/// The share of an audience that is held back, in thousandths (1 to 500).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Share(u16);

impl Share {
    /// 5 %, for audiences of 2,000 and more.
    pub const NORMAL: Self = Self(50);
    /// 10 %, for smaller audiences, where a row must say more.
    pub const SMALL: Self = Self(100);

    /// A share of `per_mille` thousandths.
    pub fn new(per_mille: u16) -> Result<Self, NotAShare> {
        if (1..=500).contains(&per_mille) { Ok(Self(per_mille)) } else { Err(NotAShare(per_mille)) }
    }

    /// The share for an audience of `people`.
    pub fn for_audience(people: u64) -> Self {
        if people < 2_000 { Self::SMALL } else { Self::NORMAL }
    }

    /// In thousandths.
    pub fn per_mille(self) -> u16 {
        self.0
    }

    /// As a fraction of 1.
    pub fn fraction(self) -> f64 {
        f64::from(self.0) / 1_000.0
    }
}

impl TryFrom<u16> for Share {
    type Error = NotAShare;
    fn try_from(per_mille: u16) -> Result<Self, NotAShare> {
        Self::new(per_mille)
    }
}

impl From<Share> for u16 {
    fn from(share: Share) -> Self {
        share.0
    }
}

/// The draw of one borrower for a season, with its key derived once: use it over many people.
#[derive(Clone)]
pub struct Draw {
    prf: Prf,
    share: Share,
}

impl Draw {
    /// The draw of `borrower` in `season`.
    pub fn new(key: &HoldBackKey, season: &str, borrower: BorrowerId, share: Share) -> Self {
        let prf = Prf::new(&key.0).derive(&[
            b"hustings/hold-back/v1",
            season.as_bytes(),
            borrower.0.as_bytes().as_slice(),
        ]);
        Self { prf, share }
    }

    /// Whether `person` is held back. Who is held back at a small share is held back at every larger one.
    pub fn held_back(&self, person: SupporterId) -> bool {
        below_per_mille(self.prf.number(&[person.0.as_bytes().as_slice()]), self.share.0)
    }
}

impl fmt::Debug for Draw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draw").field("share", &self.share).finish_non_exhaustive()
    }
}

/// Whether `person` is held back from `borrower` all `season`; [`Draw`] is the same for many people.
pub fn held_back(
    key: &HoldBackKey,
    season: &str,
    borrower: BorrowerId,
    person: SupporterId,
    share: Share,
) -> bool {
    Draw::new(key, season, borrower, share).held_back(person)
}

/// What goes to the ledger before the season's first draw: binds `key`, opened with `nonce` on accusation.
pub fn commitment(key: &HoldBackKey, nonce: &[u8; 32]) -> [u8; 32] {
    commit("hustings/hold-back/commitment/v1", &key.0, nonce)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(number: u32) -> SupporterId {
        format!("{number:032x}").parse().unwrap()
    }

    fn borrower(number: u32) -> BorrowerId {
        format!("{number:032x}").parse().unwrap()
    }

    #[test]
    fn the_share_is_held_and_borrowers_differ() {
        let key = HoldBackKey([3; 32]);
        let one = Draw::new(&key, "2026", borrower(1), Share::NORMAL);
        let two = Draw::new(&key, "2026", borrower(2), Share::NORMAL);
        let next = Draw::new(&key, "2027", borrower(1), Share::NORMAL);
        let count = |test: &dyn Fn(SupporterId) -> bool| (0..40_000).filter(|n| test(person(*n))).count();
        // 2,000 expected, standard deviation 44; both at once 100 expected, standard deviation 10.
        assert!((1_800..2_200).contains(&count(&|p| one.held_back(p))));
        assert!((50..150).contains(&count(&|p| one.held_back(p) && two.held_back(p))));
        assert!((50..150).contains(&count(&|p| one.held_back(p) && next.held_back(p))));
    }

    #[test]
    fn the_draw_is_stable_and_nested() {
        let key = HoldBackKey([4; 32]);
        for number in 0..2_000 {
            let at = |share| held_back(&key, "2026", borrower(1), person(number), share);
            assert_eq!(at(Share::NORMAL), at(Share::NORMAL));
            assert!(!at(Share::NORMAL) || at(Share::SMALL));
        }
    }

    #[test]
    fn shares_and_secrets() {
        assert_eq!(Share::for_audience(1_999), Share::SMALL);
        assert!((Share::for_audience(2_000).fraction() - 0.05).abs() < 1e-12);
        assert!(Share::new(0).is_err() && Share::new(501).is_err());
        assert!(serde_json::from_str::<Share>("0").is_err());
        let key = HoldBackKey([0xab; 32]);
        assert_eq!(format!("{key:?}"), "HoldBackKey(..)");
        assert_ne!(commitment(&key, &[0; 32]), commitment(&key, &[1; 32]));
        assert_ne!(commitment(&key, &[0; 32]), commitment(&HoldBackKey([0xac; 32]), &[0; 32]));
    }
}
