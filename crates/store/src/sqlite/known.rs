//! Whether a hash may be on the list, answered without touching the tree: a Bloom filter in blocks of one cache line
//! (Putze, Sanders and Singler, 2007). "No" is certain; "yes" is wrong about once in a hundred times.

/// 64-bit words in a block of 512 bits.
const WORDS: usize = 8;
/// Bits for each hash.
const BITS_PER_HASH: usize = 12;
/// Bits that each hash sets in its block.
const PROBES: u32 = 6;

/// The hashes that were added. They are keyed hashes already, each column's under a key of its own, so their own bits
/// serve as the filter's.
pub(super) struct Known {
    blocks: Vec<[u64; WORDS]>,
    room: usize,
}

impl Known {
    /// For so many hashes.
    pub(super) fn with_room(room: usize) -> Self {
        let blocks = (room * BITS_PER_HASH).div_ceil(WORDS * 64).max(1);
        Self { blocks: vec![[0; WORDS]; blocks], room }
    }

    /// How many more hashes it takes before its "yes" is worth less.
    pub(super) fn room(&self) -> usize {
        self.room
    }

    pub(super) fn add(&mut self, hash: &[u8; 16]) {
        self.room = self.room.saturating_sub(1);
        let (block, bits) = self.place(hash);
        if let Some(block) = self.blocks.get_mut(block) {
            block.iter_mut().zip(bits).for_each(|(word, bits)| *word |= bits);
        }
    }

    pub(super) fn may_have(&self, hash: &[u8; 16]) -> bool {
        let (block, bits) = self.place(hash);
        self.blocks
            .get(block)
            .is_some_and(|block| block.iter().zip(bits).all(|(word, bits)| word & bits == bits))
    }

    fn place(&self, hash: &[u8; 16]) -> (usize, [u64; WORDS]) {
        let number = u128::from_le_bytes(*hash);
        // The lower half chooses the block, the upper half the bits in it.
        let lower = u64::try_from(number & u128::from(u64::MAX)).unwrap_or(0);
        let block = (u128::from(lower) * self.blocks.len() as u128) >> 64;
        let mut upper = u64::try_from(number >> 64).unwrap_or(0);
        let mut bits = [0; WORDS];
        for _ in 0..PROBES {
            let word = usize::try_from(upper >> 6 & 7).unwrap_or(0);
            if let Some(word) = bits.get_mut(word) {
                *word |= 1 << (upper & 63);
            }
            upper >>= 9;
        }
        (usize::try_from(block).unwrap_or(0), bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hustings_domain::canonical::sha256;

    fn hash(number: u32) -> [u8; 16] {
        sha256(&number.to_le_bytes())[..16].try_into().unwrap()
    }

    #[test]
    fn what_was_added_is_known_and_most_else_is_not() {
        let mut known = Known::with_room(20_000);
        (0..20_000).for_each(|number| known.add(&hash(number)));
        assert!((0..20_000).all(|number| known.may_have(&hash(number))));
        assert_eq!(known.room(), 0);
        let wrong = (20_000..120_000).filter(|number| known.may_have(&hash(*number))).count();
        assert!(wrong < 2_000, "{wrong} of 100,000");
    }
}
