//! Holding a loan against a profile: which rule decides, what is left of a limit, which words are missing.

use super::{Disclaimer, Jurisdiction, Profile, Rule, Treatment};
use crate::borrower::BorrowerKind;
use crate::loan::Appeal;
use crate::money::Cents;
use serde::Serialize;

/// Where a borrower stands under the limit of an election.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Standing {
    /// There is no limit.
    Unlimited,
    /// Something is left.
    Within {
        /// How much.
        left: Cents,
    },
    /// More was lent than may be.
    Over {
        /// By how much.
        by: Cents,
    },
    /// Nothing may be lent.
    Forbidden,
}

/// A value held against the rule that decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// The rule.
    pub rule: Rule,
    /// Where the borrower stands.
    pub standing: Standing,
}

impl Judged {
    /// Holds what a borrower was lent for an election against its rule.
    pub fn of(rule: &Rule, lent: Cents) -> Self {
        let standing = match (rule.treatment, rule.per_election_cents) {
            (Treatment::Forbid, _) => Standing::Forbidden,
            (Treatment::Allow, _) | (Treatment::Value, None) => Standing::Unlimited,
            (Treatment::Value, Some(limit)) if lent > limit => {
                Standing::Over { by: Cents(lent.0.saturating_sub(limit.0)) }
            }
            (Treatment::Value, Some(limit)) => Standing::Within { left: Cents(limit.0 - lent.0) },
        };
        Self { rule: rule.clone(), standing }
    }

    /// Where the borrower stands, in words.
    pub fn words(&self) -> String {
        match self.standing {
            Standing::Unlimited => "no limit in this profile".to_owned(),
            Standing::Within { left } => format!("{left} left of the limit for this election"),
            Standing::Over { by } => format!("{by} over the limit for this election"),
            Standing::Forbidden => format!("may not be lent at all: {}", self.rule.why),
        }
    }
}

/// The rule that decides on loans to this kind of borrower: the first that fits.
pub fn rule_for<'a>(
    profile: &'a Profile,
    section: &Jurisdiction,
    borrower: BorrowerKind,
) -> Option<&'a Rule> {
    profile.rules.iter().find(|rule| {
        rule.lender.as_ref().is_none_or(|lender| section.lender.as_ref() == Some(lender))
            && rule.borrower.is_none_or(|kind| kind == borrower)
    })
}

/// The disclaimers that an appeal to so many people lacks.
pub fn missing_disclaimers<'a>(profile: &'a Profile, appeal: &Appeal, messages: u32) -> Vec<&'a Disclaimer> {
    let shown = format!("{}\n{}\n{}", appeal.subject, appeal.body, appeal.paid_for_by).to_lowercase();
    let lacks = |disclaimer: &&Disclaimer| {
        messages > disclaimer.over_messages
            && !disclaimer.any_of.iter().any(|words| shown.contains(&words.trim().to_lowercase()))
    };
    profile.disclaimers.iter().filter(lacks).collect()
}
