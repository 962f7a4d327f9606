//! Who may do what, for anybody to read: written by asking the policies, not by hand.

use super::super::OpenFrame;
use askama::Template;

/// One role.
#[derive(Debug)]
pub struct RolePowers {
    /// `Administrator`.
    pub name: String,
    /// What it is, in a sentence.
    pub about: String,
    /// Everything that it may.
    pub may: Vec<String>,
}

/// `GET /powers`.
#[derive(Debug, Template)]
#[template(path = "supporter/powers.html")]
pub struct Powers {
    /// The frame.
    pub frame: OpenFrame,
    /// Every role, and the machine.
    pub roles: Vec<RolePowers>,
    /// What nobody may at all, under any charter.
    pub nobody: Vec<String>,
}
