//! Attributes: declared with a name, a title and one type, which they keep; counted; put right by the person.

mod declare;
mod state;

pub use declare::{NewAttribute, declare, retire};
pub use state::{state, state_mine};

use crate::context::App;
use crate::people::audience::threads;
use crate::refusal::{Refusal, Result};
use hustings_audience::language::{Asks, Node, Op, Term, Test};
use hustings_audience::{Expr, Index, Selection, Span, Spanned, Vocabulary};
use hustings_domain::access::{Action, Actor};
use hustings_domain::attribute::{Attribute, AttributeType, MAX_TITLE};
use hustings_domain::facts::FactValue;
use hustings_domain::money::Cents;
use hustings_domain::words::{Slug, nearest};
use hustings_policy::permit;
use hustings_store::Tx;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

/// An attribute with how many people have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CountedAttribute {
    /// The declaration; one that nobody declared has come with a file of old.
    #[serde(flatten)]
    pub attribute: Attribute,
    /// Whether somebody, or a file, declared it.
    pub is_declared: bool,
    /// How many people have it.
    pub people: u64,
    /// How many of them gave it themselves: whom a loan may select by it. None of a text, which selects for no loan.
    pub self_given: Option<u64>,
    /// How a rule asks for it.
    pub example: String,
}

/// One attribute with its choices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShownAttribute {
    /// It.
    #[serde(flatten)]
    pub counted: CountedAttribute,
    /// Its choices, with how many people made each.
    pub chosen: Vec<(String, u64)>,
}

/// Every attribute, by name.
pub fn list(app: &App, actor: &Actor) -> Result<Vec<CountedAttribute>> {
    permit(actor, Action::CountAudience)?;
    let declared = app.store.read(|tx| Ok::<_, Refusal>(tx.attributes()?))?;
    app.with_index(|index| {
        let known = index.vocabulary();
        all(&declared, &known)
            .into_iter()
            .map(|attribute| count(attribute, &declared, &known, index))
            .collect()
    })
}

/// One attribute.
pub fn show(app: &App, actor: &Actor, name: &str) -> Result<ShownAttribute> {
    permit(actor, Action::CountAudience)?;
    let declared = app.store.read(|tx| Ok::<_, Refusal>(tx.attributes()?))?;
    app.with_index(|index| {
        let known = index.vocabulary();
        let attributes = all(&declared, &known);
        let found = attributes.iter().find(|attribute| attribute.name.as_str() == name).cloned();
        let attribute = found.ok_or_else(|| unknown(name, &attributes))?;
        let mut choices = attribute.choices.clone();
        let seen = known.choices.get(name).or_else(|| known.several.get(name));
        choices.extend(seen.into_iter().flatten().filter_map(|choice| choice.parse().ok()));
        let chosen = choices.iter().map(|choice| {
            let spanned = |text: String| vec![Spanned { value: text, span: Span::default() }];
            let asks = match attribute.kind {
                AttributeType::Choices => {
                    Asks::Has(vec![Spanned { value: choice.clone(), span: Span::default() }])
                }
                _ => Asks::Is(spanned(choice.to_string())),
            };
            (
                choice.to_string(),
                index.count(&asking(&attribute.name, asks), Selection::OwnUse, Date::MIN, threads()),
            )
        });
        let chosen = chosen.collect();
        Ok(ShownAttribute { chosen, counted: count(attribute, &declared, &known, index) })
    })?
}

fn unknown(name: &str, attributes: &[Attribute]) -> Refusal {
    let refusal = Refusal::not_found("attribute.unknown", format!("there is no attribute `{name}`"));
    match nearest(name, attributes.iter().map(|attribute| attribute.name.as_str())) {
        Some(near) => refusal.hint(format!("did you mean `{near}`?")),
        None => refusal.hint("`hustings attribute list` names them all"),
    }
}

/// Those declared, and those that people have without a declaration.
fn all(declared: &[Attribute], known: &Vocabulary) -> Vec<Attribute> {
    let mut all = declared.to_vec();
    for (name, kind) in known.attributes() {
        let Ok(name) = name.parse::<Slug>() else { continue };
        if !declared.iter().any(|attribute| attribute.name == name) {
            all.push(undeclared(name, kind));
        }
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

/// An attribute as it came before attributes were declared.
fn undeclared(name: Slug, kind: AttributeType) -> Attribute {
    let title = title("", &name);
    let declared = Timestamp::UNIX_EPOCH;
    Attribute {
        name,
        title,
        kind,
        choices: std::collections::BTreeSet::new(),
        open: true,
        declared,
        retired: None,
    }
}

/// A value as people write it.
pub fn value_text(value: &FactValue) -> String {
    match value {
        FactValue::Area(area) | FactValue::NamedArea(_, area) => area.to_string(),
        FactValue::Issue(name)
        | FactValue::Tag(name)
        | FactValue::Choice(_, name)
        | FactValue::Choices(_, name) => name.to_string(),
        FactValue::Number(_, number) => number.to_string(),
        FactValue::Date(_, day) => day.to_string(),
        FactValue::Text(_, text) => text.as_str().to_owned(),
        FactValue::Money(_, cents) => cents.to_string(),
    }
}

/// A title from a column's name, or from the attribute's own.
pub(super) fn title(column: &str, name: &Slug) -> String {
    let column: String =
        column.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(MAX_TITLE).collect();
    let column = column.trim();
    if column.is_empty() { name.as_str().replace('-', " ") } else { column.to_owned() }
}

fn count(
    attribute: Attribute,
    declared: &[Attribute],
    known: &Vocabulary,
    index: &Index,
) -> CountedAttribute {
    let anybody = anybody(&attribute, known);
    let count = |mode| anybody.as_ref().map_or(0, |expr| index.count(expr, mode, Date::MIN, threads()));
    CountedAttribute {
        people: count(Selection::OwnUse),
        self_given: (attribute.kind != AttributeType::Text).then(|| count(Selection::Loan)),
        is_declared: declared.iter().any(|known| known.name == attribute.name),
        example: attribute.kind.example(attribute.name.as_str()),
        attribute,
    }
}

fn asking(name: &Slug, asks: Asks) -> Expr {
    Expr::new(Node::Term(Term::Named { name: Spanned { value: name.clone(), span: Span::default() }, asks }))
}

/// Whoever has any value of an attribute; none when nobody can.
fn anybody(attribute: &Attribute, known: &Vocabulary) -> Option<Expr> {
    let name = Spanned { value: attribute.name.clone(), span: Span::default() };
    let plain = |term| Some(Expr::new(Node::Term(term)));
    let word = attribute.name.as_str();
    match attribute.kind {
        AttributeType::Number => plain(Term::Number { name, test: Test::Compare(Op::AtLeast, i64::MIN) }),
        AttributeType::Money => {
            plain(Term::Money { name, test: Test::Compare(Op::AtLeast, Cents(i64::MIN)) })
        }
        AttributeType::Date => {
            let when = hustings_audience::language::When::Test(Test::Compare(Op::AtLeast, Date::MIN));
            plain(Term::Date { name, when })
        }
        AttributeType::Text => {
            let prefix = Spanned { value: String::new(), span: Span::default() };
            plain(Term::Named { name, asks: Asks::Starts(prefix) })
        }
        AttributeType::Choice => {
            let values = known.choices.get(word)?.iter();
            let spanned = |value: &String| Spanned { value: value.clone(), span: Span::default() };
            Some(asking(&attribute.name, Asks::Is(values.map(spanned).collect())))
        }
        AttributeType::Choices => {
            let values = known.several.get(word)?.iter().filter_map(|value| value.parse().ok());
            let values = values.map(|value| Spanned { value, span: Span::default() });
            Some(asking(&attribute.name, Asks::Has(values.collect())))
        }
        AttributeType::Area => {
            let areas = known.named_areas.get(word)?.iter().filter_map(|value| value.parse().ok());
            let areas = areas.map(|value| Spanned { value, span: Span::default() });
            Some(asking(&attribute.name, Asks::Within(areas.collect())))
        }
    }
}

/// Adds the declared attributes, their choices and those out of use to the words that rules may use.
pub(crate) fn name(tx: &mut dyn Tx, known: &mut Vocabulary) -> Result<()> {
    for attribute in tx.attributes()? {
        let name = attribute.name.to_string();
        if attribute.retired.is_some() {
            known.retired.insert(name);
            continue;
        }
        let choices = attribute.choices.iter().map(ToString::to_string);
        match attribute.kind {
            AttributeType::Number => {
                known.numbers.insert(name);
            }
            AttributeType::Money => {
                known.money.insert(name);
            }
            AttributeType::Date => {
                known.dates.insert(name);
            }
            AttributeType::Text => {
                known.texts.insert(name);
            }
            AttributeType::Choice => known.choices.entry(name).or_default().extend(choices),
            AttributeType::Choices => known.several.entry(name).or_default().extend(choices),
            AttributeType::Area => {
                known.named_areas.entry(name).or_default();
            }
        }
    }
    Ok(())
}
