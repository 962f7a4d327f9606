//! What becomes of people who are on the list already when a file speaks of them.

use super::ImportKind;
use crate::refusal::{Refusal, Result};
use serde::{Deserialize, Serialize};

// INVARIANT (promise 4): a mode says what becomes of names, places and attributes. Consents go one way in every mode,
// through `next_state`, which lifts no stop.
/// What becomes of people who are known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// New people, and facts of which nothing was known: what is there stays, its blanks too.
    Add,
    /// Blanks are filled as well, and what is better known replaces what is less.
    #[default]
    Blanks,
    /// The file's names, places and attributes replace those that are kept, other than what the person said of
    /// themselves where the file does not claim that. The first row about a person replaces; later ones fill blanks.
    Overwrite,
    /// Whoever is in the file is never mailed again.
    Suppress,
}

impl Mode {
    /// The word used on the command line and in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Blanks => "blanks",
            Self::Overwrite => "overwrite",
            Self::Suppress => "suppress",
        }
    }

    /// The mode of a file of this kind, unless what was asked for makes no sense of it.
    pub(super) fn of(asked: Option<Self>, kind: ImportKind) -> Result<Self> {
        let (usual, others): (Self, &[Self]) = match kind {
            ImportKind::Supporters | ImportKind::Gifts => (Self::Blanks, &[Self::Add, Self::Overwrite]),
            ImportKind::Suppressions => (Self::Suppress, &[]),
            ImportKind::Areas => (Self::Overwrite, &[]),
        };
        match asked {
            None => Ok(usual),
            Some(mode) if mode == usual || others.contains(&mode) => Ok(mode),
            Some(mode) => Err(Refusal::invalid(
                "import.mode",
                format!("`{}` is no way to bring in {}", mode.as_str(), kind.as_str()),
            )
            .hint(format!("leave --mode away: they come in as `{}`", usual.as_str()))),
        }
    }
}

impl std::str::FromStr for Mode {
    type Err = String;
    fn from_str(text: &str) -> std::result::Result<Self, String> {
        [Self::Add, Self::Blanks, Self::Overwrite, Self::Suppress]
            .into_iter()
            .find(|mode| mode.as_str() == text)
            .ok_or_else(|| format!("`{text}` is no mode: add, blanks, overwrite or suppress"))
    }
}
