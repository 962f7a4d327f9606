//! What a program may do that acts for a borrower: a token names a person who made it, and scopes beyond which it
//! reaches nothing. It never holds the secret itself.

use crate::ids::TokenId;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// One thing that a token may be good for. Reading one's own requests is part of every token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Check, file and change requests of its own borrower.
    Request,
    /// The same for every borrower that named its person as an agent.
    Many,
    /// Ask for counts, which are charged.
    Count,
    /// Fetch copies and corrections, acknowledge erasures.
    Copies,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 4] = [Self::Request, Self::Many, Self::Count, Self::Copies];

    /// The word used in files, screens, policies and the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Many => "many",
            Self::Count => "count",
            Self::Copies => "copies",
        }
    }

    /// What it lets a program do, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Request => "check, file and change your own requests",
            Self::Many => "file requests for every borrower that named you as an agent",
            Self::Count => "ask for counts, out of your budget",
            Self::Copies => "fetch your copies and corrections, acknowledge erasures",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == text)
            .ok_or_else(|| format!("`{text}` is not a scope: request, many, count or copies"))
    }
}

/// The token through which somebody acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Through {
    /// Which.
    pub id: TokenId,
    /// What it is good for.
    pub scopes: Vec<Scope>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_reads_back_and_others_are_named() {
        for scope in Scope::ALL {
            assert_eq!(scope.to_string().parse(), Ok(scope));
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.as_str());
        }
        assert!("vote".parse::<Scope>().unwrap_err().contains("request, many, count or copies"));
    }
}
