//! From what a trustee is about to do to what they signed: prepared here, signed outside, checked and carried out here.
//! What waits to be signed is signed once, within ten minutes, by whom it was prepared for.

use super::intent::Intent;
use super::register::Registered;
use super::{delegate, key, speak};
use crate::context::App;
use crate::lend::charter_in;
use crate::refusal::{Kind, Refusal, Result};
use data_encoding::HEXLOWER;
use hustings_domain::access::{Action, Actor};
use hustings_domain::canonical::ContentHash;
use hustings_domain::clearance::Decision;
use hustings_domain::ids::UserId;
use hustings_domain::seat::TrusteeKey;
use hustings_domain::statement::{Act, FORM, Proof, SaltedWords, Signed, Statement};
use hustings_policy::permit;
use hustings_signet::{Unsound, check, check_statement, relying_party};
use hustings_store::Tx;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

const MINUTES: i64 = 10;

/// What came of an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Where the decision stands then.
    Decided(Decision),
    /// It is done; the keys that took force by it, if any did.
    Done(Vec<ContentHash>),
}

/// A statement that waits to be signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Prepared {
    /// What is signed.
    pub statement: Statement,
    /// How it is called, and the challenge of a passkey.
    pub hash: ContentHash,
    /// The words that it commits to.
    pub words: Option<String>,
    /// Until when it may be signed.
    pub expires: Timestamp,
    /// The passkeys that may sign it.
    pub credentials: Vec<String>,
    /// Whether a key in a file may sign it.
    pub file_key: bool,
    /// The site that passkeys belong to; none where no passkey works.
    pub relying_party: Option<String>,
}

/// How it was signed, as it comes in. Texts are base64url without padding.
#[derive(Debug, Clone)]
pub enum SignedBy {
    /// With a key in a file.
    File {
        /// The signature of the statement's bytes.
        signature: String,
    },
    /// With a passkey.
    Passkey {
        /// Which.
        credential: String,
        /// `authenticatorData`.
        authenticator_data: String,
        /// `clientDataJSON`.
        client_data: String,
        /// `signature`.
        signature: String,
    },
}

/// What is kept of it until then.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Pending {
    pub(super) intent: Intent,
    pub(super) statement: Statement,
    pub(super) words: Option<SaltedWords>,
}

/// Whose seat an actor speaks from.
pub(crate) fn seat(actor: &Actor) -> Result<UserId> {
    permit(actor, Action::Decide)?;
    actor.user.filter(|_| actor.wing.is_some()).ok_or_else(|| {
        Refusal::new(Kind::Denied, "vote.no-seat", "only a trustee with a seat in a wing may decide")
            .hint("a steward gives a seat with `hustings user add … --role trustee --wing WING`")
    })
}

/// Makes ready for signing what a trustee is about to do; what cannot be done is refused before anybody signs.
pub fn prepare(app: &App, actor: &Actor, intent: Intent) -> Result<Prepared> {
    let trustee = seat(actor)?;
    let now = app.now();
    let expires = now
        .checked_add(Span::new().minutes(MINUTES))
        .map_err(|error| Refusal::internal("no time is left").because(error))?;
    let (mut nonce, mut salt) = ([0; 16], [0; 32]);
    let mut rng = app.rng("statement");
    rng.fill(&mut nonce);
    rng.fill(&mut salt);
    app.store.write(|tx| {
        let charter = charter_in(tx)?;
        let registered = Registered::load(tx, &charter)?;
        speak::check(tx, trustee, &intent, now)?;
        let words =
            intent.words().map(|words| SaltedWords { salt: ContentHash(salt), words: words.to_owned() });
        let said = intent.said(tx)?;
        let statement = Statement {
            form: FORM.to_owned(),
            list: registered.list.clone(),
            matter: said.matter,
            content: said.content,
            act: said.act,
            whom: said.whom,
            seat: said.seat,
            until: said.until,
            words: words.as_ref().map(SaltedWords::hash),
            trustee,
            at: now,
            nonce: HEXLOWER.encode(&nonce),
        };
        let hash = statement.hash()?;
        let may: Vec<&TrusteeKey> =
            registered.keys.iter().filter(|key| may_sign(key, trustee, said.act, &registered.keys)).collect();
        let registers = matches!(intent, Intent::RegisterFileKey { .. });
        let prepared = Prepared {
            hash,
            words: words.as_ref().map(|words| words.words.clone()),
            expires,
            credentials: may.iter().filter_map(|key| key.credential.clone()).collect(),
            file_key: registers || may.iter().any(|key| key.credential.is_none()),
            relying_party: relying_party(&charter.owner.site).map(str::to_owned),
            statement: statement.clone(),
        };
        let body = serde_json::to_string(&Pending { intent, statement, words })
            .map_err(|error| Refusal::internal("a statement cannot be kept").because(error))?;
        tx.put_pending_statement(hash, &body, expires, now)?;
        Ok(prepared)
    })
}

/// Whether a key may sign this act of that trustee: in force, or, while a board has no key at all, one of its first.
fn may_sign(key: &TrusteeKey, trustee: UserId, act: Act, keys: &[TrusteeKey]) -> bool {
    let founding = act == Act::ConfirmKey && keys.iter().all(|other| !other.is_in_force());
    key.trustee == trustee && (key.is_in_force() || founding && key.is_pending())
}

/// What waits under this hash for this trustee.
pub(super) fn pending(
    tx: &mut dyn Tx,
    trustee: UserId,
    hash: ContentHash,
    now: Timestamp,
) -> Result<Pending> {
    let unknown = || {
        Refusal::conflict(
            "sign.unknown",
            "nothing waits for this signature: it was used, or ten minutes have passed",
        )
        .hint("begin again on the page, read once more, and sign then")
    };
    let body = tx.pending_statement(hash, now)?.ok_or_else(unknown)?;
    let pending: Pending = serde_json::from_str(&body)
        .map_err(|error| Refusal::internal("what waits to be signed does not read").because(error))?;
    if pending.statement.trustee != trustee {
        return Err(Refusal::new(
            Kind::Denied,
            "sign.not-yours",
            "this was made ready for another trustee to sign",
        ));
    }
    Ok(pending)
}

// INVARIANT: what needs a signature is carried out by its trustee's own key alone, over exactly what was prepared for
// that trustee, once. A session, whoever began it, is not enough.
/// Carries out what was prepared, once its signature holds.
pub fn submit(app: &App, actor: &Actor, hash: ContentHash, by: SignedBy) -> Result<Outcome> {
    let trustee = seat(actor)?;
    let now = app.now();
    app.store.write(|tx| {
        let Pending { intent, statement, words } = pending(tx, trustee, hash, now)?;
        if matches!(intent, Intent::RegisterPasskey { .. }) {
            return Err(Refusal::invalid(
                "sign.wrong-way",
                "a passkey is registered with what the browser made",
            ));
        }
        let charter = charter_in(tx)?;
        check_statement(&statement, &super::origin_of(&charter), words.as_ref()).map_err(unsound)?;
        let keys = tx.trustee_keys()?;
        let (signed, mut key) = match (&intent, by) {
            (Intent::RegisterFileKey { label, public }, SignedBy::File { signature }) => {
                let signed = Signed { key: public.id()?, proof: Proof::File { signature }, statement };
                check(&signed, public).map_err(unsound)?;
                let key = key::new(trustee, label, public.clone(), None, now)?;
                (signed, key)
            }
            (_, by) => of_own_key(trustee, &statement, by, &keys)?,
        };
        if !tx.drop_pending_statement(hash)? {
            return Err(Refusal::internal("what waits to be signed went away"));
        }
        count(tx, &mut key, &signed)?;
        carry_out(tx, app, actor, &intent, Some((signed, words)))
    })
}

/// Finds the trustee's key that signed, and asks whether it may.
fn of_own_key(
    trustee: UserId,
    statement: &Statement,
    by: SignedBy,
    keys: &[TrusteeKey],
) -> Result<(Signed, TrusteeKey)> {
    let own: Vec<&TrusteeKey> = keys.iter().filter(|key| key.trustee == trustee).collect();
    let (wanted, proof): (Vec<&TrusteeKey>, Proof) = match by {
        SignedBy::File { signature } => {
            (own.into_iter().filter(|key| key.credential.is_none()).collect(), Proof::File { signature })
        }
        SignedBy::Passkey { credential, authenticator_data, client_data, signature } => (
            own.into_iter().filter(|key| key.credential.as_ref() == Some(&credential)).collect(),
            Proof::Passkey { authenticator_data, client_data, signature },
        ),
    };
    let mut why = Refusal::new(Kind::Denied, "sign.no-key", "you have no such key")
        .hint("register one on the page of your keys, or with `hustings board key register`");
    for key in wanted {
        let signed = Signed { statement: statement.clone(), key: key.id, proof: proof.clone() };
        match check(&signed, &key.public) {
            Err(error) => why = unsound(error),
            // A key that took force after the statement was made ready is not yet the one to sign it.
            Ok(_)
                if !may_sign(key, trustee, statement.act, keys)
                    || key.is_in_force() && !key.was_in_force(statement.at) =>
            {
                return Err(not_in_force(key));
            }
            Ok(_) => return Ok((signed, key.clone())),
        }
    }
    Err(why)
}

fn not_in_force(key: &TrusteeKey) -> Refusal {
    let said = if key.withdrawn.is_some() { "was withdrawn" } else { "is not in force yet" };
    Refusal::new(
        Kind::Denied,
        "sign.not-in-force",
        format!("this key {said}, so nothing signed with it counts"),
    )
    .hint("a new key takes force when your other key, or two other trustees, confirm it")
}

/// A passkey that counts must count up: one that does not was copied (Web Authentication, section 6.1.1).
fn count(tx: &mut dyn Tx, key: &mut TrusteeKey, signed: &Signed) -> Result<()> {
    let counted = check(signed, &key.public).map_err(unsound)?;
    if key.credential.is_none() || counted == 0 && key.counter == 0 {
        return Ok(());
    }
    if counted <= key.counter {
        return Err(Refusal::new(
            Kind::Denied,
            "sign.copied",
            "this passkey says that it signed less often than it did: it may have been copied",
        )
        .hint("withdraw it, and tell the other trustees"));
    }
    key.counter = counted;
    tx.put_trustee_key(key)?;
    Ok(())
}

fn unsound(error: Unsound) -> Refusal {
    Refusal::new(Kind::Denied, "sign.unsound", "this signature does not hold").because(error).hint(
        "sign with the key of whoever the token speaks for: `hustings board key list` shows whose is whose",
    )
}

/// Does at once what no signature is due for.
pub fn unsigned(app: &App, actor: &Actor, intent: &Intent) -> Result<Outcome> {
    let trustee = seat(actor)?;
    let now = app.now();
    app.store.write(|tx| {
        let charter = charter_in(tx)?;
        let registered = Registered::load(tx, &charter)?;
        if intent.is_always_signed() || registered.register().must_sign(trustee, now) {
            return Err(Refusal::new(
                Kind::Denied,
                "vote.unsigned",
                "what you say here has to be signed with your key",
            )
            .hint("on the loan's page, with your passkey; or with `hustings loan vote ... --key FILE`"));
        }
        speak::check(tx, trustee, intent, now)?;
        carry_out(tx, app, actor, intent, None)
    })
}

/// Whether what this trustee says now has to be signed.
pub fn must_sign(app: &App, actor: &Actor) -> Result<bool> {
    let trustee = seat(actor)?;
    let now = app.now();
    app.store.read(|tx| {
        let charter = charter_in(tx)?;
        Ok(Registered::load(tx, &charter)?.register().must_sign(trustee, now))
    })
}

pub(super) type WithWords = (Signed, Option<SaltedWords>);

fn carry_out(
    tx: &mut dyn Tx,
    app: &App,
    actor: &Actor,
    intent: &Intent,
    signed: Option<WithWords>,
) -> Result<Outcome> {
    match intent {
        Intent::Vote { .. } | Intent::Recuse { .. } | Intent::Challenge { .. } | Intent::Rule { .. } => {
            speak::carry_out(tx, app, actor, intent, signed).map(Outcome::Decided)
        }
        Intent::Delegate { .. } | Intent::EndDelegation { .. } => {
            delegate::carry_out(tx, app, actor, intent, signed).map(|()| Outcome::Done(Vec::new()))
        }
        Intent::ConfirmPause { loan } => {
            speak::confirm_pause(tx, app, actor, *loan, signed.as_ref()).map(|()| Outcome::Done(Vec::new()))
        }
        Intent::Grant { .. } | Intent::Decline { .. } | Intent::ConfirmAlone { .. } => {
            let (signed, _) =
                signed.ok_or_else(|| Refusal::internal("an act was granted without a signature"))?;
            crate::second::carry_out(tx, app, actor, intent, signed).map(|()| Outcome::Done(Vec::new()))
        }
        Intent::RegisterFileKey { .. }
        | Intent::RegisterPasskey { .. }
        | Intent::ConfirmKey { .. }
        | Intent::WithdrawKey { .. } => {
            let (signed, _) =
                signed.ok_or_else(|| Refusal::internal("a key was changed without a signature"))?;
            key::carry_out(tx, app, actor, intent, signed).map(Outcome::Done)
        }
    }
}
