//! An expression over the columns of one index: the sets and ranges to read, the cheap ones first.

mod named;
mod order;

use super::bitmap::Bitmap;
use super::columns::Columns;
use super::gifts::{GiftQuestion, Gifts, Measure, Sums};
use super::numeric::Numeric;
use super::words::Words;
use crate::days::day_number;
use crate::language::{Expr, Node, Op, Period, Prefixed, Spanned, Stretch, Term, Test, When};
use crate::naive::Selection;
use hustings_domain::words::Slug;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// What to read, block by block.
#[derive(Debug)]
pub(super) enum Plan<'a> {
    Everyone,
    Nobody,
    Set(&'a Bitmap),
    Range(&'a Numeric, i64, i64),
    Gifts(&'a Gifts, GiftQuestion),
    Not(Box<Plan<'a>>),
    And(Vec<Plan<'a>>),
    Or(Vec<Plan<'a>>),
}

/// Buffers that a thread reuses from block to block.
#[derive(Debug)]
pub(super) struct Scratch {
    spare: Vec<Box<Words>>,
    few: Vec<u16>,
    sums: Sums,
}

impl Scratch {
    pub(super) fn new() -> Self {
        Self { spare: Vec::new(), few: Vec::new(), sums: Sums::new() }
    }

    /// An empty list of positions.
    pub(super) fn few(&mut self) -> Vec<u16> {
        let mut few = std::mem::take(&mut self.few);
        few.clear();
        few
    }

    pub(super) fn give_back_few(&mut self, few: Vec<u16>) {
        self.few = few;
    }

    fn copy_of(&mut self, words: &Words) -> Box<Words> {
        match self.spare.pop() {
            Some(mut spare) => {
                spare.0.copy_from_slice(&words.0);
                spare
            }
            None => Box::new(words.clone()),
        }
    }

    fn give_back(&mut self, words: Box<Words>) {
        self.spare.push(words);
    }
}

impl<'a> Plan<'a> {
    /// The plan of `expr` on the day `today`.
    pub(super) fn of(expr: &'a Expr, columns: &'a Columns, mode: Selection, today: Date) -> Self {
        match &expr.node {
            Node::Everyone => Self::Everyone,
            Node::Not(inner) => Self::Not(Box::new(Self::of(inner, columns, mode, today))),
            Node::And(parts) => {
                Self::And(parts.iter().map(|part| Self::of(part, columns, mode, today)).collect())
            }
            Node::Or(parts) => {
                Self::Or(parts.iter().map(|part| Self::of(part, columns, mode, today)).collect())
            }
            Node::Term(term) => Self::of_term(term, columns, mode, today),
        }
    }

    fn of_term(term: &'a Term, columns: &'a Columns, mode: Selection, today: Date) -> Self {
        let own_use = mode == Selection::OwnUse;
        let day = day_number(today);
        match term {
            Term::Area(names) if own_use => Self::any_of(&columns.areas, names),
            Term::Area(names) => Self::declared(&columns.areas, &columns.areas_undeclared, names),
            Term::Issue(names) if own_use => Self::any_of(&columns.issues, names),
            Term::Issue(names) => Self::declared(&columns.issues, &columns.issues_undeclared, names),
            Term::Tag(names) => Self::any_of(&columns.tags, names),
            Term::Starts { what, prefix } => {
                // For a loan this term selects nobody, by `check_for_loan`.
                let names = match what {
                    Prefixed::Tag => &columns.tags,
                    Prefixed::Issue => &columns.issues,
                };
                let begins = |name: &Slug| name.as_str().starts_with(&prefix.value);
                Self::or(names.iter().filter(|(name, _)| begins(name)).map(|(_, set)| set))
            }
            Term::Source { numbers, .. } => {
                let numbers = numbers.as_deref().unwrap_or_default();
                Self::or(numbers.iter().filter_map(|number| columns.sources.get(number)))
            }
            Term::Engaged { found: Some(found), .. } if found.all_but => {
                Self::Not(Box::new(Self::Set(&found.people)))
            }
            Term::Engaged { found: Some(found), .. } => Self::Set(&found.people),
            Term::Audience { meaning: Some(meaning), .. } => Self::of(meaning, columns, mode, today),
            // INVARIANT: an expression with one of these left is never planned (`Index::evaluate`).
            Term::Engaged { found: None, .. } | Term::Audience { meaning: None, .. } => Self::Nobody,
            Term::Consent { purpose, channel, state } => {
                match (columns.consents.get(&(purpose.value.clone(), *channel)), state) {
                    (Some(sets), state) => sets.state(*state).map_or_else(
                        || Self::Not(Box::new(Self::Or(sets.all().into_iter().map(Self::Set).collect()))),
                        Self::Set,
                    ),
                    (None, hustings_domain::consent::ConsentState::Unknown) => Self::Everyone,
                    (None, _) => Self::Nobody,
                }
            }
            Term::Gave { period, test } => {
                Self::gifts(columns, Measure::Cents, *period, day, test.map(|cents| cents.0))
            }
            Term::Gifts { period, test } => Self::gifts(columns, Measure::Count, *period, day, *test),
            Term::LastGift(When::Within(period)) => {
                let within = Test::Between(i64::from(first_day(*period, day)), i64::from(day));
                Self::gifts(columns, Measure::LastDay, None, day, within)
            }
            Term::LastGift(When::Before(period)) => {
                let before = Test::Compare(Op::AtMost, last_day_before(*period, day));
                Self::gifts(columns, Measure::LastDay, None, day, before)
            }
            Term::LastGift(When::Test(test)) => Self::gifts(
                columns,
                Measure::LastDay,
                None,
                day,
                test.map(|date| i64::from(day_number(date))),
            ),
            Term::Joined(when) => Self::moment(&columns.joined, *when, day),
            Term::Number { .. } | Term::Date { .. } | Term::Money { .. } | Term::Named { .. } => {
                Self::attribute(term, columns, mode, day)
            }
        }
    }

    fn any_of<K: Ord>(columns: &'a BTreeMap<K, Bitmap>, names: &[Spanned<K>]) -> Self {
        Self::or(names.iter().filter_map(|name| columns.get(&name.value)))
    }

    /// Those who said one of these themselves.
    fn declared<K: Ord>(
        all: &'a BTreeMap<K, Bitmap>,
        undeclared: &'a BTreeMap<K, Bitmap>,
        names: &[Spanned<K>],
    ) -> Self {
        let said = |name: &Spanned<K>| {
            let set = Self::Set(all.get(&name.value)?);
            Some(match undeclared.get(&name.value) {
                None => set,
                Some(others) => Self::And(vec![set, Self::Not(Box::new(Self::Set(others)))]),
            })
        };
        let mut parts: Vec<_> = names.iter().filter_map(said).collect();
        match parts.len() {
            0 => Self::Nobody,
            1 => parts.swap_remove(0),
            _ => Self::Or(parts),
        }
    }

    fn or(sets: impl Iterator<Item = &'a Bitmap>) -> Self {
        let mut sets: Vec<_> = sets.map(Self::Set).collect();
        match sets.len() {
            0 => Self::Nobody,
            1 => sets.swap_remove(0),
            _ => Self::Or(sets),
        }
    }

    fn moment(column: &'a Numeric, when: When, today: i32) -> Self {
        match when {
            When::Within(period) => {
                Self::Range(column, i64::from(first_day(period, today)), i64::from(today))
            }
            When::Before(period) => Self::Range(column, i64::MIN, last_day_before(period, today)),
            When::Test(test) => Self::range(column, test.map(|date| i64::from(day_number(date)))),
        }
    }

    fn range(column: &'a Numeric, test: Test<i64>) -> Self {
        match bounds(test) {
            None => Self::Nobody,
            Some((low, high, false)) => Self::Range(column, low, high),
            Some((low, high, true)) => Self::And(vec![
                Self::Range(column, i64::MIN, i64::MAX),
                Self::Not(Box::new(Self::Range(column, low, high))),
            ]),
        }
    }

    fn gifts(
        columns: &'a Columns,
        measure: Measure,
        stretch: Option<Stretch>,
        today: i32,
        test: Test<i64>,
    ) -> Self {
        let Some((low, high, inverted)) = bounds(test) else { return Self::Nobody };
        let (mut first, last) = match stretch {
            None => (i32::MIN, today),
            Some(Stretch::Trailing(period)) => (first_day(period, today), today),
            Some(Stretch::Days(first, last)) => (day_number(first), day_number(last).min(today)),
        };
        if measure == Measure::LastDay && !inverted && high >= i64::from(today) {
            // The last gift is since `low` exactly when any gift is: the older ones need no reading.
            first = i32::try_from(low.max(i64::from(i32::MIN))).unwrap_or(i32::MAX);
        }
        Self::Gifts(&columns.gifts, GiftQuestion { measure, first, last, low, high, inverted })
    }

    /// Leaves in `out` those of the block that the plan selects.
    pub(super) fn narrow(&self, block: usize, out: &mut Words, scratch: &mut Scratch) {
        match self {
            Self::Everyone => {}
            Self::Nobody => *out = Words::NONE,
            Self::Set(set) => set.block(block).narrow(out),
            Self::Range(column, low, high) => column.narrow(block, *low, *high, out),
            Self::Gifts(gifts, question) => gifts.narrow(block, question, &mut scratch.sums, out),
            Self::Not(inner) => match &**inner {
                Self::Set(set) => set.block(block).exclude(out),
                inner => {
                    let mut inside = scratch.copy_of(out);
                    inner.narrow(block, &mut inside, scratch);
                    out.and_not(&inside);
                    scratch.give_back(inside);
                }
            },
            Self::And(parts) => {
                for part in parts {
                    if !matches!(part, Self::Set(_)) && out.is_empty() {
                        return;
                    }
                    part.narrow(block, out, scratch);
                }
            }
            Self::Or(parts) => {
                let mut any = scratch.copy_of(&Words::NONE);
                for part in parts {
                    if let Self::Set(set) = part {
                        set.block(block).widen(&mut any);
                    } else {
                        let mut one = scratch.copy_of(out);
                        part.narrow(block, &mut one, scratch);
                        any.or(&one);
                        scratch.give_back(one);
                    }
                }
                out.and(&any);
                scratch.give_back(any);
            }
        }
    }
}

/// The first day of a trailing period whose last day is `today`.
fn first_day(period: Period, today: i32) -> i32 {
    today.saturating_sub_unsigned(period.days()).saturating_add(1)
}

/// The last day before that period.
fn last_day_before(period: Period, today: i32) -> i64 {
    i64::from(today) - i64::from(period.days())
}

/// A test as an inclusive range, and whether it is the outside of it that passes; none when nothing can pass.
fn bounds(test: Test<i64>) -> Option<(i64, i64, bool)> {
    Some(match test {
        Test::Compare(Op::Equal, number) => (number, number, false),
        Test::Compare(Op::NotEqual, number) => (number, number, true),
        Test::Compare(Op::Less, number) => (i64::MIN, number.checked_sub(1)?, false),
        Test::Compare(Op::AtMost, number) => (i64::MIN, number, false),
        Test::Compare(Op::More, number) => (number.checked_add(1)?, i64::MAX, false),
        Test::Compare(Op::AtLeast, number) => (number, i64::MAX, false),
        Test::Between(low, high) => (low, high, false),
    })
}
