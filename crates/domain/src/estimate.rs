//! Counts with a price: budgets in zero-concentrated differential privacy, how a noised number is said, and how a count
//! is divided. The noise itself is drawn in [`noise`].

mod noise;
mod parts;

pub use noise::{discrete_gaussian, noised_count};
pub use parts::{MOST_PARTS, NotDisjoint, PartOf, Parting, Shown};

use crate::money::group_thousands;
use serde::{Deserialize, Serialize};

/// A privacy loss `rho` in millionths: 125,000 is 0.125. Losses of independent answers add up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RhoMillionths(pub u32);

impl RhoMillionths {
    /// The dearest that one question may be: with less noise than this pays for, the noise on whole numbers would tell
    /// more than is charged (docs/decisions/0025-noise-margin.md).
    pub const DEAREST: Self = Self(1_000_000);

    /// The standard deviation of the noise that a count gets which costs this (sensitivity 1): a fifth more variance
    /// than the `1/(2 rho)` that the loss asks for.
    pub fn sigma(self) -> f64 {
        (f64::from(noise::VARIANCE) / f64::from(self.0.max(1))).sqrt()
    }

    /// So many times the loss.
    #[must_use]
    pub fn times(self, questions: u32) -> Self {
        Self(self.0.saturating_mul(questions))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_near_the_floor() {
        let price = RhoMillionths(1_250);
        assert_eq!(Answer::of(343, price, 300), Answer::BelowFloor { floor: 300 });
        assert_eq!(Answer::of(344, price, 300), Answer::About { count: 340, margin: 43 });
        assert_eq!(Answer::of(1_903, price, 300).words(), "about 1,900 +- 43");
        assert!(Answer::of(-5, price, 300).words().starts_with("fewer"));
    }

    #[test]
    fn a_budget_runs_out() {
        assert_eq!(RhoMillionths(10).pay(RhoMillionths(4)), Some(RhoMillionths(6)));
        assert_eq!(RhoMillionths(3).pay(RhoMillionths(4)), None);
    }
}
