//! Who logs in, and the forms that change it.

use super::super::Frame;
use askama::Template;

/// `GET /console/users`.
#[derive(Debug, Template)]
#[template(path = "console/users.html")]
pub struct Users {
    /// The frame.
    pub frame: Frame,
    /// Whether a second person is needed.
    pub standing: String,
    /// The same, for the words on the buttons.
    pub binds: bool,
    /// Everybody with a log-in, by name.
    pub users: Vec<UserRow>,
    /// The roles that can be given here.
    pub roles: Vec<String>,
    /// The wings of the board.
    pub wings: Vec<String>,
}

/// Somebody who logs in.
#[derive(Debug)]
pub struct UserRow {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their roles and wing, or that they have none any more.
    pub roles: String,
    /// Where their links go.
    pub address: String,
}
