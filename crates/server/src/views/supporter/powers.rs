//! Who may do what, for anybody to read: alone, with a second person, not at all. Written by asking the policies, not by
//! hand; what a person could do around the program is said as well.

use super::super::OpenFrame;
use askama::Template;

/// One role.
#[derive(Debug)]
pub struct RolePowers {
    /// `Administrator`.
    pub name: String,
    /// What it is, in a sentence.
    pub about: String,
    /// Everything that it may do alone.
    pub may: Vec<String>,
    /// What it may do once another has granted it.
    pub with_another: Vec<String>,
}

/// What somebody with the machine could do, and how it would be seen.
#[derive(Debug)]
pub struct Around {
    /// What they could do.
    pub what: String,
    /// How others would see it.
    pub seen: String,
}

/// `GET /powers`.
#[derive(Debug, Template)]
#[template(path = "supporter/powers.html")]
pub struct Powers {
    /// The frame.
    pub frame: OpenFrame,
    /// Whether a second person is needed now, and how many could be it.
    pub standing: String,
    /// Whether one person still acts alone.
    pub alone: bool,
    /// What a second person is needed for, in words.
    pub two: Vec<String>,
    /// Every role, and the machine.
    pub roles: Vec<RolePowers>,
    /// What nobody may at all, under any charter.
    pub nobody: Vec<String>,
    /// What whoever holds the machine and the root key could do all the same.
    pub around: Vec<Around>,
}
