//! Chance is an argument: everything random takes an [`Rng`], so that a story can be replayed from a seed.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// A source of random bytes; the production one is cryptographic (`hustings-vault`), the replayable one is [`SeededRng`].
pub trait Rng: Send {
    /// Fills the whole of `bytes`.
    fn fill(&mut self, bytes: &mut [u8]);

    /// A uniform 64-bit number.
    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    /// A uniform number in `0..bound` without bias (Lemire, 2019); 0 when `bound` is 0.
    fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        let threshold = bound.wrapping_neg() % bound;
        loop {
            let product = u128::from(self.next_u64()) * u128::from(bound);
            #[expect(
                clippy::cast_possible_truncation,
                reason = "the low half is what Lemire's test looks at"
            )]
            if product as u64 >= threshold {
                return u64::try_from(product >> 64).unwrap_or(0);
            }
        }
    }

    /// A uniform number in `[0, 1)` with 53 bits.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
    fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// `N` random bytes.
    fn bytes<const N: usize>(&mut self) -> [u8; N]
    where
        Self: Sized,
    {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}

impl<R: Rng + ?Sized> Rng for &mut R {
    fn fill(&mut self, bytes: &mut [u8]) {
        (**self).fill(bytes);
    }
}

impl<R: Rng + ?Sized> Rng for Box<R> {
    fn fill(&mut self, bytes: &mut [u8]) {
        (**self).fill(bytes);
    }
}

/// `ChaCha20` from a seed: for the demo and the tests, where the same seed must tell the same story.
#[derive(Debug, Clone)]
pub struct SeededRng(ChaCha20Rng);

impl SeededRng {
    /// The generator of `seed`.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha20Rng::seed_from_u64(seed))
    }

    /// An independent generator of the same seed for one named purpose, so that adding draws to one part
    /// of the story does not move another.
    pub fn named(seed: u64, name: &str) -> Self {
        let digest = crate::canonical::sha256(format!("{seed}/{name}").as_bytes());
        Self(ChaCha20Rng::from_seed(digest))
    }
}

impl Rng for SeededRng {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill_bytes(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_tells_the_same_story() {
        let draw = |seed| (0..5).map(|_| SeededRng::new(seed).next_u64()).collect::<Vec<_>>();
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        assert_ne!(SeededRng::named(1, "a").next_u64(), SeededRng::named(1, "b").next_u64());
    }

    #[test]
    fn below_stays_below_and_reaches_everything() {
        let mut rng = SeededRng::new(7);
        let mut seen = [0_u32; 6];
        for _ in 0..6_000 {
            seen[usize::try_from(rng.below(6)).unwrap()] += 1;
        }
        assert!(seen.iter().all(|&n| (850..1150).contains(&n)), "{seen:?}");
        assert_eq!(rng.below(0), 0);
    }
}
