//! Stop, by one button; `only these` is offered after, not before.

use super::super::OpenFrame;
use askama::Template;

/// Something narrower than everything.
#[derive(Debug)]
pub struct StopChoice {
    /// The value of the form's field `only`.
    pub value: String,
    /// `Appeals from Jo Alvarez`.
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
    /// Once stopped: `Did you mean only these?` (`POST /u/{token}` with `only`).
    pub only: Vec<StopChoice>,
}
