//! Dividing a count. Parts in which nobody can be twice are paid for once; where a person can be in several, each
//! part has its price.

use super::{Answer, RhoMillionths};
use crate::area::AreaId;
use crate::canonical::ContentHash;
use crate::money::group_thousands;
use crate::words::Slug;
use serde::{Deserialize, Serialize};

/// The most parts of one count.
pub const MOST_PARTS: usize = 200;

/// Why a count cannot be divided like this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotDisjoint {
    /// Fewer than two parts divide nothing.
    #[error("fewer than two parts divide nothing")]
    TooFew,
    /// More than [`MOST_PARTS`].
    #[error("{0} parts are more than {MOST_PARTS}")]
    TooMany(usize),
    /// One of them lies in another, so that its people would be counted twice and paid for once.
    #[error("`{inner}` lies in `{outer}`, so its people would be counted in both")]
    Nested {
        /// What lies in the other.
        inner: AreaId,
        /// What holds it.
        outer: AreaId,
    },
    /// Divisions of two kinds lie across each other: what one leaves of another would be taken for all of it.
    #[error("`{one}` and `{other}` are divisions of two kinds, which may lie across each other")]
    Kinds {
        /// One of them.
        one: AreaId,
        /// One of another kind.
        other: AreaId,
    },
    /// A part outside of what is divided.
    #[error("`{0}` does not lie in the area of the request")]
    Outside(AreaId),
}

/// Into which parts a count is divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parting {
    /// Areas, none inside another. Who lives in two of them is counted in the first alone.
    Areas(Vec<AreaId>),
    /// Declared issues; a person may have declared them all.
    Issues(Vec<Slug>),
}

impl Parting {
    /// Areas inside `whole`, each once, in the order of ids.
    pub fn areas(whole: &AreaId, mut areas: Vec<AreaId>) -> Result<Self, NotDisjoint> {
        areas.sort();
        areas.dedup();
        sized(areas.len())?;
        if let Some(outside) = areas.iter().find(|area| !whole.contains(area)) {
            return Err(NotDisjoint::Outside(outside.clone()));
        }
        // In the order of ids, what lies in an area comes after it, but not always next.
        for (position, outer) in areas.iter().enumerate() {
            if let Some(inner) = areas.iter().skip(position + 1).find(|area| outer.contains(area)) {
                return Err(NotDisjoint::Nested { inner: inner.clone(), outer: outer.clone() });
            }
        }
        if let [one, others @ ..] = areas.as_slice()
            && let Some(other) = others.iter().find(|other| other.kind() != one.kind())
        {
            return Err(NotDisjoint::Kinds { one: one.clone(), other: other.clone() });
        }
        Ok(Self::Areas(areas))
    }

    /// Issues, each once, in the order of names.
    pub fn issues(mut issues: Vec<Slug>) -> Result<Self, NotDisjoint> {
        issues.sort();
        issues.dedup();
        sized(issues.len())?;
        Ok(Self::Issues(issues))
    }

    /// In how many parts one person may be: so many questions the division costs.
    pub fn questions(&self) -> u32 {
        match self {
            Self::Areas(_) => 1,
            Self::Issues(issues) => u32::try_from(issues.len()).unwrap_or(u32::MAX),
        }
    }

    /// The parts' names.
    pub fn names(&self) -> Vec<String> {
        match self {
            Self::Areas(areas) => areas.iter().map(ToString::to_string).collect(),
            Self::Issues(issues) => issues.iter().map(ToString::to_string).collect(),
        }
    }
}

fn sized(parts: usize) -> Result<(), NotDisjoint> {
    match parts {
        0 | 1 => Err(NotDisjoint::TooFew),
        many if many > MOST_PARTS => Err(NotDisjoint::TooMany(many)),
        _ => Ok(()),
    }
}

/// That an answer was given as a part of a division.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartOf {
    /// The question that was divided.
    pub whole: ContentHash,
    /// The division: the same for all of its parts.
    pub division: ContentHash,
    /// By what, for people: `sldl`, `issue`, `area`.
    pub by: String,
    /// The part's area or issue.
    pub name: String,
}

/// What the parts that are shown come to together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// How many parts are shown.
    pub parts: u32,
    /// How many are too small to say.
    pub hidden: u32,
    /// The shown counts together.
    pub count: u32,
    /// Half the width of the 95 % interval of that.
    pub margin: u32,
}

impl Shown {
    // INVARIANT (promise 7): the sum is of what is shown and of nothing else, so that no subtraction gives what is hidden.
    /// The sum of these parts, each of this price.
    pub fn of<'a>(answers: impl IntoIterator<Item = &'a Answer>, price: RhoMillionths) -> Self {
        let mut shown = Self { parts: 0, hidden: 0, count: 0, margin: 0 };
        for answer in answers {
            match answer {
                Answer::About { count, .. } => {
                    shown.parts += 1;
                    shown.count = shown.count.saturating_add(*count);
                }
                Answer::BelowFloor { .. } => shown.hidden += 1,
            }
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive and small")]
        let margin = (1.96 * price.sigma() * f64::from(shown.parts).sqrt()).ceil() as u32;
        Self { margin, ..shown }
    }

    /// How it is said.
    pub fn words(&self) -> String {
        let hidden = match self.hidden {
            0 => String::new(),
            1 => "; 1 part is too small to say".to_owned(),
            more => format!("; {more} parts are too small to say"),
        };
        match self.parts {
            0 => "no part is large enough to say without pointing at people".to_owned(),
            _ => format!(
                "about {} +- {} in the {} shown{hidden}",
                group_thousands(u64::from(self.count)),
                self.margin,
                if self.parts == 1 { "part".to_owned() } else { format!("{} parts", self.parts) }
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(text: &str) -> AreaId {
        format!("ocd-division/country:us{text}").parse().unwrap()
    }

    #[test]
    fn areas_inside_each_other_are_not_disjoint() {
        let whole = area("/state:vt");
        let (one, two) = (area("/state:vt/county:essex"), area("/state:vt/county:orange"));
        let inside = area("/state:vt/county:essex/place:canaan");
        let parting = Parting::areas(&whole, vec![two.clone(), one.clone(), two.clone()]).unwrap();
        assert_eq!((&parting, parting.questions()), (&Parting::Areas(vec![one.clone(), two.clone()]), 1));
        let nested = NotDisjoint::Nested { inner: inside.clone(), outer: one.clone() };
        assert_eq!(Parting::areas(&whole, vec![inside, two, one.clone()]), Err(nested));
        let outside = area("/state:nh");
        assert_eq!(
            Parting::areas(&whole, vec![one.clone(), outside.clone()]),
            Err(NotDisjoint::Outside(outside))
        );
        let across: AreaId = format!("{whole}/sldl:7").parse().unwrap();
        let kinds = NotDisjoint::Kinds { one: one.clone(), other: across.clone() };
        assert_eq!(Parting::areas(&whole, vec![across, one.clone()]), Err(kinds));
        assert_eq!(Parting::areas(&whole, vec![one.clone(), one]), Err(NotDisjoint::TooFew));
        let many = (0..=MOST_PARTS).map(|number| area(&format!("/state:vt/sldl:{number}"))).collect();
        assert_eq!(Parting::areas(&whole, many), Err(NotDisjoint::TooMany(MOST_PARTS + 1)));
    }

    #[test]
    fn issues_cost_a_question_each() {
        let issues =
            |names: &[&str]| Parting::issues(names.iter().map(|name| name.parse().unwrap()).collect());
        assert_eq!(issues(&["housing", "climate", "housing"]).unwrap().questions(), 2);
        assert_eq!(issues(&["housing"]), Err(NotDisjoint::TooFew));
    }

    #[test]
    fn the_sum_is_of_what_is_shown() {
        let price = RhoMillionths(1_250);
        let about = |count| Answer::About { count, margin: 43 };
        let hidden = Answer::BelowFloor { floor: 300 };
        let shown = Shown::of(&[about(400), hidden, about(1_200)], price);
        assert_eq!((shown.count, shown.parts, shown.hidden, shown.margin), (1_600, 2, 1, 61));
        assert_eq!(shown.words(), "about 1,600 +- 61 in the 2 parts shown; 1 part is too small to say");
        assert!(Shown::of(&[hidden], price).words().starts_with("no part"));
    }
}
