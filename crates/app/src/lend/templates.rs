//! The rules ready made, as a page and a verb list them.

use crate::refusal::{Refusal, Result};
use hustings_domain::charter::Charter;
use hustings_policy::{Rules, TEMPLATES, Template, settings_of, to_toml};
use serde::Serialize;

/// One template with its settings.
#[derive(Debug, Clone, Serialize)]
pub struct ReadyRule {
    /// Its name.
    pub id: &'static str,
    /// What it says.
    pub words: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// Its settings.
    pub settings: Vec<ReadySetting>,
    /// Filled in, as a charter's file holds it.
    pub example: String,
}

/// One setting of a template.
#[derive(Debug, Clone, Serialize)]
pub struct ReadySetting {
    /// Its key.
    pub key: &'static str,
    /// What it takes, in words.
    pub takes: String,
    /// Whether the template means nothing without it.
    pub needed: bool,
    /// Whether it takes several, set apart by commas in a form.
    pub several: bool,
}

/// Every template, or the one of this name.
pub fn templates(named: Option<&str>) -> Result<Vec<ReadyRule>> {
    let chosen: Vec<ReadyRule> =
        TEMPLATES.iter().filter(|template| named.is_none_or(|name| name == template.id)).map(ready).collect();
    if chosen.is_empty() {
        return Err(unknown(named.unwrap_or_default()));
    }
    Ok(chosen)
}

/// The lines of a charter's file for a template filled in by a form: checked beside the charter in `toml`, and given
/// back with what it says.
pub fn fill_template<'a>(
    name: &str,
    typed: impl Fn(&str) -> &'a str,
    toml: &str,
) -> Result<(String, String)> {
    let template = Template::named(name).ok_or_else(|| unknown(name))?;
    let lines = to_toml(template, typed);
    let (_, rules) = super::read_rules(&format!("{}\n\n{lines}", toml.trim_end()))?;
    let last = rules.in_words().pop().map(|rule| rule.words);
    Ok((lines, last.unwrap_or_default()))
}

/// What a rule of this charter may speak of, as Cedar's notation has it.
pub fn schema_of(charter: &Charter) -> String {
    Rules::schema(charter)
}

fn ready(template: &Template) -> ReadyRule {
    ReadyRule {
        id: template.id,
        words: template.words,
        purpose: template.purpose,
        settings: settings_of(template)
            .into_iter()
            .map(|param| ReadySetting {
                key: param.key,
                takes: param.takes.words(),
                needed: param.needed,
                several: param.takes.is_list(),
            })
            .collect(),
        example: format!("[[rules]]\ntemplate = \"{}\"\n{}", template.id, template.example)
            .trim_end()
            .to_owned(),
    }
}

fn unknown(name: &str) -> Refusal {
    let known: Vec<&str> = TEMPLATES.iter().map(|template| template.id).collect();
    Refusal::not_found("template.unknown", format!("there is no template `{name}`"))
        .hint(format!("the templates are {}", known.join(", ")))
}

#[cfg(test)]
mod tests {
    use hustings_policy::FIELDS;
    use hustings_vault::Field;

    #[test]
    fn rules_name_the_fields_that_the_vault_has() {
        let known: Vec<&str> = Field::ALL.into_iter().map(Field::as_str).collect();
        assert_eq!(FIELDS.to_vec(), known);
    }
}
