//! What each file says of a person: drawn apart, so that two files can contradict each other.

use super::draw::{between, happens, pick, pick_skewed, pick_weighted};
use super::places::ISSUES;
use hustings_domain::chance::{Rng as _, SeededRng};
use hustings_domain::consent::ConsentState::{self, Given, Refused, Unknown};
use hustings_domain::money::Cents;
use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, time};

/// What the old newsletter tool says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Subscription {
    pub(super) news: ConsentState,
    pub(super) appeals: ConsentState,
    pub(super) postal_known: bool,
    pub(super) tags: Vec<&'static str>,
    pub(super) joined: DateTime,
    /// They signed up twice, and the second row says this of appeals.
    pub(super) again: Option<ConsentState>,
}

/// What the petition says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Signature {
    pub(super) news: ConsentState,
    pub(super) appeals: ConsentState,
    pub(super) volunteering: ConsentState,
    pub(super) money: ConsentState,
    /// Positions in [`ISSUES`], rising.
    pub(super) issues: Vec<usize>,
    pub(super) district_known: bool,
    pub(super) postal_known: bool,
    pub(super) signed: Date,
    /// They signed twice, with the same answers.
    pub(super) again: bool,
}

/// One gift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gift {
    pub(super) amount: Cents,
    pub(super) on: Date,
}

pub(super) fn draw_subscription(rng: &mut SeededRng, today: Date, again: bool) -> Subscription {
    let appeals = pick_weighted(rng, &[(380, Some(Given)), (310, Some(Refused)), (310, Some(Unknown))]);
    let hour = i8::try_from(rng.below(24)).unwrap_or(0);
    let minute = i8::try_from(rng.below(60)).unwrap_or(0);
    let mut tags = Vec::new();
    for (per_mille, tag) in
        [(40, "volunteer"), (60, "yard-sign"), (25, "union"), (3, "staff"), (90, "event-2024")]
    {
        if happens(rng, per_mille) {
            tags.push(tag);
        }
    }
    Subscription {
        news: if happens(rng, 930) { Given } else { Refused },
        appeals: appeals.unwrap_or(Unknown),
        postal_known: happens(rng, 960),
        tags,
        joined: days_before(today, between(rng, 200, 3_600)).to_datetime(time(hour, minute, 0, 0)),
        again: again.then(|| pick_weighted(rng, &[(85, Some(Unknown)), (15, Some(Refused))])).flatten(),
    }
}

pub(super) fn draw_signature(rng: &mut SeededRng, today: Date) -> Signature {
    // Hear, volunteer, money: what people tick together.
    let kinds = [
        (200, Some((Given, Given, Given))),
        (170, Some((Given, Given, Refused))),
        (90, Some((Given, Unknown, Unknown))),
        (40, Some((Given, Refused, Given))),
        (400, Some((Refused, Refused, Refused))),
        (100, Some((Unknown, Unknown, Unknown))),
    ];
    let (appeals, volunteering, money) = pick_weighted(rng, &kinds).unwrap_or((Unknown, Unknown, Unknown));
    let wanted = pick(rng, &[0, 1, 1, 1, 2, 2, 3, 4]);
    let places: Vec<usize> = (0..ISSUES.len()).collect();
    let mut issues: Vec<usize> = (0..wanted).map(|_| pick_skewed(rng, &places)).collect();
    issues.sort_unstable();
    issues.dedup();
    let district_known = happens(rng, 820);
    Signature {
        news: pick_weighted(rng, &[(75, Some(Given)), (20, Some(Unknown)), (5, Some(Refused))])
            .unwrap_or(Unknown),
        appeals,
        volunteering,
        money,
        issues,
        district_known,
        postal_known: happens(rng, 950),
        signed: days_before(today, between(rng, 30, 500)),
        again: happens(rng, 20),
    }
}

pub(super) fn draw_gifts(rng: &mut SeededRng, today: Date) -> Vec<Gift> {
    let dollars =
        [(30, 27), (20, 10), (15, 25), (12, 5), (10, 50), (8, 100), (3, 250), (1, 1_250), (1, 2_800)];
    let count = pick_weighted(rng, &[(50, 1), (30, 2), (12, 3), (6, 5), (2, 12)]);
    (0..count)
        .map(|_| {
            let odd_cents = if happens(rng, 40) { between(rng, 1, 99) } else { 0 };
            let cents = pick_weighted(rng, &dollars) * 100 + odd_cents;
            Gift {
                amount: Cents(i64::try_from(cents).unwrap_or(0)),
                on: days_before(today, between(rng, 1, 700)),
            }
        })
        .collect()
}

fn days_before(today: Date, days: u64) -> Date {
    today.saturating_sub(i64::try_from(days).unwrap_or(0).days())
}
