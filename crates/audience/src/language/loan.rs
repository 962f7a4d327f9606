//! What may select people for a loan: only what they declared themselves.

use super::check::CheckError;
use super::expr::{Expr, Node, Term};

// INVARIANT (promise 1): a loan selects by declared areas and issues alone. The evaluators refuse any other
// expression in loan mode by selecting nobody; this check is where a person is told why.
/// Refuses every term but `area` and `issue` (and `everyone`, `and`, `or`, `not`), at its span.
pub fn check_for_loan(expr: &Expr) -> Result<(), CheckError> {
    match &expr.node {
        Node::Everyone | Node::Term(Term::Area(_) | Term::Issue(_)) => Ok(()),
        Node::Not(inner) => check_for_loan(inner),
        Node::And(parts) | Node::Or(parts) => parts.iter().try_for_each(check_for_loan),
        // By value: the audience that is named may use declared facts alone, too.
        Node::Term(Term::Audience { meaning: Some(meaning), .. }) => {
            check_for_loan(meaning).map_err(|inner| CheckError { span: expr.span, ..inner })
        }
        Node::Term(term) => Err(CheckError {
            span: expr.span,
            message: format!("a loan may not select people by `{}`", term.word()),
            hint: Some(
                "only what people declared themselves may be used: `area`, `issue` and `everyone`, with `and`, `or` and `not`"
                    .to_owned(),
            ),
            word: term.word().to_owned(),
        }),
    }
}
