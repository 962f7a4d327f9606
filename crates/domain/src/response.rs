//! What a supporter answers to an appeal.

use crate::words::Slug;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// An answer. Only [`Response::Yes`] lets anything pass, and only the fields that it names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "answer")]
pub enum Response {
    /// Introduce me, with these fields.
    Yes {
        /// The fields that the person saw and left ticked, by name.
        fields: Vec<Slug>,
    },
    /// Ask me again another time.
    Later,
    /// Not this one.
    No,
    /// Never this borrower again.
    Never,
    /// Something is wrong with this appeal.
    Report {
        /// What, in the person's words (sealed with the person's key where it is kept).
        what: String,
    },
}

/// The kinds of answer, for counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResponseKind {
    /// Introduce me.
    Yes,
    /// Another time.
    Later,
    /// Not this one.
    No,
    /// Never this borrower.
    Never,
    /// Misuse.
    Report,
}

impl ResponseKind {
    /// Every kind, in the order people read them.
    pub const ALL: [Self; 5] = [Self::Yes, Self::Later, Self::No, Self::Never, Self::Report];

    /// The word used in forms, files and the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Later => "later",
            Self::No => "no",
            Self::Never => "never",
            Self::Report => "report",
        }
    }
}

impl FromStr for ResponseKind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| format!("`{text}` is not an answer: yes, later, no, never or report"))
    }
}

impl Response {
    /// Its kind.
    pub fn kind(&self) -> ResponseKind {
        match self {
            Self::Yes { .. } => ResponseKind::Yes,
            Self::Later => ResponseKind::Later,
            Self::No => ResponseKind::No,
            Self::Never => ResponseKind::Never,
            Self::Report { .. } => ResponseKind::Report,
        }
    }
}
