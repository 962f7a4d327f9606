//! `hustings import undo`.

use crate::args::Common;
use crate::opening;
use crate::output::Voice;
use clap::Args;
use hustings_app::Result;
use hustings_app::people::import::{UndoneImport, undo};
use hustings_domain::money::group_thousands;

/// Which import, and how much of it.
#[derive(Debug, Args)]
#[command(after_help = "\
People whom the import brought go with their keys, facts of its source and the yeses that it stated are taken from
those who were known before. Whoever was changed, mailed or introduced since stays. A stop is never taken back.")]
pub struct Options {
    /// Its id, or the beginning of it: see `hustings import list`
    pub id: String,
    /// Take back what can be, and leave what was touched since
    #[arg(long)]
    pub what_can_be: bool,
}

/// Runs it.
pub(super) fn run(options: &Options, common: &Common, voice: Voice) -> Result<()> {
    let app = opening::open(common)?;
    let undone = undo(&app, &opening::actor(common, &app)?, &options.id, options.what_can_be)?;
    voice.result(&undone, |voice| words(&undone, voice))
}

fn words(undone: &UndoneImport, voice: Voice) {
    voice.say(format!("Import {} is undone.", undone.id));
    let rows = [
        ("people gone, with their keys", undone.people_removed),
        ("facts taken from people who were known before", undone.facts_removed),
        ("consents of theirs that stand as they stood", undone.consents_taken_back),
        ("people who stay: changed, mailed or introduced since", undone.people_left),
        ("people known before whose names or addresses stay as they were changed", undone.identities_left),
        ("gifts of people known before, which stay", undone.gifts_left),
    ];
    for (what, number) in rows.into_iter().filter(|(_, number)| *number > 0) {
        voice.say(format!("  {:>10}  {what}", group_thousands(number)));
    }
    if undone.source_shared {
        voice.say("Facts of people known before stay: another import brought the same source.");
    }
}
