//! The typed tree of an expression. Two trees are equal when they say the same thing in the same order,
//! wherever it stood in the text.

use super::reference::{Engaged, Found};
use hustings_domain::area::AreaId;
use hustings_domain::attribute::AttributeType;
use hustings_domain::consent::{Channel, ConsentState};
use hustings_domain::money::Cents;
use hustings_domain::words::Slug;
use jiff::civil::Date;

/// A stretch of the text, in bytes, from `start` up to and without `end`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    /// From the start of `self` to the end of `last`.
    #[must_use]
    pub fn to(self, last: Self) -> Self {
        Self { start: self.start, end: last.end }
    }
}

/// A value and where it stood; equality looks at the value alone.
#[derive(Debug, Clone)]
pub struct Spanned<T> {
    /// What.
    pub value: T,
    /// Where.
    pub span: Span,
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Spanned<T> {}

/// An expression, or a part of one.
#[derive(Debug, Clone)]
pub struct Expr {
    /// What it says.
    pub node: Node,
    /// Where it stood in the text.
    pub span: Span,
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl Eq for Expr {}

impl Expr {
    /// An expression that did not come from a text.
    pub fn new(node: Node) -> Self {
        Self { node, span: Span::default() }
    }

    /// Every term, from left to right, with its expression's span.
    pub fn terms(&self) -> Vec<(&Term, Span)> {
        match &self.node {
            Node::Everyone => Vec::new(),
            Node::Not(inner) => inner.terms(),
            Node::And(parts) | Node::Or(parts) => parts.iter().flat_map(Self::terms).collect(),
            Node::Term(term) => vec![(term, self.span)],
        }
    }
}

/// What an expression says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// Everybody on the list.
    Everyone,
    /// Those whom the inner one leaves out.
    Not(Box<Expr>),
    /// Those in all of them; at least two.
    And(Vec<Expr>),
    /// Those in any of them; at least two.
    Or(Vec<Expr>),
    /// One question about a person.
    Term(Term),
}

/// One question about a person. A person of whom nothing is known under a name answers no to every comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    /// Lives in one of these, or in something inside it.
    Area(Vec<Spanned<AreaId>>),
    /// Declared one of these issues.
    Issue(Vec<Spanned<Slug>>),
    /// Carries one of these tags.
    Tag(Vec<Spanned<Slug>>),
    /// Declared an issue, or carries a tag, whose name begins so.
    Starts {
        /// Which names are looked at.
        what: Prefixed,
        /// How they begin.
        prefix: Spanned<String>,
    },
    /// Something known of the person came from one of these files or forms.
    Source {
        /// Their names, or, with `starts`, the one beginning of them.
        names: Vec<Spanned<String>>,
        /// Whether `names` holds the beginning of names.
        starts: bool,
        /// Their numbers, once [`Expr::bind`] has asked for them.
        numbers: Option<Vec<u32>>,
    },
    /// The consent for a purpose on a channel stands so.
    Consent {
        /// What for.
        purpose: Spanned<Slug>,
        /// By which way.
        channel: Channel,
        /// Where it stands.
        state: ConsentState,
    },
    /// The sum of gifts, in a stretch of time or ever, up to today.
    Gave {
        /// In which time; ever when there is none.
        period: Option<Stretch>,
        /// The comparison.
        test: Test<Cents>,
    },
    /// The number of gifts, in a stretch of time or ever, up to today.
    Gifts {
        /// In which time; ever when there is none.
        period: Option<Stretch>,
        /// The comparison.
        test: Test<i64>,
    },
    /// The day of the last gift up to today; no for who never gave.
    LastGift(When),
    /// The day the person joined the list.
    Joined(When),
    /// A named whole number.
    Number {
        /// Its name.
        name: Spanned<Slug>,
        /// The comparison.
        test: Test<i64>,
    },
    /// A named date.
    Date {
        /// Its name.
        name: Spanned<Slug>,
        /// The comparison.
        when: When,
    },
    /// A named amount.
    Money {
        /// Its name.
        name: Spanned<Slug>,
        /// The comparison.
        test: Test<Cents>,
    },
    /// A named text, choice, several choices or area: which of them, the list knows.
    Named {
        /// Its name.
        name: Spanned<Slug>,
        /// The question.
        asks: Asks,
    },
    /// Was addressed, or answered.
    Engaged {
        /// The question.
        what: Engaged,
        /// Who they are, once [`Expr::bind`] has asked.
        found: Option<Found>,
    },
    /// Is in a saved audience.
    Audience {
        /// Its name.
        name: Spanned<Slug>,
        /// What it says, once [`Expr::bind`] has asked.
        meaning: Option<Box<Expr>>,
    },
}

/// A question about a named text, choice, several choices or area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asks {
    /// Is one of these: a text or a choice. Capitals do not matter.
    Is(Vec<Spanned<String>>),
    /// A text that begins so. Capitals do not matter.
    Starts(Spanned<String>),
    /// Several choices with one of these among them.
    Has(Vec<Spanned<Slug>>),
    /// An area that is one of these, or lies in one.
    Within(Vec<Spanned<AreaId>>),
}

impl Asks {
    /// The word of the language.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Is(_) => "is",
            Self::Starts(_) => "starts",
            Self::Has(_) => "has",
            Self::Within(_) => "within",
        }
    }

    /// The types that can be asked so.
    pub fn types(&self) -> &'static [AttributeType] {
        match self {
            Self::Is(_) => &[AttributeType::Text, AttributeType::Choice],
            Self::Starts(_) => &[AttributeType::Text],
            Self::Has(_) => &[AttributeType::Choices],
            Self::Within(_) => &[AttributeType::Area],
        }
    }
}

/// Names that a prefix can be asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prefixed {
    /// Issues.
    Issue,
    /// Tags.
    Tag,
}

impl Prefixed {
    /// The word of the language.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Tag => "tag",
        }
    }
}

impl Term {
    /// The attribute that it asks for, and the types that it can be asked of so.
    pub fn attribute(&self) -> Option<(&Spanned<Slug>, &'static [AttributeType])> {
        match self {
            Self::Number { name, .. } => Some((name, &[AttributeType::Number])),
            Self::Date { name, .. } => Some((name, &[AttributeType::Date])),
            Self::Money { name, .. } => Some((name, &[AttributeType::Money])),
            Self::Named { name, asks } => Some((name, asks.types())),
            _ => None,
        }
    }

    /// The word that opens it.
    pub fn word(&self) -> &str {
        match self {
            Self::Area(_) => "area",
            Self::Issue(_) => "issue",
            Self::Tag(_) => "tag",
            Self::Consent { .. } => "consent",
            Self::Gave { .. } => "gave",
            Self::Gifts { .. } => "gifts",
            Self::LastGift(_) => "last_gift",
            Self::Joined(_) => "joined",
            Self::Starts { what, .. } => what.as_str(),
            Self::Source { .. } => "source",
            Self::Engaged { what, .. } => what.word(),
            Self::Audience { .. } => "in audience",
            Self::Number { name, .. }
            | Self::Date { name, .. }
            | Self::Money { name, .. }
            | Self::Named { name, .. } => name.value.as_str(),
        }
    }
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Op {
    /// Every operator.
    pub const ALL: [Self; 6] =
        [Self::Equal, Self::NotEqual, Self::Less, Self::AtMost, Self::More, Self::AtLeast];

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }
}

/// A comparison with a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test<T> {
    /// By an operator.
    Compare(Op, T),
    /// From the first to the second, both included.
    Between(T, T),
}

impl<T: PartialOrd> Test<T> {
    /// Whether `value` passes.
    pub fn holds(&self, value: &T) -> bool {
        match self {
            Self::Compare(Op::Equal, literal) => value == literal,
            Self::Compare(Op::NotEqual, literal) => value != literal,
            Self::Compare(Op::Less, literal) => value < literal,
            Self::Compare(Op::AtMost, literal) => value <= literal,
            Self::Compare(Op::More, literal) => value > literal,
            Self::Compare(Op::AtLeast, literal) => value >= literal,
            Self::Between(low, high) => low <= value && value <= high,
        }
    }
}

impl<T> Test<T> {
    /// The same comparison of another form of the value.
    pub fn map<U>(self, form: impl Fn(T) -> U) -> Test<U> {
        match self {
            Self::Compare(op, literal) => Test::Compare(op, form(literal)),
            Self::Between(low, high) => Test::Between(form(low), form(high)),
        }
    }
}

/// A question about a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Compared with a date.
    Test(Test<Date>),
    /// In the trailing period that ends today; a day to come is outside.
    Within(Period),
    /// Before that trailing period began.
    Before(Period),
}

/// A stretch of time in which gifts are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stretch {
    /// The trailing period.
    Trailing(Period),
    /// From the first day to the last, both included.
    Days(Date, Date),
}

/// The unit of a [`Period`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodUnit {
    /// `d`
    Days,
    /// `w`, 7 days.
    Weeks,
    /// `m`, 30 days.
    Months,
    /// `y`, 365 days.
    Years,
}

impl PeriodUnit {
    /// Its length in days and its letter.
    pub fn days_and_letter(self) -> (u32, char) {
        match self {
            Self::Days => (1, 'd'),
            Self::Weeks => (7, 'w'),
            Self::Months => (30, 'm'),
            Self::Years => (365, 'y'),
        }
    }
}

/// A trailing period: its last day is today, so `1d` is today alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: PeriodUnit,
}

impl Period {
    /// Its length in days.
    pub fn days(self) -> u32 {
        self.count.saturating_mul(self.unit.days_and_letter().0)
    }
}
