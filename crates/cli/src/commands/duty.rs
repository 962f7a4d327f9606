//! `hustings duty`: what borrowers owe of their copies, and that it is done.

use crate::args::Common;
use crate::opening;
use crate::output::Voice;
use clap::Subcommand;
use hustings_app::after::{self, DutyLine, Said};
use hustings_app::{Refusal, Result};
use hustings_domain::duty::{DoneWith, DutyKind};
use hustings_domain::ids::CopyNumber;

/// What to do with duties.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Example:
  hustings duty list
  HUSTINGS_TOKEN=… hustings duty acknowledge --copy C-1 --done deleted --processors 2")]
pub enum Verb {
    /// What is owed: rows to erase or put right, copies whose time is over; a borrower's own, or all
    List {
        /// What is acknowledged too
        #[arg(long)]
        all: bool,
    },
    /// Say that what your borrower owes is done
    Acknowledge {
        /// The duties, by the ids that `list` shows; or else name a copy
        ids: Vec<String>,
        /// Everything open of this copy, such as C-1
        #[arg(long, conflicts_with = "ids")]
        copy: Option<CopyNumber>,
        /// What was done: deleted, never-imported or put-right
        #[arg(long)]
        done: DoneWith,
        /// How many processors were told to do the same
        #[arg(long, default_value_t = 0)]
        processors: u32,
    },
}

/// Runs it.
pub fn run(verb: &Verb, common: &Common, voice: Voice) -> Result<()> {
    match verb {
        Verb::List { all } => {
            let app = opening::open_reading(common)?;
            let actor = opening::actor(common, &app)?;
            let mut lines = after::duties(&app, &actor)?;
            lines.retain(|line| *all || line.duty.is_open());
            voice.result(&lines, |voice| list(&lines, voice))
        }
        Verb::Acknowledge { ids, copy, done, processors } => {
            let app = opening::open(common)?;
            let actor = opening::actor(common, &app)?;
            let open = after::duties(&app, &actor)?;
            let unknown = |id: &String| {
                Refusal::not_found("duty.unknown", format!("you owe nothing by the id `{id}`"))
                    .hint("`hustings duty list` shows the ids")
            };
            let mut named = Vec::new();
            for id in ids {
                let line = open.iter().find(|line| line.duty.id.to_string() == *id);
                named.push(line.ok_or_else(|| unknown(id))?.duty.id);
            }
            if let Some(copy) = copy {
                let of_copy = open.iter().filter(|line| line.duty.is_open() && line.duty.copy == *copy);
                // A word that fits erasures alone says nothing of corrections, and the other way round.
                named.extend(of_copy.filter(|line| done.fits(line.duty.kind)).map(|line| line.duty.id));
            }
            let said = Said { done: *done, processors: *processors };
            let came = after::acknowledge(&app, &actor, &named, said)?;
            voice.result(&came, |voice| {
                voice.say(format!("Acknowledged: {}. Known before: {}.", came.now, came.before));
                if came.mark_lifted {
                    voice.say("The mark on your standing is gone.");
                }
            })
        }
    }
}

fn list(lines: &[DutyLine], voice: Voice) {
    if lines.is_empty() {
        voice.say("Nothing is owed.");
        return;
    }
    let rows: Vec<Vec<String>> = lines
        .iter()
        .map(|line| {
            let duty = &line.duty;
            let what = match duty.kind {
                DutyKind::Correction => format!("put right {}", duty.subject()),
                _ => format!("erase {}", duty.subject()),
            };
            let stands = match &duty.acknowledged {
                Some(said) => format!("{} {}", said.done.words(), said.at.strftime("%Y-%m-%d")),
                None if line.is_mark => "a mark on the standing".to_owned(),
                None => "open".to_owned(),
            };
            vec![
                duty.id.to_string(),
                duty.kind.to_string(),
                what,
                duty.told.strftime("%Y-%m-%d").to_string(),
                duty.due.strftime("%Y-%m-%d").to_string(),
                stands,
            ]
        })
        .collect();
    voice.table(&["id", "why", "what", "told", "due", "stands"], &rows);
}
