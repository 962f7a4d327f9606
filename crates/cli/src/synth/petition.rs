//! A petition's signatures: UTF-8 with a byte-order mark, commas, quoted comments over several lines,
//! declared issues and a tick for each kind of appeal.

use super::draw::{Part, happens, pick, stream};
use super::mess::{FORMULAS, Letters, Sheet, name_cells, word, worn_address, worn_phone, worn_postal};
use super::person::{Address, Person, in_order_of};
use super::places::{ISSUES, STATE};
use super::statements::Signature;
use super::{Plan, Tally};
use hustings_domain::chance::{Rng as _, SeededRng};
use std::io::{self, Write};

const HEADER: [&str; 15] = [
    "email",
    "first_name",
    "last_name",
    "mobile_number",
    "address",
    "city",
    "zip",
    "ocd_division",
    "issues",
    "email_opt_in",
    "hear_appeals",
    "volunteer_appeals",
    "money_appeals",
    "comment",
    "signed_on",
];
const COMMENTS: [&str; 7] = [
    "Thank you for doing this!",
    "Please, no calls after 8",
    "My rent went up 30%, again",
    "I signed for my mother.\nShe is 82.",
    "\"Enough\" is enough",
    "Sí, se puede",
    "Keep my data to yourselves; I mean it",
];
/// The same issues as people and form builders write them.
const WRITTEN: [&str; 7] =
    ["Health Care", "Housing", "CLIMATE", "Schools", "Workers' rights", "Voting Rights", " transit"];

pub(super) fn write(out: &mut impl Write, plan: &Plan) -> io::Result<Tally> {
    out.write_all("\u{feff}".as_bytes())?;
    let mut sheet = Sheet::new(out, ',', "\n", Letters::Utf8, &HEADER)?;
    for person in in_order_of(plan, "petition", |seen| seen.petition) {
        let Some(signature) = &person.signature else { continue };
        let mut rng = stream(plan.seed, Part::Petition, person.number);
        for _ in 0..=u8::from(signature.again) {
            let cells = cells(&mut rng, &person, signature);
            sheet.row(&cells)?;
            sheet.tally.broken_addresses += u32::from(matches!(person.address, Address::Broken(_)));
            sheet.litter(&mut rng, &cells)?;
        }
    }
    Ok(sheet.tally)
}

fn cells(rng: &mut SeededRng, person: &Person, entry: &Signature) -> [String; 15] {
    let (given, family) = name_cells(rng, person.given.own, person.family.own);
    let postal = if entry.postal_known { worn_postal(rng, person.postal.code) } else { String::new() };
    let district =
        if entry.district_known { format!("{STATE}/{}", person.postal.district) } else { String::new() };
    [
        worn_address(rng, person),
        given,
        family,
        person.phone.as_deref().map(|digits| worn_phone(rng, digits)).unwrap_or_default(),
        person.street.clone(),
        person.postal.city.to_owned(),
        postal,
        district,
        issues(rng, &entry.issues),
        word(rng, entry.news).to_owned(),
        word(rng, entry.appeals).to_owned(),
        word(rng, entry.volunteering).to_owned(),
        word(rng, entry.money).to_owned(),
        comment(rng).to_owned(),
        entry.signed.to_string(),
    ]
}

fn issues(rng: &mut SeededRng, declared: &[usize]) -> String {
    let names = if happens(rng, 200) { &WRITTEN } else { &ISSUES };
    let separator = if happens(rng, 300) { "; " } else { ";" };
    declared.iter().filter_map(|&position| names.get(position).copied()).collect::<Vec<_>>().join(separator)
}

fn comment(rng: &mut SeededRng) -> &'static str {
    match rng.below(100) {
        0..88 => "",
        88..98 => pick(rng, &COMMENTS),
        _ => pick(rng, &FORMULAS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hustings_domain::words::Slug;

    #[test]
    fn written_issues_are_the_declared_ones() {
        for (written, issue) in WRITTEN.iter().zip(ISSUES) {
            assert_eq!(Slug::from_free_text(written).unwrap().as_str(), issue);
        }
    }
}
