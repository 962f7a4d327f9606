//! The decision ledger: its rows give its root, and what is published is signed, whole and of the same history.

use super::{Findings, How, Patient};
use crate::after::{LEDGER_FOLDER, publish_ledger, verifier_of};
use crate::context::App;
use crate::journal::TxNodes;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::Actor;
use hustings_ledger::publish::CHECKPOINT_FILE;
use hustings_ledger::tree::{self, Frontier};
use hustings_ledger::{hash, verify_dir};
use std::cell::RefCell;

/// Entries read at a time.
const PAGE: u32 = 4_096;
const FORKED: &str = "keep the folder and every checkpoint that others hold: together they show what was changed; \
                      restore a backup whose ledger continues the published one";

pub(super) fn look(patient: &Patient<'_>, findings: &mut Findings) -> Result<()> {
    let (size, kept, computed) = patient.store.read(|tx| {
        let size = tx.ledger_size()?;
        let mut tree = Frontier::new();
        while tree.size() < size {
            let page = tx.ledger_entries(tree.size(), PAGE)?;
            if page.is_empty() {
                break;
            }
            tree.extend(page.iter().map(|entry| hash::leaf_hash(entry)));
        }
        Ok::<_, Refusal>((size, tree::root(size, &TxNodes(RefCell::new(tx))).ok(), tree.root()))
    })?;
    if kept != Some(computed) {
        findings.add(How::Broken, "the entries of the decision ledger do not give its root", FORKED);
        return Ok(());
    }
    let folder = patient.folder.join(LEDGER_FOLDER);
    if !folder.join(CHECKPOINT_FILE).is_file() {
        findings.add(
            How::Notice,
            "the decision ledger was never published",
            "publish it with `hustings ledger publish`, or serve",
        );
        return Ok(());
    }
    let published = match verify_dir(&folder, &verifier_of(patient.vault, patient.charter)?, None) {
        Ok(report) => report.checkpoint,
        Err(error) => {
            findings.add(How::Broken, format!("the published ledger does not hold: {error}"), FORKED);
            return Ok(());
        }
    };
    if published.size > size {
        findings.add(
            How::Broken,
            format!(
                "{} entries are published, and the list holds {size}: it was put back to an earlier state",
                published.size
            ),
            FORKED,
        );
        return Ok(());
    }
    let then = patient
        .store
        .read(|tx| Ok::<_, Refusal>(tree::root(published.size, &TxNodes(RefCell::new(tx))).ok()))?;
    if then != Some(published.root) {
        findings.add(How::Broken, "the published ledger is of another history than the list's", FORKED);
    } else if published.size < size {
        findings.add(
            How::Notice,
            format!("{} entries are not published yet", size - published.size),
            "publish them with `hustings ledger publish`, or serve",
        );
    }
    Ok(())
}

pub(super) fn repair(app: &App) -> Result<Vec<String>> {
    // Only what is whole is continued: over a history that does not fit, publishing would hide what happened.
    let mut findings = Findings::default();
    let charter = app.charter()?;
    let patient = Patient {
        folder: &app.folder,
        now: app.now(),
        store: &app.store,
        vault: &app.vault,
        charter: &charter,
    };
    look(&patient, &mut findings)?;
    let only_behind = !findings.0.is_empty() && findings.0.iter().all(|finding| finding.how == How::Notice);
    if !only_behind {
        return Ok(Vec::new());
    }
    let checkpoint = publish_ledger(app, &Actor::operator())?;
    Ok(vec![format!("the ledger was published up to {} entries", checkpoint.size)])
}
