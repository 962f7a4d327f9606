//! Whatever is changed in a served folder is found, and the file is named.

use crate::{checkpoint_of, log_of, note_of, signer};
use hustings_ledger::verify::{Blame, Report, VerifyError, verify_dir};
use hustings_ledger::{Checkpoint, MemoryLog, SignerKey, publish, tree};
use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn published(sizes: &[u64]) -> (MemoryLog, TempDir) {
    let log = log_of(*sizes.last().unwrap());
    let dir = tempfile::tempdir().unwrap();
    for size in sizes {
        publish(dir.path(), &log, &note_of(&log, *size)).unwrap();
    }
    (log, dir)
}

fn verify(dir: &Path) -> Result<Report, VerifyError> {
    verify_dir(dir, signer().verifier(), None)
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for child in fs::read_dir(dir).unwrap() {
        let path = child.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// Writes in place: some file systems wait for the disk when a file is written anew.
fn set_byte(file: &Path, at: usize, byte: u8) {
    let mut file = fs::File::options().write(true).open(file).unwrap();
    file.seek(SeekFrom::Start(at as u64)).unwrap();
    file.write_all(&[byte]).unwrap();
}

/// Flips a bit of every byte of every file that `wanted` picks; each time the error must name that file.
fn flip_every_byte(dir: &Path, wanted: impl Fn(&str) -> bool) -> usize {
    let mut flipped = 0;
    for file in files(dir) {
        let name = file.strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
        if !wanted(&name) {
            continue;
        }
        let whole = fs::read(&file).unwrap();
        for (at, byte) in whole.into_iter().enumerate() {
            set_byte(&file, at, byte ^ (1 << (at % 8)));
            let error = verify(dir).expect_err(&format!("byte {at} of {name}"));
            assert_eq!(error.file(), name, "byte {at}: {error}");
            assert!(error.to_string().contains(&format!("`{name}`")), "byte {at}: {error}");
            match &error {
                VerifyError::Entry { blame: Blame::Tile, tile_bytes: place, .. } => {
                    assert!(place.contains(&at));
                }
                VerifyError::Entry { blame: Blame::Entry, bundle_bytes: place, .. } => {
                    assert!(place.start <= at, "byte {at}: {error}");
                }
                VerifyError::Upper { bytes: place, .. } => assert!(place.contains(&at)),
                VerifyError::Differs { byte, .. } => assert_eq!(*byte, at),
                VerifyError::Damaged { .. } | VerifyError::Checkpoint(_) | VerifyError::NotText { .. } => {}
                other => panic!("byte {at} of {name}: {other}"),
            }
            set_byte(&file, at, byte);
            flipped += 1;
        }
    }
    verify(dir).unwrap();
    flipped
}

// The folder of the next three tests: a full and two partial tiles of entries' hashes, one of them from an earlier
// checkpoint, and an upper tile.
const SIZES: [u64; 3] = [100, 258, 260];

#[test]
fn every_flipped_byte_in_entries_and_checkpoint_is_found() {
    let (_, dir) = published(&SIZES);
    let report = verify(dir.path()).unwrap();
    assert_eq!((report.tiles, report.earlier_tiles, report.tiles_beyond), (5, 2, 0));
    let flipped =
        flip_every_byte(dir.path(), |name| name == "checkpoint" || name.starts_with("tile/entries/"));
    assert!(flipped > 1500, "{flipped}");
}

#[test]
fn every_flipped_byte_in_hashes_is_found() {
    let (_, dir) = published(&SIZES);
    let flipped =
        flip_every_byte(dir.path(), |name| name.starts_with("tile/0") || name.starts_with("tile/1"));
    assert_eq!(flipped, 32 * (256 + 2 + 4 + 1));
}

#[test]
fn every_bit_of_the_checkpoint_counts() {
    let (_, dir) = published(&[5]);
    let file = dir.path().join("checkpoint");
    let whole = fs::read(&file).unwrap();
    for bit in 0..whole.len() * 8 {
        let (at, byte) = (bit / 8, whole[bit / 8]);
        set_byte(&file, at, byte ^ (1 << (bit % 8)));
        assert_eq!(verify(dir.path()).expect_err(&format!("bit {bit}")).file(), "checkpoint");
        set_byte(&file, at, byte);
    }
}

#[test]
fn every_file_removed_cut_or_lengthened_is_found() {
    let (_, dir) = published(&[515]);
    for file in files(dir.path()) {
        let name = file.strip_prefix(dir.path()).unwrap().to_str().unwrap().to_owned();
        let whole = fs::read(&file).unwrap();
        fs::remove_file(&file).unwrap();
        let error = verify(dir.path()).unwrap_err();
        assert_eq!(error.to_string(), format!("`{name}` is missing"));
        let changes = [
            vec![],
            whole[..whole.len() - 1].to_vec(),
            [&whole, b"x".as_slice()].concat(),
            [&whole[..], &whole].concat(),
        ];
        for changed in changes {
            fs::write(&file, &changed).unwrap();
            let error = verify(dir.path()).expect_err(&format!("{name} with {} bytes", changed.len()));
            assert_eq!(error.file(), name, "{error}");
        }
        fs::write(&file, &whole).unwrap();
    }
    verify(dir.path()).unwrap();
}

#[test]
fn the_place_of_a_change_is_told() {
    let (_, dir) = published(&[20]);
    let bundle = dir.path().join("tile/entries/000.p/20");
    let changed = String::from_utf8(fs::read(&bundle).unwrap()).unwrap().replace("e17", "f17");
    fs::write(&bundle, changed).unwrap();
    assert_eq!(
        verify(dir.path()).unwrap_err().to_string(),
        "entry 17 in `tile/entries/000.p/20` (bytes 75..80) does not hash to what `tile/0/000.p/20` records \
         (bytes 544..576): the signed root agrees with the tile, so the entry was changed"
    );
}

#[test]
fn a_change_carried_through_to_the_tiles_meets_the_signature() {
    let (log, dir) = published(&[20]);
    let mut forged = MemoryLog::new();
    for index in 0..20 {
        forged.push(if index == 3 { b"forged".to_vec() } else { crate::entry(index) }).unwrap();
    }
    let note = fs::read(dir.path().join("checkpoint")).unwrap();
    fs::remove_file(dir.path().join("checkpoint")).unwrap();
    publish(dir.path(), &forged, &note_of(&forged, 20)).unwrap();
    fs::write(dir.path().join("checkpoint"), note).unwrap();
    let error = verify(dir.path()).unwrap_err();
    let signed_root = tree::root(20, &log).unwrap();
    assert!(
        matches!(error, VerifyError::OtherRoot { size: 20, signed, .. } if signed == signed_root),
        "{error}"
    );
}

#[test]
fn a_log_continues_what_was_seen_or_is_refused() {
    let (log, dir) = published(&[300]);
    let against = |earlier: &Checkpoint| verify_dir(dir.path(), signer().verifier(), Some(earlier));
    for size in [0, 1, 255, 256, 257, 299, 300] {
        assert_eq!(against(&checkpoint_of(&log, size)).unwrap().continues, Some(size));
        let root = hustings_ledger::hash::leaf_hash(b"another history");
        let rewritten = against(&Checkpoint { root, ..checkpoint_of(&log, size) });
        assert!(matches!(rewritten, Err(VerifyError::NotContinued { .. })), "{size}");
    }
    let longer = Checkpoint { size: 301, ..checkpoint_of(&log, 300) };
    assert!(matches!(against(&longer), Err(VerifyError::NotContinued { now: 300, earlier: 301, .. })));
    let foreign = Checkpoint { origin: "example.net/other".into(), ..checkpoint_of(&log, 300) };
    assert!(matches!(against(&foreign), Err(VerifyError::NotContinued { .. })));
}

#[test]
fn only_the_logs_own_key_counts() {
    let (_, dir) = published(&[3]);
    let stranger = SignerKey::from_seed(crate::NAME, [1; 32]).unwrap();
    let outcome = verify_dir(dir.path(), stranger.verifier(), None);
    assert!(matches!(outcome, Err(VerifyError::Checkpoint(_))));
}

#[test]
fn files_that_are_no_tiles_are_refused_among_them_and_listed_beside() {
    let (_, dir) = published(&[3]);
    fs::write(dir.path().join("index.html"), "hello").unwrap();
    fs::write(dir.path().join(".publishing"), "half").unwrap();
    fs::create_dir(dir.path().join("old")).unwrap();
    assert_eq!(verify(dir.path()).unwrap().not_covered, ["index.html", "old"]);
    for stray in ["tile/0/zero", "tile/entries/0", "tile/0/000.p/03", "tile/note"] {
        fs::write(dir.path().join(stray), "").unwrap();
        let error = verify(dir.path()).unwrap_err();
        assert!(matches!(&error, VerifyError::Unexpected { path } if path == stray), "{error}");
        fs::remove_file(dir.path().join(stray)).unwrap();
    }
    verify(dir.path()).unwrap();
}

#[test]
fn tiles_beyond_the_checkpoint_are_counted_and_must_agree_below_it() {
    let (log, dir) = published(&[200]);
    let note = fs::read(dir.path().join("checkpoint")).unwrap();
    let mut grown = log;
    (200..600).for_each(|index| assert_eq!(grown.push(crate::entry(index)).unwrap(), index));
    let partials: Vec<_> =
        files(dir.path()).into_iter().map(|file| (fs::read(&file).unwrap(), file)).collect();
    publish(dir.path(), &grown, &note_of(&grown, 600)).unwrap();
    fs::write(dir.path().join("checkpoint"), &note).unwrap();
    let report = verify(dir.path()).unwrap();
    assert_eq!(
        (report.checkpoint.size, report.tiles_beyond),
        (200, 7),
        "full tiles stand in for partial ones"
    );
    for (bytes, file) in partials {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }
    assert_eq!(verify(dir.path()).unwrap().tiles_beyond, 7);
    let full = dir.path().join("tile/0/000");
    let mut changed = fs::read(&full).unwrap();
    changed[199 * 32] ^= 1;
    fs::write(full, changed).unwrap();
    let error = verify(dir.path()).unwrap_err();
    assert!(
        matches!(&error, VerifyError::Differs { path, byte: 6368, .. } if path == "tile/0/000"),
        "{error}"
    );
}

#[test]
fn an_empty_log_and_a_missing_folder() {
    let (_, dir) = published(&[0]);
    assert_eq!(verify(dir.path()).unwrap().tiles, 0);
    assert_eq!(verify(&dir.path().join("nowhere")).unwrap_err().to_string(), "`checkpoint` is missing");
}
