//! The names of the fields of an identity, for columns, screens and consents.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// One field of an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// E-mail address.
    Email,
    /// Phone number.
    Phone,
    /// Given name.
    GivenName,
    /// Family name.
    FamilyName,
    /// Street and house.
    Street,
    /// Town.
    City,
    /// Postal code.
    PostalCode,
}

/// A name that is no field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a field: use email, phone, given-name, family-name, street, city or postal-code")]
pub struct UnknownField(pub String);

impl Field {
    /// Every field, in the order in which people read them.
    pub const ALL: [Self; 7] = [
        Self::Email,
        Self::Phone,
        Self::GivenName,
        Self::FamilyName,
        Self::Street,
        Self::City,
        Self::PostalCode,
    ];

    /// The name in columns, settings and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::GivenName => "given-name",
            Self::FamilyName => "family-name",
            Self::Street => "street",
            Self::City => "city",
            Self::PostalCode => "postal-code",
        }
    }

    /// The name on screens.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Email => "E-mail address",
            Self::Phone => "Phone number",
            Self::GivenName => "Given name",
            Self::FamilyName => "Family name",
            Self::Street => "Street",
            Self::City => "City",
            Self::PostalCode => "Postal code",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Field {
    type Err = UnknownField;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|field| field.as_str() == text);
        known.ok_or_else(|| UnknownField(text.chars().take(80).collect()))
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for field in Field::ALL {
            assert_eq!(field.as_str().parse(), Ok(field));
            assert_eq!(serde_json::to_string(&field).unwrap(), format!("\"{field}\""));
        }
        assert_eq!("e-mail".parse::<Field>(), Err(UnknownField("e-mail".into())));
    }
}
