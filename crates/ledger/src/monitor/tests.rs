//! A follower of a log that grows, stalls, goes back, is damaged on the way, and lies.

use super::*;
use crate::branches::branch;
use crate::checkpoint::SignerKey;
use crate::memory::MemoryLog;
use crate::publish::publish;
use proptest::prelude::*;
use std::path::Path;

const NAME: &str = "example.org/ledger";

fn signer() -> SignerKey {
    SignerKey::from_seed(NAME, [3; 32]).unwrap()
}

fn note(log: &MemoryLog, size: u64) -> String {
    crate::branches::note(&signer(), log, size)
}

/// Files of a folder, with what goes wrong on the way.
struct Place<'a> {
    folder: &'a Path,
    gone: Option<&'a str>,
}

impl Source for Place<'_> {
    fn fetch(
        &mut self,
        path: &str,
        limit: usize,
    ) -> Result<Option<Vec<u8>>, Box<dyn std::error::Error + Send + Sync>> {
        if self.gone == Some(path) {
            return Err("the line is dead".into());
        }
        let bytes = std::fs::read(self.folder.join(path)).ok();
        assert!(bytes.as_ref().is_none_or(|bytes| bytes.len() <= limit), "{path}");
        Ok(bytes)
    }
}

fn look(folder: &Path, known: Option<&Known>) -> Result<(Found, Known, u64), FollowError> {
    let mut seen = 0;
    let mut place = Place { folder, gone: None };
    let outcome = follow(&mut place, signer().verifier(), known, &mut |_, _| seen += 1);
    outcome.map(|(found, known)| (found, known, seen))
}

#[test]
fn it_follows_a_log_that_grows_and_checks_every_new_entry_once() {
    let (log, dir) = (branch("a", 0, 70_000), tempfile::tempdir().unwrap());
    let mut known: Option<Known> = None;
    let mut before = 0;
    for size in [1, 3, 255, 256, 257, 600, 600, 65_536, 65_537, 70_000] {
        publish(dir.path(), &log, &note(&log, size)).unwrap();
        let (found, next, seen) = look(dir.path(), known.as_ref()).unwrap();
        let expected = if before == size { Found::Unchanged } else { Found::Grew { from: before } };
        assert_eq!((found, seen, next.checkpoint.size), (expected, size - before, size));
        let kept = Known::parse(&next.to_text(), signer().verifier()).unwrap();
        assert_eq!(kept.checkpoint, next.checkpoint);
        (known, before) = (Some(kept), size);
    }
}

#[test]
fn a_fork_is_proven_with_both_signatures_and_the_known_stays() {
    let (ours, theirs) = (branch("a", 300, 900), branch("b", 300, 900));
    let (dir, other, notes) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    publish(dir.path(), &ours, &note(&ours, 500)).unwrap();
    let (_, known, _) = look(dir.path(), None).unwrap();
    let mut notebook = Notebook::open(notes.path()).unwrap();
    notebook.keep(&known).unwrap();
    for (size, number) in [(900, 0), (500, 1), (513, 2), (400, 3), (513, 2)] {
        publish(other.path(), &theirs, &note(&theirs, size))
            .or_else(|_| {
                std::fs::remove_dir_all(other.path()).unwrap();
                publish(other.path(), &theirs, &note(&theirs, size))
            })
            .unwrap();
        let outcome = look(other.path(), Some(&known));
        if size == 400 {
            // Fewer than known, and the tiles that would show what became of them are not there.
            assert!(matches!(outcome, Err(FollowError::Missing(_))), "{outcome:?}");
            continue;
        }
        let Err(FollowError::Forked(fork)) = outcome else { panic!("{size}: {outcome:?}") };
        assert_eq!((fork.earlier.size, fork.later.size), (500, size));
        let kept = notebook.keep_fork(&fork).unwrap();
        assert_eq!(kept, notes.path().join(format!("fork-{}", number.min(2))));
        for (file, size) in [("earlier", 500), ("later", size)] {
            let text = std::fs::read_to_string(kept.join(file)).unwrap();
            assert_eq!(crate::parse_and_verify(&text, signer().verifier()).unwrap().size, size);
        }
    }
    assert_eq!(notebook.known(signer().verifier()).unwrap().unwrap().checkpoint.size, 500);
    // The same two histories, found by comparing with what somebody else was shown.
    let mut place = Place { folder: dir.path(), gone: None };
    let mut with = |note: &str| compare(&mut place, signer().verifier(), &known, note);
    assert_eq!(with(&note(&ours, 420)).unwrap(), Compared::Agrees { size: 420 });
    assert_eq!(with(&note(&ours, 800)).unwrap(), Compared::Ahead { size: 800 });
    assert_eq!(with(&note(&theirs, 290)).unwrap(), Compared::Agrees { size: 290 });
    assert!(matches!(with(&note(&theirs, 301)), Err(FollowError::Forked(_))));
    let foreign = SignerKey::from_seed(NAME, [4; 32]).unwrap();
    let forged = foreign.sign(&Checkpoint { origin: NAME.into(), size: 5, root: leaf_hash(b"") }).unwrap();
    assert!(matches!(with(&forged), Err(FollowError::Checkpoint(_))));
}

#[test]
fn an_older_checkpoint_of_the_same_history_is_no_fork() {
    let (log, dir) = (branch("a", 0, 600), tempfile::tempdir().unwrap());
    publish(dir.path(), &log, &note(&log, 600)).unwrap();
    let (_, known, _) = look(dir.path(), None).unwrap();
    std::fs::write(dir.path().join("checkpoint"), note(&log, 300)).unwrap();
    let (found, still, seen) = look(dir.path(), Some(&known)).unwrap();
    assert_eq!((found, still.checkpoint.size, seen), (Found::Older { shown: 300 }, 600, 0));
}

#[test]
fn a_dead_line_accuses_nobody_and_damage_is_named() {
    let (log, dir) = (branch("a", 0, 600), tempfile::tempdir().unwrap());
    publish(dir.path(), &log, &note(&log, 300)).unwrap();
    let (_, known, _) = look(dir.path(), None).unwrap();
    publish(dir.path(), &log, &note(&log, 600)).unwrap();
    for path in ["checkpoint", "tile/entries/001", "tile/0/002.p/88", "tile/1/000.p/2"] {
        let mut place = Place { folder: dir.path(), gone: Some(path) };
        let outcome = follow(&mut place, signer().verifier(), Some(&known), &mut |_, _| {});
        let error = outcome.unwrap_err();
        assert!(matches!(&error, FollowError::Source { path: named, .. } if named == path), "{error}");
        assert!(!error.accuses());
    }
    for path in ["checkpoint", "tile/entries/001", "tile/entries/002.p/88", "tile/0/001", "tile/1/000.p/2"] {
        let file = dir.path().join(path);
        let whole = std::fs::read(&file).unwrap();
        let mut bytes = whole.clone();
        let quarter = whole.len() / 4;
        bytes[quarter] ^= 1;
        std::fs::write(&file, &bytes).unwrap();
        let error = look(dir.path(), Some(&known)).unwrap_err();
        assert!(error.accuses() && !matches!(error, FollowError::Forked(_)), "{path}: {error}");
        std::fs::remove_file(&file).unwrap();
        let error = look(dir.path(), Some(&known)).unwrap_err();
        assert!(matches!(error, FollowError::Missing(_)), "{path}: {error}");
        std::fs::write(&file, &whole).unwrap();
    }
    assert!(look(dir.path(), Some(&known)).is_ok());
}

#[test]
fn a_damaged_notebook_is_refused() {
    let (log, dir, notes) = (branch("a", 0, 300), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    publish(dir.path(), &log, &note(&log, 300)).unwrap();
    let (_, known, _) = look(dir.path(), None).unwrap();
    let mut notebook = Notebook::open(notes.path()).unwrap();
    assert!(notebook.known(signer().verifier()).unwrap().is_none());
    notebook.keep(&known).unwrap();
    let whole = std::fs::read(notes.path().join("known")).unwrap();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        std::fs::write(notes.path().join("known"), bytes).unwrap();
        assert!(notebook.known(signer().verifier()).is_err(), "byte {at}");
    }
}

static GROWN: std::sync::LazyLock<MemoryLog> = std::sync::LazyLock::new(|| branch("a", 0, 1_400));

proptest! {
    #[test]
    fn the_bridge_gives_the_roots_of_both(old in 0u64..700, more in 0u64..700) {
        let log = &*GROWN;
        let (peaks, root) = bridge(old, old + more, log).unwrap();
        prop_assert_eq!(root, tree::root(old + more, log).unwrap());
        let tree = Frontier::of_peaks(old, peaks).unwrap();
        prop_assert_eq!(tree.root(), tree::root(old, log).unwrap());
    }
}
