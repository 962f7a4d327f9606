//! What must be known once every file is in, in any order: the stricter statement wins, and a stop wins over all.

use super::person::{Address, Person};
use super::places::{DISTRICTS, ISSUES, STATE};
use super::{Plan, suppression};
use hustings_domain::consent::ConsentState;
use hustings_domain::money::Cents;
use std::collections::BTreeMap;

/// Heads, by what may be sent to them. Every head has a valid address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// All, the suppressed among them.
    pub people: u32,
    /// Who agreed to the owner's own news and is not suppressed.
    pub news: u32,
    /// Who agreed to hear appeals from others and is not suppressed.
    pub appeals: u32,
    /// Of `appeals`, who agreed to be asked to volunteer too.
    pub volunteering: u32,
    /// Of `appeals`, who agreed to be asked for money too.
    pub money: u32,
}

/// One district.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DistrictTruth {
    /// Everybody whose district some file states.
    pub all: Counts,
    /// Those who declared an issue, by its short name.
    pub by_issue: BTreeMap<&'static str, Counts>,
}

/// The whole list as it must be after the imports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Truth {
    /// Distinct people with an address that works; the counts of consents are over these.
    pub all: Counts,
    /// People with a number and no address at all.
    pub phone_only: u32,
    /// People whose address is broken in every file.
    pub broken_address: u32,
    /// Of `all.people`, those on the suppression file.
    pub suppressed: u32,
    /// Distinct addresses on the suppression file, strangers' included.
    pub suppression_addresses: u32,
    /// People who agreed in one row and refused in another, to appeals.
    pub contradicted: u32,
    /// Of `all.people`, those who gave, and how often and how much in all.
    pub donors: u32,
    /// Gifts by people with a valid address.
    pub gifts: u32,
    /// The sum of those gifts.
    pub given: Cents,
    /// By the whole division id of the district.
    pub districts: BTreeMap<String, DistrictTruth>,
}

impl Truth {
    /// The truth of a plan, without writing anything.
    pub fn of(plan: &Plan) -> Self {
        let mut truth = Self::default();
        for district in DISTRICTS {
            truth.districts.insert(format!("{STATE}/{district}"), DistrictTruth::default());
        }
        for number in 0..plan.people {
            truth.add(&Person::of(plan, number));
        }
        truth.suppression_addresses = truth.suppressed + suppression::strangers(plan);
        truth
    }

    fn add(&mut self, person: &Person) {
        match person.address {
            Address::Valid(_) => {}
            Address::Broken(_) => {
                self.broken_address += 1;
                return;
            }
            Address::None => {
                self.phone_only += 1;
                return;
            }
        }
        let standing = Standing::of(person);
        standing.count(&mut self.all);
        self.suppressed += u32::from(person.suppressed.is_some());
        self.contradicted += u32::from(standing.contradicted);
        self.donors += u32::from(!person.gifts.is_empty());
        for gift in &person.gifts {
            self.gifts += 1;
            self.given.0 += gift.amount.0;
        }
        if !person.area_known() {
            return;
        }
        let district = self.districts.entry(format!("{STATE}/{}", person.postal.district)).or_default();
        standing.count(&mut district.all);
        let declared = person.signature.iter().flat_map(|signature| &signature.issues);
        for issue in declared.filter_map(|&position| ISSUES.get(position)) {
            standing.count(district.by_issue.entry(issue).or_default());
        }
    }
}

/// What may be sent to one person.
struct Standing {
    news: bool,
    appeals: bool,
    volunteering: bool,
    money: bool,
    contradicted: bool,
}

impl Standing {
    fn of(person: &Person) -> Self {
        let free = person.suppressed.is_none();
        let subscription = person.subscription.as_ref();
        let signature = person.signature.as_ref();
        let appeals: Vec<ConsentState> = subscription
            .map(|entry| entry.appeals)
            .into_iter()
            .chain(subscription.and_then(|entry| entry.again))
            .chain(signature.map(|entry| entry.appeals))
            .collect();
        let news: Vec<ConsentState> = subscription
            .map(|entry| entry.news)
            .into_iter()
            .chain(signature.map(|entry| entry.news))
            .collect();
        let hears = free && strictest(&appeals).counts();
        Self {
            news: free && strictest(&news).counts(),
            appeals: hears,
            volunteering: hears && signature.is_some_and(|entry| entry.volunteering.counts()),
            money: hears && signature.is_some_and(|entry| entry.money.counts()),
            contradicted: appeals.contains(&ConsentState::Given) && appeals.contains(&ConsentState::Refused),
        }
    }

    fn count(&self, counts: &mut Counts) {
        counts.people += 1;
        counts.news += u32::from(self.news);
        counts.appeals += u32::from(self.appeals);
        counts.volunteering += u32::from(self.volunteering);
        counts.money += u32::from(self.money);
    }
}

fn strictest(said: &[ConsentState]) -> ConsentState {
    said.iter().fold(ConsentState::Unknown, |strictest, state| strictest.stricter(*state))
}
