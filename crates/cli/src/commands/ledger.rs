//! `hustings ledger`: publish, verify, prove, follow. All but publishing need no list of one's own.

mod follow;
pub(super) mod keys;
mod place;
mod publish;
mod receipt;
mod verify;

use crate::args::Common;
use crate::output::Voice;
use clap::Subcommand;
use hustings_app::Result;
use std::process::ExitCode;

/// What to do with the ledger.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Sign a checkpoint, publish the ledger's files into DIR/ledger, and ask the witnesses to cosign
    #[command(visible_alias = "checkpoint")]
    Publish(publish::Options),
    /// Check a served ledger, or one receipt: needs the files and the public key alone, no list and no network
    Verify(verify::Options),
    /// Give a receipt for one entry: one text that anybody can check offline
    #[command(visible_alias = "prove")]
    Receipt(receipt::Options),
    /// Follow somebody's ledger: check all that is new, and sound an alarm if it is ever rewritten
    Follow(follow::Options),
}

/// Runs it.
pub fn run(verb: &Verb, common: &Common, voice: Voice) -> Result<ExitCode> {
    match verb {
        Verb::Publish(options) => publish::run(options, common, voice),
        Verb::Verify(options) => verify::run(options, common, voice),
        Verb::Receipt(options) => receipt::run(options, common, voice),
        Verb::Follow(options) => return follow::run(options, voice),
    }
    .map(|()| ExitCode::SUCCESS)
}
