//! What a file is wrapped in: nothing, gzip, or a zip of tables. Unpacked as it is read, with limits, so that a small
//! file cannot keep the machine busy for days; nothing is ever unpacked to the disk.

mod zip;

use crate::refusal::{Refusal, Result};
use flate2::read::{DeflateDecoder, MultiGzDecoder};
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use zip::Member;

/// The endings of tables in a zip; everything else in it is passed over, and said.
const TABLES: [&str; 7] = ["csv", "tsv", "tab", "txt", "jsonl", "ndjson", "json"];

/// What a packed file may unpack to.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// The most bytes.
    bytes: u64,
    /// How many times its packed size, once it is larger than `small`. A list packs to a fifth, a made-up one of
    /// equal rows to a hundredth; zeros pack to a thousandth.
    ratio: u64,
    small: u64,
}

const LIMITS: Limits = Limits { bytes: 256 << 30, ratio: 250, small: 64 << 20 };

/// Where the bytes of one table are.
#[derive(Debug, Clone)]
pub(super) struct Contents {
    path: PathBuf,
    packed: Packed,
}

#[derive(Debug, Clone)]
enum Packed {
    Not,
    Gzip,
    Zip(Member),
}

/// The tables of a file, and what else a zip holds.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) tables: Vec<Contents>,
    pub(super) passed_over: Vec<String>,
}

impl Found {
    /// The one table, where one is meant.
    pub(super) fn only_one(&self) -> Result<&Contents> {
        match self.tables.as_slice() {
            [one] => Ok(one),
            several => {
                let names: Vec<String> = several.iter().map(Contents::name).take(20).collect();
                Err(Refusal::invalid("import.several-tables", "there are several tables in the zip")
                    .because(format!("it holds {}", names.join(", ")))
                    .hint("name one with --member"))
            }
        }
    }
}

impl Contents {
    /// Finds the tables of the file at `path`; of a zip, the one called `member` if it is named.
    pub(super) fn of(path: &Path, member: Option<&str>) -> Result<Found> {
        let mut file = open(path)?;
        let mut mark = Vec::new();
        (&mut file).take(4).read_to_end(&mut mark).map_err(|error| unreadable(path, &error))?;
        let packed = match mark.as_slice() {
            [0x1f, 0x8b, ..] => Packed::Gzip,
            [b'P', b'K', 3, 4] | [b'P', b'K', 5, 6] => return in_zip(path, &mut file, member),
            _ => Packed::Not,
        };
        if let Some(member) = member {
            return Err(Refusal::invalid(
                "import.no-member",
                format!("`{}` is no zip, so there is no `{member}` in it", path.display()),
            )
            .hint("leave --member away"));
        }
        Ok(Found { tables: vec![Self { path: path.to_owned(), packed }], passed_over: Vec::new() })
    }

    /// The table's own name, without folders and endings: its source, where none is named.
    pub(super) fn stem(&self) -> String {
        let name = match &self.packed {
            Packed::Zip(member) => PathBuf::from(&member.name),
            Packed::Gzip => PathBuf::from(self.path.file_stem().unwrap_or_default()),
            Packed::Not => self.path.clone(),
        };
        name.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
    }

    /// The file's name without its folder, and the member's in it.
    pub(super) fn name(&self) -> String {
        let file = self.path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        match &self.packed {
            Packed::Zip(member) => format!("{file}/{}", member.name),
            Packed::Not | Packed::Gzip => file,
        }
    }

    /// The word for what it is wrapped in.
    pub(super) fn wrapping(&self) -> Option<&'static str> {
        match &self.packed {
            Packed::Not => None,
            Packed::Gzip => Some("gzip"),
            Packed::Zip(_) => Some("zip"),
        }
    }

    /// The path as it was given, for messages.
    pub(super) fn display(&self) -> String {
        match &self.packed {
            Packed::Zip(member) => format!("{}/{}", self.path.display(), member.name),
            Packed::Not | Packed::Gzip => self.path.display().to_string(),
        }
    }

    /// Reads it from its beginning, unpacked.
    pub(super) fn open(&self) -> Result<Box<dyn Read + Send>> {
        self.open_within(LIMITS)
    }

    fn open_within(&self, limits: Limits) -> Result<Box<dyn Read + Send>> {
        let mut file = open(&self.path)?;
        let failed = |error: io::Error| self.unreadable(&error);
        Ok(match &self.packed {
            Packed::Not => Box::new(file),
            Packed::Gzip => {
                let packed = file.metadata().map_err(failed)?.len();
                Box::new(Bounded {
                    inner: MultiGzDecoder::new(file),
                    read: 0,
                    most: limits.most(packed),
                    limits,
                })
            }
            Packed::Zip(member) => {
                if member.bytes > limits.most(member.packed_bytes) {
                    return Err(self.unreadable(&io::Error::other(limits.broken_by(member.bytes))));
                }
                let at = zip::begins(&mut file, member).map_err(failed)?;
                file.seek(SeekFrom::Start(at)).map_err(failed)?;
                let bytes = file.take(member.packed_bytes);
                let bytes: Box<dyn Read + Send> =
                    if member.deflated { Box::new(DeflateDecoder::new(bytes)) } else { Box::new(bytes) };
                Box::new(zip::Checked::new(bytes, member))
            }
        })
    }

    /// Why it cannot be read.
    pub(super) fn unreadable(&self, error: &io::Error) -> Refusal {
        let broken = error.get_ref().and_then(|inner| inner.downcast_ref::<Broken>());
        match broken {
            Some(Broken::Bomb { .. }) => Refusal::invalid(
                "import.bomb",
                format!("`{}` unpacks to too much", self.display()),
            )
            .because(error)
            .hint("if it is what it should be, unpack it yourself and import that; nothing was imported"),
            _ if self.wrapping().is_some() => {
                Refusal::invalid("import.damaged", format!("`{}` is damaged or cut short", self.display()))
                    .because(error)
                    .hint("fetch or export it again; nothing was imported")
            }
            _ => unreadable(&self.path, error),
        }
    }
}

/// Why what comes out of a packed file is not believed.
#[derive(Debug)]
enum Broken {
    Bomb { bytes: u64, limits: Limits },
    Sum,
    Length,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bomb { bytes, limits } => write!(
                f,
                "{} MiB and more come out of it; at most {} GiB are taken, and at most {} times what it is packed",
                bytes >> 20,
                limits.bytes >> 30,
                limits.ratio
            ),
            Self::Sum => f.write_str("its checksum is another than the zip says"),
            Self::Length => f.write_str("it is longer or shorter than the zip says"),
        }
    }
}

impl std::error::Error for Broken {}

impl Limits {
    fn most(self, packed: u64) -> u64 {
        packed.saturating_mul(self.ratio).max(self.small).min(self.bytes)
    }

    fn broken_by(self, bytes: u64) -> Broken {
        Broken::Bomb { bytes, limits: self }
    }
}

/// Fails when more comes than may.
struct Bounded<R> {
    inner: R,
    read: u64,
    most: u64,
    limits: Limits,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        self.read += read as u64;
        if self.read > self.most {
            return Err(io::Error::other(self.limits.broken_by(self.read)));
        }
        Ok(read)
    }
}

fn in_zip(path: &Path, file: &mut File, wanted: Option<&str>) -> Result<Found> {
    let broken = |error: &io::Error| {
        Refusal::invalid("import.zip", format!("`{}` cannot be read as a zip", path.display()))
            .because(error)
            .hint("unpack it yourself and import the tables in it")
    };
    let members = zip::members(file).map_err(|error| broken(&error))?;
    if members.iter().any(|member| member.name == "xl/workbook.xml" || member.name == "content.xml") {
        return Err(Refusal::invalid("import.not-text", format!("`{}` is a spreadsheet", path.display()))
            .hint("save the sheet as CSV (UTF-8) and import that"));
    }
    let names = |members: &[Member]| members.iter().map(|member| member.name.clone()).collect::<Vec<_>>();
    let is_table = |member: &Member| match wanted {
        Some(wanted) => member.name == wanted,
        None => is_table(&member.name),
    };
    let (tables, others): (Vec<Member>, Vec<Member>) = members.into_iter().partition(is_table);
    if tables.is_empty() {
        let refusal = match wanted {
            Some(wanted) => Refusal::not_found(
                "import.no-member",
                format!("there is no `{wanted}` in `{}`", path.display()),
            ),
            None => {
                Refusal::invalid("import.no-member", format!("there is no table in `{}`", path.display()))
            }
        };
        let some: Vec<String> = names(&others).into_iter().take(20).collect();
        return Err(refusal.hint(format!("it holds {}: name one with --member", some.join(", "))));
    }
    if let Some(member) = tables.iter().find(|member| !member.readable) {
        return Err(Refusal::invalid(
            "import.zip",
            format!(
                "`{}` in `{}` is encrypted or packed in a way that is not known here",
                member.name,
                path.display()
            ),
        )
        .hint("unpack it yourself and import that"));
    }
    let passed_over = if wanted.is_some() { Vec::new() } else { names(&others) };
    let tables =
        tables.into_iter().map(|member| Contents { path: path.to_owned(), packed: Packed::Zip(member) });
    Ok(Found { tables: tables.collect(), passed_over })
}

/// Whether a member looks like a table: by its ending, and not what a Mac adds to every zip.
fn is_table(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    let ending = file.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    !name.starts_with("__MACOSX/")
        && !file.starts_with('.')
        && ending.is_some_and(|ending| TABLES.contains(&ending.as_str()))
}

fn open(path: &Path) -> Result<File> {
    let unknown = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => {
            Refusal::not_found("import.no-file", format!("there is no file `{}`", path.display()))
        }
        _ => unreadable(path, &error),
    };
    let kind = std::fs::metadata(path).map_err(unknown)?;
    if kind.is_dir() {
        return Err(Refusal::invalid("import.not-a-file", format!("`{}` is a folder", path.display()))
            .hint("import its files one by one, the stops first"));
    }
    if !kind.is_file() {
        return Err(Refusal::invalid("import.not-a-file", format!("`{}` is not a file", path.display()))
            .hint("it is read more than once: save it to disk first"));
    }
    File::open(path).map_err(unknown)
}

fn unreadable(path: &Path, error: &io::Error) -> Refusal {
    Refusal::invalid("import.unreadable", format!("`{}` cannot be read", path.display())).because(error)
}

#[cfg(test)]
mod tests;
