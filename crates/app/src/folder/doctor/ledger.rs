//! The decision ledger: its rows give its root, and what is published is signed, whole and of the same history.

use super::{Findings, How, Patient};
use crate::after::{LEDGER_FOLDER, WitnessState, publish_ledger, verifier_of, witnesses_of};
use crate::context::App;
use crate::journal::TxNodes;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::Actor;
use hustings_ledger::publish::CHECKPOINT_FILE;
use hustings_ledger::tree::{self, Frontier};
use hustings_ledger::{hash, verify_dir};
use jiff::{Span, Timestamp};
use std::cell::RefCell;

/// Entries read at a time.
const PAGE: u32 = 4_096;
const FORKED: &str = "keep the folder and every checkpoint that others hold: together they show what was changed; \
                      restore a backup whose ledger continues the published one";

pub(super) fn look(patient: &Patient<'_>, findings: &mut Findings) -> Result<()> {
    let before = findings.0.len();
    look_at_files(patient, findings)?;
    // What is broken itself is not to be asked about.
    if findings.0.iter().skip(before).all(|finding| finding.how != How::Broken) {
        look_at_witnesses(patient, findings)?;
    }
    Ok(())
}

fn look_at_files(patient: &Patient<'_>, findings: &mut Findings) -> Result<()> {
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

/// A witness that is away for a day is looked after; one that holds another history is the worst there is.
fn look_at_witnesses(patient: &Patient<'_>, findings: &mut Findings) -> Result<()> {
    let a_day_ago = patient.now.checked_sub(Span::new().hours(24)).unwrap_or(Timestamp::MIN);
    let standing = match witnesses_of(patient.folder, &verifier_of(patient.vault, patient.charter)?) {
        // Settings that do not read are found, and said, by the examination of secrets.
        Err(refusal) if refusal.code.starts_with("settings.") => return Ok(()),
        standing => standing?,
    };
    for witness in standing {
        let name = witness.key.name();
        if witness.state == WitnessState::Contradicts {
            findings.add(
                How::Broken,
                format!("the witness `{name}` holds another history of the ledger: {}", witness.said),
                FORKED,
            );
        } else if witness.last.is_none_or(|last| last < a_day_ago) {
            let (how, since) = match witness.last {
                Some(last) => (How::Warning, format!("since {last}")),
                None => (How::Notice, "yet".to_owned()),
            };
            findings.add(
                how,
                format!("the witness `{name}` has not cosigned the ledger {since}"),
                "ask it with `hustings ledger publish`, or serve; then ask whoever runs it",
            );
        }
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
    look_at_files(&patient, &mut findings)?;
    let only_behind = !findings.0.is_empty() && findings.0.iter().all(|finding| finding.how == How::Notice);
    if !only_behind {
        return Ok(Vec::new());
    }
    let checkpoint = publish_ledger(app, &Actor::operator())?;
    Ok(vec![format!("the ledger was published up to {} entries", checkpoint.size)])
}
