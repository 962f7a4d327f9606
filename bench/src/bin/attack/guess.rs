//! The best guess there is: how much likelier an answer is with the victim than without, by the published noise, rounding
//! and floor (Neyman and Pearson).

use crate::list::KNOWN;
use hustings_domain::chance::SeededRng;
use hustings_domain::estimate::{Answer, RhoMillionths, noised_count};
use std::collections::HashMap;

/// Draws of the mechanism, without a server, from which the expected accuracy is worked out.
const DRAWS: u32 = 40_000;

pub(crate) struct Guesser {
    ratios: HashMap<Option<u64>, f64>,
    floor: u32,
}

impl Guesser {
    /// For answers of this price above this floor.
    pub(crate) fn new(price: RhoMillionths, floor: u32) -> Self {
        let sigma = price.sigma();
        #[expect(clippy::cast_possible_truncation, reason = "twenty sigma of a payable loss is small")]
        let reach = (20.0 * sigma).ceil() as i64 + 2;
        let known = i64::try_from(KNOWN).unwrap_or(i64::MAX);
        let mut masses: HashMap<Option<u64>, (f64, f64)> = HashMap::new();
        for noised in known - reach..=known + reach {
            let answer = shown(&Answer::of(noised, price, floor));
            #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
            let mass = |count: i64| (-((noised - count) as f64).powi(2) / (2.0 * sigma * sigma)).exp();
            let place = masses.entry(answer).or_default();
            place.0 += mass(known);
            place.1 += mass(known + 1);
        }
        let ratio = |(without, with): (f64, f64)| (with / without).ln();
        Self { ratios: masses.into_iter().map(|(answer, both)| (answer, ratio(both))).collect(), floor }
    }

    /// How much likelier with the victim, as a logarithm; an answer that cannot be says nothing.
    pub(crate) fn log_ratio(&self, answer: Option<u64>) -> f64 {
        self.ratios.get(&answer).copied().filter(|ratio| ratio.is_finite()).unwrap_or(0.0)
    }
}

fn shown(answer: &Answer) -> Option<u64> {
    match answer {
        Answer::About { count, .. } => Some(u64::from(*count)),
        Answer::BelowFloor { .. } => None,
    }
}

/// How often the best guess is right from so many different questions.
pub(crate) fn expected(price: RhoMillionths, questions: usize, guesser: &Guesser) -> f64 {
    let mut rng = SeededRng::new(17);
    let draws = DRAWS / u32::try_from(questions).unwrap_or(1).clamp(1, 20);
    let mut right = 0;
    for draw in 0..draws {
        let there = draw % 2 == 1;
        let told = |_| {
            let noised = noised_count(KNOWN + u64::from(there), price, &mut rng);
            guesser.log_ratio(shown(&Answer::of(noised, price, guesser.floor)))
        };
        right += u32::from(((0..questions).map(told).sum::<f64>() > 0.0) == there);
    }
    f64::from(right) / f64::from(draws)
}
