//! The season's trace key, split among trustees: made once, never kept whole. Copies made from then on hold sealed
//! seeds that only enough shares together open, so that nobody alone can make up a file that looks like such a copy.

use super::season::Season;
use super::verify_trace::TraceEntries;
use crate::context::App;
use crate::journal::enter;
use crate::lend::charter_in;
use crate::refusal::{Refusal, Result};
use crate::second::{Act, enter_with, second_person};
use data_encoding::BASE64;
use hustings_domain::access::{Action, Actor};
use hustings_domain::canonical::ContentHash;
use hustings_domain::copy::CopyRecord;
use hustings_domain::guarded::Guarded;
use hustings_policy::permit;
use hustings_store::Tx;
use hustings_trace::trustees::split;
use hustings_trace::{SealedSeeds, TraceKey, TrusteeError, TrusteeShare};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;

/// Who holds which share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareHolder {
    /// The share, counted from 1.
    pub number: u8,
    /// Whom it was made for.
    pub name: String,
    /// What the ledger has of it.
    pub hash: ContentHash,
}

/// A season's trace key, as much of it as is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceKeyState {
    /// The season.
    pub season: String,
    /// How many shares open it.
    pub needs: u8,
    /// The public half.
    pub public: ContentHash,
    /// All shares.
    pub holders: Vec<ShareHolder>,
    /// When it was split.
    pub split: Timestamp,
    /// Its entry in the ledger.
    pub ledger_entry: u64,
}

/// A key that was just split.
#[derive(Debug)]
pub struct SplitKey {
    /// What is kept of it.
    pub state: TraceKeyState,
    /// The shares, in the order of their holders: to be handed out, and kept nowhere here.
    pub shares: Vec<TrusteeShare>,
}

/// The sealed seeds that the trustees opened for one trace.
#[derive(Debug, Clone, Default)]
pub(super) struct Opened {
    pub(super) sealed: Vec<SealedSeeds>,
    pub(super) split: bool,
}

fn key_name(season: &str) -> String {
    format!("trace-key/{season}")
}

fn sealed_name(copy: &CopyRecord) -> String {
    format!("sealed-seeds/{}", copy.number)
}

pub(super) fn key_in(tx: &mut dyn Tx, season: &str) -> Result<Option<TraceKeyState>> {
    let Some(text) = tx.meta(&key_name(season))? else { return Ok(None) };
    let state = serde_json::from_str(&text);
    state
        .map(Some)
        .map_err(|error| Refusal::internal("what is kept of the trace key is damaged").because(error))
}

/// Whether a season's trace key is split.
pub(crate) fn is_split(tx: &mut dyn Tx, season: &str) -> Result<bool> {
    Ok(key_in(tx, season)?.is_some())
}

/// What is kept of this season's trace key; nothing while it is not split.
pub fn trace_key(app: &App) -> Result<Option<TraceKeyState>> {
    app.store.read(|tx| {
        let season = charter_in(tx)?.estimates.season;
        key_in(tx, season.as_str())
    })
}

/// What a second person grants when the trace key is split: whoever does it has every share in hand for a moment.
pub fn act_of_splitting(names: &[String], needs: u8) -> Act {
    Act::new(Guarded::SplitTraceKey)
        .with("shares for", names.join(", "))
        .with("shares", names.len().to_string())
        .with("needed", needs.to_string())
}

/// Draws this season's trace key and splits it: a share for each of `names`, of which any `needs` open it. `hand_out`
/// puts the shares where they will last, before anything is kept of the key: a split that is cut off is none.
pub fn split_trace_key(
    app: &App,
    actor: &Actor,
    (names, needs): (&[String], u8),
    hand_out: &mut dyn FnMut(&SplitKey) -> Result<()>,
) -> Result<TraceKeyState> {
    permit(actor, Action::TraceLeak)?;
    let of = u8::try_from(names.len()).unwrap_or(u8::MAX);
    let different: BTreeSet<&String> = names.iter().collect();
    if different.len() < names.len()
        || names
            .iter()
            .any(|name| name.trim().is_empty() || name.len() > 100 || name.contains(char::is_control))
    {
        return Err(Refusal::invalid(
            "trace-key.names",
            "each share needs a name of its own of 1 to 100 bytes",
        ));
    }
    let (public, shares) = split(of, needs, &mut *app.rng("trace-key")).map_err(|error| {
        let refusal = Refusal::invalid("trace-key.threshold", "the key cannot be split so").because(error);
        refusal.hint("3 of 5 is usual: two may be lost, and no two can open it alone")
    })?;
    let now = app.now();
    app.store.write(|tx| {
        let season = charter_in(tx)?.estimates.season;
        if let Some(state) = key_in(tx, season.as_str())? {
            return Err(Refusal::conflict(
                "trace-key.split",
                format!(
                    "the trace key of season `{season}` is split already, at entry {}",
                    state.ledger_entry
                ),
            )
            .hint(
                "another split would leave the copies made so far without a key: wait for the next season",
            ));
        }
        let hashes: Vec<ContentHash> = shares.iter().map(TrusteeShare::hash).collect();
        let public = ContentHash(public);
        let body = json!({"season": season, "public": public, "of": of, "needs": needs, "shares": hashes});
        let second = second_person(tx, now, actor, &act_of_splitting(names, needs))?;
        let ledger_entry = enter_with(tx, now, actor, "trace.key-split", body, second)?;
        let holder = |((number, name), hash): ((u8, &String), ContentHash)| ShareHolder {
            number,
            name: name.clone(),
            hash,
        };
        let state = TraceKeyState {
            season: season.to_string(),
            needs,
            public,
            holders: (1..=of).zip(names).zip(hashes).map(holder).collect(),
            split: now,
            ledger_entry,
        };
        let text = serde_json::to_string(&state)
            .map_err(|error| Refusal::internal("the trace key cannot be kept").because(error))?;
        tx.set_meta(&key_name(season.as_str()), &text)?;
        let split = SplitKey { state, shares: shares.clone() };
        hand_out(&split)?;
        Ok(split.state)
    })
}

/// New sealed seeds for a copy, where the season's trace key is split: what is kept opens to the trustees alone.
pub(super) fn seal_seeds(
    app: &App,
    tx: &mut dyn Tx,
    season: &Season,
    copy: &CopyRecord,
) -> Result<Option<SealedSeeds>> {
    let Some(state) = key_in(tx, &season.name)? else { return Ok(None) };
    let mut rng = app.rng("sealed-seeds");
    let seeds = SealedSeeds::draw(copy.number, copy.borrower, u64::from(copy.people), &mut *rng);
    let sealed = seeds
        .seal(&state.public.0, &mut *rng)
        .map_err(|error| Refusal::internal("the copy's seeds cannot be sealed").because(error))?;
    tx.set_meta(&sealed_name(copy), &BASE64.encode(&sealed))?;
    Ok(Some(seeds))
}

/// Opens all sealed seeds of the season with the trustees' shares, after the ledger has who opened them for which
/// file. Nothing to open is no reason to ask for shares.
pub(super) fn open_sealed(
    app: &App,
    actor: &Actor,
    file: ContentHash,
    shares: &[TrusteeShare],
) -> Result<Opened> {
    let now = app.now();
    let Some((state, sealed)) = app.store.read(|tx| {
        let season = charter_in(tx)?.estimates.season;
        let Some(state) = key_in(tx, season.as_str())? else { return Ok(None) };
        let committed = TraceEntries::own(tx)?.sealed(season.as_str(), u64::MAX);
        let mut sealed = Vec::new();
        for copy in tx.copies()? {
            let hash = committed.get(&u64::from(copy.number.0)).copied();
            let text = tx.meta(&sealed_name(&copy))?;
            // What another season's copy holds is another key's.
            sealed.extend(hash.zip(text).map(|(hash, text)| (copy, hash, text)));
        }
        Ok::<_, Refusal>(Some((state, sealed)))
    })?
    else {
        return Ok(Opened::default());
    };
    let given = expect_enough(&state, shares)?;
    let key = TraceKey::from_shares(state.needs, &given, &state.public.0).map_err(|error| {
        Refusal::invalid("trace-key.shares", "the shares do not open the trace key").because(error)
    })?;
    let numbers: BTreeSet<u8> = given.iter().map(|share| share.number).collect();
    let body = json!({"season": state.season, "sha256": file, "shares": numbers, "public": state.public});
    app.store.write(|tx| enter(tx, now, actor, "trace.key-opened", body))?;
    let mut opened = Vec::new();
    for (copy, hash, text) in sealed {
        let damaged = |error: &dyn std::fmt::Display| {
            Refusal::internal(format!("the sealed seeds of copy `{}` cannot be read", copy.number))
                .because(error.to_string())
        };
        let bytes = BASE64.decode(text.as_bytes()).map_err(|error| damaged(&error))?;
        let seeds = SealedSeeds::open(&key, &bytes).map_err(|error| damaged(&error))?;
        // INVARIANT (promise 6): anybody can seal something to the public half; what counts was committed with the copy.
        if seeds.copy != copy.number
            || seeds.borrower != copy.borrower
            || ContentHash(seeds.commitment()) != hash
        {
            return Err(damaged(&"they are not those that the copy's entry in the ledger names")
                .hint("somebody put others into the store: keep it as it is, and tell the trustees"));
        }
        opened.push(seeds);
    }
    Ok(Opened { sealed: opened, split: true })
}

/// The shares that are this season's, if they are enough; else who is missing.
fn expect_enough(state: &TraceKeyState, shares: &[TrusteeShare]) -> Result<Vec<TrusteeShare>> {
    let hashes: BTreeSet<ContentHash> = state.holders.iter().map(|holder| holder.hash).collect();
    if let Some(stranger) = shares.iter().find(|share| !hashes.contains(&share.hash())) {
        return Err(Refusal::invalid(
            "trace-key.other-share",
            format!("share {} is none of this season's: the ledger has another hash of it", stranger.number),
        )
        .because(TrusteeError::OtherKey)
        .hint("each season has shares of its own"));
    }
    let given: BTreeSet<u8> = shares.iter().map(|share| share.number).collect();
    if given.len() < usize::from(state.needs) {
        let missing: Vec<String> = state
            .holders
            .iter()
            .filter(|holder| !given.contains(&holder.number))
            .map(|holder| format!("share {} ({})", holder.number, holder.name))
            .collect();
        return Err(Refusal::conflict(
            "trace-key.too-few",
            format!(
                "{} shares of the trace key are needed, and {} were given; missing: {}",
                state.needs,
                given.len(),
                missing.join(", ")
            ),
        )
        .hint("give each with `hustings trace FILE --share SHARE-FILE`"));
    }
    Ok(shares.to_vec())
}
