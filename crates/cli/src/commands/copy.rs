//! `hustings copy`: what left.

use crate::args::Common;
use crate::new_file::{expect_new, write_new};
use crate::opening;
use crate::output::Voice;
use clap::Subcommand;
use hustings_app::{App, Refusal, Result, after};
use hustings_domain::access::Actor;
use hustings_domain::ids::{CopyNumber, LoanNumber};
use serde_json::json;
use std::path::{Path, PathBuf};

/// What to do with copies.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Example:
  hustings copy export L-1 --to copy.csv
  HUSTINGS_TOKEN=… hustings copy outcome-form C-1 --to outcomes.csv
  HUSTINGS_TOKEN=… hustings copy outcomes outcomes.csv --rejects refused.csv")]
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
    /// An empty file of outcomes for a copy of yours: its references, and nothing of anybody
    OutcomeForm {
        /// The copy, such as C-1
        copy: CopyNumber,
        /// Where to write it; it must not exist
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Report what came of introductions, by the references of your copies' rows
    Outcomes {
        /// CSV with the columns reference, outcome, and if need be amount and on
        file: PathBuf,
        /// Where to write the rows that were refused, by line and reason
        #[arg(long, value_name = "FILE")]
        rejects: Option<PathBuf>,
    },
}

/// Runs it.
pub fn run(verb: &Verb, common: &Common, voice: Voice) -> Result<()> {
    let app = match verb {
        Verb::List | Verb::OutcomeForm { .. } => opening::open_reading(common)?,
        Verb::Export { ask: Some(_), .. } => opening::open_or_beside(common)?,
        Verb::Export { .. } | Verb::Outcomes { .. } => opening::open(common)?,
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
            expect_new(to)?;
            let number = if what.starts_with(['L', 'l']) {
                let loan: LoanNumber = what.parse().map_err(|_| unknown(what))?;
                after::export_copy(&app, &actor, loan)?.number
            } else {
                what.parse::<CopyNumber>().map_err(|_| unknown(what))?
            };
            let bytes = after::fetch_copy(&app, &actor, number)?;
            write_new(to, &bytes, true)?;
            voice.result(&json!({"copy": number, "file": to, "bytes": bytes.len()}), |voice| {
                voice.say(format!("Copy {number} is in `{}`.", to.display()));
                voice.say("It is numbered and seeded: whoever it leaks from can be named.");
            })
        }
        Verb::OutcomeForm { copy, to } => {
            expect_new(to)?;
            let form = after::outcome_form(&app, &actor, *copy)?;
            write_new(to, form.as_bytes(), true)?;
            voice.result(&json!({"copy": copy, "file": to}), |voice| {
                voice.say(format!("The references of copy {copy} are in `{}`.", to.display()));
                voice.say(
                    "Write an outcome beside each that you can tell of, and leave the others out or blank.",
                );
            })
        }
        Verb::Outcomes { file, rejects } => outcomes(&app, &actor, file, rejects.as_deref(), voice),
    }
}

/// Reports a file, and writes what was refused where it was asked to.
fn outcomes(app: &App, actor: &Actor, file: &Path, rejects: Option<&Path>, voice: Voice) -> Result<()> {
    if let Some(rejects) = rejects {
        expect_new(rejects)?;
    }
    let bytes = std::fs::read(file).map_err(|error| {
        Refusal::invalid("file.unreadable", format!("`{}` cannot be read", file.display())).because(error)
    })?;
    let report = after::log_outcomes(app, actor, &bytes)?;
    if let Some(rejects) = rejects.filter(|_| report.refused > 0) {
        write_new(rejects, report.rejects_csv()?.as_bytes(), true)?;
    }
    voice.result(&report, |voice| {
        voice.say(format!("{}. Rows in the file: {}.", capital(&report.words()), report.rows));
        if report.no_contact > 0 {
            voice.say(format!(
                "{} asked not to be contacted: nothing of yours is passed on to them from now on.",
                report.no_contact
            ));
        }
        for (reason, count) in &report.reasons {
            voice.say(format!("{count} refused: {}", reason.words()));
        }
        if let Some(rejects) = rejects.filter(|_| report.refused > 0) {
            voice.say(format!("Each by its line is in `{}`.", rejects.display()));
        }
    })
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), characters.as_str()))
}

fn unknown(what: &str) -> Refusal {
    Refusal::invalid("copy.what", format!("`{what}` is neither a loan nor a copy"))
        .hint("write a loan such as L-1 to make a copy, or a copy such as C-1 to fetch it")
}
