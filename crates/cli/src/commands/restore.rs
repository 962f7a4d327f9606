//! `hustings restore`.

use crate::args::Common;
use crate::opening::{self, root_secret};
use crate::output::Voice;
use clap::Args;
use hustings_app::{Result, SystemChance, SystemClock, folder};
use hustings_domain::access::Actor;
use hustings_domain::clock::Clock;
use std::path::PathBuf;
use std::sync::Arc;

/// What from.
#[derive(Debug, Args)]
#[command(after_help = "Examples: hustings restore /srv/backups/list --ask 'the disk fails'
          hustings restore /srv/backups/list
          hustings restore /srv/backups/list --alone --reason 'the machine burnt, nobody can be reached'

Once two trustees have a key in force, one of them grants a restore over the list that is there. Where that list is \
lost, or nobody can be reached, --alone restores all the same: every trustee is told, and the public page says so until \
the board confirms it.")]
pub struct Options {
    /// The backup: FILE, with FILE.keys and FILE.manifest beside it
    pub file: PathBuf,
    /// Ask a trustee to grant it, and say why; then say the same without this
    #[arg(long, value_name = "WHY", conflicts_with = "alone")]
    pub ask: Option<String>,
    /// An emergency: without a second person
    #[arg(long, requires = "reason")]
    pub alone: bool,
    /// Why there is no second person; every trustee reads it
    #[arg(long, value_name = "WHY", requires = "alone")]
    pub reason: Option<String>,
}

/// Runs it.
pub fn run(options: &Options, common: &Common, voice: Voice) -> Result<()> {
    if let Some(reason) = &options.ask {
        let app = opening::open_or_beside(common)?;
        let act = folder::act_of_restoring(&options.file)?;
        // It is done by whoever holds the folder and the root key, whatever token is set: so are they the one who asks.
        return super::grant::ask(&app, &Actor::operator(), act, reason, voice);
    }
    let root = root_secret(common)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let (file, dir, chance) = (&options.file, common.dir(), Arc::new(SystemChance));
    let report = match &options.reason {
        Some(reason) => folder::restore_alone(file, &dir, &root, &clock, chance, reason)?,
        None => folder::restore(file, &dir, &root, &clock, chance)?,
    };
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
        if let Some(number) = report.alone {
            voice.say(format!(
                "Done without a second person, as {number}: every trustee is told, until the board confirms it."
            ));
        }
        voice.say("Whoever was logged in logs in anew: no session, link or token outlives a restore.");
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
