//! The reject file: the one place where rows that were not taken stand, for the steward to mend. It is written
//! beside the data, for its owner's eyes alone, and opens harmlessly in a spreadsheet.

use super::report::RejectReason;
use crate::refusal::{Refusal, Result};
use csv::StringRecord;
use std::fs::{File, OpenOptions};
use std::io::{Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// A row that was not taken.
#[derive(Debug)]
pub(super) struct Reject {
    pub(super) line: u64,
    pub(super) reason: RejectReason,
    pub(super) row: StringRecord,
}

/// Opens its file with the first reject, if there is one.
#[derive(Debug)]
pub(super) struct RejectFile {
    path: PathBuf,
    header: Vec<String>,
    writer: Option<csv::Writer<File>>,
    /// How long the file is.
    bytes: u64,
}

impl RejectFile {
    pub(super) fn new(folder: &Path, id: Uuid, header: &[String]) -> Self {
        let path = folder.join("imports").join(format!("{id}-rejects.csv"));
        Self { path, header: header.to_vec(), writer: None, bytes: 0 }
    }

    /// Its name in the folder of reject files.
    pub(super) fn name(&self) -> Option<String> {
        self.path.file_name().and_then(|name| name.to_str()).map(str::to_owned)
    }

    /// Goes on with the file of an import that was paused or killed, which was `bytes` long when its last batch was
    /// kept: what stands after that is of rows that come again. False when that file is not here and a new one is begun,
    /// as is done where processes elsewhere work on the list too, under the epoch of this one.
    pub(super) fn go_on(
        &mut self,
        id: Uuid,
        name: Option<&str>,
        bytes: u64,
        among_others: Option<u64>,
    ) -> Result<bool> {
        self.path.set_file_name(name.map_or_else(|| format!("{id}-rejects.csv"), str::to_owned));
        let mut options = OpenOptions::new();
        let opened = options.write(true).open(&self.path);
        match opened {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && bytes == 0 => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && among_others.is_some() => {
                let epoch = among_others.unwrap_or_default();
                self.path.set_file_name(format!("{id}-{epoch}-rejects.csv"));
                Ok(false)
            }
            Ok(mut file) if file.metadata().is_ok_and(|kept| kept.len() >= bytes) => {
                if bytes == 0 {
                    drop(file);
                    return std::fs::remove_file(&self.path).map_err(|error| failed(&error)).map(|()| true);
                }
                file.set_len(bytes)
                    .and_then(|()| file.seek(SeekFrom::End(0)))
                    .map_err(|error| failed(&error))?;
                self.writer = Some(csv::WriterBuilder::new().flexible(true).from_writer(file));
                self.bytes = bytes;
                Ok(true)
            }
            _ => Err(Refusal::conflict(
                "import.rejects-gone",
                "the reject file of the import that would go on here is gone or cut short",
            )
            .hint("put it back, or go through the whole file once more with --again")),
        }
    }

    /// Writes rejects, on the disk when it comes back; how long the file is then.
    pub(super) fn write(&mut self, rejects: &[Reject]) -> Result<u64> {
        if rejects.is_empty() {
            return Ok(self.bytes);
        }
        let fresh = self.writer.is_none();
        let written = self.add(rejects);
        if written.is_err() && fresh && self.bytes == 0 {
            // Half a file of an import that never began would be kept by nobody; what matters is to say why it is half.
            drop(std::fs::remove_file(&self.path));
        }
        written
    }

    fn add(&mut self, rejects: &[Reject]) -> Result<u64> {
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => self.open().map_err(|error| failed(&error))?,
        };
        for reject in rejects {
            let line = reject.line.to_string();
            let cells = [line.as_str(), reject.reason.words()].map(str::to_owned);
            let row = cells.into_iter().chain(reject.row.iter().map(harmless));
            writer.write_record(row).map_err(|error| failed(&error.into()))?;
        }
        writer.flush().map_err(|error| failed(&error))?;
        self.bytes = writer
            .get_ref()
            .sync_data()
            .and_then(|()| writer.get_ref().metadata())
            .map_err(|error| failed(&error))?
            .len();
        self.writer = Some(writer);
        Ok(self.bytes)
    }

    /// The file, if anything was rejected.
    pub(super) fn finish(self) -> Result<Option<PathBuf>> {
        let Some(writer) = self.writer else { return Ok(None) };
        let synced =
            writer.into_inner().map_err(csv::IntoInnerError::into_error).and_then(|file| file.sync_all());
        synced.map_err(|error| failed(&error))?;
        Ok(Some(self.path))
    }

    fn open(&self) -> std::io::Result<csv::Writer<File>> {
        begin(&self.path, self.header.iter().map(String::as_str))
    }
}

/// A new reject file for rows with these columns, for its owner's eyes alone.
pub(in crate::people) fn begin<'a>(
    path: &Path,
    columns: impl Iterator<Item = &'a str>,
) -> std::io::Result<csv::Writer<File>> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(options.open(path)?);
    let names = ["line".to_owned(), "reason".to_owned()].into_iter();
    writer.write_record(names.chain(columns.map(harmless)))?;
    Ok(writer)
}

/// Why a reject file is not whole.
pub(in crate::people) fn failed(error: &std::io::Error) -> Refusal {
    Refusal::of_file("the reject file could not be written", error)
}

/// A cell that no spreadsheet runs: what looks like a formula gets an apostrophe in front.
pub(in crate::people) fn harmless(cell: &str) -> String {
    if cell.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r']) || cell.starts_with(['\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn formulas_are_text() {
        for cell in ["=1+1", "+1", "-2+3", "@SUM(1)", "\t=1", " =1"] {
            assert_eq!(harmless(cell), format!("'{cell}"));
        }
        assert_eq!(harmless("ann@example.org"), "ann@example.org");
    }
}
