//! `hustings witness`: cosigns the checkpoints of other organisations' ledgers, so that none of them can show two people
//! two pasts. It needs no list: a folder, a port, and the public keys of the ledgers that it watches.

mod init;
mod serve;
mod show;
mod watch;

use crate::args::Common;
use crate::output::Voice;
use clap::Subcommand;
use hustings_app::{Kind, Refusal, Result, folder};
use hustings_ledger::witness::WitnessError;
use std::path::PathBuf;

/// What the witness does.
#[derive(Debug, Subcommand)]
#[command(after_help = "To witness another organisation's ledger:
  hustings witness init witness.example.org         makes a key in ./hustings-witness
  hustings witness watch 'list.example.org/hustings+c74f20a3+ARpc2Q…'
  hustings witness serve --listen 127.0.0.1:8480    behind your web server, as https://witness.example.org
  hustings witness show                             prints the public key to hand to them")]
pub enum Verb {
    /// Make a witness with a key of its own
    Init(init::Options),
    /// Watch one more ledger, from its first checkpoint on
    Watch(watch::Options),
    /// Answer ledgers that ask for a cosignature
    Serve(serve::Options),
    /// Print the public key, and how far each ledger was seen
    Show,
}

/// Runs it.
pub fn run(verb: &Verb, common: &Common, voice: Voice) -> Result<()> {
    match verb {
        Verb::Init(options) => init::run(options, common, voice),
        Verb::Watch(options) => watch::run(options, common, voice),
        Verb::Serve(options) => serve::run(options, common, voice),
        Verb::Show => show::run(common, voice),
    }
}

/// The witness's folder, which is no list's.
fn home(common: &Common) -> Result<PathBuf> {
    let home = common.chosen_dir.clone().unwrap_or_else(|| PathBuf::from("hustings-witness"));
    if folder::holds_a_list(&home) {
        return Err(Refusal::conflict("witness.list", format!("`{}` holds a list", home.display())).hint(
            "a witness has a folder of its own, best on another organisation's machine: name it with --dir",
        ));
    }
    Ok(home)
}

fn refused(error: &WitnessError) -> Refusal {
    let (kind, code, hint) = match error {
        WitnessError::AlreadyThere(_) => {
            (Kind::Conflict, "witness.there", "`hustings witness show` prints its key")
        }
        WitnessError::NotThere(_) => (
            Kind::NotFound,
            "witness.none",
            "make one with `hustings witness init NAME`, or name its folder with --dir",
        ),
        WitnessError::InUse(_) => (
            Kind::Busy,
            "witness.in-use",
            "if that is `hustings witness serve`, stop it (Ctrl-C), do this, and start it again",
        ),
        WitnessError::Key(_) => (
            Kind::Invalid,
            "witness.name",
            "a witness's name is an address without `https://`, like `witness.example.org`",
        ),
        WitnessError::Damaged { .. } => (
            Kind::Internal,
            "witness.damaged",
            "a witness that has lost what it saw could be shown another past: retire this key and make a new witness",
        ),
        WitnessError::OtherKey(_) => (
            Kind::Conflict,
            "witness.other-key",
            "a ledger keeps its key: ask its owner; for a new key, make a new witness",
        ),
        WitnessError::TooMany => (Kind::Conflict, "witness.too-many", "run a second witness"),
        WitnessError::Disk { .. } => {
            (Kind::Internal, "witness.folder", "check the folder's owner and permissions")
        }
    };
    Refusal::new(kind, code, error.to_string()).hint(hint)
}
