//! Sets of leaked people by their position, a bit each: a million people against 500 audiences is 62 MB.

/// A set of positions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks(Vec<u64>);

impl Marks {
    /// An empty set with room for `people`.
    pub fn with_room(people: usize) -> Self {
        Self(vec![0; people.div_ceil(64)])
    }

    /// Adds a position; one without room is left out.
    pub fn set(&mut self, position: usize) {
        if let Some(word) = self.0.get_mut(position / 64) {
            *word |= 1 << (position % 64);
        }
    }

    /// Whether a position is in the set.
    pub fn has(&self, position: usize) -> bool {
        self.0.get(position / 64).is_some_and(|word| word >> (position % 64) & 1 == 1)
    }

    /// How many positions there are.
    pub fn count(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// Adds all of `other`, which has the same room.
    pub fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, more)| *word |= more);
    }

    /// The positions in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(place, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = left.checked_ilog2().map(|_| left.trailing_zeros())?;
                left &= left - 1;
                Some(place * 64 + bit as usize)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_kept_in_order() {
        let mut marks = Marks::with_room(130);
        for position in [129, 0, 64, 63, 64, 500] {
            marks.set(position);
        }
        assert_eq!(marks.iter().collect::<Vec<_>>(), [0, 63, 64, 129]);
        assert_eq!((marks.count(), marks.has(63), marks.has(62), marks.has(500)), (4, true, false, false));
        let mut other = Marks::with_room(130);
        other.set(5);
        other.add(&marks);
        assert_eq!(other.count(), 5);
    }
}
