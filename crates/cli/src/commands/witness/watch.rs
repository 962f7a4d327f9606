//! `hustings witness watch`: one more ledger.

use super::{home, refused};
use crate::args::Common;
use crate::output::Voice;
use clap::Args;
use hustings_app::{Refusal, Result};
use hustings_ledger::VerifierKey;
use hustings_ledger::witness::Witness;
use serde_json::json;

/// Which ledger.
#[derive(Debug, Args)]
#[command(after_help = "Example: hustings witness watch 'list.example.org/hustings+c74f20a3+ARpc2Q…'")]
pub struct Options {
    /// The ledger's public key: the owner's `verifier.key`
    key: String,
}

pub(super) fn run(options: &Options, common: &Common, voice: Voice) -> Result<()> {
    let key: VerifierKey = options.key.trim().parse().map_err(|error| {
        Refusal::invalid("ledger.key", "this is not a ledger's public key").because(error).hint(
            "it is the line in the owner's `verifier.key`, like `example.org/hustings+c74f20a3+ARpc2Q…`",
        )
    })?;
    let mut witness = Witness::open(&home(common)?).map_err(|error| refused(&error))?;
    let is_new = witness.watch(key.clone()).map_err(|error| refused(&error))?;
    voice.result(&json!({"log": key.name(), "new": is_new}), |voice| {
        let name = key.name();
        voice.say(if is_new {
            format!("Watching {name} from now on.")
        } else {
            format!("{name} is watched already.")
        });
    })
}
