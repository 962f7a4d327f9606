//! The reject file: the one place where rows that were not taken stand, for the steward to mend. It is written
//! beside the data, for its owner's eyes alone, and opens harmlessly in a spreadsheet.

use super::report::RejectReason;
use crate::refusal::{Refusal, Result};
use csv::StringRecord;
use std::fs::{File, OpenOptions};
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
}

impl RejectFile {
    pub(super) fn new(folder: &Path, id: Uuid, header: &[String]) -> Self {
        let path = folder.join("imports").join(format!("{id}-rejects.csv"));
        Self { path, header: header.to_vec(), writer: None }
    }

    pub(super) fn write(&mut self, rejects: &[Reject]) -> Result<()> {
        if rejects.is_empty() {
            return Ok(());
        }
        let failed =
            |error: std::io::Error| Refusal::internal("the reject file could not be written").because(error);
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => self.open().map_err(failed)?,
        };
        for reject in rejects {
            let line = reject.line.to_string();
            let cells = [line.as_str(), reject.reason.words()].map(str::to_owned);
            let row = cells.into_iter().chain(reject.row.iter().map(harmless));
            writer.write_record(row).map_err(|error| failed(error.into()))?;
        }
        writer.flush().map_err(failed)?;
        self.writer = Some(writer);
        Ok(())
    }

    /// The file, if anything was rejected.
    pub(super) fn finish(self) -> Result<Option<PathBuf>> {
        let Some(writer) = self.writer else { return Ok(None) };
        let synced =
            writer.into_inner().map_err(csv::IntoInnerError::into_error).and_then(|file| file.sync_all());
        synced.map_err(|error| Refusal::internal("the reject file could not be written").because(error))?;
        Ok(Some(self.path))
    }

    fn open(&self) -> std::io::Result<csv::Writer<File>> {
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(options.open(&self.path)?);
        let names = ["line".to_owned(), "reason".to_owned()].into_iter();
        writer.write_record(names.chain(self.header.iter().map(|name| harmless(name))))?;
        Ok(writer)
    }
}

/// A cell that no spreadsheet runs: what looks like a formula gets an apostrophe in front.
fn harmless(cell: &str) -> String {
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
