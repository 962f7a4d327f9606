//! The `[sharing]` section: how attention is shared when cleared loans ask for the same people.

use crate::borrower::BorrowerKind;
use serde::{Deserialize, Serialize};

/// How attention is shared. A charter without the section shares evenly, over two weeks at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sharing {
    /// Loans that may go out within so many days from now compete.
    pub window_days: u32,
    /// How much of what it asked for a candidate gets against others, in thousandths: 1,000 is as much, 2,000 twice.
    pub candidate: u32,
    /// The same for a committee of a party.
    pub party_committee: u32,
    /// The same for an allied group.
    pub allied_group: u32,
}

impl Default for Sharing {
    fn default() -> Self {
        Self { window_days: 14, candidate: 1_000, party_committee: 1_000, allied_group: 1_000 }
    }
}

impl Sharing {
    /// The weight of a kind of borrower, in thousandths.
    pub fn weight_of(&self, kind: BorrowerKind) -> u32 {
        match kind {
            BorrowerKind::Candidate => self.candidate,
            BorrowerKind::PartyCommittee => self.party_committee,
            BorrowerKind::AlliedGroup => self.allied_group,
        }
    }

    /// What is wrong: the key, what is wrong with it, and what is allowed.
    pub(super) fn problems(&self) -> Vec<(&'static str, String, &'static str)> {
        let weights = [
            ("candidate", self.candidate),
            ("party_committee", self.party_committee),
            ("allied_group", self.allied_group),
        ];
        let mut problems: Vec<_> = weights
            .into_iter()
            .filter(|(_, weight)| !(100..=10_000).contains(weight))
            .map(|(key, weight)| {
                (key, format!("{weight} thousandths is no weight to share by"), "100 to 10000")
            })
            .collect();
        if !(1..=90).contains(&self.window_days) {
            let what = format!("attention cannot be shared over {} days", self.window_days);
            problems.push(("window_days", what, "1 to 90 days"));
        }
        problems
    }
}
