//! `hustings ledger verify`: a served folder, or one receipt, with the public keys alone.

use super::keys::{Trusted, log_key};
use crate::args::Common;
use crate::opening;
use crate::output::Voice;
use clap::Args;
use hustings_app::{Refusal, Result};
use hustings_ledger::receipt::Receipt;
use hustings_ledger::{Checkpoint, VerifierKey, verify_dir};
use serde_json::json;
use std::path::{Path, PathBuf};

/// What to check, and by whose word.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hustings ledger verify --files ledger --key 'example.org/hustings+c74f20a3+ARpc2Q…'
  hustings ledger verify --files ledger --since last-month.checkpoint
  hustings ledger verify --receipt entry-41.tlog-proof --key verifier.key --witness 'w.example+b8a2cf20+BFLN…' --cosigned-by 1")]
pub struct Options {
    /// The folder of the served files [default: DIR/ledger]
    #[arg(long, value_name = "FOLDER", conflicts_with = "receipt")]
    files: Option<PathBuf>,
    /// A receipt to check instead of a folder
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
    /// The entry that the receipt is for [default: the one it carries]
    #[arg(long, value_name = "FILE", requires = "receipt")]
    entry: Option<PathBuf>,
    /// The public key, or a file with it [default: the file verifier.key in that folder, which proves no more than
    /// that the files fit each other]
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// A checkpoint kept from earlier, which this ledger must have grown from
    #[arg(long, value_name = "FILE", conflicts_with = "receipt")]
    since: Option<PathBuf>,
    #[command(flatten)]
    trusted: Trusted,
}

pub(super) fn run(options: &Options, common: &Common, voice: Voice) -> Result<()> {
    let files = options.files.clone().unwrap_or_else(|| common.dir().join("ledger"));
    let key = match &options.key {
        Some(key) => log_key(key)?,
        None if options.receipt.is_some()
            && options.files.is_none()
            && !files.join("verifier.key").is_file() =>
        {
            return Err(Refusal::invalid("ledger.key", "a receipt is checked with the ledger's public key")
                .hint(
                    "give it with --key: it is the owner's `verifier.key`, from somewhere that you trust",
                ));
        }
        None => log_key(&opening::read_text(&files.join("verifier.key"))?)?,
    };
    match &options.receipt {
        Some(receipt) => one(receipt, options, &key, voice),
        None => folder(&files, options, &key, voice),
    }
}

fn one(path: &Path, options: &Options, key: &VerifierKey, voice: Voice) -> Result<()> {
    let broken = |error: hustings_ledger::receipt::ReceiptError| {
        Refusal::invalid("ledger.receipt-broken", "this receipt does not hold").because(error)
    };
    let receipt = Receipt::parse(&opening::read_text(path)?).map_err(broken)?;
    let entry = match &options.entry {
        Some(file) => std::fs::read(file).map_err(|error| {
            Refusal::invalid("file.unreadable", format!("`{}` cannot be read", file.display())).because(error)
        })?,
        None => receipt.extra.clone().ok_or_else(|| {
            Refusal::invalid("ledger.receipt-alone", "this receipt does not carry its entry")
                .hint("give the entry with --entry FILE")
        })?,
    };
    let checkpoint = receipt.verify(&entry, key).map_err(broken)?;
    let cosigned = options.trusted.check(&receipt.checkpoint_note)?;
    let said = String::from_utf8_lossy(&entry).into_owned();
    let value = json!({"index": receipt.index, "entry": said, "entries": checkpoint.size, "log": checkpoint.origin,
        "root": checkpoint.root.to_string(), "witnesses": cosigned.value(), "holds": true});
    voice.result(&value, |voice| {
        voice.say(format!("The receipt holds: this is entry {} of {}.", receipt.index, checkpoint.origin));
        voice.say(format!("  {said}"));
        voice.say(format!("It is under the signed checkpoint of {} entries.", checkpoint.size));
        cosigned.lines().iter().for_each(|line| voice.say(line));
    })
}

fn folder(files: &Path, options: &Options, key: &VerifierKey, voice: Voice) -> Result<()> {
    let earlier: Option<Checkpoint> = match &options.since {
        Some(path) => {
            let note = opening::read_text(path)?;
            let checkpoint = hustings_ledger::parse_and_verify(&note, key).map_err(|error| {
                Refusal::invalid("ledger.checkpoint", "the earlier checkpoint does not hold").because(error)
            })?;
            Some(checkpoint)
        }
        None => None,
    };
    let report = verify_dir(files, key, earlier.as_ref()).map_err(|error| {
        Refusal::invalid("ledger.broken", "this ledger does not hold")
            .because(error)
            .hint("keep these files and the checkpoint: together they show what was changed")
    })?;
    let cosigned = options.trusted.check(&opening::read_text(&files.join("checkpoint"))?)?;
    let value = json!({"entries": report.checkpoint.size, "root": report.checkpoint.root.to_string(),
        "witnesses": cosigned.value(), "holds": true});
    voice.result(&value, |voice| {
        voice.say(format!(
            "The ledger holds: {} entries, every one under the signed root {}.",
            report.checkpoint.size, report.checkpoint.root
        ));
        cosigned.lines().iter().for_each(|line| voice.say(line));
    })
}
