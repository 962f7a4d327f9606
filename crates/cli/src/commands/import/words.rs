//! What an import came to, in words.

use crate::output::Voice;
use hustings_app::people::import::ImportReport;
use hustings_domain::money::group_thousands;

pub(super) fn words(report: &ImportReport, voice: Voice) {
    let count = |number: u64| group_thousands(number);
    if report.dry_run {
        voice.say("A dry run: nothing was changed.");
    }
    if let Some(id) = report.known_from {
        voice.say(format!(
            "`{}` is in since import {id}, and nothing has changed that could matter to it: this is answered from the \
             report of then. To go through it row by row all the same: --again.",
            report.file
        ));
    }
    if report.resumed_after > 0 {
        voice
            .say(format!("It went on after row {}, where it had ended before.", count(report.resumed_after)));
    }
    if report.changed_nothing() {
        voice.say(format!("`{}` says nothing new: {} lines, all known.", report.file, count(report.lines)));
    }
    let form = match report.separator {
        _ if report.json => "one JSON object a line".to_owned(),
        '\t' => "between `tab`".to_owned(),
        separator => format!("between `{separator}`"),
    };
    voice.say(format!(
        "`{}`: {} in {}, {form}; {} lines.",
        report.file,
        report.kind.as_str(),
        report.encoding,
        count(report.lines)
    ));
    let rows = [
        ("new", report.new),
        ("changed", report.changed),
        ("said nothing new", report.unchanged),
        ("about somebody from an earlier row", report.merged),
        ("not taken", report.rejected),
        ("empty", report.blank),
    ];
    for (what, number) in rows {
        voice.say(format!("  {:>10}  {what}", count(number)));
    }
    for (reason, number) in &report.rejects {
        voice.say(format!("              {:>8} not taken: {}", count(*number), reason.words()));
    }
    let also = [
        ("consents given", report.consents_given),
        ("consents refused or withdrawn", report.consents_refused),
        ("new stops", report.stops_added),
        ("rows whose stop was kept", report.suppressions_kept),
        ("gifts", report.gifts),
        ("people known before with names or addresses that are new", report.identities_changed),
        ("rows with a number that is somebody else's", report.conflicting),
    ];
    for (what, number) in also.into_iter().filter(|(_, number)| *number > 0) {
        voice.say(format!("  {:>10}  {what}", count(number)));
    }
    if !report.ignored_columns.is_empty() {
        voice.say(format!("Columns that nothing was made of: {}.", report.ignored_columns.join(", ")));
    }
    if !report.passed_over.is_empty() {
        voice.say(format!("Not looked at in the zip: {}.", report.passed_over.join(", ")));
    }
    if report.rejects_elsewhere > 0 {
        voice.say(format!(
            "  {} of the rejected rows stand in the reject file of the folder from which the import was begun.",
            count(report.rejects_elsewhere)
        ));
    }
    if let Some(path) = &report.rejects_file {
        voice.say(format!("Every row that was not taken, with its line and reason: `{}`.", path.display()));
    }
    if report.known_from.is_none() {
        voice.say(format!("{} lines a second.", count(report.rate())));
    }
    if !report.dry_run && report.known_from.is_none() && !report.changed_nothing() {
        voice.say(format!("Should it not have been: hustings import undo {}", report.id));
    }
}

/// One line on an import, for the story.
pub(crate) fn sentence(report: &ImportReport) -> String {
    let count = |number: u64| group_thousands(number);
    let mut parts = vec![
        format!("{} lines", count(report.lines)),
        format!("{} new", count(report.new)),
        format!("{} changed", count(report.changed)),
        format!("{} known", count(report.unchanged)),
        format!("{} merged", count(report.merged)),
        format!("{} rejected", count(report.rejected)),
        format!("{} empty", count(report.blank)),
    ];
    for (what, number) in
        [("gifts", report.gifts), ("stops", report.stops_added), ("stops kept", report.suppressions_kept)]
    {
        if number > 0 {
            parts.push(format!("{} {what}", count(number)));
        }
    }
    parts.join(", ")
}
