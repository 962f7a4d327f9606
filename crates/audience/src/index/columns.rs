//! The columns of the index: what is kept of a profile, and how one is put in and taken out.

use super::attributes::Attributes;
use super::bitmap::Bitmap;
use super::gifts::Gifts;
use super::numeric::Numeric;
use crate::days::day_number;
use crate::language::Vocabulary;
use crate::naive::{day, in_force, number};
use hustings_domain::area::AreaId;
use hustings_domain::attribute::AttributeType;
use hustings_domain::consent::{Channel, ConsentState};
use hustings_domain::facts::{FactValue, Profile};
use hustings_domain::ids::Ordinal;
use hustings_domain::words::Slug;
use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::str::FromStr;

/// The sets of one consent; who is in none of them never answered.
#[derive(Debug, Clone, Default)]
pub(super) struct ConsentColumns {
    pub(super) given: Bitmap,
    pub(super) expired: Bitmap,
    pub(super) refused: Bitmap,
    pub(super) withdrawn: Bitmap,
}

impl ConsentColumns {
    pub(super) fn all(&self) -> [&Bitmap; 4] {
        [&self.given, &self.expired, &self.refused, &self.withdrawn]
    }

    pub(super) fn all_mut(&mut self) -> [&mut Bitmap; 4] {
        [&mut self.given, &mut self.expired, &mut self.refused, &mut self.withdrawn]
    }

    /// The set of those in `state`; none for the unknown one, which is kept as the absence of the others.
    pub(super) fn state(&self, state: ConsentState) -> Option<&Bitmap> {
        match state {
            ConsentState::Given => Some(&self.given),
            ConsentState::Expired => Some(&self.expired),
            ConsentState::Refused => Some(&self.refused),
            ConsentState::Withdrawn => Some(&self.withdrawn),
            ConsentState::Unknown => None,
        }
    }
}

/// Every column. What people said themselves is the only thing that may select for a loan; since most of a list
/// is that, the `undeclared` sets hold whom an area or issue is known of otherwise alone.
///
/// INVARIANT: an undeclared set holds nobody who is not in the set of the same name.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    pub(super) live: Bitmap,
    pub(super) areas: BTreeMap<AreaId, Bitmap>,
    pub(super) areas_undeclared: BTreeMap<AreaId, Bitmap>,
    pub(super) issues: BTreeMap<Slug, Bitmap>,
    pub(super) issues_undeclared: BTreeMap<Slug, Bitmap>,
    pub(super) tags: BTreeMap<Slug, Bitmap>,
    pub(super) sources: BTreeMap<u32, Bitmap>,
    pub(super) consents: BTreeMap<(Slug, Channel), ConsentColumns>,
    pub(super) joined: Numeric,
    pub(super) numbers: BTreeMap<Slug, Numeric>,
    pub(super) dates: BTreeMap<Slug, Numeric>,
    pub(super) gifts: Gifts,
    pub(super) attributes: Attributes,
}

impl Columns {
    /// Puts a person in who is not there; the gifts are the caller's.
    pub(super) fn insert(&mut self, profile: &Profile) {
        let who = profile.ordinal;
        self.live.insert(who);
        self.joined.set(who, i64::from(day_number(profile.joined)));
        let mut noted = None;
        for fact in &profile.facts {
            if noted.replace(fact.source) != Some(fact.source) {
                add(&mut self.sources, &fact.source, who);
            }
            let declared = fact.origin.may_be_lent();
            match &fact.value {
                FactValue::Area(area) => {
                    for step in area.steps() {
                        add_known(&mut self.areas, &mut self.areas_undeclared, step, who, declared);
                    }
                }
                FactValue::Issue(issue) => {
                    add_known(&mut self.issues, &mut self.issues_undeclared, issue.as_str(), who, declared);
                }
                FactValue::Tag(tag) => add(&mut self.tags, tag, who),
                FactValue::Number(name, _) => {
                    if let Some((origin, number)) = in_force(profile.facts.iter(), name, number) {
                        set_value(&mut self.numbers, name, who, number);
                        self.attributes.declare(AttributeType::Number, name, who, origin);
                    }
                }
                FactValue::Date(name, _) => {
                    if let Some((origin, date)) = in_force(profile.facts.iter(), name, day) {
                        set_value(&mut self.dates, name, who, i64::from(day_number(date)));
                        self.attributes.declare(AttributeType::Date, name, who, origin);
                    }
                }
                FactValue::Text(..)
                | FactValue::Money(..)
                | FactValue::Choice(..)
                | FactValue::Choices(..)
                | FactValue::NamedArea(..) => self.attributes.insert(fact, &profile.facts, who),
            }
        }
        for (purpose, channel, said) in &profile.consents {
            let columns = self.consents.entry((purpose.clone(), *channel)).or_default();
            let before = ConsentState::ALL
                .into_iter()
                .find(|state| columns.state(*state).is_some_and(|set| set.contains(who)))
                .unwrap_or(ConsentState::Unknown);
            let state = before.stricter(*said);
            columns.all_mut().into_iter().for_each(|set| set.remove(who));
            match state {
                ConsentState::Given => columns.given.insert(who),
                ConsentState::Expired => columns.expired.insert(who),
                ConsentState::Refused => columns.refused.insert(who),
                ConsentState::Withdrawn => columns.withdrawn.insert(who),
                ConsentState::Unknown => {}
            }
        }
    }

    /// Takes a person out of every column.
    pub(super) fn remove(&mut self, who: Ordinal) {
        if !self.live.contains(who) {
            return;
        }
        self.live.remove(who);
        for columns in [&mut self.areas, &mut self.areas_undeclared] {
            for set in columns.values_mut() {
                set.remove(who);
            }
        }
        for columns in [&mut self.issues, &mut self.issues_undeclared, &mut self.tags] {
            for set in columns.values_mut() {
                set.remove(who);
            }
        }
        self.sources.values_mut().for_each(|set| set.remove(who));
        self.consents.values_mut().flat_map(ConsentColumns::all_mut).for_each(|set| set.remove(who));
        self.joined.clear(who);
        for columns in [&mut self.numbers, &mut self.dates] {
            for column in columns.values_mut() {
                column.clear(who);
            }
        }
        self.gifts.clear(who);
        self.attributes.remove(who);
    }

    /// How many bytes of memory the columns take, without the few of their names.
    pub(super) fn memory(&self) -> u64 {
        let sets = std::iter::once(&self.live)
            .chain(self.areas.values())
            .chain(self.areas_undeclared.values())
            .chain(self.issues.values())
            .chain(self.issues_undeclared.values())
            .chain(self.tags.values())
            .chain(self.sources.values())
            .chain(self.consents.values().flat_map(ConsentColumns::all));
        let numerics = std::iter::once(&self.joined).chain(self.numbers.values()).chain(self.dates.values());
        sets.map(Bitmap::memory).sum::<u64>()
            + numerics.map(Numeric::memory).sum::<u64>()
            + self.gifts.memory()
            + self.attributes.memory()
    }

    /// The names under which anybody is found.
    pub(super) fn vocabulary(&self) -> Vocabulary {
        fn sets(columns: &BTreeMap<Slug, Bitmap>) -> impl Iterator<Item = String> {
            columns.iter().filter(|(_, set)| !set.is_empty()).map(|(name, _)| name.to_string())
        }
        fn numbers(columns: &BTreeMap<Slug, Numeric>) -> impl Iterator<Item = String> {
            columns.iter().filter(|(_, column)| !column.is_empty()).map(|(name, _)| name.to_string())
        }
        let mut known = Vocabulary {
            areas: self
                .areas
                .iter()
                .filter(|(_, set)| !set.is_empty())
                .map(|(area, _)| area.to_string())
                .collect(),
            issues: sets(&self.issues).collect(),
            tags: sets(&self.tags).collect(),
            purposes: self
                .consents
                .iter()
                .filter(|(_, columns)| columns.all().iter().any(|set| !set.is_empty()))
                .map(|((purpose, _), _)| purpose.to_string())
                .collect(),
            numbers: numbers(&self.numbers).collect(),
            dates: numbers(&self.dates).collect(),
            ..Vocabulary::default()
        };
        self.attributes.name(&mut known);
        known
    }
}

/// Adds somebody to a set, and, unless they said it themselves, to those of whom it is known otherwise alone.
fn add_known<K: Ord + Borrow<str> + FromStr>(
    all: &mut BTreeMap<K, Bitmap>,
    undeclared: &mut BTreeMap<K, Bitmap>,
    name: &str,
    who: Ordinal,
    declared: bool,
) {
    let set = set_of(all, name);
    let known = set.as_deref().is_some_and(|set| set.contains(who));
    if let Some(set) = set.filter(|_| !known) {
        set.insert(who);
    }
    if declared && known {
        if let Some(set) = undeclared.get_mut(name) {
            set.remove(who);
        }
    } else if !declared
        && !known
        && let Some(set) = set_of(undeclared, name)
    {
        set.insert(who);
    }
}

/// The set of a name, made when it is not there; the name is copied only then. Whatever was an id reads as one.
fn set_of<'a, K: Ord + Borrow<str> + FromStr>(
    columns: &'a mut BTreeMap<K, Bitmap>,
    name: &str,
) -> Option<&'a mut Bitmap> {
    if !columns.contains_key(name) {
        columns.insert(name.parse().ok()?, Bitmap::new());
    }
    columns.get_mut(name)
}

fn add<K: Ord + Clone>(columns: &mut BTreeMap<K, Bitmap>, name: &K, who: Ordinal) {
    match columns.get_mut(name) {
        Some(set) => set.insert(who),
        None => {
            columns.insert(name.clone(), Bitmap::from_iter([who]));
        }
    }
}

/// Notes a value under a name, which is copied only when the column is new.
pub(super) fn set_value(columns: &mut BTreeMap<Slug, Numeric>, name: &Slug, who: Ordinal, value: i64) {
    match columns.get_mut(name) {
        Some(column) => column.set(who, value),
        None => columns.entry(name.clone()).or_default().set(who, value),
    }
}
