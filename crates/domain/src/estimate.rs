//! Counts with a price: exact discrete Gaussian noise, budgets in zero-concentrated differential privacy,
//! and how a noised number is said.
//!
//! Canonne, Kamath and Steinke, *The Discrete Gaussian for Differential Privacy* (2020), algorithms 1 to 3,
//! in whole numbers only: no floating point touches the noise.

use crate::chance::Rng;
use crate::money::group_thousands;
use serde::{Deserialize, Serialize};

/// A privacy loss `rho` in millionths: 125,000 is 0.125. Losses of independent answers add up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RhoMillionths(pub u32);

impl RhoMillionths {
    /// The standard deviation of the noise that pays this loss for a count (sensitivity 1): `1/sqrt(2 rho)`.
    pub fn sigma(self) -> f64 {
        (500_000.0 / f64::from(self.0.max(1))).sqrt()
    }

    /// What is left of a budget, if it can pay.
    #[must_use]
    pub fn pay(self, price: Self) -> Option<Self> {
        self.0.checked_sub(price.0).map(Self)
    }
}

/// What a borrower may see of a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "reach")]
pub enum Answer {
    /// The noised count, rounded to ten, with its 95 % margin.
    About {
        /// The noised count.
        count: u32,
        /// Half the width of the 95 % interval.
        margin: u32,
    },
    /// Under the floor: no number at all.
    BelowFloor {
        /// The floor.
        floor: u32,
    },
}

impl Answer {
    // INVARIANT (promise 7): a number is shown only if the *noised* count clears the floor by two sigma, so
    // that not even the fact of crossing the floor speaks of one person.
    /// What may be shown of a noised count.
    pub fn of(noised: i64, price: RhoMillionths, floor: u32) -> Self {
        let sigma = price.sigma();
        #[expect(clippy::cast_possible_truncation, reason = "two sigma of a payable loss is far below 2^63")]
        let limit = i64::from(floor) + (2.0 * sigma).ceil() as i64;
        if noised < limit {
            return Self::BelowFloor { floor };
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive and small")]
        let margin = (1.96 * sigma).ceil() as u32;
        let rounded = (noised + 5) / 10 * 10;
        Self::About { count: u32::try_from(rounded).unwrap_or(u32::MAX), margin }
    }

    /// How it is said: `about 1,900 +- 40`.
    pub fn words(&self) -> String {
        match self {
            Self::About { count, margin } => {
                format!("about {} +- {margin}", group_thousands(u64::from(*count)))
            }
            Self::BelowFloor { floor } => {
                format!("fewer than we can say without pointing at people (the floor is {floor})")
            }
        }
    }
}

/// `count` plus discrete Gaussian noise of variance `1/(2 rho)`.
pub fn noised_count(count: u64, price: RhoMillionths, rng: &mut dyn Rng) -> i64 {
    let noise = discrete_gaussian(500_000, u128::from(price.0.max(1)), rng);
    i64::try_from(count).unwrap_or(i64::MAX).saturating_add(noise)
}

/// A sample of the discrete Gaussian with variance `numerator / denominator` (algorithm 3).
pub fn discrete_gaussian(numerator: u128, denominator: u128, rng: &mut dyn Rng) -> i64 {
    let shared = greatest_common_divisor(numerator, denominator).max(1);
    let (n, d) = (numerator / shared, (denominator / shared).max(1));
    let t = (n / d).isqrt() + 1;
    loop {
        let candidate = discrete_laplace(t, rng);
        // (|y| - sigma^2/t)^2 / (2 sigma^2) = (|y| t d - n)^2 / (2 n d t^2)
        let distance = (u128::from(candidate.unsigned_abs()) * t * d).abs_diff(n);
        if bernoulli_exp(distance * distance, 2 * n.max(1) * d * t * t, rng) {
            return candidate;
        }
    }
}

/// A sample of the discrete Laplace distribution with scale `t` (algorithm 2, s = 1).
fn discrete_laplace(t: u128, rng: &mut dyn Rng) -> i64 {
    loop {
        let remainder = uniform(t, rng);
        if !bernoulli_exp(remainder, t, rng) {
            continue;
        }
        let mut whole = 0_u128;
        while bernoulli_exp(1, 1, rng) {
            whole += 1;
        }
        let size = i64::try_from(remainder + t * whole).unwrap_or(i64::MAX);
        let negative = uniform(2, rng) == 1;
        if negative && size == 0 {
            continue;
        }
        return if negative { -size } else { size };
    }
}

/// True with probability `exp(-numerator/denominator)`, exactly (algorithm 1).
fn bernoulli_exp(numerator: u128, denominator: u128, rng: &mut dyn Rng) -> bool {
    let denominator = denominator.max(1);
    for _ in 0..numerator / denominator {
        if !bernoulli_exp_below_one(1, 1, rng) {
            return false;
        }
    }
    bernoulli_exp_below_one(numerator % denominator, denominator, rng)
}

fn bernoulli_exp_below_one(numerator: u128, denominator: u128, rng: &mut dyn Rng) -> bool {
    let mut k = 1_u128;
    while uniform(denominator * k, rng) < numerator {
        k += 1;
    }
    k % 2 == 1
}

/// A uniform number in `0..bound`, by rejection.
fn uniform(bound: u128, rng: &mut dyn Rng) -> u128 {
    if let Ok(small) = u64::try_from(bound) {
        return u128::from(rng.below(small));
    }
    let mask = u128::MAX >> bound.leading_zeros();
    loop {
        let candidate = ((u128::from(rng.next_u64()) << 64) | u128::from(rng.next_u64())) & mask;
        if candidate < bound {
            return candidate;
        }
    }
}

fn greatest_common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::SeededRng;

    #[expect(clippy::cast_precision_loss, reason = "small whole numbers")]
    /// Pearson's chi-square against the exact probabilities exp(-x^2/2s^2)/sum.
    #[test]
    fn the_noise_follows_the_exact_distribution() {
        let mut rng = SeededRng::new(11);
        let (draws, variance) = (40_000_u32, 9.0_f64);
        let weight = |x: i64| (-(x as f64).powi(2) / (2.0 * variance)).exp();
        let total: f64 = (-100..=100).map(weight).sum();
        let mut seen = std::collections::BTreeMap::<i64, u32>::new();
        for _ in 0..draws {
            *seen.entry(discrete_gaussian(9, 1, &mut rng).clamp(-9, 9)).or_default() += 1;
        }
        let mut statistic = 0.0;
        for x in -9..=9_i64 {
            let mass: f64 = match x {
                -9 => (-100..=-9).map(weight).sum(),
                9 => (9..=100).map(weight).sum(),
                inner => weight(inner),
            };
            let expected = f64::from(draws) * mass / total;
            let observed = f64::from(seen.get(&x).copied().unwrap_or(0));
            statistic += (observed - expected).powi(2) / expected;
        }
        // 18 degrees of freedom: the 99.99 % point is 48.
        assert!(statistic < 48.0, "chi-square {statistic}");
    }

    #[expect(clippy::cast_precision_loss, reason = "a sum far below 2^52")]
    #[test]
    fn the_variance_is_the_price() {
        let price = RhoMillionths(1_250);
        assert!((price.sigma() - 20.0).abs() < 1e-9);
        let mut rng = SeededRng::new(3);
        let square: i64 = (0..20_000).map(|_| noised_count(0, price, &mut rng).pow(2)).sum();
        let variance = square as f64 / 20_000.0;
        assert!((380.0..420.0).contains(&variance), "{variance}");
    }

    #[test]
    fn no_number_near_the_floor() {
        let price = RhoMillionths(1_250);
        assert_eq!(Answer::of(339, price, 300), Answer::BelowFloor { floor: 300 });
        assert_eq!(Answer::of(342, price, 300), Answer::About { count: 340, margin: 40 });
        assert_eq!(Answer::of(1_903, price, 300).words(), "about 1,900 +- 40");
        assert!(Answer::of(-5, price, 300).words().starts_with("fewer"));
    }

    #[test]
    fn a_budget_runs_out() {
        assert_eq!(RhoMillionths(10).pay(RhoMillionths(4)), Some(RhoMillionths(6)));
        assert_eq!(RhoMillionths(3).pay(RhoMillionths(4)), None);
    }
}
