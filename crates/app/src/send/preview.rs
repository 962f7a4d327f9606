//! An appeal as it will arrive, to nobody: a made-up name, and links that lead nowhere.

use super::letter::letter_of;
use super::links::{self, LinkPurpose};
use crate::context::App;
use crate::lend::{charter_in, loan_numbered};
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::ids::LoanNumber;
use hustings_mail::compose::{Composer, Merge, Rendered};
use hustings_policy::permit;

/// The word where a link's token stands: it opens for nothing.
const INERT: &str = "preview";

/// The message that this loan's recipients would get.
pub fn preview(app: &App, actor: &Actor, number: LoanNumber) -> Result<Rendered> {
    permit(actor, if actor.borrower.is_some() { Action::ReadOwnLoans } else { Action::ReadLoans })?;
    let (loan, charter, borrower) = app.store.read(|tx| {
        let loan = loan_numbered(tx, actor, number)?;
        let borrower = tx
            .borrower(loan.terms.borrower)?
            .ok_or_else(|| Refusal::not_found("borrower.unknown", "the loan's borrower is gone"))?;
        Ok::<_, Refusal>((loan, charter_in(tx)?, borrower))
    })?;
    let link = |purpose| links::address(&charter.owner.site, purpose, INERT);
    let merge = Merge {
        to_address: "ada.example@preview.invalid".to_owned(),
        given_name: Some("Ada".to_owned()),
        family_name: Some("Example".to_owned()),
        area: Some(loan.terms.area.label()),
        answer_link: Some(link(LinkPurpose::Answer)),
        yes_link: None,
        later_link: None,
        no_link: None,
        never_link: None,
        report_link: None,
        unsubscribe_link: link(LinkPurpose::Unsubscribe),
        one_click_link: link(LinkPurpose::Unsubscribe),
        preferences_link: Some(link(LinkPurpose::MyPage)),
        message_id: format!("preview@{}", charter.owner.domain),
        date: app.now(),
    };
    let wrong = |why: String| {
        Refusal::invalid("appeal.wrong", "the appeal cannot be shown as it stands").because(why)
    };
    let composer =
        Composer::new(letter_of(&charter, &borrower, &loan)).map_err(|error| wrong(error.to_string()))?;
    composer.render(&merge).map_err(|error| wrong(error.to_string()))
}
