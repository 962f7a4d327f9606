//! Where a follower keeps what it knows, and the evidence of a fork: a small folder, each file whole or not there.

use super::{Fork, Known};
use crate::checkpoint::VerifierKey;
use crate::disk::{Disk, Folder};
use std::io;
use std::path::{Path, PathBuf};

/// The file of the newest proven checkpoint.
const KNOWN_FILE: &str = "known";
/// The most pieces of evidence that are kept: a log that lies at every look shall not fill the disk.
const MOST_EVIDENCE: usize = 100;

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum NotebookError {
    /// What is in it is not of this log, or was damaged.
    #[error("`{0}` is damaged, or of another log: it does not hold a checkpoint that this key signed")]
    NotOfLog(PathBuf),
    /// It cannot be read or written.
    #[error("`{path}` cannot be read or written: {source}")]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// A follower's folder, for one log.
#[derive(Debug)]
pub struct Notebook {
    folder: PathBuf,
    disk: Box<dyn Disk>,
}

impl Notebook {
    /// The folder, made if it is not there.
    pub fn open(folder: &Path) -> Result<Self, NotebookError> {
        std::fs::create_dir_all(folder)
            .map_err(|source| NotebookError::Disk { path: folder.to_owned(), source })?;
        Ok(Self { folder: folder.to_owned(), disk: Box::new(Folder::new(folder)) })
    }

    /// What is known; nothing before the first look.
    pub fn known(&self, key: &VerifierKey) -> Result<Option<Known>, NotebookError> {
        let path = self.folder.join(KNOWN_FILE);
        let bytes = self
            .disk
            .read(KNOWN_FILE)
            .map_err(|source| NotebookError::Disk { path: path.clone(), source })?;
        let Some(bytes) = bytes else { return Ok(None) };
        let known = String::from_utf8(bytes).ok().and_then(|text| Known::parse(&text, key));
        known.map(Some).ok_or(NotebookError::NotOfLog(path))
    }

    /// Keeps what is known from now on.
    pub fn keep(&mut self, known: &Known) -> Result<(), NotebookError> {
        let put = self.disk.put(KNOWN_FILE, known.to_text().as_bytes()).and_then(|()| self.disk.sync());
        put.map_err(|source| NotebookError::Disk { path: self.folder.join(KNOWN_FILE), source })
    }

    /// Keeps both signed checkpoints of a fork and gives the folder that holds them.
    pub fn keep_fork(&mut self, fork: &Fork) -> Result<PathBuf, NotebookError> {
        let mut name = String::new();
        for number in 0..MOST_EVIDENCE {
            name = format!("fork-{number}");
            let later = format!("{name}/later");
            let path = self.folder.join(&later);
            let disk = |source| NotebookError::Disk { path, source };
            match self.disk.read(&later).map_err(disk)? {
                Some(kept) if kept == fork.later_note.as_bytes() => break,
                Some(_) => {}
                None => {
                    let earlier = self.disk.put(&format!("{name}/earlier"), fork.earlier_note.as_bytes());
                    let put = earlier
                        .and_then(|()| self.disk.put(&later, fork.later_note.as_bytes()))
                        .and_then(|()| self.disk.sync());
                    let path = self.folder.join(&name);
                    put.map_err(|source| NotebookError::Disk { path, source })?;
                    break;
                }
            }
        }
        Ok(self.folder.join(name))
    }
}
