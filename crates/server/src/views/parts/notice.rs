//! What was just done, or refused, said once at the top of the next page.

use super::Tone;
use askama::Template;
use askama::filters::HtmlSafe;

/// A sentence or two at the top of a page.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/notice.html")]
pub struct Notice {
    /// Done (go), under way (wait) or refused (stop).
    pub tone: Tone,
    /// What happened: `Loan 41 is paused.`
    pub said: String,
    /// By which rule, and what would be allowed; empty for none.
    pub hint: String,
}

impl HtmlSafe for Notice {}

impl Notice {
    fn role(&self) -> &'static str {
        if self.tone == Tone::Stop { "alert" } else { "status" }
    }
}
