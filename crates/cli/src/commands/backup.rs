//! `hustings backup`.

use crate::args::Common;
use crate::opening;
use crate::output::Voice;
use clap::Args;
use hustings_app::{Result, folder};
use std::path::PathBuf;

/// Where to.
#[derive(Debug, Args)]
pub struct Options {
    /// The data go to FILE, the keys to FILE.keys, what both are to FILE.manifest
    pub file: PathBuf,
}

/// Runs it.
pub fn run(options: &Options, common: &Common, voice: Voice) -> Result<()> {
    let app = opening::open_or_beside(common)?;
    let actor = opening::actor(common, &app)?;
    let report = folder::back_up(&app, &actor, &options.file)?;
    voice.result(&report, |voice| {
        voice.say(format!("{} supporters and {} stops are in `{}`.", report.manifest.supporters, report.manifest.stops, report.data.display()));
        voice.say(format!(
            "Their keys are in `{}`: keep it elsewhere, and destroy it by {}, so that erased people stay erased.",
            report.keys.display(),
            report.manifest.destroy_keys_after.strftime("%Y-%m-%d")
        ));
    })
}
