//! The little of a file system that publishing, witnessing and following need, apart so that tests can make it fail
//! in the middle.

use crate::checkpoint::MAX_NOTE_BYTES;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// The one temporary file: whatever is being written, until it is whole. A crash may leave it; it means nothing.
pub const TEMPORARY_FILE: &str = ".publishing";

/// Where a program of the ledger writes. Paths lie below one folder and use `/`.
pub(crate) trait Disk: Send + std::fmt::Debug {
    /// A small file's bytes, or nothing if there is none.
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>>;
    /// Makes the file hold `bytes`, all at once: a reader, or a crash, sees the old file or the new one.
    fn put(&mut self, path: &str, bytes: &[u8]) -> io::Result<()>;
    /// Returns when all that was put outlasts a loss of power.
    fn sync(&mut self) -> io::Result<()>;
    /// Removes a folder and what is in it, if it is there.
    fn remove_folder(&mut self, path: &str) -> io::Result<()>;
}

/// A real folder.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    /// Folders whose lists of names changed since the last sync.
    changed: BTreeSet<PathBuf>,
}

impl Folder {
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), changed: BTreeSet::new() }
    }
}

impl Disk for Folder {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        let file = match File::open(self.root.join(path)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut bytes = Vec::new();
        file.take(u64::try_from(MAX_NOTE_BYTES + 1).unwrap_or(u64::MAX)).read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }

    fn put(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let target = self.root.join(path);
        let parent = target.parent().unwrap_or(&self.root);
        fs::create_dir_all(parent)?;
        let temporary = self.root.join(TEMPORARY_FILE);
        let mut file = File::create(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        drop(file);
        fs::rename(&temporary, &target)?;
        let folders = parent.ancestors().take_while(|folder| folder.starts_with(&self.root));
        self.changed.extend(folders.map(Path::to_path_buf));
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        while let Some(folder) = self.changed.pop_last() {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }

    fn remove_folder(&mut self, path: &str) -> io::Result<()> {
        match fs::remove_dir_all(self.root.join(path)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}
