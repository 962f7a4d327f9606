//! Backlash: complaints, unsubscribes and dead mailboxes are counted against what is usual, and when chance no longer
//! explains them the send pauses by itself. Only people let it go on.

use crate::context::App;
use crate::journal::enter;
use crate::lend::charter_in;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::charter::Charter;
use hustings_domain::consent::{SuppressionReason, SuppressionScope};
use hustings_domain::ids::{LoanId, LoanNumber, Ordinal, uuid_v7};
use hustings_domain::loan::{Loan, LoanState};
use hustings_domain::money::group_thousands;
use hustings_mail::stop_rule::{self, Evidence};
use hustings_policy::permit;
use hustings_store::Tx;
use hustings_store::records::{Alarm, Signal};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

/// How strong the evidence of one kind of backlash is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct EvidenceView {
    /// Which kind.
    pub signal: Signal,
    /// Messages answered since the evidence began.
    pub n: u64,
    /// Signs among them.
    pub k: u64,
    /// The rate that is usual, as a fraction of 1 (from the charter).
    pub usual_rate: f64,
    /// Natural logarithm of the evidence that the rate is above the usual one.
    pub log_e: f64,
    /// The send pauses when `log_e` reaches this: the natural logarithm of 1/alpha.
    pub limit: f64,
}

impl EvidenceView {
    /// Whether it says stop.
    pub fn says_stop(&self) -> bool {
        self.log_e >= self.limit
    }

    /// Such as `complaints 12 of 210, evidence 1 : 3,400, above the limit 1 : 200`.
    pub fn words(&self) -> String {
        let side = if self.says_stop() { "above" } else { "below" };
        let odds = |log: f64| format!("1 : {}", group_thousands(whole(log.exp())));
        let (k, n) = (group_thousands(self.k), group_thousands(self.n));
        let name = kind_of(self.signal);
        format!("{name} {k} of {n}, evidence {}, {side} the limit {}", odds(self.log_e), odds(self.limit))
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits first")]
fn whole(number: f64) -> u64 {
    number.round().clamp(0.0, 1e15) as u64
}

fn kind_of(signal: Signal) -> stop_rule::Signal {
    match signal {
        Signal::Complaint => stop_rule::Signal::Complaint,
        Signal::Unsubscribe => stop_rule::Signal::Unsubscribe,
        Signal::HardBounce => stop_rule::Signal::HardBounce,
    }
}

/// Notes a sign of backlash by one recipient and looks at the evidence. True when this paused the send.
pub fn note_signal(app: &App, loan: LoanId, ordinal: Ordinal, signal: Signal) -> Result<bool> {
    let now = app.now();
    app.store.write(|tx| note_in(app, tx, loan, ordinal, signal, now))
}

// INVARIANT (promise 10): the look and the pause are in the transaction that notes the sign, so no claim can come
// between them.
/// As [`note_signal`], inside a transaction.
pub(crate) fn note_in(
    app: &App,
    tx: &mut dyn Tx,
    loan: LoanId,
    ordinal: Ordinal,
    signal: Signal,
    now: Timestamp,
) -> Result<bool> {
    if !tx.add_signal(loan, ordinal, signal, now)? {
        return Ok(false);
    }
    let Some(loan) = tx.loan(loan)?.filter(|loan| loan.state == LoanState::Sending) else { return Ok(false) };
    let charter = charter_in(tx)?;
    let views = look(tx, &charter, &loan)?;
    let Some(worst) = views.into_iter().find(EvidenceView::says_stop) else { return Ok(false) };
    let machine = Actor::machine();
    permit(&machine, Action::PauseLoan)?;
    let number = loan.number;
    let loan = loan.pause(worst.words())?;
    tx.put_loan(&loan)?;
    let body = json!({"loan": number, "rule": worst.signal, "limit_1_to": whole(worst.limit.exp())});
    enter(tx, now, &machine, "send.paused", body)?;
    tx.add_alarm(&Alarm {
        id: uuid_v7(now, &mut *app.rng("alarm")),
        kind: "send-paused".to_owned(),
        what: format!("{number} was paused by the stop rule: {}", worst.words()),
        at: now,
    })?;
    Ok(true)
}

/// The evidence on a loan's send, for its page: one for each of [`Signal::ALL`].
pub fn evidence(app: &App, number: LoanNumber) -> Result<Vec<EvidenceView>> {
    app.store.read(|tx| {
        let loan = tx
            .loan_by_number(number)?
            .ok_or_else(|| Refusal::not_found("loan.unknown", format!("there is no loan `{number}`")))?;
        let charter = charter_in(tx)?;
        look(tx, &charter, &loan)
    })
}

/// The evidence since the send began, or was resumed.
pub(super) fn look(tx: &mut dyn Tx, charter: &Charter, loan: &Loan) -> Result<Vec<EvidenceView>> {
    let since = evidence_since(tx, loan.id)?;
    let answered = u64::from(tx.answered_count(loan.id, since)?);
    let mut views = Vec::new();
    for signal in Signal::ALL {
        let k = u64::from(tx.signal_count(loan.id, signal, since)?);
        // After a resume a sign may come from somebody mailed before it: counted as one more message, which errs
        // on the careful side.
        let n = answered.max(k);
        let unfit = |error| Refusal::internal("the stop rule cannot be set up").because(error);
        let alpha = kind_of(signal).default_alpha();
        let mut rule = Evidence::new(usual_rate(charter, signal), alpha).map_err(unfit)?;
        rule.observe(n, k).map_err(unfit)?;
        views.push(EvidenceView {
            signal,
            n,
            k,
            usual_rate: rule.p0(),
            log_e: rule.log_e(),
            limit: -alpha.ln(),
        });
    }
    Ok(views)
}

fn usual_rate(charter: &Charter, signal: Signal) -> f64 {
    let rules = &charter.sending;
    let per_100k = match signal {
        Signal::Complaint => rules.usual_complaints_per_100k,
        Signal::Unsubscribe => rules.usual_unsubscribes_per_100k,
        Signal::HardBounce => rules.usual_bounces_per_100k,
    };
    f64::from(per_100k) / 100_000.0
}

fn since_key(loan: LoanId) -> String {
    format!("evidence-since:{loan}")
}

fn evidence_since(tx: &mut dyn Tx, loan: LoanId) -> Result<Timestamp> {
    let kept = tx.meta(&since_key(loan))?;
    Ok(kept.and_then(|text| text.parse().ok()).unwrap_or(Timestamp::MIN))
}

/// From here on new evidence is gathered: people have looked at the old.
pub(super) fn begin_anew(tx: &mut dyn Tx, loan: LoanId, now: Timestamp) -> Result<()> {
    Ok(tx.set_meta(&since_key(loan), &now.to_string())?)
}

/// Nobody writes to this person's address again.
pub(super) fn stop_address(
    tx: &mut dyn Tx,
    ordinal: Ordinal,
    reason: SuppressionReason,
    now: Timestamp,
) -> Result<bool> {
    match tx.supporter(ordinal)?.and_then(|record| record.mail_key) {
        Some(key) => Ok(tx.suppress(key, &SuppressionScope::Everything, reason, now)?),
        None => Ok(false),
    }
}
