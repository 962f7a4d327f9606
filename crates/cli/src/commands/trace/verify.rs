//! `hustings trace verify`: a third party works a trace out anew, with no list and no key but the ledger's public one.

use super::read;
use crate::args::Common;
use crate::commands::ledger::keys::{Trusted, log_key};
use crate::opening;
use crate::output::Voice;
use clap::Args;
use hustings_app::after::{TraceCase, TraceEntries, verify_trace};
use hustings_app::{Refusal, Result};
use hustings_ledger::verify_entries;
use serde_json::json;
use std::path::PathBuf;

/// What to check.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  hustings trace verify --report report.json --leak found.csv --opening opening.json --files ledger --key verifier.key

Checks the whole ledger, that the opened keys are those it was committed to before the first send, that no copy and no
borrower was left out, and works every number and word of the report out anew.")]
pub(super) struct Options {
    /// The report, as `hustings trace --report` wrote it
    #[arg(long, value_name = "FILE")]
    report: PathBuf,
    /// The leaked file, as it was found
    #[arg(long, value_name = "FILE")]
    leak: PathBuf,
    /// The opening, as `hustings trace --open` wrote it
    #[arg(long, value_name = "FILE")]
    opening: PathBuf,
    /// The folder of the ledger's served files [default: DIR/ledger]
    #[arg(long, value_name = "FOLDER")]
    files: Option<PathBuf>,
    /// The ledger's public key, or a file with it [default: the file verifier.key in that folder, which proves no more
    /// than that the files fit each other]
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    #[command(flatten)]
    trusted: Trusted,
}

pub(super) fn run(options: &Options, common: &Common, voice: Voice) -> Result<()> {
    let files = options.files.clone().unwrap_or_else(|| common.dir().join("ledger"));
    let key = match &options.key {
        Some(key) => log_key(key)?,
        None => log_key(&opening::read_text(&files.join("verifier.key"))?)?,
    };
    let (report, leak) = (opening::read_text(&options.report)?, read(&options.leak)?);
    let opened = opening::read_text(&options.opening)?;
    let mut entries = TraceEntries::default();
    let mut unread: Option<Refusal> = None;
    let ledger = verify_entries(&files, &key, None, &mut |index, entry| {
        if let Err(refusal) = entries.add(index, entry) {
            unread.get_or_insert(refusal);
        }
    });
    let ledger = ledger
        .map_err(|error| Refusal::invalid("ledger.broken", "this ledger does not hold").because(error))?;
    if let Some(refusal) = unread {
        return Err(refusal);
    }
    let cosigned = options.trusted.check(&opening::read_text(&files.join("checkpoint"))?)?;
    let case = TraceCase { report: &report, leak: &leak, opening: &opened };
    let verified = verify_trace(case, &entries)?;
    let value = json!({"holds": true, "finding": verified.finding, "bound": verified.bound,
        "checks": verified.checks, "entries": ledger.checkpoint.size, "witnesses": cosigned.value()});
    voice.result(&value, |voice| {
        voice.say("The trace holds:");
        voice.say(format!(
            "  the ledger of {} entries holds, under its signed checkpoint",
            ledger.checkpoint.size
        ));
        verified.checks.iter().for_each(|check| voice.say(format!("  {check}")));
        cosigned.lines().iter().for_each(|line| voice.say(line));
        voice.say(format!("{}\n{}", verified.finding, verified.bound));
        voice.say(
            "Taken from the owner's word: who was in which audience and copy, and that the file was found.",
        );
    })
}
