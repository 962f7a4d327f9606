//! How a board decides, as the charter says it: quorum, wings, signatures, deadlines, delegates, panels.

use super::Trustee;
use crate::loan::Ask;
use crate::words::Slug;
use serde::{Deserialize, Serialize};

/// How the board decides (from the charter). What a charter does not say is as in [`BoardRules::default`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoardRules {
    /// The fewest votes of unrecused trustees.
    pub quorum: u32,
    /// From how many wings approvals must come.
    pub wings_needed: u32,
    /// Whether a vote counts only with a signature.
    #[serde(default)]
    pub signed: Signing,
    /// The board decides within so many days of a request.
    #[serde(default = "days::decide")]
    pub decide_days: u32,
    /// Whoever has not voted is reminded so many days before that.
    #[serde(default = "days::remind")]
    pub remind_days: u32,
    /// The longest that another may vote for somebody who is away.
    #[serde(default = "days::delegation")]
    pub delegation_days: u32,
    /// For how many others one trustee may vote at the same time.
    #[serde(default = "days::held")]
    pub delegations_held: u32,
    /// A trustee's emergency pause ends after so many hours, unless another confirms it.
    #[serde(default = "days::pause")]
    pub pause_hours: u32,
    /// A borrower may ask for a review for so many days after a refusal.
    #[serde(default = "days::review")]
    pub review_days: u32,
    /// What one person asks for, another grants within so many hours.
    #[serde(default = "days::grant")]
    pub grant_hours: u32,
    /// Who decides on some asks instead of the whole board.
    #[serde(default)]
    pub panels: Vec<Panel>,
}

mod days {
    pub(super) fn decide() -> u32 {
        10
    }
    pub(super) fn remind() -> u32 {
        3
    }
    pub(super) fn delegation() -> u32 {
        60
    }
    pub(super) fn held() -> u32 {
        1
    }
    pub(super) fn pause() -> u32 {
        48
    }
    pub(super) fn grant() -> u32 {
        24
    }
    pub(super) fn review() -> u32 {
        14
    }
}

impl Default for BoardRules {
    fn default() -> Self {
        Self {
            quorum: 1,
            wings_needed: 1,
            signed: Signing::default(),
            decide_days: days::decide(),
            remind_days: days::remind(),
            delegation_days: days::delegation(),
            delegations_held: days::held(),
            pause_hours: days::pause(),
            review_days: days::review(),
            grant_hours: days::grant(),
            panels: Vec::new(),
        }
    }
}

/// Whether votes are signed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signing {
    /// A trustee who has a key in force signs; who has none votes by session alone. How charters were before keys.
    #[default]
    Accepted,
    /// What is not signed with a key in force counts for nothing.
    Required,
}

/// Trustees who decide on some asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Panel {
    /// Its short name.
    pub name: Slug,
    /// The asks that go to it.
    pub asks: Vec<Ask>,
    /// The fewest votes.
    pub quorum: u32,
    /// From how many wings approvals must come.
    pub wings_needed: u32,
    /// Who sits on it, by the names they log in under; empty for every trustee.
    #[serde(default)]
    pub trustees: Vec<String>,
}

impl BoardRules {
    /// The panel that decides on an ask; none for the whole board.
    pub fn panel(&self, ask: Ask) -> Option<&Panel> {
        self.panels.iter().find(|panel| panel.asks.contains(&ask))
    }

    /// The rules by which an ask is decided: those of its panel, or of the whole board.
    #[must_use]
    pub fn for_ask(&self, ask: Ask) -> Self {
        match self.panel(ask) {
            Some(panel) => Self { quorum: panel.quorum, wings_needed: panel.wings_needed, ..self.clone() },
            None => self.clone(),
        }
    }

    /// Who of the board decides on an ask.
    pub fn seats_for(&self, ask: Ask, board: &[Trustee]) -> Vec<Trustee> {
        let sits = |trustee: &&Trustee| match self.panel(ask) {
            Some(panel) => panel.trustees.is_empty() || panel.trustees.contains(&trustee.name),
            None => true,
        };
        board.iter().filter(sits).cloned().collect()
    }
}
