//! What a sharing gave a loan, as its page tells it.

use crate::refusal::Result;
use hustings_domain::access::Actor;
use hustings_domain::charter::Charter;
use hustings_domain::ids::LoanNumber;
use hustings_domain::loan::Loan;
use hustings_domain::share::LoanShare;
pub(super) use hustings_share::Caps;
use hustings_store::Tx;
use hustings_store::records::SharingRecord;
use jiff::Timestamp;
use serde::Serialize;

/// The share of one loan in one sharing.
#[derive(Debug, Clone, Serialize)]
pub struct ShareView {
    /// The loan.
    pub loan: LoanNumber,
    /// Who asks.
    pub borrower: String,
    /// The sharing's number.
    pub sharing: u32,
    /// When it was worked out.
    pub at: Timestamp,
    /// Until when it holds.
    pub closes: Timestamp,
    /// What it was drawn from, as the ledger writes it.
    pub seed: String,
    /// What it got of what it asked for, in whole hundredths.
    pub percent: u32,
    /// For the owner's own people.
    pub explained: String,
    /// For its borrower: without a number of people.
    pub for_borrower: String,
}

impl ShareView {
    /// What this actor may read: a borrower's people get no number of people.
    #[must_use]
    pub fn as_told_to(mut self, actor: &Actor) -> Self {
        if actor.borrower.is_some() {
            self.explained.clone_from(&self.for_borrower);
        }
        self
    }
}

/// The charter's caps as words need them.
pub(super) fn caps(charter: &Charter) -> Caps {
    let (appeals, money) = (charter.fatigue.appeals, charter.fatigue.money);
    Caps { appeals: (appeals.times, appeals.days), money: (money.times, money.days) }
}

pub(super) fn share_view(
    loan: &Loan,
    borrower: &str,
    sharing: &SharingRecord,
    share: &LoanShare,
    caps: Caps,
) -> ShareView {
    ShareView {
        loan: loan.number,
        borrower: borrower.to_owned(),
        sharing: sharing.number,
        at: sharing.at,
        closes: sharing.closes,
        seed: format!("{:016x}", sharing.seed),
        percent: share.percent(),
        explained: caps.explain(share),
        for_borrower: caps.explain_to_borrower(share),
    }
}

/// The newest sharing that a loan took part in, in words; none when it took part in none.
pub fn share_of(tx: &mut dyn Tx, charter: &Charter, loan: &Loan) -> Result<Option<ShareView>> {
    let borrower = tx.borrower(loan.terms.borrower)?.map_or_else(String::new, |borrower| borrower.name);
    for sharing in tx.sharings()? {
        if let Some(share) = sharing.shares.iter().find(|share| share.loan == loan.id) {
            return Ok(Some(share_view(loan, &borrower, &sharing, &share.share, caps(charter))));
        }
    }
    Ok(None)
}
