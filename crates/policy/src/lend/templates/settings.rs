//! What the settings of a template are, and how they are written into a charter's file.

use super::Template;
use hustings_domain::borrower::BorrowerKind;
use hustings_domain::loan::Ask;

/// The fields that can pass with a yes, as the vault names them (a test of the room `app` holds the two together).
pub const FIELDS: [&str; 7] =
    ["email", "phone", "given-name", "family-name", "street", "city", "postal-code"];

/// What a setting takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Kinds of borrowers: one text or a list.
    Kinds,
    /// Asks: one text or a list.
    Asks,
    /// A whole number from and to.
    Number(i64, i64),
    /// A day, or the name of a day of `[[calendar]]`.
    Day,
    /// Areas: one text or a list.
    Areas,
    /// Issues of the charter.
    Issues,
    /// Fields that a yes may pass.
    Fields,
    /// Kinds of areas, such as `sldl`.
    Levels,
}

impl Takes {
    /// What is allowed, in words.
    pub fn words(self) -> String {
        match self {
            Self::Kinds => {
                let kinds: Vec<&str> = BorrowerKind::ALL.iter().map(|kind| kind.as_str()).collect();
                format!("one or more of {}", kinds.join(", "))
            }
            Self::Asks => {
                let asks: Vec<&str> = Ask::ALL.iter().map(|ask| ask.as_str()).collect();
                format!("one or more of {}", asks.join(", "))
            }
            Self::Number(least, most) => format!("a whole number from {least} to {most}"),
            Self::Day => "a day such as 2026-11-03, or the id of a day of `[[calendar]]`".to_owned(),
            Self::Areas => "OCD division ids such as ocd-division/country:us/state:vt".to_owned(),
            Self::Issues => "issues of the charter".to_owned(),
            Self::Fields => format!("fields that a yes may pass: {}", FIELDS.join(", ")),
            Self::Levels => {
                "the last step of an OCD division id: sldl, sldu, cd, county, place, state".to_owned()
            }
        }
    }

    /// Whether several may be given.
    pub fn is_list(self) -> bool {
        !matches!(self, Self::Number(..) | Self::Day)
    }
}

/// A setting of a template.
#[derive(Debug, Clone, Copy)]
pub struct Param {
    /// Its key in the file.
    pub key: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// Whether the template means nothing without it.
    pub needed: bool,
}

/// Whom a rule bears on; every template takes it.
pub(super) const BORROWER: Param = Param { key: "borrower", takes: Takes::Kinds, needed: false };
/// Which asks a rule bears on; every template takes it.
pub(super) const ASKS: Param = Param { key: "asks", takes: Takes::Asks, needed: false };

/// Every setting that a template takes, its own first.
pub fn settings_of(template: &Template) -> Vec<Param> {
    let mut params: Vec<Param> = template.params.to_vec();
    for common in [BORROWER, ASKS] {
        if params.iter().all(|param| param.key != common.key) {
            params.push(common);
        }
    }
    params
}

/// The lines that a charter's file holds for a template filled in; what is blank is left out. `typed` is what somebody
/// wrote into a form: several values are set apart by commas.
pub fn to_toml<'a>(template: &Template, typed: impl Fn(&str) -> &'a str) -> String {
    let mut lines = vec!["[[rules]]".to_owned(), format!("template = \"{}\"", template.id)];
    for param in settings_of(template) {
        let text = typed(param.key).trim();
        if text.is_empty() {
            continue;
        }
        let value = match param.takes {
            Takes::Number(..) if text.bytes().all(|byte| byte.is_ascii_digit()) => text.to_owned(),
            takes if takes.is_list() => {
                let each: Vec<String> = text.split(',').map(|one| quoted(one.trim())).collect();
                format!("[{}]", each.join(", "))
            }
            _ => quoted(text),
        };
        lines.push(format!("{} = {value}", param.key));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn quoted(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control()).collect();
    format!("\"{}\"", plain.replace('\\', "\\\\").replace('"', "\\\""))
}
