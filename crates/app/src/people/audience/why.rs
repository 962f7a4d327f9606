//! Why one person is in an audience or not, term by term, from what the store says of them now.

use super::rule::engagement_of;
use super::{AsOf, ask, in_words};
use crate::context::App;
use crate::journal::enter;
use crate::people::consent::gone;
use crate::people::show::find_by_email;
use crate::refusal::{Refusal, Result};
use hustings_audience::language::Term;
use hustings_audience::{Engagement, Expr, Selection, TermVerdict, explain};
use hustings_domain::access::{Action, Actor};
use hustings_domain::consent::SuppressionScope;
use hustings_domain::ids::SupporterId;
use hustings_policy::permit;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::json;

/// One term and whether it holds of the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// The term as it is written.
    pub term: String,
    /// Whether it holds; a `not` before it is not counted in.
    pub holds: bool,
    /// The terms of the saved audience that it names.
    pub inside: Vec<Self>,
}

/// The verdict on one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Why {
    /// Whose.
    pub id: SupporterId,
    /// Whether the person is in the audience.
    pub is_in: bool,
    /// Whether the person has stopped everything, so that nothing reaches them either way.
    pub stopped: bool,
    /// The rule in words.
    pub words: String,
    /// Every term, from left to right.
    pub terms: Vec<Reason>,
    /// What it is true of.
    pub as_of: AsOf,
}

/// Explains why the person with this address is in the audience or not; that the record was read is in the ledger.
pub fn why(app: &App, actor: &Actor, text: &str, address: &str, today: Date) -> Result<Why> {
    permit(actor, Action::ReadSupporter)?;
    let expr = ask(app, text, today)?;
    let id = find_by_email(app, actor, address)?.ok_or_else(|| {
        Refusal::not_found("supporter.unknown", "nobody on the list has this address")
            .hint("it must match exactly; capitals and spaces do not matter")
    })?;
    let now = app.now();
    app.store.write(|tx| {
        let record = tx.supporter_by_id(id)?.ok_or_else(gone)?;
        let profile = tx.profile(record.ordinal)?.ok_or_else(gone)?;
        let engagement = engagement_of(tx, record.ordinal, today)?;
        let explanation = explain(&expr, &profile, Selection::OwnUse, today);
        let mut stopped = false;
        if let Some(hash) = record.mail_key {
            stopped |= tx.stops_of(hash)?.iter().any(|(scope, ..)| *scope == SuppressionScope::Everything);
        }
        enter(tx, now, actor, "supporter.read", json!({"records": 1, "why": "an audience explained"}))?;
        let agreed = agree(&expr, &explanation.terms, &engagement, today);
        if !agreed {
            return Err(Refusal::new(
                crate::refusal::Kind::Busy,
                "audience.moving",
                "something reached or was answered by this person just now",
            )
            .hint("ask again"));
        }
        Ok(Why {
            id,
            is_in: explanation.is_in,
            stopped,
            words: in_words(&expr),
            terms: explanation.terms.into_iter().map(reason).collect(),
            as_of: AsOf { change: tx.change_sequence()?, today, at: now },
        })
    })
}

/// Whether what the store said of everybody and what it says of this person are of one state.
fn agree(expr: &Expr, verdicts: &[TermVerdict], engagement: &Engagement, today: Date) -> bool {
    expr.terms().into_iter().zip(verdicts).all(|((term, _), verdict)| match term {
        Term::Engaged { what, .. } => what.holds(engagement, today) == verdict.holds,
        Term::Audience { meaning: Some(meaning), .. } => agree(meaning, &verdict.inside, engagement, today),
        _ => true,
    })
}

fn reason(verdict: TermVerdict) -> Reason {
    Reason {
        term: verdict.term,
        holds: verdict.holds,
        inside: verdict.inside.into_iter().map(reason).collect(),
    }
}
