//! Names and values under each other.

use askama::Template;
use askama::filters::HtmlSafe;

/// A name and its value.
#[derive(Debug, Clone)]
pub struct Term {
    /// The name: `Area`.
    pub name: String,
    /// The value: `Chittenden County, Vermont`.
    pub value: String,
}

/// A list of names and values.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "parts/terms.html")]
pub struct Terms {
    /// In reading order.
    pub rows: Vec<Term>,
}

impl HtmlSafe for Terms {}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Terms {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let rows = pairs.into_iter().map(|(name, value)| Term { name: name.into(), value: value.into() });
        Self { rows: rows.collect() }
    }
}
