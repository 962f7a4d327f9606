//! What a person wants to see at the end: who was asked, who never was, who got whose data and why, what left.

use crate::output::Voice;
use hustings_domain::money::{Cents, group_thousands};
use serde::Serialize;

/// The story in numbers. The same seed gives the same summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Rows read from files.
    pub rows: u64,
    /// People on the list at the end.
    pub supporters: u64,
    /// Stops kept.
    pub stops: u64,
    /// People who were sent any appeal.
    pub asked: u64,
    /// People whom nobody addressed.
    pub never_touched: u64,
    /// Requests that the charter refused.
    pub refused_requests: u32,
    /// Each loan.
    pub loans: Vec<LoanLine>,
    /// Each copy that left.
    pub copies: Vec<CopyLine>,
    /// What the leak led to.
    pub leak: LeakLine,
    /// What the stranger's mail to a seed raised.
    pub alarms: u32,
    /// People erased at their own wish.
    pub erased: u32,
    /// Borrowers that were told to erase, and said that they did.
    pub erasures_acknowledged: u32,
    /// Decisions in the ledger.
    pub ledger_entries: u64,
    /// Whether the published ledger verified.
    pub ledger_holds: bool,
    /// Where the verifier found the byte that the story flipped.
    pub flipped_byte_found: String,
}

/// One loan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LoanLine {
    /// Its number.
    pub loan: String,
    /// Who asked.
    pub borrower: String,
    /// How it ended.
    pub state: String,
    /// People who qualified and were not held back.
    pub planned: u32,
    /// People who were sent it.
    pub asked: u32,
    /// Held back at random.
    pub held_back: u32,
    /// Never sent.
    pub never_sent: u32,
    /// Said yes.
    pub yes: u32,
    /// Introduced.
    pub introduced: u32,
    /// Complaints and unsubscribes.
    pub backlash: u32,
    /// In kind, in cents.
    pub value: Cents,
}

/// One copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CopyLine {
    /// Its number.
    pub copy: String,
    /// Who got it.
    pub borrower: String,
    /// Under which loan.
    pub loan: String,
    /// People in it, each of whom said yes to this borrower.
    pub people: u32,
    /// Seeds in it.
    pub seeds: u32,
}

/// The leak.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeakLine {
    /// Rows of the leaked file.
    pub rows: u32,
    /// The borrowers whose copy it came from.
    pub named: Vec<String>,
    /// The borrowers who are clear of it.
    pub cleared: Vec<String>,
    /// The bound, in words.
    pub bound: String,
}

fn number(value: impl Into<u64>) -> String {
    group_thousands(value.into())
}

impl Summary {
    /// Says it as tables.
    pub(crate) fn say(&self, voice: Voice) {
        voice.say("");
        voice.say("WHAT HAPPENED");
        voice.say("");
        let people = [
            ("rows read from the files", number(self.rows)),
            ("people on the list now", number(self.supporters)),
            ("stops kept, for ever", number(self.stops)),
            ("people who were asked anything by a borrower", number(self.asked)),
            ("people whom no borrower ever reached", number(self.never_touched)),
            ("requests that the charter refused", number(self.refused_requests)),
            ("decisions in the ledger, all verified", number(self.ledger_entries)),
        ];
        let rows: Vec<Vec<String>> =
            people.into_iter().map(|(what, count)| vec![count, what.to_owned()]).collect();
        let width =
            rows.iter().filter_map(|row| row.first()).map(|cell| cell.chars().count()).max().unwrap_or(0);
        for row in &rows {
            if let [count, what] = row.as_slice() {
                voice.say(format!("  {count:>width$}  {what}"));
            }
        }
        voice.say("");
        let heads = [
            "loan",
            "borrower",
            "state",
            "asked",
            "held back",
            "never sent",
            "yes",
            "introduced",
            "stops",
            "in kind",
        ];
        let rows: Vec<Vec<String>> = self
            .loans
            .iter()
            .map(|line| {
                vec![
                    line.loan.clone(),
                    line.borrower.clone(),
                    line.state.clone(),
                    number(line.asked),
                    number(line.held_back),
                    number(line.never_sent),
                    number(line.yes),
                    number(line.introduced),
                    number(line.backlash),
                    line.value.to_string(),
                ]
            })
            .collect();
        voice.table(&heads, &rows);
        voice.say("");
        voice.say(
            "What left, and why: each person below said yes to that borrower, with the fields they ticked.",
        );
        let rows: Vec<Vec<String>> = self
            .copies
            .iter()
            .map(|line| {
                vec![
                    line.copy.clone(),
                    line.borrower.clone(),
                    line.loan.clone(),
                    number(line.people),
                    number(line.seeds),
                ]
            })
            .collect();
        voice.table(&["copy", "went to", "under", "people", "seeds"], &rows);
        voice.say("");
        voice.say(format!(
            "A leaked file of {} rows: it came from {}. {}",
            self.leak.rows,
            if self.leak.named.is_empty() {
                "nobody that can be named".to_owned()
            } else {
                self.leak.named.join(" and ")
            },
            self.leak.bound
        ));
    }
}
