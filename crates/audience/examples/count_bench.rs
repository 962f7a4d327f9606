//! Builds an index of N synthetic people (default 1 million) and prints the median time of some counts on two
//! threads, of an update, of saving and of loading.

use hustings_audience::{Bitmap, Index, Selection, parse};
use hustings_domain::chance::{Rng, SeededRng};
use hustings_domain::consent::{Channel, ConsentState};
use hustings_domain::facts::{Fact, FactValue, Gift, Origin, Profile};
use hustings_domain::ids::Ordinal;
use hustings_domain::money::Cents;
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use std::io::Write as _;
use std::time::{Duration, Instant};

const TODAY: Date = date(2025, 6, 15);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let people: u32 = std::env::args().nth(1).map_or(Ok(1_000_000), |text| text.parse())?;
    let mut out = std::io::stdout().lock();
    let words = Words::new()?;
    let mut rng = SeededRng::new(1);
    let (index, took) = timed(|| Index::build((0..people).map(|ordinal| words.person(ordinal, &mut rng))));
    writeln!(out, "{people} people, synthesised and built in {took:.1?}")?;
    let suppressed: Bitmap = (0..people).filter(|ordinal| ordinal % 37 == 0).map(Ordinal).collect();
    let five = r#"consent "appeals" and total-cents > 2700 and birth-year between 1960 and 1985"#;
    for (name, text) in [
        ("five, state of 0.2 %", format!(r#"area in "ocd-division/country:us/state:s0" and {five}"#)),
        ("five, state of 12 %", format!(r#"area in "ocd-division/country:us/state:s49" and {five}"#)),
        ("five, everywhere", format!(r#"area in "ocd-division/country:us" and {five}"#)),
        ("sets alone", r#"area in "ocd-division/country:us/state:s0" and issue "issue-1" and not tag "tag-1""#.to_owned()),
        ("gifts of 90 days", "gave(90d) >= $27".to_owned()),
        ("gifts ever", "gave >= $27".to_owned()),
        (
            "flagship",
            r#"area in "ocd-division/country:us/state:s49" and issue has "issue-1" and gave(90d) >= $27 and not tag "tag-1""#
                .to_owned(),
        ),
    ] {
        let expr = parse(&text)?;
        let count = |threads| {
            median_and_best(|| {
                index.count_within(&expr, &[], &[&suppressed], Selection::OwnUse, TODAY, threads);
            })
        };
        let found = index.count_within(&expr, &[], &[&suppressed], Selection::OwnUse, TODAY, 2);
        writeln!(out, "{name:22} {found:>9}  ms on 2 threads {:22} on 1 {}", count(2), count(1))?;
    }
    let mut index = index;
    let changed: Vec<Profile> =
        (0..1_000).map(|n| words.person(n * (people / 1_000).max(1), &mut rng)).collect();
    let ((), took) = timed(|| changed.iter().for_each(|profile| index.upsert(profile)));
    writeln!(out, "upsert {:.1?} each", took / 1_000)?;
    let path = std::env::temp_dir().join(format!("hustings-count-bench-{}.index", std::process::id()));
    let (saved, took) = timed(|| index.save(&path));
    saved?;
    writeln!(out, "saved {} MB in {took:.1?}", std::fs::metadata(&path)?.len() / 1_000_000)?;
    let (loaded, took) = timed(|| Index::load(&path));
    writeln!(out, "loaded {} people in {took:.1?}", loaded?.len())?;
    std::fs::remove_file(&path)?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures durations")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}

/// The median and, for machines that have other work to do, the best of 51 runs, in milliseconds.
fn median_and_best(mut work: impl FnMut()) -> String {
    let mut times: Vec<Duration> = (0..51).map(|_| timed(&mut work).1).collect();
    times.sort_unstable();
    let at = |run: usize| times.get(run).copied().unwrap_or_default().as_secs_f64() * 1_000.0;
    format!("{:.3} (best {:.3})", at(25), at(0))
}

/// The names, parsed once.
struct Words {
    areas: Vec<FactValue>,
    issues: Vec<FactValue>,
    tags: Vec<FactValue>,
    appeals: hustings_domain::words::Slug,
    birth_year: hustings_domain::words::Slug,
    total_cents: hustings_domain::words::Slug,
}

impl Words {
    fn new() -> Result<Self, Box<dyn std::error::Error>> {
        let mut areas = Vec::new();
        for state in 0..50 {
            areas.push(FactValue::Area(format!("ocd-division/country:us/state:s{state}").parse()?));
        }
        let slugs = |kind: &str,
                     last: u32|
         -> Result<Vec<hustings_domain::words::Slug>, hustings_domain::words::NotASlug> {
            (1..=last).map(|n| format!("{kind}-{n}").parse()).collect()
        };
        Ok(Self {
            areas,
            issues: slugs("issue", 5)?.into_iter().map(FactValue::Issue).collect(),
            tags: slugs("tag", 5)?.into_iter().map(FactValue::Tag).collect(),
            appeals: "appeals".parse()?,
            birth_year: "birth-year".parse()?,
            total_cents: "total-cents".parse()?,
        })
    }

    fn person(&self, ordinal: u32, rng: &mut SeededRng) -> Profile {
        let fact = |value: FactValue| Fact { value, origin: Origin::SelfGiven, source: 1 };
        let mut below = |bound: u64| i64::try_from(rng.below(bound)).unwrap_or_default();
        // State 0 has 0.2 %, state 49 has 12 %, the others share the rest.
        let state = match below(1_000) {
            0..2 => 0,
            2..122 => 49,
            other => 1 + usize::try_from(other).unwrap_or_default() % 48,
        };
        let mut facts: Vec<Fact> = self.areas.get(state).cloned().into_iter().map(fact).collect();
        facts.extend(self.issues.iter().filter(|_| below(5) == 0).cloned().map(fact));
        facts.extend(self.tags.iter().filter(|_| below(20) == 0).cloned().map(fact));
        facts.push(fact(FactValue::Number(self.birth_year.clone(), 1925 + below(82))));
        let digits = below(21);
        facts.push(fact(FactValue::Number(self.total_cents.clone(), below(1 << digits))));
        let gifts = match below(10) {
            0 | 1 => (0..=below(4))
                .map(|_| Gift {
                    on: TODAY.checked_sub(below(3_000).days()).unwrap_or(TODAY),
                    amount: Cents(500 + below(10_000)),
                })
                .collect(),
            _ => Vec::new(),
        };
        let consents = if below(2) == 0 {
            vec![(self.appeals.clone(), Channel::Email, ConsentState::Given)]
        } else {
            Vec::new()
        };
        let joined = TODAY.checked_sub(below(3_650).days()).unwrap_or(TODAY);
        Profile { ordinal: Ordinal(ordinal), joined, facts, consents, gifts }
    }
}
