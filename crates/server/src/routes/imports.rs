//! What files have brought in. Looking alone: a file comes in, and goes, on the machine that holds the list.

use super::{Answer, Call, Reply};
use crate::present::frame;
use crate::views::Place;
use crate::views::console::{Import, ImportRow, Imports};
use crate::views::format::{count, counted};
use crate::views::parts::{Badge, Pager, Terms};
use hustings_app::Refusal;
use hustings_app::people::import::{ImportReport, ImportState, ListedImport, imports};

/// `GET /console/imports`.
pub(super) fn list(call: &Call) -> Answer {
    let listed = imports(call.app(), call.actor()?)?;
    let title = match listed.len() {
        0 => "Nothing has been brought in".to_owned(),
        many => format!("{} brought in", counted(many as u64, "file", "files")),
    };
    let rows = listed.iter().map(|import| ImportRow {
        id: import.report.id.to_string(),
        file: import.report.file.clone(),
        lines: count(import.report.lines),
        new: count(import.report.new),
        changed: count(import.report.changed),
        rejected: count(import.report.rejected),
        state: state(import),
        when: frame::when(call, import.at),
    });
    let (frame, rows) = (frame::console(call, title, Place::Supporters)?, rows.collect());
    Reply::page(&Imports { frame, rows, pager: Pager::default() })
}

/// `GET /console/imports/{id}`.
pub(super) fn show(call: &Call) -> Answer {
    let listed = imports(call.app(), call.actor()?)?;
    let import = listed
        .into_iter()
        .find(|import| import.report.id.to_string() == call.param("id"))
        .ok_or_else(|| Refusal::not_found("import.none", "there is no such import"))?;
    let report = &import.report;
    let first_rejects =
        report.first_rejects.iter().map(|reject| format!("line {}: {}", reject.line, reject.reason));
    Reply::page(&Import {
        frame: frame::console(
            call,
            format!("{} brought {} new", report.file, count(report.new)),
            Place::Supporters,
        )?,
        state: state(&import),
        progress: progress(&import),
        terms: about(report),
        account: account(report),
        rejects: report.rejects.iter().map(|(reason, number)| (reason.words(), count(*number))).collect(),
        first_rejects: first_rejects.collect(),
        also: also(report),
        columns: report.columns.clone(),
        ignored: report.ignored_columns.clone(),
        undo: (!matches!(import.state, ImportState::Undone { .. }))
            .then(|| format!("hustings import undo {}", report.id)),
    })
}

fn state(import: &ListedImport) -> Badge {
    match import.state {
        ImportState::Finished => Badge::go("in"),
        ImportState::Undone { .. } => Badge::plain("undone"),
        ImportState::Unfinished { rows, of } => Badge::wait(format!("{} of {} rows", count(rows), count(of))),
    }
}

fn progress(import: &ListedImport) -> Option<Terms> {
    let ImportState::Unfinished { rows, of } = import.state else { return None };
    let left = import.seconds_left().map_or_else(|| "not known yet".to_owned(), duration);
    let terms = [
        ("Rows in", format!("{} of {}", count(rows), count(of))),
        ("Rows a second", count(import.report.rate())),
        ("At that rate it needs", left),
    ];
    Some(terms.into_iter().collect())
}

fn duration(seconds: u64) -> String {
    match seconds {
        0..=89 => counted(seconds, "second", "seconds"),
        90..=5_399 => counted(seconds.div_ceil(60), "minute", "minutes"),
        _ => counted(seconds.div_ceil(3_600), "hour", "hours"),
    }
}

fn about(report: &ImportReport) -> Terms {
    let form = match report.separator {
        _ if report.json => "one JSON object a line".to_owned(),
        '\t' => "cells between tabs".to_owned(),
        separator => format!("cells between `{separator}`"),
    };
    let packed = report.wrapping.as_ref().map(|wrapping| format!(", in a {wrapping}")).unwrap_or_default();
    [
        ("Taken for", report.kind.as_str().to_owned()),
        ("Source", report.source.clone()),
        ("People who were known", report.mode.as_str().to_owned()),
        ("Form", format!("{}, {form}{packed}", report.encoding)),
        ("SHA-256", report.sha256.to_string()),
        ("Import", report.id.to_string()),
    ]
    .into_iter()
    .collect()
}

fn account(report: &ImportReport) -> Terms {
    [
        ("New", report.new),
        ("Changed somebody who was known", report.changed),
        ("Said nothing new", report.unchanged),
        ("About somebody from an earlier line", report.merged),
        ("Not taken", report.rejected),
        ("Empty", report.blank),
        ("Lines in all", report.lines),
    ]
    .into_iter()
    .map(|(what, number)| (what, count(number)))
    .collect()
}

fn also(report: &ImportReport) -> Terms {
    [
        ("Consents given", report.consents_given),
        ("Consents refused or withdrawn", report.consents_refused),
        ("New stops", report.stops_added),
        ("Lines whose stop was kept", report.suppressions_kept),
        ("Gifts", report.gifts),
        ("Known people with other names or addresses", report.identities_changed),
        ("Lines with a number that is somebody else's", report.conflicting),
        ("Cells that could not be kept", report.cells_dropped),
    ]
    .into_iter()
    .filter(|(_, number)| *number > 0)
    .map(|(what, number)| (what, count(number)))
    .collect()
}
