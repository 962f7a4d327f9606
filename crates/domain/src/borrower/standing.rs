//! Where a borrower stands, what it has filed about itself, and how its standing came about.

use crate::words::Slug;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Where a borrower stands with the list owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Standing {
    /// Registered, not yet checked: may ask nothing.
    Registered,
    /// A steward checked identity and office.
    Verified {
        /// When.
        at: Timestamp,
    },
    /// Not now: at once, until it is lifted.
    Suspended {
        /// When.
        at: Timestamp,
        /// Why, in words the borrower sees.
        reason: String,
    },
    /// Told that it ends unless a breach is cured. Until then it keeps what it has, and may ask.
    Notice {
        /// When.
        at: Timestamp,
        /// What is to be cured, in words the borrower sees.
        reason: String,
        /// The last day on which it can be cured; it ends by itself on the next.
        cure_by: Date,
    },
    /// Over.
    Ended {
        /// When.
        at: Timestamp,
        /// Why, in words the borrower sees.
        reason: String,
    },
}

impl Standing {
    // INVARIANT: a notice that was not cured ends the standing by the calendar alone. Whoever asks where a borrower
    // stands asks for a day; what is kept may lag behind until somebody next writes it down.
    /// The standing as it is on `today`.
    #[must_use]
    pub fn on(&self, today: Date) -> Self {
        match self {
            Self::Notice { reason, cure_by, .. } if today > *cure_by => {
                let at = cure_by
                    .tomorrow()
                    .ok()
                    .and_then(|day| Some(day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp()));
                Self::Ended {
                    at: at.unwrap_or(Timestamp::MAX),
                    reason: format!("{reason}; not cured by {cure_by}"),
                }
            }
            other => other.clone(),
        }
    }

    /// In one word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Verified { .. } => "verified",
            Self::Suspended { .. } => "suspended",
            Self::Notice { .. } => "under notice",
            Self::Ended { .. } => "ended",
        }
    }

    /// Why it may not ask, and what would change that; nothing where it may.
    pub fn why_not(&self) -> Option<String> {
        match self {
            Self::Verified { .. } | Self::Notice { .. } => None,
            Self::Registered => Some("a steward checks identity and office first".to_owned()),
            Self::Suspended { reason, .. } => {
                Some(format!("suspended: {reason}; write to the steward, who can lift it"))
            }
            Self::Ended { reason, .. } => {
                Some(format!("the standing has ended: {reason}; register anew, and a steward checks again"))
            }
        }
    }
}

/// Somebody who may act for a borrower. Personal: its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agent {
    /// The name.
    pub name: String,
    /// Where log-in links go.
    pub email: String,
}

impl fmt::Debug for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Agent(…)")
    }
}

/// What a borrower has filed about itself besides name, kind, office, area, positions and treasurer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BorrowerFile {
    /// Whose election law it stands under, such as `us-vt`.
    pub jurisdiction: Option<Slug>,
    /// The days of the elections that it stands in.
    pub elections: Vec<Date>,
    /// Where a position was stated in public, by issue: the address of a page.
    pub sources: BTreeMap<Slug, String>,
    /// Who may act for it. Where any is named, nobody else gets a log-in for it.
    pub agents: Vec<Agent>,
}

/// One change of a borrower's standing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingChange {
    /// When.
    pub at: Timestamp,
    /// Who, by role and id.
    pub by: String,
    /// The standing since then, in one word; or `filed` when what is on file changed.
    pub to: String,
    /// Why, in words.
    pub why: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_notice_ends_by_itself_the_day_after() {
        let notice = Standing::Notice {
            at: Timestamp::UNIX_EPOCH,
            reason: "copy 3 was not erased".to_owned(),
            cure_by: day("2026-08-11"),
        };
        assert_eq!(notice.on(day("2026-08-11")), notice);
        let Standing::Ended { at, reason } = notice.on(day("2026-08-12")) else { panic!("it goes on") };
        assert_eq!(at.to_string(), "2026-08-12T00:00:00Z");
        assert_eq!(reason, "copy 3 was not erased; not cured by 2026-08-11");
        assert!(notice.why_not().is_none());
        assert!(notice.on(day("2027-01-01")).why_not().unwrap().contains("has ended"));
    }

    #[test]
    fn an_agent_does_not_show() {
        let agent = Agent { name: "Ann".to_owned(), email: "ann@example.org".to_owned() };
        assert_eq!(format!("{agent:?}"), "Agent(…)");
    }

    #[test]
    fn a_file_from_before_reads() {
        let file: BorrowerFile = serde_json::from_str("{}").unwrap();
        assert_eq!(file, BorrowerFile::default());
    }
}
