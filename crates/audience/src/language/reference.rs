//! What an expression refers to outside the profiles: saved audiences, sources by name, and who was addressed or
//! answered. Whoever owns the store answers for them ([`Binder`]); what nobody answered for selects nobody.

use super::expr::{Expr, Node, Period, Span, Spanned, Term, Test, When};
use crate::index::Bitmap;
use hustings_domain::response::ResponseKind;
use hustings_domain::words::Slug;
use jiff::civil::Date;
use std::sync::Arc;

/// A question about what passed between the list and a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Engaged {
    /// How often the person was addressed on behalf of borrowers, in the trailing period or ever.
    Addressed {
        /// The trailing period.
        period: Option<Period>,
        /// The comparison.
        test: Test<i64>,
    },
    /// Answered an appeal with one of these, or, when none is named, at all.
    Answered {
        /// The answers.
        kinds: Vec<ResponseKind>,
        /// On which day.
        when: Option<When>,
    },
}

impl Engaged {
    /// The word that opens it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Addressed { .. } => "addressed",
            Self::Answered { .. } => "answered",
        }
    }

    /// Whether it holds of a person: the definition that every [`Found`] is held against.
    pub fn holds(&self, engagement: &Engagement, today: Date) -> bool {
        match self {
            Self::Addressed { period, test } => {
                let inside = |day: &&Date| {
                    **day <= today
                        && period.is_none_or(|period| crate::naive::is_within(period, **day, today))
                };
                test.holds(
                    &i64::try_from(engagement.addressed.iter().filter(inside).count()).unwrap_or(i64::MAX),
                )
            }
            Self::Answered { kinds, when } => engagement.answered.iter().any(|answer| {
                (kinds.is_empty() || kinds.contains(&answer.kind))
                    && when.is_none_or(|when| crate::naive::happened(when, answer.on, today))
            }),
        }
    }
}

/// One answer: a later one to the same appeal takes its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answered {
    /// What.
    pub kind: ResponseKind,
    /// The day of it.
    pub on: Date,
}

/// What passed between the list and one person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Engagement {
    /// The days on which a borrower's appeal reached the person, or may have.
    pub addressed: Vec<Date>,
    /// The answers.
    pub answered: Vec<Answered>,
}

/// Of whom an [`Engaged`] holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The people.
    pub people: Arc<Bitmap>,
    /// Whether it is everybody but them.
    pub all_but: bool,
}

impl Found {
    /// From those who were addressed at least once, and how often.
    pub fn by_times(
        times: impl IntoIterator<Item = (hustings_domain::ids::Ordinal, i64)>,
        test: &Test<i64>,
    ) -> Self {
        let all_but = test.holds(&0);
        let people = times.into_iter().filter(|(_, times)| test.holds(times) != all_but).map(|(who, _)| who);
        Self { people: Arc::new(people.collect()), all_but }
    }
}

/// Answers for what stands outside the profiles.
pub trait Binder {
    /// Why an answer is refused.
    type Error;

    /// What a saved audience says, bound already.
    fn audience(&mut self, name: &Spanned<Slug>) -> Result<Expr, Self::Error>;

    /// The numbers of the sources of these names, or, with `starts`, of those whose names begin so.
    fn sources(&mut self, names: &[Spanned<String>], starts: bool) -> Result<Vec<u32>, Self::Error>;

    /// Of whom the question holds; `span` is where it stood.
    fn engaged(&mut self, question: &Engaged, span: Span) -> Result<Found, Self::Error>;
}

impl Expr {
    /// Answers every reference; whatever was answered before is asked again.
    pub fn bind<B: Binder>(mut self, binder: &mut B) -> Result<Self, B::Error> {
        self.bind_in_place(binder)?;
        Ok(self)
    }

    fn bind_in_place<B: Binder>(&mut self, binder: &mut B) -> Result<(), B::Error> {
        let span = self.span;
        match &mut self.node {
            Node::Not(inner) => inner.bind_in_place(binder)?,
            Node::And(parts) | Node::Or(parts) => {
                parts.iter_mut().try_for_each(|part| part.bind_in_place(binder))?;
            }
            Node::Term(Term::Audience { name, meaning }) => {
                *meaning = Some(Box::new(binder.audience(name)?));
            }
            Node::Term(Term::Source { names, starts, numbers }) => {
                *numbers = Some(binder.sources(names, *starts)?);
            }
            Node::Term(Term::Engaged { what, found }) => *found = Some(binder.engaged(what, span)?),
            Node::Everyone | Node::Term(_) => {}
        }
        Ok(())
    }

    /// Whether every reference is answered.
    pub fn is_bound(&self) -> bool {
        self.terms().into_iter().all(|(term, _)| match term {
            Term::Audience { meaning, .. } => meaning.as_ref().is_some_and(|meaning| meaning.is_bound()),
            Term::Source { numbers, .. } => numbers.is_some(),
            Term::Engaged { found, .. } => found.is_some(),
            _ => true,
        })
    }

    /// How many terms there are, those of saved audiences counted wherever they are named.
    pub fn size(&self) -> usize {
        self.terms()
            .into_iter()
            .map(|(term, _)| match term {
                Term::Audience { meaning: Some(meaning), .. } => 1 + meaning.size(),
                _ => 1,
            })
            .sum()
    }

    /// The saved audiences that it names itself.
    pub fn audiences(&self) -> Vec<&Spanned<Slug>> {
        self.terms()
            .into_iter()
            .filter_map(|(term, _)| match term {
                Term::Audience { name, .. } => Some(name),
                _ => None,
            })
            .collect()
    }
}
