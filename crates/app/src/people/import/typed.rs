//! Values of attributes: read from a cell by the attribute's type, with the choices that there are.

use super::values::{AmountError, amount, date};
use hustings_audience::Vocabulary;
use hustings_domain::attribute::{Attribute, AttributeText, AttributeType, MAX_CHOICES};
use hustings_domain::facts::FactValue;
use hustings_domain::money::Cents;
use hustings_domain::words::Slug;
use std::collections::{HashMap, HashSet};
use std::sync::{PoisonError, RwLock};

/// The attributes of a list, as rows are read with them.
#[derive(Debug, Default)]
pub(in crate::people) struct Book {
    kinds: HashMap<Slug, AttributeType>,
    choices: HashMap<Slug, RwLock<Choices>>,
}

#[derive(Debug, Default)]
struct Choices {
    open: bool,
    known: HashSet<Slug>,
}

impl Book {
    /// Those that are declared, and those that people on the list have without a declaration.
    pub(in crate::people) fn of(declared: &[Attribute], vocabulary: &Vocabulary) -> Self {
        let mut book = Self::default();
        for (name, kind) in vocabulary.attributes() {
            let Ok(name) = name.parse::<Slug>() else { continue };
            let seen =
                vocabulary.choices.get(name.as_str()).or_else(|| vocabulary.several.get(name.as_str()));
            book.add(&name, kind, true, seen.into_iter().flatten().filter_map(|choice| choice.parse().ok()));
        }
        for attribute in declared.iter().filter(|attribute| attribute.retired.is_none()) {
            book.add(&attribute.name, attribute.kind, attribute.open, attribute.choices.iter().cloned());
        }
        book
    }

    /// Adds one; of one that is there, a later word on whether it is open counts.
    pub(super) fn add(
        &mut self,
        name: &Slug,
        kind: AttributeType,
        open: bool,
        choices: impl Iterator<Item = Slug>,
    ) {
        self.kinds.insert(name.clone(), kind);
        if matches!(kind, AttributeType::Choice | AttributeType::Choices) {
            let kept = self.choices.entry(name.clone()).or_default();
            let kept = kept.get_mut().unwrap_or_else(PoisonError::into_inner);
            kept.open = open;
            kept.known.extend(choices);
        }
    }

    /// The type of an attribute.
    pub(in crate::people) fn kind(&self, name: &Slug) -> Option<AttributeType> {
        self.kinds.get(name).copied()
    }

    /// Every attribute that has choices, with those that there are now.
    pub(super) fn all_choices(&self) -> Vec<(&Slug, Vec<Slug>)> {
        let read = |choices: &RwLock<Choices>| {
            choices.read().unwrap_or_else(PoisonError::into_inner).known.iter().cloned().collect()
        };
        self.choices.iter().map(|(name, choices)| (name, read(choices))).collect()
    }

    /// The choices of an attribute, for a hint.
    pub(in crate::people) fn choices(&self, name: &Slug) -> Vec<String> {
        let Some(choices) = self.choices.get(name) else { return Vec::new() };
        let choices = choices.read().unwrap_or_else(PoisonError::into_inner);
        let mut names: Vec<String> = choices.known.iter().map(ToString::to_string).collect();
        names.sort_unstable();
        names
    }

    /// Hands the values in a cell to `each`; how many parts of it are none.
    pub(in crate::people) fn read(
        &self,
        kind: AttributeType,
        name: &Slug,
        cell: &str,
        mut each: impl FnMut(FactValue),
    ) -> u64 {
        let cell = cell.trim();
        if cell.is_empty() {
            return 0;
        }
        if kind == AttributeType::Choices {
            let parts = cell.split([';', ',', '|']).map(str::trim).filter(|part| !part.is_empty());
            let read = parts
                .map(|part| self.choice(name, part).map(|choice| FactValue::Choices(name.clone(), choice)));
            return read.fold(0, |broken, value| match value {
                Some(value) => {
                    each(value);
                    broken
                }
                None => broken + 1,
            });
        }
        let name = name.clone();
        let value = match kind {
            AttributeType::Text => AttributeText::parse(cell).map(|text| FactValue::Text(name, text)),
            AttributeType::Number => cell.parse().ok().map(|number| FactValue::Number(name, number)),
            AttributeType::Money => money(cell).map(|cents| FactValue::Money(name, cents)),
            AttributeType::Date => date(cell).map(|day| FactValue::Date(name, day)),
            AttributeType::Area => {
                cell.to_lowercase().parse().ok().map(|area| FactValue::NamedArea(name, area))
            }
            AttributeType::Choice | AttributeType::Choices => {
                self.choice(&name, cell).map(|choice| FactValue::Choice(name, choice))
            }
        };
        match value {
            Some(value) => {
                each(value);
                0
            }
            None => 1,
        }
    }

    /// A choice as it is kept; none when it is not among those that there are, or there are too many.
    fn choice(&self, name: &Slug, text: &str) -> Option<Slug> {
        let choice = Slug::from_free_text(text)?;
        let Some(choices) = self.choices.get(name) else { return Some(choice) };
        {
            let choices = choices.read().unwrap_or_else(PoisonError::into_inner);
            if choices.known.contains(&choice) {
                return Some(choice);
            }
            if !choices.open || choices.known.len() >= MAX_CHOICES {
                return None;
            }
        }
        let mut choices = choices.write().unwrap_or_else(PoisonError::into_inner);
        (choices.known.len() < MAX_CHOICES).then(|| {
            choices.known.insert(choice.clone());
            choice
        })
    }
}

/// An amount, which unlike that of a gift may be nothing or less.
fn money(cell: &str) -> Option<Cents> {
    let (sign, rest) = cell.strip_prefix('-').map_or((1, cell), |rest| (-1, rest));
    match amount(rest) {
        Ok(Cents(cents)) => Some(Cents(sign * cents)),
        Err(AmountError::Ambiguous) => None,
        Err(AmountError::NotAnAmount) => {
            let digits = rest.trim_start_matches('$').trim();
            let nothing = digits.starts_with('0') && digits.bytes().all(|byte| matches!(byte, b'0' | b'.'));
            nothing.then_some(Cents(0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(book: &Book, kind: AttributeType, cell: &str) -> (Vec<FactValue>, u64) {
        let mut values = Vec::new();
        let broken = book.read(kind, &"x".parse().unwrap(), cell, |value| values.push(value));
        (values, broken)
    }

    #[test]
    fn cells_are_read_by_type() {
        let book = Book::default();
        let name: Slug = "x".parse().unwrap();
        for (cell, cents) in [("$5", 500), ("-5.50", -550), ("0", 0), ("$0.00", 0), ("1,250", 125_000)] {
            let wanted = vec![FactValue::Money(name.clone(), Cents(cents))];
            assert_eq!(read(&book, AttributeType::Money, cell), (wanted, 0), "{cell}");
        }
        for (kind, cell) in [
            (AttributeType::Money, "27,50"),
            (AttributeType::Money, "x"),
            (AttributeType::Number, "1.5"),
            (AttributeType::Date, "tomorrow"),
            (AttributeType::Text, &"x".repeat(200)),
            (AttributeType::Area, "vermont"),
            (AttributeType::Choice, "!!"),
        ] {
            assert_eq!(read(&book, kind, cell), (Vec::new(), 1), "{cell}");
        }
        let area = "ocd-division/country:us/state:vt";
        assert_eq!(read(&book, AttributeType::Area, &area.to_uppercase()).1, 0);
        assert_eq!(read(&book, AttributeType::Number, "  "), (Vec::new(), 0));
    }

    #[test]
    fn choices_are_among_those_that_there_are() {
        let mut book = Book::default();
        let name: Slug = "x".parse().unwrap();
        book.add(&name, AttributeType::Choices, false, ["phones".parse().unwrap()].into_iter());
        let (values, broken) = read(&book, AttributeType::Choices, "Phones; doors ;");
        assert_eq!((values, broken), (vec![FactValue::Choices(name.clone(), "phones".parse().unwrap())], 1));
        book.add(&name, AttributeType::Choices, true, std::iter::empty());
        for number in 0..2 * MAX_CHOICES {
            read(&book, AttributeType::Choices, &format!("c{number}"));
        }
        assert_eq!(book.choices(&name).len(), MAX_CHOICES);
        assert_eq!(read(&book, AttributeType::Choices, "one-more").1, 1);
        assert_eq!(read(&book, AttributeType::Choices, "c5").1, 0);
    }
}
