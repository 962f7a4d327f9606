//! What only the person can do: say yes, say no, stop. Each act is kept for ever and is in force at once.

use super::sealed::open_record;
use crate::context::App;
use crate::refusal::{Refusal, Result};
use hustings_domain::consent::{
    Channel, Consent, ConsentState, NoticeHash, Statement, SuppressionReason, SuppressionScope, next_state,
};
use hustings_domain::ids::{BorrowerId, Ordinal};
use hustings_domain::words::Slug;
use hustings_store::Tx;
use hustings_store::records::SupporterRecord;
use hustings_vault::SuppressionHash;
use jiff::Timestamp;

/// What an act came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stated {
    /// Whether it differs from what was in force.
    pub changed: bool,
    /// Whether the address is stopped altogether, so that even a yes reaches nobody.
    pub stopped: bool,
}

/// Records the person's own statement on one purpose and channel. `notice` is the exact text that was shown.
pub fn own_act(
    app: &App,
    ordinal: Ordinal,
    purpose: &Slug,
    channel: Channel,
    state: ConsentState,
    source: &str,
    notice: Option<&str>,
) -> Result<Stated> {
    let now = app.now();
    app.store.write(|tx| {
        let charter = crate::lend::charter_in(tx)?;
        if !charter.purposes.iter().any(|known| known.id == *purpose) {
            let known: Vec<&str> = charter.purposes.iter().map(|known| known.id.as_str()).collect();
            return Err(Refusal::invalid(
                "consent.unknown-purpose",
                format!("`{purpose}` is not a purpose of the charter"),
            )
            .hint(format!("its purposes are {}", known.join(", "))));
        }
        let notice = notice.map(|text| tx.put_notice(text)).transpose()?;
        let changed = own_act_in(tx, ordinal, Act { purpose, channel, state, source, notice, at: now })?;
        let record = kept(tx, ordinal)?;
        Ok(Stated { changed, stopped: is_stopped(tx, &record)? })
    })
}

/// One statement, inside a transaction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Act<'a> {
    /// What for.
    pub purpose: &'a Slug,
    /// By which way.
    pub channel: Channel,
    /// What was said.
    pub state: ConsentState,
    /// Where it was said.
    pub source: &'a str,
    /// What was shown.
    pub notice: Option<NoticeHash>,
    /// When.
    pub at: Timestamp,
}

/// As [`own_act`]; true when it changed something.
pub(crate) fn own_act_in(tx: &mut dyn Tx, ordinal: Ordinal, act: Act<'_>) -> Result<bool> {
    kept(tx, ordinal)?;
    if !matches!(act.state, ConsentState::Given | ConsentState::Refused | ConsentState::Withdrawn) {
        return Err(Refusal::invalid(
            "consent.state",
            format!("`{}` is nothing that a person says", act.state),
        )
        .hint("say given, refused or withdrawn"));
    }
    let before = tx
        .consents_in_force(ordinal)?
        .into_iter()
        .find(|consent| consent.purpose == *act.purpose && consent.channel == act.channel)
        .map_or(ConsentState::Unknown, |consent| consent.state);
    let state = next_state(before, act.state, Statement::OwnAct);
    if state == before {
        return Ok(false);
    }
    let consent = Consent {
        purpose: act.purpose.clone(),
        channel: act.channel,
        state,
        notice: act.notice,
        source: act.source.to_owned(),
        at: act.at,
    };
    tx.add_consents(&[(ordinal, consent)])?;
    tx.record_change(ordinal, ordinal)?;
    Ok(true)
}

/// Stops everything for ever: the address and the number are suppressed, every consent given is withdrawn.
/// True when anything was still open.
pub fn stop_everything(app: &App, ordinal: Ordinal, reason: SuppressionReason) -> Result<bool> {
    let now = app.now();
    app.store.write(|tx| {
        let mut changed = false;
        for hash in stop_keys(app, tx, ordinal)? {
            changed |= tx.suppress(hash, &SuppressionScope::Everything, reason, now)?;
        }
        changed |= withdraw_all(tx, ordinal, None, "stop of everything", now)? > 0;
        tx.record_change(ordinal, ordinal)?;
        Ok(changed)
    })
}

/// Never this borrower again. True when it is new.
pub fn stop_borrower(app: &App, ordinal: Ordinal, borrower: BorrowerId) -> Result<bool> {
    let now = app.now();
    app.store.write(|tx| {
        let mut changed = false;
        for hash in stop_keys(app, tx, ordinal)? {
            let scope = SuppressionScope::Borrower(borrower);
            changed |= tx.suppress(hash, &scope, SuppressionReason::Unsubscribed, now)?;
        }
        Ok(changed)
    })
}

/// Withdraws what is given, on one channel or all; returns how many consents that were. The caller records the
/// change of the person.
pub(crate) fn withdraw_all(
    tx: &mut dyn Tx,
    ordinal: Ordinal,
    channel: Option<Channel>,
    source: &str,
    at: Timestamp,
) -> Result<usize> {
    let given = tx.consents_in_force(ordinal)?.into_iter().filter(|consent| consent.state.counts());
    let rows: Vec<(Ordinal, Consent)> = given
        .filter(|consent| channel.is_none_or(|only| only == consent.channel))
        .map(|consent| {
            let withdrawn = Consent {
                state: ConsentState::Withdrawn,
                notice: None,
                source: source.to_owned(),
                at,
                ..consent
            };
            (ordinal, withdrawn)
        })
        .collect();
    tx.add_consents(&rows)?;
    Ok(rows.len())
}

/// The keyed hashes under which a person's stops are kept: the address and the number.
pub(crate) fn stop_keys(app: &App, tx: &mut dyn Tx, ordinal: Ordinal) -> Result<Vec<SuppressionHash>> {
    let record = kept(tx, ordinal)?;
    // A stop and an erasure must work even where the key was lost: the address' hash stands beside the seal.
    let identity = match app.store.keys().get(ordinal)? {
        Some(wrapped) => Some(open_record(&app.vault, &record, &wrapped)?),
        None => None,
    };
    let phone = identity.and_then(|identity| identity.phone).map(|phone| app.vault.suppress_phone(&phone));
    Ok(record.mail_key.into_iter().chain(phone).collect())
}

fn is_stopped(tx: &mut dyn Tx, record: &SupporterRecord) -> Result<bool> {
    let Some(key) = record.mail_key else { return Ok(false) };
    Ok(tx.are_stopped(&[key])?.first().copied().unwrap_or(false))
}

fn kept(tx: &mut dyn Tx, ordinal: Ordinal) -> Result<SupporterRecord> {
    tx.supporter(ordinal)?.ok_or_else(gone)
}

/// Nobody has this position any more.
pub(crate) fn gone() -> Refusal {
    Refusal::not_found("supporter.gone", "we hold nothing about this person (any more)")
        .hint("whoever was erased is on the list again only after signing up anew")
}
