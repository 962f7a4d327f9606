//! Many values of a block as bit slices: plane `p` holds bit `p` of (value - base), so that a range is answered for
//! 64 people at once (O'Neil and Quass, 1997). The planes of eight words lie together: one stride of memory, and
//! eight words without a candidate are skipped whole.

use super::super::kernel;
use super::super::words::{LANE, WORDS, Words};

pub(in crate::index) const STRIDES: usize = WORDS / LANE;

/// Offsets of so many planes are counted in a row of numbers.
const COUNTED: usize = 13;

/// Eight words of one plane, on a cache line of its own.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
pub(in crate::index) struct Lane(pub(in crate::index) [u64; LANE]);

/// INVARIANT: `lanes` holds `STRIDES * planes`; the bits of who is not in `present` are all zero.
#[derive(Debug, Clone)]
pub(in crate::index) struct Sliced {
    pub(in crate::index) base: i64,
    pub(in crate::index) planes: usize,
    pub(in crate::index) present: Box<Words>,
    pub(in crate::index) lanes: Vec<Lane>,
}

impl Sliced {
    fn largest_offset(&self) -> u64 {
        match u32::try_from(self.planes) {
            Ok(planes @ 1..=64) => u64::MAX >> (64 - planes),
            _ => 0,
        }
    }

    pub(super) fn set(&mut self, position: u16, value: i64) {
        if value < self.base {
            self.lower_base(value);
        }
        let offset = value.abs_diff(self.base);
        self.grow(64 - offset.leading_zeros() as usize);
        self.present.set(position);
        self.write(position, offset);
    }

    pub(in crate::index) fn value(&self, position: u16) -> Option<i64> {
        if !self.present.has(position) {
            return None;
        }
        let offset = self.bits(position).fold(0, |offset, bit| offset << 1 | bit);
        Some(self.base.saturating_add_unsigned(offset))
    }

    /// Calls `see` with how many of `people` have each value, or with some of them and later with others.
    pub(super) fn each_value(&self, people: &Words, mut see: impl FnMut(i64, u64)) {
        let value = |offset: usize| self.base.saturating_add_unsigned(offset as u64);
        match self.planes {
            0 => see(self.base, u64::from(people.count_and(&self.present))),
            planes @ ..=COUNTED => {
                let mut counts = vec![0_u32; 1 << planes];
                self.each_offset(people, |offset| {
                    if let Some(count) = counts.get_mut(usize::try_from(offset).unwrap_or(usize::MAX)) {
                        *count += 1;
                    }
                });
                let found = counts.iter().enumerate().filter(|(_, count)| **count > 0);
                found.for_each(|(offset, count)| see(value(offset), u64::from(*count)));
            }
            _ => self.each_offset(people, |offset| see(self.base.saturating_add_unsigned(offset), 1)),
        }
    }

    /// The planes of 64 people, turned, are their 64 offsets. As many words as there is room for are turned at
    /// once: of eight planes all eight, which then lie in the eight bytes of each row.
    fn each_offset(&self, people: &Words, mut see: impl FnMut(u64)) {
        let width = self.planes.next_power_of_two().max(64 / LANE);
        let together = 64 / width;
        let mask = u64::MAX >> (64 - width);
        let people = people.0.chunks(together).zip(self.present.0.chunks(together));
        for (at, (people, present)) in people.enumerate() {
            let wanted = people.iter().zip(present).map(|(people, present)| people & present);
            if wanted.clone().all(|wanted| wanted == 0) {
                continue;
            }
            let (stride, first) = (at * together / LANE, at * together % LANE);
            let mut square = [0; 64];
            for (at, lane) in self.stride(stride).iter().enumerate() {
                let rows = square.iter_mut().skip(at).step_by(width);
                rows.zip(lane.0.iter().skip(first)).for_each(|(row, word)| *row = *word);
            }
            kernel::turn(&mut square);
            for (at, mut wanted) in wanted.enumerate() {
                while wanted != 0 {
                    let person = wanted.trailing_zeros() as usize;
                    wanted &= wanted - 1;
                    if let Some(row) = square.get(person) {
                        see(row >> (at * width) & mask);
                    }
                }
            }
        }
    }

    pub(super) fn clear(&mut self, position: u16) {
        if self.present.has(position) {
            self.present.clear(position);
            self.write(position, 0);
        }
    }

    /// The planes of eight words.
    fn stride(&self, stride: usize) -> &[Lane] {
        self.lanes.get(stride * self.planes..(stride + 1) * self.planes).unwrap_or_default()
    }

    /// The bits of an offset, the highest first.
    fn bits(&self, position: u16) -> impl Iterator<Item = u64> + '_ {
        let (stride, word, bit) = inside(position);
        self.stride(stride)
            .iter()
            .rev()
            .map(move |lane| lane.0.get(word).copied().unwrap_or_default() >> bit & 1)
    }

    fn write(&mut self, position: u16, offset: u64) {
        let (stride, word, bit) = inside(position);
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
            lanes.extend(self.stride(stride));
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
        let planes = self.planes;
        let used = self
            .lanes
            .chunks_exact(planes.max(1))
            .filter_map(|lanes| lanes.iter().rposition(|lane| lane.0 != [0; LANE]))
            .max()
            .map_or(0, |top| top + 1);
        if used < planes {
            let mut at = 0;
            self.lanes.retain(|_| {
                at += 1;
                (at - 1) % planes < used
            });
            self.planes = used;
        }
    }

    /// The bounds as offsets: where to begin, and where to end if not at the largest. None when nobody can pass.
    fn offsets(&self, low: i64, high: i64) -> Option<(u64, u64)> {
        let largest = self.largest_offset();
        let low = if low <= self.base { 0 } else { low.abs_diff(self.base) };
        (high >= self.base && low <= largest).then(|| (low, high.abs_diff(self.base).min(largest)))
    }

    /// Leaves in `out` those whose value lies in `low..=high`.
    pub(super) fn narrow(&self, low: i64, high: i64, out: &mut Words) {
        let Some((low, high)) = self.offsets(low, high) else {
            *out = Words::NONE;
            return;
        };
        if low == 0 {
            // Who is absent counts as 0.
            out.and(&self.present);
        }
        match (low > 0, high < self.largest_offset()) {
            (true, true) => kernel::within(&self.lanes, self.planes, low, high, &mut out.0),
            (true, false) => kernel::beyond(&self.lanes, self.planes, low, 0, &mut out.0),
            // At most so much is at least the opposite, where every bit is turned.
            (false, true) => kernel::beyond(&self.lanes, self.planes, !high, u64::MAX, &mut out.0),
            (false, false) => {}
        }
    }

    /// Leaves in `few` those whose value lies in `low..=high`, asking each from its highest plane down.
    pub(super) fn keep(&self, low: i64, high: i64, few: &mut Vec<u16>) {
        let Some((low, high)) = self.offsets(low, high) else {
            few.clear();
            return;
        };
        few.retain(|&position| self.present.has(position) && self.holds(position, low, high));
    }

    fn holds(&self, position: u16, low: u64, high: u64) -> bool {
        let (mut offset, mut below) = (0, self.largest_offset());
        for (bit, plane) in self.bits(position).zip((0..self.planes).rev()) {
            // What is read so far, and then only zeros, or only ones.
            below >>= 1;
            offset |= bit << plane;
            if offset >= low && offset | below <= high {
                return true;
            }
            if offset > high || offset | below < low {
                return false;
            }
        }
        (low..=high).contains(&offset)
    }
}

/// Where a position lies: which eight words, which of them, which bit.
fn inside(position: u16) -> (usize, usize, u16) {
    (usize::from(position >> 9), usize::from(position >> 6) % LANE, position & 63)
}
