//! An expression as text again: one way to write each tree, with no bracket that its reading does not need.

use super::expr::{Asks, Expr, Node, Op, Period, Spanned, Stretch, Term, Test, When};
use super::reference::Engaged;
use hustings_domain::consent::{Channel, ConsentState};
use hustings_domain::money::Cents;
use std::fmt::{self, Display};

impl Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.node {
            Node::Everyone => f.write_str("everyone"),
            Node::Term(term) => term.fmt(f),
            Node::Not(inner) => {
                f.write_str("not ")?;
                grouped(f, inner, matches!(inner.node, Node::And(_) | Node::Or(_)))
            }
            Node::And(parts) => joined(f, parts, " and ", |node| matches!(node, Node::And(_) | Node::Or(_))),
            Node::Or(parts) => joined(f, parts, " or ", |node| matches!(node, Node::Or(_))),
        }
    }
}

fn grouped(f: &mut fmt::Formatter<'_>, part: &Expr, brackets: bool) -> fmt::Result {
    if brackets { write!(f, "({part})") } else { part.fmt(f) }
}

fn joined(
    f: &mut fmt::Formatter<'_>,
    parts: &[Expr],
    between: &str,
    brackets: impl Fn(&Node) -> bool,
) -> fmt::Result {
    for (position, part) in parts.iter().enumerate() {
        if position > 0 {
            f.write_str(between)?;
        }
        grouped(f, part, brackets(&part.node))?;
    }
    Ok(())
}

impl Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Area(areas) => named(f, "area in", "area in", areas),
            Self::Issue(issues) => named(f, "issue has", "issue in", issues),
            Self::Tag(tags) => named(f, "tag", "tag in", tags),
            Self::Starts { what, prefix } => write!(f, "{} starts \"{}\"", what.as_str(), prefix.value),
            Self::Source { names, starts: true, .. } => named(f, "source starts", "source starts", names),
            Self::Source { names, .. } => named(f, "source", "source in", names),
            Self::Consent { purpose, channel, state } => {
                write!(f, "consent \"{}\"", purpose.value)?;
                if *channel != Channel::Email {
                    write!(f, " on {}", channel.as_str())?;
                }
                if *state == ConsentState::Given { Ok(()) } else { write!(f, " is {state}") }
            }
            Self::Gave { period, test } => {
                f.write_str("gave")?;
                bracketed(f, *period)?;
                compared(f, &test.map(Dollars))
            }
            Self::Gifts { period, test } => {
                f.write_str("gifts")?;
                bracketed(f, *period)?;
                compared(f, test)
            }
            Self::LastGift(when) => write!(f, "last_gift{when}"),
            Self::Joined(when) => write!(f, "joined{when}"),
            Self::Number { name, test } => {
                name.value.fmt(f)?;
                compared(f, test)
            }
            Self::Date { name, when } => write!(f, "{}{when}", name.value),
            Self::Money { name, test } => {
                name.value.fmt(f)?;
                compared(f, &test.map(Dollars))
            }
            Self::Named { name, asks } => {
                let name = &name.value;
                match asks {
                    Asks::Is(values) => named(f, &format!("{name} is"), &format!("{name} in"), values),
                    Asks::Starts(prefix) => write!(f, "{name} starts \"{}\"", prefix.value),
                    Asks::Has(choices) => named(f, &format!("{name} has"), &format!("{name} has"), choices),
                    Asks::Within(areas) => {
                        named(f, &format!("{name} within"), &format!("{name} within"), areas)
                    }
                }
            }
            Self::Engaged { what, .. } => what.fmt(f),
            Self::Audience { name, .. } => write!(f, "in audience \"{}\"", name.value),
        }
    }
}

impl Display for Engaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Addressed { period, test } => {
                f.write_str("addressed")?;
                bracketed(f, *period)?;
                compared(f, test)
            }
            Self::Answered { kinds, when } => {
                f.write_str("answered")?;
                match kinds.as_slice() {
                    [] => {}
                    [kind] => write!(f, " {}", kind.as_str())?,
                    several => {
                        let names: Vec<&str> = several.iter().map(|kind| kind.as_str()).collect();
                        write!(f, " in ({})", names.join(", "))?;
                    }
                }
                when.map_or(Ok(()), |when| when.fmt(f))
            }
        }
    }
}

impl Display for Stretch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trailing(period) => period.fmt(f),
            Self::Days(first, last) => write!(f, "{first} to {last}"),
        }
    }
}

fn named<T: Display>(
    f: &mut fmt::Formatter<'_>,
    one: &str,
    several: &str,
    names: &[Spanned<T>],
) -> fmt::Result {
    if let [name] = names {
        return write!(f, "{one} \"{}\"", name.value);
    }
    write!(f, "{several} (")?;
    for (position, name) in names.iter().enumerate() {
        let comma = if position > 0 { ", " } else { "" };
        write!(f, "{comma}\"{}\"", name.value)?;
    }
    f.write_str(")")
}

fn bracketed(f: &mut fmt::Formatter<'_>, period: Option<impl Display>) -> fmt::Result {
    period.map_or(Ok(()), |period| write!(f, "({period})"))
}

fn compared<T: Display>(f: &mut fmt::Formatter<'_>, test: &Test<T>) -> fmt::Result {
    match test {
        Test::Compare(op, literal) => write!(f, " {op} {literal}"),
        Test::Between(low, high) => write!(f, " between {low} and {high}"),
    }
}

impl Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Test(test) => compared(f, test),
            Self::Within(period) => write!(f, " within {period}"),
            Self::Before(period) => write!(f, " before {period}"),
        }
    }
}

impl Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.unit.days_and_letter().1)
    }
}

/// An amount as it is typed: no thousands, and cents only where there are any.
pub(super) struct Dollars(pub(super) Cents);

impl Display for Dollars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, cents) = (self.0.0.div_euclid(100), self.0.0.rem_euclid(100));
        if cents == 0 { write!(f, "${whole}") } else { write!(f, "${whole}.{cents:02}") }
    }
}
