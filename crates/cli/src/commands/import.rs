//! `hustings import`.

use crate::args::Common;
use crate::opening::{self, read_text};
use crate::output::{Voice, on_terminal};
use clap::Args;
use hustings_app::people::import::{ImportJob, ImportKind, ImportReport, Mapping, Progress, import};
use hustings_app::{Refusal, Result};
use hustings_domain::money::group_thousands;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::path::{Path, PathBuf};

/// How to bring a file in.
#[derive(Debug, Args)]
#[command(after_help = "\
Separator and encoding are detected; the columns of Mailchimp, NationBuilder, Action Network and listmonk
exports are known. A row that cannot be taken lands in a reject file with its line and the reason. A stop is
never lifted by a file, and the stricter of two consents wins.")]
pub struct Options {
    /// The file: CSV with commas, semicolons, tabs or bars
    pub file: PathBuf,
    /// A mapping of columns, as TOML: [columns] \"Their name\" = \"email\"
    #[arg(long, value_name = "FILE")]
    pub map: Option<PathBuf>,
    /// The name under which facts and consents say where they are from [default: the file's name]
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// What the file holds: supporters, gifts, suppressions or areas [default: by its columns]
    #[arg(long)]
    pub kind: Option<ImportKind>,
    /// A file with the exact text that people saw when they were asked
    #[arg(long, value_name = "FILE")]
    pub notice: Option<PathBuf>,
    /// Say what would happen and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Runs it.
pub fn run(options: &Options, common: &Common, voice: Voice) -> Result<()> {
    // Before anybody is asked for a passphrase.
    if !options.file.exists() {
        return Err(Refusal::not_found(
            "file.missing",
            format!("there is no file `{}`", options.file.display()),
        ));
    }
    let app = opening::open(common)?;
    let actor = opening::actor(common, &app)?;
    let mut job = ImportJob::new(&options.file);
    job.source.clone_from(&options.source);
    job.kind = options.kind;
    job.dry_run = options.dry_run;
    job.mapping = options.map.as_deref().map(|path| Mapping::from_toml(&read_text(path)?)).transpose()?;
    job.notice = options.notice.as_deref().map(read_text).transpose()?;
    let bar = Bar::of(&options.file);
    let report = import(&app, &actor, &job, &mut |step| bar.show(&step))?;
    bar.done();
    voice.result(&report, |voice| words(&report, voice))
}

fn words(report: &ImportReport, voice: Voice) {
    let count = |number: u64| group_thousands(number);
    if report.dry_run {
        voice.say("A dry run: nothing was changed.");
    }
    if report.changed_nothing() {
        voice.say(format!("`{}` says nothing new: {} lines, all known.", report.file, count(report.lines)));
    }
    voice.say(format!(
        "`{}`: {} in {}, between `{}`; {} lines.",
        report.file,
        report.kind.as_str(),
        report.encoding,
        if report.separator == '\t' { "tab".to_owned() } else { report.separator.to_string() },
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
        ("rows with a number that is somebody else's", report.conflicting),
    ];
    for (what, number) in also.into_iter().filter(|(_, number)| *number > 0) {
        voice.say(format!("  {:>10}  {what}", count(number)));
    }
    if !report.ignored_columns.is_empty() {
        voice.say(format!("Columns that nothing was made of: {}.", report.ignored_columns.join(", ")));
    }
    if let Some(path) = &report.rejects_file {
        voice.say(format!("Every row that was not taken, with its line and reason: `{}`.", path.display()));
    }
    voice.say(format!("{} lines a second.", count(report.rate())));
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

/// A bar that shows how far an import is, on a terminal.
#[derive(Debug)]
pub(crate) struct Bar(ProgressBar);

impl Bar {
    pub(crate) fn of(file: &Path) -> Self {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self(counting_bar(0, &name))
    }

    pub(crate) fn show(&self, step: &Progress) {
        self.0.set_length(step.of);
        self.0.set_position(step.rows);
    }

    pub(crate) fn done(&self) {
        self.0.finish_and_clear();
    }
}

/// A bar of `length` steps; silent when nobody looks.
pub(crate) fn counting_bar(length: usize, what: &str) -> ProgressBar {
    let target = if on_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(u64::try_from(length).unwrap_or(0)), target);
    let style =
        ProgressStyle::with_template("   {msg:24} {bar:30} {human_pos}/{human_len} {per_sec} {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_message(what.to_owned());
    bar
}
