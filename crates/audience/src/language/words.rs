//! An expression in plain English, for a trustee who decides about it.

use super::expr::{Asks, Expr, Node, Op, Period, PeriodUnit, Prefixed, Spanned, Stretch, Term, Test, When};
use super::print::Dollars;
use super::reference::Engaged;
use hustings_domain::consent::{Channel, ConsentState};
use hustings_domain::words::Slug;
use std::fmt::Display;

/// One sentence: `People who live in Vermont, and who declared the issue health-care.`
///
/// `area_label` gives the name that people use for an OCD division id.
pub fn to_words(expr: &Expr, area_label: impl Fn(&str) -> String) -> String {
    match &expr.node {
        Node::Everyone => "Everyone on the list.".to_owned(),
        Node::And(parts) => {
            let parts: Vec<String> = parts.iter().map(|part| phrase(part, &area_label)).collect();
            format!("People who {}.", parts.join(", and who "))
        }
        _ => format!("People who {}.", phrase(expr, &area_label)),
    }
}

fn phrase(expr: &Expr, label: &dyn Fn(&str) -> String) -> String {
    match &expr.node {
        Node::Everyone => "are on the list".to_owned(),
        Node::And(parts) => {
            let parts: Vec<String> = parts.iter().map(|part| phrase(part, label)).collect();
            format!("({})", parts.join(", and also "))
        }
        Node::Or(parts) => {
            let parts: Vec<String> = parts.iter().map(|part| phrase(part, label)).collect();
            format!("either {}", parts.join(", or "))
        }
        Node::Term(term) => statement(term, label),
        Node::Not(inner) => match &inner.node {
            Node::Term(term) => denial(term, label),
            Node::Everyone => "are nobody at all".to_owned(),
            Node::Not(inner) => phrase(inner, label),
            Node::And(_) => format!("are not among those who {}", phrase(inner, label)),
            Node::Or(_) => format!("are not among those who ({})", phrase(inner, label)),
        },
    }
}

fn statement(term: &Term, label: &dyn Fn(&str) -> String) -> String {
    match term {
        Term::Area(areas) => format!("live in {}", any_of(areas, |area| label(area.as_str()))),
        Term::Issue(issues) => format!("declared {}", listed("the issue", issues)),
        Term::Tag(tags) => format!("carry {}", listed("the tag", tags)),
        Term::Consent { purpose, channel, state } => {
            let (purpose, by) = (&purpose.value, by(*channel));
            match state {
                ConsentState::Given => format!("agreed to {purpose} {by}"),
                ConsentState::Refused => format!("refused {purpose} {by}"),
                ConsentState::Withdrawn => format!("took back their consent to {purpose} {by}"),
                ConsentState::Expired => format!("once agreed to {purpose} {by}, which ran out"),
                ConsentState::Unknown => format!("never answered about {purpose} {by}"),
            }
        }
        Term::Starts { what: Prefixed::Issue, prefix } => {
            format!("declared an issue whose name begins with {}", prefix.value)
        }
        Term::Starts { what: Prefixed::Tag, prefix } => {
            format!("carry a tag whose name begins with {}", prefix.value)
        }
        Term::Source { names, starts, .. } => {
            let names = any_of(names, Clone::clone);
            let from = if *starts { "a source whose name begins with" } else { "the source" };
            format!("came to us with {from} {names}")
        }
        Term::Gave { period, test } => format!("gave {} {}", amount(&test.map(Dollars)), span(*period)),
        Term::Gifts { period, test } => format!("made {} gifts {}", amount(test), span(*period)),
        Term::LastGift(when) => format!("last gave {}", moment(when)),
        Term::Joined(when) => format!("joined {}", moment(when)),
        Term::Number { name, test } => format!("have a {} of {}", name.value, amount(test)),
        Term::Date { name, when } => format!("have a {} {}", name.value, moment(when)),
        Term::Money { name, test } => format!("have a {} of {}", name.value, amount(&test.map(Dollars))),
        Term::Named { name, asks } => {
            let name = &name.value;
            match asks {
                Asks::Is(values) => format!("have {} as their {name}", any_of(values, Clone::clone)),
                Asks::Starts(prefix) => format!("have a {name} that begins with {}", prefix.value),
                Asks::Has(choices) => {
                    format!("have {} among their {name}", any_of(choices, ToString::to_string))
                }
                Asks::Within(areas) => {
                    format!("have a {name} in {}", any_of(areas, |area| label(area.as_str())))
                }
            }
        }
        Term::Engaged { what: Engaged::Addressed { period, test }, .. } => {
            let span = span(period.map(Stretch::Trailing));
            format!("were addressed for borrowers {} times {span}", amount(test))
        }
        Term::Engaged { what: Engaged::Answered { kinds, when }, .. } => {
            let kinds: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
            let said = if kinds.is_empty() {
                "an appeal".to_owned()
            } else {
                format!("an appeal with {}", kinds.join(" or "))
            };
            when.map_or_else(
                || format!("answered {said}"),
                |when| format!("answered {said} {}", moment(&when)),
            )
        }
        Term::Audience { name, .. } => format!("are in the audience {}", name.value),
    }
}

fn denial(term: &Term, label: &dyn Fn(&str) -> String) -> String {
    match term {
        Term::Area(areas) => format!("do not live in {}", any_of(areas, |area| label(area.as_str()))),
        Term::Issue(issues) => format!("did not declare {}", listed("the issue", issues)),
        Term::Tag(tags) => format!("do not carry {}", listed("the tag", tags)),
        Term::Consent { purpose, channel, state: ConsentState::Given } => {
            format!("have not agreed to {} {}", purpose.value, by(*channel))
        }
        _ => format!("are not among those who {}", statement(term, label)),
    }
}

fn listed(what: &str, names: &[Spanned<Slug>]) -> String {
    format!("{what} {}", any_of(names, ToString::to_string))
}

fn any_of<T>(names: &[Spanned<T>], name: impl Fn(&T) -> String) -> String {
    let names: Vec<String> = names.iter().map(|spanned| name(&spanned.value)).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

fn by(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "by e-mail",
        Channel::Phone => "by phone",
        Channel::Post => "by post",
    }
}

fn amount<T: Display>(test: &Test<T>) -> String {
    match test {
        Test::Compare(Op::Equal, literal) => format!("exactly {literal}"),
        Test::Compare(Op::NotEqual, literal) => format!("other than {literal}"),
        Test::Compare(Op::Less, literal) => format!("less than {literal}"),
        Test::Compare(Op::AtMost, literal) => format!("at most {literal}"),
        Test::Compare(Op::More, literal) => format!("more than {literal}"),
        Test::Compare(Op::AtLeast, literal) => format!("at least {literal}"),
        Test::Between(low, high) => format!("between {low} and {high}"),
    }
}

fn span(stretch: Option<Stretch>) -> String {
    match stretch {
        None => "in all".to_owned(),
        Some(Stretch::Trailing(period)) => format!("in the {}", last(period)),
        Some(Stretch::Days(first, last)) => format!("from {first} to {last}"),
    }
}

fn last(period: Period) -> String {
    let length = length(period);
    let length = length.strip_prefix("1 ").unwrap_or(&length);
    format!("last {length}")
}

/// `1 day`, `6 months`.
fn length(period: Period) -> String {
    let unit = match period.unit {
        PeriodUnit::Days => "day",
        PeriodUnit::Weeks => "week",
        PeriodUnit::Months => "month",
        PeriodUnit::Years => "year",
    };
    if period.count == 1 { format!("1 {unit}") } else { format!("{} {unit}s", period.count) }
}

fn moment(when: &When) -> String {
    match when {
        When::Within(period) => format!("in the {}", last(*period)),
        When::Before(period) => format!("more than {} ago", length(*period)),
        When::Test(Test::Compare(Op::Equal, date)) => format!("on {date}"),
        When::Test(Test::Compare(Op::NotEqual, date)) => format!("on another day than {date}"),
        When::Test(Test::Compare(Op::Less, date)) => format!("before {date}"),
        When::Test(Test::Compare(Op::AtMost, date)) => format!("on or before {date}"),
        When::Test(Test::Compare(Op::More, date)) => format!("after {date}"),
        When::Test(Test::Compare(Op::AtLeast, date)) => format!("on or after {date}"),
        When::Test(Test::Between(low, high)) => format!("from {low} to {high}"),
    }
}
