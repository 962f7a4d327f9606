//! Planning the owner's own mail, and cancelling it. Who is in it is fixed when it is planned; their room is taken from
//! then on. The ledger holds that something was planned, bound to what, and not when: borrowers read the ledger.

use crate::context::App;
use crate::journal::enter;
use crate::people::audience::ask;
use crate::refusal::{Refusal, Result};
use hustings_audience::{Bitmap, Selection, parse};
use hustings_domain::access::{Action, Actor};
use hustings_domain::canonical::{ContentHash, sha256};
use hustings_domain::consent::SuppressionScope;
use hustings_domain::ids::{Ordinal, uuid_v7};
use hustings_policy::permit;
use hustings_store::records::CalendarEntry;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;
use uuid::Uuid;

/// The longest title.
const LONGEST_TITLE: usize = 120;

/// What is planned.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// What it is.
    pub title: String,
    /// When it goes out.
    pub day: Date,
    /// Who gets it, in the audience language; everybody who agreed to the owner's own mail when empty.
    pub audience: String,
    /// Whether it asks for money.
    pub money: bool,
}

/// Puts mail of the owner's own into the calendar; how many people it goes to.
pub fn plan(app: &App, actor: &Actor, new: &NewEntry) -> Result<(CalendarEntry, u64)> {
    permit(actor, Action::PlanMail)?;
    let now = app.now();
    let today = now.to_zoned(TimeZone::UTC).date();
    let title = new.title.trim();
    if title.is_empty() || title.chars().count() > LONGEST_TITLE {
        return Err(Refusal::invalid("calendar.title", "say what it is, in 1 to 120 characters"));
    }
    if new.day < today {
        return Err(Refusal::invalid(
            "calendar.past",
            format!("`{}` is over: nothing can be planned for it", new.day),
        )
        .hint(format!("name {today} or a later day")));
    }
    let charter = app.charter()?;
    let purpose = charter.purposes.iter().find(|purpose| purpose.asks.is_empty()).ok_or_else(|| {
        Refusal::conflict("calendar.no-purpose", "the charter names no purpose for the owner's own mail")
    })?;
    let agreed = format!("consent \"{}\" on email", purpose.id);
    let agreed = parse(&agreed).map_err(|error| {
        Refusal::internal("the rule of consent does not read").because(error.render(&agreed))
    })?;
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let rule = match new.audience.trim() {
        "" => None,
        text => Some(ask(app, text, today)?),
    };
    let chosen = app.with_index(|index| {
        let agreed = index.select(&agreed, Selection::OwnUse, today, threads);
        match &rule {
            Some(rule) => index.select(rule, Selection::OwnUse, today, threads).and(&agreed),
            None => agreed,
        }
    })?;
    let entry = CalendarEntry {
        id: uuid_v7(now, &mut *app.rng("calendar")),
        title: title.to_owned(),
        day: new.day,
        expression: new.audience.trim().to_owned(),
        money: new.money,
        by: actor.reference(),
        planned: now,
        cancelled: None,
    };
    let purpose = purpose.id.clone();
    app.store.write(|tx| {
        let scopes = [SuppressionScope::Everything, SuppressionScope::Purpose(purpose)];
        let stopped: Bitmap = tx.stopped_supporters(&scopes)?.into_iter().collect();
        let people: Vec<Ordinal> = chosen.and_not(&stopped).iter().collect();
        if people.is_empty() {
            return Err(Refusal::conflict("calendar.nobody", "nobody would get it")
                .hint("`hustings audience count` says whom a rule selects"));
        }
        tx.add_calendar_entry(&entry, &people)?;
        let body = json!({"entry": entry.id, "content": bound(app, &entry)});
        enter(tx, now, actor, "calendar.planned", body)?;
        Ok((entry, people.len() as u64))
    })
}

/// What the ledger holds of an entry: a hash with a secret in it, so that nobody can guess at the plan.
fn bound(app: &App, entry: &CalendarEntry) -> ContentHash {
    let secret = app.vault.secret(&format!("calendar/{}", entry.id));
    let said = json!([entry.title, entry.day.to_string(), entry.expression, entry.money]).to_string();
    let mut bytes = secret.to_vec();
    bytes.extend_from_slice(said.as_bytes());
    ContentHash(sha256(&bytes))
}

/// Takes mail of the owner's own out of the calendar; its people have their room again.
pub fn cancel(app: &App, actor: &Actor, id: Uuid) -> Result<CalendarEntry> {
    permit(actor, Action::PlanMail)?;
    let now = app.now();
    app.store.write(|tx| {
        let mut entry = tx.calendar_entries()?.into_iter().find(|entry| entry.id == id).ok_or_else(|| {
            Refusal::not_found("calendar.unknown", format!("nothing in the calendar is called `{id}`"))
                .hint("`hustings calendar show` names everything in it")
        })?;
        if entry.cancelled.is_some() {
            return Err(Refusal::conflict("calendar.cancelled", "it was cancelled before"));
        }
        entry.cancelled = Some(now);
        tx.put_calendar_entry(&entry)?;
        enter(tx, now, actor, "calendar.cancelled", json!({"entry": entry.id}))?;
        Ok(entry)
    })
}
