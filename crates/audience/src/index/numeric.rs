//! A column of whole numbers, at most one a person. In each block, few values are kept as a sorted list and many
//! as bit slices: plane `p` holds bit `p` of (value - base), so that a range is answered for 64 people at once
//! (O'Neil and Quass, 1997). The planes of eight words lie together: one stride of memory, and eight words
//! without a candidate are skipped whole.

use super::bitmap::Container;
use super::words::{LANE, WORDS, Words, place};
use hustings_domain::ids::Ordinal;

/// A list of values longer than this becomes slices.
pub(super) const SPARSE_MAX: usize = 512;
const STRIDES: usize = WORDS / LANE;

/// Eight words of one plane, on a cache line of its own.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
pub(super) struct Lane(pub(super) [u64; LANE]);

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

/// INVARIANT: `lanes` holds `STRIDES * planes`; the bits of who is not in `present` are all zero.
#[derive(Debug, Clone)]
pub(super) struct Sliced {
    pub(super) base: i64,
    pub(super) planes: usize,
    pub(super) present: Box<Words>,
    pub(super) lanes: Vec<Lane>,
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

    /// Calls `see` with the value of each of `people` who has one.
    pub(super) fn each_value(&self, block: usize, people: &Container, mut see: impl FnMut(i64)) {
        match (self.blocks.get(block), people) {
            (Some(NumericBlock::Sliced(sliced)), Container::Dense(people)) => sliced.each_value(people, see),
            _ => people.each(|position| {
                if let Some(value) = self.value(block, position) {
                    see(value);
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
}

impl NumericBlock {
    fn set(&mut self, position: u16, value: i64) {
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

impl Sliced {
    fn largest_offset(&self) -> u64 {
        match u32::try_from(self.planes) {
            Ok(planes @ 1..=64) => u64::MAX >> (64 - planes),
            _ => 0,
        }
    }

    fn set(&mut self, position: u16, value: i64) {
        if value < self.base {
            self.lower_base(value);
        }
        let offset = value.abs_diff(self.base);
        self.grow(64 - offset.leading_zeros() as usize);
        self.present.set(position);
        self.write(position, offset);
    }

    fn value(&self, position: u16) -> Option<i64> {
        if !self.present.has(position) {
            return None;
        }
        let (stride, word, bit) =
            (usize::from(position >> 9), usize::from(position >> 6) % LANE, u32::from(position & 63));
        let start = stride * self.planes;
        let planes = self.lanes.get(start..start + self.planes)?;
        let mut offset = 0;
        for (plane, lane) in planes.iter().enumerate() {
            offset |= (lane.0.get(word)? >> bit & 1) << plane;
        }
        Some(self.base.saturating_add_unsigned(offset))
    }

    /// Word by word: the planes of 64 people, turned, are their 64 offsets.
    fn each_value(&self, people: &Words, mut see: impl FnMut(i64)) {
        let (people, _) = people.0.as_chunks::<LANE>();
        let (present, _) = self.present.0.as_chunks::<LANE>();
        let mut lanes = self.lanes.chunks_exact(self.planes.max(1));
        for (people, present) in people.iter().zip(present) {
            let planes = lanes.next().unwrap_or_default();
            for (word, (people, present)) in people.iter().zip(present).enumerate() {
                let wanted = people & present;
                if wanted == 0 {
                    continue;
                }
                let mut square = [0; 64];
                for (row, lane) in square.iter_mut().zip(planes) {
                    *row = lane.0.get(word).copied().unwrap_or_default();
                }
                turn(&mut square);
                for (person, offset) in square.iter().enumerate() {
                    if wanted >> person & 1 == 1 {
                        see(self.base.saturating_add_unsigned(*offset));
                    }
                }
            }
        }
    }

    fn clear(&mut self, position: u16) {
        if self.present.has(position) {
            self.present.clear(position);
            self.write(position, 0);
        }
    }

    fn write(&mut self, position: u16, offset: u64) {
        let (stride, word, bit) =
            (usize::from(position >> 9), usize::from(position >> 6) % LANE, u32::from(position & 63));
        let lanes = self.lanes.iter_mut().skip(stride * self.planes).take(self.planes);
        for (plane, lane) in lanes.enumerate() {
            if let Some(word) = lane.0.get_mut(word) {
                *word = (*word & !(1 << bit)) | (offset >> plane & 1) << bit;
            }
        }
    }

    /// Makes room for at least `planes` planes.
    fn grow(&mut self, planes: usize) {
        if planes <= self.planes {
            return;
        }
        let mut lanes = Vec::with_capacity(STRIDES * planes);
        for stride in 0..STRIDES {
            lanes.extend(self.lanes.iter().skip(stride * self.planes).take(self.planes));
            lanes.resize((stride + 1) * planes, Lane([0; LANE]));
        }
        (self.planes, self.lanes) = (planes, lanes);
    }

    /// Moves the base down to `base`: a constant is added to every value by carrying through the planes.
    fn lower_base(&mut self, base: i64) {
        let delta = base.abs_diff(self.base);
        let largest = u128::from(self.largest_offset()) + u128::from(delta);
        self.grow((128 - largest.leading_zeros() as usize).min(64));
        self.base = base;
        let (present, _) = self.present.0.as_chunks::<LANE>();
        for (present, planes) in present.iter().zip(self.lanes.chunks_exact_mut(self.planes)) {
            let mut carry = [0_u64; LANE];
            for (plane, lane) in planes.iter_mut().enumerate() {
                let added = if delta >> plane & 1 == 1 { u64::MAX } else { 0 };
                for ((word, carry), present) in lane.0.iter_mut().zip(&mut carry).zip(present) {
                    let half = *word ^ added;
                    let next = (*word & added) | (half & *carry);
                    *word = (half ^ *carry) & present;
                    *carry = next;
                }
            }
        }
        self.trim();
    }

    /// Lets go of the upper planes that hold nothing.
    fn trim(&mut self) {
        let used = self
            .lanes
            .chunks_exact(self.planes.max(1))
            .filter_map(|planes| planes.iter().rposition(|lane| lane.0 != [0; LANE]))
            .max()
            .map_or(0, |top| top + 1);
        if used < self.planes {
            let planes = self.planes;
            let mut position = 0;
            self.lanes.retain(|_| {
                position += 1;
                (position - 1) % planes < used
            });
            self.planes = used;
        }
    }

    fn narrow(&self, low: i64, high: i64, out: &mut Words) {
        let largest = self.largest_offset();
        let low = if low <= self.base { 0 } else { low.abs_diff(self.base) };
        if high < self.base || low > largest {
            *out = Words::NONE;
            return;
        }
        let high = high.abs_diff(self.base);
        match (low > 0, high < largest) {
            (false, false) => out.and(&self.present),
            (true, false) => self.each_stride(out, |planes, out| at_least(planes, low, out)),
            (false, true) => {
                out.and(&self.present);
                self.each_stride(out, |planes, out| at_most(planes, high, out));
            }
            (true, true) => self.each_stride(out, |planes, out| within(planes, low, high, out)),
        }
    }

    fn each_stride(&self, out: &mut Words, compare: impl Fn(&[Lane], &mut [u64; LANE])) {
        let (out, _) = out.0.as_chunks_mut::<LANE>();
        for (out, planes) in out.iter_mut().zip(self.lanes.chunks_exact(self.planes.max(1))) {
            if *out != [0; LANE] {
                compare(planes, out);
            }
        }
    }
}

/// Turns a square of bits: bit `i` of row `k` becomes bit `k` of row `i` (Warren, Hacker's Delight, 7-3).
fn turn(square: &mut [u64; 64]) {
    let mut mask = 0x0000_0000_ffff_ffff_u64;
    for step in [32, 16, 8, 4, 2, 1] {
        for rows in square.chunks_exact_mut(2 * step) {
            let (low, high) = rows.split_at_mut(step);
            for (low, high) in low.iter_mut().zip(high) {
                let swapped = ((*low >> step) ^ *high) & mask;
                *low ^= swapped << step;
                *high ^= swapped;
            }
        }
        mask ^= mask << (step / 2);
    }
}

/// Leaves those whose offset is at least `low`, which is above 0, so that who is absent falls out.
fn at_least(planes: &[Lane], low: u64, out: &mut [u64; LANE]) {
    let mut passed = [u64::MAX; LANE];
    for (plane, lane) in planes.iter().enumerate().skip(low.trailing_zeros() as usize) {
        raise(&mut passed, lane, low >> plane & 1 == 1);
    }
    out.iter_mut().zip(&passed).for_each(|(out, passed)| *out &= passed);
}

/// Leaves those whose offset is at most `high`; who is absent counts as 0.
fn at_most(planes: &[Lane], high: u64, out: &mut [u64; LANE]) {
    let mut passed = [u64::MAX; LANE];
    for (plane, lane) in planes.iter().enumerate().skip(high.trailing_ones() as usize) {
        lower(&mut passed, lane, high >> plane & 1 == 1);
    }
    out.iter_mut().zip(&passed).for_each(|(out, passed)| *out &= passed);
}

/// Both bounds in one reading.
fn within(planes: &[Lane], low: u64, high: u64, out: &mut [u64; LANE]) {
    let (mut above, mut below) = ([u64::MAX; LANE], [u64::MAX; LANE]);
    let idle = low.trailing_zeros().min(high.trailing_ones()) as usize;
    for (plane, lane) in planes.iter().enumerate().skip(idle) {
        raise(&mut above, lane, low >> plane & 1 == 1);
        lower(&mut below, lane, high >> plane & 1 == 1);
    }
    out.iter_mut().zip(&above).zip(&below).for_each(|((out, above), below)| *out &= above & below);
}

/// One step, from the lowest plane up, of "at least": a set bit of the bound demands the value's.
#[inline]
fn raise(passed: &mut [u64; LANE], lane: &Lane, bound: bool) {
    if bound {
        passed.iter_mut().zip(&lane.0).for_each(|(passed, word)| *passed &= word);
    } else {
        passed.iter_mut().zip(&lane.0).for_each(|(passed, word)| *passed |= word);
    }
}

/// One step, from the lowest plane up, of "at most".
#[inline]
fn lower(passed: &mut [u64; LANE], lane: &Lane, bound: bool) {
    if bound {
        passed.iter_mut().zip(&lane.0).for_each(|(passed, word)| *passed |= !word);
    } else {
        passed.iter_mut().zip(&lane.0).for_each(|(passed, word)| *passed &= !word);
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
                let mut seen = Vec::new();
                column.each_value(block, &people, |value| seen.push(value));
                let wanted: Vec<i64> = plain.iter().filter(|(o, _)| place(**o).0 == block).map(|(_, v)| *v).collect();
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
