//! The treasurer's spreadsheet: tab separated, `Family, Given` in one cell, amounts and dates as typed.

use super::draw::{Part, stream};
use super::mess::{Letters, Sheet, worn_address};
use super::person::{Address, in_order_of};
use super::{Plan, Tally};
use hustings_domain::chance::{Rng as _, SeededRng};
use hustings_domain::money::{Cents, group_thousands};
use jiff::civil::Date;
use std::io::{self, Write};

pub(super) fn write(out: &mut impl Write, plan: &Plan) -> io::Result<Tally> {
    let mut sheet = Sheet::new(out, '\t', "\r\n", Letters::Utf8, &["Email", "Name", "Amount", "Date"])?;
    for person in in_order_of(plan, "donors", |seen| seen.donors) {
        let mut rng = stream(plan.seed, Part::Donors, person.number);
        let name = format!("{}, {}", person.family.own, person.given.own);
        for gift in &person.gifts {
            let address = worn_address(&mut rng, &person);
            let cells = [address, name.clone(), amount(&mut rng, gift.amount), date(&mut rng, gift.on)];
            sheet.row(&cells)?;
            sheet.tally.broken_addresses += u32::from(matches!(person.address, Address::Broken(_)));
            sheet.litter(&mut rng, &cells)?;
        }
    }
    Ok(sheet.tally)
}

/// `$1,250.00`, `1,250.00`, `1250.00`, and `27` when there are no odd cents.
fn amount(rng: &mut SeededRng, amount: Cents) -> String {
    let cents = amount.0.unsigned_abs();
    let (whole, odd) = (cents / 100, cents % 100);
    match rng.below(10) {
        0..5 => amount.to_string(),
        5..7 => format!("{}.{odd:02}", group_thousands(whole)),
        7 => format!(" {amount} "),
        8 if odd == 0 => whole.to_string(),
        _ => format!("{whole}.{odd:02}"),
    }
}

/// `2025-03-07`, `3/7/2025` or `03/07/2025`: month first, as in the United States.
fn date(rng: &mut SeededRng, on: Date) -> String {
    match rng.below(4) {
        0 | 1 => on.to_string(),
        2 => format!("{}/{}/{}", on.month(), on.day(), on.year()),
        _ => on.strftime("%m/%d/%Y").to_string(),
    }
}
