//! `hustings demo`.

use super::serve;
use crate::args::Common;
use crate::demo;
use crate::output::Voice;
use clap::Args;
use hustings_app::{Refusal, Result};
use std::path::PathBuf;

/// How to play it.
#[derive(Debug, Args)]
#[command(after_help = "\
The people are made up; the code is the one that real lists run on. The data folder stays, and every other
verb works in it: hustings loan list --dir hustings-demo")]
pub struct Options {
    /// How many people to make up
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    pub supporters: u32,
    /// The same seed tells the same story
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
    /// Stop after the story instead of serving it
    #[arg(long)]
    pub no_serve: bool,
}

/// Runs it.
pub fn run(options: &Options, common: &Common, voice: Voice) -> Result<()> {
    if !(1_500..=5_000_000).contains(&options.supporters) {
        return Err(Refusal::invalid("demo.size", "the story needs 1,500 to 5,000,000 people"));
    }
    let folder = common.chosen_dir.clone().unwrap_or_else(|| PathBuf::from("hustings-demo"));
    voice.say("Hustings lends a list's reach, never its records. Watch it being lent.");
    let summary = demo::play(&folder, options.supporters, options.seed, voice)?;
    voice.result(&summary, |voice| summary.say(voice))?;
    voice.say("");
    voice.say(format!("The list stands in `{}`; every other verb works in it.", folder.display()));
    if options.no_serve || voice.json {
        voice.say(format!("Next: hustings serve --dir {}", folder.display()));
        return Ok(());
    }
    let common = Common { chosen_dir: Some(folder), ..common.clone() };
    serve::run(&serve::Options { listen: None }, &common, voice)
}
