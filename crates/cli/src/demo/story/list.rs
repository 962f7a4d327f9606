//! Chapters 1 and 2: a messy list, and its import.

use super::{Plot, chapter};
use crate::commands::import::bar::Bar;
use crate::commands::import::words::sentence;
use crate::demo::stage::Stage;
use crate::synth::{self, Plan, Truth};
use hustings_app::people::import::{ImportJob, import};
use hustings_app::{Refusal, Result};
use hustings_domain::money::group_thousands;
use jiff::tz::TimeZone;

pub(super) fn write_and_import(stage: &Stage, plot: &mut Plot, people: u32) -> Result<Truth> {
    chapter(stage.voice, 1, "A messy list");
    let today = stage.app.now().to_zoned(TimeZone::UTC).date();
    let written = synth::write(&stage.files, &Plan { people, seed: stage.seed, today })
        .map_err(|error| Refusal::internal("the made-up files could not be written").because(error))?;
    for file in &written.files {
        let name = file.path.file_name().unwrap_or_default().to_string_lossy();
        stage.voice.say(format!("   {:<24} {:>9} rows", name, group_thousands(u64::from(file.rows))));
    }
    chapter(stage.voice, 2, "Import: stops first, then everybody; a dry run before the first");
    for (position, file) in written.files.iter().enumerate() {
        let job = |dry_run| ImportJob { dry_run, ..ImportJob::new(&file.path) };
        if position == 2 {
            let before = stage.app.store().read(|tx| Ok::<_, Refusal>(tx.supporter_count()?))?;
            let report = import(&stage.app, &stage.operator, &job(true), &mut |_| {})?;
            let after = stage.app.store().read(|tx| Ok::<_, Refusal>(tx.supporter_count()?))?;
            if before != after {
                return Err(Refusal::internal("a dry run changed the list"));
            }
            stage.voice.say(format!("   dry run   {}", sentence(&report)));
        }
        let progress = Bar::of(&file.path);
        let report = import(&stage.app, &stage.operator, &job(false), &mut |step| progress.show(&step))?;
        progress.done();
        if !report.adds_up() {
            return Err(Refusal::internal("an import's report does not add up"));
        }
        plot.rows += report.lines;
        let name = file.path.file_name().unwrap_or_default().to_string_lossy();
        stage.voice.say(format!("   {name:<24} {}", sentence(&report)));
    }
    Ok(written.truth)
}
