//! A witness and its memory: a folder with its secret key, and for each log one file with the log's key and the newest
//! cosigned checkpoint.
//!
//! INVARIANT: a cosignature leaves only after the checkpoint that it is on outlasts a loss of power, so no death of the
//! process lets the same key sign a fork. A log's file is made once and is never made again: whoever lost it retires
//! the key, for a witness without memory could be shown another history.

use super::{AddCheckpoint, Answer, Rejection, Watched, origin_hash};
use crate::checkpoint::{self, CheckpointError, KeyError, Note, Signature, VerifierKey};
use crate::cosignature::{WitnessKey, WitnessSigner};
use crate::disk::{Disk, Folder};
use data_encoding::BASE64;
use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// The secret key, readable by its owner only.
const SECRET_FILE: &str = "witness.secret";
/// The public key.
const KEY_FILE: &str = "witness.key";
/// The lock of the one process that may use the folder.
const LOCK_FILE: &str = "lock";
/// The files of the logs.
const LOGS: &str = "logs";
/// Where a log is kept that showed two histories.
const EVIDENCE: &str = "evidence";
/// The first line of a log's file.
const FORMAT: &str = "hustings-witness-log/v1";
/// The most pieces of evidence for each log: only the log's own key can make them, and it shall not fill the disk.
const MOST_EVIDENCE: usize = 16;
/// The most logs of one witness.
const MOST_LOGS: usize = 10_000;

/// Why a witness cannot be made or opened.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// There is one already.
    #[error("`{0}` holds a witness already")]
    AlreadyThere(PathBuf),
    /// There is none.
    #[error("`{0}` holds no witness")]
    NotThere(PathBuf),
    /// Another process has it.
    #[error("another process uses the witness in `{0}`")]
    InUse(PathBuf),
    /// Its name cannot be a key's.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A file was damaged.
    #[error("`{path}` is damaged: {problem}")]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong.
        problem: String,
    },
    /// The log is watched under another key.
    #[error("`{0}` is watched already, under another key")]
    OtherKey(String),
    /// There are too many logs.
    #[error("a witness watches at most {MOST_LOGS} logs")]
    TooMany,
    /// A file cannot be read or written.
    #[error("`{path}` cannot be read or written: {source}")]
    Disk {
        /// The file.
        path: String,
        /// What the system said.
        source: io::Error,
    },
}

fn at(path: &str) -> impl FnOnce(io::Error) -> WitnessError {
    let path = path.to_owned();
    move |source| WitnessError::Disk { path, source }
}

/// A witness at work. One process at a time holds its folder.
#[derive(Debug)]
pub struct Witness {
    signer: WitnessSigner,
    logs: BTreeMap<String, Watched>,
    disk: Box<dyn Disk>,
    /// Logs whose file may hold more than is remembered here: a write of it failed half way.
    unsure: Vec<String>,
    _lock: Option<File>,
}

impl Witness {
    /// Makes a witness in `folder`, with the key of a secret random seed, and gives its public key.
    pub fn make(folder: &Path, name: &str, seed: [u8; 32]) -> Result<WitnessKey, WitnessError> {
        let key = WitnessSigner::from_seed(name, seed)?.key().clone();
        if folder.join(SECRET_FILE).exists() {
            return Err(WitnessError::AlreadyThere(folder.to_owned()));
        }
        std::fs::create_dir_all(folder.join(LOGS)).map_err(at(LOGS))?;
        let mut disk = Folder::new(folder);
        disk.put(KEY_FILE, format!("{key}\n").as_bytes()).map_err(at(KEY_FILE))?;
        disk.sync().map_err(at(KEY_FILE))?;
        // The secret comes last: a folder with it is whole.
        put_secret(folder, &format!("{name}\n{}\n", BASE64.encode(&seed))).map_err(at(SECRET_FILE))?;
        Ok(key)
    }

    /// Opens the witness in `folder`, alone.
    pub fn open(folder: &Path) -> Result<Self, WitnessError> {
        if !folder.join(SECRET_FILE).exists() {
            return Err(WitnessError::NotThere(folder.to_owned()));
        }
        let lock = File::create(folder.join(LOCK_FILE)).map_err(at(LOCK_FILE))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(WitnessError::InUse(folder.to_owned())),
            Err(TryLockError::Error(error)) => return Err(at(LOCK_FILE)(error)),
        }
        let mut names = Vec::new();
        for file in std::fs::read_dir(folder.join(LOGS)).map_err(at(LOGS))? {
            names.push(file.map_err(at(LOGS))?.file_name().to_string_lossy().into_owned());
        }
        Self::over(Box::new(Folder::new(folder)), &names, Some(lock))
    }

    pub(super) fn over(
        disk: Box<dyn Disk>,
        names: &[String],
        lock: Option<File>,
    ) -> Result<Self, WitnessError> {
        let signer = read_secret(&*disk)?;
        let mut logs = BTreeMap::new();
        for name in names {
            let log = read_log(&*disk, &format!("{LOGS}/{name}"), signer.key())?;
            if origin_hash(log.key.name()) != *name {
                let problem = format!("it is the file of `{}`", log.key.name());
                return Err(WitnessError::Damaged { path: format!("{LOGS}/{name}"), problem });
            }
            logs.insert(log.key.name().to_owned(), log);
        }
        Ok(Self { signer, logs, disk, unsure: Vec::new(), _lock: lock })
    }

    /// The public key.
    pub fn key(&self) -> &WitnessKey {
        self.signer.key()
    }

    /// The logs that it watches.
    pub fn logs(&self) -> impl Iterator<Item = &Watched> {
        self.logs.values()
    }

    /// Watches one more log from its beginning; `false` when it is watched already.
    pub fn watch(&mut self, key: VerifierKey) -> Result<bool, WitnessError> {
        let origin = key.name().to_owned();
        match self.logs.get(&origin) {
            Some(known) if known.key == key => return Ok(false),
            Some(_) => return Err(WitnessError::OtherKey(origin)),
            None if self.logs.len() >= MOST_LOGS => return Err(WitnessError::TooMany),
            None => {}
        }
        let path = log_path(&origin);
        self.disk.put(&path, format!("{FORMAT}\n{key}\n").as_bytes()).map_err(at(&path))?;
        self.disk.sync().map_err(at(&path))?;
        self.logs.insert(origin, Watched { key, newest: None });
        Ok(true)
    }

    /// Answers an `add-checkpoint` request at `seconds` since 1970.
    pub fn add_checkpoint(&mut self, body: &[u8], seconds: u64) -> Answer {
        self.cosign(body, seconds).into()
    }

    /// The same, with the reason when it is refused. It returns only after what it let through is on the disk.
    pub fn cosign(&mut self, body: &[u8], seconds: u64) -> Result<String, Rejection> {
        let request = AddCheckpoint::parse(body)?;
        let note = Note::parse(&request.note).map_err(Rejection::Checkpoint)?;
        let origin = checkpoint::Checkpoint::parse_text(&note.text).map_err(Rejection::Checkpoint)?.origin;
        self.make_sure(&origin)?;
        let log = self.logs.get(&origin).ok_or_else(|| Rejection::Unknown(origin.clone()))?;
        let next = match log.check(&request) {
            Ok(next) => next,
            Err(rejection) => {
                let held = log.newest.as_ref().map(|(_, note)| note.clone());
                if let (Rejection::Forked(_), Some(held)) = (&rejection, held) {
                    self.keep_evidence(&origin, &held, &request.note);
                }
                return Err(rejection);
            }
        };
        let key = log.key.clone();
        let line = self.signer.cosign(&note, seconds);
        let kept = format!("{}{line}", only_of(&note, &key));
        let path = log_path(&origin);
        let text = format!("{FORMAT}\n{key}\n{kept}");
        if self.disk.put(&path, text.as_bytes()).and_then(|()| self.disk.sync()).is_err() {
            self.unsure.push(origin);
            return Err(Rejection::NotKept);
        }
        self.logs.insert(origin, Watched { key, newest: Some((next, kept)) });
        Ok(line)
    }

    /// The newest cosigned checkpoint of the log whose origin hashes to `hash`, for whoever compares.
    pub fn newest(&self, hash: &str) -> Option<&str> {
        let log = self.logs.values().find(|log| origin_hash(log.key.name()) == hash)?;
        log.newest.as_ref().map(|(_, note)| note.as_str())
    }

    /// Reads a log's file again after a write of it failed: it may have come through after all.
    fn make_sure(&mut self, origin: &str) -> Result<(), Rejection> {
        if !self.unsure.iter().any(|unsure| unsure == origin) {
            return Ok(());
        }
        let log =
            read_log(&*self.disk, &log_path(origin), self.signer.key()).map_err(|_| Rejection::NotKept)?;
        self.disk.sync().map_err(|_| Rejection::NotKept)?;
        self.logs.insert(origin.to_owned(), log);
        self.unsure.retain(|unsure| unsure != origin);
        Ok(())
    }

    /// Keeps both signed checkpoints of a fork. It never stands in the way of the refusal.
    fn keep_evidence(&mut self, origin: &str, held: &str, shown: &str) {
        let folder = format!("{EVIDENCE}/{}", origin_hash(origin));
        for number in 0..MOST_EVIDENCE {
            let other = format!("{folder}/{number}-shown");
            match self.disk.read(&other) {
                Ok(Some(known)) if known == shown.as_bytes() => return,
                Ok(None) => {
                    let held_put = self.disk.put(&format!("{folder}/{number}-cosigned"), held.as_bytes());
                    drop(
                        held_put
                            .and_then(|()| self.disk.put(&other, shown.as_bytes()))
                            .and_then(|()| self.disk.sync()),
                    );
                    return;
                }
                Ok(Some(_)) => {}
                Err(_) => return,
            }
        }
    }
}

fn log_path(origin: &str) -> String {
    format!("{LOGS}/{}", origin_hash(origin))
}

/// The note with the log's own signature alone: a stranger's lines are not ours to keep.
fn only_of(note: &Note, key: &VerifierKey) -> String {
    let lines: String =
        note.signatures.iter().filter(|line| key.is_named_by(line)).map(Signature::to_line).collect();
    format!("{}\n{lines}", note.text)
}

fn read_secret(disk: &dyn Disk) -> Result<WitnessSigner, WitnessError> {
    let damaged = |problem: &str| WitnessError::Damaged { path: SECRET_FILE.into(), problem: problem.into() };
    let bytes = disk.read(SECRET_FILE).map_err(at(SECRET_FILE))?.ok_or_else(|| damaged("it is missing"))?;
    let text = String::from_utf8(bytes).map_err(|_| damaged("it is not text"))?;
    let (name, seed) = text.trim_end().split_once('\n').ok_or_else(|| damaged("it has no second line"))?;
    let seed = BASE64.decode(seed.as_bytes()).map_err(|_| damaged("the key is not base64"))?;
    let seed = seed.try_into().map_err(|_| damaged("the key does not have 32 bytes"))?;
    Ok(WitnessSigner::from_seed(name, seed)?)
}

fn read_log(disk: &dyn Disk, path: &str, own: &WitnessKey) -> Result<Watched, WitnessError> {
    let damaged = |problem: String| WitnessError::Damaged { path: path.to_owned(), problem };
    let bytes = disk.read(path).map_err(at(path))?.ok_or_else(|| damaged("it is missing".into()))?;
    let text = String::from_utf8(bytes).map_err(|_| damaged("it is not text".into()))?;
    let rest = text.strip_prefix(FORMAT).and_then(|rest| rest.strip_prefix('\n'));
    let rest = rest.ok_or_else(|| damaged(format!("its first line is not `{FORMAT}`")))?;
    let (key, note) = rest.split_once('\n').ok_or_else(|| damaged("it ends in its second line".into()))?;
    let key: VerifierKey = key.parse().map_err(|error: KeyError| damaged(error.to_string()))?;
    if note.is_empty() {
        return Ok(Watched { key, newest: None });
    }
    let unsound = |error: CheckpointError| damaged(error.to_string());
    let newest = checkpoint::parse_and_verify(note, &key).map_err(unsound)?;
    let cosigned = crate::cosignature::cosigned_by(note, std::slice::from_ref(own)).map_err(unsound)?;
    if cosigned.is_empty() {
        return Err(damaged("its checkpoint is not cosigned by this witness".into()));
    }
    Ok(Watched { key, newest: Some((newest, note.to_owned())) })
}

/// Writes the secret key: whole or not at all, and readable by its owner only from its first byte on.
fn put_secret(folder: &Path, text: &str) -> io::Result<()> {
    use std::io::Write as _;
    let temporary = folder.join(".secret");
    let mut file = File::create(&temporary)?;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&temporary, folder.join(SECRET_FILE))?;
    File::open(folder)?.sync_all()
}
