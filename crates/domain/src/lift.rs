//! What a loan changed: the rate among those who were mailed against the rate among those who were held back at random,
//! with an interval that holds at every look, however often somebody looks and whenever they stop.
//!
//! Each rate has a confidence sequence from the mixture martingale of Robbins (1970) with a beta prior: for people who
//! come one after another, each doing the thing with the same chance `p`, the ratio of the mixture's likelihood to that
//! of `p` is a martingale that begins at 1, so by Ville's inequality it ever reaches `1/alpha` with a chance of at most
//! `alpha`. Whatever `p` has not been ruled out stays in the interval. No approximation is in it, and it is short where
//! rates are small. (Howard, Ramdas, `McAuliffe` and Sekhon, *Time-uniform, nonparametric, nonasymptotic confidence
//! sequences*, Annals of Statistics 2021, section 3; Waudby-Smith and Ramdas, *Estimating means of bounded random
//! variables by betting*, 2024, for the same as a bet.) The two sequences are joined by the union bound.

use serde::{Deserialize, Serialize};

/// People who were looked at long enough, and those of them who did the thing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// How many were looked at.
    pub people: u32,
    /// How many did it.
    pub did: u32,
}

impl Tally {
    /// The share that did it, from 0 to 1; nothing without people.
    pub fn rate(&self) -> Option<f64> {
        (self.people > 0).then(|| f64::from(self.did.min(self.people)) / f64::from(self.people))
    }
}

/// From and up to which rate, as shares of 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// No lower than this.
    pub low: f64,
    /// No higher than this.
    pub high: f64,
}

/// The difference that being mailed made.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Lift {
    /// Those who were mailed.
    pub mailed: Tally,
    /// Those who were held back.
    pub held_back: Tally,
    /// The rate of the mailed less that of the held back; nothing when one of the two has nobody.
    pub difference: Option<f64>,
    /// Where the difference lies, at every look, with a chance of `1 - alpha`.
    pub interval: Interval,
    /// The chance of being wrong at some look.
    pub alpha: f64,
}

impl Lift {
    /// Weighs two tallies against each other.
    pub fn of(mailed: Tally, held_back: Tally, alpha: f64) -> Self {
        let (one, other) = (rates(mailed, alpha / 2.0), rates(held_back, alpha / 2.0));
        Self {
            mailed,
            held_back,
            difference: mailed.rate().zip(held_back.rate()).map(|(mailed, held)| mailed - held),
            interval: Interval { low: one.low - other.high, high: one.high - other.low },
            alpha,
        }
    }

    /// Whether chance alone is ruled out.
    pub fn is_sure(&self) -> bool {
        self.interval.low > 0.0 || self.interval.high < 0.0
    }

    /// How it is said: in hundredths, with the interval, and whether that is sure.
    pub fn words(&self) -> String {
        let Some(difference) = self.difference else {
            return "nobody can be compared yet".to_owned();
        };
        let interval = format!("{} to {}", points(self.interval.low), points(self.interval.high));
        let sure = if self.is_sure() { "" } else { "; that may still be chance" };
        format!("{} in 100, between {interval}{sure}", points(difference))
    }
}

fn points(share: f64) -> String {
    format!("{:+.2}", share * 100.0)
}

/// The rates that a tally has not ruled out, at every look, with a chance of `1 - alpha`.
pub fn rates(tally: Tally, alpha: f64) -> Interval {
    if tally.people == 0 {
        return Interval { low: 0.0, high: 1.0 };
    }
    let limit = -alpha.ln();
    let likeliest = f64::from(tally.did.min(tally.people)) / f64::from(tally.people);
    let mixture = ln_mixture(tally);
    let ruled_out = |rate: f64| mixture - ln_likelihood(tally, rate) >= limit;
    let low = if likeliest <= 0.0 { 0.0 } else { bisect(0.0, likeliest, ruled_out) };
    let high = if likeliest >= 1.0 { 1.0 } else { bisect(1.0, likeliest, ruled_out) };
    Interval { low, high }
}

/// The edge between what is ruled out at `out` and what is not at `inside`; on the side of `out`.
fn bisect(mut out: f64, mut inside: f64, ruled_out: impl Fn(f64) -> bool) -> f64 {
    if !ruled_out(out) {
        return out;
    }
    for _ in 0..60 {
        let middle = f64::midpoint(out, inside);
        if ruled_out(middle) { out = middle } else { inside = middle }
    }
    out
}

/// The logarithm of the mixture's likelihood, with the beta prior of one half and one half, under which no rate is
/// ruled out long before it must be.
fn ln_mixture(tally: Tally) -> f64 {
    let (did, did_not) = parts(tally);
    ln_beta(did + 0.5, did_not + 0.5) - ln_beta(0.5, 0.5)
}

/// The logarithm of the likelihood of `rate`; minus infinity where what was seen cannot be.
fn ln_likelihood(tally: Tally, rate: f64) -> f64 {
    let (did, did_not) = parts(tally);
    let term = |count: f64, chance: f64| if count > 0.0 { count * chance.ln() } else { 0.0 };
    term(did, rate) + term(did_not, 1.0 - rate)
}

fn parts(tally: Tally) -> (f64, f64) {
    let did = tally.did.min(tally.people);
    (f64::from(did), f64::from(tally.people - did))
}

fn ln_beta(a: f64, b: f64) -> f64 {
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}

/// The logarithm of the gamma function for arguments above 0, by Stirling's series above 10 (Abramowitz and Stegun,
/// 6.1.41); the error is below 1e-12.
fn ln_gamma(mut x: f64) -> f64 {
    let mut shift = 0.0;
    while x < 10.0 {
        shift -= x.ln();
        x += 1.0;
    }
    let square = x * x;
    let series =
        (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - 1.0 / (1680.0 * square)) / square) / square) / x;
    shift + (x - 0.5) * x.ln() - x + 0.5 * (2.0 * std::f64::consts::PI).ln() + series
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::{Rng as _, SeededRng};

    #[test]
    fn the_gamma_function_is_right_where_it_is_known() {
        // 9! = 362,880; Gamma(1/2) is the root of pi.
        assert!((ln_gamma(10.0) - 362_880_f64.ln()).abs() < 1e-11);
        assert!((ln_gamma(0.5) - std::f64::consts::PI.sqrt().ln()).abs() < 1e-11);
        assert!(ln_gamma(1.0).abs() < 1e-11 && ln_gamma(2.0).abs() < 1e-11);
    }

    #[test]
    fn an_interval_holds_its_rate_and_grows_shorter() {
        let nothing = rates(Tally::default(), 0.05);
        assert_eq!((nothing.low, nothing.high), (0.0, 1.0));
        let widths: Vec<f64> = [100, 10_000, 1_000_000]
            .map(|people| {
                let found = rates(Tally { people, did: people / 50 }, 0.05);
                assert!(found.low < 0.02 && 0.02 < found.high, "{found:?}");
                found.high - found.low
            })
            .to_vec();
        assert!(widths.is_sorted_by(|one, next| one > next), "{widths:?}");
        assert!(widths[1] < 0.012, "{widths:?}");
        let none = rates(Tally { people: 1_000, did: 0 }, 0.05);
        assert!(none.low <= 0.0 && none.high < 0.01, "{none:?}");
        let all = rates(Tally { people: 1_000, did: 1_000 }, 0.05);
        assert!(all.high >= 1.0 && all.low > 0.99, "{all:?}");
    }

    /// Runs in which the interval misses the true difference at any look of 4,000 (one mailed in twenty held back).
    fn missed(mailed_rate: f64, held_rate: f64, runs: u64) -> u64 {
        (0..runs)
            .filter(|run| {
                let mut rng = SeededRng::new(1_000 + run);
                let (mut mailed, mut held) = (Tally::default(), Tally::default());
                (0..4_000).any(|person| {
                    let (tally, rate) =
                        if person % 20 == 7 { (&mut held, held_rate) } else { (&mut mailed, mailed_rate) };
                    tally.people += 1;
                    tally.did += u32::from(rng.unit() < rate);
                    // A look after each of the first people and then now and then: an interval moves slowly.
                    let look = person < 100 || person % 40 == 0;
                    let lift = look.then(|| Lift::of(mailed, held, 0.1).interval);
                    let truth = mailed_rate - held_rate;
                    lift.is_some_and(|lift| truth < lift.low || lift.high < truth)
                })
            })
            .count() as u64
    }

    #[test]
    fn looking_all_the_time_is_wrong_no_more_often_than_stated() {
        for (mailed, held) in [(0.03, 0.01), (0.2, 0.2), (0.5, 0.45)] {
            let wrong = missed(mailed, held, 150);
            // 15 of 150 are allowed; the union bound leaves it far below.
            assert!(wrong <= 15, "{mailed} {held}: {wrong} of 150");
        }
    }

    /// The same looks with the interval of a single look (normal approximation): what the sequence is for.
    #[test]
    fn an_interval_for_one_look_fails_when_people_look_again() {
        let wrong = (0..300_u64)
            .filter(|run| {
                let mut rng = SeededRng::new(9_000 + run);
                let mut tally = Tally::default();
                (0..4_000).any(|person| {
                    tally.people += 1;
                    tally.did += u32::from(rng.unit() < 0.2);
                    let (people, rate) = (f64::from(tally.people), tally.rate().unwrap_or(0.0));
                    let half = 1.645 * (rate * (1.0 - rate) / people).sqrt();
                    person > 200 && (rate - 0.2).abs() > half
                })
            })
            .count();
        assert!(wrong > 90, "only {wrong} of 300 went wrong");
    }

    #[test]
    fn a_lift_is_said_with_its_interval() {
        let sure = Lift::of(Tally { people: 19_000, did: 1_900 }, Tally { people: 1_000, did: 10 }, 0.05);
        assert!(sure.is_sure());
        assert!(sure.words().starts_with("+9.00 in 100, between +"), "{}", sure.words());
        let unsure = Lift::of(Tally { people: 100, did: 3 }, Tally { people: 5, did: 0 }, 0.05);
        assert!(unsure.words().ends_with("that may still be chance"), "{}", unsure.words());
        let nobody = Lift::of(Tally { people: 100, did: 3 }, Tally::default(), 0.05);
        assert_eq!(nobody.words(), "nobody can be compared yet");
    }
}
