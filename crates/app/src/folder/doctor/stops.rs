//! Stops only become more: there are never fewer than a backup held or the ledger's imports added, and whoever was
//! forgotten left one.

use super::{Findings, How, Patient};
use crate::folder::backup;
use crate::refusal::{Refusal, Result};
use hustings_domain::consent::SuppressionReason;
use hustings_ledger::Leaf;
use serde_json::Value;

/// Entries read at a time.
const PAGE: u32 = 4_096;

/// What the ledger says about stops.
#[derive(Debug, Default)]
struct Told {
    at_backups: u64,
    by_imports: u64,
    forgotten: u64,
}

pub(super) fn look(patient: &Patient<'_>, findings: &mut Findings) -> Result<()> {
    let (told, remembered, count, any_erased) = patient.store.read(|tx| {
        let mut told = Told::default();
        let mut from = 0;
        loop {
            let page = tx.ledger_entries(from, PAGE)?;
            if page.is_empty() {
                break;
            }
            for entry in &page {
                told.hear(entry);
            }
            from += u64::try_from(page.len()).unwrap_or(u64::MAX);
        }
        let remembered = backup::known(tx)?.iter().map(|backup| backup.stops).max().unwrap_or(0);
        let erased = |stop: &(_, _, SuppressionReason, _)| stop.2 == SuppressionReason::Erased;
        let any_erased = told.forgotten == 0 || tx.every_stop()?.iter().any(erased);
        Ok::<_, Refusal>((told, remembered, tx.suppression_count()?, any_erased))
    })?;
    let least = told.at_backups.max(told.by_imports).max(remembered);
    // INVARIANT (promise 4): nothing deletes a stop, so a count that fell is a loss.
    if count < least {
        findings.add(
            How::Broken,
            format!("the list holds {count} stops, and there were {least} before: some were lost"),
            "pause every send with `hustings loan pause`, and restore the newest backup: a restore forgets no stop",
        );
    }
    if !any_erased {
        findings.add(
            How::Broken,
            format!("{} people were forgotten, and no stop of a forgotten person is kept", told.forgotten),
            "pause every send with `hustings loan pause`, and restore the newest backup: a restore forgets no stop",
        );
    }
    Ok(())
}

impl Told {
    fn hear(&mut self, entry: &[u8]) {
        // An entry that does not read is told by the check of the ledger.
        let Ok(leaf) = Leaf::from_bytes(entry) else { return };
        let number = |name: &str| leaf.body.get(name).and_then(Value::as_u64).unwrap_or(0);
        match leaf.kind.as_str() {
            "list.backed-up" => self.at_backups = self.at_backups.max(number("stops")),
            "import.finished" => self.by_imports += number("stops_added"),
            "supporter.erased" => self.forgotten += number("records"),
            _ => {}
        }
    }
}
