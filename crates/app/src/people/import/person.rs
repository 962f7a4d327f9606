//! One person while a batch is worked in: what was kept, what rows add, and whether that changes anything.

use super::mode::Mode;
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

    /// Takes the names and places that a row says over those that are kept; true when that changes any. Addresses and
    /// numbers are what a person is found by, and are not replaced.
    pub(super) fn replace(&mut self, said: &Identity) -> bool {
        let (kept, mut changed) = (&mut self.identity, false);
        changed |= take(&mut kept.given_name, said.given_name.as_ref());
        changed |= take(&mut kept.family_name, said.family_name.as_ref());
        changed |= take(&mut kept.street, said.street.as_ref());
        changed |= take(&mut kept.city, said.city.as_ref());
        changed |= take(&mut kept.postal_code, said.postal_code.as_ref());
        changed
    }

    /// Adds facts; true when that says anything new.
    pub(super) fn learn(&mut self, facts: Vec<Fact>, mode: Mode) -> bool {
        let mut learnt = false;
        for fact in facts {
            learnt |= add_fact(&mut self.facts, fact, mode);
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

/// Whether what is said is taken over what is kept.
fn take<T: Clone + PartialEq>(kept: &mut Option<T>, said: Option<&T>) -> bool {
    let other = said.is_some() && kept.as_ref() != said;
    if other {
        *kept = said.cloned();
    }
    other
}

/// What one row says of somebody of whom nothing is known.
pub(super) fn facts_of(said: Vec<(FactValue, Origin)>, source: u32) -> Vec<Fact> {
    let mut facts = Vec::with_capacity(said.len());
    for (value, origin) in said {
        add_fact(&mut facts, Fact { value, origin, source }, Mode::Blanks);
    }
    facts
}

/// Keeps one value where a person can have only one: what the person gave stands over what a file says, and what
/// was known first stands over what comes later, unless the mode is to overwrite.
fn add_fact(facts: &mut Vec<Fact>, fact: Fact, mode: Mode) -> bool {
    let rival = facts.iter_mut().find(|kept| match (&kept.value, &fact.value) {
        (FactValue::Area(kept), FactValue::Area(new)) => kind(kept) == kind(new) || new.contains(kept),
        (FactValue::Number(kept, _), FactValue::Number(new, _))
        | (FactValue::Date(kept, _), FactValue::Date(new, _))
        | (FactValue::Text(kept, _), FactValue::Text(new, _))
        | (FactValue::Money(kept, _), FactValue::Money(new, _))
        | (FactValue::Choice(kept, _), FactValue::Choice(new, _))
        | (FactValue::NamedArea(kept, _), FactValue::NamedArea(new, _)) => kept == new,
        (kept, new) => kept == new,
    });
    let Some(kept) = rival else {
        facts.push(fact);
        return true;
    };
    // `Origin` is ordered by how much it is worth, the best first.
    let takes = match mode {
        Mode::Add | Mode::Suppress => false,
        Mode::Blanks => fact.origin < kept.origin,
        Mode::Overwrite => {
            // A wider area says nothing against a narrower one.
            let wider = matches!((&kept.value, &fact.value), (FactValue::Area(kept), FactValue::Area(new))
                if kept != new && new.contains(kept));
            fact.origin < kept.origin || (fact.origin == kept.origin && kept.value != fact.value && !wider)
        }
    };
    if takes {
        *kept = fact;
    }
    takes
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
        let mut add =
            |value, origin, source| add_fact(&mut facts, Fact { value, origin, source }, Mode::Blanks);
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
    #[test]
    fn a_mode_says_which_place_stands() {
        let after = |mode, value: FactValue, origin| {
            let mut facts = vec![Fact { value: area("/sldl:a"), origin: Origin::Imported, source: 1 }];
            let changed = add_fact(&mut facts, Fact { value: value.clone(), origin, source: 2 }, mode);
            assert_eq!(changed, facts[0].source == 2 || facts.len() == 2);
            facts.iter().any(|fact| fact.value == value && fact.source == 2)
        };
        for (value, origin, taken) in [
            (area("/sldl:b"), Origin::Imported, [false, false, true]),
            (area("/sldl:b"), Origin::SelfGiven, [false, true, true]),
            (area("/sldl:b"), Origin::Inferred, [false, false, false]),
            (area("/sldl:a"), Origin::Imported, [false, false, false]),
            (area(""), Origin::Imported, [false, false, false]),
            (area("/place:x"), Origin::Imported, [true, true, true]),
        ] {
            let modes = [Mode::Add, Mode::Blanks, Mode::Overwrite];
            assert_eq!(modes.map(|mode| after(mode, value.clone(), origin)), taken, "{value:?} {origin:?}");
        }
    }
}
