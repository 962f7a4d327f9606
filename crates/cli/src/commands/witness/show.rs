//! `hustings witness show`: its key, and how far each ledger was seen.

use super::{home, refused};
use crate::args::Common;
use crate::output::Voice;
use hustings_app::Result;
use hustings_ledger::witness::{Witness, origin_hash};
use serde_json::{Value, json};

pub(super) fn run(common: &Common, voice: Voice) -> Result<()> {
    let witness = Witness::open(&home(common)?).map_err(|error| refused(&error))?;
    let logs: Vec<Value> = witness
        .logs()
        .map(|log| {
            let origin = log.key.name();
            json!({"log": origin, "entries": log.size(), "shown_at": format!("/{}/checkpoint", origin_hash(origin))})
        })
        .collect();
    voice.result(&json!({"key": witness.key().to_string(), "logs": logs}), |voice| {
        voice.say(witness.key().to_string());
        if logs.is_empty() {
            voice.say("It watches no ledger yet: `hustings witness watch KEY`.");
        }
        for log in witness.logs() {
            let origin = log.key.name();
            voice.say(format!(
                "{origin}: {} entries, shown at /{}/checkpoint",
                log.size(),
                origin_hash(origin)
            ));
        }
    })
}
