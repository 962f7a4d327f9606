//! One text for all expressions that plainly say the same, so that an answer can be kept and found again.

use super::expr::{Asks, Expr, Node, Op, Period, PeriodUnit, Spanned, Stretch, Term, Test, When};
use super::reference::Engaged;

impl Expr {
    /// The text under which answers to this question are kept.
    ///
    /// Groups of the same word are flattened, sorted and freed of repeats, lists and `between` are written out,
    /// periods are in days, a saved audience stands there by what it says, `not not` and a superfluous `everyone`
    /// fall away. Equal texts mean the same question;
    /// the same question asked in another logical form (De Morgan) may still have another text.
    pub fn canonical(&self) -> String {
        normal(self).to_string()
    }
}

fn normal(expr: &Expr) -> Expr {
    match &expr.node {
        Node::Everyone => Expr::new(Node::Everyone),
        Node::Not(inner) => match normal(inner).node {
            Node::Not(inner) => *inner,
            node => Expr::new(Node::Not(Box::new(Expr::new(node)))),
        },
        Node::And(parts) => group(parts.iter().map(normal), true),
        Node::Or(parts) => group(parts.iter().map(normal), false),
        Node::Term(term) => normal_term(term),
    }
}

fn group(parts: impl Iterator<Item = Expr>, all: bool) -> Expr {
    let mut flat = Vec::new();
    for part in parts {
        match part.node {
            Node::And(inner) if all => flat.extend(inner),
            Node::Or(inner) if !all => flat.extend(inner),
            Node::Everyone if all => {}
            Node::Everyone => return part,
            _ => flat.push(part),
        }
    }
    flat.sort_by_cached_key(ToString::to_string);
    flat.dedup();
    match flat.len() {
        0 => Expr::new(Node::Everyone),
        1 => flat.swap_remove(0),
        _ => Expr::new(if all { Node::And(flat) } else { Node::Or(flat) }),
    }
}

fn normal_term(term: &Term) -> Expr {
    let plain = |term| Expr::new(Node::Term(term));
    match term {
        Term::Area(names) => any_of(names, Term::Area),
        Term::Issue(names) => any_of(names, Term::Issue),
        Term::Tag(names) => any_of(names, Term::Tag),
        Term::Source { names, starts, .. } => {
            any_of(names, |names| Term::Source { names, starts: *starts, numbers: None })
        }
        Term::Gave { period, test } => {
            bounds(test, |test| Term::Gave { period: period.map(stretch_in_days), test })
        }
        Term::Gifts { period, test } => {
            bounds(test, |test| Term::Gifts { period: period.map(stretch_in_days), test })
        }
        Term::Engaged { what: Engaged::Addressed { period, test }, .. } => bounds(test, |test| {
            Term::Engaged { what: Engaged::Addressed { period: period.map(in_days), test }, found: None }
        }),
        Term::Engaged { what: Engaged::Answered { kinds, when }, .. } => {
            let mut kinds = kinds.clone();
            kinds.sort_unstable();
            kinds.dedup();
            let what = Engaged::Answered { kinds, when: when.map(when_in_days) };
            plain(Term::Engaged { what, found: None })
        }
        Term::Audience { meaning: Some(meaning), .. } => normal(meaning),
        Term::Consent { .. }
        | Term::Starts { .. }
        | Term::Audience { .. }
        | Term::Named { asks: Asks::Starts(_), .. } => plain(term.clone()),
        Term::LastGift(when) => moments(when, Term::LastGift),
        Term::Joined(when) => moments(when, Term::Joined),
        Term::Number { name, test } => bounds(test, |test| Term::Number { name: name.clone(), test }),
        Term::Money { name, test } => bounds(test, |test| Term::Money { name: name.clone(), test }),
        Term::Named { name, asks: Asks::Is(values) } => {
            let folded: Vec<Spanned<String>> = values
                .iter()
                .map(|value| Spanned {
                    value: hustings_domain::attribute::fold(&value.value),
                    span: value.span,
                })
                .collect();
            any_of(&folded, |values| Term::Named { name: name.clone(), asks: Asks::Is(values) })
        }
        Term::Named { name, asks: Asks::Has(choices) } => {
            any_of(choices, |choices| Term::Named { name: name.clone(), asks: Asks::Has(choices) })
        }
        Term::Named { name, asks: Asks::Within(areas) } => {
            any_of(areas, |areas| Term::Named { name: name.clone(), asks: Asks::Within(areas) })
        }
        Term::Date { name, when } => moments(when, |when| Term::Date { name: name.clone(), when }),
    }
}

fn any_of<T: Clone>(names: &[Spanned<T>], term: impl Fn(Vec<Spanned<T>>) -> Term) -> Expr {
    group(names.iter().map(|name| Expr::new(Node::Term(term(vec![name.clone()])))), false)
}

fn bounds<T: Copy>(test: &Test<T>, term: impl Fn(Test<T>) -> Term) -> Expr {
    let one = |test| Expr::new(Node::Term(term(test)));
    match *test {
        Test::Compare(..) => one(*test),
        Test::Between(low, high) => group(
            [one(Test::Compare(Op::AtLeast, low)), one(Test::Compare(Op::AtMost, high))].into_iter(),
            true,
        ),
    }
}

fn moments(when: &When, term: impl Fn(When) -> Term) -> Expr {
    match when {
        When::Test(test) => bounds(test, |test| term(When::Test(test))),
        When::Within(_) | When::Before(_) => Expr::new(Node::Term(term(when_in_days(*when)))),
    }
}

fn when_in_days(when: When) -> When {
    match when {
        When::Within(period) => When::Within(in_days(period)),
        When::Before(period) => When::Before(in_days(period)),
        When::Test(_) => when,
    }
}

fn stretch_in_days(stretch: Stretch) -> Stretch {
    match stretch {
        Stretch::Trailing(period) => Stretch::Trailing(in_days(period)),
        Stretch::Days(..) => stretch,
    }
}

fn in_days(period: Period) -> Period {
    Period { count: period.days(), unit: PeriodUnit::Days }
}
