//! The appeal as a letter, and one recipient's values. The frame says who sends it, for whom, and how to stop it;
//! the borrower writes the words between.

use super::links::{self, LinkPlace, LinkPurpose};
use super::marks;
use crate::context::App;
use crate::refusal::Result;
use hustings_domain::borrower::Borrower;
use hustings_domain::charter::Charter;
use hustings_domain::ids::SupporterId;
use hustings_domain::loan::{Appeal, Loan};
use hustings_mail::compose::{Composer, Feedback, Letter, Merge, Tag};
use hustings_vault::{Field, Identity};
use jiff::Timestamp;

/// The words on the one button.
const BUTTON: &str = "Answer: yes, later or no";

/// The words on the link to the recipient's own page, in the foot.
const MY_PAGE: &str = "Who may write to you, and what we hold on you";

/// The letter that an appeal makes.
pub fn letter(charter: &Charter, borrower: &Borrower, appeal: &Appeal) -> Letter {
    let owner = &charter.owner;
    Letter {
        subject: appeal.subject.clone(),
        body_markdown: appeal.body.clone(),
        from_name: owner.name.clone(),
        from_address: owner.from_address.clone(),
        reply_to: None,
        owner_name: owner.name.clone(),
        passed_on_for: Some(borrower.name.clone()),
        paid_for_by: Some(appeal.paid_for_by.clone()),
        postal_address: owner.postal_address.clone(),
        answer_button: Some(BUTTON.to_owned()),
        my_page: Some(MY_PAGE.to_owned()),
        list_id: format!("appeals.{}", owner.domain),
        feedback: Feedback {
            campaign: "appeal".to_owned(),
            on_behalf_of: borrower.id.to_string(),
            kind: "appeal".to_owned(),
            sender: owner.domain.clone(),
        },
        unsubscribe_mailto: None,
    }
}

/// The letter of one loan: providers tell its complaints from another's by the loan's number.
pub(super) fn letter_of(charter: &Charter, borrower: &Borrower, loan: &Loan) -> Letter {
    let mut letter = letter(charter, borrower, &loan.appeal);
    letter.feedback.campaign = loan.number.to_string();
    letter
}

/// What stays the same from one recipient to the next.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    pub(super) app: &'a App,
    pub(super) charter: &'a Charter,
    pub(super) loan: &'a Loan,
    pub(super) composer: &'a Composer,
    /// When the audience was frozen, which links count from.
    pub(super) frozen: Timestamp,
}

impl Frame<'_> {
    /// One recipient's values.
    pub(super) fn merge(
        &self,
        seq: u32,
        person: SupporterId,
        identity: &Identity,
        now: Timestamp,
    ) -> Result<Merge> {
        let place = LinkPlace { loan: self.loan.number, seq };
        let site = &self.charter.owner.site;
        let link =
            |purpose| Ok(links::address(site, purpose, &links::mint(self.app, purpose, place, self.frozen)?));
        let unsubscribe: String = link(LinkPurpose::Unsubscribe)?;
        let answer: Result<String> = link(LinkPurpose::Answer);
        Ok(Merge {
            to_address: identity.get(Field::Email).unwrap_or_default().to_owned(),
            given_name: self.name(identity, Field::GivenName, Tag::GivenName, "friend"),
            family_name: self.name(identity, Field::FamilyName, Tag::FamilyName, "supporter"),
            area: Some(self.loan.terms.area.label()),
            answer_link: Some(answer?),
            yes_link: None,
            later_link: None,
            no_link: None,
            never_link: None,
            report_link: None,
            one_click_link: unsubscribe.clone(),
            unsubscribe_link: unsubscribe,
            preferences_link: Some(link(LinkPurpose::MyPage)?),
            message_id: marks::message_id(self.app, &self.charter.owner.domain, self.loan.id, person),
            date: now,
        })
    }

    /// A name; where the letter gives no word for those without one, ours, so that nobody is skipped for it.
    fn name(&self, identity: &Identity, field: Field, tag: Tag, otherwise: &str) -> Option<String> {
        let known = identity.get(field).map(str::to_owned);
        known.or_else(|| self.composer.required().contains(&tag).then(|| otherwise.to_owned()))
    }
}
