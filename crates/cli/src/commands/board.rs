//! `hustings board`: what trustees sign with, who votes for whom, and whether every signature holds.

mod key;
mod sign;
mod verify;

pub(crate) use sign::{act, read_key};

use crate::args::Common;
use crate::opening;
use crate::output::Voice;
use clap::Subcommand;
use hustings_app::board::{self, Intent};
use hustings_app::{Refusal, Result, access};
use hustings_domain::canonical::ContentHash;
use jiff::Span;
use std::path::PathBuf;

/// What to do on the board.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Keys that votes are signed with
    #[command(subcommand)]
    Key(key::Verb),
    /// Sign a statement that a page shows, with a key in a file; needs no list and no network
    #[command(after_help = "Example: hustings board sign --key ~/trustee.key statement.json")]
    Sign {
        /// The statement, as the page shows it; `-` reads standard input
        #[arg(default_value = "-")]
        statement: PathBuf,
        /// Your key
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
    /// Let another trustee vote for you while you are away
    #[command(after_help = "Example: hustings board delegate 'Rosa Lind' --days 14 --key ~/trustee.key")]
    Delegate {
        /// The trustee, by name or address
        to: String,
        /// For how many days
        #[arg(long)]
        days: u16,
        /// Your key, where what you say has to be signed
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
    },
    /// What lies before the board, and by when
    List,
    /// Check every signature in the ledger against the keys that it registered
    #[command(after_help = "Example: hustings board verify --files /srv/ledger")]
    Verify {
        /// A folder of served ledger files, to be checked without the list [default: the list itself]
        #[arg(long, value_name = "FOLDER")]
        files: Option<PathBuf>,
    },
}

/// Runs it.
pub fn run(verb: &Verb, common: &Common, voice: Voice) -> Result<()> {
    match verb {
        Verb::Key(verb) => key::run(verb, common, voice),
        Verb::Sign { statement, key } => sign::run(statement, key, voice),
        Verb::Delegate { to, days, key } => {
            let app = opening::open(common)?;
            let actor = opening::actor(common, &app)?;
            let to = access::user_named(&app, to)?;
            let until = app
                .now()
                .checked_add(Span::new().hours(24 * i64::from(*days)))
                .map_err(|error| Refusal::internal("no time is left").because(error))?;
            act(&app, &actor, Intent::Delegate { to: to.id, until }, key.as_deref())?;
            voice.result(&serde_json::json!({"delegate": to.id, "until": until}), |voice| {
                voice.say(format!("{} votes for you until {until}.", to.name));
            })
        }
        Verb::List => {
            let app = opening::open_reading(common)?;
            let actor = opening::actor(common, &app)?;
            let open = board::open_matters(&app, &actor)?;
            let rows: Vec<Vec<String>> = open
                .iter()
                .map(|view| {
                    vec![
                        view.matter.to_string(),
                        view.label.clone(),
                        super::loan::decision_words(&view.decision),
                        view.due.to_string(),
                    ]
                })
                .collect();
            voice.result(&rows, |voice| {
                if rows.is_empty() {
                    voice.say("Nothing waits for the board.");
                } else {
                    voice.table(&["matter", "what", "stands", "by"], &rows);
                }
            })
        }
        Verb::Verify { files } => verify::run(files.as_deref(), common, voice),
    }
}

/// A key by its id, or by the first eight digits or more.
fn key_named(
    app: &hustings_app::App,
    actor: &hustings_domain::access::Actor,
    text: &str,
) -> Result<ContentHash> {
    let known = board::keys(app, actor)?;
    let found: Vec<ContentHash> =
        known.iter().map(|view| view.key.id).filter(|id| id.to_string().starts_with(text)).collect();
    match (text.len() >= 8, found.as_slice()) {
        (true, [one]) => Ok(*one),
        _ => Err(Refusal::not_found("key.unknown", format!("`{text}` names no key, or more than one"))
            .hint("`hustings board key list` prints the first eight digits of each")),
    }
}
