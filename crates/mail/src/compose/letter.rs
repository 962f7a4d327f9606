//! What a letter is made of, and what is known of the person it goes to.

use super::{Problem, Tag};
use jiff::Timestamp;
use std::fmt;

/// The four fields of Gmail's Feedback-ID, from the particular to the general; names of ours, never of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feedback {
    /// The appeal or campaign.
    pub campaign: String,
    /// On whose behalf.
    pub on_behalf_of: String,
    /// The kind of mail, such as `appeal` or `news`.
    pub kind: String,
    /// The sender, the same in all mail.
    pub sender: String,
}

/// What goes to everybody. `subject` and `body_markdown` may carry merge tags like `{{ given_name | default("friend") }}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The subject, one line.
    pub subject: String,
    /// The text, in Markdown without HTML and pictures.
    pub body_markdown: String,
    /// The name in From.
    pub from_name: String,
    /// The address in From; its domain is the one that signs.
    pub from_address: String,
    /// Where answers go, if not to From.
    pub reply_to: Option<String>,
    /// The list owner's name.
    pub owner_name: String,
    /// The borrower's name when the letter is passed on for one.
    pub passed_on_for: Option<String>,
    /// The disclaimer: who paid, in the words that the law wants.
    pub paid_for_by: Option<String>,
    /// The owner's postal address, one line.
    pub postal_address: String,
    /// The words on the button that leads to the answer page; none for a letter without an ask.
    pub answer_button: Option<String>,
    /// The words on the link to the recipient's own page, in the foot; none for a letter without one.
    pub my_page: Option<String>,
    /// List-Id (RFC 2919), such as `appeals.list.example`.
    pub list_id: String,
    /// Feedback-ID.
    pub feedback: Feedback,
    /// An address that unsubscribes by mail, besides the link.
    pub unsubscribe_mailto: Option<String>,
}

/// One person's values. Personal: its `Debug` shows none of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Merge {
    /// The recipient.
    pub to_address: String,
    /// Given name.
    pub given_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// The area as people say it, such as `Burlington`.
    pub area: Option<String>,
    /// The page with all answers.
    pub answer_link: Option<String>,
    /// Straight to yes, and so on; all are pages, none acts on GET.
    pub yes_link: Option<String>,
    /// Later.
    pub later_link: Option<String>,
    /// No.
    pub no_link: Option<String>,
    /// Never this borrower.
    pub never_link: Option<String>,
    /// Report misuse.
    pub report_link: Option<String>,
    /// The visible unsubscribe page.
    pub unsubscribe_link: String,
    /// What takes the one-click POST (RFC 8058).
    pub one_click_link: String,
    /// The preference page.
    pub preferences_link: Option<String>,
    /// From [`crate::message_id::message_id`], without angle brackets.
    pub message_id: String,
    /// The Date.
    pub date: Timestamp,
}

impl fmt::Debug for Merge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Merge(..)")
    }
}

impl Merge {
    /// What every message needs; the one-click link is the visible one, and everything else is unknown.
    pub fn new(to_address: &str, unsubscribe_link: &str, message_id: &str, date: Timestamp) -> Self {
        Self {
            to_address: to_address.to_owned(),
            given_name: None,
            family_name: None,
            area: None,
            answer_link: None,
            yes_link: None,
            later_link: None,
            no_link: None,
            never_link: None,
            report_link: None,
            unsubscribe_link: unsubscribe_link.to_owned(),
            one_click_link: unsubscribe_link.to_owned(),
            preferences_link: None,
            message_id: message_id.to_owned(),
            date,
        }
    }

    /// The value of `tag`, if this person has one; blank counts as none.
    pub(super) fn value(&self, tag: Tag) -> Option<&str> {
        let value = match tag {
            Tag::GivenName => self.given_name.as_deref(),
            Tag::FamilyName => self.family_name.as_deref(),
            Tag::Area => self.area.as_deref(),
            Tag::AnswerLink => self.answer_link.as_deref(),
            Tag::YesLink => self.yes_link.as_deref(),
            Tag::LaterLink => self.later_link.as_deref(),
            Tag::NoLink => self.no_link.as_deref(),
            Tag::NeverLink => self.never_link.as_deref(),
            Tag::ReportLink => self.report_link.as_deref(),
            Tag::UnsubscribeLink => Some(self.unsubscribe_link.as_str()),
            Tag::PreferencesLink => self.preferences_link.as_deref(),
        };
        value.filter(|value| !value.trim().is_empty())
    }
}

impl Letter {
    /// What is wrong with the fields other than the merge tags of subject and body.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut wrong = |field, why: &str| problems.push(Problem { field, line: 1, why: why.to_owned() });
        let optional = |text: &Option<String>| text.clone().unwrap_or_default();
        // INVARIANT: no header value ever holds a line break, so none can add a header.
        for (field, text, needed) in [
            ("subject", self.subject.clone(), true),
            ("from_name", self.from_name.clone(), true),
            ("owner_name", self.owner_name.clone(), true),
            ("passed_on_for", optional(&self.passed_on_for), false),
            ("paid_for_by", optional(&self.paid_for_by), false),
            ("postal_address", self.postal_address.clone(), true),
            ("answer_button", optional(&self.answer_button), false),
            ("my_page", optional(&self.my_page), false),
        ] {
            if text.chars().any(char::is_control) {
                wrong(field, "it must be one line without control characters");
            } else if needed && text.trim().is_empty() {
                wrong(field, "it must not be empty");
            } else if text.chars().count() > 300 {
                wrong(field, "it must not be longer than 300 characters");
            }
        }
        if self.body_markdown.trim().is_empty() {
            wrong("body", "it must not be empty");
        }
        if self.body_markdown.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            wrong("body", "it must not hold control characters");
        }
        for (field, address) in [
            ("from_address", Some(&self.from_address)),
            ("reply_to", self.reply_to.as_ref()),
            ("unsubscribe_mailto", self.unsubscribe_mailto.as_ref()),
        ] {
            if address.is_some_and(|address| !is_address(address)) {
                wrong(field, "it is not an e-mail address");
            }
        }
        let name = |text: &str| {
            !text.is_empty()
                && text.len() <= 100
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
        };
        if !name(&self.list_id) || !self.list_id.contains('.') {
            wrong("list_id", "it must look like a host name, such as `appeals.list.example`");
        }
        let feedback = [
            &self.feedback.campaign,
            &self.feedback.on_behalf_of,
            &self.feedback.kind,
            &self.feedback.sender,
        ];
        if !feedback.into_iter().all(|field| name(field)) {
            wrong("feedback", "its four fields take letters, digits, `-`, `.` and `_`");
        }
        problems
    }
}

/// Whether a text can stand as an address in a header; not whether anybody reads mail there.
pub(super) fn is_address(text: &str) -> bool {
    let broken = |c: char| c.is_control() || c.is_whitespace() || "<>()[]\\,;:\"".contains(c);
    !text.chars().any(broken)
        && text.len() <= 254
        && text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && !domain.is_empty() && !domain.contains('@') && domain.is_ascii()
        })
}
