//! One saved audience; a few of an audience's people; why one of them is in or out; two audiences beside each other.

use super::super::Frame;
use super::super::parts::{Badge, Bars, When};
use super::AudienceCount;
use askama::Template;

/// A version of a saved audience.
#[derive(Debug)]
pub struct VersionRow {
    /// Its number.
    pub number: u32,
    /// The rule.
    pub rule: String,
    /// Who saved it.
    pub by: String,
    /// When.
    pub when: When,
}

/// `GET /console/audiences/saved/{name}`.
#[derive(Debug, Template)]
#[template(path = "console/audience.html")]
pub struct SavedAudience {
    /// The frame.
    pub frame: Frame,
    /// Its name.
    pub name: String,
    /// The rule in force, to be changed.
    pub text: String,
    /// What it comes to.
    pub count: AudienceCount,
    /// Whether it is in use.
    pub state: Badge,
    /// The audiences that it names.
    pub uses: Vec<String>,
    /// The audiences that name it.
    pub used_by: Vec<String>,
    /// Its versions, the newest first.
    pub versions: Vec<VersionRow>,
    /// Whether whoever looks may take it out of use now.
    pub may_retire: bool,
}

/// A person of a sample.
#[derive(Debug)]
pub struct SampleRow {
    /// The id in the address of the person's page.
    pub id: String,
    /// The name; `no name` for none.
    pub name: String,
    /// The e-mail address.
    pub email: String,
    /// The town.
    pub city: String,
}

/// The answer to `POST /console/audiences/sample` (field `q`).
#[derive(Debug, Template)]
#[template(path = "console/audience-sample.html")]
pub struct AudienceSample {
    /// The frame.
    pub frame: Frame,
    /// The rule.
    pub text: String,
    /// Those drawn.
    pub rows: Vec<SampleRow>,
    /// Back to the rule.
    pub back: String,
    /// When it was drawn.
    pub as_of: When,
}

/// A term and whether it holds.
#[derive(Debug)]
pub struct WhyRow {
    /// The term.
    pub term: String,
    /// Whether it holds of the person.
    pub holds: Badge,
    /// The saved audience that it is a term of; empty for the rule itself.
    pub of: String,
}

/// The answer to `POST /console/audiences/why` (fields `q` and `address`).
#[derive(Debug, Template)]
#[template(path = "console/audience-why.html")]
pub struct AudienceWhy {
    /// The frame.
    pub frame: Frame,
    /// The rule.
    pub text: String,
    /// The rule in words.
    pub words: String,
    /// In, or out.
    pub verdict: Badge,
    /// Every term, from left to right.
    pub rows: Vec<WhyRow>,
    /// Whether the person has stopped everything.
    pub stopped: bool,
    /// The id in the address of the person's page.
    pub id: String,
    /// Back to the rule.
    pub back: String,
    /// When it was true.
    pub as_of: When,
}

/// What a comparison comes to.
#[derive(Debug)]
pub enum Compared {
    /// Two rules are to be written first.
    Nothing,
    /// One of them is wrong.
    Wrong {
        /// What is wrong.
        message: String,
        /// The text with a caret under the place.
        caret: String,
        /// What would be right; empty for none.
        hint: String,
    },
    /// Both are right.
    Both {
        /// The number first.
        said: String,
        /// Each, both, and each alone.
        bars: Bars,
        /// When the numbers were true.
        as_of: When,
    },
}

/// `GET /console/audiences/overlap?a=&b=`.
#[derive(Debug, Template)]
#[template(path = "console/audience-overlap.html")]
pub struct AudienceOverlap {
    /// The frame.
    pub frame: Frame,
    /// The first rule.
    pub left: String,
    /// The second rule.
    pub right: String,
    /// What they come to.
    pub compared: Compared,
}
