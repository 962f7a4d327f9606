//! The index on disk: a magic, a version, then sections in a fixed order, each with its length and CRC-32.
//! The file is derived, so anything doubtful is refused and the caller builds the index again.

mod bytes;
mod read;
mod write;

use super::Index;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;

const MAGIC: &[u8; 8] = b"HUSTAUD\n";
const VERSION: u32 = 3;

/// Why an index file was not written or is not used.
#[derive(Debug, thiserror::Error)]
pub enum IndexFileError {
    /// The file system said no.
    #[error("the audience index file cannot be read or written")]
    Io(#[from] std::io::Error),
    /// It is some other file.
    #[error("the file is not an audience index")]
    NotAnIndex,
    /// Written by another version.
    #[error(
        "the audience index file has version {found} and this program reads version {VERSION}: build the index again"
    )]
    OtherVersion {
        /// The version in the file.
        found: u32,
    },
    /// It ends too early.
    #[error("the audience index file ends inside section {section}: build the index again")]
    Torn {
        /// Which section, counted from 1.
        section: u8,
    },
    /// A checksum or the content is wrong.
    #[error("section {section} of the audience index file is damaged: build the index again")]
    Damaged {
        /// Which section, counted from 1.
        section: u8,
    },
}

pub(super) fn save(index: &Index, path: &Path) -> Result<(), IndexFileError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = path.with_file_name(name);
    let mut file = BufWriter::with_capacity(1 << 18, File::create(&beside)?);
    write::write(index, &mut file)?;
    file.flush()?;
    file.get_ref().sync_all()?;
    drop(file);
    std::fs::rename(&beside, path)?;
    // The rename itself lasts once the directory is synced; where directories cannot be opened it is best effort.
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Ok(directory) = File::open(directory) {
        directory.sync_all()?;
    }
    Ok(())
}

pub(super) fn load(path: &Path) -> Result<Index, IndexFileError> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    read::read(BufReader::with_capacity(1 << 18, file), length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hustings_domain::facts::Profile;
    use hustings_domain::ids::Ordinal;

    fn written() -> Vec<u8> {
        let profiles = (0..700).map(|ordinal| Profile {
            ordinal: Ordinal(ordinal),
            joined: jiff::civil::date(2020, 1, 1 + i8::try_from(ordinal % 28).unwrap()),
            facts: Vec::new(),
            consents: Vec::new(),
            gifts: Vec::new(),
        });
        let mut bytes = Vec::new();
        write::write(&Index::build(profiles), &mut bytes).unwrap();
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Index, IndexFileError> {
        read::read(bytes, bytes.len() as u64)
    }

    #[test]
    fn a_file_cut_anywhere_is_refused() {
        let bytes = written();
        assert_eq!(read(&bytes).unwrap().len(), 700);
        for cut in (0..bytes.len()).step_by(7).chain([bytes.len() - 1]) {
            assert!(read(&bytes[..cut]).is_err(), "cut at {cut}");
        }
        let mut longer = bytes;
        longer.push(0);
        assert!(matches!(read(&longer), Err(IndexFileError::Damaged { .. })));
    }

    #[test]
    fn a_flipped_bit_anywhere_is_refused() {
        let bytes = written();
        for at in (0..bytes.len()).step_by(5) {
            let mut other = bytes.clone();
            other[at] ^= 0x10;
            assert!(read(&other).is_err(), "flipped at {at}");
        }
    }

    #[test]
    fn another_version_or_file_is_named_as_such() {
        let mut bytes = written();
        bytes[8] = 9;
        assert!(matches!(read(&bytes), Err(IndexFileError::OtherVersion { found: 9 })));
        assert!(matches!(read(b"%PDF-1.7 and more"), Err(IndexFileError::NotAnIndex)));
        assert!(matches!(read(b""), Err(IndexFileError::NotAnIndex)));
    }
}
