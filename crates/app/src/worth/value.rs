//! The in-kind value of a loan by the charter's rate card, with what it was worked out from.

use super::changed::LEAST_CELL;
use crate::lend::charter_in;
use crate::refusal::Result;
use hustings_domain::charter::{Charter, RateCard};
use hustings_domain::ids::Ordinal;
use hustings_domain::loan::Loan;
use hustings_domain::money::Cents;
use hustings_store::Tx;
use serde::Serialize;
use std::collections::BTreeSet;

/// What a loan is worth, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Valued {
    /// People addressed, those in doubt among them.
    pub addressed: u32,
    /// Those of them whom the same borrower was lent before; counted where the rate card has a net name arrangement.
    pub repeated: u32,
    /// Selections made: one for the area, one for issues.
    pub selections: u32,
    /// People introduced.
    pub introduced: u32,
    /// What that is worth.
    pub value: Cents,
}

/// The value of a loan so far.
pub fn value_of(tx: &mut dyn Tx, loan: &Loan) -> Result<Valued> {
    let charter = charter_in(tx)?;
    value_under(tx, &charter, loan)
}

pub(super) fn value_under(tx: &mut dyn Tx, charter: &Charter, loan: &Loan) -> Result<Valued> {
    let deliveries = tx.delivery_counts(loan.id, u32::MAX)?;
    let addressed = deliveries.accepted.saturating_add(deliveries.in_doubt);
    let introduced: u32 =
        tx.copies()?.iter().filter(|copy| copy.loan == loan.id).map(|copy| copy.people).sum();
    let selections = loan.terms.selections();
    let repeated = repeated(tx, &charter.rate_card, loan)?;
    let value =
        charter.rate_card.value(u64::from(addressed), u64::from(repeated), selections, u64::from(introduced));
    Ok(Valued { addressed, repeated, selections, introduced, value })
}

/// How many of a loan's people the same borrower was lent before, where that has a price.
fn repeated(tx: &mut dyn Tx, card: &RateCard, loan: &Loan) -> Result<u32> {
    if card.net_name_per_mille >= 1_000 {
        return Ok(0);
    }
    let mut before: BTreeSet<Ordinal> = BTreeSet::new();
    for other in tx.loans_of(loan.terms.borrower)? {
        if other.number < loan.number {
            before.extend(tx.accepted(other.id)?.into_iter().map(|(person, _)| person));
        }
    }
    if before.is_empty() {
        return Ok(0);
    }
    let again = tx.accepted(loan.id)?.into_iter().filter(|(person, _)| before.contains(person)).count();
    // INVARIANT (promise 7): fewer than a cell are no discount, so that no value tells how many they are.
    Ok(u32::try_from(again).ok().filter(|again| *again >= LEAST_CELL).unwrap_or(0))
}
