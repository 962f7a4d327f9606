//! One entry of the ledger, with the proof that it is in there.

use super::super::Frame;
use super::super::parts::When;
use askama::Template;

/// `GET /console/ledger/{index}`.
#[derive(Debug, Template)]
#[template(path = "console/entry.html")]
pub struct LedgerEntry {
    /// The frame.
    pub frame: Frame,
    /// Its index.
    pub index: u64,
    /// `vote cast`.
    pub kind: String,
    /// When.
    pub when: When,
    /// The leaf: canonical JSON without personal data.
    pub leaf: String,
    /// The leaf's hash (RFC 6962, section 2.1), in hexadecimal.
    pub leaf_hash: String,
    /// The inclusion proof (RFC 6962, section 2.1.1), in hexadecimal, from the leaf up.
    pub path: Vec<String>,
    /// The size of the tree that the proof leads to.
    pub tree_size: u64,
    /// The root that the proof leads to, in hexadecimal.
    pub root: String,
    /// The signed note over that root.
    pub checkpoint: String,
    /// The three commands that check it.
    pub commands: Vec<String>,
    /// What the entry is about: a path and what the link says.
    pub about: Option<(String, String)>,
}
