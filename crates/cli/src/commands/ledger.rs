//! `hustings ledger`: publish, verify, prove.

use crate::args::Common;
use crate::opening;
use crate::output::Voice;
use clap::Subcommand;
use hustings_app::{Refusal, Result, after};
use hustings_ledger::{Checkpoint, VerifierKey, verify_dir};
use serde_json::json;
use std::path::{Path, PathBuf};

/// What to do with the ledger.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Sign a checkpoint and publish the ledger's files into DIR/ledger
    Checkpoint,
    /// Check a served ledger: needs its files and the public key alone, no list and no network
    Verify {
        /// The folder of the served files [default: DIR/ledger]
        #[arg(long, value_name = "FOLDER")]
        files: Option<PathBuf>,
        /// The public key [default: the file verifier.key in that folder, which proves no more than that the
        /// files fit each other]
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
        /// A checkpoint kept from earlier, which this ledger must have grown from
        #[arg(long, value_name = "FILE")]
        since: Option<PathBuf>,
    },
    /// Print a receipt for one entry, which anybody can check offline
    Prove {
        /// The entry's index, counted from 0
        index: u64,
    },
}

/// Runs it.
pub fn run(verb: &Verb, common: &Common, voice: Voice) -> Result<()> {
    match verb {
        Verb::Checkpoint => {
            let app = opening::open(common)?;
            let actor = opening::actor(common, &app)?;
            let checkpoint = after::publish_ledger(&app, &actor)?;
            let value = json!({"size": checkpoint.size, "root": checkpoint.root.to_string()});
            voice.result(&value, |voice| {
                voice.say(format!("{} entries, root {}.", checkpoint.size, checkpoint.root));
                voice.say(format!("Published in `{}`.", common.dir().join("ledger").display()));
            })
        }
        Verb::Verify { files, key, since } => verify(
            &files.clone().unwrap_or_else(|| common.dir().join("ledger")),
            key.as_deref(),
            since.as_ref(),
            voice,
        ),
        Verb::Prove { index } => {
            let app = opening::open_reading(common)?;
            let actor = opening::actor(common, &app)?;
            let receipt = after::receipt(&app, &actor, *index)?;
            voice.result(&json!({"index": index, "receipt": receipt}), |voice| voice.say(receipt.trim_end()))
        }
    }
}

fn verify(files: &Path, key: Option<&str>, since: Option<&PathBuf>, voice: Voice) -> Result<()> {
    let text = match key {
        Some(key) => key.to_owned(),
        None => opening::read_text(&files.join("verifier.key"))?,
    };
    let key: VerifierKey = text
        .trim()
        .parse()
        .map_err(|error| Refusal::invalid("ledger.key", "this is not a verifier's key").because(error))?;
    let earlier: Option<Checkpoint> = match since {
        Some(path) => {
            let note = opening::read_text(path)?;
            let checkpoint = hustings_ledger::parse_and_verify(&note, &key).map_err(|error| {
                Refusal::invalid("ledger.checkpoint", "the earlier checkpoint does not hold").because(error)
            })?;
            Some(checkpoint)
        }
        None => None,
    };
    let report = verify_dir(files, &key, earlier.as_ref()).map_err(|error| {
        Refusal::invalid("ledger.broken", "this ledger does not hold")
            .because(error)
            .hint("keep these files and the checkpoint: together they show what was changed")
    })?;
    let value =
        json!({"entries": report.checkpoint.size, "root": report.checkpoint.root.to_string(), "holds": true});
    voice.result(&value, |voice| {
        voice.say(format!(
            "The ledger holds: {} entries, every one under the signed root {}.",
            report.checkpoint.size, report.checkpoint.root
        ));
    })
}
