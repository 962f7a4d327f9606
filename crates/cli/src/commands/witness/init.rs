//! `hustings witness init`: a folder with a fresh key.

use super::{home, refused};
use crate::args::Common;
use crate::output::Voice;
use clap::Args;
use hustings_app::Result;
use hustings_domain::chance::Rng as _;
use hustings_ledger::witness::Witness;
use hustings_vault::SystemRng;
use serde_json::json;

/// Who the witness is.
#[derive(Debug, Args)]
#[command(after_help = "Example: hustings witness init witness.example.org --dir /var/lib/hustings-witness")]
pub struct Options {
    /// Its name for ever: an address without `https://`, under a domain of yours
    name: String,
}

pub(super) fn run(options: &Options, common: &Common, voice: Voice) -> Result<()> {
    let home = home(common)?;
    let mut seed = [0; 32];
    SystemRng::new().fill(&mut seed);
    let key = Witness::make(&home, &options.name, seed).map_err(|error| refused(&error))?;
    voice.result(&json!({"key": key.to_string()}), |voice| {
        voice.say(format!("{key}"));
        voice.say(format!(
            "The witness is in `{}`. Hand the line above to the ledgers that you watch.",
            home.display()
        ));
        voice.say(
            "Do not copy the folder back from a backup: a witness that forgets can be shown another past.",
        );
        voice.say("Next: `hustings witness watch KEY` for each ledger, then `hustings witness serve`.");
    })
}
