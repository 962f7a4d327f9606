//! The rule that pauses a send by itself: an e-process that may be looked at after every message.
//!
//! For a base rate p0, `E(n, k)` is the mean over r in {1.5, 2, 3, 5, 10, 20} of the likelihood ratio of rate r p0
//! against p0 after k signals in n sends. While the true rate is at most p0 each term is a non-negative
//! supermartingale that starts at 1, so by Ville's inequality P(E ever reaches 1/alpha) <= alpha, however often one
//! looks and whenever one stops (Ramdas, Grünwald, Vovk and Shafer, Statistical Science 38(4), 2023).
//! INVARIANT: no other count rule stands beside this one, because it would void alpha.

use std::fmt;

/// The multiples of the base rate that are tested against.
const RATIOS: [f64; 6] = [1.5, 2.0, 3.0, 5.0, 10.0, 20.0];

/// A kind of backlash that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Signal {
    /// Complaints (feedback reports, "report misuse"), out of mail to providers that report them.
    Complaint,
    /// Unsubscribes by one click or page.
    Unsubscribe,
    /// Permanent failures (5.x.x).
    HardBounce,
}

impl Signal {
    /// Every signal.
    pub const ALL: [Self; 3] = [Self::Complaint, Self::Unsubscribe, Self::HardBounce];

    /// The base rate up to which a send is ordinary: 0.1 % complaints (the providers' warning line), 2 % hard bounces,
    /// and 0.5 % unsubscribes until the owner's history says otherwise (see [`unsubscribe_base`]).
    pub fn default_p0(self) -> f64 {
        match self {
            Self::Complaint => 0.001,
            Self::Unsubscribe => 0.005,
            Self::HardBounce => 0.02,
        }
    }

    /// The chance of pausing an ordinary send wrongly; together 1 % a send.
    pub fn default_alpha(self) -> f64 {
        match self {
            Self::Complaint => 0.005,
            Self::Unsubscribe => 0.003,
            Self::HardBounce => 0.002,
        }
    }

    /// The rule with its defaults.
    pub fn evidence(self) -> Evidence {
        Evidence { p0: self.default_p0(), alpha: self.default_alpha(), sent: 0, signals: 0 }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Complaint => "complaints",
            Self::Unsubscribe => "unsubscribes",
            Self::HardBounce => "hard bounces",
        })
    }
}

/// Why a rule cannot be set up.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum RuleError {
    /// Twenty times the base rate must still be a rate.
    #[error("a base rate of {0} cannot be watched: use more than 0 and at most 0.05")]
    BaseRate(f64),
    /// Alpha is a probability.
    #[error("an alpha of {0} means nothing: use more than 0 and less than 1")]
    Alpha(f64),
    /// Each signal belongs to one send.
    #[error("{signals} signals out of {sent} sends cannot be")]
    Counts {
        /// Sends.
        sent: u64,
        /// Signals.
        signals: u64,
    },
}

/// The evidence so far that one signal's rate is above its base rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    p0: f64,
    alpha: f64,
    sent: u64,
    signals: u64,
}

impl Evidence {
    /// A rule that wrongly pauses with probability at most `alpha` while the rate is at most `p0`.
    ///
    /// # Errors
    /// `p0` outside `(0, 0.05]` or `alpha` outside `(0, 1)`.
    pub fn new(p0: f64, alpha: f64) -> Result<Self, RuleError> {
        if !(p0 > 0.0 && p0 <= 0.05) {
            return Err(RuleError::BaseRate(p0));
        }
        if !(alpha > 0.0 && alpha < 1.0) {
            return Err(RuleError::Alpha(alpha));
        }
        Ok(Self { p0, alpha, sent: 0, signals: 0 })
    }

    /// Sets the totals so far: `sent` messages, `signals` of them with the signal. Taking all that was sent, also what
    /// nobody had time to react to, errs on the careful side of alpha.
    ///
    /// # Errors
    /// More signals than sends.
    pub fn observe(&mut self, sent: u64, signals: u64) -> Result<(), RuleError> {
        if signals > sent {
            return Err(RuleError::Counts { sent, signals });
        }
        (self.sent, self.signals) = (sent, signals);
        Ok(())
    }

    /// Natural logarithm of the evidence at the totals so far.
    pub fn log_e(&self) -> f64 {
        log_e(self.p0, self.sent, self.signals)
    }

    /// Whether the evidence has reached 1/alpha.
    pub fn should_pause(&self) -> bool {
        self.log_e() >= -self.alpha.ln()
    }

    /// The base rate.
    pub fn p0(&self) -> f64 {
        self.p0
    }

    /// The chance of pausing wrongly.
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// Sends and signals so far.
    pub fn totals(&self) -> (u64, u64) {
        (self.sent, self.signals)
    }

    /// The smallest number of signals out of `sent` at which it pauses; for showing how near it is.
    pub fn pauses_at(&self, sent: u64) -> Option<u64> {
        let enough = -self.alpha.ln();
        if log_e(self.p0, sent, sent) < enough {
            return None;
        }
        // The evidence grows with every signal, so halve the range.
        let (mut low, mut high) = (0, sent);
        while low < high {
            let middle = low + (high - low) / 2;
            if log_e(self.p0, sent, middle) >= enough { high = middle } else { low = middle + 1 }
        }
        Some(low)
    }
}

impl fmt::Display for Evidence {
    /// `12 in 4000 (0.30 %, base 0.10 %), evidence 1:87, pauses at 1:200`.
    #[expect(clippy::cast_precision_loss, reason = "counts of people, for show")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rate = self.signals as f64 / self.sent.max(1) as f64;
        let evidence = self.log_e().exp();
        write!(
            f,
            "{} in {} ({:.2} %, base {:.2} %), ",
            self.signals,
            self.sent,
            rate * 100.0,
            self.p0 * 100.0
        )?;
        if evidence >= 1e6 {
            write!(f, "evidence 1:{evidence:.0e}, ")?;
        } else if evidence >= 10.0 {
            write!(f, "evidence 1:{evidence:.0}, ")?;
        } else {
            write!(f, "evidence 1:{evidence:.1}, ")?;
        }
        write!(f, "pauses at 1:{:.0}", 1.0 / self.alpha)
    }
}

/// Natural logarithm of the evidence after `k` signals in `n` sends against base rate `p0`.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
pub fn log_e(p0: f64, n: u64, k: u64) -> f64 {
    let hits = k as f64;
    let misses = n.saturating_sub(k) as f64;
    let terms = RATIOS.map(|r| {
        // At r p0 = 1 a miss is impossible, and 0 misses must give 0, not NaN.
        let miss = if misses > 0.0 { misses * ((-r * p0).ln_1p() - (-p0).ln_1p()) } else { 0.0 };
        hits * r.ln() + miss
    });
    let largest = terms.into_iter().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = terms.into_iter().map(|term| (term - largest).exp()).sum();
    largest + (sum / RATIOS.len() as f64).ln()
}

/// The base rate of unsubscribes from the owner's own last sends (rates, newest last; the last 20 count): twice their
/// median, three times when there are fewer than 8 or they vary widely, and always within 0.2 % and 1 %.
pub fn unsubscribe_base(rates: &[f64]) -> f64 {
    let mut last: Vec<f64> = rates.iter().rev().take(20).copied().filter(|rate| *rate > 0.0).collect();
    last.sort_by(f64::total_cmp);
    let middle = last.len() / 2;
    let Some(median) = last.get(middle).copied() else { return Signal::Unsubscribe.default_p0() };
    let logs: Vec<f64> = last.iter().map(|rate| rate.ln()).collect();
    let factor = if last.len() < 8 || deviation(&logs) > 0.5 { 3.0 } else { 2.0 };
    (factor * median).clamp(0.002, 0.01)
}

#[expect(clippy::cast_precision_loss, reason = "twenty at most")]
fn deviation(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0)).sqrt()
}

#[cfg(test)]
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small counts of a simulation"
)]
mod tests {
    use super::*;
    use hustings_domain::chance::{Rng as _, SeededRng};

    /// Sends in steps of 50 until it pauses or `limit` is reached; the number sent when it paused.
    fn run(rule: &mut Evidence, rate: f64, limit: u64, rng: &mut SeededRng) -> Option<u64> {
        let (mut sent, mut signals) = (0, 0);
        // The gaps between signals are geometric: far fewer draws than one per message.
        let gap = |rng: &mut SeededRng| ((1.0 - rng.unit()).ln() / (-rate).ln_1p()).floor() as u64 + 1;
        let mut next = gap(rng);
        while sent < limit {
            sent += 50;
            while next <= sent {
                signals += 1;
                next += gap(rng);
            }
            rule.observe(sent, signals).unwrap();
            if rule.should_pause() {
                return Some(sent);
            }
        }
        None
    }

    #[test]
    fn the_formula_is_the_one_that_is_documented() {
        let direct = |p0: f64, n: i32, k: i32| {
            let mean: f64 =
                RATIOS.iter().map(|r| r.powi(k) * ((1.0 - r * p0) / (1.0 - p0)).powi(n - k)).sum::<f64>()
                    / 6.0;
            mean.ln()
        };
        for (p0, n, k) in [(0.001, 500, 0), (0.001, 500, 3), (0.005, 2000, 40), (0.02, 100, 9), (0.05, 7, 7)]
        {
            let (n64, k64) = (u64::try_from(n).unwrap(), u64::try_from(k).unwrap());
            assert!((log_e(p0, n64, k64) - direct(p0, n, k)).abs() < 1e-9, "{p0} {n} {k}");
        }
        assert!(log_e(0.001, 0, 0).abs() < 1e-12, "no data, no evidence");
        assert!(log_e(0.001, 100_000_000, 100_000).is_finite());
    }

    #[test]
    fn its_expectation_is_one_at_the_base_rate() {
        // E over Binomial(n, p0) of the evidence is exactly 1: that is what makes it valid.
        for (p0, n) in [(0.02_f64, 60_u64), (0.05, 20), (0.001, 300)] {
            let mut expectation = 0.0;
            let mut log_choose = 0.0_f64;
            for k in 0..=n {
                let (hits, misses) = (k as f64, (n - k) as f64);
                let log_probability = log_choose + hits * p0.ln() + misses * (-p0).ln_1p();
                expectation += (log_probability + log_e(p0, n, k)).exp();
                log_choose += (misses / (hits + 1.0)).ln();
            }
            assert!((expectation - 1.0).abs() < 1e-9, "{p0} {n}: {expectation}");
        }
    }

    #[test]
    fn ordinary_sends_are_paused_no_oftener_than_alpha() {
        let mut rng = SeededRng::named(1, "stop rule");
        for (signal, limit) in
            [(Signal::Complaint, 50_000), (Signal::Unsubscribe, 20_000), (Signal::HardBounce, 10_000)]
        {
            let runs = 2_000_u32;
            let paused = (0..runs)
                .filter(|_| run(&mut signal.evidence(), signal.default_p0(), limit, &mut rng).is_some())
                .count();
            // Three standard deviations above alpha would still be chance.
            let alpha = signal.default_alpha();
            let bound = f64::from(runs) * alpha + 3.0 * (f64::from(runs) * alpha).sqrt();
            assert!((paused as f64) <= bound, "{signal}: {paused} of {runs}, bound {bound}");
        }
    }

    #[test]
    fn one_percent_of_complaints_is_stopped_early() {
        let mut rng = SeededRng::named(2, "stop rule");
        let mut stops: Vec<u64> = (0..500)
            .map(|_| run(&mut Signal::Complaint.evidence(), 0.01, 20_000, &mut rng).unwrap_or(u64::MAX))
            .collect();
        stops.sort_unstable();
        assert!(stops[250] <= 1_000, "median {}", stops[250]);
        assert!(stops[475] <= 2_500, "95th percentile {}", stops[475]);
        assert!(stops[499] < u64::MAX, "every such send is stopped");
    }

    #[test]
    fn the_report_and_the_margin_are_plain() {
        let mut rule = Signal::Complaint.evidence();
        rule.observe(4_000, 12).unwrap();
        assert_eq!(rule.to_string(), "12 in 4000 (0.30 %, base 0.10 %), evidence 1:50, pauses at 1:200");
        assert!(!rule.should_pause());
        let at = rule.pauses_at(4_000).unwrap();
        rule.observe(4_000, at).unwrap();
        assert!(rule.should_pause());
        rule.observe(4_000, at - 1).unwrap();
        assert!(!rule.should_pause());
        assert_eq!(rule.pauses_at(1), None);
        assert!(
            rule.observe(1, 2).is_err()
                && Evidence::new(0.06, 0.01).is_err()
                && Evidence::new(0.01, 0.0).is_err()
        );
    }

    #[test]
    fn the_base_of_unsubscribes_follows_the_owner() {
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
        close(unsubscribe_base(&[]), 0.005);
        close(unsubscribe_base(&[0.002; 10]), 0.004);
        close(unsubscribe_base(&[0.002; 5]), 0.006);
        close(unsubscribe_base(&[0.0001; 10]), 0.002);
        close(unsubscribe_base(&[0.05; 10]), 0.01);
    }
}
