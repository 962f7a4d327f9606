//! `hustings supporters`: one person at a time.

use crate::args::Common;
use crate::opening;
use crate::output::Voice;
use clap::Subcommand;
use hustings_app::{Refusal, Result, people};
use serde_json::json;

/// What to do with a supporter.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Everything held on the person with this exact address
    Show {
        /// The e-mail address; `-` reads it from standard input, so that it stands in no shell history
        email: String,
    },
    /// Forget the person: record, attributes and key go, borrowers are told, the stop stays
    Erase {
        /// The e-mail address; `-` reads it from standard input
        email: String,
    },
}

/// Runs it.
pub fn run(verb: &Verb, common: &Common, voice: Voice) -> Result<()> {
    let app = match verb {
        Verb::Show { .. } => opening::open_or_beside(common)?,
        Verb::Erase { .. } => opening::open(common)?,
    };
    let actor = opening::actor(common, &app)?;
    let (Verb::Show { email } | Verb::Erase { email }) = verb;
    let email = if email == "-" { opening::read_text(std::path::Path::new("-"))? } else { email.clone() };
    let id = people::show::find_by_email(&app, &actor, &email)?.ok_or_else(|| {
        Refusal::not_found("supporter.unknown", "nobody on the list has this address")
            .hint("it must match exactly; capitals and spaces do not matter")
    })?;
    match verb {
        Verb::Show { .. } => {
            let held = people::export::export_person(&app, &actor, id)?;
            voice.result(&held, |voice| {
                for line in serde_json::to_string_pretty(&held).unwrap_or_default().lines() {
                    voice.say(line);
                }
            })
        }
        Verb::Erase { .. } => {
            let erased = people::erase::erase(&app, &actor, id)?;
            voice.result(&json!({"borrowers_told": erased.notices}), |voice| {
                voice.say("Forgotten: the record, every attribute and the key are gone. The stop stays, as a keyed hash.");
                if erased.notices > 0 {
                    voice.say(format!("{} rows of copies handed over must be erased too; their borrowers are told.", erased.notices));
                }
            })
        }
    }
}
