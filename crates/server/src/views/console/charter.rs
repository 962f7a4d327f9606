//! The charter's rules: those in force in words, templates to fill in, and what another charter would have decided.

use super::super::Frame;
use super::super::parts::Badge;
use askama::Template;

/// One rule in words.
#[derive(Debug)]
pub struct RuleRow {
    /// The rule.
    pub words: String,
    /// Where it stands: `[[rules]] 3, own-area`.
    pub place: String,
    /// As the engine reads it.
    pub cedar: String,
}

/// A template to pick.
#[derive(Debug)]
pub struct TemplateRow {
    /// Its name, which is also its value in the address.
    pub id: String,
    /// What it says.
    pub words: String,
    /// What it is for.
    pub purpose: String,
}

/// A setting to fill in.
#[derive(Debug)]
pub struct SettingRow {
    /// Its key.
    pub key: String,
    /// What it takes.
    pub takes: String,
    /// Whether it must be filled in.
    pub needed: bool,
    /// What was typed.
    pub typed: String,
}

/// The template that was picked.
#[derive(Debug)]
pub struct Chosen {
    /// The template.
    pub template: TemplateRow,
    /// Its settings.
    pub settings: Vec<SettingRow>,
    /// What is wrong with what was filled in, line by line.
    pub problems: Vec<String>,
    /// The lines for the charter's file; empty until it is filled in.
    pub lines: String,
    /// What the rule says.
    pub said: String,
}

/// `GET /console/charter`.
#[derive(Debug, Template)]
#[template(path = "console/charter.html")]
pub struct Charter {
    /// The frame.
    pub frame: Frame,
    /// Every rule, in the order in which they are held against a request.
    pub rules: Vec<RuleRow>,
    /// What can be picked.
    pub templates: Vec<TemplateRow>,
    /// What was picked.
    pub chosen: Option<Chosen>,
    /// The charter in force, to be changed and tried.
    pub toml: String,
    /// Whether to offer `POST /console/charter/simulate` (field `toml`).
    pub may_simulate: bool,
}

/// One request, decided twice.
#[derive(Debug)]
pub struct RedecidedRow {
    /// `3 September`.
    pub day: String,
    /// Who asked.
    pub borrower: String,
    /// What for.
    pub asked: String,
    /// What changes.
    pub verdict: Badge,
    /// The rules that would be broken, each with what would be allowed.
    pub broken: Vec<(String, String)>,
    /// The rules that are broken now, where they would not be.
    pub lifted: Vec<String>,
}

/// `POST /console/charter/simulate`.
#[derive(Debug, Template)]
#[template(path = "console/charter-simulation.html")]
pub struct CharterSimulation {
    /// The frame.
    pub frame: Frame,
    /// What is wrong with the charter that was tried, line by line.
    pub problems: Vec<String>,
    /// Those that are decided differently first.
    pub rows: Vec<RedecidedRow>,
    /// The charter that was tried.
    pub toml: String,
}
