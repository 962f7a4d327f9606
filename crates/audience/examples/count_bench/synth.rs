//! Made-up people for measuring: a state of 0.2 %, one of 12 %, 48 between; ten issues, ten tags, two purposes,
//! numbers, dates and gifts. Each run of people has a seed of its own, so that threads make them side by side and
//! always the same ones.

use hustings_audience::Index;
use hustings_domain::chance::{Rng, SeededRng};
use hustings_domain::consent::{Channel, ConsentState};
use hustings_domain::facts::{Fact, FactValue, Gift, Origin, Profile};
use hustings_domain::ids::Ordinal;
use hustings_domain::money::Cents;
use hustings_domain::words::{NotASlug, Slug};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use std::error::Error;
use std::ops::Range;

pub(crate) const TODAY: Date = date(2025, 6, 15);

/// People made from one seed.
pub(crate) const RUN: u32 = 1 << 15;

/// Who has stopped everything, told by the ordinal alone.
pub(crate) fn is_stopped(ordinal: u32) -> bool {
    ordinal.is_multiple_of(37)
}

/// The names, parsed once.
#[derive(Debug)]
pub(crate) struct Synth {
    pub(crate) areas: Vec<FactValue>,
    issues: Vec<FactValue>,
    tags: Vec<FactValue>,
    pub(crate) appeals: Slug,
    news: Slug,
    pub(crate) birth_year: Slug,
    pub(crate) total_cents: Slug,
    renewed: Slug,
}

impl Synth {
    pub(crate) fn new() -> Result<Self, Box<dyn Error>> {
        let mut areas = Vec::new();
        for state in 0..50 {
            areas.push(FactValue::Area(format!("ocd-division/country:us/state:s{state}").parse()?));
        }
        let slugs = |kind: &str| -> Result<Vec<Slug>, NotASlug> {
            (1..=10).map(|n| format!("{kind}-{n}").parse()).collect()
        };
        Ok(Self {
            areas,
            issues: slugs("issue")?.into_iter().map(FactValue::Issue).collect(),
            tags: slugs("tag")?.into_iter().map(FactValue::Tag).collect(),
            appeals: "appeals".parse()?,
            news: "news".parse()?,
            birth_year: "birth-year".parse()?,
            total_cents: "total-cents".parse()?,
            renewed: "renewed-on".parse()?,
        })
    }

    /// The people of `range`, which begins where a run does.
    pub(crate) fn people(&self, range: Range<u32>) -> impl Iterator<Item = Profile> + '_ {
        let Range { start, end } = range;
        (start..end).step_by(RUN as usize).flat_map(move |first| {
            let mut rng = SeededRng::new(u64::from(first));
            (first..end.min(first.saturating_add(RUN))).map(move |ordinal| self.person(ordinal, &mut rng))
        })
    }

    /// The index of `people`, made up and built on `threads` threads.
    pub(crate) fn index(&self, people: u32, threads: usize) -> Index {
        let parts = u32::try_from(threads).unwrap_or(1).max(1);
        let part = people.div_ceil(parts).next_multiple_of(RUN);
        let ranges = (0..parts).map(|at| at.saturating_mul(part)..people.min((at + 1).saturating_mul(part)));
        std::thread::scope(|scope| {
            let parts: Vec<_> =
                ranges.map(|range| scope.spawn(move || Index::build(self.people(range)))).collect();
            Index::join(parts.into_iter().map(|part| match part.join() {
                Ok(part) => part,
                Err(panic) => std::panic::resume_unwind(panic),
            }))
        })
    }

    /// The next person of the sequence that `rng` makes.
    pub(crate) fn person(&self, ordinal: u32, rng: &mut SeededRng) -> Profile {
        let fact = |value: FactValue| Fact { value, origin: Origin::SelfGiven, source: 1 + ordinal % 3 };
        let mut below = |bound: u64| i64::try_from(rng.below(bound)).unwrap_or_default();
        let mut facts: Vec<Fact> = Vec::with_capacity(8);
        // State 0 has 0.2 %, state 49 has 12 %, the others share the rest.
        let state = match below(1_000) {
            0..2 => 0,
            2..122 => 49,
            other => 1 + usize::try_from(other).unwrap_or_default() % 48,
        };
        facts.extend(self.areas.get(state).cloned().map(fact));
        let (some_issues, some_tags) = (below(1 << 20), below(1 << 40));
        let chosen = |all: &[FactValue], bits: i64, each: u32, one_in: i64| {
            let pick = move |at: usize| bits >> (at * each as usize) & (one_in - 1) == 0;
            all.iter()
                .enumerate()
                .filter(move |(at, _)| pick(*at))
                .map(|(_, v)| v.clone())
                .collect::<Vec<_>>()
        };
        facts.extend(chosen(&self.issues, some_issues, 2, 4).into_iter().map(fact));
        facts.extend(chosen(&self.tags, some_tags, 4, 16).into_iter().map(fact));
        facts.push(fact(FactValue::Number(self.birth_year.clone(), 1925 + below(82))));
        let digits = below(21);
        facts.push(fact(FactValue::Number(self.total_cents.clone(), below(1 << digits))));
        let day = |back: i64| TODAY.checked_sub(back.days()).unwrap_or(TODAY);
        facts.push(fact(FactValue::Date(self.renewed.clone(), day(below(2_000)))));
        let gifts = match below(10) {
            0 | 1 => (0..=below(4))
                .map(|_| Gift { on: day(below(3_000)), amount: Cents(500 + below(10_000)) })
                .collect(),
            _ => Vec::new(),
        };
        let mut consents = Vec::new();
        if below(2) == 0 {
            consents.push((self.appeals.clone(), Channel::Email, ConsentState::Given));
        }
        if below(4) == 0 {
            consents.push((self.news.clone(), Channel::Email, ConsentState::Given));
        }
        Profile { ordinal: Ordinal(ordinal), joined: day(below(3_650)), facts, consents, gifts }
    }
}
