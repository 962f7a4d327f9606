//! Writing an audience: the text, and at once how many it reaches, or where it is wrong; and those that are saved.

use super::super::Frame;
use super::super::parts::{Badge, Bars, Csrf, When};
use askama::Template;
use askama::filters::HtmlSafe;

/// What an audience's text comes to.
#[derive(Debug)]
pub enum Counted {
    /// Nothing was written yet.
    Nothing,
    /// The text is wrong.
    Wrong {
        /// What is wrong: `` `isue` is not a word of the language ``.
        message: String,
        /// The text with a caret under the place, in two lines or more, aligned for a fixed-width font.
        caret: String,
        /// What would be right: ``did you mean `issue`?``; empty for none.
        hint: String,
    },
    /// The text is right.
    Reach {
        /// How many can be addressed under it now.
        reach: u64,
        /// The number first: `4,212 people can hear this. 61 % were addressed in the last 30 days.`
        said: String,
        /// From those who match down to those who can be addressed.
        breakdown: Bars,
        /// How they divide: by area, by issue, by the month they joined.
        divisions: Vec<Bars>,
        /// When the numbers were true.
        as_of: When,
        /// The change of the list up to which they are true: two screens with the same one agree.
        change: String,
    },
}

/// The part of the page that changes while one types: `GET /console/audiences/count?q=`.
#[derive(Debug, Template)]
#[template(path = "console/audience-count.html")]
pub struct AudienceCount {
    /// What the text comes to.
    pub counted: Counted,
    /// What can be done with a text that reads.
    pub acts: Option<AudienceActs>,
}

/// What can be done with the text that was counted: the forms carry that very text.
#[derive(Debug)]
pub struct AudienceActs {
    /// Goes into every form.
    pub csrf: Csrf,
    /// The text.
    pub text: String,
    /// The name that it is saved under; empty for none yet.
    pub name: String,
    /// Whether whoever looks may save it.
    pub may_save: bool,
    /// Whether whoever looks may open records.
    pub may_open: bool,
}

/// A saved audience in the list.
#[derive(Debug)]
pub struct SavedRow {
    /// Its name, which is its address too.
    pub name: String,
    /// The rule.
    pub rule: String,
    /// The number of its newest version.
    pub version: u32,
    /// How many people it selects now; empty when it is out of use or does not read any more.
    pub people: String,
    /// Whether it is in use.
    pub state: Badge,
}

impl HtmlSafe for AudienceCount {}

/// A text to start from.
#[derive(Debug)]
pub struct AudienceExample {
    /// The text.
    pub text: String,
    /// What it selects.
    pub meaning: String,
    /// `/console/audiences?q=...`, percent-encoded.
    pub path: String,
}

/// `GET /console/audiences?q=`.
#[derive(Debug, Template)]
#[template(path = "console/audiences.html")]
pub struct Audiences {
    /// The frame.
    pub frame: Frame,
    /// The text as written.
    pub text: String,
    /// What it comes to.
    pub count: AudienceCount,
    /// Those that are saved.
    pub saved: Vec<SavedRow>,
    /// Texts to start from.
    pub examples: Vec<AudienceExample>,
}
