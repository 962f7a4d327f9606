//! A set of people by position, a bit for each.

/// A set of people, each by position from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People(Vec<u64>);

impl People {
    /// Nobody, with room for `count` people.
    pub fn none(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)])
    }

    /// Puts a person in.
    pub fn insert(&mut self, person: u32) {
        let word = (person >> 6) as usize;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= 1 << (person & 63);
        }
    }

    /// Whether a person is in it.
    pub fn contains(&self, person: u32) -> bool {
        self.word((person >> 6) as usize) >> (person & 63) & 1 == 1
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// Every person, in order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().zip(0_u32..).flat_map(|(word, place)| Bits(*word).map(move |bit| place * 64 + bit))
    }

    /// The people from `64 * place` on, as bits.
    pub(crate) fn word(&self, place: usize) -> u64 {
        self.0.get(place).copied().unwrap_or(0)
    }

    /// One more than the greatest position that may be in it.
    pub(crate) fn bound(&self) -> usize {
        let last = self.0.iter().rposition(|word| *word != 0);
        last.map_or(0, |place| place * 64 + 64 - at_top(self.word(place)))
    }
}

fn at_top(word: u64) -> usize {
    word.leading_zeros() as usize
}

impl FromIterator<u32> for People {
    fn from_iter<I: IntoIterator<Item = u32>>(people: I) -> Self {
        let mut set = Self::default();
        people.into_iter().for_each(|person| set.insert(person));
        set
    }
}

/// The positions of the bits that are set, from the lowest.
#[derive(Debug, Clone)]
pub(crate) struct Bits(pub(crate) u64);

impl Iterator for Bits {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        if self.0 == 0 {
            return None;
        }
        let bit = self.0.trailing_zeros();
        self.0 &= self.0 - 1;
        Some(bit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_gives_back_what_was_put_in() {
        let set: People = [5, 64, 0, 200, 5].into_iter().collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), [0, 5, 64, 200]);
        assert_eq!((set.count(), set.bound()), (4, 201));
        assert!(set.contains(64) && !set.contains(65) && !set.contains(9_999));
        assert_eq!(People::none(100).bound(), 0);
    }
}
