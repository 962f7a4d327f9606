//! A field of an identity as a form shows it, to be put right.

use hustings_vault::Field;

/// One field with what is held in it.
#[derive(Debug)]
pub struct FieldInput {
    /// The form's field.
    pub name: &'static str,
    /// What stands above it.
    pub label: &'static str,
    /// What is held; empty when nothing is.
    pub value: String,
}

impl FieldInput {
    /// A field and its value.
    pub fn new(field: Field, value: Option<&str>) -> Self {
        Self { name: field.as_str(), label: field.label(), value: value.unwrap_or_default().to_owned() }
    }

    /// Which keyboard a phone shows.
    pub fn kind(&self) -> &'static str {
        match self.name {
            "email" => "email",
            "phone" => "tel",
            _ => "text",
        }
    }
}
