//! Parts of an index that were built apart, on several threads, become one.

use super::Index;
use super::attributes::{Attributes, Text};
use super::bitmap::{Bitmap, Container};
use super::columns::{Columns, ConsentColumns};
use super::gifts::Gifts;
use super::numeric::{Numeric, NumericBlock};
use super::words::Words;
use std::collections::BTreeMap;

impl Index {
    /// One index of the people of all `parts`, of whom none may be in two; it has followed as far as the part that
    /// followed least. Parts that share no run of 32,768 ordinals are joined without looking at their people.
    pub fn join(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut parts = parts.into_iter();
        let Some(mut whole) = parts.next() else { return Self::new() };
        for part in parts {
            whole.as_of = whole.as_of.min(part.as_of);
            whole.columns.absorb(part.columns);
        }
        whole
    }
}

impl Columns {
    fn absorb(&mut self, other: Self) {
        // Named one by one, so that a new column cannot be forgotten.
        let Self {
            live,
            areas,
            areas_undeclared,
            issues,
            issues_undeclared,
            tags,
            sources,
            consents,
            joined,
            numbers,
            dates,
            gifts,
            attributes,
        } = other;
        self.live.absorb(live);
        absorb_named(&mut self.areas, areas, Bitmap::absorb);
        absorb_named(&mut self.areas_undeclared, areas_undeclared, Bitmap::absorb);
        absorb_named(&mut self.issues, issues, Bitmap::absorb);
        absorb_named(&mut self.issues_undeclared, issues_undeclared, Bitmap::absorb);
        absorb_named(&mut self.tags, tags, Bitmap::absorb);
        absorb_named(&mut self.sources, sources, Bitmap::absorb);
        absorb_named(&mut self.consents, consents, ConsentColumns::absorb);
        self.joined.absorb(joined);
        absorb_named(&mut self.numbers, numbers, Numeric::absorb);
        absorb_named(&mut self.dates, dates, Numeric::absorb);
        self.gifts.absorb(gifts);
        self.attributes.absorb(attributes);
    }
}

impl Attributes {
    fn absorb(&mut self, other: Self) {
        let Self { money, texts, choices, several, several_declared, areas, declared } = other;
        absorb_named(&mut self.money, money, Numeric::absorb);
        absorb_named(&mut self.texts, texts, Text::absorb);
        absorb_named(&mut self.choices, choices, Bitmap::absorb);
        absorb_named(&mut self.several, several, Bitmap::absorb);
        absorb_named(&mut self.several_declared, several_declared, Bitmap::absorb);
        absorb_named(&mut self.areas, areas, Bitmap::absorb);
        absorb_named(&mut self.declared, declared, Bitmap::absorb);
    }
}

impl Text {
    fn absorb(&mut self, other: Self) {
        if self.0.len() < other.0.len() {
            self.0.resize_with(other.0.len(), Numeric::default);
        }
        for (mine, other) in self.0.iter_mut().zip(other.0) {
            mine.absorb(other);
        }
    }
}

fn absorb_named<K: Ord, T>(mine: &mut BTreeMap<K, T>, others: BTreeMap<K, T>, absorb: impl Fn(&mut T, T)) {
    for (name, other) in others {
        match mine.get_mut(&name) {
            Some(mine) => absorb(mine, other),
            None => {
                mine.insert(name, other);
            }
        }
    }
}

impl ConsentColumns {
    fn absorb(&mut self, other: Self) {
        let Self { given, expired, refused, withdrawn } = other;
        self.given.absorb(given);
        self.expired.absorb(expired);
        self.refused.absorb(refused);
        self.withdrawn.absorb(withdrawn);
    }
}

impl Bitmap {
    fn absorb(&mut self, other: Self) {
        let nobody = |block: &Container| matches!(block, Container::Empty);
        absorb_blocks(&mut self.blocks, other.blocks, nobody, |mine, other| {
            let mut both = Words::NONE;
            mine.widen(&mut both);
            other.widen(&mut both);
            *mine = Container::from_words(&both);
        });
    }
}

impl Numeric {
    fn absorb(&mut self, other: Self) {
        let nobody =
            |block: &NumericBlock| matches!(block, NumericBlock::Sparse(values) if values.is_empty());
        absorb_blocks(&mut self.blocks, other.blocks, nobody, |mine, other| match other {
            NumericBlock::Sparse(values) => {
                for (position, value) in values {
                    mine.set(position, value);
                }
            }
            NumericBlock::Sliced(sliced) => {
                for position in sliced.present.positions() {
                    if let Some(value) = sliced.value(position) {
                        mine.set(position, value);
                    }
                }
            }
        });
    }
}

impl Gifts {
    fn absorb(&mut self, other: Self) {
        let Self { blocks, givers } = other;
        self.givers.absorb(givers);
        absorb_blocks(&mut self.blocks, blocks, Vec::is_empty, |mine, other| {
            mine.extend(other);
            mine.sort_unstable();
        });
    }
}

/// Takes over every block of `others`, with `both` where neither is empty.
fn absorb_blocks<B: Default>(
    mine: &mut Vec<B>,
    others: Vec<B>,
    is_empty: impl Fn(&B) -> bool,
    both: impl Fn(&mut B, B),
) {
    if mine.len() < others.len() {
        mine.resize_with(others.len(), B::default);
    }
    for (mine, other) in mine.iter_mut().zip(others) {
        if is_empty(mine) {
            *mine = other;
        } else if !is_empty(&other) {
            both(mine, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::language::parse;
    use crate::naive::Selection;
    use crate::{Bitmap, BreakdownBy, Index};
    use hustings_domain::attribute::AttributeText;
    use hustings_domain::consent::{Channel, ConsentState};
    use hustings_domain::facts::{Fact, FactValue, Gift, Origin, Profile};
    use hustings_domain::ids::Ordinal;
    use hustings_domain::money::Cents;
    use jiff::civil::date;

    fn person(ordinal: u32) -> Profile {
        let day =
            date(2020, 1 + i8::try_from(ordinal % 12).unwrap(), 1 + i8::try_from(ordinal % 28).unwrap());
        let fact = |value| Fact { value, origin: Origin::SelfGiven, source: 1 + ordinal % 2 };
        let mut facts = vec![fact(FactValue::Number("age".parse().unwrap(), i64::from(ordinal % 90)))];
        if ordinal.is_multiple_of(3) {
            facts.push(fact(FactValue::Tag("third".parse().unwrap())));
        }
        if ordinal.is_multiple_of(7_000) {
            facts.push(fact(FactValue::Date("seldom".parse().unwrap(), day)));
        }
        if ordinal.is_multiple_of(5) {
            facts.push(fact(FactValue::Text(
                "member-no".parse().unwrap(),
                AttributeText::parse(&format!("A-{ordinal}-and-more")).unwrap(),
            )));
            facts.push(fact(FactValue::Choice("party".parse().unwrap(), "green".parse().unwrap())));
        }
        let gifts =
            if ordinal.is_multiple_of(11) { vec![Gift { on: day, amount: Cents(100) }] } else { Vec::new() };
        let consents = vec![("news".parse().unwrap(), Channel::Email, ConsentState::Given)];
        Profile { ordinal: Ordinal(ordinal), joined: day, facts, consents, gifts }
    }

    #[test]
    fn parts_joined_answer_like_one_index() {
        let whole = Index::build((0..70_000).map(person));
        // A part that begins inside a run, one that ends there, and every second person in two parts.
        let cut = |keep: fn(u32) -> bool| Index::build((0..70_000).filter(move |n| keep(*n)).map(person));
        for parts in [
            vec![cut(|n| n < 32_768), cut(|n| n >= 32_768)],
            vec![cut(|n| n >= 40_000), cut(|n| n < 40_000)],
            vec![cut(|n| n % 2 == 1), cut(|n| n % 2 == 0)],
            vec![Index::new(), cut(|_| true)],
        ] {
            let joined = Index::join(parts);
            let today = date(2025, 6, 1);
            for text in [
                "everyone",
                "tag \"third\"",
                "age between 20 and 40",
                "gave >= $1",
                "seldom before 1y",
                "consent \"news\"",
                "text.member-no starts \"A-3\"",
                "party is \"green\"",
            ] {
                let expr = parse(text).unwrap();
                let select = |index: &Index| index.select(&expr, Selection::OwnUse, today, 1);
                assert_eq!(select(&joined), select(&whole), "{text}");
            }
            let everyone: Bitmap = (0..70_000).map(Ordinal).collect();
            for by in [BreakdownBy::JoinedMonth, BreakdownBy::Source] {
                let divide = |index: &Index| index.breakdown(&everyone, &by, Selection::OwnUse, 2);
                assert_eq!(divide(&joined), divide(&whole));
            }
        }
        assert!(Index::join([]).is_empty());
    }

    #[test]
    fn what_is_joined_has_followed_as_far_as_the_last_of_its_parts() {
        let followed = |sequence| {
            let mut index = Index::new();
            index.set_as_of(sequence);
            index
        };
        assert_eq!(Index::join([followed(9), followed(4), followed(7)]).as_of(), 4);
    }
}
