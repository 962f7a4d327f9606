//! `hustings doctor`: the whole data folder, examined.

use crate::args::Common;
use crate::opening::{clock_of, root_secret};
use crate::output::Voice;
use clap::Args;
use hustings_app::folder::{Diagnosis, How, examine, no_list, repair};
use hustings_app::{Result, SystemChance};
use serde::Serialize;
use std::process::ExitCode;
use std::sync::Arc;

/// The exit code of what must be looked at.
const WARNING: u8 = 10;
/// The exit code of a broken promise.
const BROKEN: u8 = 11;

/// What to do besides looking.
#[derive(Debug, Args)]
pub struct Options {
    /// Put right what can be without losing anything; nothing else may run on the list meanwhile
    #[arg(long)]
    pub repair: bool,
}

#[derive(Serialize)]
struct Told<'a> {
    repaired: &'a [String],
    worst: Option<How>,
    #[serde(flatten)]
    diagnosis: &'a Diagnosis,
}

/// Runs it; the code says how bad the worst finding is.
pub fn run(options: &Options, common: &Common, voice: Voice) -> Result<ExitCode> {
    let folder = common.dir();
    if !folder.exists() && !hustings_app::folder::is_being_restored(&folder) {
        return Err(no_list(&folder));
    }
    let root = root_secret(common)?;
    let clock = clock_of(common);
    let repaired = if options.repair {
        repair(&folder, &root, Arc::clone(&clock), Arc::new(SystemChance))?
    } else {
        Vec::new()
    };
    let diagnosis = examine(&folder, &root, &*clock)?;
    let worst = diagnosis.worst();
    voice.result(&Told { repaired: &repaired, worst, diagnosis: &diagnosis }, |voice| {
        for line in &repaired {
            voice.say(format!("repaired: {line}"));
        }
        tell(&diagnosis, voice);
    })?;
    Ok(match worst {
        None | Some(How::Notice) => ExitCode::SUCCESS,
        Some(How::Warning) => ExitCode::from(WARNING),
        Some(How::Broken) => ExitCode::from(BROKEN),
    })
}

fn tell(diagnosis: &Diagnosis, voice: Voice) {
    for check in &diagnosis.checks {
        let word = match check.findings.iter().map(|finding| finding.how).max() {
            _ if !check.looked => "not looked at: the list does not open",
            None => "well",
            Some(how) => how.as_str(),
        };
        voice.say(format!("{:<10} {word:<8} {}", check.check, check.about));
        for finding in &check.findings {
            voice.say(format!("  {}: {}", finding.how.as_str(), finding.what));
            voice.say(format!("    do: {}", finding.remedy));
        }
    }
    voice.say(match diagnosis.worst() {
        None => "Nothing is wrong.",
        Some(How::Notice) => "Nothing is wrong; see the notices.",
        Some(How::Warning) => "Something must be looked at.",
        Some(How::Broken) => "A promise is broken, or about to be: see what is marked broken, first.",
    });
}
