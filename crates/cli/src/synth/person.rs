//! One made-up human, computed from the seed and a number: who they are, and what each file says of them.
//! Nothing is kept between two calls, so a list of any size can be written in a stream.

use super::Plan;
use super::draw::{Part, between, happens, pick_weighted, shuffled, stream};
use super::names::{Name, draw_family, draw_given, draw_street};
use super::places::{Postal, draw_postal};
use super::statements::{Gift, Signature, Subscription, draw_gifts, draw_signature, draw_subscription};
use hustings_domain::chance::{Rng as _, SeededRng};
use hustings_domain::consent::SuppressionReason;

/// How a person can be written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    /// In the form that every variant of it normalises to: lower case, the domain in ASCII.
    Valid(String),
    /// What somebody typed that is no address and cannot be mended.
    Broken(String),
    /// The person left a number only.
    None,
}

/// One human.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) number: u32,
    pub(super) given: Name,
    pub(super) family: Name,
    pub(super) street: String,
    pub(super) postal: Postal,
    pub(super) address: Address,
    /// Ten digits; members of a household can share one.
    pub(super) phone: Option<String>,
    pub(super) subscription: Option<Subscription>,
    pub(super) signature: Option<Signature>,
    pub(super) gifts: Vec<Gift>,
    pub(super) suppressed: Option<SuppressionReason>,
}

/// Which files know a person: drawn first, so that a file can pass over the others cheaply.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Seen {
    pub(super) newsletter: bool,
    /// Twice in the newsletter's export.
    pub(super) newsletter_again: bool,
    pub(super) petition: bool,
    pub(super) donors: bool,
    /// On the suppression file, when the address is one.
    pub(super) suppressed: bool,
}

const fn seen(newsletter: bool, petition: bool, donors: bool) -> Seen {
    Seen { newsletter, newsletter_again: false, petition, donors, suppressed: false }
}

const SEEN: [(u64, Seen); 7] = [
    (510, seen(true, false, false)),
    (250, seen(false, true, false)),
    (140, seen(true, true, false)),
    (40, seen(true, false, true)),
    (20, seen(false, true, true)),
    (30, seen(true, true, true)),
    (10, seen(false, false, true)),
];

/// Domains that no mail can reach by accident (RFC 2606, RFC 6761); the last is written in Unicode by its people.
pub(super) const DOMAINS: [(u64, &str); 9] = [
    (300, "example.com"),
    (200, "mail.example"),
    (180, "example.org"),
    (120, "post.example"),
    (90, "example.net"),
    (50, "union.example"),
    (40, "campus.example"),
    (15, "green-hills.example.org"),
    (5, "xn--bcher-kva.example"),
];

impl Person {
    /// The person of this number.
    pub(super) fn of(plan: &Plan, number: u32) -> Self {
        let mut rng = stream(plan.seed, Part::Person, number);
        let seen = draw_seen(&mut rng);
        Self::seen(plan, number, seen, &mut rng)
    }

    /// The rest of a person of whom it is drawn which files know them.
    fn seen(plan: &Plan, number: u32, seen: Seen, rng: &mut SeededRng) -> Self {
        let home = Home::of(plan, number);
        let given = draw_given(rng);
        // One in ten keeps a name of their own inside a household.
        let family = if happens(rng, 100) { draw_family(rng) } else { home.family };
        let address = draw_address(rng, number, given, family, seen);
        let phone = match address {
            Address::None => Some(phone_number(2 * u64::from(number))),
            _ if home.shares_phone => Some(phone_number(2 * u64::from(home.head) + 1)),
            _ => happens(rng, 450).then(|| phone_number(2 * u64::from(number))),
        };
        let suppressed = (seen.suppressed && matches!(address, Address::Valid(_))).then(|| {
            pick_weighted(
                rng,
                &[
                    (70, Some(SuppressionReason::Unsubscribed)),
                    (10, Some(SuppressionReason::Complained)),
                    (20, Some(SuppressionReason::Bounced)),
                ],
            )
        });
        Self {
            number,
            given,
            family,
            street: home.street,
            postal: home.postal,
            address,
            phone,
            subscription: seen.newsletter.then(|| draw_subscription(rng, plan.today, seen.newsletter_again)),
            signature: seen.petition.then(|| draw_signature(rng, plan.today)),
            gifts: if seen.donors { draw_gifts(rng, plan.today) } else { Vec::new() },
            suppressed: suppressed.flatten(),
        }
    }

    /// The address that every file's variant of it stands for.
    pub(super) fn valid_address(&self) -> Option<&str> {
        match &self.address {
            Address::Valid(address) => Some(address),
            Address::Broken(_) | Address::None => None,
        }
    }

    /// Whether some file says where they live.
    pub(super) fn area_known(&self) -> bool {
        self.subscription.as_ref().is_some_and(|entry| entry.postal_known)
            || self.signature.as_ref().is_some_and(|entry| entry.postal_known || entry.district_known)
    }
}

/// The people whom a file knows, in an order of its own.
pub(super) fn in_order_of(
    plan: &Plan,
    file: &str,
    knows: impl Fn(Seen) -> bool,
) -> impl Iterator<Item = Person> {
    shuffled(plan.people, plan.seed, file).filter_map(move |number| {
        let mut rng = stream(plan.seed, Part::Person, number);
        let seen = draw_seen(&mut rng);
        knows(seen).then(|| Person::seen(plan, number, seen, &mut rng))
    })
}

fn draw_seen(rng: &mut SeededRng) -> Seen {
    let files = pick_weighted(rng, &SEEN);
    let newsletter_again = happens(rng, 30) && files.newsletter;
    Seen { newsletter_again, suppressed: happens(rng, 30), ..files }
}

/// Where a person lives, with whom: people come in blocks of four that share a home or not.
struct Home {
    head: u32,
    family: Name,
    street: String,
    postal: Postal,
    shares_phone: bool,
}

impl Home {
    fn of(plan: &Plan, number: u32) -> Self {
        let block = number / 4;
        let mut rng = stream(plan.seed, Part::Block, block);
        let heads = pick_weighted(
            &mut rng,
            &[(55, [0, 1, 2, 3]), (25, [0, 0, 2, 3]), (12, [0; 4]), (8, [0, 0, 2, 2])],
        );
        let seat = usize::try_from(number % 4).unwrap_or(0);
        let head = block * 4 + heads.get(seat).copied().unwrap_or(0);
        let members = heads.iter().filter(|&&other| block * 4 + other == head).count();
        let mut rng = stream(plan.seed, Part::Home, head);
        Self {
            head,
            family: draw_family(&mut rng),
            street: format!("{} {}", between(&mut rng, 1, 480), draw_street(&mut rng)),
            postal: draw_postal(&mut rng),
            shares_phone: members > 1 && happens(&mut rng, 350),
        }
    }
}

/// Unique: the digits before the `@` are the person's number.
fn draw_address(rng: &mut SeededRng, number: u32, given: Name, family: Name, seen: Seen) -> Address {
    let letters = |name: Name| -> String {
        name.latin.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase()
    };
    let (given, family) = (letters(given), letters(family));
    let initial: String = given.chars().take(1).collect();
    let local = match rng.below(5) {
        0 => format!("{given}.{family}{number}"),
        1 => format!("{initial}{family}{number}"),
        2 => format!("{family}.{given}{number}"),
        3 => format!("{given}_{number}"),
        _ => format!("{given}+news{number}"),
    };
    let domain = pick_weighted(rng, &DOMAINS);
    // Who is known from a newsletter or a petition only may have left no address, or none that works.
    let (broken, missing) = (happens(rng, 5), happens(rng, 10) && !seen.donors);
    if missing {
        return Address::None;
    }
    if !broken {
        return Address::Valid(format!("{local}@{domain}"));
    }
    Address::Broken(match rng.below(8) {
        0 => format!("{local}(at){domain}"),
        1 => format!("{local}@@{domain}"),
        2 => format!("{given} {family}{number}@{domain}"),
        3 => format!("{local}@"),
        4 => format!("@{domain}"),
        5 => format!("{local}@localhost"),
        6 => format!("{local}@exa mple.com"),
        _ => format!("{local}@example..com"),
    })
}

/// The `slot`-th of the numbers in the exchange 555 of every area code, Vermont's first; then exchange 556 and on.
fn phone_number(slot: u64) -> String {
    const AREA_CODES: u64 = 8 * 9 * 10;
    let (area, line, round) = ((slot / 10_000) % AREA_CODES, slot % 10_000, slot / 10_000 / AREA_CODES);
    // 200 + hundreds, tens without 9 in the middle, units; 802 is position (8-2)*90 + 0*10 + 2.
    let area = (area + 542) % AREA_CODES;
    let code = 200 + (area / 90) * 100 + ((area / 10) % 9) * 10 + area % 10;
    format!("{code}{:03}{line:04}", 555 + round)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_number_is_one_person() {
        let plan = Plan { people: 100, seed: 5, today: jiff::civil::date(2026, 3, 1) };
        assert_eq!(Person::of(&plan, 17), Person::of(&plan, 17));
        assert_ne!(Person::of(&plan, 17).address, Person::of(&plan, 18).address);
        assert_ne!(Person::of(&plan, 17), Person::of(&Plan { seed: 6, ..plan }, 17));
    }

    #[test]
    fn numbers_of_phones_are_distinct_and_dialable() {
        let slots = (0..2_000).chain((0..720).map(|area| area * 10_000 + 7)).chain(7_200_000..7_200_010);
        let all: BTreeSet<String> = slots.map(phone_number).collect();
        assert_eq!(all.len(), 2_000 + 719 + 10, "slot 7 is in the first two ranges");
        assert!(phone_number(0).starts_with("802555"));
        for phone in all {
            let digits: Vec<u32> = phone.chars().map(|digit| digit.to_digit(10).unwrap()).collect();
            assert!(digits.len() == 10 && digits[0] >= 2 && digits[1] != 9 && digits[3] >= 2, "{phone}");
        }
    }
}
