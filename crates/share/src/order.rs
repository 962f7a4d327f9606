//! The order in which people are looked at: a permutation drawn from the seed, worked out place by place and never
//! written down. Whoever comes first is chance, not the order in which the list was brought in.

use hustings_domain::chance::{Rng as _, SeededRng};

/// Rounds of the network; four already make a pseudorandom permutation of a pseudorandom function (Luby and Rackoff,
/// 1988), six leave no pattern of the cheap function that stands for it here.
const ROUNDS: usize = 6;

/// How many neighbours stay together where the order need not part them.
const STRETCH: usize = 128;

/// A permutation of `0..count`.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    count: u64,
    half_bits: u32,
    keys: [u64; ROUNDS],
}

impl Order {
    pub(crate) fn new(count: usize, seed: u64, round: u32) -> Self {
        let count = count as u64;
        let bits = 64 - count.saturating_sub(1).leading_zeros();
        let mut rng = SeededRng::named(seed, &format!("hustings/share/order/v1/{round}"));
        Self { count, half_bits: bits.div_ceil(2).max(1), keys: std::array::from_fn(|_| rng.next_u64()) }
    }

    /// Every person once, in the drawn order.
    pub(crate) fn people(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.count).map(|place| usize::try_from(self.person(place)).unwrap_or(usize::MAX))
    }

    /// Every person once: neighbours by the hundred, the hundreds in the drawn order. Memory is read in a row, and who
    /// comes early in one round comes late in another.
    pub(crate) fn in_stretches(count: usize, seed: u64, round: u32) -> impl Iterator<Item = usize> {
        let order = Self::new(count.div_ceil(STRETCH), seed, round);
        (0..order.count).flat_map(move |place| {
            let first = usize::try_from(order.person(place)).unwrap_or(usize::MAX) * STRETCH;
            first..count.min(first + STRETCH)
        })
    }

    /// Who stands at `place`: the network permutes a power of four, so places that fall outside go through again.
    fn person(&self, place: u64) -> u64 {
        let mut person = self.round_trip(place);
        while person >= self.count {
            person = self.round_trip(person);
        }
        person
    }

    fn round_trip(&self, value: u64) -> u64 {
        let mask = (1_u64 << self.half_bits) - 1;
        let (mut left, mut right) = (value >> self.half_bits, value & mask);
        for key in self.keys {
            (left, right) = (right, left ^ (mix(right ^ key) & mask));
        }
        left << self.half_bits | right
    }
}

/// The finaliser of `SplitMix64` (Steele, Lea and Flood, 2014).
fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_comes_once_and_the_seed_decides_when() {
        for count in [0, 1, 2, 3, 64, 1_000] {
            let mut seen: Vec<usize> = Order::new(count, 7, 0).people().collect();
            seen.sort_unstable();
            assert_eq!(seen, (0..count).collect::<Vec<_>>());
        }
        let drawn = |seed| Order::new(1_000, seed, 0).people().collect::<Vec<_>>();
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1), drawn(2));
        assert_ne!(drawn(1), (0..1_000).collect::<Vec<_>>());
    }

    #[test]
    fn stretches_hold_everybody_once() {
        for count in [0, 1, 127, 128, 129, 5_000] {
            let mut seen: Vec<usize> = Order::in_stretches(count, 7, 1).collect();
            seen.sort_unstable();
            assert_eq!(seen, (0..count).collect::<Vec<_>>());
        }
    }

    #[test]
    fn neighbours_are_thrown_apart() {
        // Of two neighbours, the later comes first in about half the cases.
        let mut place = vec![0; 20_000];
        Order::new(20_000, 3, 0).people().enumerate().for_each(|(at, person)| place[person] = at);
        let swapped = place.windows(2).filter(|pair| pair[0] > pair[1]).count();
        assert!((9_700..10_300).contains(&swapped), "{swapped}");
    }
}
