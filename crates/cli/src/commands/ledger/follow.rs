//! `hustings ledger follow`: a monitor of somebody else's ledger. It keeps what it saw, checks all that is new, and ends
//! with a code of its own when the ledger was rewritten, both signatures in hand.

use super::keys::{Trusted, log_key};
use super::place::Place;
use crate::output::{self, Voice};
use clap::Args;
use hustings_app::{Kind, Refusal, Result};
use hustings_ledger::VerifierKey;
use hustings_ledger::checkpoint::MAX_NOTE_BYTES;
use hustings_ledger::monitor::{self, Compared, FollowError, Found, Known, Notebook, NotebookError};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// The log signed two histories.
const FORKED: u8 = 12;
/// What is served does not hold.
const BROKEN: u8 = 13;

/// What to follow.
#[derive(Debug, Args)]
#[command(
    after_help = "Ends with 0 when all is well, 7 when the ledger cannot be reached, 12 when it FORKED (both signed checkpoints are
kept in the notes folder: show them to everybody), 13 when what is served does not hold.

Examples:
  hustings ledger follow https://list.example.org/ledger --key 'list.example.org/hustings+c74f20a3+ARpc2Q…'
  hustings ledger follow https://list.example.org/ledger --key verifier.key --every 300 --witness 'w.example+b8…' --cosigned-by 1
  hustings ledger follow ./ledger --key verifier.key --also https://w.example/3f…/checkpoint --entries"
)]
pub struct Options {
    /// The ledger's address, or a folder with its files
    #[arg(value_name = "ADDRESS-OR-FOLDER")]
    ledger: String,
    /// The ledger's public key, or a file with it; have it from somewhere other than the ledger
    #[arg(long, value_name = "KEY")]
    key: String,
    /// Where to keep what was seen; one folder for each ledger
    #[arg(long, value_name = "FOLDER", default_value = "hustings-follow")]
    notes: PathBuf,
    /// Another place that shows this ledger's checkpoint, an address or a file: a witness, a mirror, somebody's copy.
    /// May be given again
    #[arg(long, value_name = "CHECKPOINT")]
    also: Vec<String>,
    /// Look again after so many seconds, until something is wrong [default: look once]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    every: Option<u64>,
    /// Print each new entry
    #[arg(long)]
    entries: bool,
    #[command(flatten)]
    trusted: Trusted,
}

pub(super) fn run(options: &Options, voice: Voice) -> Result<ExitCode> {
    let key = log_key(&options.key)?;
    let mut notebook = Notebook::open(&options.notes).map_err(|error| unusable(&error))?;
    // Nobody ever speaks on this line: waiting on it is waiting for the next look.
    let (_silent, line) = mpsc::channel::<()>();
    loop {
        let outcome = look(options, &key, &mut notebook, voice)?;
        outcome.say(voice);
        let is_alarm = matches!(outcome, Looked::Wrong { code: FORKED | BROKEN, .. });
        let Some(seconds) = options.every.filter(|_| !is_alarm) else { return Ok(outcome.code()) };
        if line.recv_timeout(Duration::from_secs(seconds)) == Err(RecvTimeoutError::Disconnected) {
            return Ok(outcome.code());
        }
    }
}

fn unusable(error: &NotebookError) -> Refusal {
    let refusal = Refusal::conflict("follow.notes", "the notes cannot be used").because(error);
    match error {
        NotebookError::NotOfLog(_) => {
            refusal.hint("one folder serves one ledger: name another with --notes, and keep this one")
        }
        NotebookError::Disk { .. } => refusal,
    }
}

/// How one look ended.
enum Looked {
    Well,
    Wrong { refusal: Refusal, code: u8 },
}

impl Looked {
    fn say(&self, voice: Voice) {
        if let Self::Wrong { refusal, .. } = self {
            output::refused(voice.json, refusal);
        }
    }

    fn code(&self) -> ExitCode {
        match self {
            Self::Well => ExitCode::SUCCESS,
            Self::Wrong { code, .. } => ExitCode::from(*code),
        }
    }
}

fn look(options: &Options, key: &VerifierKey, notebook: &mut Notebook, voice: Voice) -> Result<Looked> {
    let known = notebook.known(key).map_err(|error| unusable(&error))?;
    let mut place = Place::new(&options.ledger)?;
    let mut show = |index: u64, entry: &[u8]| {
        if options.entries {
            voice.say(format!("{index}  {}", String::from_utf8_lossy(entry)));
        }
    };
    let (found, known) = match monitor::follow(&mut place, key, known.as_ref(), &mut show) {
        Ok(found) => found,
        Err(error) => return wrong(&error, notebook),
    };
    notebook.keep(&known).map_err(|error| unusable(&error))?;
    let mut others = Vec::new();
    for also in &options.also {
        let note = match Place::new(also)?.whole(MAX_NOTE_BYTES) {
            Ok(note) => note,
            Err(refusal) => {
                others.push((also, format!("cannot be read: {}", refusal.causes.join(": "))));
                continue;
            }
        };
        match monitor::compare(&mut place, key, &known, &note) {
            Ok(Compared::Agrees { size }) => others.push((also, format!("agrees, at {size} entries"))),
            Ok(Compared::Ahead { size }) => {
                others.push((also, format!("shows {size} entries, more than the ledger shows here")));
            }
            Err(error) => return wrong(&error, notebook),
        }
    }
    let cosigned = match options.trusted.check(&known.note) {
        Ok(cosigned) => cosigned,
        Err(refusal) => return Ok(Looked::Wrong { refusal, code: BROKEN }),
    };
    let value = json!({"entries": known.checkpoint.size, "root": known.checkpoint.root.to_string(),
        "found": found_value(found, &known), "witnesses": cosigned.value(),
        "also": others.iter().map(|(place, said)| json!({"place": place, "said": said})).collect::<Vec<_>>()});
    voice.result(&value, |voice| {
        voice.say(found_words(found, &known));
        cosigned.lines().iter().for_each(|line| voice.say(line));
        for (place, said) in &others {
            voice.say(format!("`{place}` {said}."));
        }
    })?;
    Ok(Looked::Well)
}

fn found_words(found: Found, known: &Known) -> String {
    let size = known.checkpoint.size;
    match found {
        Found::Unchanged => format!("Unchanged: {size} entries."),
        Found::Grew { from: 0 } => {
            format!("{size} entries, every one checked. From now on each look continues this one.")
        }
        Found::Grew { from } => {
            format!(
                "{size} entries; the {} new ones are checked, and they continue what was seen.",
                size - from
            )
        }
        Found::Older { shown } => {
            format!("It shows {shown} entries, and {size} were seen before: an old copy of the same ledger.")
        }
    }
}

fn found_value(found: Found, known: &Known) -> Value {
    match found {
        Found::Unchanged => json!({"is": "unchanged"}),
        Found::Grew { from } => json!({"is": "grown", "new": known.checkpoint.size - from}),
        Found::Older { shown } => json!({"is": "older", "shown": shown}),
    }
}

fn wrong(error: &FollowError, notebook: &mut Notebook) -> Result<Looked> {
    if let FollowError::Forked(fork) = error {
        let kept = notebook.keep_fork(fork).map_err(|error| unusable(&error))?;
        let refusal = Refusal::conflict("ledger.forked", "THE LEDGER FORKED: it signed two histories")
            .because(error)
            .hint(format!("both signed checkpoints are in `{}`: show them to everybody", kept.display()));
        return Ok(Looked::Wrong { refusal, code: FORKED });
    }
    if error.accuses() {
        let refusal = Refusal::conflict("ledger.broken", "what is served does not hold")
            .because(error)
            .hint("it may be damaged on the way: look again, and keep the notes folder");
        return Ok(Looked::Wrong { refusal, code: BROKEN });
    }
    let refusal = Refusal::new(Kind::Busy, "ledger.unreachable", "the ledger cannot be read now")
        .because(error)
        .hint("nothing is lost: look again later; what was seen before is in the notes folder");
    let code = output::exit_code(refusal.kind);
    Ok(Looked::Wrong { refusal, code })
}
