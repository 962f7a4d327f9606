//! The index: columns of bits over dense ordinals, from which an expression is answered in a millisecond for
//! millions. It is derived: whoever owns the store can throw it away and build it again.

mod attributes;
mod bitmap;
mod breakdown;
mod columns;
mod file;
mod gifts;
mod join;
mod kernel;
mod numeric;
mod plan;
mod run;
mod words;

pub use bitmap::Bitmap;
pub use breakdown::BreakdownBy;
pub use file::IndexFileError;

use crate::explain::{Explanation, explain};
use crate::language::{Expr, Vocabulary, check_for_loan};
use crate::naive::Selection;
use bitmap::Container;
use columns::Columns;
use hustings_domain::facts::Profile;
use hustings_domain::ids::Ordinal;
use jiff::civil::Date;
use plan::{Plan, Scratch};
use std::path::Path;
use words::Words;

/// Everybody's attributes, by column.
#[derive(Debug, Clone, Default)]
pub struct Index {
    columns: Columns,
    as_of: u64,
    stamp: [u8; 16],
}

impl Index {
    /// An index of nobody, as of change 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// The index of `profiles`, fastest in the order of ordinals; of two with one ordinal the later counts.
    pub fn build(profiles: impl IntoIterator<Item = Profile>) -> Self {
        let mut index = Self::new();
        for profile in profiles {
            index.columns.remove(profile.ordinal);
            index.columns.insert(&profile);
            index.columns.gifts.append(profile.ordinal, &profile.gifts);
        }
        index.columns.gifts.settle();
        index
    }

    /// Puts a person in, in place of what was known under the same ordinal.
    pub fn upsert(&mut self, profile: &Profile) {
        self.columns.remove(profile.ordinal);
        self.columns.insert(profile);
        self.columns.gifts.insert(profile.ordinal, &profile.gifts);
    }

    /// Takes a person out; nothing happens if there is none.
    pub fn remove(&mut self, ordinal: Ordinal) {
        self.columns.remove(ordinal);
    }

    /// How many people it holds.
    pub fn len(&self) -> u64 {
        self.columns.live.count()
    }

    /// Whether it holds nobody.
    pub fn is_empty(&self) -> bool {
        self.columns.live.is_empty()
    }

    /// The change of the store up to which it has followed.
    pub fn as_of(&self) -> u64 {
        self.as_of
    }

    /// Notes the change up to which it has followed.
    pub fn set_as_of(&mut self, sequence: u64) {
        self.as_of = sequence;
    }

    /// What binds a saved index to the store that it was made from; zeros before [`Index::set_stamp`].
    pub fn stamp(&self) -> [u8; 16] {
        self.stamp
    }

    /// Notes what binds it to its store.
    pub fn set_stamp(&mut self, stamp: [u8; 16]) {
        self.stamp = stamp;
    }

    /// How many bytes of memory its columns take.
    pub fn memory(&self) -> u64 {
        self.columns.memory()
    }

    /// Every name under which anybody is found.
    pub fn vocabulary(&self) -> Vocabulary {
        self.columns.vocabulary()
    }

    /// How many people are in the audience of `expr` on the day `today`.
    pub fn count(&self, expr: &Expr, mode: Selection, today: Date, threads: usize) -> u64 {
        self.count_within(expr, &[], &[], mode, today, threads)
    }

    /// Who is in the audience of `expr` on the day `today`.
    pub fn select(&self, expr: &Expr, mode: Selection, today: Date, threads: usize) -> Bitmap {
        self.select_within(expr, &[], &[], mode, today, threads)
    }

    /// How many are in the audience, in each of `must` and in none of `must_not`.
    pub fn count_within(
        &self,
        expr: &Expr,
        must: &[&Bitmap],
        must_not: &[&Bitmap],
        mode: Selection,
        today: Date,
        threads: usize,
    ) -> u64 {
        self.evaluate(expr, (must, must_not), mode, today, threads, Words::count)
            .into_iter()
            .map(u64::from)
            .sum()
    }

    /// Who is in the audience, in each of `must` and in none of `must_not`: consent, suppression, fatigue and
    /// hold-back come in here, where no expression can write them away.
    pub fn select_within(
        &self,
        expr: &Expr,
        must: &[&Bitmap],
        must_not: &[&Bitmap],
        mode: Selection,
        today: Date,
        threads: usize,
    ) -> Bitmap {
        Bitmap { blocks: self.evaluate(expr, (must, must_not), mode, today, threads, Container::from_words) }
    }

    /// How `people` divide, the empty parts left out, in the order of names; sources are named by their numbers.
    pub fn breakdown(
        &self,
        people: &Bitmap,
        by: &BreakdownBy,
        mode: Selection,
        threads: usize,
    ) -> Vec<(String, u64)> {
        breakdown::breakdown(&self.columns, people, by, mode, threads)
    }

    /// Why a person is in the audience or not, by the profile as the store has it now.
    pub fn explain(&self, expr: &Expr, profile: &Profile, mode: Selection, today: Date) -> Explanation {
        let mut explanation = explain(expr, profile, mode, today);
        explanation.is_in &= self.columns.live.contains(profile.ordinal);
        explanation
    }

    /// Writes the index to `path`, whole or not at all: to a file beside it, synced, then renamed.
    pub fn save(&self, path: &Path) -> Result<(), IndexFileError> {
        file::save(self, path)
    }

    /// Reads an index that [`Index::save`] wrote; whatever is torn, damaged or of another version is refused.
    pub fn load(path: &Path) -> Result<Self, IndexFileError> {
        file::load(path)
    }

    fn evaluate<T: Send>(
        &self,
        expr: &Expr,
        (must, must_not): (&[&Bitmap], &[&Bitmap]),
        mode: Selection,
        today: Date,
        threads: usize,
        finish: impl Fn(&Words) -> T + Sync,
    ) -> Vec<T> {
        // INVARIANT (promise 1): for a loan, an expression over anything but declared facts selects nobody; and
        // what refers to something nobody answered for selects nobody, under `not` either.
        if !expr.is_bound() || mode == Selection::Loan && check_for_loan(expr).is_err() {
            return Vec::new();
        }
        let plan = Plan::of(expr, &self.columns, mode, today).ordered(self.columns.live.estimate());
        let candidates = plan.candidates(self.columns.live.estimate(), must);
        run::on_blocks(self.columns.live.blocks.len(), threads, Scratch::new, |scratch, block| {
            // INVARIANT: the caller's restrictions are applied outside the expression's own plan.
            let mut out = Words::NONE;
            if let Some(candidates) = &candidates {
                let mut few = scratch.few();
                candidates.block(block).each(|position| few.push(position));
                self.columns.live.block(block).keep(&mut few);
                for set in must {
                    set.block(block).keep(&mut few);
                }
                for set in must_not {
                    let set = set.block(block);
                    few.retain(|&position| !set.has(position));
                }
                plan.keep(block, &mut few);
                for &position in &few {
                    out.set(position);
                }
                scratch.give_back_few(few);
                if !plan.is_pointwise() {
                    plan.narrow(block, &mut out, scratch);
                }
                return finish(&out);
            }
            self.columns.live.block(block).widen(&mut out);
            for set in must {
                set.block(block).narrow(&mut out);
            }
            for set in must_not {
                set.block(block).exclude(&mut out);
            }
            plan.narrow(block, &mut out, scratch);
            finish(&out)
        })
    }
}
