//! Whom a loan may have while allotments hold: its own, or, if it has none, whoever has room beside those of others.

use super::own_mail::OwnMail;
use super::room::{add, times_taken};
use crate::refusal::Result;
use crate::send::audience::caps;
use hustings_audience::Bitmap;
use hustings_domain::charter::Charter;
use hustings_domain::loan::{Ask, Loan, LoanState};
use hustings_store::Tx;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Those of `open` whom the loan may have.
///
/// The newest sharing of a loan holds until its weeks are over. A loan that took part in none leaves everybody to the
/// others whom it would cost their room.
pub(crate) fn within(
    tx: &mut dyn Tx,
    charter: &Charter,
    loan: &Loan,
    open: Bitmap,
    now: Timestamp,
) -> Result<Bitmap> {
    let sharings: Vec<_> = tx.sharings()?.into_iter().filter(|sharing| sharing.closes > now).collect();
    for sharing in &sharings {
        if let Some(people) = tx.allotted(sharing.number, loan.id)? {
            return Ok(open.and(&people.into_iter().collect()));
        }
    }
    if sharings.is_empty() {
        return Ok(open);
    }
    let own = OwnMail::read(tx)?;
    let mut left = open;
    for (cap, money) in caps(charter, loan.terms.ask) {
        let mut taken = times_taken(tx, &own, cap, money, now)?;
        let mut seen = BTreeSet::new();
        for sharing in &sharings {
            for share in sharing.shares.iter().filter(|share| seen.insert(share.loan)) {
                let Some(other) = tx.loan(share.loan)? else { continue };
                let waits = other.state == LoanState::Cleared && (!money || other.terms.ask == Ask::Give);
                if waits {
                    let people = tx.allotted(sharing.number, share.loan)?.unwrap_or_default();
                    for person in people {
                        add(&mut taken, person, 1);
                    }
                }
            }
        }
        let full = left.iter().filter(|person| {
            taken.get(person.0 as usize).is_some_and(|times| u32::from(*times) >= cap.times)
        });
        left = left.and_not(&full.collect());
    }
    Ok(left)
}
