//! Notices of corrections from before duties were kept of every kind become duties.

use super::tell::{Owed, owe};
use crate::after::CorrectionNotice;
use crate::after::take_back::duty_of;
use crate::context::App;
use crate::lend::charter_in;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::Actor;
use hustings_domain::duty::{Acknowledgement, DoneWith, Duty, DutyKind};
use hustings_store::Tx;

fn key(borrower: &hustings_domain::borrower::Borrower) -> String {
    format!("corrections/{}", borrower.id)
}

/// Takes over what is left of them, each once: the note that held them is emptied by the same transaction.
pub(crate) fn carry_over(app: &App) -> Result<()> {
    let waits = app.store.read(|tx| {
        for borrower in tx.borrowers()? {
            if !noted(tx, &key(&borrower))?.is_empty() {
                return Ok::<_, Refusal>(true);
            }
        }
        Ok(false)
    })?;
    if !waits {
        return Ok(());
    }
    let mut rng = app.rng("carry-over");
    app.store.write(|tx| {
        let rules = charter_in(tx)?.duties;
        for borrower in tx.borrowers()? {
            for notice in noted(tx, &key(&borrower))? {
                let Some(copy) = tx.copy(notice.copy)? else { continue };
                // What must be erased is not put right any more.
                let gone = duty_of(tx, &copy, &notice.reference)?.is_some() || copy.expires <= app.now();
                let owed = Owed {
                    copy: &copy,
                    kind: DutyKind::Correction,
                    reference: Some(notice.reference),
                    fields: notice.fields,
                    due: None,
                };
                let duty = owe(tx, &rules, owed, app.now(), &mut *rng)?;
                let by = format!("borrower:{}", borrower.id);
                let done = |at| Acknowledgement { at, by, done: DoneWith::PutRight, processors: 0 };
                let superseded = || Acknowledgement {
                    at: app.now(),
                    by: Actor::machine().reference(),
                    done: DoneWith::Superseded,
                    processors: 0,
                };
                let acknowledged = notice.taken.map(done).or(duty.acknowledged.clone());
                let acknowledged = acknowledged.or_else(|| gone.then(superseded));
                tx.put_duty(&Duty { told: notice.told, taken: notice.taken, acknowledged, ..duty })?;
            }
            tx.set_meta(&key(&borrower), "[]")?;
        }
        Ok(())
    })
}

fn noted(tx: &mut dyn Tx, key: &str) -> Result<Vec<CorrectionNotice>> {
    let Some(text) = tx.meta(key)? else { return Ok(Vec::new()) };
    serde_json::from_str(&text)
        .map_err(|error| Refusal::internal("the notices of corrections do not read back").because(error))
}
