//! The owner's versioned rules: purposes, issues, who may ask for what, quorum and wings, caps, retention,
//! prices. Read from TOML; what is wrong is named with its line and what is allowed.

mod changes;
mod checks;
mod duties;
mod read;
mod rules;
mod sharing;

pub use changes::{Unreachable, changes, unreachable};
pub use checks::CharterProblem;
pub use duties::{DutyRules, MarkStops};
pub(crate) use read::line_of;
pub use rules::{CalendarDay, RuleText, Setting, line_of_rule};
pub use sharing::Sharing;

use crate::borrower::BorrowerKind;
use crate::clearance::BoardRules;
use crate::country::Country;
use crate::estimate::RhoMillionths;
use crate::jurisdiction::Jurisdiction;
use crate::loan::Ask;
use crate::money::Cents;
use crate::words::Slug;
use serde::{Deserialize, Serialize};

/// The charter in force. Shares are per mille, times in days, losses in millionths, money in cents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Charter {
    /// Counted up with each change.
    pub version: u32,
    /// Who keeps the list.
    pub owner: Owner,
    /// Why people are addressed.
    pub purposes: Vec<Purpose>,
    /// What people may declare an interest in.
    pub issues: Vec<Issue>,
    /// How the board decides.
    pub board: BoardRules,
    /// The wings of the board.
    pub wings: Vec<Slug>,
    /// Who may ask for what.
    pub lending: Vec<LendingRule>,
    /// How often one person may be addressed.
    pub fatigue: Fatigue,
    /// The price of a count.
    pub estimates: Estimates,
    /// How a send goes out.
    pub sending: Sending,
    /// How long things are kept.
    pub retention: Retention,
    /// What reach is worth.
    pub rate_card: RateCard,
    /// How attention is shared among loans.
    #[serde(default)]
    pub sharing: Sharing,
    /// By when borrowers acknowledge what they owe.
    #[serde(default)]
    pub duties: DutyRules,
    /// Which law values are held against.
    #[serde(default)]
    pub jurisdiction: Jurisdiction,
    /// Days that rules name: an election, a convention.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calendar: Vec<CalendarDay>,
    /// Rules about who may ask for what, beyond `lending`: templates filled in, or Cedar. What they mean is read by the
    /// room `policy`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleText>,
}

/// Who keeps the list and signs its mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    /// The public name.
    pub name: String,
    /// The domain that mail is signed with.
    pub domain: String,
    /// The address mail comes from.
    pub from_address: String,
    /// The organisation's postal address, shown in every mail.
    pub postal_address: String,
    /// Where its pages are served, without a slash at the end.
    pub site: String,
    /// Where what it holds is stored, in words, as receipts say it: `Vermont, United States`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stored_in: String,
    /// Where it is at home: how numbers are dialled that do not begin with a country.
    #[serde(default)]
    pub country: Country,
}

/// Why people are addressed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// Its short name.
    pub id: Slug,
    /// In a person's words.
    pub label: String,
    /// The asks of borrowers that fall under it; none for the owner's own mail.
    #[serde(default)]
    pub asks: Vec<Ask>,
}

/// What people may declare an interest in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issue {
    /// Its short name.
    pub id: Slug,
    /// In a person's words.
    pub label: String,
}

/// What one kind of borrower may ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LendingRule {
    /// Which kind.
    pub borrower: BorrowerKind,
    /// The asks it may make.
    pub asks: Vec<Ask>,
    /// Whether the area asked for must lie in the borrower's own.
    pub own_area_only: bool,
    /// Whether an issue must be named that people declared.
    pub issue_required: bool,
    /// Whether the borrower must have stated a position on each issue it names.
    pub position_required: bool,
    /// The most people one loan may address.
    pub most_people: u32,
}

/// How often one person may be addressed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fatigue {
    /// All appeals of all borrowers.
    pub appeals: Cap,
    /// Those that ask for money, tighter.
    pub money: Cap,
}

/// So many times in so many days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// How many times.
    pub times: u32,
    /// In how many days.
    pub days: u32,
}

/// The price of a count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Estimates {
    /// What one question costs.
    pub question: RhoMillionths,
    /// What one borrower may spend in a season.
    pub borrower_budget: RhoMillionths,
    /// What all borrowers together may spend in a season.
    pub season_budget: RhoMillionths,
    /// No number below this.
    pub floor: u32,
    /// The season that budgets and hold-back draws belong to.
    pub season: Slug,
}

/// How a send goes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sending {
    /// The share of the audience that goes first.
    pub pilot_per_mille: u32,
    /// The fewest people in the pilot.
    pub pilot_least: u32,
    /// How long the pilot is watched before the rest goes.
    pub pilot_hours: u32,
    /// The complaint rate that is usual, per 100,000.
    pub usual_complaints_per_100k: u32,
    /// The unsubscribe rate that is usual, per 100,000.
    pub usual_unsubscribes_per_100k: u32,
    /// The hard bounce rate that is usual, per 100,000.
    pub usual_bounces_per_100k: u32,
    /// An audience smaller than this is not sent to.
    pub least_audience: u32,
}

/// How long things are kept, in days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// A borrower erases a copy after this.
    pub copy_days: u32,
    /// A copy can be made until so long after the loan's window.
    pub introduction_days: u32,
    /// An erased person's key is gone from every backup after this.
    pub key_backup_days: u32,
}

/// What reach is worth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateCard {
    /// For a thousand people addressed.
    pub base_per_thousand: Cents,
    /// Added for each selection (area, issue) a thousand.
    pub selection_per_thousand: Cents,
    /// For one introduction.
    pub introduction: Cents,
    /// The share of a loan's people that is paid for whether or not earlier loans of the election have addressed them
    /// for the same borrower, per mille; the others among those cost `repeat_per_thousand`. The trade calls it a net
    /// name arrangement. 1,000 has everybody paid for.
    #[serde(default = "everybody")]
    pub net_name_per_mille: u32,
    /// For a thousand people whom the same borrower was lent before in the season, beyond that share.
    #[serde(default)]
    pub repeat_per_thousand: Cents,
}

fn everybody() -> u32 {
    1_000
}

impl Charter {
    /// Reads and checks a charter; every problem is reported, each with its line.
    pub fn from_toml(text: &str) -> Result<Self, Vec<CharterProblem>> {
        read::read(text)
    }

    /// The purpose that an ask falls under.
    pub fn purpose_of(&self, ask: Ask) -> Option<&Purpose> {
        self.purposes.iter().find(|purpose| purpose.asks.contains(&ask))
    }

    /// The rule for a kind of borrower.
    pub fn rule_for(&self, kind: BorrowerKind) -> Option<&LendingRule> {
        self.lending.iter().find(|rule| rule.borrower == kind)
    }

    /// The label of an issue, or its short name.
    pub fn issue_label(&self, id: &Slug) -> String {
        self.issues
            .iter()
            .find(|issue| issue.id == *id)
            .map_or_else(|| id.to_string(), |issue| issue.label.clone())
    }

    /// The in-kind value of a loan: so many people addressed under so many selections, so many introduced.
    pub fn in_kind_value(&self, addressed: u64, selections: u32, introduced: u64) -> Cents {
        self.rate_card.value(addressed, 0, selections, introduced)
    }
}

impl RateCard {
    /// The in-kind value of a loan to `addressed` people, of whom `repeated` were lent to the same borrower before in
    /// the season, under so many selections, with so many introduced.
    ///
    /// Under a net name arrangement repeated people cost less, but never more of them than the arrangement leaves.
    pub fn value(&self, addressed: u64, repeated: u64, selections: u32, introduced: u64) -> Cents {
        let selected = self.selection_per_thousand.0.saturating_mul(i64::from(selections));
        let per_thousand = i128::from(self.base_per_thousand.0.saturating_add(selected));
        let least = (i128::from(addressed) * i128::from(self.net_name_per_mille.min(1_000)) + 999) / 1_000;
        let paid = (i128::from(addressed) - i128::from(repeated)).max(least);
        let cheap = i128::from(addressed) - paid;
        let for_people = (paid * per_thousand + cheap * i128::from(self.repeat_per_thousand.0) + 500) / 1_000;
        let value = for_people.saturating_add(i128::from(introduced) * i128::from(self.introduction.0));
        Cents(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests;
