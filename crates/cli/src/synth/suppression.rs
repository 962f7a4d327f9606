//! The stops of all the years: unsubscribes, complaints and dead mailboxes, from more than one tool.
//! A bare address without its other columns is a stop all the same: here a row cut short must not be lost.

use super::draw::{Part, happens, shuffled, stream};
use super::mess::{Letters, Sheet, worn};
use super::person::in_order_of;
use super::{Plan, Tally};
use hustings_domain::chance::{Rng as _, SeededRng};
use hustings_domain::consent::SuppressionReason;
use jiff::ToSpan as _;
use std::io::{self, Write};

/// How many addresses on the file belong to nobody in the other files.
pub(super) fn strangers(plan: &Plan) -> u32 {
    plan.people / 100
}

pub(super) fn write(out: &mut impl Write, plan: &Plan) -> io::Result<Tally> {
    let mut sheet = Sheet::new(out, ',', "\n", Letters::Utf8, &["email", "reason", "since"])?;
    for person in in_order_of(plan, "suppression", |seen| seen.suppressed) {
        let (Some(reason), Some(address)) = (person.suppressed, person.valid_address()) else { continue };
        let mut rng = stream(plan.seed, Part::Suppression, person.number);
        // One in twenty stopped twice, in two tools that write addresses differently.
        for _ in 0..=u8::from(happens(&mut rng, 50)) {
            stop(&mut sheet, &mut rng, plan, address, reason)?;
        }
    }
    for stranger in shuffled(strangers(plan), plan.seed, "strangers") {
        let mut rng = stream(plan.seed, Part::Stranger, stranger);
        let address = format!("gone{stranger}@old.example");
        stop(&mut sheet, &mut rng, plan, &address, SuppressionReason::Unsubscribed)?;
    }
    Ok(sheet.tally)
}

fn stop(
    sheet: &mut Sheet<'_, impl Write>,
    rng: &mut SeededRng,
    plan: &Plan,
    address: &str,
    reason: SuppressionReason,
) -> io::Result<()> {
    let address = worn(rng, address);
    if happens(rng, 50) {
        sheet.tally.wrong_width += 1;
        return sheet.row(&[address]);
    }
    let days = i64::try_from(rng.below(2_000)).unwrap_or(0);
    let reason = reason.as_str();
    let reason = if happens(rng, 200) { reason.to_uppercase() } else { reason.to_owned() };
    let since = plan.today.saturating_sub((days + 1).days());
    sheet.row(&[address, reason, since.to_string()])?;
    if happens(rng, 5) { sheet.blank_line() } else { Ok(()) }
}
