//! `hustings import list` and `hustings import mappings`.

use crate::args::Common;
use crate::opening;
use crate::output::Voice;
use hustings_app::Result;
use hustings_app::people::import::{ImportState, ListedImport, imports, saved_mappings};
use hustings_domain::money::group_thousands;

/// Lists the imports.
pub(super) fn imports_of_the_list(common: &Common, voice: Voice) -> Result<()> {
    let app = opening::open_reading(common)?;
    let listed = imports(&app, &opening::actor(common, &app)?)?;
    voice.result(&listed, |voice| {
        if listed.is_empty() {
            voice.say("Nothing was imported yet.");
            return;
        }
        let heads = ["id", "when", "file", "mode", "lines", "new", "changed", "not taken", "state"];
        voice.table(&heads, &listed.iter().map(row).collect::<Vec<_>>());
    })
}

fn row(import: &ListedImport) -> Vec<String> {
    let report = &import.report;
    let count = |number: u64| group_thousands(number);
    let state = match import.state {
        ImportState::Finished => "in".to_owned(),
        ImportState::Unfinished { rows, of } => {
            format!("after {} of {} rows: run it again to go on", count(rows), count(of))
        }
        ImportState::Undone { .. } => "undone".to_owned(),
    };
    vec![
        report.id.to_string(),
        import.at.strftime("%Y-%m-%d %H:%M").to_string(),
        report.file.clone(),
        report.mode.as_str().to_owned(),
        count(report.lines),
        count(report.new),
        count(report.changed),
        count(report.rejected),
        state,
    ]
}

/// Lists the mappings that were saved.
pub(super) fn mappings(common: &Common, voice: Voice) -> Result<()> {
    let app = opening::open_reading(common)?;
    let saved = saved_mappings(&app, &opening::actor(common, &app)?)?;
    voice.result(&saved, |voice| {
        if saved.is_empty() {
            voice.say(
                "No mapping is saved. To save one: hustings import FILE --show-mapping --save-mapping NAME",
            );
        }
        for mapping in &saved {
            voice.say(&mapping.name);
            for (column, field) in &mapping.columns {
                voice.say(format!("  {column} = {field}"));
            }
        }
    })
}
