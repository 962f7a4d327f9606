//! How often the attacker was right, with the interval, against what no attacker can exceed.

use crate::Failure;
use crate::list::VICTIMS;
use serde_json::json;
use std::io::Write as _;

/// What an attack came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) what: &'static str,
    pub(crate) questions: usize,
    pub(crate) right: u64,
    pub(crate) of: u64,
    /// The loss that was charged for each victim; none where counts have no price.
    pub(crate) rho: Option<f64>,
    /// How often the best guess is right by the published noise, from draws without a server.
    pub(crate) expected: Option<f64>,
    pub(crate) seconds: i64,
}

#[expect(clippy::cast_precision_loss, reason = "counts of trials are small")]
impl Outcome {
    fn accuracy(&self) -> f64 {
        self.right as f64 / self.of.max(1) as f64
    }

    /// Wilson's 95 % interval.
    fn interval(&self) -> (f64, f64) {
        let (n, p, z) = (self.of.max(1) as f64, self.accuracy(), 1.96_f64);
        let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
        let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        (middle - half, (middle + half).min(1.0))
    }

    /// `Phi(sqrt(2 rho)/2)`.
    fn bound(&self) -> Option<f64> {
        self.rho.map(|rho| normal((2.0 * rho).sqrt() / 2.0))
    }
}

/// The distribution function of the standard normal (Abramowitz and Stegun 26.2.17, error below 1e-7).
fn normal(x: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * x.abs());
    let coefficients = [0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
    let series = coefficients.iter().rev().fold(0.0, |sum, coefficient| (sum + coefficient) * t);
    let tail = (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt() * series;
    if x >= 0.0 { 1.0 - tail } else { tail }
}

/// Keeps an attack in `bench/attack.json`, in place of an earlier run of it, and says that it is over.
pub(crate) fn keep(outcome: &Outcome, lines: &[String]) -> Result<(), Failure> {
    let path = std::path::Path::new("bench/attack.json");
    let mut rows = hustings_bench::kept(path).map_err(|error| error.to_string())?;
    rows.retain(|row| row.get("attack").and_then(serde_json::Value::as_str) != Some(outcome.what));
    let (low, high) = outcome.interval();
    rows.push(json!({"attack": outcome.what, "victims": VICTIMS, "questions": outcome.questions,
        "right": outcome.right, "of": outcome.of, "accuracy": outcome.accuracy(), "expected": outcome.expected,
        "low": low, "high": high, "rho": outcome.rho, "bound": outcome.bound(), "seconds": outcome.seconds,
        "load_average": hustings_bench::load_average(), "lines": lines}));
    std::fs::write(path, serde_json::to_string_pretty(&rows)? + "\n")?;
    let mut out = std::io::stderr().lock();
    writeln!(out, "{}: {} of {} right in {} s", outcome.what, outcome.right, outcome.of, outcome.seconds)?;
    for line in lines {
        writeln!(out, "  {line}")?;
    }
    Ok(())
}

/// Prints a table.
pub(crate) fn print(outcomes: &[Outcome]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{:<50} {:>9} {:>8} {:>8} {:>8} {:>17} {:>8}",
        "attack", "questions", "guesses", "right", "expected", "95 %", "bound"
    )?;
    for outcome in outcomes {
        let ((low, high), bound) = (outcome.interval(), outcome.bound());
        let percent =
            |of: Option<f64>| of.map_or_else(|| "none".to_owned(), |of| format!("{:.2}%", 100.0 * of));
        writeln!(
            out,
            "{:<50} {:>9} {:>8} {:>7.2}% {:>8} {:>7.2}% to {:>5.2}% {:>8}",
            outcome.what,
            outcome.questions,
            outcome.of,
            100.0 * outcome.accuracy(),
            percent(outcome.expected),
            100.0 * low,
            100.0 * high,
            percent(bound)
        )?;
    }
    Ok(())
}

/// Fails when an attack's interval does not lie under its bound; of one whose bound is chance, when chance is not in it.
pub(crate) fn judge(outcomes: &[Outcome]) -> Result<(), Failure> {
    let beyond = |outcome: &&Outcome| {
        let (low, high) = outcome.interval();
        outcome.bound().is_some_and(|bound| if outcome.rho == Some(0.0) { low > bound } else { high > bound })
    };
    match outcomes.iter().filter(beyond).map(|outcome| outcome.what).collect::<Vec<_>>().as_slice() {
        [] => Ok(()),
        beyond => Err(format!("not wholly under the bound: {}", beyond.join("; ")).into()),
    }
}
