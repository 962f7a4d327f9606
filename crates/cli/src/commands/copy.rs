//! `hustings copy`: what left.

use crate::args::Common;
use crate::opening;
use crate::output::Voice;
use clap::Subcommand;
use hustings_app::{Refusal, Result, after};
use hustings_domain::ids::{CopyNumber, LoanNumber};
use serde_json::json;
use std::path::PathBuf;

/// What to do with copies.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Every copy that was made
    List,
    /// Make the numbered, seeded copy of those who said yes to a loan, or fetch one that was made
    Export {
        /// The loan to make a copy for (L-1), or the copy to fetch (C-1)
        what: String,
        /// Where to write the file; it must not exist
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        /// Ask a trustee to grant that you take the copy's file out, and say why; then say the same without this
        #[arg(long, value_name = "WHY")]
        ask: Option<String>,
    },
}

/// Runs it.
pub fn run(verb: &Verb, common: &Common, voice: Voice) -> Result<()> {
    let app = match verb {
        Verb::List => opening::open_reading(common)?,
        Verb::Export { ask: Some(_), .. } => opening::open_or_beside(common)?,
        Verb::Export { .. } => opening::open(common)?,
    };
    let actor = opening::actor(common, &app)?;
    match verb {
        Verb::List => {
            let copies = after::copies(&app, &actor)?;
            voice.result(&copies, |voice| {
                if copies.is_empty() {
                    voice.say("Nothing has left. `hustings copy export` makes a copy of those who said yes.");
                    return;
                }
                let rows: Vec<Vec<String>> = copies
                    .iter()
                    .map(|copy| {
                        vec![
                            copy.number.to_string(),
                            copy.people.to_string(),
                            copy.seeds.to_string(),
                            copy.made.strftime("%Y-%m-%d %H:%M").to_string(),
                            copy.expires.strftime("%Y-%m-%d").to_string(),
                            copy.file_hash.short(),
                        ]
                    })
                    .collect();
                voice.table(&["copy", "people", "seeds", "made", "erase by", "file"], &rows);
            })
        }
        Verb::Export { what, ask: Some(reason), .. } => {
            let number = what.parse::<CopyNumber>().map_err(|_| unknown(what))?;
            super::grant::ask(&app, &actor, after::act_of_fetching(number), reason, voice)
        }
        Verb::Export { what, to, ask: None } => {
            if to.exists() {
                return Err(Refusal::conflict("file.exists", format!("`{}` exists already", to.display()))
                    .hint("name another file; a copy never overwrites"));
            }
            let number = if what.starts_with(['L', 'l']) {
                let loan: LoanNumber = what.parse().map_err(|_| unknown(what))?;
                after::export_copy(&app, &actor, loan)?.number
            } else {
                what.parse::<CopyNumber>().map_err(|_| unknown(what))?
            };
            let bytes = after::fetch_copy(&app, &actor, number)?;
            std::fs::write(to, &bytes).map_err(|error| {
                Refusal::invalid("file.unwritable", format!("`{}` cannot be written", to.display()))
                    .because(error)
            })?;
            voice.result(&json!({"copy": number, "file": to, "bytes": bytes.len()}), |voice| {
                voice.say(format!("Copy {number} is in `{}`.", to.display()));
                voice.say("It is numbered and seeded: whoever it leaks from can be named.");
            })
        }
    }
}

fn unknown(what: &str) -> Refusal {
    Refusal::invalid("copy.what", format!("`{what}` is neither a loan nor a copy"))
        .hint("write a loan such as L-1 to make a copy, or a copy such as C-1 to fetch it")
}
