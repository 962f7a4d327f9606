//! Exact discrete Gaussian noise, in whole numbers only: no floating point touches it.
//!
//! Canonne, Kamath and Steinke, *The Discrete Gaussian for Differential Privacy* (2020), algorithms 1 to 3.

use super::RhoMillionths;
use crate::chance::Rng;

// INVARIANT (promise 7): what is charged is more than what is told. A loss of rho asks for a variance of 1/(2 rho),
// 500,000 over its millionths; a count gets a fifth more, so that the best guess from whole numbers stays under
// Phi(sqrt(2 rho)/2), which is exact for noise that is not whole (docs/decisions/0025-noise-margin.md).
/// The variance of the noise times the millionths that a count costs.
pub(super) const VARIANCE: u32 = 600_000;

/// `count` plus discrete Gaussian noise of variance `1.2/(2 rho)`.
pub fn noised_count(count: u64, price: RhoMillionths, rng: &mut dyn Rng) -> i64 {
    let noise = discrete_gaussian(u128::from(VARIANCE), u128::from(price.0.max(1)), rng);
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
#[expect(clippy::cast_precision_loss, reason = "small whole numbers")]
mod tests {
    use super::*;
    use crate::chance::SeededRng;

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

    #[test]
    fn the_variance_is_the_price() {
        let price = RhoMillionths(1_250);
        assert!((price.sigma().powi(2) - 1.2 * 400.0).abs() < 1e-9);
        let mut rng = SeededRng::new(3);
        let square: i64 = (0..20_000).map(|_| noised_count(0, price, &mut rng).pow(2)).sum();
        let variance = square as f64 / 20_000.0;
        assert!((456.0..504.0).contains(&variance), "{variance}");
    }

    /// The probabilities of noise of this variance, from `-reach` to `reach`.
    fn masses(variance: f64) -> Vec<f64> {
        #[expect(clippy::cast_possible_truncation, reason = "a small number")]
        let reach = (9.0 * variance.sqrt()).ceil() as i32 + 2;
        let weights: Vec<f64> =
            (-reach..=reach).map(|x| (-f64::from(x).powi(2) / (2.0 * variance)).exp()).collect();
        let total: f64 = weights.iter().sum();
        weights.into_iter().map(|weight| weight / total).collect()
    }

    fn sum_of(a: &[f64], b: &[f64]) -> Vec<f64> {
        let mut sum = vec![0.0; a.len() + b.len() - 1];
        for (i, x) in a.iter().enumerate().filter(|(_, x)| **x > 1e-300) {
            for (j, y) in b.iter().enumerate() {
                sum[i + j] += x * y;
            }
        }
        // Both ends alike; all that is cut is far below what is looked for.
        let cut = sum.iter().position(|mass| *mass > 1e-16).unwrap_or(0);
        sum[cut..sum.len() - cut].to_vec()
    }

    /// How often the best guess is right whether one person was counted in each of `questions` counts. Their sum holds
    /// all that they tell: the likelihood ratio of one count is the exponential of something linear in it.
    fn best_guess(variance: f64, questions: usize) -> f64 {
        let (mut sum, mut power, mut left) = (vec![1.0], masses(variance), questions);
        while left > 0 {
            if left % 2 == 1 {
                sum = sum_of(&sum, &power);
            }
            left /= 2;
            if left > 0 {
                power = sum_of(&power, &power);
            }
        }
        let at = |place: usize| sum.get(place).copied().unwrap_or(0.0);
        let with = |place: usize| place.checked_sub(questions).map_or(0.0, at);
        (0..sum.len() + questions).map(|place| at(place).max(with(place))).sum::<f64>() / 2.0
    }

    /// `Phi(sqrt(2 rho)/2)`.
    fn bound(rho: f64) -> f64 {
        let x = (2.0 * rho).sqrt() / 2.0;
        // The integral of the density from 0, by Simpson's rule.
        let steps = 2_000_u32;
        let density = |at: f64| (-at * at / 2.0).exp() / std::f64::consts::TAU.sqrt();
        let weigh = |step: u32| match step {
            0 => 1.0,
            last if last == steps => 1.0,
            odd if odd % 2 == 1 => 4.0,
            _ => 2.0,
        };
        let width = x / f64::from(steps);
        0.5 + (0..=steps).map(|step| weigh(step) * density(f64::from(step) * width)).sum::<f64>() * width
            / 3.0
    }

    /// Not measured but worked out, for one question and for whole budgets, up to the dearest question there may be.
    #[test]
    fn no_guess_is_right_more_often_than_the_charged_loss_allows() {
        for (price, questions) in [
            (1_u32, 1_usize),
            (1_250, 1),
            (1_250, 100),
            (12_500, 10),
            (31_250, 4),
            (125_000, 1),
            (125_000, 4),
            (500_000, 1),
            (500_000, 3),
            (RhoMillionths::DEAREST.0, 1),
            (RhoMillionths::DEAREST.0, 2),
        ] {
            let price = RhoMillionths(price);
            let rho = f64::from(price.0) * questions as f64 / 1e6;
            let (best, bound) = (best_guess(price.sigma().powi(2), questions), bound(rho));
            assert!(best < bound, "{questions} of {price:?}: {best} against {bound}");
        }
        // Why there is a margin: with what the loss asks for and no more, whole numbers tell more than is charged.
        let (best, bound) = (best_guess(4.0, 1), bound(0.125));
        assert!((best - 0.599_74).abs() < 1e-4 && (bound - 0.598_71).abs() < 1e-4, "{best} against {bound}");
    }
}
