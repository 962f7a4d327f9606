//! How many rows a second come in, from CSV to sealed, indexed and committed, on the embedded store:
//! `cargo run --release -p hustings-bench --bin import -- [ROWS]`.
//!
//! Two kinds of file: all new people with fifteen columns (the bar's kind), and the messy files of the demo.

use hustings::synth::{Plan, write};
use hustings_app::folder::{InitJob, init};
use hustings_app::people::import::{ImportJob, ImportReport, import};
use hustings_app::{App, SystemChance, SystemClock};
use hustings_domain::access::Actor;
use hustings_vault::{Argon2Cost, RootSecret};
use serde_json::json;
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::Arc;

fn main() -> Result<(), Box<dyn Error>> {
    let rows: u32 = std::env::args().nth(1).map_or(Ok(200_000), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let clean = folder.path().join("clean.csv");
    write_clean(&clean, rows)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{:<34} {:>10} {:>10} {:>12}", "file", "rows", "seconds", "rows/s")?;
    let mut results = Vec::new();
    let mut say = |what: &str, report: &ImportReport| -> std::io::Result<()> {
        let (whole, part) = (report.elapsed_ms / 1_000, report.elapsed_ms % 1_000);
        writeln!(out, "{what:<34} {:>10} {whole:>6}.{part:03} {:>12}", report.lines, report.rate())?;
        results.push(json!({"file": what, "rows": report.lines, "ms": report.elapsed_ms, "rows_per_second": report.rate()}));
        Ok(())
    };
    let app = list(&folder.path().join("clean"))?;
    say("new people, 15 columns", &run(&app, &clean)?)?;
    say("the same file again", &run(&app, &clean)?)?;
    let app = list(&folder.path().join("messy"))?;
    let today = jiff::civil::date(2026, 9, 7);
    for file in write(&folder.path().join("files"), &Plan { people: rows / 2, seed: 1, today })?.files {
        let name = file.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        say(&name, &run(&app, &file.path)?)?;
    }
    // The list of sizes is what `growth` draws.
    let run = json!({"rows": rows, "load_average": hustings_bench::load_average(), "files": results});
    hustings_bench::keep("bench/import.json", "rows", run)
}

fn list(folder: &Path) -> Result<App, Box<dyn Error>> {
    Ok(init(InitJob {
        folder,
        root: &RootSecret::data_key([1; 32]),
        cost: Argon2Cost::default(),
        charter: include_str!("../../../docs/charter.example.toml"),
        clock: Arc::new(SystemClock),
        chance: Arc::new(SystemChance),
        demo: false,
    })?)
}

fn run(app: &App, file: &Path) -> Result<ImportReport, Box<dyn Error>> {
    Ok(import(app, &Actor::operator(), &ImportJob { again: true, ..ImportJob::new(file) }, &mut |_| {})?)
}

fn write_clean(path: &Path, rows: u32) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(
        file,
        "email,first_name,last_name,mobile_number,address,city,zip,ocd_division,issues,email_opt_in,hear_appeals,\
         volunteer_appeals,tags,signed_on,comment"
    )?;
    for n in 0..rows {
        // A step that is prime to the range spreads the addresses as an unsorted file does.
        let mixed = u64::from(n) * 2_654_435_761 % 10_000_000_019;
        writeln!(
            file,
            "person{mixed}@example.org,Given{n},Family{},802{:07},{n} Main Street,Burlington,05401,\
             ocd-division/country:us/state:vt/sldl:chittenden-13,housing;climate,yes,yes,,volunteer,2026-05-01,hello",
            n % 5_000,
            2_000_000 + n % 7_999_999
        )?;
    }
    file.flush()
}
