//! One copy: what it holds, who has it, what was done with it. Seeds are never shown.

use super::super::Frame;
use super::super::parts::{Badge, Hash, Terms};
use super::HistoryRow;
use askama::Template;

/// `GET /console/copies/{number}`.
#[derive(Debug, Template)]
#[template(path = "console/copy.html")]
pub struct Copy {
    /// The frame.
    pub frame: Frame,
    /// Its number.
    pub number: u64,
    /// Where it stands.
    pub state: Badge,
    /// Held by, loan, records, fields, terms of use, to be erased by.
    pub terms: Terms,
    /// The hash of the bytes that left.
    pub hash: Hash,
    /// The commitment to the key of its seeds, which an accusation opens.
    pub key_commitment: Hash,
    /// Made, fetched, recalled, acknowledged; the newest first.
    pub history: Vec<HistoryRow>,
    /// Whether a trustee has to grant that one of the owner's people takes it out.
    pub needs_grant: bool,
    /// Whether to offer `POST /console/copies/{number}/export`.
    pub may_export: bool,
}
