//! Questions about attributes; for a loan, of what people gave themselves alone.

use super::Plan;
use crate::index::columns::Columns;
use crate::index::numeric::Numeric;
use crate::language::{Asks, Term};
use crate::naive::Selection;
use hustings_domain::attribute::{AttributeType, fold};
use hustings_domain::words::Slug;

impl<'a> Plan<'a> {
    pub(super) fn attribute(term: &'a Term, columns: &'a Columns, mode: Selection, today: i32) -> Self {
        let Some((name, types)) = term.attribute() else { return Self::Nobody };
        let name = &name.value;
        let kind = types.first().copied().unwrap_or(AttributeType::Text);
        let known = &columns.attributes;
        let plan = match term {
            Term::Number { test, .. } => {
                columns.numbers.get(name).map_or(Self::Nobody, |column| Self::range(column, *test))
            }
            Term::Date { when, .. } => {
                columns.dates.get(name).map_or(Self::Nobody, |column| Self::moment(column, *when, today))
            }
            Term::Money { test, .. } => {
                let test = test.map(|cents| cents.0);
                known.money.get(name).map_or(Self::Nobody, |column| Self::range(column, test))
            }
            Term::Named { asks, .. } => return Self::asked(asks, name, columns, mode),
            _ => Self::Nobody,
        };
        Self::self_given(plan, kind, name, columns, mode)
    }

    fn asked(asks: &'a Asks, name: &Slug, columns: &'a Columns, mode: Selection) -> Self {
        let known = &columns.attributes;
        let own_use = mode == Selection::OwnUse;
        match asks {
            Asks::Starts(prefix) if own_use => {
                Self::text(known.texts.get(name).and_then(|text| text.starting(&fold(&prefix.value))))
            }
            // INVARIANT (promise 1): a text can single out one person, and selects nobody for a loan.
            Asks::Starts(_) => Self::Nobody,
            Asks::Is(values) => {
                let choice = |value: &str| known.choices.get(&(name.clone(), value.parse().ok()?));
                let chosen = Self::or(values.iter().filter_map(|value| choice(&fold(&value.value))));
                let chosen = Self::self_given(chosen, AttributeType::Choice, name, columns, mode);
                let Some(text) = known.texts.get(name).filter(|_| own_use) else { return chosen };
                let said = values.iter().map(|value| Self::text(text.exactly(&fold(&value.value))));
                Self::Or(said.chain([chosen]).collect())
            }
            Asks::Has(choices) => {
                let sets = if own_use { &known.several } else { &known.several_declared };
                Self::or(choices.iter().filter_map(|choice| sets.get(&(name.clone(), choice.value.clone()))))
            }
            Asks::Within(areas) => {
                let sets =
                    areas.iter().filter_map(|area| known.areas.get(&(name.clone(), area.value.clone())));
                Self::self_given(Self::or(sets), AttributeType::Area, name, columns, mode)
            }
        }
    }

    /// Every piece in its range.
    fn text(ranges: Option<Vec<(&'a Numeric, i64, i64)>>) -> Self {
        let ranges = ranges.unwrap_or_default();
        if ranges.is_empty() {
            return Self::Nobody;
        }
        Self::And(ranges.into_iter().map(|(column, low, high)| Self::Range(column, low, high)).collect())
    }

    // INVARIANT (promise 1): for a loan, only a value in force that the person gave counts.
    fn self_given(
        plan: Self,
        kind: AttributeType,
        name: &Slug,
        columns: &'a Columns,
        mode: Selection,
    ) -> Self {
        if mode == Selection::OwnUse {
            return plan;
        }
        match columns.attributes.declared.get(&(kind, name.clone())) {
            Some(declared) => Self::And(vec![Self::Set(declared), plan]),
            None => Self::Nobody,
        }
    }
}
