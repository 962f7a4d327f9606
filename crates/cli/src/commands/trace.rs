//! `hustings trace`: which copy a leaked file came from, a check of somebody's trace, and the trace key.

mod key;
mod verify;

use crate::args::Common;
use crate::new_file::{expect_new, write_new};
use crate::opening;
use crate::output::Voice;
use clap::{Args, Subcommand};
use hustings_app::after::TrusteeShare;
use hustings_app::{Refusal, Result, after};
use std::path::{Path, PathBuf};

/// What leaked, or what else to do.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "Reads what leaks look like: CSV with any columns, workbooks (XLSX), dumps of databases, JSON, text, addresses
alone, half of the rows, strangers mixed in. Names alone say nothing.

Examples:
  hustings trace found.csv
  hustings trace found.xlsx --share ada.share --share ben.share --share eve.share --report report.json
  hustings trace found.csv --report report.json --open opening.json
  hustings trace verify --report report.json --leak found.csv --opening opening.json --files ledger --key verifier.key"
)]
pub struct Options {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// The leaked file
    #[arg(required = true)]
    file: Option<PathBuf>,
    /// A trustee's share of the trace key, where it is split; may be given again
    #[arg(long = "share", value_name = "FILE")]
    shares: Vec<PathBuf>,
    /// Write the report, which a third party can check, into this new file
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Write the opening, which the check needs, into this new file: it tells the season's keys, and so ends the season
    #[arg(long, value_name = "FILE", requires = "report")]
    open: Option<PathBuf>,
    /// Ask a trustee to grant that the season's keys are opened for this file, and say why; then say the same without this
    #[arg(long, value_name = "WHY")]
    ask: Option<String>,
}

/// What else to do.
#[derive(Debug, Subcommand)]
enum Verb {
    /// Check a trace with the report, the leaked file, the opening and the ledger alone: no list is needed
    Verify(verify::Options),
    /// The trace key: split it among trustees, so that nobody alone can make up a leak
    #[command(subcommand)]
    Key(key::Verb),
}

/// Runs it.
pub fn run(options: &Options, common: &Common, voice: Voice) -> Result<()> {
    match (&options.verb, &options.file) {
        (Some(Verb::Verify(options)), _) => verify::run(options, common, voice),
        (Some(Verb::Key(verb)), _) => key::run(verb, common, voice),
        (None, Some(file)) => trace(file, options, common, voice),
        (None, None) => Err(Refusal::invalid("trace.no-file", "no leaked file is named")),
    }
}

fn trace(file: &Path, options: &Options, common: &Common, voice: Voice) -> Result<()> {
    let leak = read(file)?;
    if let Some(reason) = &options.ask {
        let app = opening::open_or_beside(common)?;
        let actor = opening::actor(common, &app)?;
        return super::grant::ask(&app, &actor, after::act_of_opening(&leak), reason, voice);
    }
    let app = opening::open(common)?;
    let actor = opening::actor(common, &app)?;
    let shares: Vec<TrusteeShare> =
        options.shares.iter().map(|path| key::read_share(path)).collect::<Result<_>>()?;
    for path in options.report.iter().chain(&options.open) {
        expect_new(path)?;
    }
    let report = after::trace_with(&app, &actor, &leak, &shares)?;
    let written = |error: serde_json::Error| Refusal::internal("the report cannot be written").because(error);
    // What is refused leaves no file.
    let opened = options.open.as_ref().map(|_| after::open_case(&app, &actor, &leak, &shares)).transpose()?;
    if let Some(path) = &options.report {
        write_new(path, report.json().map_err(written)?.as_bytes(), false)?;
    }
    if let (Some(path), Some(opened)) = (&options.open, &opened) {
        write_new(path, opened.json.as_bytes(), true)?;
    }
    voice.result(&report, |voice| {
        for line in report.text().lines() {
            voice.say(line);
        }
        if let Some(path) = &options.report {
            voice.say(format!("The report for others is in `{}`.", path.display()));
        }
        if let Some(path) = &options.open {
            voice.say(format!(
                "The opening is in `{}`. It tells the season's keys: begin a new season before the next send.",
                path.display()
            ));
        }
    })
}

fn read(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).map_err(|error| {
        Refusal::invalid("file.unreadable", format!("`{}` cannot be read", file.display())).because(error)
    })
}
