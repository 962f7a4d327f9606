//! `hustings ledger receipt`: one entry with its proof and the cosigned checkpoint, in one text (C2SP tlog-proof).

use crate::args::Common;
use crate::opening;
use crate::output::Voice;
use clap::Args;
use hustings_app::{Refusal, Result, after};
use serde_json::json;
use std::path::PathBuf;

/// For which entry.
#[derive(Debug, Args)]
#[command(
    after_help = "The receipt holds the entry, its place, the proof and the checkpoint with every cosignature on it. Hand it to a
borrower or a supporter: they check it without us and without a network.

Examples:
  hustings ledger receipt 41 --out entry-41.tlog-proof
  hustings ledger verify --receipt entry-41.tlog-proof --key 'example.org/hustings+c74f20a3+ARpc2Q…'"
)]
pub struct Options {
    /// The entry's index, counted from 0
    index: u64,
    /// Write it into this file instead of printing it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(options: &Options, common: &Common, voice: Voice) -> Result<()> {
    let app = opening::open_reading(common)?;
    let actor = opening::actor(common, &app)?;
    hustings_app::permit(&actor, hustings_domain::access::Action::ReadLedger)?;
    let receipt = after::receipt(&app, options.index)?;
    if let Some(path) = &options.out {
        std::fs::write(path, &receipt).map_err(|error| {
            Refusal::invalid("file.unwritable", format!("`{}` cannot be written", path.display()))
                .because(error)
        })?;
    }
    let said = match &options.out {
        Some(path) => format!("The receipt for entry {} is in `{}`.", options.index, path.display()),
        None => receipt.trim_end().to_owned(),
    };
    voice.result(&json!({"index": options.index, "receipt": receipt}), |voice| voice.say(said))
}
