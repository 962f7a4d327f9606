//! Writing an audience: the text, and at once how many it reaches, or where it is wrong.

use super::super::Frame;
use super::super::parts::{Bars, When};
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
    },
}

/// The part of the page that changes while one types: `GET /console/audiences/count?q=`.
#[derive(Debug, Template)]
#[template(path = "console/audience-count.html")]
pub struct AudienceCount {
    /// What the text comes to.
    pub counted: Counted,
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
    /// Texts to start from.
    pub examples: Vec<AudienceExample>,
}
