//! A file that is in already. When nothing has changed since that could matter to it, its rows would all say nothing
//! new, and it is answered from the report of then without reading them.

use super::report::ImportReport;
use super::trail::{Ended, read, write};
use super::{ImportJob, parts::Part};
use crate::context::App;
use crate::refusal::Result;
use hustings_domain::canonical::ContentHash;
use hustings_store::Tx;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The single value that counts the changes of the table of areas.
pub(super) const AREAS: &str = "postal-areas-changes";

/// Everything that a row's effect depends on besides the file and how it is brought in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Standing {
    sequence: u64,
    stops: u64,
    charter: u32,
    areas: String,
    program: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Done {
    id: Uuid,
    standing: Standing,
}

impl Standing {
    fn of(tx: &mut dyn Tx) -> Result<Self> {
        Ok(Self {
            sequence: tx.change_sequence()?,
            stops: tx.suppression_count()?,
            charter: tx.charter()?.map_or(0, |charter| charter.0),
            areas: tx.meta(AREAS)?.unwrap_or_default(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }
}

/// Something changed that rows are read with: files that are in already may say something else now.
pub(in crate::people) fn note_change(tx: &mut dyn Tx, id: Uuid) -> Result<()> {
    Ok(tx.set_meta(AREAS, &id.to_string())?)
}

/// Remembers that the whole file is in, as things stand now.
pub(super) fn remember(tx: &mut dyn Tx, fingerprint: ContentHash, id: Uuid) -> Result<()> {
    let done = Done { id, standing: Standing::of(tx)? };
    Ok(tx.set_meta(&at(fingerprint), &write(&done)?)?)
}

/// Forgets it.
pub(super) fn forget(tx: &mut dyn Tx, fingerprint: ContentHash) -> Result<()> {
    Ok(tx.set_meta(&at(fingerprint), "")?)
}

/// What going through the file would come to, if that is known.
pub(super) fn report(app: &App, job: &ImportJob, part: &Part) -> Result<Option<ImportReport>> {
    if job.again {
        return Ok(None);
    }
    app.store.read(|tx| {
        let Some(text) = tx.meta(&at(part.fingerprint))?.filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let done: Done = read(&text)?;
        if done.standing != Standing::of(tx)? {
            return Ok(None);
        }
        let Some(kept) = tx.imports(u32::MAX)?.into_iter().find(|kept| kept.id == done.id) else {
            return Ok(None);
        };
        let before = read::<Ended>(&kept.report)?.report;
        Ok(Some(ImportReport {
            known_from: Some(done.id),
            file: part.table.contents.name(),
            dry_run: job.dry_run,
            resumed_after: 0,
            new: 0,
            changed: 0,
            merged: 0,
            unchanged: before.new + before.changed + before.merged + before.unchanged,
            consents_given: 0,
            consents_refused: 0,
            stops_added: 0,
            gifts: 0,
            identities_changed: 0,
            elapsed_ms: 0,
            ..before
        }))
    })
}

fn at(fingerprint: ContentHash) -> String {
    format!("import-done:{fingerprint}")
}
