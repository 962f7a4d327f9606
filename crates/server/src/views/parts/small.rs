//! The token of a form, a hash to recognise, the link from a step to its line in the ledger.

use super::super::format::short_hash;
use askama::Template;
use askama::filters::HtmlSafe;
use std::fmt;

/// The hidden field that every form of the console and the desk carries.
#[derive(Clone, Template)]
#[template(ext = "html", source = r#"<input type="hidden" name="csrf" value="{{ token }}">"#)]
pub struct Csrf {
    /// Bound to the session.
    pub token: String,
}

impl HtmlSafe for Csrf {}

impl fmt::Debug for Csrf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Csrf(..)")
    }
}

/// A hash, shown by its first characters; the whole of it on hover and when copied from the details.
#[derive(Debug, Clone, Template)]
#[template(ext = "html", source = r#"<code class="hash" title="{{ full }}">{{ self.short() }}</code>"#)]
pub struct Hash {
    /// All of it, in hexadecimal.
    pub full: String,
}

impl HtmlSafe for Hash {}

impl Hash {
    fn short(&self) -> String {
        short_hash(&self.full)
    }
}

/// A link to the entry of the decision ledger that a step wrote before it took effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Template)]
#[template(
    ext = "html",
    source = r#"<a class="proof" href="/console/ledger/{{ index }}">ledger {{ index }}</a>"#
)]
pub struct Proof {
    /// The entry's index.
    pub index: u64,
}

impl HtmlSafe for Proof {}
