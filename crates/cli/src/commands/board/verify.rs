//! `hustings board verify`: every signature in a ledger, from the list or from served files alone.

use crate::args::Common;
use crate::opening;
use crate::output::Voice;
use hustings_app::{Refusal, Result, board};
use hustings_ledger::tiles::{Entries, TileKind, new_tiles};
use hustings_ledger::{VerifierKey, verify_dir};
use hustings_signet::{Audit, Auditor};
use serde_json::json;
use std::path::Path;

pub(super) fn run(files: Option<&Path>, common: &Common, voice: Voice) -> Result<()> {
    let (audit, beside) = if let Some(files) = files {
        (of_files(files)?, Vec::new())
    } else {
        let app = opening::open_reading(common)?;
        let actor = opening::actor(common, &app)?;
        let verified = board::verify(&app, &actor)?;
        (verified.audit, verified.beside)
    };
    if !audit.findings.is_empty() || !beside.is_empty() {
        let refusal = Refusal::invalid("board.unsound", "not every vote of this ledger holds")
            .hint("keep the ledger's files and its checkpoint: together they show what was done");
        let found = audit.findings.iter().map(|finding| format!("entry {} {}", finding.entry, finding.what));
        return Err(found.chain(beside).take(20).fold(refusal, Refusal::because));
    }
    let value = json!({"holds": true, "audit": audit});
    voice.result(&value, |voice| {
        voice.say(format!(
            "Every signature holds: {} entries, {} keys, {} signed statements, {} of them votes.",
            audit.entries, audit.keys, audit.signed, audit.votes
        ));
        if audit.granted + audit.alone > 0 {
            voice.say(format!(
                "Of what nobody does alone, {} acts were granted by a second person before, and {} were emergencies that the board confirmed.",
                audit.granted, audit.alone
            ));
        }
        if audit.unsigned > 0 {
            voice.say(format!("{} votes are from when no signature was due.", audit.unsigned));
        }
    })
}

/// Of served files: their own key and tree first, then what the entries say.
fn of_files(files: &Path) -> Result<Audit> {
    let broken = |error: &dyn std::fmt::Display| {
        Refusal::invalid("ledger.broken", "this ledger does not hold").because(error)
    };
    let text = opening::read_text(&files.join("verifier.key"))?;
    let key: VerifierKey = text
        .trim()
        .parse()
        .map_err(|error| Refusal::invalid("ledger.key", "this is not a verifier's key").because(error))?;
    let report = verify_dir(files, &key, None).map_err(|error| broken(&error))?;
    let mut auditor = Auditor::new(key.name());
    // The tree over these files was checked above; what is read here has to be the same bytes, entry for entry.
    for tile in new_tiles(0, report.checkpoint.size).filter(|tile| tile.kind == TileKind::Entries) {
        let whole = tile.with_width(256).path();
        let bytes = std::fs::read(files.join(tile.path()))
            .or_else(|_| std::fs::read(files.join(whole)))
            .map_err(|error| broken(&error))?;
        for entry in Entries::new(&bytes, tile.width) {
            auditor.entry(entry.map_err(|error| broken(&error))?.1);
        }
    }
    Ok(auditor.finish())
}
