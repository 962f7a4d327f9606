//! One block of the index: 32,768 people as 512 words of 64 bits, and the operations on it.

use super::kernel;

/// Words in a block.
pub(crate) const WORDS: usize = 512;
/// People in a block.
pub(crate) const BLOCK: usize = WORDS * 64;
/// Words in a cache line: the step in which numeric columns are compared.
pub(crate) const LANE: usize = 8;

/// The block of an ordinal and the position inside it.
pub(crate) fn place(ordinal: u32) -> (usize, u16) {
    ((ordinal >> 15) as usize, (ordinal & 0x7fff) as u16)
}

/// The ordinal at a position of a block.
pub(crate) fn ordinal_at(block: usize, position: u16) -> u32 {
    u32::try_from(block * BLOCK).unwrap_or(u32::MAX) | u32::from(position)
}

/// One bit for each person of a block, on cache lines of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
#[repr(C, align(64))]
pub(crate) struct Words(pub(crate) [u64; WORDS]);

impl Words {
    pub(crate) const NONE: Self = Self([0; WORDS]);
    #[cfg(test)]
    pub(crate) const ALL: Self = Self([u64::MAX; WORDS]);

    pub(crate) fn has(&self, position: u16) -> bool {
        self.0.get(usize::from(position >> 6)).is_some_and(|word| word >> (position & 63) & 1 == 1)
    }

    pub(crate) fn set(&mut self, position: u16) {
        if let Some(word) = self.0.get_mut(usize::from(position >> 6)) {
            *word |= 1 << (position & 63);
        }
    }

    pub(crate) fn clear(&mut self, position: u16) {
        if let Some(word) = self.0.get_mut(usize::from(position >> 6)) {
            *word &= !(1 << (position & 63));
        }
    }

    pub(crate) fn and(&mut self, other: &Self) {
        kernel::and(&mut self.0, &other.0);
    }

    pub(crate) fn or(&mut self, other: &Self) {
        kernel::or(&mut self.0, &other.0);
    }

    pub(crate) fn and_not(&mut self, other: &Self) {
        kernel::and_not(&mut self.0, &other.0);
    }

    pub(crate) fn is_empty(&self) -> bool {
        kernel::is_empty(&self.0)
    }

    /// How many bits are set.
    pub(crate) fn count(&self) -> u32 {
        kernel::count(&self.0)
    }

    /// How many bits are set in both.
    pub(crate) fn count_and(&self, other: &Self) -> u32 {
        kernel::count_and(&self.0, &other.0)
    }

    /// How many of `positions` are set.
    pub(crate) fn count_of(&self, positions: &[u16]) -> u32 {
        kernel::count_of(&self.0, positions)
    }

    /// Every position, in order.
    pub(crate) fn positions(&self) -> impl Iterator<Item = u16> + '_ {
        (0_u16..).step_by(64).zip(&self.0).flat_map(|(start, &word)| BitsOf(word).map(move |bit| start + bit))
    }
}

struct BitsOf(u64);

impl Iterator for BitsOf {
    type Item = u16;
    #[expect(clippy::cast_possible_truncation, reason = "a bit's position in a word is below 64")]
    fn next(&mut self) -> Option<u16> {
        if self.0 == 0 {
            return None;
        }
        let bit = self.0.trailing_zeros() as u16;
        self.0 &= self.0 - 1;
        Some(bit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counting_agrees_with_listing() {
        let mut words = Words::NONE;
        let mut state = 9_u64;
        for round in 0..4_000_u32 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            words.set(u16::try_from(state >> 49).unwrap());
            if round % 97 == 0 {
                assert_eq!(words.count() as usize, words.positions().count());
            }
        }
        let mut odd = Words::NONE;
        (1..BLOCK).step_by(2).for_each(|at| odd.set(u16::try_from(at).unwrap()));
        let both = words.positions().filter(|position| position % 2 == 1).count();
        assert_eq!(words.count_and(&odd) as usize, both);
        assert_eq!(Words::ALL.count() as usize, BLOCK);
        assert_eq!(Words::NONE.count(), 0);
        assert!(words.positions().all(|position| words.has(position)));
        assert!(words.positions().is_sorted());
    }
}
