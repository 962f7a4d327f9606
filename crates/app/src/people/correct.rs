//! Putting right what is held: the person from their own page, or a steward for somebody who asked. Consents stay
//! the person's; a stop moves along with the person and stays with the address; borrowers are told.

use super::consent::{gone, withdraw_all};
use super::dialled;
use super::follow;
use super::import::move_areas;
use super::sealed::{open_in, person_key, seal_identity};
use crate::after::tell_of_correction;
use crate::context::App;
use crate::journal::enter;
use crate::lend::charter_in;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::charter::Charter;
use hustings_domain::consent::{Channel, SuppressionReason, SuppressionScope};
use hustings_domain::ids::{Ordinal, SupporterId};
use hustings_policy::permit;
use hustings_store::Tx;
use hustings_store::records::SupporterRecord;
use hustings_vault::{BlindColumn, Field, Identity, SuppressionHash};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::json;
use std::fmt;

/// A page lets its person change the e-mail address once in so long: each try could tell whether an address is on
/// the list, so tries are few.
const BETWEEN_ADDRESSES: SignedDuration = SignedDuration::from_hours(24);
/// The source of what people tell by correcting it.
const SOURCE: &str = "correction";

/// One field and what it is to say; nothing makes it blank. Personal: its `Debug` shows the field alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Change {
    /// Which field.
    pub field: Field,
    /// The new text, as it was typed.
    pub text: String,
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change").field("field", &self.field).finish_non_exhaustive()
    }
}

/// What a correction came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Corrected {
    /// The fields that say something else now.
    pub fields: Vec<Field>,
    /// Whether the person's address is stopped altogether, so that nobody may be mailed whatever it says.
    pub stopped: bool,
    /// How many rows of borrowers' copies hold what was corrected; each borrower is told.
    pub borrowers_told: usize,
}

/// A steward puts fields right for somebody who asked.
pub fn correct(app: &App, actor: &Actor, id: SupporterId, changes: &[Change]) -> Result<Corrected> {
    permit(actor, Action::CorrectSupporter)?;
    let record = app.store.read(|tx| Ok::<_, Refusal>(tx.supporter_by_id(id)?))?.ok_or_else(gone)?;
    carry_out(app, actor, record.ordinal, changes, "steward")
}

/// A person puts their own fields right, from their own page.
pub fn correct_mine(app: &App, ordinal: Ordinal, changes: &[Change]) -> Result<Corrected> {
    let changes_address = changes.iter().any(|change| change.field == Field::Email);
    if changes_address {
        wait_for_turn(app, ordinal, changes)?;
    }
    carry_out(app, &Actor::machine(), ordinal, changes, "supporter").map_err(|refusal| {
        // Whose page it is learns from a refusal no more than that this page cannot do it.
        if refusal.code.starts_with("supporter.address-") {
            Refusal::conflict("correction.by-us", "this address cannot be put here from your page")
                .hint("write to us, and a person looks at it")
        } else {
            refusal
        }
    })
}

/// Takes the turn in a transaction of its own, so that a try that is refused counts as well.
fn wait_for_turn(app: &App, ordinal: Ordinal, changes: &[Change]) -> Result<()> {
    let now = app.now();
    let key = format!("own-address/{}", ordinal.0);
    app.store.write(|tx| {
        let (_, identity) = open_in(app, tx, ordinal)?.ok_or_else(gone)?;
        let (_, fields) = changed(&charter_in(tx)?, &identity, changes)?;
        if !fields.contains(&Field::Email) {
            return Ok(());
        }
        let last: Option<Timestamp> = tx.meta(&key)?.and_then(|text| text.parse().ok());
        if last.is_some_and(|last| now.duration_since(last) < BETWEEN_ADDRESSES) {
            return Err(Refusal::new(
                crate::Kind::Busy,
                "correction.too-soon",
                "an e-mail address can be changed here once a day",
            )
            .hint("try again tomorrow, or write to us"));
        }
        Ok(tx.set_meta(&key, &now.to_string())?)
    })
}

fn carry_out(
    app: &App,
    actor: &Actor,
    ordinal: Ordinal,
    changes: &[Change],
    asked: &str,
) -> Result<Corrected> {
    let now = app.now();
    let corrected = app.store.write(|tx| {
        let (record, before) = open_in(app, tx, ordinal)?.ok_or_else(gone)?;
        let (identity, fields) = changed(&charter_in(tx)?, &before, changes)?;
        if fields.is_empty() {
            return Ok(Corrected { stopped: is_stopped(tx, record.mail_key)?, ..Corrected::default() });
        }
        let mail_key = identity.email.as_ref().map(|email| app.vault.suppress_email(email));
        if fields.contains(&Field::Email) {
            expect_free(app, tx, &identity)?;
        }
        let version = record
            .version
            .checked_add(1)
            .ok_or_else(|| Refusal::internal("a record was changed too often"))?;
        let key = person_key(app, &record)?;
        let sealed = seal_identity(&key, record.id, version, &identity, &mut *app.rng("correction"))?;
        tx.update_supporter(&SupporterRecord { sealed, version, mail_key, ..record.clone() })?;
        replace_indexes(app, tx, ordinal, &identity, &fields)?;
        let stopped = move_stops(app, tx, &record, (&before, &identity), &fields, now)?;
        if fields.contains(&Field::PostalCode) {
            let mut facts = tx.facts(ordinal)?;
            let source = tx.source(SOURCE, "told by the person to put it right", now)?.number;
            let codes = (before.get(Field::PostalCode), identity.get(Field::PostalCode));
            let today = jiff::tz::Offset::UTC.to_datetime(now).date();
            if move_areas(tx, &mut facts, codes, source, today)? {
                tx.set_facts(&[(ordinal, facts)])?;
            }
        }
        tx.record_change(ordinal, ordinal)?;
        let borrowers_told = tell_of_correction(app, tx, ordinal, &fields, now)?;
        // INVARIANT (promise 5): the ledger names the fields and no value of one.
        let body = json!({"asked_by": asked, "fields": fields, "borrowers_told": borrowers_told});
        enter(tx, now, actor, "supporter.corrected", body)?;
        Ok::<_, Refusal>(Corrected { fields, stopped, borrowers_told })
    })?;
    follow::catch_up(app)?;
    Ok(corrected)
}

/// The identity after the changes, and which fields differ.
fn changed(charter: &Charter, before: &Identity, changes: &[Change]) -> Result<(Identity, Vec<Field>)> {
    let mut identity = before.clone();
    for change in changes {
        if change.text.trim().is_empty() {
            identity.clear(change.field);
            continue;
        }
        identity.set(change.field, &change.text, dialled(charter)).map_err(|error| {
            Refusal::invalid(
                "correction.unusable",
                format!("this cannot be kept as {}", change.field.label().to_lowercase()),
            )
            .because(error)
        })?;
    }
    let had_a_way = before.email.is_some() || before.phone.is_some();
    if had_a_way && identity.email.is_none() && identity.phone.is_none() {
        return Err(Refusal::invalid(
            "correction.no-way",
            "without an e-mail address and a phone number nobody could be found again",
        )
        .hint("keep one of them, or ask to be forgotten"));
    }
    let fields = Field::ALL.into_iter().filter(|field| before.get(*field) != identity.get(*field)).collect();
    Ok((identity, fields))
}

/// An address belongs to one person, and to nobody who asked to be forgotten under it.
fn expect_free(app: &App, tx: &mut dyn Tx, identity: &Identity) -> Result<()> {
    let Some(email) = &identity.email else { return Ok(()) };
    if tx
        .find_blind(BlindColumn::Email, &[app.vault.blind_email(email)])?
        .first()
        .copied()
        .flatten()
        .is_some()
    {
        return Err(Refusal::conflict(
            "supporter.address-taken",
            "somebody else on the list has this address",
        )
        .hint("look that person up; if both are the same, erase one of them"));
    }
    let stops = tx.stops_of(app.vault.suppress_email(email))?;
    // INVARIANT (promise 8): what was forgotten does not come back by another door.
    if stops.iter().any(|stop| stop.1 == SuppressionReason::Erased) {
        return Err(Refusal::conflict(
            "supporter.address-forgotten",
            "somebody asked to be forgotten under this address",
        )
        .hint("they are on the list again only after signing up anew"));
    }
    Ok(())
}

fn replace_indexes(
    app: &App,
    tx: &mut dyn Tx,
    ordinal: Ordinal,
    identity: &Identity,
    fields: &[Field],
) -> Result<()> {
    if fields.contains(&Field::Email) {
        let index = identity.email.as_ref().map(|email| app.vault.blind_email(email));
        tx.replace_blind(BlindColumn::Email, ordinal, index)?;
    }
    if fields.contains(&Field::Phone) {
        let mut index = identity.phone.as_ref().map(|phone| app.vault.blind_phone(phone));
        // A household shares a number: whoever was first is found by it.
        if let Some(taken) = index
            && tx.find_blind(BlindColumn::Phone, &[taken])?.first().copied().flatten().is_some()
        {
            index = None;
        }
        tx.replace_blind(BlindColumn::Phone, ordinal, index)?;
    }
    Ok(())
}

// INVARIANT (promise 4): the stops of the old address stay with it, and every one that was the person's wish (a dead
// mailbox is nobody's wish) holds for the new address as well; what is stopped under the new address stays stopped.
/// Moves stops along and withdraws what cannot stand; true when the mail address is stopped altogether.
fn move_stops(
    app: &App,
    tx: &mut dyn Tx,
    old: &SupporterRecord,
    (before, now_is): (&Identity, &Identity),
    fields: &[Field],
    now: Timestamp,
) -> Result<bool> {
    let phone_key =
        |identity: &Identity| identity.phone.as_ref().map(|phone| app.vault.suppress_phone(phone));
    let mail_key = now_is.email.as_ref().map(|email| app.vault.suppress_email(email));
    if fields.iter().any(|field| matches!(field, Field::Email | Field::Phone)) {
        let mut wishes: Vec<(SuppressionScope, SuppressionReason, Timestamp)> = Vec::new();
        for hash in old.mail_key.into_iter().chain(phone_key(before)) {
            wishes.extend(tx.stops_of(hash)?.into_iter().filter(|stop| stop.1 != SuppressionReason::Bounced));
        }
        for hash in mail_key.into_iter().chain(phone_key(now_is)) {
            for (scope, reason, at) in &wishes {
                tx.suppress(hash, scope, *reason, *at)?;
            }
        }
        for (channel, key) in [(Channel::Email, mail_key), (Channel::Phone, phone_key(now_is))] {
            if is_stopped(tx, key)? {
                withdraw_all(tx, old.ordinal, Some(channel), SOURCE, now)?;
            }
        }
    }
    is_stopped(tx, mail_key)
}

fn is_stopped(tx: &mut dyn Tx, key: Option<SuppressionHash>) -> Result<bool> {
    let Some(key) = key else { return Ok(false) };
    Ok(tx.are_stopped(&[key])?.first().copied().unwrap_or(false))
}
