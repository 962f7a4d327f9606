//! The `[duties]` section: by when a borrower acknowledges what it owes, and what follows when it does not.

use serde::{Deserialize, Serialize};

/// What a mark on a borrower's standing stops until it is made good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MarkStops {
    /// It asks for no new loan.
    Requests,
    /// No new copy is made for it.
    Copies,
}

/// By when a duty is acknowledged. A charter without the section gives two weeks, and stops nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DutyRules {
    /// A borrower acknowledges what it is told within so many days.
    pub answer_days: u32,
    /// It is reminded so many days before; and told so many days before a copy's time is over.
    pub remind_days: u32,
    /// So many days after the due day its standing gets a mark.
    pub mark_days: u32,
    /// What a mark stops.
    pub mark_stops: Vec<MarkStops>,
}

impl Default for DutyRules {
    fn default() -> Self {
        Self { answer_days: 14, remind_days: 3, mark_days: 7, mark_stops: Vec::new() }
    }
}

impl DutyRules {
    /// Whether a mark stops this.
    pub fn stops(&self, what: MarkStops) -> bool {
        self.mark_stops.contains(&what)
    }

    /// What is wrong: the key, what is wrong with it, and what is allowed.
    pub(super) fn problems(&self) -> Vec<(&'static str, String, &'static str)> {
        let mut problems = Vec::new();
        if !(1..=90).contains(&self.answer_days) {
            let what = format!("a duty cannot be acknowledged within {} days", self.answer_days);
            problems.push(("answer_days", what, "1 to 90 days"));
        }
        if self.remind_days == 0 || self.remind_days > self.answer_days {
            let what = format!("nobody can be reminded {} days before", self.remind_days);
            problems.push(("remind_days", what, "1 day to `answer_days`"));
        }
        if self.mark_days > 90 {
            let what = format!("a mark {} days after the due day comes too late", self.mark_days);
            problems.push(("mark_days", what, "0 to 90 days"));
        }
        problems
    }
}
