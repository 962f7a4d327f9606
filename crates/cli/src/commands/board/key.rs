//! `hustings board key`: a private key stays in a file of the trustee's own, and never comes into the list's folder.

use super::{act, key_named, read_key};
use crate::args::Common;
use crate::opening;
use crate::output::Voice;
use clap::Subcommand;
use hustings_app::board::{self, Intent};
use hustings_app::{Chance as _, Refusal, Result, SystemChance};
use hustings_signet::FileKey;
use serde_json::json;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Make a key in a new file that only you can read; prints its public half
    #[command(after_help = "Example: hustings board key new ~/trustee.key")]
    New {
        /// The file, which must not exist yet
        file: PathBuf,
    },
    /// Say that a key in a file is yours; it counts once it is confirmed
    #[command(after_help = "Example: hustings board key register ~/trustee.key --label laptop")]
    Register {
        /// The key
        file: PathBuf,
        /// What you call it
        #[arg(long)]
        label: String,
    },
    /// Every key, and what each waits for
    List,
    /// Say that another trustee's key is theirs, or that a new key of yours is yours
    #[command(after_help = "Example: hustings board key confirm 9f8e7d6c --key ~/trustee.key")]
    Confirm {
        /// The key, by the first eight digits of its id or more
        id: String,
        /// Your key, in force
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
    /// Nothing that it signs from now on counts
    Withdraw {
        /// The key, by the first eight digits of its id or more
        id: String,
        /// A key of yours in force, which may be the same
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
}

pub(super) fn run(verb: &Verb, common: &Common, voice: Voice) -> Result<()> {
    match verb {
        Verb::New { file } => new(file, common, voice),
        Verb::Register { file, label } => {
            let app = opening::open(common)?;
            let actor = opening::actor(common, &app)?;
            let key = read_key(file)?;
            let public = key.public();
            let id = public.id()?;
            act(&app, &actor, Intent::RegisterFileKey { label: label.clone(), public }, Some(file))?;
            voice.result(&json!({"key": id}), |voice| {
                voice
                    .say(format!("Registered as {}. Read these digits to those who confirm it.", id.short()));
            })
        }
        Verb::List => {
            let app = opening::open_reading(common)?;
            let actor = opening::actor(common, &app)?;
            let keys = board::keys(&app, &actor)?;
            voice.result(&keys, |voice| {
                let rows: Vec<Vec<String>> = keys
                    .iter()
                    .map(|view| {
                        let key = &view.key;
                        let state = match (key.is_in_force(), key.withdrawn.is_some()) {
                            (_, true) => "withdrawn".to_owned(),
                            (true, false) => "in force".to_owned(),
                            (false, false) => format!("waits: {}", view.missing),
                        };
                        let kind = if key.credential.is_some() { "passkey" } else { "file" };
                        vec![key.id.short(), view.name.clone(), key.label.clone(), kind.to_owned(), state]
                    })
                    .collect();
                voice.table(&["key", "trustee", "called", "kind", "state"], &rows);
            })
        }
        Verb::Confirm { id, key } => {
            change(common, voice, id, key, "confirmed", |key| Intent::ConfirmKey { key })
        }
        Verb::Withdraw { id, key } => {
            change(common, voice, id, key, "withdrawn", |key| Intent::WithdrawKey { key })
        }
    }
}

fn change(
    common: &Common,
    voice: Voice,
    id: &str,
    with: &Path,
    done: &str,
    intent: impl FnOnce(hustings_domain::canonical::ContentHash) -> Intent,
) -> Result<()> {
    let app = opening::open(common)?;
    let actor = opening::actor(common, &app)?;
    let key = key_named(&app, &actor, id)?;
    let outcome = act(&app, &actor, intent(key), Some(with))?;
    let in_force = match outcome {
        board::Outcome::Done(keys) => keys,
        board::Outcome::Decided(_) => Vec::new(),
    };
    voice.result(&json!({"key": key, "in_force": in_force}), |voice| {
        voice.say(format!("Key {} is {done}.", key.short()));
        for key in &in_force {
            voice.say(format!("Key {} is in force.", key.short()));
        }
    })
}

fn new(file: &Path, common: &Common, voice: Voice) -> Result<()> {
    let cannot = |error: std::io::Error| {
        Refusal::invalid("key.file", format!("`{}` cannot be written", file.display())).because(error)
    };
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let whole = |path: &Path| path.canonicalize().ok();
    if whole(folder).zip(whole(&common.dir())).is_some_and(|(folder, list)| folder.starts_with(list)) {
        return Err(Refusal::invalid(
            "key.in-list",
            "a trustee's key does not belong into the list's folder",
        )
        .hint("keep it where only the trustee comes: on their own machine, or on a stick"));
    }
    let key = FileKey::new(&mut *SystemChance.rng("trustee-key"))
        .map_err(|error| Refusal::internal("no key could be made").because(error))?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut made = options.open(file).map_err(cannot)?;
    made.write_all(key.to_text().as_bytes()).and_then(|()| made.sync_all()).map_err(cannot)?;
    let public = key.public();
    let id = public.id()?;
    voice.result(&json!({"key": id, "public": public.public}), |voice| {
        voice.say(format!("Kept in `{}`: whoever has this file can sign for you.", file.display()));
        voice.say(format!("Its public half, for the console: {}", public.public));
        voice.say(format!("Its first eight digits, for those who confirm it: {}", id.short()));
        voice.say(format!(
            "Next: `hustings board key register {} --label laptop`, or the board's page.",
            file.display()
        ));
    })
}
