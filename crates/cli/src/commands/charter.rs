//! `hustings charter`: read one, put one to the board, vote on it.

use super::board::act;
use super::loan::decision_words;
use crate::args::Common;
use crate::opening::{self, read_text};
use crate::output::Voice;
use clap::{Subcommand, ValueEnum};
use hustings_app::board::{self, Intent, Matter, Outcome};
use hustings_app::{Refusal, Result, lend};
use hustings_domain::canonical::ContentHash;
use hustings_domain::clearance::Ballot;
use serde_json::json;
use std::path::PathBuf;

/// What to do with a charter.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Read a charter and say what is wrong with it, line by line
    Check {
        /// The TOML file; `-` reads standard input
        file: PathBuf,
    },
    /// Ask the board to put another charter in force, and say what would change
    #[command(after_help = "Example: hustings charter propose charter-2.toml")]
    Propose {
        /// The TOML file, its version one higher than the one in force; `-` reads standard input
        file: PathBuf,
    },
    /// Every charter that was proposed
    List,
    /// One proposed charter: what it would change, and where the votes stand
    Show {
        /// Its number
        number: u32,
    },
    /// Vote on a proposed charter as a trustee
    #[command(after_help = "Example: hustings charter vote 1 approve --content HASH --key ~/trustee.key")]
    Vote {
        /// Its number
        number: u32,
        /// What you say
        say: SayOnCharter,
        /// The reason of a refusal, or your interest
        #[arg(long)]
        because: Option<String>,
        /// The hash of the text you read (`charter show` prints it)
        #[arg(long, value_name = "HASH")]
        content: Option<String>,
        /// Your key (`hustings board key new`), where what you say has to be signed
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
    },
}

/// What a trustee can say on a charter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SayOnCharter {
    /// Yes to exactly this text
    Approve,
    /// No
    Refuse,
    /// I have an interest
    Recuse,
}

/// Runs it.
pub fn run(verb: &Verb, common: &Common, voice: Voice) -> Result<()> {
    match verb {
        Verb::Check { file } => check(&read_text(file)?, voice),
        Verb::Propose { file } => {
            let text = read_text(file)?;
            let app = opening::open(common)?;
            let proposed = lend::propose_charter(&app, &opening::actor(common, &app)?, &text)?;
            voice.result(&proposed, |voice| {
                voice.say(format!("Charter {} lies before the board. It would change:", proposed.number));
                for change in &proposed.changes {
                    voice.say(format!("  {change}"));
                }
                voice.say(format!(
                    "Trustees vote on its page, or: `hustings charter vote {} approve --content {}`",
                    proposed.number, proposed.content
                ));
            })
        }
        Verb::List => {
            let app = opening::open_reading(common)?;
            let proposals = lend::proposals(&app, &opening::actor(common, &app)?)?;
            voice.result(&proposals, |voice| {
                let rows: Vec<Vec<String>> = proposals
                    .iter()
                    .map(|one| {
                        vec![one.number.to_string(), one.state.as_str().to_owned(), one.at.to_string()]
                    })
                    .collect();
                voice.table(&["charter", "state", "proposed"], &rows);
            })
        }
        Verb::Show { number } => {
            let app = opening::open_reading(common)?;
            let view = board::charter_view(&app, &opening::actor(common, &app)?, *number)?;
            let words = decision_words(&view.matter.decision);
            let value = json!({"charter": number, "state": view.state, "changes": view.changes,
                "content": view.matter.content, "decision": words, "due": view.matter.due});
            voice.result(&value, |voice| {
                voice.say(format!("Charter {number} is {}: {words}.", view.state));
                for change in &view.changes {
                    voice.say(format!("  {change}"));
                }
                voice.say(format!("Content {}", view.matter.content));
                voice.say(format!("The board decides by {}.", view.matter.due));
            })
        }
        Verb::Vote { number, say, because, content, key } => {
            let app = opening::open(common)?;
            let actor = opening::actor(common, &app)?;
            let reason = || {
                because.clone().ok_or_else(|| {
                    Refusal::invalid("vote.reason", "say why").hint("add --because 'the reason'")
                })
            };
            let matter = Matter::Charter(*number);
            let intent = match say {
                SayOnCharter::Recuse => Intent::Recuse { matter, reason: reason()? },
                SayOnCharter::Approve | SayOnCharter::Refuse => {
                    let content = content.as_deref().and_then(ContentHash::parse).ok_or_else(|| {
                        Refusal::invalid("vote.content", "a vote binds to the text you read").hint(format!(
                            "`hustings charter show {number}` prints its hash; give it with --content"
                        ))
                    })?;
                    let ballot = match say {
                        SayOnCharter::Refuse => Ballot::Refuse { reason: reason()? },
                        _ => Ballot::Approve,
                    };
                    Intent::Vote { matter, ballot, content, seat: None }
                }
            };
            let Outcome::Decided(decision) = act(&app, &actor, intent, key.as_deref())? else {
                return Err(Refusal::internal("what was said on a charter decided nothing"));
            };
            let words = decision_words(&decision);
            voice
                .result(&json!({"decision": words}), |voice| voice.say(format!("Charter {number}: {words}.")))
        }
    }
}

fn check(text: &str, voice: Voice) -> Result<()> {
    let charter = lend::check_charter(text)?;
    let value = json!({"version": charter.version, "purposes": charter.purposes.len(), "issues": charter.issues.len(),
        "quorum": charter.board.quorum, "wings": charter.wings, "signed": charter.board.signed});
    voice.result(&value, |voice| {
        voice
            .say(format!("This charter can be kept: version {} of {}.", charter.version, charter.owner.name));
        voice.say(format!(
            "{} purposes, {} issues; {} votes from {} wings clear a loan.",
            charter.purposes.len(),
            charter.issues.len(),
            charter.board.quorum,
            charter.board.wings_needed
        ));
        if charter.board.signed == hustings_domain::clearance::Signing::Accepted {
            voice.say("Votes need no signature: whoever has a trustee's log-in can vote for them (`[board] signed`).");
        }
    })
}
