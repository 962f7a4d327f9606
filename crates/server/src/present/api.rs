//! What programs are told of a request: what its borrower's desk shows, as JSON, and nothing else.

use super::words;
use crate::problem::sentence;
use crate::routes::Call;
use hustings_app::Result;
use hustings_app::lend::{Fate, LoanView, ManyReport, RowReport, expected};
use hustings_domain::clearance::{Ballot, standing_votes};
use hustings_domain::estimate::Answer;
use hustings_domain::loan::{Loan, LoanState};
use serde_json::{Value, json};

/// A noised reach.
pub(crate) fn reach(answer: &Answer) -> Value {
    let said = words::reach(answer);
    match answer {
        Answer::About { count, margin } => json!({"about": count, "margin": margin, "said": said}),
        Answer::BelowFloor { floor } => json!({"below": floor, "said": said}),
    }
}

/// A request in a list: where it stands, and what comes next by when.
pub(crate) fn row(call: &Call, loan: &Loan) -> Result<Value> {
    let expected = expected(call.app(), loan)?;
    Ok(json!({
        "number": loan.number.0,
        "subject": loan.appeal.subject,
        "state": loan.state,
        "said": super::desk::next(call, loan)?,
        "expected_by": expected.by.map(|by| by.to_string()),
        "late": expected.late,
        "requested": loan.requested.to_string(),
    }))
}

// INVARIANT (promise 7): no count but the noised answer, and no number of how far a send has come.
/// One request.
pub(crate) fn loan(call: &Call, view: &LoanView) -> Result<Value> {
    let loan = &view.loan;
    let marks = call.site.with_trail(|trail| trail.about("loan", &loan.number.0).to_vec())?;
    let conditions: Vec<String> = standing_votes(&view.proceedings, view.content)
        .filter(|_| loan.state == LoanState::Requested)
        .filter_map(|vote| match &vote.ballot {
            Ballot::ApproveIf { condition } => Some(sentence(condition)),
            _ => None,
        })
        .collect();
    let settled = marks.iter().rev().find(|mark| mark.kind == "loan.settled");
    let terms = &loan.terms;
    let mut told_of = row(call, loan)?;
    let more = json!({
        "content": view.content,
        "appeal": loan.appeal,
        "area": terms.area,
        "ask": terms.ask,
        "issues": terms.issues,
        "cap": terms.cap,
        "opens": terms.opens.to_string(),
        "closes": terms.closes.to_string(),
        "ends_on": terms.ends_on,
        "fields": terms.fields,
        "audience": view.audience_words,
        "charter_version": terms.charter_version,
        "rules": view.checks,
        "conditions": conditions,
        "reason": loan.reason,
        "review_until": view.review_until.map(|until| until.to_string()),
        "reach": view.reach.as_ref().map(reach),
        "in_kind_cents": settled.and_then(|mark| mark.number("in_kind_cents")),
    });
    if let (Some(members), Value::Object(more)) = (told_of.as_object_mut(), more) {
        members.extend(more);
    }
    Ok(told_of)
}

/// What became of a file.
pub(crate) fn many(report: &ManyReport) -> Value {
    let (now, before) = report.filed();
    json!({
        "qualify": report.qualify(),
        "filed": now,
        "filed_before": before,
        "rejected": report.rejected(),
        "unused_columns": report.unused,
        "rows": report.rows.iter().map(many_row).collect::<Vec<_>>(),
    })
}

fn many_row(row: &RowReport) -> Value {
    let (fate, loan, state, due) = match &row.fate {
        Fate::Qualifies => ("qualifies", None, None, None),
        Fate::Filed { loan, state, due, before } => {
            let fate = if *before { "filed-before" } else { "filed" };
            (fate, Some(loan.0), Some(*state), due.map(|due| due.to_string()))
        }
        Fate::Refused { .. } => ("refused", None, None, None),
        Fate::Unreadable { .. } => ("unreadable", None, None, None),
    };
    json!({
        "line": row.line,
        "borrower": row.borrower,
        "fate": fate,
        "loan": loan,
        "state": state,
        "expected_by": due,
        "reasons": row.reasons(),
    })
}
