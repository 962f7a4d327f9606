//! `hustings backup`: by itself, or, when a process serves the list, by that process.

use crate::args::Common;
use crate::opening;
use crate::output::Voice;
use clap::Args;
use hustings_app::folder::{self, BackupReport};
use hustings_app::{Kind, Refusal, Result};
use hustings_vault::SystemRng;
use std::path::PathBuf;
use std::time::Duration;

/// How long a serving process may take to begin.
const BEGINS_WITHIN: u32 = 50;
/// How often to look.
const LOOK: Duration = Duration::from_millis(100);

/// Where to.
#[derive(Debug, Args)]
pub struct Options {
    /// The data go here, the keys to FILE.keys, what both are to FILE.manifest
    pub file: PathBuf,
    /// Ask a trustee to grant backups into this file's folder, and say why; then say the same without this
    #[arg(long, value_name = "WHY")]
    pub ask: Option<String>,
}

/// Runs it.
pub fn run(options: &Options, common: &Common, voice: Voice) -> Result<()> {
    if let Some(reason) = &options.ask {
        let app = opening::open_or_beside(common)?;
        let act = folder::act_of_backing_up(&options.file)?;
        return super::grant::ask(&app, &opening::actor(common, &app)?, act, reason, voice);
    }
    let report = match opening::open(common) {
        Ok(app) => folder::back_up(&app, &opening::actor(common, &app)?, &options.file)?,
        Err(refusal) if refusal.code == "folder.in-use" => ask(options, common, &refusal)?,
        Err(refusal) => return Err(refusal),
    };
    voice.result(&report, |voice| {
        voice.say(format!("{} supporters and {} stops are in `{}`.", report.manifest.supporters, report.manifest.stops, report.data.display()));
        voice.say(format!(
            "Their keys are in `{}`: keep it elsewhere, and destroy it by {}, so that erased people stay erased.",
            report.keys.display(),
            report.manifest.destroy_keys_after.strftime("%Y-%m-%d")
        ));
    })
}

/// Has the process that holds the list take the backup, so that service goes on and the ledger has it first.
fn ask(options: &Options, common: &Common, held: &Refusal) -> Result<BackupReport> {
    let now = opening::clock_of(common).now();
    let asked = folder::ask_for_backup(
        &common.dir(),
        &options.file,
        common.token.as_deref(),
        now,
        &mut SystemRng::new(),
    )?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|error| Refusal::internal("no clock could be started").because(error))?;
    runtime.block_on(async {
        let mut looks = 0_u32;
        loop {
            if let Some(answer) = asked.answer() {
                return answer;
            }
            if !asked.is_taken() && looks >= BEGINS_WITHIN && asked.withdraw() {
                return Err(held
                    .clone()
                    .hint("only `hustings serve` takes a backup meanwhile; another verb ends by itself"));
            }
            if looks.is_multiple_of(10) && asked.is_abandoned()? {
                return Err(Refusal::new(
                    Kind::Busy,
                    "backup.abandoned",
                    "the process that took the backup ended before it was finished",
                )
                .hint("run it again: what is unfinished is cleared first"));
            }
            looks = looks.saturating_add(1);
            tokio::time::sleep(LOOK).await;
        }
    })
}
