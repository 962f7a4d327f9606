//! The verdict in words and as JSON, with what it means and what it does not.

use crate::accuse::{STRAY_CHANCE, Suspect, Verdict};
use hustings_domain::canonical::ContentHash;
use hustings_domain::ids::{BorrowerId, CopyNumber, LoanNumber};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// Bounds beyond this are not told apart: no process is that sure of its keys.
const MOST_RUNS: f64 = 1e12;

/// An innocent's sealed decoys are in a file by a framer's luck less than once in so many; from there on they
/// confirm.
const CONFIRMED: f64 = 10_000.0;

/// How many of a copy's people are in the file. Ordinary evidence, told beside the accusation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyMatch {
    /// The copy.
    pub copy: CopyNumber,
    /// Its loan.
    pub loan: LoanNumber,
    /// People of it who are in the file.
    pub people_found: u64,
    /// People in it.
    pub people: u64,
}

/// A borrower whose copies the file came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Accused {
    /// Who.
    pub borrower: BorrowerId,
    /// By name.
    pub name: String,
    /// The copies, the one with the most of its people in the file first.
    pub copies: Vec<CopyMatch>,
    /// What each kind of row said, the strongest first.
    pub said: Vec<Said>,
    /// Whether sealed decoys say the same, which nobody in the owner's house could have put into the file.
    pub confirmed: bool,
    /// The same in words.
    pub framing: String,
}

/// Rows of one kind, and what each of them said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// What they are.
    pub what: String,
    /// How many people or decoys they are; whoever is leaked twice counts once.
    pub count: u64,
    /// By how much the logarithm of the e-value would be lower without one of them, in thousandths.
    pub each_milli: i64,
    /// What that means in odds.
    pub odds: String,
    /// Which rows of the leaked file, such as `row 2-57, row 60`.
    pub rows: String,
}

/// What a trace found, as a third party makes it again from the leaked file, the opening and the ledger. Holds no
/// address and names no supporter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TraceReport {
    /// SHA-256 of the file; the file is not kept.
    pub file_sha256: ContentHash,
    /// The season whose copies were looked at.
    pub season: String,
    /// Rows of the file with an address or a number.
    pub rows: u64,
    /// Supporters found in it.
    pub matched: u64,
    /// Rows with somebody who is not on the list and is no seed.
    pub strangers: u64,
    /// Rows with a seed.
    pub seeds: u64,
    /// Whose copies it came from; none, when the evidence is not enough.
    pub accused: Vec<Accused>,
    /// The names of all others who hold copies.
    pub cleared: Vec<String>,
    /// The weighing in words and numbers.
    pub report: Report,
    /// Whether the trace key is split among trustees.
    pub split: bool,
    /// The commitment to the hold-back's key, as the entries of sends have it.
    pub hold_back_commitment: ContentHash,
    /// The commitment to the seeds' key, as the entries of copies have it.
    pub seed_commitment: ContentHash,
    /// The trace's entry in the ledger; 0 while there is none.
    pub ledger_entry: u64,
}

impl TraceReport {
    /// The report as plain text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _unfailing = writeln!(
            text,
            "{} rows: {} people of this list, {} with a seed, {} with strangers.",
            self.rows, self.matched, self.seeds, self.strangers
        );
        for accused in &self.accused {
            for copy in &accused.copies {
                let _unfailing = writeln!(
                    text,
                    "Copy {} (loan {}) to {}: {} of its {} people are in the file.",
                    copy.copy, copy.loan, accused.name, copy.people_found, copy.people
                );
            }
        }
        text.push('\n');
        text.push_str(&self.report.text());
        for accused in &self.accused {
            let _unfailing = writeln!(text, "\nWhat speaks for {}:", accused.name);
            for said in &accused.said {
                let _unfailing = writeln!(
                    text,
                    "  {} {}, each {}: {}",
                    grouped(said.count),
                    said.what,
                    said.odds,
                    shortened(&said.rows)
                );
            }
            let _unfailing = writeln!(text, "  {}", accused.framing);
        }
        let _unfailing =
            write!(text, "\nEntry {} of the ledger; file {}.\n", self.ledger_entry, self.file_sha256);
        text
    }

    /// The report as indented JSON: what is handed to a third party.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }
}

/// On a screen the first rows are enough; the JSON has them all.
fn shortened(rows: &str) -> String {
    const SHOWN: usize = 160;
    match rows.char_indices().nth(SHOWN) {
        None => rows.to_owned(),
        Some((end, _)) => {
            let shown = rows.get(..end).unwrap_or_default();
            format!("{} and more", shown.rsplit_once(',').map_or(shown, |(whole, _)| whole))
        }
    }
}

/// What somebody in the owner's house could have done.
pub(crate) fn framing(suspect: &Suspect, split: bool) -> (bool, String) {
    if !split {
        return (
            false,
            "The trace key is not split: somebody who holds the list's keys could have made this file up. \
            `hustings trace key split` gives the trustees shares for the copies to come."
                .to_owned(),
        );
    }
    let confirmed = suspect.log_e_sealed >= CONFIRMED.ln();
    let words = if confirmed {
        format!(
            "Confirmed: {} of {} decoys that only the trustees together can tell are in the file; somebody who \
             reads the owner's books could not have put them there.",
            suspect.sealed_seen, suspect.sealed_slots
        )
    } else if suspect.sealed_slots == 0 {
        "Not confirmed: its copies were made before the trace key was split, so somebody who holds the list's keys \
         could have made this file up."
            .to_owned()
    } else {
        format!(
            "Not confirmed: {} of {} decoys that only the trustees together can tell are in the file. Few rows, or \
             rows that several copies share, may hold none; but somebody who reads the owner's books could have \
             made this file up.",
            suspect.sealed_seen, suspect.sealed_slots
        )
    };
    (confirmed, words)
}

/// What a difference of the logarithm means: "speaks 1.05 to 1 for it".
pub(crate) fn odds(log: f64) -> String {
    let ratio = log.abs().exp();
    let number = if ratio >= 100.0 { runs(ratio) } else { format!("{ratio:.2}") };
    let side = if log >= 0.0 { "for" } else { "against" };
    format!("speaks {number} to 1 {side} it")
}

/// A verdict made readable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// What was found, in one sentence.
    pub finding: String,
    /// The bound over all candidates, in words.
    pub bound: String,
    /// What the bound rests on and what it does not say.
    pub limits: Vec<String>,
    /// One line for each candidate, most evidence first.
    pub lines: Vec<ReportLine>,
    /// The verdict itself.
    pub verdict: Verdict,
}

/// One candidate in words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportLine {
    /// Who.
    pub borrower: BorrowerId,
    /// By name.
    pub name: String,
    /// What was counted.
    pub counted: String,
    /// What it means.
    pub meaning: String,
}

impl Report {
    /// Puts `verdict` into words; `name` names a borrower.
    pub fn new(verdict: &Verdict, name: impl Fn(BorrowerId) -> String) -> Self {
        let accused: Vec<_> = verdict.accused().map(|suspect| name(suspect.borrower)).collect();
        let finding = match accused.as_slice() {
            [] => "No copy can be named: the evidence against nobody reaches the limit.".to_owned(),
            [one] => format!("The leak came from the copy of {one}."),
            [first, rest @ ..] => {
                format!("The leak was put together from the copies of {first} and {}.", rest.join(" and "))
            }
        };
        let bound = format!(
            "Of {} who hold copies, any innocent at all would be named less than once in {} such leaks, \
             whatever the leakers did to the file.",
            verdict.candidates,
            runs(1.0 / verdict.epsilon)
        );
        let limits = vec![
            "It names a copy, not a culprit: the borrower may have been robbed.".to_owned(),
            "It holds as long as the season's keys were secret; they are committed in the ledger and opened \
             with this report, so that anyone can run it again."
                .to_owned(),
            format!(
                "A decoy is taken to be in a leak by another way than its copy no more than once in {}.",
                runs(1.0 / STRAY_CHANCE)
            ),
        ];
        let line = |suspect: &Suspect| ReportLine {
            borrower: suspect.borrower,
            name: name(suspect.borrower),
            counted: counted(suspect),
            meaning: meaning(suspect),
        };
        let lines = verdict.ranked.iter().map(line).collect();
        Self { finding, bound, limits, lines, verdict: verdict.clone() }
    }

    /// The report as plain text.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n{}\n", self.finding, self.bound);
        for line in &self.lines {
            // Writing to a string cannot fail.
            let _unfailing = write!(text, "\n{}\n  {}\n  {}\n", line.name, line.counted, line.meaning);
        }
        text.push('\n');
        for limit in &self.limits {
            let _unfailing = writeln!(text, "- {limit}");
        }
        text
    }

    /// The report as indented JSON.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }
}

fn counted(suspect: &Suspect) -> String {
    format!(
        "{} leaked people in the audience, {} of them held back; {} seeds seen, {} of them in this copy alone; \
         {} leaked people in the copies handed over; {} outside the audience",
        grouped(suspect.rows_counted),
        grouped(suspect.held_back_seen),
        suspect.seeds_seen,
        suspect.unique_seeds_seen,
        grouped(suspect.in_copy),
        grouped(suspect.outside),
    )
}

/// By Markov's inequality an innocent's e-value reaches e with a chance of at most 1 / e.
fn meaning(suspect: &Suspect) -> String {
    if suspect.log_e_value < 2.0_f64.ln() {
        return "nothing speaks for this copy".to_owned();
    }
    let runs = runs(suspect.log_e_value.exp());
    let limit = if suspect.accused { "named" } else { "not enough to be named" };
    format!("an innocent borrower would look this guilty less than once in {runs}: {limit}")
}

/// A number rounded down to its first digit, with separators.
fn runs(number: f64) -> String {
    // A hair more, so that 1 / 0.00001 is the 100,000 that it means.
    let number = (number * (1.0 + 1e-9)).min(MOST_RUNS);
    if number < 1.0 {
        return "1".to_owned();
    }
    let mut whole = format!("{:.0}", number.floor());
    let zeros = whole.split_off(1).len();
    let unit = 10_u64.saturating_pow(u32::try_from(zeros).unwrap_or(0));
    grouped(whole.parse::<u64>().unwrap_or(1).saturating_mul(unit))
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_down() {
        for (number, text) in [
            (1e6, "1,000,000"),
            (1.0 / 1e-6, "1,000,000"),
            (3_999_999.0, "3,000,000"),
            (1.6, "1"),
            (9.7, "9"),
            (0.2, "1"),
            (99.9, "90"),
            (1e40, "1,000,000,000,000"),
            (f64::INFINITY, "1,000,000,000,000"),
        ] {
            assert_eq!(runs(number), text, "{number}");
        }
        assert_eq!(grouped(1_234), "1,234");
    }

    #[test]
    fn the_report_says_who_and_how_sure() {
        let suspect = |number: u32, log_e_value: f64| Suspect {
            borrower: format!("{number:032x}").parse().unwrap(),
            log_e_value,
            accused: log_e_value > 15.0,
            rows_counted: 1_200,
            held_back_seen: 0,
            seeds_seen: 9,
            unique_seeds_seen: 3,
            sealed_slots: 0,
            sealed_seen: 0,
            log_e_sealed: 0.0,
            in_copy: 1_100,
            outside: 12,
        };
        let verdict = Verdict {
            ranked: vec![suspect(1, 20.0), suspect(2, 3.0), suspect(3, -5.0)],
            threshold_ln: 14.9,
            candidates: 3,
            epsilon: 1e-6,
        };
        let report = Report::new(&verdict, |id| format!("borrower {}", id.0.as_u128()));
        let text = report.text();
        assert!(text.starts_with("The leak came from the copy of borrower 1.\nOf 3 who hold copies"));
        assert!(text.contains("less than once in 1,000,000 such leaks"));
        assert!(text.contains("less than once in 400,000,000: named"));
        assert!(text.contains("less than once in 20: not enough to be named"));
        assert!(text.contains("nothing speaks for this copy"));
        let json: serde_json::Value = serde_json::from_str(&report.json().unwrap()).unwrap();
        assert_eq!(json["verdict"]["ranked"][0]["unique_seeds_seen"], 3);
        let nobody = Verdict { ranked: vec![suspect(3, -5.0)], ..verdict };
        assert!(Report::new(&nobody, |_| "x".to_owned()).finding.starts_with("No copy can be named"));
    }
}
