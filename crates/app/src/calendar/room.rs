//! How often each person has been addressed of late, or will be by the owner: what is left under a cap is room.

use super::own_mail::OwnMail;
use crate::refusal::Result;
use crate::send::audience::since;
use hustings_domain::charter::Cap;
use hustings_domain::ids::Ordinal;
use hustings_store::Tx;
use jiff::Timestamp;

// INVARIANT: the cap is over all borrowers together and the owner, and the tighter one over everybody's asks for money.
/// How often each person counts as addressed under a cap, by position; money asks alone if `money`.
pub(crate) fn times_taken(
    tx: &mut dyn Tx,
    own: &OwnMail,
    cap: Cap,
    money: bool,
    now: Timestamp,
) -> Result<Vec<u8>> {
    let people = usize::try_from(tx.next_ordinal()?.0).unwrap_or(usize::MAX);
    let mut taken = vec![0_u8; people];
    for (person, times) in tx.addressed_since(since(cap, now)?, money)? {
        add(&mut taken, person, u8::try_from(times).unwrap_or(u8::MAX));
    }
    for entry in own.around(cap, money, now) {
        entry.iter().for_each(|person| add(&mut taken, person, 1));
    }
    Ok(taken)
}

/// Counts a person so many times more.
pub(super) fn add(taken: &mut [u8], person: Ordinal, times: u8) {
    if let Some(count) = taken.get_mut(person.0 as usize) {
        *count = count.saturating_add(times);
    }
}
