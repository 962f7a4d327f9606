//! `hustings worth`: what loans changed and what they were worth, for trustees and the treasurer.

use crate::args::Common;
use crate::opening::{self, read_text};
use crate::output::Voice;
use clap::Subcommand;
use hustings_app::worth::{self, Changed};
use hustings_app::{Refusal, Result};
use hustings_domain::ids::{BorrowerId, LoanNumber};
use hustings_domain::jurisdiction::{NO_ADVICE, Profile, built_in, built_in_names};
use serde_json::json;
use std::path::{Path, PathBuf};

/// What to ask.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Example:
  hustings worth show L-1
  hustings worth statement --csv statement.csv --html statement.html")]
pub enum Verb {
    /// What a loan changed against those held back, with intervals that hold at every look, and its value
    Show {
        /// The loan, such as L-1
        loan: LoanNumber,
    },
    /// The in-kind value of every loan, per borrower and election, held against the limits of the profile
    Statement {
        /// One borrower alone, by id
        #[arg(long)]
        borrower: Option<BorrowerId>,
        /// Write it as a table
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,
        /// Write it as a page that prints
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
    },
    /// The transparency notice for a loan's appeal, where the law wants one
    Notice {
        /// The loan, such as L-1
        loan: LoanNumber,
    },
    /// Print a jurisdiction profile that comes along, or check one of your own
    Profile {
        /// neutral, us-federal, us-wa, us-ca, eu, or a TOML file
        profile: String,
    },
}

/// Runs it.
pub fn run(verb: &Verb, common: &Common, voice: Voice) -> Result<()> {
    if let Verb::Profile { profile } = verb {
        return print_profile(profile, voice);
    }
    let app = opening::open_reading(common)?;
    let actor = opening::actor(common, &app)?;
    match verb {
        Verb::Show { loan } => {
            let changed = worth::changed(&app, &actor, *loan)?;
            voice.result(&changed, |voice| show(&changed, voice))
        }
        Verb::Statement { borrower, csv, html } => {
            let statement = worth::statement(&app, &actor, *borrower)?;
            if let Some(file) = csv {
                write(file, &statement.csv()?)?;
            }
            if let Some(file) = html {
                write(file, &statement.html())?;
            }
            voice.result(&statement, |voice| {
                voice
                    .say(format!("In-kind value for {}, under `{}`:", statement.election, statement.profile));
                if statement.lines.is_empty() {
                    voice.say("No loan of this election has gone out yet.");
                }
                for line in &statement.lines {
                    voice.say(format!(
                        "{}  {}: {}, {} so far; {}",
                        line.loan, line.borrower, line.valued.value, line.sum, line.standing
                    ));
                }
                voice.say(NO_ADVICE);
            })
        }
        Verb::Notice { loan } => {
            let notice = worth::notice(&app, &actor, *loan)?;
            voice.result(&notice, |voice| {
                voice.say(format!("Transparency notice, {}", notice.source));
                for (_, name, text) in &notice.fields {
                    voice.say(format!("{name}: {text}"));
                }
                voice.say(notice.no_advice);
            })
        }
        Verb::Profile { .. } => Ok(()),
    }
}

fn show(changed: &Changed, voice: Voice) {
    let value = changed.value;
    voice.say(format!(
        "{} is worth {} by the rate card: {} people addressed, {} introduced.",
        changed.loan, value.value, value.addressed, value.introduced
    ));
    let lift = |lift: &Option<hustings_domain::lift::Lift>| {
        lift.map_or_else(|| "too few people to tell".to_owned(), |lift| lift.words())
    };
    voice.say(format!("Stopped within {} days because of it: {}.", changed.days, lift(&changed.stopped)));
    voice.say(format!("Gave to you within {} days because of it: {}.", changed.days, lift(&changed.gave)));
    for (kind, cell) in &changed.answers {
        voice.say(format!("{}: {}", kind.as_str(), cell.words()));
    }
    if let Some(cost) = changed.cost_per_yes {
        voice.say(format!("Each yes came to {cost}."));
    }
    for (kind, cell) in &changed.outcomes {
        voice.say(format!("Reported back, {}: {}", kind.label(), cell.words()));
    }
    if let Some(planted) = changed.reported_of_seeds.filter(|planted| *planted > 0) {
        voice.say(format!(
            "Of {planted} planted rows something was reported that only a person can have done."
        ));
    }
    for line in &changed.issues {
        let mailed = line.mailed.map_or_else(String::new, |mailed| format!("{} mailed, ", mailed.words()));
        voice.say(format!("{}: {mailed}{} said yes", line.issue, line.yes.words()));
    }
}

fn print_profile(profile: &str, voice: Voice) -> Result<()> {
    let text = match built_in(profile) {
        Some(text) => text.to_owned(),
        None => read_text(Path::new(profile)).map_err(|refusal| {
            let names: Vec<&str> = built_in_names().collect();
            refusal.hint(format!("the profiles that come along are {}", names.join(", ")))
        })?,
    };
    let read = Profile::from_toml(&text).map_err(|problem| {
        Refusal::invalid("worth.profile", "this is not a profile that can be used").because(problem)
    })?;
    voice.result(
        &json!({"id": read.id, "title": read.title, "rules": read.rules.len(), "text": text}),
        |voice| {
            voice.say(text.trim_end());
            voice.say(NO_ADVICE);
        },
    )
}

fn write(file: &Path, text: &str) -> Result<()> {
    std::fs::write(file, text).map_err(|error| {
        Refusal::invalid("worth.file", format!("`{}` cannot be written", file.display())).because(error)
    })
}
