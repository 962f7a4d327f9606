//! Every gift, block by block and in the order of days, so that a question about a trailing period reads the gifts
//! of that period alone.

use super::bitmap::Bitmap;
use super::words::{BLOCK, Words, place};
use crate::days::day_number;
use hustings_domain::facts::Gift;
use hustings_domain::ids::Ordinal;

/// From so many gifts in a block on, everybody is summed.
const MANY: usize = BLOCK / 8;

/// One gift of the person at `position` of its block; `day` since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Given {
    pub(super) day: i32,
    pub(super) position: u16,
    pub(super) cents: i64,
}

/// The gifts of everybody. INVARIANT: outside a build, each block is sorted.
#[derive(Debug, Clone, Default)]
pub(super) struct Gifts {
    pub(super) blocks: Vec<Vec<Given>>,
    pub(super) givers: Bitmap,
}

/// What is asked of a person's gifts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    Cents,
    Count,
    LastDay,
}

/// A question: the measure, over the gifts of `first..=last`, lies in `low..=high`, or outside when `inverted`.
#[derive(Debug, Clone, Copy)]
pub(super) struct GiftQuestion {
    pub(super) measure: Measure,
    pub(super) first: i32,
    pub(super) last: i32,
    pub(super) low: i64,
    pub(super) high: i64,
    pub(super) inverted: bool,
}

impl GiftQuestion {
    fn holds(&self, measured: i64) -> bool {
        (self.low..=self.high).contains(&measured) != self.inverted
    }

    /// Whether it holds of who gave nothing in the period.
    fn holds_of_nothing(&self) -> bool {
        self.measure != Measure::LastDay && self.holds(0)
    }
}

/// Room for the sums of one block, kept by each thread.
#[derive(Debug)]
pub(super) struct Sums(Vec<i64>);

impl Sums {
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }
}

impl Gifts {
    /// Adds a person's gifts at the end of the block; [`Gifts::settle`] must follow.
    pub(super) fn append(&mut self, ordinal: Ordinal, gifts: &[Gift]) {
        if gifts.is_empty() {
            return;
        }
        let (block, position) = place(ordinal.0);
        if self.blocks.len() <= block {
            self.blocks.resize_with(block + 1, Vec::new);
        }
        if let Some(entries) = self.blocks.get_mut(block) {
            entries.extend(gifts.iter().map(|gift| given(position, gift)));
        }
        self.givers.insert(ordinal);
    }

    pub(super) fn settle(&mut self) {
        for entries in &mut self.blocks {
            entries.sort_unstable();
            entries.shrink_to_fit();
        }
    }

    /// Adds a person's gifts in their places.
    pub(super) fn insert(&mut self, ordinal: Ordinal, gifts: &[Gift]) {
        let (block, position) = place(ordinal.0);
        if self.blocks.len() <= block && !gifts.is_empty() {
            self.blocks.resize_with(block + 1, Vec::new);
        }
        if let Some(entries) = self.blocks.get_mut(block) {
            for gift in gifts {
                let entry = given(position, gift);
                let at = entries.partition_point(|other| *other < entry);
                entries.insert(at, entry);
                self.givers.insert(ordinal);
            }
        }
    }

    pub(super) fn clear(&mut self, ordinal: Ordinal) {
        if !self.givers.contains(ordinal) {
            return;
        }
        self.givers.remove(ordinal);
        let (block, position) = place(ordinal.0);
        if let Some(entries) = self.blocks.get_mut(block) {
            entries.retain(|entry| entry.position != position);
        }
    }

    pub(super) fn memory(&self) -> u64 {
        let kept: usize = self.blocks.iter().map(|block| block.capacity() * size_of::<Given>()).sum();
        kept as u64 + self.givers.memory()
    }

    /// About how many gifts a block holds.
    pub(super) fn per_block(&self) -> u64 {
        let sampled = self.blocks.iter().step_by(16);
        let count = sampled.clone().count().max(1);
        sampled.map(|block| block.len() as u64).sum::<u64>() / count as u64
    }

    pub(super) fn from_blocks(blocks: Vec<Vec<Given>>) -> Self {
        let givers = blocks
            .iter()
            .enumerate()
            .flat_map(|(block, entries)| {
                entries.iter().map(move |entry| Ordinal(super::words::ordinal_at(block, entry.position)))
            })
            .collect();
        Self { blocks, givers }
    }

    /// Leaves in `out` those of whom the question holds.
    pub(super) fn narrow(&self, block: usize, question: &GiftQuestion, sums: &mut Sums, out: &mut Words) {
        let entries = self.blocks.get(block).map_or(&[][..], Vec::as_slice);
        let start = entries.partition_point(|entry| entry.day < question.first);
        let end = entries.partition_point(|entry| entry.day <= question.last);
        let entries = entries.get(start..end).unwrap_or_default();
        if entries.len() >= MANY {
            narrow_by_many(entries, question, sums, out);
        } else {
            narrow_by_few(entries, question, sums, out);
        }
    }
}

/// Sums everybody's and then looks at each person: nothing is asked of a gift.
fn narrow_by_many(entries: &[Given], question: &GiftQuestion, sums: &mut Sums, out: &mut Words) {
    /// Who gave nothing has no last day.
    const NEVER: i64 = i64::MIN;
    sums.0.clear();
    sums.0.resize(BLOCK, if question.measure == Measure::LastDay { NEVER } else { 0 });
    let mut each = |see: fn(&mut i64, &Given)| {
        for entry in entries {
            if let Some(sum) = sums.0.get_mut(usize::from(entry.position)) {
                see(sum, entry);
            }
        }
    };
    match question.measure {
        Measure::Cents => each(|sum, entry| *sum = sum.saturating_add(entry.cents)),
        Measure::Count => each(|sum, _| *sum += 1),
        Measure::LastDay => each(|sum, entry| *sum = i64::from(entry.day)),
    }
    let (people, _) = sums.0.as_chunks::<64>();
    for (word, sums) in out.0.iter_mut().zip(people).filter(|(word, _)| **word != 0) {
        let holds = |sum: i64| question.holds(sum) && (question.measure != Measure::LastDay || sum != NEVER);
        *word &= sums.iter().enumerate().fold(0, |bits, (at, &sum)| bits | u64::from(holds(sum)) << at);
    }
}

/// Sums for those still in question alone.
fn narrow_by_few(entries: &[Given], question: &GiftQuestion, sums: &mut Sums, out: &mut Words) {
    let mut gave = Words::NONE;
    sums.0.resize(BLOCK, 0);
    for entry in entries.iter().filter(|entry| out.has(entry.position)) {
        let Some(sum) = sums.0.get_mut(usize::from(entry.position)) else { continue };
        if !gave.has(entry.position) {
            gave.set(entry.position);
            *sum = 0;
        }
        *sum = match question.measure {
            Measure::Cents => sum.saturating_add(entry.cents),
            Measure::Count => *sum + 1,
            Measure::LastDay => i64::from(entry.day),
        };
    }
    if !question.holds_of_nothing() {
        out.and(&gave);
    }
    for position in gave.positions() {
        if !sums.0.get(usize::from(position)).is_some_and(|sum| question.holds(*sum)) {
            out.clear(position);
        }
    }
}

fn given(position: u16, gift: &Gift) -> Given {
    Given { day: day_number(gift.on), position, cents: gift.amount.0 }
}
