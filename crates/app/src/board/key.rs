//! Trustees' keys: registered by their owner, confirmed by keys in force, withdrawn. Nobody technical has a part in it.

use super::intent::Intent;
use super::sign::{Outcome, Pending, pending, seat};
use crate::access::revoke_all;
use crate::context::App;
use crate::journal::enter;
use crate::lend::{board, charter_in};
use crate::refusal::{Kind, Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::canonical::ContentHash;
use hustings_domain::ids::UserId;
use hustings_domain::seat::{PublicKey, TrusteeKey, newly_in_force, still_missing};
use hustings_domain::statement::Signed;
use hustings_policy::permit;
use hustings_signet::{Registration, relying_party, verify_registration};
use hustings_store::Tx;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

const MOST_KEYS: usize = 10;
const LONGEST_LABEL: usize = 60;

/// A key as pages and `hustings board key list` tell it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyView {
    /// The key.
    pub key: TrusteeKey,
    /// Its owner's name.
    pub name: String,
    /// What it still waits for, while it is pending; empty otherwise.
    pub missing: String,
    /// Who confirmed it.
    pub confirmed_by: Vec<String>,
}

/// Every key that was ever registered.
pub fn keys(app: &App, actor: &Actor) -> Result<Vec<KeyView>> {
    permit(actor, Action::ReadLoans)?;
    app.store.read(|tx| {
        let rules = charter_in(tx)?.board;
        let (keys, trustees) = (tx.trustee_keys()?, board(tx)?);
        let name = |id: UserId| {
            trustees
                .iter()
                .find(|trustee| trustee.id == id)
                .map_or_else(|| "a former trustee".to_owned(), |trustee| trustee.name.clone())
        };
        let missing = |key: &TrusteeKey| {
            if key.is_pending() { still_missing(key, &keys, &trustees, &rules) } else { String::new() }
        };
        let view = |key: &TrusteeKey| KeyView {
            name: name(key.trustee),
            missing: missing(key),
            confirmed_by: key.confirmations.iter().map(|signed| name(signed.statement.trustee)).collect(),
            key: key.clone(),
        };
        Ok(keys.iter().map(view).collect())
    })
}

pub(super) fn new(
    trustee: UserId,
    label: &str,
    public: PublicKey,
    credential: Option<String>,
    now: Timestamp,
) -> Result<TrusteeKey> {
    Ok(TrusteeKey {
        id: public.id()?,
        trustee,
        label: label.trim().to_owned(),
        public,
        credential,
        registered: now,
        counter: 0,
        confirmations: Vec::new(),
        in_force: None,
        withdrawn: None,
    })
}

/// Keeps a passkey that the browser made for what waits under `hash`.
pub fn passkey_made(app: &App, actor: &Actor, hash: ContentHash, made: &Registration) -> Result<Outcome> {
    let trustee = seat(actor)?;
    let now = app.now();
    app.store.write(|tx| {
        let Pending { intent, .. } = pending(tx, trustee, hash, now)?;
        let Intent::RegisterPasskey { label } = &intent else {
            return Err(Refusal::invalid("sign.wrong-way", "this does not wait for a new passkey"));
        };
        check(tx, trustee, &intent)?;
        let site = charter_in(tx)?.owner.site;
        let relying_party = relying_party(&site).ok_or_else(no_passkeys)?;
        let registered = verify_registration(made, &hash.0, &site, relying_party).map_err(|error| {
            Refusal::new(Kind::Denied, "sign.unsound", "this passkey cannot be registered").because(error)
        })?;
        let mut key = new(trustee, label, registered.public, Some(registered.credential), now)?;
        key.counter = registered.counter;
        tx.drop_pending_statement(hash)?;
        register(tx, actor, &key, None, now).map(|()| Outcome::Done(Vec::new()))
    })
}

fn no_passkeys() -> Refusal {
    Refusal::conflict(
        "key.no-site",
        "the charter's `site` is an address of numbers, and browsers keep passkeys for names only",
    )
    .hint("use a key in a file: `hustings board key new FILE`; or serve the list under a name, such as https://… or http://localhost:8470")
}

pub(super) fn check(tx: &mut dyn Tx, trustee: UserId, intent: &Intent) -> Result<()> {
    let keys = tx.trustee_keys()?;
    let known = |id: &ContentHash| {
        keys.iter().find(|key| key.id == *id).ok_or_else(|| {
            Refusal::not_found("key.unknown", "there is no such key")
                .hint("`hustings board key list` shows them")
        })
    };
    match intent {
        Intent::RegisterFileKey { label, public } => {
            if public.origin.is_some() {
                return Err(Refusal::invalid("key.wrong", "a key in a file belongs to no site"));
            }
            if known(&public.id()?).is_ok() {
                return Err(Refusal::conflict("key.taken", "this key is registered already"));
            }
            check_new(&keys, trustee, label)
        }
        Intent::RegisterPasskey { label } => {
            relying_party(&charter_in(tx)?.owner.site).ok_or_else(no_passkeys)?;
            check_new(&keys, trustee, label)
        }
        Intent::ConfirmKey { key } => {
            let key = known(key)?;
            if !key.is_pending() {
                return Err(Refusal::conflict("key.not-pending", "this key does not wait to be confirmed")
                    .hint("`hustings board key list` shows which do"));
            }
            if key.confirmations.iter().any(|signed| signed.statement.trustee == trustee) {
                return Err(Refusal::conflict("key.confirmed", "you have confirmed this key"));
            }
            Ok(())
        }
        Intent::WithdrawKey { key } => {
            let key = known(key)?;
            if key.withdrawn.is_some() {
                return Err(Refusal::conflict("key.withdrawn", "this key is withdrawn already"));
            }
            if key.trustee != trustee && key.is_in_force() {
                return Err(Refusal::new(
                    Kind::Denied,
                    "key.not-yours",
                    "a key in force is withdrawn by its owner alone",
                ));
            }
            Ok(())
        }
        _ => Err(Refusal::internal("this is about no key")),
    }
}

fn check_new(keys: &[TrusteeKey], trustee: UserId, label: &str) -> Result<()> {
    let label = label.trim();
    if label.is_empty() || label.chars().count() > LONGEST_LABEL || label.chars().any(char::is_control) {
        return Err(Refusal::invalid(
            "key.label",
            format!("call the key something, in 1 to {LONGEST_LABEL} characters"),
        ));
    }
    let own = keys.iter().filter(|key| key.trustee == trustee && key.withdrawn.is_none()).count();
    if own >= MOST_KEYS {
        return Err(Refusal::conflict("key.many", format!("you have {own} keys: withdraw one first")));
    }
    Ok(())
}

pub(super) fn carry_out(
    tx: &mut dyn Tx,
    app: &App,
    actor: &Actor,
    intent: &Intent,
    signed: Signed,
) -> Result<Vec<ContentHash>> {
    let trustee = seat(actor)?;
    let now = app.now();
    check(tx, trustee, intent)?;
    match intent {
        Intent::RegisterFileKey { label, public } => {
            let key = new(trustee, label, public.clone(), None, now)?;
            register(tx, actor, &key, Some(&signed), now)?;
        }
        Intent::ConfirmKey { key } => {
            let mut key = known(tx, *key)?;
            let body = json!({"key": key.id, "trustee": key.trustee, "signed": &signed});
            key.confirmations.push(signed);
            tx.put_trustee_key(&key)?;
            enter(tx, now, actor, "key.confirmed", body)?;
        }
        Intent::WithdrawKey { key } => {
            let mut key = known(tx, *key)?;
            key.withdrawn = Some(now);
            tx.put_trustee_key(&key)?;
            let body = json!({"key": key.id, "trustee": key.trustee, "signed": signed});
            enter(tx, now, actor, "key.withdrawn", body)?;
            if key.in_force.is_some() {
                // It is lost, and so may be what else was on the device.
                revoke_all(tx, key.trustee)?;
            }
        }
        _ => return Err(Refusal::internal("this is about no key")),
    }
    put_in_force(tx, now)
}

fn known(tx: &mut dyn Tx, id: ContentHash) -> Result<TrusteeKey> {
    let mut keys = tx.trustee_keys()?.into_iter();
    keys.find(|key| key.id == id).ok_or_else(|| Refusal::not_found("key.unknown", "there is no such key"))
}

fn register(
    tx: &mut dyn Tx,
    actor: &Actor,
    key: &TrusteeKey,
    signed: Option<&Signed>,
    now: Timestamp,
) -> Result<()> {
    if tx.trustee_keys()?.iter().any(|known| known.id == key.id) {
        return Err(Refusal::conflict("key.taken", "this key is registered already"));
    }
    tx.put_trustee_key(key)?;
    // What its owner calls a key may hold a name, so that it stays out of the ledger.
    let mut body = json!({"key": key.id, "trustee": key.trustee, "wing": actor.wing, "public": key.public});
    if let (Value::Object(map), Some(signed)) = (&mut body, signed) {
        map.insert("signed".to_owned(), json!(signed));
    }
    enter(tx, now, actor, "key.registered", body)?;
    Ok(())
}

/// Puts in force what is confirmed now, and what is confirmed by that in turn.
fn put_in_force(tx: &mut dyn Tx, now: Timestamp) -> Result<Vec<ContentHash>> {
    let rules = charter_in(tx)?.board;
    let trustees = board(tx)?;
    let mut all = Vec::new();
    loop {
        let keys = tx.trustee_keys()?;
        let due = newly_in_force(&keys, &trustees, &rules);
        if due.is_empty() {
            return Ok(all);
        }
        let had_one: Vec<UserId> =
            keys.iter().filter(|key| key.in_force.is_some()).map(|key| key.trustee).collect();
        for mut key in keys.into_iter().filter(|key| due.contains(&key.id)) {
            key.in_force = Some(now);
            tx.put_trustee_key(&key)?;
            if had_one.contains(&key.trustee) {
                revoke_all(tx, key.trustee)?;
            }
        }
        enter(tx, now, &Actor::machine(), "key.in-force", json!({"keys": due}))?;
        all.extend(due);
    }
}
