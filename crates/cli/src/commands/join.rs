//! `hustings join`.

use crate::args::Common;
use crate::opening::root_secret;
use crate::output::Voice;
use clap::Args;
use hustings_app::{Result, folder};
use serde_json::json;

/// Which list.
#[derive(Debug, Args)]
#[command(after_help = "Example: hustings join postgres://hustings@db.internal/hustings --dir ./second

The new folder is a process's own: its journals of sends, its index, its settings and its published ledger lie there.
Never copy a folder to make a second process: both would be taken for the same one.")]
pub struct Options {
    /// The database that holds the list
    #[arg(value_name = "ADDRESS")]
    pub address: String,
}

/// Runs it.
pub fn run(options: &Options, common: &Common, voice: Voice) -> Result<()> {
    let address = folder::address(&options.address)?;
    folder::join(&common.dir(), &address, &root_secret(common)?)?;
    let value = json!({"folder": common.dir(), "list": address.to_string()});
    voice.result(&value, |voice| {
        voice.say(format!("`{}` leads to the list on `{address}` now.", common.dir().display()));
        voice.say("Next: its own `hustings.toml`, and `hustings serve`.");
    })
}
