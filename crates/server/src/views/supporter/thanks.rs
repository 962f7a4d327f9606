//! What was answered, and the receipt for what went.

use super::super::OpenFrame;
use super::super::parts::Terms;
use askama::Template;

/// The answer to `POST /a/{token}`.
#[derive(Debug, Template)]
#[template(path = "supporter/thanks.html")]
pub struct Thanks {
    /// The frame; its title says what was answered: `You said yes to Jo Alvarez.`
    pub frame: OpenFrame,
    /// The token in the address.
    pub token: String,
    /// A token of its own for the link to the person's own page, which lasts a day.
    pub me_token: String,
    /// What happens now, in a sentence or two.
    pub said: String,
    /// What went, field by field; empty when nothing did.
    pub went: Terms,
    /// The receipt: number, day, until when it may be kept.
    pub receipt: Terms,
}
