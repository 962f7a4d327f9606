//! Older and newer, by cursor.

use askama::Template;
use askama::filters::HtmlSafe;

/// Under a table that goes on.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "parts/pager.html")]
pub struct Pager {
    /// What is shown: `41 to 60 of 212 loans`; empty shows nothing.
    pub showing: String,
    /// Where the newer rows are.
    pub newer: Option<String>,
    /// Where the older rows are.
    pub older: Option<String>,
}

impl HtmlSafe for Pager {}

impl Pager {
    fn is_needed(&self) -> bool {
        !self.showing.is_empty() || self.newer.is_some() || self.older.is_some()
    }
}
