//! Stop, by one button; less or more than that is a choice beside it, and what more there is is offered after.

use super::super::OpenFrame;
use askama::Template;

/// Less than the one button stops, or more.
#[derive(Debug)]
pub struct StopChoice {
    /// The value of the form's field `only`.
    pub value: String,
    /// What its button says: `Stop only Jo Alvarez`.
    pub label: String,
}

/// `GET /u/{token}` (the button is `POST /u/{token}` with `List-Unsubscribe=One-Click`, as RFC 8058 has it) and
/// the answer to it.
#[derive(Debug, Template)]
#[template(path = "supporter/stop.html")]
pub struct Stop {
    /// The frame; its title asks `Stop all messages?` or says `You are off the list.`
    pub frame: OpenFrame,
    /// The token in the address.
    pub token: String,
    /// What stops, or has stopped, in a sentence.
    pub said: String,
    /// Whether it has stopped.
    pub done: bool,
    /// What else can be stopped (`POST /u/{token}` with `only`).
    pub only: Vec<StopChoice>,
}
