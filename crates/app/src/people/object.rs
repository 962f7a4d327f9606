//! Objections: somebody told us, by letter, telephone or mail, not to address them for a purpose or at all
//! (such as GDPR, article 21(2)). A stop like their own click, whether or not they are on the list.

use super::address_file::{Asked, Became, BulkReport, in_bulk};
use super::consent::stop_keys;
use super::follow::{self, join};
use crate::context::App;
use crate::journal::enter;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::charter::Charter;
use hustings_domain::consent::{Consent, ConsentState, SuppressionReason, SuppressionScope};
use hustings_domain::ids::Ordinal;
use hustings_domain::words::Slug;
use hustings_policy::permit;
use hustings_store::Tx;
use hustings_vault::{BlindColumn, EmailAddress, SuppressionHash};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use std::fmt;
use std::io::BufRead;
use std::str::FromStr;

/// The word for where an objection's withdrawals come from.
const SOURCE: &str = "objection";

/// What somebody objects to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub enum ObjectTo {
    /// All mail.
    Everything,
    /// One purpose of the charter.
    Purpose(Slug),
}

impl fmt::Display for ObjectTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everything => f.write_str("everything"),
            Self::Purpose(purpose) => purpose.fmt(f),
        }
    }
}

impl From<ObjectTo> for String {
    fn from(to: ObjectTo) -> Self {
        to.to_string()
    }
}

impl FromStr for ObjectTo {
    type Err = String;
    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match text {
            "everything" => Ok(Self::Everything),
            purpose => purpose
                .parse()
                .map(Self::Purpose)
                .map_err(|_| format!("`{text}` is neither `everything` nor a purpose's short name")),
        }
    }
}

impl ObjectTo {
    fn scope(&self) -> SuppressionScope {
        match self {
            Self::Everything => SuppressionScope::Everything,
            Self::Purpose(purpose) => SuppressionScope::Purpose(purpose.clone()),
        }
    }

    /// A slip in a purpose's name must not become a stop of nothing.
    fn check(&self, charter: &Charter) -> Result<()> {
        let Self::Purpose(purpose) = self else { return Ok(()) };
        if charter.purposes.iter().any(|known| known.id == *purpose) {
            return Ok(());
        }
        let known: Vec<&str> = charter.purposes.iter().map(|known| known.id.as_str()).collect();
        Err(Refusal::invalid(
            "objection.unknown-purpose",
            format!("`{purpose}` is not a purpose of the charter"),
        )
        .hint(format!("object to everything, or to one of {}", known.join(", "))))
    }
}

/// What an objection came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Objected {
    /// Whether anybody on the list has the address; the stop holds for whoever comes with it later all the same.
    pub on_list: bool,
    /// Whether it stopped anything that was not stopped before.
    pub changed: bool,
}

/// Keeps one objection.
pub fn object(app: &App, actor: &Actor, address: &str, to: &ObjectTo) -> Result<Objected> {
    permit(actor, Action::RecordObjection)?;
    let email = EmailAddress::parse(address).map_err(|error| {
        Refusal::invalid("supporter.address", "this is not an e-mail address").because(error)
    })?;
    let (blind, mail_key) = (app.vault.blind_email(&email), app.vault.suppress_email(&email));
    let now = app.now();
    let objected = app.store.write(|tx| {
        to.check(&crate::lend::charter_in(tx)?)?;
        let found = tx.find_blind(BlindColumn::Email, &[blind])?.first().copied().flatten();
        let changed = object_in(app, tx, found, mail_key, to, now)?;
        if let Some(ordinal) = found.filter(|_| changed) {
            tx.record_change(ordinal, ordinal)?;
        }
        enter(tx, now, actor, "supporter.objected", json!({"to": to, "records": u8::from(changed)}))?;
        Ok::<_, Refusal>(Objected { on_list: found.is_some(), changed })
    })?;
    follow::catch_up(app)?;
    Ok(objected)
}

/// Keeps an objection for every address of a file, one a line.
pub fn object_in_bulk(
    app: &App,
    actor: &Actor,
    file: &mut dyn BufRead,
    to: &ObjectTo,
    dry_run: bool,
) -> Result<BulkReport> {
    permit(actor, Action::RecordObjection)?;
    to.check(&app.charter()?)?;
    let now = app.now();
    let report = in_bulk(app, file, dry_run, |asked, _| {
        if dry_run {
            return app.store.read(|tx| asked.iter().map(|asked| would_be(tx, asked, to)).collect());
        }
        app.store.write(|tx| {
            let keys: Vec<_> = asked.iter().map(|asked| asked.blind).collect();
            let mut became = Vec::with_capacity(asked.len());
            let mut touched = Vec::new();
            for (asked, found) in asked.iter().zip(tx.find_blind(BlindColumn::Email, &keys)?) {
                let changed = object_in(app, tx, found, asked.mail_key, to, now)?;
                touched.extend(found.filter(|_| changed).map(|ordinal| (ordinal.0, ordinal.0)));
                became.push(if changed { Became::Done } else { Became::Already });
            }
            for (first, last) in join(touched, 0) {
                tx.record_change(Ordinal(first), Ordinal(last))?;
            }
            let records = became.iter().filter(|became| **became == Became::Done).count();
            if records > 0 {
                enter(tx, now, actor, "supporter.objected", json!({"to": to, "records": records}))?;
            }
            Ok::<_, Refusal>(became)
        })
    })?;
    follow::catch_up(app)?;
    Ok(report)
}

fn would_be(tx: &mut dyn Tx, asked: &Asked, to: &ObjectTo) -> Result<Became> {
    let is_stopped = tx.stops_of(asked.mail_key)?.iter().any(|stop| stop.0 == to.scope());
    let found = tx.find_blind(BlindColumn::Email, &[asked.blind])?.first().copied().flatten();
    let given = match found {
        Some(ordinal) => !given(tx, ordinal, to)?.is_empty(),
        None => false,
    };
    Ok(if is_stopped && !given { Became::Already } else { Became::Done })
}

// INVARIANT (promise 4): kept under the keyed hash of the address, whether or not the person is known, and under
// that of the number when they are; nothing deletes it.
/// One objection, inside a transaction; the caller records the change of the person.
fn object_in(
    app: &App,
    tx: &mut dyn Tx,
    found: Option<Ordinal>,
    mail_key: SuppressionHash,
    to: &ObjectTo,
    now: Timestamp,
) -> Result<bool> {
    let mut changed = tx.suppress(mail_key, &to.scope(), SuppressionReason::Objected, now)?;
    let Some(ordinal) = found else { return Ok(changed) };
    for hash in stop_keys(app, tx, ordinal)? {
        changed |= tx.suppress(hash, &to.scope(), SuppressionReason::Objected, now)?;
    }
    let withdrawn: Vec<(Ordinal, Consent)> = given(tx, ordinal, to)?
        .into_iter()
        .map(|consent| {
            let source = SOURCE.to_owned();
            (ordinal, Consent { state: ConsentState::Withdrawn, notice: None, source, at: now, ..consent })
        })
        .collect();
    tx.add_consents(&withdrawn)?;
    Ok(changed || !withdrawn.is_empty())
}

/// The consents in force that an objection withdraws.
fn given(tx: &mut dyn Tx, ordinal: Ordinal, to: &ObjectTo) -> Result<Vec<Consent>> {
    let meant = |consent: &Consent| match to {
        ObjectTo::Everything => true,
        ObjectTo::Purpose(purpose) => consent.purpose == *purpose,
    };
    let in_force = tx.consents_in_force(ordinal)?.into_iter();
    Ok(in_force.filter(|consent| consent.state.counts() && meant(consent)).collect())
}
