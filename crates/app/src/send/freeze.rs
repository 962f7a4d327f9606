//! Freezing a send: one keyed-random order over everybody who may be addressed, the hold-back drawn from it, the
//! rest mailed up to the cap. Without the keys nobody can tell or bend who comes first or who is held back.

use super::audience::{choose, tired_in};
use crate::calendar::within;
use crate::context::App;
use crate::refusal::{Refusal, Result};
use aws_lc_rs::hmac;
use hustings_domain::charter::Charter;
use hustings_domain::ids::Ordinal;
use hustings_domain::loan::Loan;
use hustings_domain::words::Slug;
use hustings_store::Tx;
use hustings_trace::hold_back::{Draw, HoldBackKey, Share, commitment};
use jiff::Timestamp;

/// The key of a season's hold-back draw. Each season has its own, because an accusation opens it.
pub fn hold_back_key(app: &App, season: &Slug) -> HoldBackKey {
    HoldBackKey(*app.vault.secret(&format!("hold-back/{season}")))
}

/// The nonce under which the ledger commits to [`hold_back_key`]; opened together with it.
pub fn hold_back_nonce(app: &App, season: &Slug) -> [u8; 32] {
    *app.vault.secret(&format!("hold-back-nonce/{season}"))
}

/// What the ledger holds of the season's key.
pub fn hold_back_commitment(app: &App, season: &Slug) -> [u8; 32] {
    commitment(&hold_back_key(app, season), &hold_back_nonce(app, season))
}

/// A frozen audience.
#[derive(Debug)]
pub(super) struct Frozen {
    /// Selected by the rule and agreed to the purpose.
    pub(super) selected: u64,
    /// Left out because of a stop.
    pub(super) stopped: u64,
    /// Left out because addressed too often of late.
    pub(super) tired: u64,
    /// Held back, in no order.
    pub(super) held_back: Vec<Ordinal>,
    /// To be mailed, in sending order.
    pub(super) planned: Vec<Ordinal>,
    /// The share held back.
    pub(super) share: Share,
    /// The change of the store that this is true of.
    pub(super) as_of: u64,
}

// INVARIANT (promise 11): who is held back is drawn before the cap cuts, among those up to the last one mailed, so
// that the held-back are to the mailed as the draw's share says.
pub(super) fn freeze(
    app: &App,
    tx: &mut dyn Tx,
    charter: &Charter,
    loan: &Loan,
    now: Timestamp,
) -> Result<Frozen> {
    let chosen = choose(app, tx, charter, &loan.terms)?;
    let tired = tired_in(tx, charter, loan.terms.ask, now)?;
    let rested = chosen.eligible.and_not(&tired);
    let (eligible, rested_people) = (chosen.eligible.count(), rested.count());
    // Who was allotted is settled before anybody is drawn, so the draw falls evenly on them.
    let open = within(tx, charter, loan, rested, now)?;
    let people = open.count();
    if people < u64::from(charter.sending.least_audience) || people == 0 {
        return Err(Refusal::conflict(
            "send.too-few",
            format!(
                "{people} people may be addressed now, and fewer than {} are never sent to",
                charter.sending.least_audience
            ),
        )
        .hint("a wider area or more issues reach more; `hustings loan show` says what was asked"));
    }
    let share = Share::for_audience(people);
    let season = &charter.estimates.season;
    let draw = Draw::new(&hold_back_key(app, season), season.as_str(), loan.terms.borrower, share);
    let mut frozen = Frozen {
        selected: chosen.selected,
        stopped: chosen.selected - eligible,
        tired: eligible - rested_people,
        held_back: Vec::new(),
        planned: Vec::new(),
        share,
        as_of: chosen.as_of,
    };
    let cap = usize::try_from(loan.terms.cap).unwrap_or(usize::MAX);
    for ordinal in in_sending_order(app, loan, open.iter()) {
        if frozen.planned.len() >= cap {
            break;
        }
        match tx.supporter(ordinal)? {
            // Nobody can be mailed without an address.
            Some(record) if record.mail_key.is_none() => {}
            Some(record) if draw.held_back(record.id) => frozen.held_back.push(ordinal),
            Some(_) => frozen.planned.push(ordinal),
            None => {}
        }
    }
    if frozen.planned.is_empty() {
        return Err(Refusal::conflict("send.nobody", "nobody is left to be mailed: no address is known"));
    }
    Ok(frozen)
}

/// Everybody in an order that is the same for the same loan and that only the key's holder can work out.
pub(crate) fn in_sending_order(
    app: &App,
    loan: &Loan,
    people: impl IntoIterator<Item = Ordinal>,
) -> Vec<Ordinal> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, app.vault.secret("send-order").as_slice());
    let mut order: Vec<([u8; 16], Ordinal)> = people
        .into_iter()
        .map(|ordinal| {
            let mut context = hmac::Context::with_key(&key);
            context.update(loan.id.0.as_bytes());
            context.update(&ordinal.0.to_be_bytes());
            (context.sign().as_ref().first_chunk().copied().unwrap_or_default(), ordinal)
        })
        .collect();
    order.sort_unstable();
    order.into_iter().map(|(_, ordinal)| ordinal).collect()
}
