//! A box to tick or a button to choose, with its words.

/// One of several.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The form's value.
    pub value: String,
    /// What stands beside it.
    pub label: String,
    /// Whether it is ticked.
    pub ticked: bool,
}
