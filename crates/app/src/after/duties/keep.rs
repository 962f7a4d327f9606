//! What the calendar brings about: a copy whose time runs out is owed back, and what is late for too long becomes a mark.

use super::tell::{Owed, owe};
use crate::after::copies::fetched_at;
use crate::after::place::days_after;
use crate::context::App;
use crate::journal::enter;
use crate::lend::{charter_in, note_standing};
use crate::refusal::{Refusal, Result};
use hustings_domain::access::Actor;
use hustings_domain::charter::Charter;
use hustings_domain::copy::CopyRecord;
use hustings_domain::duty::{Duty, DutyKind};
use hustings_domain::ids::{BorrowerId, CopyNumber, uuid_v7};
use hustings_store::Tx;
use hustings_store::records::Alarm;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// What was brought about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kept {
    /// Copies whose end was told.
    pub ending: usize,
    /// Borrowers whose standing got a mark, or one more reason for it.
    pub marked: usize,
}

/// Looks at every copy and duty, and writes down what is due by now. Doing it again at once changes nothing; what was cut
/// off is done by the next time.
pub fn keep_duties(app: &App) -> Result<Kept> {
    let now = app.now();
    let is_due = app.store.read(|tx| {
        let charter = charter_in(tx)?;
        Ok::<_, Refusal>(!ending(tx, &charter, now)?.is_empty() || !late(tx, &charter, now)?.is_empty())
    })?;
    if !is_due {
        return Ok(Kept::default());
    }
    app.store.write(|tx| {
        let charter = charter_in(tx)?;
        let mut kept = Kept::default();
        let mut rng = app.rng("duty");
        for copy in ending(tx, &charter, now)? {
            // Nobody is late on a day that they were never told.
            let due =
                if copy.expires > now { copy.expires } else { days_after(now, charter.duties.answer_days)? };
            let owed = Owed {
                copy: &copy,
                kind: DutyKind::Expiry,
                reference: None,
                fields: Vec::new(),
                due: Some(due),
            };
            owe(tx, &charter.duties, owed, now, &mut *rng)?;
            let body = json!({"copy": copy.number, "borrower": copy.borrower, "due": due.to_string()});
            enter(tx, now, &Actor::machine(), "copy.ending", body)?;
            kept.ending += 1;
        }
        for (borrower, duties) in late(tx, &charter, now)? {
            mark(app, tx, borrower, duties, now)?;
            kept.marked += 1;
        }
        Ok(kept)
    })
}

/// Copies that left, end within the days of a reminder, and are not owed back yet.
fn ending(tx: &mut dyn Tx, charter: &Charter, now: Timestamp) -> Result<Vec<CopyRecord>> {
    let told: BTreeSet<CopyNumber> = tx
        .duties(None)?
        .into_iter()
        .filter(|duty| duty.kind == DutyKind::Expiry)
        .map(|duty| duty.copy)
        .collect();
    let ahead = Span::new().hours(24 * i64::from(charter.duties.remind_days));
    let mut ending = Vec::new();
    for copy in tx.copies()? {
        let soon = copy.expires.checked_sub(ahead).unwrap_or(Timestamp::MIN);
        if soon <= now && !told.contains(&copy.number) && fetched_at(tx, copy.number)?.is_some() {
            ending.push(copy);
        }
    }
    Ok(ending)
}

/// What is late for too long and not marked yet, by borrower.
fn late(tx: &mut dyn Tx, charter: &Charter, now: Timestamp) -> Result<BTreeMap<BorrowerId, Vec<Duty>>> {
    let mut late: BTreeMap<BorrowerId, Vec<Duty>> = BTreeMap::new();
    for duty in tx.duties(None)? {
        if duty.marked.is_none() && duty.is_mark(&charter.duties, now) {
            late.entry(duty.borrower).or_default().push(duty);
        }
    }
    Ok(late)
}

fn mark(app: &App, tx: &mut dyn Tx, borrower: BorrowerId, duties: Vec<Duty>, now: Timestamp) -> Result<()> {
    let Some(mut kept) = tx.borrower(borrower)? else { return Ok(()) };
    let (count, first) = (duties.len(), duties.iter().map(|duty| duty.due).min().unwrap_or(now));
    for duty in duties {
        tx.put_duty(&Duty { marked: Some(now), ..duty })?;
    }
    let day = first.to_zoned(TimeZone::UTC).strftime("%-d %B %Y").to_string();
    let why = format!(
        "{count} {} owed of its copies, the first due on {day}, not acknowledged",
        if count == 1 { "thing" } else { "things" }
    );
    let what = format!("the standing of {} got a mark: {why}", kept.name);
    note_standing(&mut kept, &Actor::machine(), now, "marked", &why);
    kept.marked.get_or_insert(now);
    tx.put_borrower(&kept)?;
    tx.add_alarm(&Alarm {
        id: uuid_v7(now, &mut *app.rng("alarm")),
        kind: "duty".to_owned(),
        what,
        at: now,
    })?;
    let body = json!({"borrower": borrower, "duties": count, "first_due": first.to_string()});
    enter(tx, now, &Actor::machine(), "borrower.marked", body)?;
    Ok(())
}
