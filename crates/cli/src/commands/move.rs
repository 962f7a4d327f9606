//! `hustings move`.

use crate::args::Common;
use crate::opening;
use crate::output::Voice;
use clap::Args;
use hustings_app::{Result, SystemChance, SystemClock, folder};
use hustings_domain::access::Actor;

/// Where to.
#[derive(Debug, Args)]
#[command(after_help = "Example: hustings move --to postgres://hustings@localhost/hustings

The list is closed to others meanwhile. Cut short, the same command goes on where it was. Every table is compared by
its digest and every key with its original before the new list counts.")]
pub struct Options {
    /// The database, which must exist and hold no list
    #[arg(long, value_name = "ADDRESS")]
    pub to: String,
    /// Ask a trustee to grant it, and say why; then say the same without this
    #[arg(long, value_name = "WHY")]
    pub ask: Option<String>,
}

/// Runs it.
pub fn run(options: &Options, common: &Common, voice: Voice) -> Result<()> {
    let address = folder::address(&options.to)?;
    if !folder::holds_a_list(&common.dir()) {
        return Err(folder::no_list(&common.dir()));
    }
    if let Some(reason) = &options.ask {
        let app = opening::open_or_beside(common)?;
        // It is done by whoever holds the folder and the root key, whatever token is set: so are they the one who asks.
        return super::grant::ask(&app, &Actor::operator(), folder::act_of_moving(&address), reason, voice);
    }
    // Whoever cannot open the list does not move it either.
    opening::open(common).map(drop).or_else(|refusal| match refusal.code {
        "folder.moved" => Ok(()),
        _ => Err(refusal),
    })?;
    let mut last = String::new();
    let report =
        folder::move_to(&common.dir(), &address, &SystemClock, &SystemChance, &mut |table, rows| {
            if table != last {
                tracing::info!(table, rows, "moving");
                table.clone_into(&mut last);
            }
        })?;
    voice.result(&report, |voice| {
        for (table, rows, digest) in &report.tables {
            if *rows > 0 {
                voice.say(format!("{rows:>12}  {table}  {}", digest.get(..16).unwrap_or_default()));
            }
        }
        voice.say(format!("{:>12}  keys, each compared with its original", report.keys));
        voice.say(format!("The list is on `{}` now, and every verb finds it there.", report.to));
        voice.say(format!(
            "The old files are in `{}`. They hold every key, so they are destroyed when the charter's days for key backups are over; do it earlier once the new list has a backup.",
            report.left.display()
        ));
    })
}
