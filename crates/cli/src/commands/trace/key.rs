//! `hustings trace key`: splits the season's trace key among trustees, and tells who holds which share. The shares are
//! written once, outside the list's folder, and kept nowhere here.

use crate::args::Common;
use crate::commands::grant;
use crate::new_file::{expect_new, write_new};
use crate::opening;
use crate::output::Voice;
use clap::Subcommand;
use hustings_app::after::{self, SplitKey, TrusteeShare};
use hustings_app::{Refusal, Result};
use std::path::{Path, PathBuf};

/// What to do with the trace key.
#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Draw this season's trace key and write a share for each trustee, of which so many together open it
    #[command(after_help = "Examples:
  hustings trace key split --of 5 --needs 3 --out /media/stick
  hustings trace key split --for Ada --for Ben --for Eve --needs 2 --out shares

Hand each file to its trustee and erase it here; it can be printed. Copies made from now on are sealed with the key.")]
    Split {
        /// How many shares; they are called `trustee 1` and so on
        #[arg(long, value_name = "NUMBER", required_unless_present = "holders", conflicts_with = "holders")]
        of: Option<u8>,
        /// A trustee, by name; may be given again
        #[arg(long = "for", value_name = "NAME", id = "holders")]
        holders: Vec<String>,
        /// How many of them open it
        #[arg(long, value_name = "NUMBER")]
        needs: u8,
        /// The folder for the shares, which must exist and not be in the list's folder
        #[arg(long, value_name = "FOLDER")]
        out: PathBuf,
        /// Ask a trustee to grant it, and say why; then say the same without this
        #[arg(long, value_name = "WHY")]
        ask: Option<String>,
    },
    /// Who holds which share, and how many are needed
    Show,
}

pub(super) fn run(verb: &Verb, common: &Common, voice: Voice) -> Result<()> {
    match verb {
        Verb::Split { of, holders, needs, out, ask } => {
            let names: Vec<String> = match of {
                Some(of) => (1..=*of).map(|number| format!("trustee {number}")).collect(),
                None => holders.clone(),
            };
            if let Some(reason) = ask {
                let app = opening::open_or_beside(common)?;
                let actor = opening::actor(common, &app)?;
                return grant::ask(&app, &actor, after::act_of_splitting(&names, *needs), reason, voice);
            }
            split(&names, *needs, out, common, voice)
        }
        Verb::Show => show(common, voice),
    }
}

fn split(names: &[String], needs: u8, out: &Path, common: &Common, voice: Voice) -> Result<()> {
    let whole = |path: &Path| path.canonicalize().ok();
    let folder = whole(out).filter(|path| path.is_dir()).ok_or_else(|| {
        Refusal::invalid("trace-key.folder", format!("`{}` is no folder", out.display()))
            .hint("name a folder that exists, such as a stick's")
    })?;
    if whole(&common.dir()).is_some_and(|list| folder.starts_with(list)) {
        return Err(Refusal::invalid(
            "trace-key.in-list",
            "the trustees' shares do not belong into the list's folder",
        )
        .hint("whoever reads the list's folder would have all of them"));
    }
    let files: Vec<PathBuf> =
        (1..=names.len()).map(|number| folder.join(format!("share-{number}.txt"))).collect();
    for file in &files {
        expect_new(file)?;
    }
    let app = opening::open(common)?;
    let actor = opening::actor(common, &app)?;
    let owner = app.charter()?.owner.domain;
    let mut hand_out = |split: &SplitKey| {
        for ((share, holder), file) in split.shares.iter().zip(&split.state.holders).zip(&files) {
            let about = [
                format!("list of {owner}, season {}", split.state.season),
                format!(
                    "share {} of {}, for {}; {needs} together open a trace",
                    holder.number,
                    names.len(),
                    holder.name
                ),
                "Whoever has this can take part in opening a trace. Keep it, and give it to nobody."
                    .to_owned(),
            ];
            write_new(file, share.to_text(&about).as_bytes(), true)?;
        }
        Ok(())
    };
    let state = after::split_trace_key(&app, &actor, (names, needs), &mut hand_out)?;
    voice.result(&state, |voice| {
        voice.say(format!(
            "Split into {} shares, of which {needs} open a trace; entry {} of the ledger has their hashes.",
            names.len(),
            state.ledger_entry
        ));
        for (holder, file) in state.holders.iter().zip(&files) {
            voice.say(format!("  share {} for {}: {}", holder.number, holder.name, file.display()));
        }
        voice.say("Hand each to its trustee and erase it here. The key itself is kept nowhere.");
    })
}

fn show(common: &Common, voice: Voice) -> Result<()> {
    let app = opening::open_reading(common)?;
    // Who holds shares is for those who may trace.
    let actor = opening::actor(common, &app)?;
    after::may_trace(&actor)?;
    let state = after::trace_key(&app)?;
    voice.result(&state, |voice| match &state {
        None => {
            voice.say("The trace key of this season is not split: whoever holds the list's keys could make up a leak.");
            voice.say("Next: `hustings trace key split --of 5 --needs 3 --out FOLDER`.");
        }
        Some(state) => {
            voice.say(format!(
                "Season {}: {} of {} shares open a trace; split {}, entry {} of the ledger.",
                state.season,
                state.needs,
                state.holders.len(),
                state.split,
                state.ledger_entry
            ));
            let rows: Vec<Vec<String>> = state
                .holders
                .iter()
                .map(|holder| vec![holder.number.to_string(), holder.name.clone(), holder.hash.to_string()])
                .collect();
            voice.table(&["share", "for", "hash in the ledger"], &rows);
        }
    })
}

pub(super) fn read_share(path: &Path) -> Result<TrusteeShare> {
    TrusteeShare::parse(&opening::read_text(path)?).map_err(|error| {
        Refusal::invalid("trace-key.share", format!("`{}` cannot be read", path.display()))
            .because(error)
            .hint("it is the file that `hustings trace key split` wrote, or what was typed from its print")
    })
}
