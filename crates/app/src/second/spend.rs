//! The one place where an act that needs a second person learns whether it may go on.

use super::ask::nobody;
use super::{Act, Standing};
use crate::board::Registered;
use crate::journal::enter;
use crate::lend::{board, charter_in};
use crate::refusal::{Kind, Refusal, Result};
use hustings_domain::access::Actor;
use hustings_domain::guarded::{ActNumber, ActState, AskedAct};
use hustings_domain::statement::Act as Said;
use hustings_store::Tx;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Proof that the act may go on, and how; its entry says so. Made here and by a broken glass alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Second {
    /// Nobody could grant it yet.
    NotYet,
    /// Granted under this number.
    Granted(ActNumber),
    /// Done without, in an emergency, under this number.
    Glass(ActNumber),
}

impl Second {
    fn mark(self, body: &mut Value) {
        let Value::Object(map) = body else { return };
        let (name, value) = match self {
            Self::NotYet => ("alone", json!(true)),
            Self::Granted(number) => ("granted", json!(number.0)),
            Self::Glass(number) => ("broken_glass", json!(number.0)),
        };
        map.insert(name.to_owned(), value);
    }
}

/// Enters an act with what it goes on.
pub(crate) fn enter_with(
    tx: &mut dyn Tx,
    now: Timestamp,
    actor: &Actor,
    kind: &str,
    mut body: Value,
    second: Second,
) -> Result<u64> {
    second.mark(&mut body);
    enter(tx, now, actor, kind, body)
}

// INVARIANT: once four eyes bind, an act that needs them goes on with a grant alone: of exactly these parameters, asked
// for by this actor, signed by another trustee whose seat and key hold now, in time, and not used before.
/// Asks whether the act may go on, and uses its grant up.
pub(crate) fn second_person(tx: &mut dyn Tx, now: Timestamp, actor: &Actor, act: &Act) -> Result<Second> {
    let Some(number) = find(tx, now, actor, act)? else { return Ok(Second::NotYet) };
    spend(tx, now, number)?;
    Ok(Second::Granted(number))
}

/// The grant that this act goes on; none where nobody could give one yet.
pub(crate) fn find(tx: &mut dyn Tx, now: Timestamp, actor: &Actor, act: &Act) -> Result<Option<ActNumber>> {
    let standing = Standing::read(tx)?;
    if !standing.binds {
        return Ok(None);
    }
    let own: Vec<AskedAct> = tx
        .asked_acts()?
        .into_iter()
        .filter(|asked| asked.kind == act.kind && asked.asker == actor.user && !asked.alone)
        .collect();
    let is_same = |asked: &&AskedAct| asked.is_of(act.kind, &act.parameters, act.about);
    let mut unproven = None;
    for asked in own.iter().filter(is_same).filter(|asked| asked.state(now) == ActState::Granted) {
        if is_proven(tx, asked)? {
            return Ok(Some(asked.number));
        }
        unproven = Some(asked.number);
    }
    if let Some(number) = unproven {
        return Err(Refusal::new(
            Kind::Denied,
            "second.unproven",
            format!(
                "the grant of {number} does not hold: whoever gave it has no seat or no key in force now"
            ),
        )
        .hint("ask again; another trustee can grant it"));
    }
    Err(why_not(&own, own.iter().find(is_same), act, now, &standing))
}

/// Uses a grant up.
pub(crate) fn spend(tx: &mut dyn Tx, now: Timestamp, number: ActNumber) -> Result<()> {
    let mut asked = super::known(tx, number)?;
    asked.used = Some(now);
    Ok(tx.put_asked_act(&asked)?)
}

/// Whether a trustee who is neither asker nor subject signed exactly this, and could still sign it. A row that was put
/// into the store by hand is none.
pub(super) fn is_proven(tx: &mut dyn Tx, asked: &AskedAct) -> Result<bool> {
    let Some(signed) = &asked.granted else { return Ok(false) };
    let statement = &signed.statement;
    let charter = charter_in(tx)?;
    let registered = Registered::load(tx, &charter)?;
    let key_holds = registered.keys.iter().any(|key| key.id == signed.key && key.is_in_force());
    let seated = board(tx)?.iter().any(|trustee| trustee.id == statement.trustee);
    Ok(registered.register().is_sound(signed, None)
        && key_holds
        && seated
        && asked.is_for_others_than(statement.trustee)
        && statement.act == Said::Grant
        && statement.matter == asked.matter()
        && statement.until == Some(asked.until)
        && statement.content == asked.content()?)
}

fn why_not(
    own: &[AskedAct],
    same: Option<&AskedAct>,
    act: &Act,
    now: Timestamp,
    standing: &Standing,
) -> Refusal {
    let refused = |code, message: String| Refusal::new(Kind::Denied, code, message);
    let words = act.kind.words();
    if standing.granters.is_empty() {
        return nobody();
    }
    if let Some(asked) = same {
        let number = asked.number;
        return match asked.state(now) {
            ActState::Waiting => {
                refused("second.waiting", format!("{number} waits for a trustee until {}", asked.grant_by))
                    .hint("it is on the board's page; run this again once it is granted")
            }
            ActState::Used => refused("second.used", format!("{number} was granted once, and done once"))
                .hint("ask again with --ask 'WHY'"),
            ActState::Declined => refused("second.declined", format!("a trustee declined {number}"))
                .hint("ask them why before you ask again with --ask 'WHY'"),
            _ => refused("second.expired", format!("the time of {number} is over"))
                .hint("ask again with --ask 'WHY'"),
        };
    }
    if let Some(other) = own.iter().find(|asked| asked.state(now) == ActState::Granted) {
        return refused("second.other", format!("{} was granted for something else than this", other.number))
            .because(format!("granted was: {}", in_words(other)))
            .hint("do exactly what was granted, or ask for this with --ask 'WHY'");
    }
    refused("second.needed", format!("nobody does this alone here: {words}")).hint(
        "say the same with --ask 'WHY'; a trustee grants it on the board's page; then say it again without",
    )
}

fn in_words(asked: &AskedAct) -> String {
    let parts: Vec<String> = asked.parameters.iter().map(|(name, value)| format!("{name} {value}")).collect();
    parts.join(", ")
}
