//! `hustings synth`.

use crate::commands::import::bar::counting_bar;
use crate::output::Voice;
use crate::synth::{self, FILES, Plan, WrittenFile};
use clap::Args;
use hustings_app::{Refusal, Result};
use hustings_domain::money::group_thousands;
use indicatif::ProgressStyle;
use jiff::civil::Date;
use serde_json::json;
use std::path::PathBuf;

/// How many, from which seed, where to.
#[derive(Debug, Args)]
#[command(after_help = "\
The files are those of the demo, as messy, at any size: a table of areas, a list of stops, a newsletter's export,
a petition and gifts. Nobody in them exists. Import them in this order: areas, stops, and then the others.")]
pub struct Options {
    /// How many people to make up; the files have about 1.4 times as many rows
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000_000))]
    pub people: u32,
    /// The same seed writes the same bytes
    #[arg(long, default_value_t = 1, value_name = "S")]
    pub seed: u64,
    /// The day before which every date in the files lies
    #[arg(long, default_value = "2026-06-01", value_name = "DAY")]
    pub today: Date,
    /// The folder to write them to; files that are there already are not touched
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

/// Runs it.
pub fn run(options: &Options, voice: Voice) -> Result<()> {
    for name in FILES {
        let path = options.out.join(name);
        if path.exists() {
            return Err(Refusal::conflict("synth.there", format!("`{}` is there already", path.display()))
                .hint("name another folder with --out: nothing is written over"));
        }
    }
    let bar = counting_bar(0, "");
    let style = ProgressStyle::with_template("   {msg:24} {spinner} {bytes} {bytes_per_sec} {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    let plan = Plan { people: options.people, seed: options.seed, today: options.today };
    let written = synth::write_files(&options.out, &plan, &mut |name, bytes| {
        bar.set_message(name.to_owned());
        bar.inc(bytes);
    });
    bar.finish_and_clear();
    let files = written.map_err(|error| {
        Refusal::internal(format!("the files could not be written to `{}`", options.out.display()))
            .because(error)
    })?;
    let said: Vec<_> = files.iter().map(|file| json!({"file": file.path, "rows": file.rows})).collect();
    voice.result(&said, |voice| words(&files, voice))
}

fn words(files: &[WrittenFile], voice: Voice) {
    let row =
        |file: &WrittenFile| vec![group_thousands(u64::from(file.rows)), file.path.display().to_string()];
    voice.table(&["rows", "file"], &files.iter().map(row).collect::<Vec<_>>());
}
