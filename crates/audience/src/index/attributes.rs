//! The columns of attributes: amounts and texts in slices, choices and areas as sets, and who gave a value themselves.
//!
//! Texts are compared by their folded bytes, seven at a time as whole numbers, so that a beginning is a range of the
//! same slices that numbers have; what follows the last byte is nothing but zeros.

use super::bitmap::Bitmap;
use super::columns::set_value;
use super::numeric::Numeric;
use crate::language::Vocabulary;
use crate::naive::{area, choice, in_force, money, text};
use hustings_domain::area::AreaId;
use hustings_domain::attribute::AttributeType;
use hustings_domain::facts::{Fact, FactValue, Origin};
use hustings_domain::ids::Ordinal;
use hustings_domain::words::Slug;
use std::collections::{BTreeMap, BTreeSet};

/// Bytes of a text in one number.
const PIECE: usize = 7;

/// Every column of an attribute but numbers and dates, which have columns of their own.
#[derive(Debug, Clone, Default)]
pub(super) struct Attributes {
    pub(super) money: BTreeMap<Slug, Numeric>,
    pub(super) texts: BTreeMap<Slug, Text>,
    pub(super) choices: BTreeMap<(Slug, Slug), Bitmap>,
    pub(super) several: BTreeMap<(Slug, Slug), Bitmap>,
    /// Those of `several` who said it themselves.
    pub(super) several_declared: BTreeMap<(Slug, Slug), Bitmap>,
    pub(super) areas: BTreeMap<(Slug, AreaId), Bitmap>,
    /// Of attributes with one value: whose value in force is self-given. It alone selects for a loan.
    pub(super) declared: BTreeMap<(AttributeType, Slug), Bitmap>,
}

/// The pieces of a text, the first of each person in the first column.
#[derive(Debug, Clone, Default)]
pub(super) struct Text(pub(super) Vec<Numeric>);

impl Attributes {
    /// Notes how the value in force of an attribute came.
    pub(super) fn declare(&mut self, kind: AttributeType, name: &Slug, who: Ordinal, origin: Origin) {
        if origin.may_be_lent() {
            self.declared.entry((kind, name.clone())).or_default().insert(who);
        }
    }

    /// Puts one fact of a person in, of all of them.
    pub(super) fn insert(&mut self, fact: &Fact, all: &[Fact], who: Ordinal) {
        let Some((name, kind)) = fact.value.attribute() else { return };
        let origin = match kind {
            AttributeType::Money => in_force(all.iter(), name, money).map(|(origin, cents)| {
                set_value(&mut self.money, name, who, cents.0);
                origin
            }),
            AttributeType::Text => in_force(all.iter(), name, text).map(|(origin, text)| {
                self.texts.entry(name.clone()).or_default().set(who, &text.folded());
                origin
            }),
            AttributeType::Choice => in_force(all.iter(), name, choice).map(|(origin, choice)| {
                self.choices.entry((name.clone(), choice)).or_default().insert(who);
                origin
            }),
            AttributeType::Area => in_force(all.iter(), name, area).map(|(origin, area)| {
                for step in area.with_parents() {
                    self.areas.entry((name.clone(), step)).or_default().insert(who);
                }
                origin
            }),
            AttributeType::Choices => {
                if let FactValue::Choices(_, choice) = &fact.value {
                    let key = (name.clone(), choice.clone());
                    if fact.origin.may_be_lent() {
                        self.several_declared.entry(key.clone()).or_default().insert(who);
                    }
                    self.several.entry(key).or_default().insert(who);
                }
                None
            }
            AttributeType::Number | AttributeType::Date => None,
        };
        if let Some(origin) = origin {
            self.declare(kind, name, who, origin);
        }
    }

    /// Takes a person out.
    pub(super) fn remove(&mut self, who: Ordinal) {
        self.money.values_mut().for_each(|column| column.clear(who));
        self.texts.values_mut().flat_map(|text| &mut text.0).for_each(|column| column.clear(who));
        for sets in [&mut self.choices, &mut self.several, &mut self.several_declared] {
            for set in sets.values_mut() {
                set.remove(who);
            }
        }
        self.areas.values_mut().for_each(|set| set.remove(who));
        self.declared.values_mut().for_each(|set| set.remove(who));
    }

    /// How many bytes of memory the columns take.
    pub(super) fn memory(&self) -> u64 {
        let sets = self.choices.values().chain(self.several.values()).chain(self.several_declared.values());
        let sets = sets.chain(self.areas.values()).chain(self.declared.values());
        let columns = self.money.values().chain(self.texts.values().flat_map(|text| &text.0));
        sets.map(Bitmap::memory).sum::<u64>() + columns.map(Numeric::memory).sum::<u64>()
    }

    /// Adds the names under which anybody is found.
    pub(super) fn name(&self, known: &mut Vocabulary) {
        known.money = filled(&self.money, |column| !column.is_empty());
        known.texts = filled(&self.texts, |text| text.0.iter().any(|column| !column.is_empty()));
        known.choices = by_name(&self.choices);
        known.several = by_name(&self.several);
        known.named_areas = by_name(&self.areas);
        let declared = self.declared.iter().filter(|(_, set)| !set.is_empty());
        known.self_given = declared.map(|((_, name), _)| name.to_string()).collect();
        let several = self.several_declared.iter().filter(|(_, set)| !set.is_empty());
        known.self_given.extend(several.map(|((name, _), _)| name.to_string()));
    }
}

fn filled<T>(columns: &BTreeMap<Slug, T>, holds: impl Fn(&T) -> bool) -> BTreeSet<String> {
    columns.iter().filter(|(_, column)| holds(column)).map(|(name, _)| name.to_string()).collect()
}

fn by_name<T: ToString>(sets: &BTreeMap<(Slug, T), Bitmap>) -> BTreeMap<String, BTreeSet<String>> {
    let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for ((name, value), _) in sets.iter().filter(|(_, set)| !set.is_empty()) {
        names.entry(name.to_string()).or_default().insert(value.to_string());
    }
    names
}

impl Text {
    fn set(&mut self, who: Ordinal, folded: &str) {
        let pieces = folded.len() / PIECE + 1;
        if self.0.len() < pieces {
            self.0.resize_with(pieces, Numeric::default);
        }
        for (place, column) in self.0.iter_mut().enumerate() {
            if place < pieces {
                column.set(who, piece(folded.as_bytes(), place, 0));
            } else {
                column.clear(who);
            }
        }
    }

    /// The ranges that the pieces of exactly this text lie in; none when no text is so long.
    pub(super) fn exactly(&self, folded: &str) -> Option<Vec<(&Numeric, i64, i64)>> {
        let pieces = folded.len() / PIECE + 1;
        let one = |place: usize| {
            let number = piece(folded.as_bytes(), place, 0);
            Some((self.0.get(place)?, number, number))
        };
        (0..pieces).map(one).collect()
    }

    /// The ranges that the pieces of texts with this beginning lie in.
    pub(super) fn starting(&self, folded: &str) -> Option<Vec<(&Numeric, i64, i64)>> {
        let pieces = folded.len().div_ceil(PIECE).max(1);
        let bytes = folded.as_bytes();
        (0..pieces)
            .map(|place| Some((self.0.get(place)?, piece(bytes, place, 0), piece(bytes, place, 0xff))))
            .collect()
    }
}

/// Seven bytes of a text as a number that is ordered as they are; `rest` stands for those that it does not have.
fn piece(bytes: &[u8], place: usize, rest: u8) -> i64 {
    (place * PIECE..(place + 1) * PIECE)
        .fold(0, |number, at| number << 8 | i64::from(bytes.get(at).copied().unwrap_or(rest)))
}
