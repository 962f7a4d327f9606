//! Logging in: ask for a link by mail, then press a button on the page that the link opens. Opening never acts.

use super::super::OpenFrame;
use super::super::parts::Csrf;
use askama::Template;

/// `GET /login`, and the answer to `POST /login` (field `address`).
#[derive(Debug, Template)]
#[template(path = "console/log-in.html")]
pub struct LogIn {
    /// The frame.
    pub frame: OpenFrame,
    /// Bound to the visitor's cookie, as there is no session yet.
    pub csrf: Csrf,
    /// The address a link was asked for. The answer is the same whether it has an account or not.
    pub asked_for: Option<String>,
    /// What is wrong with the address typed.
    pub problem: Option<String>,
    /// What was typed, to be mended.
    pub typed: String,
    /// How long a link works: `15 minutes`.
    pub link_lasts: String,
    /// No relay is set: the link stands on the terminal of whoever runs the server.
    pub to_the_terminal: bool,
}

/// `GET /login/{token}`: the button is `POST` to the same address.
#[derive(Debug, Template)]
#[template(path = "console/log-in-confirm.html")]
pub struct LogInConfirm {
    /// The frame.
    pub frame: OpenFrame,
    /// Bound to the visitor's cookie, as there is no session yet.
    pub csrf: Csrf,
    /// The token in the address.
    pub token: String,
    /// As whom: `Ruth Okafor, trustee`; empty when that is not to be said before the button is pressed.
    pub name: String,
}
