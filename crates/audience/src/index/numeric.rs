//! A column of whole numbers, at most one a person. In each block, few values are kept as a sorted list and many
//! as bit slices.

mod sliced;

pub(super) use sliced::{Lane, STRIDES, Sliced};

use super::bitmap::Container;
use super::words::{Words, place};
use hustings_domain::ids::Ordinal;

/// A list of values longer than this becomes slices.
pub(super) const SPARSE_MAX: usize = 512;

#[derive(Debug, Clone)]
pub(super) enum NumericBlock {
    Sparse(Vec<(u16, i64)>),
    Sliced(Sliced),
}

impl Default for NumericBlock {
    fn default() -> Self {
        Self::Sparse(Vec::new())
    }
}

/// A column of whole numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Numeric {
    pub(super) blocks: Vec<NumericBlock>,
}

impl Numeric {
    pub(super) fn set(&mut self, ordinal: Ordinal, value: i64) {
        let (block, position) = place(ordinal.0);
        if self.blocks.len() <= block {
            self.blocks.resize_with(block + 1, NumericBlock::default);
        }
        if let Some(block) = self.blocks.get_mut(block) {
            block.set(position, value);
        }
    }

    pub(super) fn clear(&mut self, ordinal: Ordinal) {
        let (block, position) = place(ordinal.0);
        match self.blocks.get_mut(block) {
            Some(NumericBlock::Sliced(sliced)) => sliced.clear(position),
            Some(NumericBlock::Sparse(values)) => {
                if let Ok(at) = values.binary_search_by_key(&position, |(at, _)| *at) {
                    values.remove(at);
                }
            }
            None => {}
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.blocks.iter().all(|block| match block {
            NumericBlock::Sparse(values) => values.is_empty(),
            NumericBlock::Sliced(sliced) => sliced.present.is_empty(),
        })
    }

    /// The value of the person at a position of a block.
    pub(super) fn value(&self, block: usize, position: u16) -> Option<i64> {
        match self.blocks.get(block)? {
            NumericBlock::Sliced(sliced) => sliced.value(position),
            NumericBlock::Sparse(values) => {
                let at = values.binary_search_by_key(&position, |(at, _)| *at).ok()?;
                values.get(at).map(|(_, value)| *value)
            }
        }
    }

    /// Calls `see` with the values of `people` and how many of them have it, not each value at once.
    pub(super) fn each_value(&self, block: usize, people: &Container, mut see: impl FnMut(i64, u64)) {
        match (self.blocks.get(block), people) {
            (Some(NumericBlock::Sliced(sliced)), Container::Dense(people)) => sliced.each_value(people, see),
            _ => people.each(|position| {
                if let Some(value) = self.value(block, position) {
                    see(value, 1);
                }
            }),
        }
    }

    /// How many bytes of memory it takes.
    pub(super) fn memory(&self) -> u64 {
        let block = |block: &NumericBlock| match block {
            NumericBlock::Sparse(values) => values.capacity() * size_of::<(u16, i64)>(),
            NumericBlock::Sliced(sliced) => size_of::<Words>() + sliced.lanes.capacity() * size_of::<Lane>(),
        };
        let kept: usize = self.blocks.iter().map(block).sum();
        (kept + self.blocks.capacity() * size_of::<NumericBlock>()) as u64
    }

    /// About how many planes a block has.
    pub(super) fn planes(&self) -> u64 {
        self.blocks
            .iter()
            .step_by(16)
            .map(|block| match block {
                NumericBlock::Sparse(_) => 1,
                NumericBlock::Sliced(sliced) => sliced.planes as u64,
            })
            .max()
            .unwrap_or(0)
    }

    /// Leaves in `out` those whose value lies in `low..=high`.
    pub(super) fn narrow(&self, block: usize, low: i64, high: i64, out: &mut Words) {
        match self.blocks.get(block) {
            None => *out = Words::NONE,
            Some(NumericBlock::Sliced(sliced)) => sliced.narrow(low, high, out),
            Some(NumericBlock::Sparse(values)) => {
                let mut kept = Words::NONE;
                values
                    .iter()
                    .filter(|(position, value)| (low..=high).contains(value) && out.has(*position))
                    .for_each(|(position, _)| kept.set(*position));
                *out = kept;
            }
        }
    }

    /// Leaves in `few` those whose value lies in `low..=high`.
    pub(super) fn keep(&self, block: usize, low: i64, high: i64, few: &mut Vec<u16>) {
        match self.blocks.get(block) {
            Some(NumericBlock::Sliced(sliced)) => sliced.keep(low, high, few),
            _ => few.retain(|&position| {
                self.value(block, position).is_some_and(|value| (low..=high).contains(&value))
            }),
        }
    }
}

impl NumericBlock {
    pub(super) fn set(&mut self, position: u16, value: i64) {
        match self {
            Self::Sliced(sliced) => sliced.set(position, value),
            Self::Sparse(values) => {
                match values.binary_search_by_key(&position, |(at, _)| *at) {
                    Ok(at) => {
                        if let Some(entry) = values.get_mut(at) {
                            entry.1 = value;
                        }
                    }
                    Err(at) => values.insert(at, (position, value)),
                }
                if values.len() > SPARSE_MAX {
                    let base = values.iter().map(|(_, value)| *value).min().unwrap_or(value);
                    let mut sliced =
                        Sliced { base, planes: 0, present: Box::new(Words::NONE), lanes: Vec::new() };
                    for &(position, value) in values.iter() {
                        sliced.set(position, value);
                    }
                    *self = Self::Sliced(sliced);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn value() -> impl Strategy<Value = i64> {
        prop_oneof![4 => 1900_i64..2020, 2 => -50_i64..50, 1 => any::<i64>(), 1 => Just(i64::MIN), 1 => Just(i64::MAX)]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn ranges_agree_with_a_plain_map(
            common in prop::collection::vec((0_u32..2_000, 1900_i64..2020), 0..1_500),
            rare in prop::collection::vec((0_u32..40_000, value()), 0..40),
            gone in prop::collection::vec(0_u32..2_000, 0..200),
            ranges in prop::collection::vec((value(), value()), 8),
        ) {
            let (mut column, mut plain) = (Numeric::default(), BTreeMap::new());
            for (ordinal, value) in common.into_iter().chain(rare) {
                column.set(Ordinal(ordinal), value);
                plain.insert(ordinal, value);
            }
            for ordinal in gone {
                column.clear(Ordinal(ordinal));
                plain.remove(&ordinal);
            }
            prop_assert_eq!(column.is_empty(), plain.is_empty());
            for ordinal in (0..2_000).chain(39_990..40_000) {
                let (block, position) = place(ordinal);
                prop_assert_eq!(column.value(block, position), plain.get(&ordinal).copied());
            }
            for block in 0..2 {
                let people = Container::Dense(Box::new(Words::ALL));
                let (mut seen, mut wanted) = (BTreeMap::new(), BTreeMap::new());
                column.each_value(block, &people, |value, people| *seen.entry(value).or_insert(0) += people);
                plain.iter().filter(|(o, _)| place(**o).0 == block).for_each(|(_, v)| *wanted.entry(*v).or_insert(0) += 1);
                prop_assert_eq!(seen, wanted);
            }
            for (a, b) in ranges {
                let (low, high) = (a.min(b), a.max(b));
                for block in 0..2 {
                    let mut out = Words::ALL;
                    column.narrow(block, low, high, &mut out);
                    let found: Vec<u32> = out.positions().map(|p| super::super::words::ordinal_at(block, p)).collect();
                    let wanted: Vec<u32> = plain
                        .iter()
                        .filter(|(o, v)| place(**o).0 == block && (low..=high).contains(*v))
                        .map(|(o, _)| *o)
                        .collect();
                    prop_assert_eq!(found, wanted);
                }
            }
        }
    }
}
