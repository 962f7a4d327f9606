//! Bombs are refused by ratio and by size, and no bytes stop the reader of a zip.

use super::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use std::io::Write as _;

fn file(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("list.csv.gz");
    std::fs::write(&path, bytes).unwrap();
    (dir, path)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

#[test]
fn what_unpacks_to_too_much_is_a_bomb_by_ratio_and_by_size() {
    let text = "a\n".repeat(100_000);
    let (_dir, path) = file(&gzip(text.as_bytes()));
    let found = Contents::of(&path, None).unwrap();
    let contents = found.only_one().unwrap();
    assert_eq!((contents.stem().as_str(), contents.name().as_str()), ("list", "list.csv.gz"));
    let read = |limits| contents.open_within(limits).unwrap().read_to_end(&mut Vec::new());
    assert_eq!(read(LIMITS).unwrap(), text.len());
    for limits in [Limits { bytes: 100_000, ..LIMITS }, Limits { ratio: 100, small: 1_000, ..LIMITS }] {
        let refusal = contents.unreadable(&read(limits).unwrap_err());
        assert_eq!(refusal.code, "import.bomb");
    }
}

proptest! {
    #[test]
    fn no_bytes_stop_the_reader_of_a_zip(mut bytes in prop::collection::vec(any::<u8>(), 0..200), end in any::<[u8; 18]>()) {
        bytes.splice(0..0, *b"PK\x03\x04");
        bytes.extend(b"PK\x05\x06");
        bytes.extend(end);
        let (_dir, path) = file(&bytes);
        if let Ok(found) = Contents::of(&path, None) {
            for contents in found.tables {
                drop(contents.open().map(|mut reader| reader.read_to_end(&mut Vec::new())));
            }
        }
    }
}
