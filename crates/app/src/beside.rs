//! What a verb asks of the process that holds the list, over a socket in the data folder: a log-in link, an
//! act that somebody else is to grant, or the ledger entry without which nothing may be looked up. It asks for nothing else, and gets no record over it.
//!
//! A request is a token under the list's own key (one purpose, one minute), so that the socket gives nothing to
//! whoever has not the root key; see `docs/decisions/0012-asking-the-server.md`.

use crate::access;
use crate::context::App;
use crate::journal::enter;
use crate::refusal::{Kind, Refusal, Result};
use crate::second::{self, Act};
use hustings_domain::access::{Action, Actor};
use hustings_domain::guarded::{ActNumber, AskedAct, Guarded};
use hustings_domain::ids::UserId;
use hustings_policy::permit;
use hustings_store::Tx;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// The socket's name in the data folder.
pub const SOCKET: &str = "serving.sock";

/// What the tokens are for.
const PURPOSE: &str = "ask-the-server";
const REQUEST_SECONDS: i64 = 60;
/// No request and no answer is longer.
const LONGEST: u64 = 4_096;
const PATIENCE: Duration = Duration::from_secs(10);

/// What may be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Ask {
    LogInLink {
        user: UserId,
    },
    ForAct {
        kind: Guarded,
        parameters: BTreeMap<String, String>,
        about: Option<UserId>,
        reason: String,
        by: Option<UserId>,
    },
    Enter {
        what: Entered,
        by: Option<UserId>,
    },
}

/// An entry that goes before something is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Entered {
    SupporterExported,
}

impl Entered {
    pub(crate) fn enter(self, tx: &mut dyn Tx, at: Timestamp, actor: &Actor) -> Result<()> {
        let (kind, body) = match self {
            Self::SupporterExported => ("supporter.exported", json!({"records": 1, "asked_by": "steward"})),
        };
        enter(tx, at, actor, kind, body).map(drop)
    }

    fn action(self) -> Action {
        match self {
            Self::SupporterExported => Action::ExportSupporter,
        }
    }
}

/// An answer, as it goes over the socket.
#[derive(Debug, Serialize, Deserialize)]
enum Answer {
    Done(String),
    Refused { denied: bool, message: String, hints: Vec<String> },
}

/// Answers until it is dropped.
#[derive(Debug)]
pub struct Answering {
    path: PathBuf,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// Begins to answer, as the process that holds the list.
pub fn answer(app: &Arc<App>) -> Result<Answering> {
    let path = app.folder().join(SOCKET);
    let unusable = |error: io::Error| {
        Refusal::new(
            Kind::Conflict,
            "serve.socket",
            format!("the socket `{}` cannot be made", path.display()),
        )
        .because(error)
        .hint("a shorter path to the data folder helps where the name is too long (about 100 bytes)")
    };
    // Whoever holds the list's lock is alone: what lies there was left by a process that was killed.
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(unusable(error)),
        _ => {}
    }
    let listener = UnixListener::bind(&path).map_err(unusable)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).map_err(unusable)?;
    let ended = Arc::new(AtomicBool::new(false));
    let (app, until) = (Arc::clone(app), Arc::clone(&ended));
    let thread = std::thread::Builder::new().name("beside".to_owned()).spawn(move || {
        for stream in listener.incoming() {
            if until.load(Ordering::SeqCst) {
                return;
            }
            // Whoever hangs up before its answer needs none.
            drop(stream.and_then(|stream| serve_one(&app, &stream)));
        }
    });
    Ok(Answering { path: path.clone(), ended, thread: Some(thread.map_err(unusable)?) })
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // Wakes the thread; it fails only when there is no socket any more, and then nobody can be waiting on it.
        drop(UnixStream::connect(&self.path));
        drop(std::fs::remove_file(&self.path));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn serve_one(app: &App, mut stream: &UnixStream) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut line = String::new();
    BufReader::new(stream.take(LONGEST)).read_line(&mut line)?;
    let answer = match carry_out(app, line.trim_end()) {
        Ok(text) => Answer::Done(text),
        Err(refusal) => Answer::Refused {
            denied: refusal.kind == Kind::Denied,
            message: refusal.message,
            hints: refusal.hints,
        },
    };
    let text = serde_json::to_string(&answer).map_err(io::Error::other)?;
    stream.write_all(format!("{text}\n").as_bytes())
}

fn stranger() -> Refusal {
    Refusal::new(Kind::Denied, "serve.stranger", "this request was not made with the key of this list")
        .hint("set HUSTINGS_PASSPHRASE, or name the identity file with --identity")
}

fn actor_of(tx: &mut dyn Tx, by: Option<UserId>) -> Result<Actor> {
    match by {
        None => Ok(Actor::operator()),
        Some(user) => tx.user(user)?.as_ref().map(access::actor).ok_or_else(stranger),
    }
}

fn carry_out(app: &App, token: &str) -> Result<String> {
    let payload = app.tokens().open(PURPOSE, token, app.now()).map_err(|_| stranger())?;
    let ask = serde_json::from_slice(&payload).map_err(|error| stranger().because(error))?;
    match ask {
        Ask::LogInLink { user } => access::login_link(app, user),
        Ask::ForAct { kind, parameters, about, reason, by } => {
            let actor = app.store().read(|tx| actor_of(tx, by))?;
            let asked = second::ask(app, &actor, Act { kind, parameters, about }, &reason)?;
            Ok(asked.number.0.to_string())
        }
        Ask::Enter { what, by } => {
            let now = app.now();
            app.store().write(|tx| {
                let actor = actor_of(tx, by)?;
                permit(&actor, what.action())?;
                what.enter(tx, now, &actor)
            })?;
            Ok(String::new())
        }
    }
}

/// Has the process that serves make a log-in link's token.
pub(crate) fn ask_for_login_link(app: &App, user: UserId) -> Result<String> {
    ask(app, &Ask::LogInLink { user })
}

/// Has the process that serves keep what is asked for; comes back with it.
pub(crate) fn ask_for_act(app: &App, actor: &Actor, act: &Act, reason: &str) -> Result<AskedAct> {
    let number = ask(
        app,
        &Ask::ForAct {
            kind: act.kind,
            parameters: act.parameters.clone(),
            about: act.about,
            reason: reason.to_owned(),
            by: actor.user,
        },
    )?;
    let number = number.parse().map_err(|_| Refusal::internal("the running server gave no number"))?;
    app.store().read(|tx| second::known(tx, ActNumber(number)))
}

/// Has the process that serves enter something, and comes back when it stands in the ledger.
pub(crate) fn ask_to_enter(app: &App, actor: &Actor, what: Entered) -> Result<()> {
    permit(actor, what.action())?;
    ask(app, &Ask::Enter { what, by: actor.user }).map(drop)
}

fn ask(app: &App, ask: &Ask) -> Result<String> {
    let payload = serde_json::to_vec(ask)
        .map_err(|error| Refusal::internal("a request cannot be written").because(error))?;
    let expires = app
        .now()
        .checked_add(Span::new().seconds(REQUEST_SECONDS))
        .map_err(|error| Refusal::internal("no time is left").because(error))?;
    let token = app.tokens().mint(PURPOSE, &payload, expires)?;
    let path = app.folder().join(SOCKET);
    let line = exchange(&path, &token).map_err(|error| {
        Refusal::new(
            Kind::Busy,
            "folder.in-use",
            format!("another hustings holds `{}` and takes no requests", app.folder().display()),
        )
        .because(error)
        .hint("it is not `hustings serve`, or is just starting or ending: try again when it has ended")
    })?;
    match serde_json::from_str(&line) {
        Ok(Answer::Done(text)) => Ok(text),
        Ok(Answer::Refused { denied, message, hints }) => {
            let kind = if denied { Kind::Denied } else { Kind::Conflict };
            Err(hints.into_iter().fold(Refusal::new(kind, "serve.refused", message), Refusal::hint))
        }
        Err(error) => Err(Refusal::internal("the running server gave no answer").because(error)),
    }
}

fn exchange(path: &Path, token: &str) -> io::Result<String> {
    let mut stream = UnixStream::connect(path)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(format!("{token}\n").as_bytes())?;
    let mut line = String::new();
    BufReader::new(stream.take(LONGEST)).read_line(&mut line)?;
    Ok(line)
}
