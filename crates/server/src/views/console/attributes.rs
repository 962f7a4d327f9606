//! Attributes: what each is, who has it, who gave it themselves.

use super::super::Frame;
use super::super::parts::Badge;
use askama::Template;

/// One attribute in the table.
#[derive(Debug)]
pub struct AttributeRow {
    /// How files and rules name it.
    pub name: String,
    /// How people read it.
    pub title: String,
    /// What its values are: `a choice`.
    pub kind: String,
    /// How many people have it.
    pub people: String,
    /// How many gave it themselves, or `never lent`.
    pub self_given: String,
    /// How a rule asks for it.
    pub example: String,
    /// The choices that were declared.
    pub choices: String,
    /// In use (go), out of use (plain).
    pub state: Badge,
    /// Whether to offer `POST /console/attributes/{name}/retire`.
    pub may_retire: bool,
}

/// `GET /console/attributes`. `POST` takes `name`, `title`, `type`, `choices`, and `open=yes`.
#[derive(Debug, Template)]
#[template(path = "console/attributes.html")]
pub struct Attributes {
    /// The frame.
    pub frame: Frame,
    /// By name.
    pub rows: Vec<AttributeRow>,
    /// The word and the sentence of each type.
    pub types: Vec<(&'static str, &'static str)>,
    /// Whether to offer the form.
    pub may_declare: bool,
    /// The name that was just tried.
    pub name: String,
    /// Why it was refused, and what to do.
    pub wrong: Option<(String, String)>,
}
