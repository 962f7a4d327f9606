//! Signing up, on the owner's own page. Whoever fills it in shows no proof of who they are, so it adds and never
//! takes away: no stop is lifted, no refusal turned, no name of somebody known is changed, and the answer is alike.

use super::dialled;
use super::import::{Told, areas_of};
use super::sealed::seal_identity;
use crate::context::App;
use crate::refusal::{Refusal, Result};
use hustings_domain::charter::{Charter, Purpose};
use hustings_domain::consent::{Channel, Consent, ConsentState};
use hustings_domain::facts::{Fact, FactValue, Origin};
use hustings_domain::ids::{Ordinal, SupporterId, uuid_v7};
use hustings_domain::words::Slug;
use hustings_store::Tx;
use hustings_store::records::SupporterRecord;
use hustings_vault::blind::BlindColumn;
use hustings_vault::identity::FieldError;
use hustings_vault::personal::EmailError;
use hustings_vault::{Field, Identity};
use jiff::Timestamp;
use jiff::tz::Offset;
use std::fmt;

/// Where such consents and facts come from.
pub const SOURCE: &str = "sign-up form";

/// What somebody typed and ticked. Personal: its `Debug` shows nothing of it.
#[derive(Clone, Default)]
pub struct SignUp {
    /// The fields and what they say; blank ones count for nothing.
    pub fields: Vec<(Field, String)>,
    /// The purposes that were ticked.
    pub purposes: Vec<Slug>,
}

impl fmt::Debug for SignUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignUp").field("purposes", &self.purposes).finish_non_exhaustive()
    }
}

/// What a sign-up came to. For counting and tests: a page says the same of all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joined {
    /// Somebody new is on the list.
    New,
    /// Somebody known agreed to more than before.
    Added,
    /// Somebody known; nothing had to be changed.
    Known,
    /// The address is stopped, and stays so; nothing is kept.
    Stopped,
}

/// What the form asks for a purpose, in the very words that are kept with a yes.
pub fn notice(charter: &Charter, purpose: &Purpose) -> String {
    format!("{} may write to me by e-mail: {}.", charter.owner.name, purpose.label)
}

/// Signs somebody up; on return it is kept.
pub fn join(app: &App, sign_up: &SignUp) -> Result<Joined> {
    let charter = app.charter()?;
    let asked = ticked(&charter, &sign_up.purposes)?;
    let identity = identity(&charter, sign_up)?;
    let Some(email) = &identity.email else {
        return Err(Refusal::invalid("join.no-address", "we need an e-mail address to write to"));
    };
    let now = app.now();
    let mut rng = app.rng("join");
    let id = SupporterId(uuid_v7(now, &mut *rng));
    let (key, wrapped) = app.vault.new_person_key(id.0.as_bytes(), &mut *rng)?;
    let sealed = seal_identity(&key, id, 1, &identity, &mut *rng)?;
    let (blind, mail_key) = (app.vault.blind_email(email), app.vault.suppress_email(email));
    app.store.write(|tx| {
        // INVARIANT (promises 4 and 8): a form that anybody can fill in lifts no stop and brings back nobody who was
        // erased; only the person's own page does the one, and the owner's people, asked, the other.
        if tx.are_stopped(&[mail_key])?.first().copied().unwrap_or(false) {
            return Ok(Joined::Stopped);
        }
        let known = tx.find_blind(BlindColumn::Email, &[blind])?.first().copied().flatten();
        if let Some(ordinal) = known {
            let added = agree(tx, ordinal, &asked, now)?;
            if added {
                tx.record_change(ordinal, ordinal)?;
            }
            return Ok(if added { Joined::Added } else { Joined::Known });
        }
        let ordinal = tx.next_ordinal()?;
        let mail_key = Some(mail_key);
        tx.insert_supporters(&[SupporterRecord { ordinal, id, joined: now, sealed, version: 1, mail_key }])?;
        tx.keep_keys(&[(ordinal, wrapped)])?;
        tx.insert_blind(BlindColumn::Email, &[(blind, ordinal)])?;
        if let Some(phone) = &identity.phone {
            // A household shares a number: whoever was first is found by it.
            let blind = app.vault.blind_phone(phone);
            if tx.find_blind(BlindColumn::Phone, &[blind])?.first().copied().flatten().is_none() {
                tx.insert_blind(BlindColumn::Phone, &[(blind, ordinal)])?;
            }
        }
        place(tx, ordinal, &identity, now)?;
        agree(tx, ordinal, &asked, now)?;
        tx.record_change(ordinal, ordinal)?;
        Ok(Joined::New)
    })
}

/// The purposes that were ticked, with what was read beside them.
fn ticked<'c>(charter: &'c Charter, purposes: &[Slug]) -> Result<Vec<(&'c Purpose, String)>> {
    let mut asked = Vec::new();
    for purpose in &charter.purposes {
        if purposes.contains(&purpose.id) {
            asked.push((purpose, notice(charter, purpose)));
        }
    }
    if asked.is_empty() || purposes.iter().any(|ticked| asked.iter().all(|asked| asked.0.id != *ticked)) {
        return Err(Refusal::invalid(
            "join.no-purpose",
            "tick what we may write to you about, from the form",
        ));
    }
    Ok(asked)
}

fn identity(charter: &Charter, sign_up: &SignUp) -> Result<Identity> {
    let mut identity = Identity::default();
    for (field, text) in sign_up.fields.iter().filter(|field| !field.1.trim().is_empty()) {
        identity.set(*field, text, dialled(charter)).map_err(|error| match error {
            FieldError::Email(EmailError::Empty | EmailError::NoAt) => {
                Refusal::invalid("join.address", "an e-mail address has an @ in it: ada@example.org")
            }
            error => Refusal::invalid(
                "join.unusable",
                format!("this cannot be kept as {}: {error}", field.label().to_lowercase()),
            ),
        })?;
    }
    Ok(identity)
}

/// Adds a yes where nothing was ever said; true when one was.
fn agree(tx: &mut dyn Tx, ordinal: Ordinal, asked: &[(&Purpose, String)], at: Timestamp) -> Result<bool> {
    let in_force = tx.consents_in_force(ordinal)?;
    let mut given = Vec::new();
    for (purpose, text) in asked {
        let said = in_force.iter().find(|said| said.purpose == purpose.id && said.channel == Channel::Email);
        if said.is_some_and(|said| said.state != ConsentState::Unknown) {
            continue;
        }
        let consent = Consent {
            purpose: purpose.id.clone(),
            channel: Channel::Email,
            state: ConsentState::Given,
            notice: Some(tx.put_notice(text)?),
            source: SOURCE.to_owned(),
            at,
        };
        given.push((ordinal, consent));
    }
    tx.add_consents(&given)?;
    Ok(!given.is_empty())
}

/// Keeps the areas that the postal code lies in.
fn place(tx: &mut dyn Tx, ordinal: Ordinal, identity: &Identity, now: Timestamp) -> Result<()> {
    let Some(code) = identity.get(Field::PostalCode) else { return Ok(()) };
    let areas = areas_of(tx, code, Offset::UTC.to_datetime(now).date())?;
    if areas.is_empty() {
        return Ok(());
    }
    let source = tx.source(SOURCE, "told by the person", now)?.number;
    // Where most of a code's people live is a guess about this one.
    let origin = |told: &Told| if told.likely { Origin::Inferred } else { Origin::SelfGiven };
    let fact = |told: Told| Fact { origin: origin(&told), value: FactValue::Area(told.area), source };
    Ok(tx.set_facts(&[(ordinal, areas.into_iter().map(fact).collect())])?)
}
