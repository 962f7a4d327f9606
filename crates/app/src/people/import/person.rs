//! One person while a batch is worked in: what was kept, what rows add, and whether that changes anything.

use super::row::{Row, kind};
use hustings_domain::consent::{Channel, ConsentState, Statement, next_state};
use hustings_domain::facts::{Fact, FactValue, Origin};
use hustings_domain::ids::{Ordinal, SupporterId};
use hustings_vault::{Field, Identity, SuppressionHash, WrappedKey};
use jiff::Timestamp;

/// One person, kept or new.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) ordinal: Ordinal,
    pub(super) id: SupporterId,
    pub(super) joined: Timestamp,
    pub(super) version: u32,
    pub(super) mail_key: Option<SuppressionHash>,
    pub(super) wrapped: WrappedKey,
    pub(super) sealed: Vec<u8>,
    pub(super) identity: Identity,
    pub(super) facts: Vec<Fact>,
    /// By position in the charter's purposes.
    pub(super) consents: Vec<(usize, Channel, ConsentState)>,
    pub(super) is_new: bool,
    pub(super) identity_changed: bool,
    pub(super) facts_changed: bool,
    pub(super) touched: bool,
}

impl Person {
    /// Whether a row says a name or place that is not known yet.
    pub(super) fn gains(&self, identity: &Identity) -> bool {
        Field::ALL
            .into_iter()
            .any(|field| self.identity.get(field).is_none() && identity.get(field).is_some())
    }

    /// Adds facts; true when that says anything new.
    pub(super) fn learn(&mut self, facts: Vec<(FactValue, Origin)>, source: u32) -> bool {
        let mut learnt = false;
        for (value, origin) in facts {
            learnt |= add_fact(&mut self.facts, Fact { value, origin, source });
        }
        self.facts_changed |= learnt;
        learnt
    }

    // INVARIANT (promise 4): what an import says goes through `next_state`, which lifts no stop; and for an address
    // or a number that is stopped, a yes in a file is a no.
    /// The new state of a consent after an import says so; none when it stays.
    pub(super) fn hear(
        &mut self,
        purpose: usize,
        channel: Channel,
        said: ConsentState,
        stopped: bool,
    ) -> Option<ConsentState> {
        let said = match said {
            ConsentState::Given if stopped => ConsentState::Withdrawn,
            said => said,
        };
        let kept = self.consents.iter_mut().find(|kept| kept.0 == purpose && kept.1 == channel);
        let before = kept.as_ref().map_or(ConsentState::Unknown, |kept| kept.2);
        let state = next_state(before, said, Statement::Import);
        if state == before {
            return None;
        }
        match kept {
            Some(kept) => kept.2 = state,
            None => self.consents.push((purpose, channel, state)),
        }
        Some(state)
    }
}

/// Keeps one value where a person can have only one: what the person gave stands over what a file says, and what
/// was known first stands over what comes later.
fn add_fact(facts: &mut Vec<Fact>, fact: Fact) -> bool {
    let rival = facts.iter_mut().find(|kept| match (&kept.value, &fact.value) {
        (FactValue::Area(kept), FactValue::Area(new)) => kind(kept) == kind(new) || new.contains(kept),
        (FactValue::Number(kept, _), FactValue::Number(new, _))
        | (FactValue::Date(kept, _), FactValue::Date(new, _)) => kept == new,
        (kept, new) => kept == new,
    });
    match rival {
        // `Origin` is ordered by how much it is worth, the best first.
        Some(kept) if kept.origin <= fact.origin => false,
        Some(kept) => {
            *kept = fact;
            true
        }
        None => {
            facts.push(fact);
            true
        }
    }
}

/// Whether two sets of names can be one person's: one says nothing, or says no other name than the other.
pub(super) fn names_agree(row: &Row, kept: &Identity) -> bool {
    let (one, other) = (names(&row.identity), names(kept));
    one.iter().all(|name| other.contains(name)) || other.iter().all(|name| one.contains(name))
}

fn names(identity: &Identity) -> Vec<String> {
    let texts = [Field::GivenName, Field::FamilyName].into_iter().filter_map(|field| identity.get(field));
    texts
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()))
        .filter(|name| !name.is_empty())
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(id: &str) -> FactValue {
        FactValue::Area(format!("ocd-division/country:us/state:vt{id}").parse().unwrap())
    }

    #[test]
    fn the_first_place_stands_unless_a_better_source_speaks() {
        let mut facts = Vec::new();
        let mut add = |value, origin, source| add_fact(&mut facts, Fact { value, origin, source });
        assert!(add(area("/sldl:a"), Origin::Imported, 1));
        assert!(!add(area("/sldl:b"), Origin::Imported, 2));
        assert!(!add(area(""), Origin::Imported, 2));
        assert!(add(area("/place:x"), Origin::Imported, 2));
        assert!(add(area("/sldl:b"), Origin::SelfGiven, 3));
        let tag = FactValue::Tag("staff".parse().unwrap());
        assert!(add(tag.clone(), Origin::Imported, 1));
        assert!(!add(tag, Origin::VoterFile, 2));
        assert_eq!(facts.len(), 3);
        assert_eq!((&facts[0].value, facts[0].source), (&area("/sldl:b"), 3));
    }
}
