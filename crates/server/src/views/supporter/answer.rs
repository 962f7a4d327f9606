//! The answer to an appeal: who asked, in whose words, endorsed or not, who paid, and four plain choices.

use super::super::OpenFrame;
use super::super::parts::When;
use askama::Template;

/// One field that a yes may pass on.
#[derive(Debug)]
pub struct FieldChoice {
    /// The value of the form's field `field`: `email`.
    pub name: String,
    /// `Your e-mail address`.
    pub label: String,
    /// What would go: `ada@example.org`.
    pub value: String,
    /// Whether it is ticked when the page opens: of the contact details, only the one they were reached by.
    pub ticked: bool,
}

/// `GET /a/{token}`. Each choice is its own form, `POST /a/{token}` with `answer` = `yes` (and `field`, many
/// times), `later`, `no`, `never`, or `report` (and `words`), so that nothing travels with a no.
#[derive(Debug, Template)]
#[template(path = "supporter/answer.html")]
pub struct Answer {
    /// The frame; its title asks: `Jo Alvarez asks for your help`.
    pub frame: OpenFrame,
    /// The token in the address.
    pub token: String,
    /// A token of its own for the link that stops: one link never does what another is for.
    pub stop_token: String,
    /// A token of its own for the link to the person's own page, which lasts a day.
    pub me_token: String,
    /// Who asks.
    pub borrower: String,
    /// For which office, where: `city council, Burlington, Vermont`.
    pub office: String,
    /// What they ask for: `to volunteer`.
    pub ask: String,
    /// The appeal's subject.
    pub subject: String,
    /// The appeal's text.
    pub paragraphs: Vec<String>,
    /// `The Whitcomb List does not endorse this.`
    pub endorsement: String,
    /// `Paid for by Alvarez for Burlington.`
    pub paid_by: String,
    /// What was answered before, in a sentence: `You said later on 3 October.`
    pub answered: Option<String>,
    /// What may go with a yes.
    pub fields: Vec<FieldChoice>,
    /// Until when the borrower may keep it: `Jo Alvarez must erase it by ...`.
    pub kept_until: When,
    /// What was refused in the last attempt: `Tick a way to reach you.`; empty for nothing.
    pub problem: String,
}
