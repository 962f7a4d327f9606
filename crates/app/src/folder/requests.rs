//! Asking the process that holds a list open for a backup: whoever may write into the data folder lays a request down,
//! the process takes it, carries it out by its own use case and answers. Each step is one rename, so none is half read.

use super::backup::{BackupReport, back_up, file_refused};
use crate::access::actor_of_token;
use crate::context::App;
use crate::refusal::{Kind, Refusal, Result};
use hustings_domain::access::Actor;
use hustings_domain::chance::Rng;
use hustings_domain::ids::uuid_v7;
use hustings_store::sqlite::Sqlite;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs::OpenOptions;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

/// The folder of requests in the data folder.
pub(super) const FOLDER: &str = "requests";
/// The longest request or answer, in bytes.
const LONGEST: u64 = 64 * 1024;

/// A request as it lies there. Its `Debug` does not show the token.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    /// Where to.
    file: PathBuf,
    /// For whom; the operator when there is none.
    token: Option<String>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("file", &self.file).finish_non_exhaustive()
    }
}

/// What came of it.
#[derive(Debug, Serialize, Deserialize)]
enum Reply {
    Done(Box<BackupReport>),
    Refused { kind: String, message: String, causes: Vec<String>, hints: Vec<String> },
}

const KINDS: [(&str, Kind); 6] = [
    ("not-found", Kind::NotFound),
    ("invalid", Kind::Invalid),
    ("conflict", Kind::Conflict),
    ("denied", Kind::Denied),
    ("busy", Kind::Busy),
    ("internal", Kind::Internal),
];

impl Reply {
    fn of(result: Result<BackupReport>) -> Self {
        match result {
            Ok(report) => Self::Done(Box::new(report)),
            Err(refusal) => {
                let kind =
                    KINDS.iter().find(|(_, kind)| *kind == refusal.kind).map_or("internal", |(word, _)| word);
                Self::Refused {
                    kind: kind.to_owned(),
                    message: refusal.message,
                    causes: refusal.causes,
                    hints: refusal.hints,
                }
            }
        }
    }

    fn result(self) -> Result<BackupReport> {
        match self {
            Self::Done(report) => Ok(*report),
            Self::Refused { kind, message, causes, hints } => {
                let kind =
                    KINDS.iter().find(|(word, _)| *word == kind).map_or(Kind::Internal, |(_, kind)| *kind);
                let mut refusal = Refusal::new(kind, "backup.refused", message);
                (refusal.causes, refusal.hints) = (causes, hints);
                Err(refusal)
            }
        }
    }
}

/// A request that was laid down.
#[derive(Debug)]
pub struct Asked {
    folder: PathBuf,
    request: PathBuf,
    taken: PathBuf,
    answer: PathBuf,
}

/// Asks the process that holds the list in `folder` to back it up into `file`.
pub fn ask_for_backup(
    folder: &Path,
    file: &Path,
    token: Option<&str>,
    now: Timestamp,
    rng: &mut dyn Rng,
) -> Result<Asked> {
    let requests = folder.join(FOLDER);
    match private_folder(&requests) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            return Err(file_refused("a folder cannot be made", &requests, &error));
        }
        _ => {}
    }
    let file = std::path::absolute(file)
        .map_err(|error| file_refused("the backup's place cannot be told", file, &error))?;
    let id = uuid_v7(now, rng);
    let place = |ending: &str| requests.join(format!("{id}.{ending}"));
    let asked = Asked {
        folder: folder.to_owned(),
        request: place("request"),
        taken: place("taken"),
        answer: place("answer"),
    };
    lay_down(&asked.request, &Request { file, token: token.map(str::to_owned) })?;
    Ok(asked)
}

impl Asked {
    /// What came of it; none while it is on its way.
    pub fn answer(&self) -> Option<Result<BackupReport>> {
        if !self.answer.is_file() {
            return None;
        }
        let reply = read::<Reply>(&self.answer).and_then(Reply::result);
        // An answer that stays is harmless: it is read once, and `hustings doctor` names it.
        drop(std::fs::remove_file(&self.answer));
        Some(reply)
    }

    /// Whether somebody has begun with it.
    pub fn is_taken(&self) -> bool {
        !self.request.is_file()
    }

    /// Takes the request back; false when somebody has begun with it.
    pub fn withdraw(&self) -> bool {
        std::fs::remove_file(&self.request).is_ok()
    }

    /// Whether whoever began with it has ended without an answer.
    pub fn is_abandoned(&self) -> Result<bool> {
        let gone = self.is_taken() && !self.answer.is_file() && !Sqlite::in_use(&self.folder)?;
        if gone {
            // Nobody will; what is left is named by `hustings doctor` when it cannot be removed.
            drop(std::fs::remove_file(&self.taken));
        }
        Ok(gone)
    }
}

/// Carries out what was asked for; how many requests that were. Called now and then by the process that serves.
pub fn carry_out_requests(app: &App) -> Result<usize> {
    let folder = app.folder.join(FOLDER);
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(file_refused("requests cannot be read", &folder, &error)),
    };
    let mut done = 0;
    for entry in entries {
        let request = entry.map_err(|error| file_refused("requests cannot be read", &folder, &error))?.path();
        if request.extension().is_none_or(|ending| ending != "request") {
            continue;
        }
        let taken = request.with_extension("taken");
        if std::fs::rename(&request, &taken).is_err() {
            // It was taken back in this instant.
            continue;
        }
        let reply = read::<Request>(&taken).and_then(|asked| {
            let actor = match &asked.token {
                Some(token) => actor_of_token(app, token)?,
                None => Actor::operator(),
            };
            back_up(app, &actor, &asked.file)
        });
        lay_down(&request.with_extension("answer"), &Reply::of(reply))?;
        std::fs::remove_file(&taken)
            .map_err(|error| file_refused("a request cannot be removed", &taken, &error))?;
        done += 1;
    }
    Ok(done)
}

fn private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Writes a document under its name only when it is whole; nobody else on the machine may read it.
fn lay_down<T: Serialize>(path: &Path, value: &T) -> Result<()> {
    let bytes = serde_json::to_vec(value)
        .map_err(|error| Refusal::internal("a request cannot be written").because(error))?;
    let partial = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(&partial)
        .and_then(|mut file| file.write_all(&bytes))
        .and_then(|()| std::fs::rename(&partial, path))
        .map_err(|error| file_refused("a request cannot be written", path, &error))
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(LONGEST).read_to_end(&mut bytes))
        .map_err(|error| file_refused("a request cannot be read", path, &error))?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Refusal::invalid("request.unreadable", "this is not a request").because(error))
}
