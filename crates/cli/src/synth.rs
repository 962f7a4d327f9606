//! A movement's messy files, made up from a seed: what an import meets in the field, with the truth beside it.
//! Nobody in them exists: addresses end in reserved domains, and nothing here reads a real list.

mod donors;
mod draw;
mod leak;
mod mess;
mod names;
mod newsletter;
pub mod people;
mod person;
mod petition;
mod places;
mod statements;
mod suppression;
mod truth;

pub use leak::{LeakPlan, make_leak};
pub use places::{DISTRICTS, ISSUES, STATE};
pub use truth::{Counts, DistrictTruth, Truth};

use jiff::civil::Date;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// The domains of every made-up address, for a mailbox provider that takes mail for them.
pub fn mail_domains() -> Vec<String> {
    person::DOMAINS.iter().map(|(_, domain)| (*domain).to_owned()).collect()
}

/// How many people to make up, from which seed, seen from which day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Distinct humans; the files have about 1.4 times as many rows.
    pub people: u32,
    /// The same seed writes the same bytes.
    pub seed: u64,
    /// The day of the story: every date in the files lies before it.
    pub today: Date,
}

/// One file written, and what an import must say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its rows, as counted by a reader of CSV: no header, no empty lines.
    pub rows: u32,
    /// Rows with too many or too few columns; each repeats a person who has a good row.
    pub wrong_width: u32,
    /// Rows of separators only.
    pub blank: u32,
    /// Rows whose address cannot be mended.
    pub broken_addresses: u32,
}

/// What [`write()`] left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The files, in the order in which a careful person imports them: stops first.
    pub files: Vec<WrittenFile>,
    /// What must be known after all of them are in, whatever the order was.
    pub truth: Truth,
}

/// Writes `areas.csv`, `suppression.csv`, `newsletter-export.csv`, `petition-2025.csv` and `donors.csv` into `dir`.
///
/// Streamed: memory does not grow with the number of people. Existing files of these names are replaced.
/// Errors: those of the file system.
pub fn write(dir: &Path, plan: &Plan) -> io::Result<Written> {
    Ok(Written { files: write_files(dir, plan, &mut |_, _| {})?, truth: Truth::of(plan) })
}

/// The names of the files.
pub const FILES: [&str; 5] =
    ["areas.csv", "suppression.csv", "newsletter-export.csv", "petition-2025.csv", "donors.csv"];

/// Writes the same files; `step` hears which one is being written, and of every mebibyte of it.
pub fn write_files(dir: &Path, plan: &Plan, step: Step<'_>) -> io::Result<Vec<WrittenFile>> {
    std::fs::create_dir_all(dir)?;
    let [areas, stops, newsletter, petition, donors] = FILES;
    Ok(vec![
        write_file(dir, areas, step, |out| places::write(out))?,
        write_file(dir, stops, step, |out| suppression::write(out, plan))?,
        write_file(dir, newsletter, step, |out| newsletter::write(out, plan))?,
        write_file(dir, petition, step, |out| petition::write(out, plan))?,
        write_file(dir, donors, step, |out| donors::write(out, plan))?,
    ])
}

/// Hears the name of a file and how many bytes of it have been added.
pub type Step<'s> = &'s mut dyn FnMut(&str, u64);

/// A file that says how it grows.
struct Growing<'s, 'n> {
    file: File,
    name: &'n str,
    step: Step<'s>,
    unsaid: u64,
}

impl Write for Growing<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.unsaid += written as u64;
        if self.unsaid >= 1 << 20 {
            (self.step)(self.name, std::mem::take(&mut self.unsaid));
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        (self.step)(self.name, std::mem::take(&mut self.unsaid));
        self.file.flush()
    }
}

/// What a writer counted while it wrote.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    rows: u32,
    wrong_width: u32,
    blank: u32,
    broken_addresses: u32,
}

fn write_file(
    dir: &Path,
    name: &str,
    step: Step<'_>,
    write: impl FnOnce(&mut BufWriter<Growing<'_, '_>>) -> io::Result<Tally>,
) -> io::Result<WrittenFile> {
    let path = dir.join(name);
    let file = Growing { file: File::create(&path)?, name, step, unsaid: 0 };
    let mut out = BufWriter::with_capacity(1 << 18, file);
    let tally = write(&mut out)?;
    out.flush()?;
    let Tally { rows, wrong_width, blank, broken_addresses } = tally;
    Ok(WrittenFile { path, rows, wrong_width, blank, broken_addresses })
}

#[cfg(test)]
mod tests;
