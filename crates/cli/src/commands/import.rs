//! `hustings import`.

pub(crate) mod bar;
mod columns;
mod list;
mod undo;
pub(crate) mod words;

use crate::args::Common;
use crate::opening::{self, read_text};
use crate::output::{Voice, aside};
use bar::Bar;
use clap::{Args, Subcommand};
use hustings_app::people::import::{
    ImportJob, ImportKind, ImportReport, Mapping, Mode, Pause, import_all, imports, saved_mapping,
    show_columns,
};
use hustings_app::{App, Refusal, Result};
use hustings_domain::access::Actor;
use hustings_domain::country::{Country, NotACountry};
use hustings_vault::Region;
use jiff::Timestamp;
use std::path::PathBuf;
use std::time::Duration;

/// How long to wait for a database server, again and again, before giving up: two minutes in all.
const WAITS: [u64; 8] = [1, 2, 4, 8, 15, 30, 30, 30];

/// How to bring a file in.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_help = "\
Separator and encoding are detected; the columns of Mailchimp, NationBuilder, Action Network and listmonk
exports are known. A row that cannot be taken lands in a reject file with its line and the reason. A stop is
never lifted by a file, in no mode, and the stricter of two consents wins. Ctrl-C pauses after the batch at hand;
after that, and after a kill, the same command goes on where it ended.")]
pub struct Options {
    /// What to do with imports instead of bringing a file in
    #[command(subcommand)]
    pub verb: Option<Verb>,
    /// The file: CSV with commas, semicolons, tabs or bars, or JSON objects one a line; as it is, gzip or zip
    #[arg(required = true)]
    pub file: Option<PathBuf>,
    /// The one table of a zip that is meant [default: all of them, stops first]
    #[arg(long, value_name = "NAME")]
    pub member: Option<String>,
    /// What becomes of people who are known: add, blanks, overwrite, or suppress for whoever is in the file
    #[arg(long)]
    pub mode: Option<Mode>,
    /// Say what each column would become, with a few of its cells, and import nothing
    #[arg(long)]
    pub show_mapping: bool,
    /// What a column is, such as \"Correo=email\" or \"Born=number:birth-year\"; as often as needed
    #[arg(long, value_name = "COLUMN=FIELD")]
    pub column: Vec<String>,
    /// A mapping that was saved
    #[arg(long, value_name = "NAME", conflicts_with = "map")]
    pub mapping: Option<String>,
    /// Keep what the columns are for next time
    #[arg(long, value_name = "NAME", conflicts_with = "dry_run")]
    pub save_mapping: Option<String>,
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
    /// Where numbers without a country are dialled, such as GB [default: the charter's country]
    #[arg(long, value_name = "XX", value_parser = region)]
    pub country: Option<Region>,
    /// Say what would happen and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Go through the file row by row, from its beginning, also when it is known to be in
    #[arg(long)]
    pub again: bool,
}

/// What can be done with imports.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// List the imports: in, unfinished, undone
    List,
    /// List the mappings that were saved
    Mappings,
    /// Take an import back, as long as nothing depends on it
    Undo(undo::Options),
}

/// Runs it.
pub fn run(options: &Options, common: &Common, voice: Voice) -> Result<()> {
    match (&options.verb, &options.file) {
        (Some(Verb::List), _) => list::imports_of_the_list(common, voice),
        (Some(Verb::Mappings), _) => list::mappings(common, voice),
        (Some(Verb::Undo(options)), _) => undo::run(options, common, voice),
        (None, Some(file)) => bring_in(file.clone(), options, common, voice),
        (None, None) => Err(Refusal::invalid("import.no-file", "no file is named")),
    }
}

/// How people in a country dial.
fn region(text: &str) -> std::result::Result<Region, String> {
    let country: Country = text.parse().map_err(|error: NotACountry| error.to_string())?;
    Region::of(country).ok_or_else(|| format!("no phone numbers are known of `{country}`"))
}

fn bring_in(file: PathBuf, options: &Options, common: &Common, voice: Voice) -> Result<()> {
    // Before anybody is asked for a passphrase.
    if !file.exists() {
        return Err(Refusal::not_found("file.missing", format!("there is no file `{}`", file.display())));
    }
    let app = opening::open(common)?;
    let actor = opening::actor(common, &app)?;
    let bar = Bar::of(&file);
    let job = ImportJob {
        source: options.source.clone(),
        kind: options.kind,
        mode: options.mode,
        member: options.member.clone(),
        region: options.country,
        dry_run: options.dry_run,
        again: options.again,
        mapping: mapping(options, &app, &actor)?,
        save_mapping: options.save_mapping.clone(),
        notice: options.notice.as_deref().map(read_text).transpose()?,
        ..ImportJob::new(file)
    };
    if options.show_mapping || options.dry_run {
        let shown = show_columns(&app, &actor, &job)?;
        if options.show_mapping {
            return voice.result(&shown, |voice| columns::words(&shown, voice));
        }
        columns::words(&shown, voice);
    }
    let job = ImportJob { pause: pause_when_interrupted()?, ..job };
    let reports = import_patiently(&app, &actor, &job, &bar)?;
    bar.done();
    match reports.as_slice() {
        [report] => voice.result(report, |voice| words::words(report, voice)),
        reports => voice.result(&reports, |voice| {
            for report in reports {
                words::words(report, voice);
                voice.say("");
            }
        }),
    }
}

/// Goes on after the rows that are in when the database server was away for a while.
fn import_patiently(app: &App, actor: &Actor, job: &ImportJob, bar: &Bar) -> Result<Vec<ImportReport>> {
    let (_held, never) = std::sync::mpsc::channel::<()>();
    let begun = app.now();
    let (mut waits, mut furthest) = (WAITS.iter(), 0);
    loop {
        let mut reached = 0;
        let refusal = match import_all(app, actor, job, &mut |step| {
            reached = step.rows.max(reached);
            bar.show(&step);
        }) {
            Err(refusal) if refusal.code == "store.unreachable" && !job.dry_run => refusal,
            done => return done.and_then(|reports| as_brought_in(app, actor, reports, begun)),
        };
        if reached > furthest {
            (waits, furthest) = (WAITS.iter(), reached);
        }
        let Some(seconds) = waits.next() else { return Err(refusal) };
        aside(format!("{refusal}: going on after the rows that are in, in {seconds} s."));
        let _timeout = never.recv_timeout(Duration::from_secs(*seconds));
    }
}

/// A table that was finished when the server went away is known by now: its report is that of its bringing in.
fn as_brought_in(
    app: &App,
    actor: &Actor,
    reports: Vec<ImportReport>,
    begun: Timestamp,
) -> Result<Vec<ImportReport>> {
    if reports.iter().all(|report| report.known_from.is_none()) {
        return Ok(reports);
    }
    let listed = imports(app, actor)?;
    let own = |report: ImportReport| {
        let of_then =
            listed.iter().find(|kept| report.known_from == Some(kept.report.id) && kept.at >= begun);
        of_then.map_or(report, |kept| kept.report.clone())
    };
    Ok(reports.into_iter().map(own).collect())
}

/// The mapping named or given as a file, with the corrections.
fn mapping(options: &Options, app: &App, actor: &Actor) -> Result<Option<Mapping>> {
    let mut mapping = match (&options.mapping, &options.map) {
        (Some(name), _) => Some(saved_mapping(app, actor, name)?),
        (None, Some(path)) => Some(Mapping::from_toml(&read_text(path)?)?),
        (None, None) => None,
    };
    let mut said: Vec<(&str, &str)> = Vec::new();
    for correction in &options.column {
        let column = correction.rsplit_once('=').map_or(correction.as_str(), |(column, _)| column.trim());
        if let Some((_, before)) = said.iter().find(|said| said.0 == column && said.1 != correction) {
            return Err(Refusal::invalid(
                "import.mapping",
                format!("the column `{column}` is to be two things: `{before}` and `{correction}`"),
            )
            .hint("say once what it is; a column becomes one field"));
        }
        said.push((column, correction));
        mapping.get_or_insert_default().correct(correction)?;
    }
    Ok(mapping)
}

/// Ctrl-C, and being asked to end, pause after the batch at hand.
fn pause_when_interrupted() -> Result<Pause> {
    let failed = |error: std::io::Error| Refusal::internal("Ctrl-C cannot be waited for").because(error);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    let pause = Pause::default();
    let asked = pause.clone();
    let mut terminate = {
        let _inside = runtime.enter();
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).map_err(failed)?
    };
    let mut interrupt = {
        let _inside = runtime.enter();
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt()).map_err(failed)?
    };
    std::thread::spawn(move || {
        runtime.block_on(async {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        });
        asked.ask();
        aside("Pausing after the rows at hand.");
    });
    Ok(pause)
}
