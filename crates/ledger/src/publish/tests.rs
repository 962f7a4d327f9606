//! Publishing cut off at every step leaves a folder that holds, and doing it again brings it up to date.

use super::*;
use crate::checkpoint::SignerKey;
use crate::memory::MemoryLog;
use crate::verify::verify_dir;

const NAME: &str = "example.org/ledger";

fn signer() -> SignerKey {
    SignerKey::from_seed(NAME, [3; 32]).unwrap()
}

fn log(size: u64) -> MemoryLog {
    let mut log = MemoryLog::new();
    (0..size).for_each(|index| assert_eq!(log.push(format!("entry {index}")).unwrap(), index));
    log
}

fn note(log: &MemoryLog, size: u64) -> String {
    crate::branches::note(&signer(), log, size)
}

/// How far the step got that was cut off.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Cut {
    Before,
    HalfWritten,
    NotRenamed,
    After,
}

/// A folder whose power fails at a given step.
#[derive(Debug)]
struct Failing<'a> {
    folder: Folder,
    root: &'a Path,
    steps_left: usize,
    cut: Cut,
}

impl Failing<'_> {
    fn step(&mut self) -> bool {
        let fails = self.steps_left == 0;
        self.steps_left = self.steps_left.saturating_sub(1);
        fails
    }
}

impl Disk for Failing<'_> {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        self.folder.read(path)
    }

    fn put(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        if !self.step() {
            return self.folder.put(path, bytes);
        }
        let temporary = self.root.join(TEMPORARY_FILE);
        match self.cut {
            Cut::Before => {}
            Cut::HalfWritten => std::fs::write(temporary, &bytes[..bytes.len() / 2])?,
            Cut::NotRenamed => std::fs::write(temporary, bytes)?,
            Cut::After => self.folder.put(path, bytes)?,
        }
        Err(io::Error::other("power failed"))
    }

    fn sync(&mut self) -> io::Result<()> {
        if self.step() { Err(io::Error::other("power failed")) } else { self.folder.sync() }
    }

    fn remove_folder(&mut self, path: &str) -> io::Result<()> {
        if self.step() { Err(io::Error::other("power failed")) } else { self.folder.remove_folder(path) }
    }
}

#[test]
fn cut_off_anywhere_the_folder_holds() {
    let log = log(620);
    let (old, new, grown) = (250, 600, 620);
    let mut cut_offs = 0;
    for cut in [Cut::Before, Cut::HalfWritten, Cut::NotRenamed, Cut::After] {
        for steps_left in 0.. {
            let dir = tempfile::tempdir().unwrap();
            publish(dir.path(), &log, &note(&log, old)).unwrap();
            let mut disk = Failing { folder: Folder::new(dir.path()), root: dir.path(), steps_left, cut };
            let outcome = publish_to(&mut disk, &log, &note(&log, new));
            let report = verify_dir(dir.path(), signer().verifier(), None).unwrap();
            assert!([old, new].contains(&report.checkpoint.size));
            if outcome.is_ok() {
                break;
            }
            cut_offs += 1;
            // The log grows on, is published again, and nothing of the accident matters.
            publish(dir.path(), &log, &note(&log, grown)).unwrap();
            let report = verify_dir(dir.path(), signer().verifier(), None).unwrap();
            assert_eq!((report.checkpoint.size, report.tiles_beyond), (grown, 0));
            assert!(!dir.path().join(TEMPORARY_FILE).exists());
        }
    }
    // Seven tiles, a checkpoint, two syncs and four folders for each cut.
    assert_eq!(cut_offs, 4 * 14);
}

#[test]
fn only_what_is_new_is_written() {
    let log = log(700);
    let dir = tempfile::tempdir().unwrap();
    let first = publish(dir.path(), &log, &note(&log, 300)).unwrap();
    assert_eq!(first, Published { from: 0, size: 300, tiles: 5 });
    let before = std::fs::metadata(dir.path().join("tile/0/000")).unwrap().modified().unwrap();
    let second = publish(dir.path(), &log, &note(&log, 301)).unwrap();
    assert_eq!(second, Published { from: 300, size: 301, tiles: 2 });
    let again = publish(dir.path(), &log, &note(&log, 301)).unwrap();
    assert_eq!(again, Published { from: 301, size: 301, tiles: 0 });
    assert!(dir.path().join("tile/0/001.p/44").exists());
    publish(dir.path(), &log, &note(&log, 700)).unwrap();
    assert!(!dir.path().join("tile/0/001.p").exists());
    assert_eq!(std::fs::metadata(dir.path().join("tile/0/000")).unwrap().modified().unwrap(), before);
}

#[test]
fn history_is_never_rewritten() {
    let (ours, dir) = (log(20), tempfile::tempdir().unwrap());
    publish(dir.path(), &ours, &note(&ours, 20)).unwrap();
    let older = publish(dir.path(), &ours, &note(&ours, 19));
    assert!(matches!(older, Err(PublishError::NotContinued { published: 20, size: 19, .. })));
    let mut other = MemoryLog::new();
    for index in 0..30 {
        other.push(format!("other {index}")).unwrap();
    }
    let rewritten = publish(dir.path(), &other, &note(&other, 30));
    assert!(matches!(rewritten, Err(PublishError::NotContinued { .. })));
    assert_eq!(verify_dir(dir.path(), signer().verifier(), None).unwrap().checkpoint.size, 20);
    let ahead = publish(dir.path(), &log(10), &note(&ours, 20));
    assert!(matches!(ahead, Err(PublishError::OtherRoot { size: 20 })));
}

/// A store in which an entry was changed behind the log's back.
struct Changed(MemoryLog);

impl NodeReader for Changed {
    fn node(&self, level: u8, index: u64) -> Result<crate::Hash, tree::Error> {
        self.0.node(level, index)
    }
}

impl LogSource for Changed {
    fn size(&self) -> u64 {
        self.0.size()
    }

    fn entry(&self, index: u64) -> Result<Vec<u8>, tree::Error> {
        if index == 5 { Ok(b"refused".to_vec()) } else { self.0.entry(index) }
    }
}

#[test]
fn a_changed_entry_is_not_published() {
    let (log, dir) = (Changed(log(9)), tempfile::tempdir().unwrap());
    let outcome = publish(dir.path(), &log, &note(&log.0, 9));
    assert!(matches!(outcome, Err(PublishError::Entry(5))));
    assert!(!dir.path().join(CHECKPOINT_FILE).exists());
}

#[test]
fn a_damaged_folder_is_repaired_once_its_checkpoint_is_gone() {
    let (log, dir) = (log(300), tempfile::tempdir().unwrap());
    publish(dir.path(), &log, &note(&log, 300)).unwrap();
    std::fs::write(dir.path().join("tile/0/000"), "damage").unwrap();
    assert!(verify_dir(dir.path(), signer().verifier(), None).is_err());
    std::fs::remove_file(dir.path().join(CHECKPOINT_FILE)).unwrap();
    publish(dir.path(), &log, &note(&log, 300)).unwrap();
    verify_dir(dir.path(), signer().verifier(), None).unwrap();
}

/// A checkpoint with a witness's word on it, as collected after it was published.
fn cosigned(note: &str, number: u8) -> String {
    let witness =
        crate::WitnessSigner::from_seed(&format!("witness.example/w{number}"), [number; 32]).unwrap();
    let line = witness.cosign(&Note::parse(note).unwrap(), 1_700_000_000);
    crate::cosignature::with_cosignature(note, &line, witness.key()).unwrap().0
}

fn cosigners(dir: &Path) -> usize {
    let keys = [1, 2].map(|number| {
        let name = format!("witness.example/w{number}");
        crate::WitnessSigner::from_seed(&name, [number; 32]).unwrap().key().clone()
    });
    let note = std::fs::read_to_string(dir.join(CHECKPOINT_FILE)).unwrap();
    crate::cosignature::cosigned_by(&note, &keys).unwrap().len()
}

#[test]
fn cosignatures_come_later_stay_and_never_hold_on_to_an_old_checkpoint() {
    let (log, dir) = (log(40), tempfile::tempdir().unwrap());
    assert!(!add_signatures(dir.path(), &note(&log, 20)).unwrap(), "nothing is published");
    publish(dir.path(), &log, &note(&log, 20)).unwrap();
    assert!(add_signatures(dir.path(), &cosigned(&note(&log, 20), 1)).unwrap());
    assert!(add_signatures(dir.path(), &cosigned(&note(&log, 20), 2)).unwrap());
    assert_eq!(cosigners(dir.path()), 2);
    publish(dir.path(), &log, &note(&log, 20)).unwrap();
    assert_eq!(cosigners(dir.path()), 2, "the same once more");
    publish(dir.path(), &log, &note(&log, 30)).unwrap();
    assert_eq!(cosigners(dir.path()), 0);
    assert!(!add_signatures(dir.path(), &cosigned(&note(&log, 20), 1)).unwrap(), "it comes too late");
    assert_eq!(verify_dir(dir.path(), signer().verifier(), None).unwrap().checkpoint.size, 30);
    assert!(add_signatures(dir.path(), &cosigned(&note(&log, 30), 1)).unwrap());
    assert_eq!(cosigners(dir.path()), 1);
}

#[test]
fn cut_off_while_cosignatures_are_written_the_checkpoint_holds() {
    let log = log(20);
    for cut in [Cut::Before, Cut::HalfWritten, Cut::NotRenamed, Cut::After] {
        for steps_left in 0..2 {
            let dir = tempfile::tempdir().unwrap();
            publish(dir.path(), &log, &cosigned(&note(&log, 20), 1)).unwrap();
            let mut disk = Failing { folder: Folder::new(dir.path()), root: dir.path(), steps_left, cut };
            assert!(add_signatures_to(&mut disk, &cosigned(&note(&log, 20), 2)).is_err());
            assert_eq!(verify_dir(dir.path(), signer().verifier(), None).unwrap().checkpoint.size, 20);
            assert!((1..=2).contains(&cosigners(dir.path())), "the earlier one is never lost");
            assert!(add_signatures(dir.path(), &cosigned(&note(&log, 20), 2)).unwrap());
            assert_eq!(cosigners(dir.path()), 2);
        }
    }
}
