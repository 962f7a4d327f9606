//! Places by Open Civic Data division id, such as `ocd-division/country:us/state:vt/sldl:chittenden-1`.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Why a text is not an [`AreaId`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an area: write an OCD division id such as `ocd-division/country:us/state:vt`")]
pub struct NotAnArea(pub String);

/// An OCD division id: `ocd-division/country:xx` and then `/kind:name` steps, lower case. Cloning shares the text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AreaId(Arc<str>);

impl AreaId {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `other` is this area or lies inside it by its id.
    pub fn contains(&self, other: &Self) -> bool {
        other.0.strip_prefix(&*self.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// This area and everything it lies in, from the country inward: what an index adds a person to.
    pub fn with_parents(&self) -> Vec<Self> {
        let mut path = String::from("ocd-division");
        self.0
            .split('/')
            .skip(1)
            .map(|step| {
                path.push('/');
                path.push_str(step);
                Self(path.as_str().into())
            })
            .collect()
    }

    /// The same as texts, from the country inward, without a text of its own for each.
    pub fn steps(&self) -> impl Iterator<Item = &str> {
        let whole = std::iter::once(&*self.0);
        self.0.match_indices('/').skip(1).filter_map(|(at, _)| self.0.get(..at)).chain(whole)
    }

    /// The kind of the last step: `sldl` of `.../sldl:4`.
    pub fn kind(&self) -> &str {
        self.0.rsplit('/').next().and_then(|step| step.split_once(':')).map_or("", |(kind, _)| kind)
    }

    /// The name of the last step: `4` of `.../sldl:4`.
    pub fn last(&self) -> &str {
        self.0.rsplit(':').next().unwrap_or_default()
    }

    /// The country's two letters.
    pub fn country(&self) -> &str {
        self.0.get(21..23).unwrap_or_default()
    }

    /// What it lies in; none for a country.
    pub fn parent(&self) -> Option<Self> {
        let (parent, _) = self.0.rsplit_once('/')?;
        parent.contains('/').then(|| Self(parent.into()))
    }

    /// The last step for people: `state:vt/sldl:4` reads `sldl 4, state vt`.
    pub fn label(&self) -> String {
        let mut steps: Vec<String> = self.0.split('/').skip(1).map(|step| step.replace(':', " ")).collect();
        if steps.len() > 1 {
            steps.remove(0);
        }
        steps.reverse();
        steps.join(", ")
    }
}

/// A division as its register has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Division {
    /// Its id.
    pub id: AreaId,
    /// Its name, as people say it.
    pub name: String,
    /// Another id of the same place, which the register prefers.
    pub same_as: Option<AreaId>,
    /// From this day on.
    pub valid_from: Option<Date>,
    /// Up to this day.
    pub valid_through: Option<Date>,
}

impl Division {
    /// The day that it ended on, if it has by `today`.
    pub fn ended(&self, today: Date) -> Option<Date> {
        self.valid_through.filter(|through| *through < today)
    }

    /// The day that it begins on, if that is to come.
    pub fn begins(&self, today: Date) -> Option<Date> {
        self.valid_from.filter(|from| *from > today)
    }
}

impl FromStr for AreaId {
    type Err = NotAnArea;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || NotAnArea(text.chars().take(120).collect());
        let rest = text.strip_prefix("ocd-division/country:").ok_or_else(error)?;
        if text.len() > 200 {
            return Err(error());
        }
        let mut steps = rest.split('/');
        let country = steps.next().unwrap_or_default();
        if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_lowercase()) {
            return Err(error());
        }
        for step in steps {
            let (kind, name) = step.split_once(':').ok_or_else(error)?;
            let kind_ok = !kind.is_empty() && kind.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            let name_ok = !name.is_empty()
                && !name.contains(':')
                && name.chars().all(|c| c.is_alphanumeric() && !c.is_uppercase() || "-_.~".contains(c));
            if !kind_ok || !name_ok {
                return Err(error());
            }
        }
        Ok(Self(text.into()))
    }
}

/// Looked up by its text: both are ordered and hashed alike.
impl Borrow<str> for AreaId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AreaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for AreaId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for AreaId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_knows_what_it_contains() {
        let state: AreaId = "ocd-division/country:us/state:vt".parse().unwrap();
        let district: AreaId = "ocd-division/country:us/state:vt/sldl:chittenden-1".parse().unwrap();
        let other: AreaId = "ocd-division/country:us/state:vtx".parse().unwrap();
        assert!(state.contains(&district) && state.contains(&state));
        assert!(!state.contains(&other) && !district.contains(&state));
        assert_eq!(district.with_parents().len(), 3);
        for area in [&state, &district, &"ocd-division/country:us".parse().unwrap()] {
            assert!(area.steps().eq(area.with_parents().iter().map(AreaId::as_str)), "{area}");
        }
        assert_eq!((district.kind(), district.last(), district.country()), ("sldl", "chittenden-1", "us"));
        assert_eq!(district.parent(), Some(state.clone()));
        assert_eq!(state.parent().unwrap().parent(), None);
        assert_eq!(district.label(), "sldl chittenden-1, state vt");
    }

    #[test]
    fn what_is_not_an_area_is_refused() {
        for bad in [
            "",
            "vt",
            "ocd-division/country:USA",
            "ocd-division/country:us/",
            "ocd-division/country:us/state",
        ] {
            assert!(bad.parse::<AreaId>().is_err(), "{bad}");
        }
    }
}
