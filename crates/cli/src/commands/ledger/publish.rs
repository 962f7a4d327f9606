//! `hustings ledger publish`: sign, publish, ask the witnesses, say who cosigned.

use crate::args::Common;
use crate::opening;
use crate::output::Voice;
use clap::Args;
use hustings_app::Result;
use hustings_app::after::{self, OverHttp, WitnessStanding, WitnessState};
use serde_json::{Value, json};

/// How to publish.
#[derive(Debug, Args)]
#[command(
    after_help = "Witnesses are other organisations that run `hustings witness`. Name each in hustings.toml:

  [[witness]]
  key = \"witness.example.org+b8a2cf20+BFLN3yik…\"
  url = \"https://witness.example.org\"

Example: hustings ledger publish"
)]
pub struct Options {
    /// Ask no witness; `hustings serve` and the next publication do
    #[arg(long)]
    alone: bool,
}

pub(super) fn run(options: &Options, common: &Common, voice: Voice) -> Result<()> {
    let app = opening::open(common)?;
    let actor = opening::actor(common, &app)?;
    let checkpoint = after::publish_ledger(&app, &actor)?;
    let witnesses = if options.alone {
        after::witness_standing(&app)?
    } else {
        after::ask_witnesses(&app, &actor, &OverHttp::new())?
    };
    let value = json!({"size": checkpoint.size, "root": checkpoint.root.to_string(),
        "witnesses": witnesses.iter().map(witness_value).collect::<Vec<_>>()});
    voice.result(&value, |voice| {
        voice.say(format!("{} entries, root {}.", checkpoint.size, checkpoint.root));
        voice.say(format!("Published in `{}`.", common.dir().join("ledger").display()));
        for witness in &witnesses {
            voice.say(witness_line(witness));
        }
        if witnesses.is_empty() {
            voice.say("No witness is named in hustings.toml: a change of the past shows only to whoever kept an earlier checkpoint.");
        }
    })
}

fn word(state: WitnessState) -> &'static str {
    match state {
        WitnessState::Cosigned => "cosigned",
        WitnessState::Missing => "missing",
        WitnessState::Contradicts => "contradicts",
    }
}

fn witness_value(witness: &WitnessStanding) -> Value {
    json!({"name": witness.key.name(), "state": word(witness.state), "last": witness.last.map(|at| at.to_string()),
        "size": witness.size, "said": witness.said})
}

fn witness_line(witness: &WitnessStanding) -> String {
    let name = witness.key.name();
    let because = if witness.said.is_empty() { String::new() } else { format!(": {}", witness.said) };
    match (witness.state, witness.last) {
        (WitnessState::Cosigned, Some(at)) => format!("Cosigned by {name} at {at}."),
        (WitnessState::Cosigned, None) => format!("Cosigned by {name}."),
        (WitnessState::Contradicts, _) => {
            format!("ALARM: {name} holds another history of this ledger{because}.")
        }
        (WitnessState::Missing, Some(at)) => {
            format!("Not cosigned by {name}, which last signed at {at}{because}.")
        }
        (WitnessState::Missing, None) => format!("Not cosigned by {name}, which has never signed{because}."),
    }
}
