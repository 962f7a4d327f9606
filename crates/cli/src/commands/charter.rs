//! `hustings charter check`.

use crate::opening::read_text;
use crate::output::Voice;
use clap::Subcommand;
use hustings_app::{Result, lend};
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
}

/// Runs it.
pub fn run(verb: &Verb, voice: Voice) -> Result<()> {
    let Verb::Check { file } = verb;
    let charter = lend::check_charter(&read_text(file)?)?;
    let value = json!({"version": charter.version, "purposes": charter.purposes.len(), "issues": charter.issues.len(),
        "quorum": charter.board.quorum, "wings": charter.wings});
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
    })
}
