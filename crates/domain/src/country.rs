//! Countries by their two letters (ISO 3166-1 alpha-2), whichever table of them a room then asks.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Why a text is not a [`Country`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a country: two letters of ISO 3166-1, such as `US` or `GB`")]
pub struct NotACountry(pub String);

/// A country's two letters, kept as capitals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 2]);

impl Country {
    /// The United States: what a list is taken for that says nothing else.
    pub const US: Self = Self(*b"US");

    /// The letters.
    pub fn as_str(&self) -> &str {
        // Both are ASCII capitals: the parser lets nothing else in.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl Default for Country {
    fn default() -> Self {
        Self::US
    }
}

impl FromStr for Country {
    type Err = NotACountry;

    fn from_str(text: &str) -> Result<Self, NotACountry> {
        match text.trim().as_bytes() {
            [first, second] if first.is_ascii_alphabetic() && second.is_ascii_alphabetic() => {
                Ok(Self([first.to_ascii_uppercase(), second.to_ascii_uppercase()]))
            }
            _ => Err(NotACountry(text.chars().take(20).collect())),
        }
    }
}

impl TryFrom<String> for Country {
    type Error = NotACountry;

    fn try_from(text: String) -> Result<Self, NotACountry> {
        text.parse()
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.as_str().to_owned()
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_letters_and_nothing_else() {
        assert_eq!("gb".parse::<Country>().unwrap().as_str(), "GB");
        for wrong in ["", "g", "GBR", "44", "é"] {
            assert!(wrong.parse::<Country>().is_err(), "{wrong}");
        }
    }
}
