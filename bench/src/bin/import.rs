//! How many rows a second come in, from CSV to sealed, indexed, committed and findable:
//! `cargo run --release -p hustings-bench --bin import -- ROWS [--held PEOPLE] [--postgres] [--messy]`.
//!
//! The file is the bar's: new people, fifteen columns, one consent; then the same file again, row by row. `--held`
//! brings so many other people in first, `--postgres` puts the list on a private server, `--messy` adds the files of
//! the demo. What was measured replaces the same measurement in `bench/import.json`.

use hustings::synth::{Plan, write};
use hustings_app::App;
use hustings_app::folder::{init, init_on};
use hustings_app::people::import::{ImportJob, ImportReport, import};
use hustings_bench::{kept, load_average, new_list};
use hustings_domain::access::Actor;
use hustings_store::conformance::cluster;
use hustings_vault::RootSecret;
use serde_json::json;
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

const RESULTS: &str = "bench/import.json";
/// As many as hold the numbers of 32 million people.
const AREA_CODES: [&str; 4] = ["802", "603", "207", "518"];
const USAGE: &str = "say: import ROWS [--held PEOPLE] [--postgres] [--messy]";

/// What was asked for.
#[derive(Debug, Clone, Copy)]
struct Asked {
    rows: u32,
    held: u32,
    postgres: bool,
    messy: bool,
}

impl Asked {
    fn read() -> Result<Self, Box<dyn Error>> {
        let mut asked = Self { rows: 200_000, held: 0, postgres: false, messy: false };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            match word.as_str() {
                "--held" => asked.held = words.next().ok_or(USAGE)?.parse()?,
                "--postgres" => asked.postgres = true,
                "--messy" => asked.messy = true,
                rows => asked.rows = rows.parse().map_err(|_| USAGE)?,
            }
        }
        Ok(asked)
    }

    fn store(self) -> &'static str {
        if self.postgres { "postgres" } else { "sqlite" }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let asked = Asked::read()?;
    let folder = tempfile::tempdir()?;
    let app = list(&folder.path().join("clean"), asked.postgres)?;
    writeln!(
        std::io::stdout(),
        "{:<34} {:>10} {:>10} {:>12} {:>10}",
        "file",
        "rows",
        "seconds",
        "rows/s",
        "peak MiB"
    )?;
    if asked.held > 0 {
        let held = folder.path().join("held.csv");
        write_clean(&held, asked.rows, asked.held)?;
        say(asked, 0, "new people, 15 columns", &run(&app, &held)?)?;
        std::fs::remove_file(held)?;
    }
    let clean = folder.path().join("clean.csv");
    write_clean(&clean, 0, asked.rows)?;
    say(asked, asked.held, "new people, 15 columns", &run(&app, &clean)?)?;
    say(asked, asked.held, "the same file again", &run(&app, &clean)?)?;
    drop(app);
    if asked.messy {
        let app = list(&folder.path().join("messy"), asked.postgres)?;
        let today = jiff::civil::date(2026, 9, 7);
        let plan = Plan { people: asked.rows / 2, seed: 1, today };
        for file in write(&folder.path().join("files"), &plan)?.files {
            let name = file.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            say(asked, 0, &name, &run(&app, &file.path)?)?;
        }
    }
    Ok(())
}

/// Prints a line, and keeps it in place of the same measurement of before.
fn say(asked: Asked, held: u32, what: &str, report: &ImportReport) -> Result<(), Box<dyn Error>> {
    let (whole, part) = (report.elapsed_ms / 1_000, report.elapsed_ms % 1_000);
    let peak = peak_mib();
    writeln!(
        std::io::stdout(),
        "{what:<34} {:>10} {whole:>6}.{part:03} {:>12} {peak:>10}",
        report.lines,
        report.rate()
    )?;
    let mut kept = kept(Path::new(RESULTS))?;
    let (rows, rate) = (report.lines, report.rate());
    kept.retain(|old| {
        (&old["store"], &old["file"], &old["held"], &old["rows"])
            != (&json!(asked.store()), &json!(what), &json!(held), &json!(rows))
    });
    kept.push(
        json!({"store": asked.store(), "file": what, "held": held, "rows": rows, "ms": report.elapsed_ms,
        "rows_per_second": rate, "peak_mib": peak, "load_average": load_average()}),
    );
    Ok(std::fs::write(RESULTS, serde_json::to_string_pretty(&kept)? + "\n")?)
}

/// The most memory that this process has had at once; 0 where the system does not say.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn list(folder: &Path, postgres: bool) -> Result<App, Box<dyn Error>> {
    let root = RootSecret::data_key([1; 32]);
    let job = new_list(folder, &root);
    if !postgres {
        return Ok(init(job)?);
    }
    let cluster =
        cluster::shared().ok_or("there is no PostgreSQL on this machine: apt-get install postgresql")?;
    Ok(init_on(job, &cluster.new_database())?)
}

fn run(app: &App, file: &Path) -> Result<ImportReport, Box<dyn Error>> {
    Ok(import(app, &Actor::operator(), &ImportJob { again: true, ..ImportJob::new(file) }, &mut |_| {})?)
}

fn write_clean(path: &Path, first: u32, rows: u32) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(
        file,
        "email,first_name,last_name,mobile_number,address,city,zip,ocd_division,issues,hear_appeals,birth_year,tags,\
         member_number,signed_on,comment"
    )?;
    for n in first..first + rows {
        // A step that is prime to the range spreads the addresses as an unsorted file does.
        let mixed = u64::from(n) * 2_654_435_761 % 10_000_000_019;
        writeln!(
            file,
            "person{mixed}@example.org,Given{n},Family{},{}{:07},{n} Main Street,Burlington,05401,\
             ocd-division/country:us/state:vt/sldl:chittenden-13,housing;climate,yes,{},volunteer,{n},2026-05-01,hello",
            n % 5_000,
            AREA_CODES.get(usize::try_from(n / 7_999_999).unwrap_or(0)).unwrap_or(&"802"),
            2_000_000 + n % 7_999_999,
            1930 + n % 75
        )?;
    }
    file.flush()
}
