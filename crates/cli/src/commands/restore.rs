//! `hustings restore`.

use crate::args::Common;
use crate::opening::root_secret;
use crate::output::Voice;
use clap::Args;
use hustings_app::{Result, SystemChance, SystemClock, folder};
use hustings_domain::clock::Clock;
use std::path::PathBuf;
use std::sync::Arc;

/// What from.
#[derive(Debug, Args)]
pub struct Options {
    /// The backup: FILE, with FILE.keys and FILE.manifest beside it
    pub file: PathBuf,
}

/// Runs it.
pub fn run(options: &Options, common: &Common, voice: Voice) -> Result<()> {
    let root = root_secret(common)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let report = folder::restore(&options.file, &common.dir(), &root, &clock, Arc::new(SystemChance))?;
    voice.result(&report, |voice| {
        voice.say(format!(
            "{} supporters of {} stand in `{}`; {} records were opened as a sample.",
            report.manifest.supporters,
            report.manifest.taken.strftime("%Y-%m-%d %H:%M UTC"),
            common.dir().display(),
            report.sample
        ));
        voice.say(format!(
            "Carried over from the list that was there: {} stops, {} ledger entries; {} people erased again.",
            report.stops_carried, report.entries_carried, report.erased_again
        ));
        if report.without_key > 0 {
            voice.say(format!(
                "{} records have no key in the backup: they were erased while it was taken.",
                report.without_key
            ));
        }
        if report.keys_past_deadline {
            voice.say(
                "The backup's keys should have been destroyed by now: destroy them, and take a new backup.",
            );
        }
        if let Some(aside) = &report.put_aside {
            voice.say(format!(
                "The list that was there is in `{}`; remove it once you are sure, its keys live on there.",
                aside.display()
            ));
        }
    })
}
