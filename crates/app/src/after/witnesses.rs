//! Witnesses: other organisations that sign, with the time, that each checkpoint of ours continues the one before. They
//! are asked after it is published, so one that does not answer delays nothing, and is shown as missing.

mod ask;
mod memory;

pub use ask::{AskWitness, OverHttp};

use super::publish::{FOLDER, signer};
use crate::context::App;
use crate::refusal::{Refusal, Result};
use crate::settings::{Settings, WitnessSettings};
use ask::{Asking, Outcome};
use hustings_domain::access::{Action, Actor};
use hustings_ledger::cosignature::cosigned_by;
use hustings_ledger::publish::{CHECKPOINT_FILE, add_signatures};
use hustings_ledger::{Checkpoint, VerifierKey, WitnessKey, cosignature, parse_and_verify};
use hustings_policy::permit;
use jiff::{Span, Timestamp};
use memory::{Memory, Remembered};
use std::path::Path;
use std::sync::PoisonError;

/// A cosignature that is older than this is asked for again, so that readers see that the witness still looks.
const REFRESH_HOURS: i64 = 24;

/// How a witness stands to the published checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WitnessState {
    /// It cosigned it.
    Cosigned,
    /// It has not: it was not asked yet, did not answer, or refused.
    Missing,
    /// It says that it cosigned another history of this ledger. Somebody must look at once.
    Contradicts,
}

/// A witness of the settings, and where it stands.
#[derive(Debug, Clone)]
pub struct WitnessStanding {
    /// Its key.
    pub key: WitnessKey,
    /// Where it is asked.
    pub url: String,
    /// How it stands to the published checkpoint.
    pub state: WitnessState,
    /// When it last cosigned any checkpoint of ours, by its own clock.
    pub last: Option<Timestamp>,
    /// Entries in the newest checkpoint that it cosigned.
    pub size: u64,
    /// What stood in the way at the last try, in words; empty when nothing did.
    pub said: String,
}

/// Where every witness of the settings stands, in their order. Asks nobody.
pub fn witness_standing(app: &App) -> Result<Vec<WitnessStanding>> {
    standing_in(&app.folder, signer(app)?.verifier())
}

/// The same, of the data folder of the list with this public key.
pub(crate) fn standing_in(folder: &Path, key: &VerifierKey) -> Result<Vec<WitnessStanding>> {
    let witnesses = Settings::load(folder)?.witness;
    if witnesses.is_empty() {
        return Ok(Vec::new());
    }
    let memory = Memory::load(folder);
    let published = published_in(folder, key)?;
    witnesses.iter().map(|witness| standing(witness, published.as_ref(), &memory)).collect()
}

fn standing(
    witness: &WitnessSettings,
    published: Option<&(Checkpoint, String)>,
    memory: &Memory,
) -> Result<WitnessStanding> {
    let key = witness.key()?;
    let kept = memory.of(&key);
    let on_it = match published {
        Some((_, note)) => cosigned_by(note, std::slice::from_ref(&key))?.pop(),
        None => None,
    };
    let state = match &on_it {
        Some(_) => WitnessState::Cosigned,
        None if kept.contradicts => WitnessState::Contradicts,
        None => WitnessState::Missing,
    };
    let seconds = on_it.as_ref().map_or(kept.seconds, |cosigned| cosigned.seconds);
    let size = match (&on_it, published) {
        (Some(_), Some((checkpoint, _))) => checkpoint.size,
        _ => kept.size,
    };
    let said = if on_it.is_some() { String::new() } else { kept.said };
    Ok(WitnessStanding { key, url: witness.url.clone(), state, last: instant(seconds), size, said })
}

fn instant(seconds: u64) -> Option<Timestamp> {
    i64::try_from(seconds).ok().filter(|seconds| *seconds > 0).and_then(|s| Timestamp::from_second(s).ok())
}

/// The published checkpoint and its note; none before the first.
fn published(app: &App) -> Result<Option<(Checkpoint, String)>> {
    published_in(&app.folder, signer(app)?.verifier())
}

fn published_in(folder: &Path, key: &VerifierKey) -> Result<Option<(Checkpoint, String)>> {
    let path = folder.join(FOLDER).join(CHECKPOINT_FILE);
    let note = match std::fs::read_to_string(&path) {
        Ok(note) => note,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Refusal::of_file(format!("`{}` cannot be read", path.display()), &error)),
    };
    let checkpoint = parse_and_verify(&note, key)?;
    Ok(Some((checkpoint, note)))
}

/// The checkpoint that is published; none before the first.
pub fn published_checkpoint(app: &App) -> Result<Option<Checkpoint>> {
    Ok(published(app)?.map(|(checkpoint, _)| checkpoint))
}

/// Asks every witness whose word is missing on the published checkpoint, or is a day old, all at the same time; puts
/// their cosignatures on it, and says where each stands then.
///
/// The checkpoint may grow meanwhile: then what was gathered comes too late for it, and is asked for again.
pub fn ask_witnesses(app: &App, actor: &Actor, ask: &dyn AskWitness) -> Result<Vec<WitnessStanding>> {
    permit(actor, Action::PublishLedger)?;
    let witnesses = Settings::load(&app.folder)?.witness;
    let Some((checkpoint, note)) = published(app)?.filter(|_| !witnesses.is_empty()) else {
        return witness_standing(app);
    };
    let stale = app.now().checked_sub(Span::new().hours(REFRESH_HOURS)).unwrap_or(Timestamp::MIN);
    let memory = Memory::load(&app.folder);
    let mut to_ask = Vec::new();
    for witness in witnesses {
        let key = witness.key()?;
        let fresh = cosigned_by(&note, std::slice::from_ref(&key))?
            .pop()
            .and_then(|cosigned| instant(cosigned.seconds))
            .is_some_and(|at| at > stale);
        if !fresh {
            let seen = memory.of(&key).size.min(checkpoint.size);
            to_ask.push(Asking { key, url: witness.url, seen });
        }
    }
    let outcomes = ask::all(app, ask, &checkpoint, &note, &to_ask);
    // Whoever publishes meanwhile waits for this file only, not for the witnesses.
    let publisher = app.publishing.lock().unwrap_or_else(PoisonError::into_inner);
    let mut memory = Memory::load(&app.folder);
    let mut cosigned = note;
    for (asked, outcome) in to_ask.iter().zip(outcomes) {
        let kept = memory.of(&asked.key);
        let now = match outcome {
            Outcome::Cosigned { lines } => {
                let (more, by) = cosignature::with_cosignature(&cosigned, &lines, &asked.key)?;
                cosigned = more;
                Remembered { size: checkpoint.size, seconds: by.seconds, ..Remembered::default() }
            }
            Outcome::Missing { said } => Remembered { said, ..kept },
            Outcome::Contradicts { said } => {
                tracing::error!(witness = asked.key.name(), %said, "a witness holds another history of the ledger");
                Remembered { said, contradicts: true, ..kept }
            }
        };
        memory.put(&asked.key, now);
    }
    add_signatures(&app.folder.join(FOLDER), &cosigned)?;
    memory.save(&app.folder)?;
    drop(publisher);
    witness_standing(app)
}
