//! Keys: one for everybody on the list, none for anybody who was forgotten, and each opens its record.

use super::{Findings, How, Patient};
use crate::context::App;
use crate::people::seal_holds;
use crate::refusal::{Refusal, Result};
use hustings_domain::ids::Ordinal;
use hustings_store::Store;
use hustings_store::sqlite::Sqlite;

/// How many records are opened as a sample.
const SAMPLE: u32 = 100;
/// Positions looked at together.
const PAGE: u32 = 10_000;

pub(super) fn look(patient: &Patient<'_>, findings: &mut Findings) -> Result<()> {
    let store = patient.store;
    let (next, people, doomed) =
        store.read(|tx| Ok::<_, Refusal>((tx.next_ordinal()?.0, tx.supporter_count()?, tx.shreds()?)))?;
    let keys = store.keys().count()?;
    if !doomed.is_empty() {
        findings.add(
            How::Warning,
            format!("the keys of {} forgotten people are still to be destroyed", doomed.len()),
            "open the list once, such as with `hustings doctor --repair`: opening destroys them",
        );
    }
    if keys != people {
        let found = strangers(store, next)?;
        let of_nobody =
            found.len().saturating_sub(doomed.iter().filter(|person| found.contains(person)).count());
        if of_nobody > 0 {
            // INVARIANT (promise 8): whoever is forgotten has no key; one that stays opens an old backup's record.
            findings.add(
                How::Broken,
                format!("{of_nobody} keys belong to nobody on the list"),
                "destroy them with `hustings doctor --repair`",
            );
        }
        let above = keys.saturating_sub(people).saturating_sub(u64::try_from(found.len()).unwrap_or(0));
        // An import that runs now has made keys and not yet its records.
        if above > 0 && !Sqlite::in_use(patient.folder)? {
            findings.add(
                How::Warning,
                format!("{above} keys were made for people of an import that was cut off"),
                "open the list once, such as with `hustings doctor --repair`: opening destroys them",
            );
        }
    }
    trace_key(patient, findings)?;
    sample(patient, next, findings)
}

/// Says plainly when somebody in the house could make up a leak: copies left, and their seeds are sealed to nobody.
fn trace_key(patient: &Patient<'_>, findings: &mut Findings) -> Result<()> {
    let season = patient.charter.estimates.season.as_str();
    let (copies, split) = patient
        .store
        .read(|tx| Ok::<_, Refusal>((tx.copies()?.len(), crate::after::is_split(tx, season)?)))?;
    if copies > 0 && !split {
        findings.add(
            How::Notice,
            "the trace key of this season is not split: whoever holds the list's keys could make up a leak that \
             accuses a borrower",
            "give trustees shares of it with `hustings trace key split`; copies made from then on are sealed",
        );
    }
    Ok(())
}

/// Keys below the next position whose person is not on the list.
fn strangers(store: &Store, next: u32) -> Result<Vec<Ordinal>> {
    let mut strangers = Vec::new();
    let mut from = 0;
    while from < next {
        let to = from.saturating_add(PAGE).min(next);
        let page: Vec<Ordinal> = (from..to).map(Ordinal).collect();
        let held = store.keys().get_many(&page)?;
        store.read(|tx| {
            for (ordinal, _) in page.iter().zip(held).filter(|(_, key)| key.is_some()) {
                if tx.supporter(*ordinal)?.is_none() {
                    strangers.push(*ordinal);
                }
            }
            Ok::<_, Refusal>(())
        })?;
        from = to;
    }
    Ok(strangers)
}

fn sample(patient: &Patient<'_>, next: u32, findings: &mut Findings) -> Result<()> {
    let step = usize::try_from((next / SAMPLE).max(1)).unwrap_or(1);
    let (mut unread, mut strays) = (0_u32, 0_u32);
    for ordinal in (0..next).step_by(step).map(Ordinal) {
        let Some(record) = patient.store.read(|tx| Ok::<_, Refusal>(tx.supporter(ordinal)?))? else {
            continue;
        };
        // A key that is missing is told by the check of the store, for the whole list.
        let Some(wrapped) = patient.store.keys().get(ordinal)? else { continue };
        match seal_holds(patient.vault, &record, &wrapped) {
            Err(_) => unread += 1,
            Ok(sound) => strays += u32::from(!sound),
        }
    }
    if unread > 0 {
        findings.add(
            How::Broken,
            format!("{unread} of a sample of records do not open with their keys"),
            "`keys.db` and `hustings.db` are not of one time: restore both from one backup",
        );
    }
    if strays > 0 {
        findings.add(
            How::Broken,
            format!(
                "{strays} of a sample of records look up their stops under another address than their own"
            ),
            "pause every send with `hustings loan pause`, and restore the newest backup",
        );
    }
    Ok(())
}

pub(super) fn repair(app: &App) -> Result<Vec<String>> {
    let (next, people) =
        app.store.read(|tx| Ok::<_, Refusal>((tx.next_ordinal()?.0, tx.supporter_count()?)))?;
    if app.store.keys().count()? == people {
        return Ok(Vec::new());
    }
    let strangers = strangers(&app.store, next)?;
    app.store.keys().destroy_many(&strangers)?;
    Ok(if strangers.is_empty() {
        Vec::new()
    } else {
        vec![format!("{} keys of nobody were destroyed", strangers.len())]
    })
}
