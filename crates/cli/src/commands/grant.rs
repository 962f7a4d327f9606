//! `hustings grant`: what one person asks for and another grants; what was done without a second person.

use crate::args::Common;
use crate::commands::board::act;
use crate::opening;
use crate::output::Voice;
use clap::Subcommand;
use hustings_app::board::Intent;
use hustings_app::second::{self, Act};
use hustings_app::{App, Result};
use hustings_domain::access::Actor;
use hustings_domain::guarded::{ActNumber, AskedAct};
use serde_json::json;
use std::path::PathBuf;

/// What to do with acts that need a second person.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// What was asked for, and where it stands
    #[command(after_help = "Example: hustings grant list

An act is asked for by saying its own command with --ask 'WHY', such as

  hustings backup /srv/backups/list --ask 'nightly backups'

A trustee grants it; then the same command without --ask does it.")]
    List,
    /// Everything about one act: exactly what a grant covers
    #[command(after_help = "Example: hustings grant show A-3")]
    Show {
        /// Which, such as A-3
        number: ActNumber,
    },
    /// Grant what another asked for, signed with your key; trustees do it in the console too
    #[command(after_help = "Example: hustings grant give A-3 --key ~/trustee.key")]
    Give {
        /// Which, such as A-3
        number: ActNumber,
        /// Your key
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
    /// Refuse what another asked for
    #[command(after_help = "Example: hustings grant decline A-3 --key ~/trustee.key")]
    Decline {
        /// Which, such as A-3
        number: ActNumber,
        /// Your key
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
    /// Confirm what was done in an emergency without a second person
    #[command(after_help = "Example: hustings grant confirm A-4 --key ~/trustee.key")]
    Confirm {
        /// Which, such as A-4
        number: ActNumber,
        /// Your key
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
}

/// Runs it.
pub fn run(verb: &Verb, common: &Common, voice: Voice) -> Result<()> {
    let (intent, key, done) = match verb {
        Verb::List => return list(common, voice),
        Verb::Show { number } => return show(*number, common, voice),
        Verb::Give { number, key } => (Intent::Grant { act: *number }, key, "granted"),
        Verb::Decline { number, key } => (Intent::Decline { act: *number }, key, "declined"),
        Verb::Confirm { number, key } => (Intent::ConfirmAlone { act: *number }, key, "confirmed by you"),
    };
    let app = opening::open(common)?;
    let actor = opening::actor(common, &app)?;
    let number = match &intent {
        Intent::Grant { act } | Intent::Decline { act } | Intent::ConfirmAlone { act } => *act,
        _ => return Ok(()),
    };
    act(&app, &actor, intent, Some(key))?;
    voice.result(&json!({"act": number, "answer": done}), |voice| voice.say(format!("{number} is {done}.")))
}

fn list(common: &Common, voice: Voice) -> Result<()> {
    let app = opening::open_reading(common)?;
    let acts = second::acts(&app, &opening::actor(common, &app)?)?;
    let standing = second::standing(&app)?;
    voice.result(&acts, |voice| {
        if !standing.binds {
            voice.say("One person acts alone here: no two trustees have a key in force yet.");
        }
        if acts.is_empty() {
            voice.say("Nobody has asked for anything that needs a second person.");
            return;
        }
        let rows: Vec<Vec<String>> = acts
            .iter()
            .map(|view| {
                vec![
                    view.act.number.to_string(),
                    view.act.kind.words().to_owned(),
                    view.state.as_str().to_owned(),
                    view.asked_by.clone(),
                    view.answered_by.join(", "),
                    view.act.until.strftime("%Y-%m-%d %H:%M").to_string(),
                ]
            })
            .collect();
        voice.table(&["act", "what", "stands", "asked by", "answered by", "until"], &rows);
    })
}

fn show(number: ActNumber, common: &Common, voice: Voice) -> Result<()> {
    let app = opening::open_reading(common)?;
    let acts = second::acts(&app, &opening::actor(common, &app)?)?;
    let Some(view) = acts.iter().find(|view| view.act.number == number) else {
        return Err(hustings_app::Refusal::not_found(
            "second.unknown",
            format!("nobody asked for an act `{number}`"),
        )
        .hint("`hustings grant list` names them all"));
    };
    voice.result(view, |voice| {
        let mut rows = vec![
            vec!["what".to_owned(), view.act.kind.words().to_owned()],
            vec!["stands".to_owned(), view.state.as_str().to_owned()],
            vec!["asked by".to_owned(), view.asked_by.clone()],
            vec!["why".to_owned(), view.act.reason.words.clone()],
        ];
        rows.extend(view.act.parameters.iter().map(|(name, value)| vec![name.clone(), value.clone()]));
        rows.push(vec!["granted by".to_owned(), view.act.grant_by.to_string()]);
        rows.push(vec!["done by".to_owned(), view.act.until.to_string()]);
        voice.table(&["", ""], &rows);
    })
}

/// Asks for an act instead of doing it.
pub(crate) fn ask(app: &App, actor: &Actor, act: Act, reason: &str, voice: Voice) -> Result<()> {
    let asked: AskedAct = second::ask(app, actor, act, reason)?;
    voice.result(&json!({"act": asked.number, "grant_by": asked.grant_by, "until": asked.until}), |voice| {
        voice.say(format!(
            "Asked for as {}: a trustee grants it by {}, on the page of acts or with `hustings grant give {}`.",
            asked.number,
            asked.grant_by.strftime("%Y-%m-%d %H:%M UTC"),
            asked.number
        ));
        voice.say(format!(
            "Then say the same without --ask, before {}.",
            asked.until.strftime("%Y-%m-%d %H:%M UTC")
        ));
    })
}
