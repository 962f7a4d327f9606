//! What may select people for a loan: only what they declared themselves.

use super::check::{CheckError, Vocabulary};
use super::expr::{Asks, Expr, Node, Term};
use hustings_domain::attribute::AttributeType;

// INVARIANT (promise 1): a loan selects by areas, issues and attributes alone, and of those by what people gave
// themselves (`Origin::may_be_lent`; the evaluators see nothing else in loan mode). The evaluators refuse any other
// expression in loan mode by selecting nobody; this check is where a person is told why.
/// Refuses every term but `area`, `issue` and attributes (and `everyone`, `and`, `or`, `not`), at its span.
pub fn check_for_loan(expr: &Expr) -> Result<(), CheckError> {
    walk(expr, &may_be_asked)
}

/// The same, and refuses attributes that nobody on the list gave themselves, and texts, each by its name.
pub fn check_lendable(expr: &Expr, known: &Vocabulary) -> Result<(), CheckError> {
    walk(expr, &|expr, term| {
        may_be_asked(expr, term)?;
        let Some((name, _)) = term.attribute() else { return Ok(()) };
        let word = name.value.as_str();
        let refuse = |message: String, hint: &str| {
            Err(CheckError { span: expr.span, message, hint: Some(hint.to_owned()), word: word.to_owned() })
        };
        if known.type_of(word) == Some(AttributeType::Text) {
            return refuse(
                format!(
                    "a loan may not select people by `{word}`: it is a text, which can single out one person"
                ),
                "an attribute with choices may be used, as far as people gave it themselves",
            );
        }
        if !known.self_given.contains(word) {
            return refuse(
                format!(
                    "a loan may not select people by `{word}`: nobody on this list gave it themselves, it was imported, \
                     comes from a voter file or was inferred"
                ),
                "only self-given attributes select for a loan: ask people on a form or on their own page, or take it out",
            );
        }
        Ok(())
    })
}

fn walk(expr: &Expr, look: &dyn Fn(&Expr, &Term) -> Result<(), CheckError>) -> Result<(), CheckError> {
    match &expr.node {
        Node::Everyone => Ok(()),
        Node::Not(inner) => walk(inner, look),
        Node::And(parts) | Node::Or(parts) => parts.iter().try_for_each(|part| walk(part, look)),
        // By value: the audience that is named may use declared facts alone, too.
        Node::Term(Term::Audience { meaning: Some(meaning), .. }) => {
            walk(meaning, look).map_err(|inner| CheckError { span: expr.span, ..inner })
        }
        Node::Term(term) => look(expr, term),
    }
}

fn may_be_asked(expr: &Expr, term: &Term) -> Result<(), CheckError> {
    match term {
        Term::Area(_)
        | Term::Issue(_)
        | Term::Number { .. }
        | Term::Date { .. }
        | Term::Money { .. }
        | Term::Named { asks: Asks::Is(_) | Asks::Has(_) | Asks::Within(_), .. } => Ok(()),
        _ => Err(CheckError {
            span: expr.span,
            message: format!("a loan may not select people by `{}`", term.word()),
            hint: Some(
                "only what people declared themselves may be used: `area`, `issue`, self-given attributes and `everyone`, with `and`, `or` and `not`"
                    .to_owned(),
            ),
            word: term.word().to_owned(),
        }),
    }
}
