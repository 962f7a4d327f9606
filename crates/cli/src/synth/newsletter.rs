//! The export of an old newsletter tool: Windows-1252, semicolons, CRLF, one column on appeals added late.

use super::draw::{Part, stream};
use super::mess::{Letters, Sheet, name_cells, word, worn_address, worn_phone, worn_postal};
use super::person::{Address, Person, in_order_of};
use super::statements::Subscription;
use super::{Plan, Tally};
use hustings_domain::chance::{Rng as _, SeededRng};
use hustings_domain::consent::ConsentState;
use std::io::{self, Write};

const HEADER: [&str; 12] = [
    "Email Address",
    "First Name",
    "Last Name",
    "Street",
    "City",
    "ZIP",
    "Phone",
    "MEMBER_RATING",
    "OPTIN_TIME",
    "TAGS",
    "EMAIL_OPT_IN",
    "APPEALS_FROM_OTHERS",
];

pub(super) fn write(out: &mut impl Write, plan: &Plan) -> io::Result<Tally> {
    let mut sheet = Sheet::new(out, ';', "\r\n", Letters::Windows1252, &HEADER)?;
    for person in in_order_of(plan, "newsletter", |seen| seen.newsletter) {
        let Some(subscription) = &person.subscription else { continue };
        let mut rng = stream(plan.seed, Part::Newsletter, person.number);
        let cells = cells(&mut rng, &person, subscription, subscription.appeals);
        sheet.row(&cells)?;
        sheet.tally.broken_addresses += u32::from(matches!(person.address, Address::Broken(_)));
        sheet.litter(&mut rng, &cells)?;
    }
    // Those who signed up a second time stand at the end, as the old tool appended them.
    for person in in_order_of(plan, "newsletter again", |seen| seen.newsletter_again) {
        let Some(subscription) = &person.subscription else { continue };
        let Some(appeals) = subscription.again else { continue };
        let mut rng = stream(plan.seed, Part::NewsletterAgain, person.number);
        sheet.row(&cells(&mut rng, &person, subscription, appeals))?;
        sheet.tally.broken_addresses += u32::from(matches!(person.address, Address::Broken(_)));
    }
    Ok(sheet.tally)
}

fn cells(rng: &mut SeededRng, person: &Person, entry: &Subscription, appeals: ConsentState) -> [String; 12] {
    let (given, family) = name_cells(rng, person.given.western(), person.family.western());
    let postal = if entry.postal_known { worn_postal(rng, person.postal.code) } else { String::new() };
    [
        worn_address(rng, person),
        given,
        family,
        person.street.clone(),
        person.postal.city.to_owned(),
        postal,
        person.phone.as_deref().map(|digits| worn_phone(rng, digits)).unwrap_or_default(),
        (1 + rng.below(5)).to_string(),
        entry.joined.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        entry.tags.join(","),
        word(rng, entry.news).to_owned(),
        word(rng, appeals).to_owned(),
    ]
}
