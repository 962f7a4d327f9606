//! What a request would meet, before it is filed: every rule of the charter, and the appeal looked over. Nothing is
//! kept, and no count is told.

use super::request::{RequestFile, asking, declared, drawn_up, vocabulary};
use super::{case, load};
use crate::context::App;
use crate::refusal::{Kind, Refusal, Result};
use crate::worth::expect_lawful_request;
use hustings_domain::access::{Action, Actor};
use hustings_domain::borrower::Borrower;
use hustings_domain::charter::Charter;
use hustings_domain::loan::Appeal;
use hustings_mail::compose::{Composer, Weight, look_over};
use hustings_policy::{RuleCheck, permit};
use serde::Serialize;

/// One thing to say about an appeal, or about terms that cannot be drawn up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AppealRemark {
    /// Whether it is not sent like this; else it is advice.
    pub refused: bool,
    /// Where and what: `body, line 3: a link that nobody can see`.
    pub what: String,
    /// What to do instead; empty where `what` says it.
    pub instead: String,
}

/// What a request would meet.
#[derive(Debug, Clone, Serialize)]
pub struct RequestCheck {
    /// Every rule of the charter, kept or not.
    pub rules: Vec<RuleCheck>,
    /// About the appeal and the terms, the refused first.
    pub appeal: Vec<AppealRemark>,
}

impl RequestCheck {
    /// Whether it could be filed as it is, as far as can be told without the list.
    pub fn qualifies(&self) -> bool {
        self.rules.iter().all(|rule| rule.passed) && self.appeal.iter().all(|remark| !remark.refused)
    }
}

/// Holds a request against the charter and looks its appeal over.
pub fn check_request(app: &App, actor: &Actor, file: &RequestFile) -> Result<RequestCheck> {
    permit(actor, Action::RequestLoan)?;
    let now = app.now();
    let mut known = vocabulary(app, actor)?;
    app.store.read(|tx| {
        declared(tx, actor, &mut known)?;
        let charter = load::charter(tx)?;
        let (borrower, actor) = asking(tx, actor, file.borrower.as_deref())?;
        let mut appeal = remarks(&charter, &borrower, &file.appeal);
        let most = charter.rule_for(borrower.kind).map_or(0, |rule| rule.most_people);
        if let Err(unlawful) =
            expect_lawful_request(&charter, &borrower, &file.appeal, file.cap.unwrap_or(most))
        {
            appeal.insert(0, refused(&unlawful));
        }
        let case = case::of_request(tx, &borrower, file, now)?;
        let rules = load::rules(app, tx)?.decide(&case).checks;
        // What else would be found when it is filed: the window, the fields, the area, the audience.
        if rules.iter().any(|rule| !rule.passed) {
            return Ok(RequestCheck { rules, appeal });
        }
        match drawn_up(tx, &actor, (&charter, &borrower), file, &known, now) {
            Err(wrong) if !matches!(wrong.kind, Kind::Internal | Kind::Busy) => {
                appeal.insert(0, refused(&wrong));
            }
            Err(other) => return Err(other),
            Ok(_) => {}
        }
        Ok(RequestCheck { rules, appeal })
    })
}

fn refused(refusal: &Refusal) -> AppealRemark {
    let said = std::iter::once(&refusal.message).chain(&refusal.causes).map(String::as_str);
    AppealRemark {
        refused: true,
        what: said.collect::<Vec<_>>().join(": "),
        instead: refusal.hints.join("; "),
    }
}

/// Everything there is to say about an appeal, the refused first.
fn remarks(charter: &Charter, borrower: &Borrower, appeal: &Appeal) -> Vec<AppealRemark> {
    let mut remarks = Vec::new();
    if let Err(problems) = Composer::new(crate::send::letter(charter, borrower, appeal)) {
        remarks.extend(problems.0.iter().map(|problem| AppealRemark {
            refused: true,
            what: problem.to_string(),
            instead: String::new(),
        }));
    }
    remarks.extend(look_over(&appeal.subject, &appeal.body).into_iter().map(|remark| AppealRemark {
        refused: remark.weight == Weight::Refused,
        what: remark.problem.to_string(),
        instead: remark.instead,
    }));
    remarks.sort_by_key(|remark| !remark.refused);
    remarks
}

/// What an appeal must be before a board spends time on it.
pub(super) fn check_appeal(charter: &Charter, borrower: &Borrower, appeal: &Appeal) -> Result<()> {
    let refused: Vec<AppealRemark> =
        remarks(charter, borrower, appeal).into_iter().filter(|remark| remark.refused).collect();
    if refused.is_empty() {
        return Ok(());
    }
    let refusal = Refusal::invalid("appeal.wrong", "the appeal cannot be sent as it stands").hint(
        "merge tags are {{ given_name }}, {{ family_name }} and {{ area }}; the answer links are added for you",
    );
    Err(refused.into_iter().fold(refusal, |refusal, remark| {
        let instead =
            if remark.instead.is_empty() { String::new() } else { format!(" ({})", remark.instead) };
        refusal.because(format!("{}{instead}", remark.what))
    }))
}
