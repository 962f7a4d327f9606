//! Rules ready made, in plain words. A steward picks one and fills in its settings; Cedar is written here. Each takes
//! `borrower` (one kind or several) and `asks` besides its own settings, and then bears on those alone.

mod fill;
mod program;
mod settings;
mod table;

pub use settings::{FIELDS, Param, Takes, settings_of, to_toml};
pub use table::TEMPLATES;

pub(super) use fill::of_rule;
pub(super) use program::{of_lending, of_program};

use fill::Given;
use hustings_domain::borrower::BorrowerKind;
use hustings_domain::loan::Ask;

/// A rule ready made.
pub struct Template {
    /// Its name in a charter's file.
    pub id: &'static str,
    /// What it says, with its settings in angle brackets: `nobody is asked within <days> days before <day>`.
    pub words: &'static str,
    /// What it is for, in a sentence.
    pub purpose: &'static str,
    /// Its settings.
    pub params: &'static [Param],
    /// Filled in, for a file.
    pub example: &'static str,
    write: fn(&Given) -> Filled,
}

impl std::fmt::Debug for Template {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Template").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Template {
    /// The template of this name.
    pub fn named(id: &str) -> Option<&'static Self> {
        TEMPLATES.iter().find(|template| template.id == id)
    }
}

/// A limit, ready for the engine and for people.
#[derive(Debug, Clone, Default)]
pub(super) struct Filled {
    pub(super) kinds: Option<Vec<BorrowerKind>>,
    pub(super) asks: Option<Vec<Ask>>,
    pub(super) needs_area: bool,
    /// What must be true for a request to be refused, in Cedar.
    when: String,
    pub(super) words: String,
    pub(super) instead: String,
}

impl Filled {
    fn new(when: impl Into<String>, words: impl Into<String>, instead: impl Into<String>) -> Self {
        Self { when: when.into(), words: words.into(), instead: instead.into(), ..Self::default() }
    }

    fn with_area(self) -> Self {
        Self { needs_area: true, ..self }
    }

    /// The condition with whom and what it bears on.
    pub(super) fn condition(&self) -> String {
        let set = |kind: &str, names: Vec<&str>| {
            let names: Vec<String> = names.iter().map(|name| format!("{kind}::\"{name}\"")).collect();
            names.join(", ")
        };
        let mut parts = Vec::new();
        if let Some(kinds) = &self.kinds {
            let kinds = set("Kind", kinds.iter().map(|kind| kind.as_str()).collect());
            parts.push(format!("[{kinds}].contains(principal.kind)"));
        }
        if let Some(asks) = &self.asks {
            let asks = set("Ask", asks.iter().map(|ask| ask.as_str()).collect());
            parts.push(format!("[{asks}].contains(resource.ask)"));
        }
        parts.push(format!("({})", self.when));
        parts.join(" && ")
    }
}
