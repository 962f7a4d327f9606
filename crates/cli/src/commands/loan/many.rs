//! `hustings loan request --many`: a row for each candidate, looked at or filed; the others in a file of their own.

use crate::opening::read_text;
use crate::output::Voice;
use hustings_app::lend::{Fate, ManyFile, RowReport, check_many, file_many};
use hustings_app::{App, Refusal, Result};
use hustings_domain::access::Actor;
use std::path::{Path, PathBuf};

/// What is asked.
pub(super) struct Job<'a> {
    pub(super) path: &'a Path,
    pub(super) shared: &'a str,
    pub(super) files: bool,
    pub(super) rejects: Option<&'a Path>,
}

pub(super) fn run(app: &App, actor: &Actor, job: &Job<'_>, voice: Voice) -> Result<()> {
    let file = ManyFile::parse(&read_text(job.path)?, job.shared)?;
    let report = if job.files { file_many(app, actor, &file)? } else { check_many(app, actor, &file)? };
    let rejects = (report.rejected() > 0).then(|| rejects_path(job));
    if let Some(path) = &rejects {
        std::fs::write(path, report.rejects()?).map_err(|error| {
            Refusal::invalid("file.unwritable", format!("`{}` cannot be written", path.display()))
                .because(error)
                .hint("name another file with --rejects")
        })?;
    }
    voice.result(&report, |voice| {
        let rows: Vec<Vec<String>> = report.rows.iter().map(line).collect();
        voice.table(&["line", "for", "it", "why"], &rows);
        let (now, before) = report.filed();
        voice.say(format!(
            "{} qualify, {now} filed, {before} filed before, {} not taken.",
            report.qualify(),
            report.rejected()
        ));
        if !report.unused.is_empty() {
            voice.say(format!("Nothing uses these columns: {}.", report.unused.join(", ")));
        }
        if let Some(path) = &rejects {
            voice.say(format!("The rows that are not taken, with their reasons: {}", path.display()));
        }
        if report.qualify() > 0 {
            voice.say("Nothing is filed yet: say the same with --file to file those that qualify.");
        }
    })
}

fn line(row: &RowReport) -> Vec<String> {
    let (it, why) = match &row.fate {
        Fate::Qualifies => ("qualifies".to_owned(), String::new()),
        Fate::Filed { loan, before, due, .. } => {
            let due = due.map(|due| format!("; the board decides by {}", due.strftime("%Y-%m-%d")));
            let when = if *before { "filed before" } else { "filed" };
            (format!("{loan}, {when}"), due.unwrap_or_default().trim_start_matches("; ").to_owned())
        }
        Fate::Refused { .. } | Fate::Unreadable { .. } => {
            let reasons: Vec<String> = row.reasons().into_iter().map(|reason| reason.what).collect();
            ("not taken".to_owned(), reasons.join("; "))
        }
    };
    vec![row.line.to_string(), row.borrower.clone(), it, why]
}

fn rejects_path(job: &Job<'_>) -> PathBuf {
    job.rejects.map_or_else(
        || {
            let name = job.path.as_os_str().to_string_lossy();
            PathBuf::from(if name == "-" { "rejects.csv".to_owned() } else { format!("{name}.rejects.csv") })
        },
        Path::to_path_buf,
    )
}
