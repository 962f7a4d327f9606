//! One question before something that cannot be undone.

use super::super::Frame;
use askama::Template;

/// `GET` of an act that needs a second look, such as `/console/supporters/{id}/erase`.
#[derive(Debug, Template)]
#[template(path = "console/confirm.html")]
pub struct Confirm {
    /// The frame; its title is the question: `Erase this person?`
    pub frame: Frame,
    /// What will happen, one sentence each.
    pub consequences: Vec<String>,
    /// What the button says: `Erase for ever`.
    pub button: String,
    /// Where the form is posted.
    pub action: String,
    /// Where `No, go back` leads.
    pub back: String,
    /// A word or number to type into the field `typed`, when a slip would be dear.
    pub to_type: Option<String>,
    /// Names and values that the form carries along.
    pub hidden: Vec<(String, String)>,
}
