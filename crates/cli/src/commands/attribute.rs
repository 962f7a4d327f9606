//! `hustings attribute`: what a list knows of people besides where they live: declared, listed, taken out of use.

use crate::args::Common;
use crate::opening;
use crate::output::Voice;
use clap::{Args, Subcommand};
use hustings_app::people::attributes::{self, CountedAttribute, NewAttribute, ShownAttribute};
use hustings_app::{Refusal, Result};
use hustings_domain::attribute::AttributeType;
use hustings_domain::money::group_thousands;

/// What to do with an attribute.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Declare an attribute; said again, it gets the new title and the further choices. Its type stays for ever
    Add(Add),
    /// Every attribute, with how many people have it and how many gave it themselves
    List,
    /// One attribute with its choices
    Show {
        /// The name
        name: String,
    },
    /// Take an attribute out of use; what is kept stays with the people
    Retire {
        /// The name
        name: String,
    },
}

/// What is declared.
#[derive(Debug, Args)]
#[command(after_help = "\
Types and how rules ask for them:
  text      member-no starts \"A\"          member-no is \"A-1001\"
  number    score >= 7
  money     dues between $5 and $50
  date      renewed within 90d
  choice    party is \"green\"              party in (\"green\", \"independent\")
  choices   helps-with has \"phones\"
  area      works-in within ocd-division/country:us/state:vt

Only what people gave themselves selects for a loan, and a text never does.")]
pub struct Add {
    /// The name: lower-case letters, digits and hyphens
    pub name: String,
    /// text, number, money, date, choice, choices or area
    #[arg(long = "type", value_name = "TYPE")]
    pub kind: AttributeType,
    /// How people read it
    #[arg(long)]
    pub title: Option<String>,
    /// The choices, with commas between; without any, whatever a file brings is one
    #[arg(long, value_delimiter = ',', value_name = "A,B,C")]
    pub choices: Vec<String>,
    /// Other choices may come besides those
    #[arg(long, requires = "choices")]
    pub open: bool,
}

/// Runs it.
pub fn run(verb: &Verb, common: &Common, voice: Voice) -> Result<()> {
    let app = match verb {
        Verb::Add(_) | Verb::Retire { .. } => opening::open(common)?,
        Verb::List | Verb::Show { .. } => opening::open_reading(common)?,
    };
    let actor = opening::actor(common, &app)?;
    match verb {
        Verb::Add(add) => {
            let new = NewAttribute {
                name: add.name.clone(),
                title: add.title.clone(),
                kind: add.kind,
                choices: add.choices.clone(),
                open: add.open,
            };
            let kept = attributes::declare(&app, &actor, &new)?;
            voice.result(&kept, |voice| {
                voice.say(format!("`{}` is {}.", kept.attribute.name, kept.attribute.kind.words()));
                voice.say(format!("A rule asks for it so: {}", kept.example));
            })
        }
        Verb::List => {
            let listed = attributes::list(&app, &actor)?;
            voice.result(&listed, |voice| said(&listed, voice))
        }
        Verb::Show { name } => {
            let shown = attributes::show(&app, &actor, name)?;
            voice.result(&shown, |voice| show(&shown, voice))
        }
        Verb::Retire { name } => {
            let kept = attributes::retire(&app, &actor, name)?;
            voice.result(&kept, |voice| {
                voice.say(format!(
                    "`{name}` is out of use: no file brings it, no rule names it. {} people keep what is known of them.",
                    group_thousands(kept.people)
                ));
            })
        }
    }
}

fn said(listed: &[CountedAttribute], voice: Voice) {
    if listed.is_empty() {
        voice.say("There are no attributes yet. A file brings them: hustings import FILE --column \"Party=choice:party\"");
        return;
    }
    let heads = ["name", "title", "type", "people", "self-given", "state"];
    voice.table(&heads, &listed.iter().map(row).collect::<Vec<_>>());
    voice.say("Only self-given values select for a loan.");
}

fn row(one: &CountedAttribute) -> Vec<String> {
    let attribute = &one.attribute;
    vec![
        attribute.name.to_string(),
        attribute.title.clone(),
        attribute.kind.to_string(),
        group_thousands(one.people),
        one.self_given.map_or_else(|| "never lent".to_owned(), group_thousands),
        if attribute.retired.is_some() { "out of use" } else { "in use" }.to_owned(),
    ]
}

fn show(shown: &ShownAttribute, voice: Voice) {
    let one = &shown.counted;
    said(std::slice::from_ref(one), voice);
    voice.say(format!("A rule asks for it so: {}", one.example));
    if !shown.chosen.is_empty() {
        let rows = shown.chosen.iter().map(|(choice, people)| vec![choice.clone(), group_thousands(*people)]);
        voice.say("");
        voice.table(&["choice", "people"], &rows.collect::<Vec<_>>());
        voice.say(if one.attribute.open { "Other choices may come." } else { "No other choice is taken." });
    }
}

/// Reads `NAME=VALUE`.
pub(super) fn named_value(text: &str) -> Result<(&str, &str)> {
    text.split_once('=').map(|(name, value)| (name.trim(), value)).ok_or_else(|| {
        Refusal::invalid("correction.attribute", "a correction names an attribute and its value")
            .hint("write it as NAME=VALUE, such as party=green; `party=` takes it away")
    })
}
