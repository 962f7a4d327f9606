//! `hustings trace`: which copy a leaked file came from.

use crate::args::Common;
use crate::opening;
use crate::output::Voice;
use clap::Args;
use hustings_app::{Refusal, Result, after};
use std::path::PathBuf;

/// What leaked.
#[derive(Debug, Args)]
#[command(
    after_help = "Reads what leaks look like: CSV with any columns, text, addresses alone, half of the rows, strangers mixed in."
)]
pub struct Options {
    /// The leaked file
    pub file: PathBuf,
}

/// Runs it.
pub fn run(options: &Options, common: &Common, voice: Voice) -> Result<()> {
    let app = opening::open(common)?;
    let actor = opening::actor(common, &app)?;
    let leak = std::fs::read(&options.file).map_err(|error| {
        Refusal::invalid("file.unreadable", format!("`{}` cannot be read", options.file.display()))
            .because(error)
    })?;
    let report = after::trace(&app, &actor, &leak)?;
    voice.result(&report, |voice| {
        for line in report.text().lines() {
            voice.say(line);
        }
    })
}
