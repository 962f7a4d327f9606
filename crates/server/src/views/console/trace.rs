//! From which copy did a leaked file come?

use super::super::Frame;
use super::super::parts::{Badge, Hash, Proof};
use askama::Template;

/// One copy, held against the file.
#[derive(Debug)]
pub struct Suspect {
    /// The copy's number; none for all that a holder has.
    pub copy: Option<u64>,
    /// Who has it.
    pub holder: String,
    /// Accused (stop), not enough (plain), cleared (go).
    pub verdict: Badge,
    /// How strongly the file speaks for it: `2,300 to 1`.
    pub evidence: String,
    /// On what it rests: `14 of 15 planted records; no held-back person`.
    pub rests_on: String,
}

/// What a trace found.
#[derive(Debug)]
pub struct TraceResult {
    /// The finding first: `The file came from copy 9.` or `No copy can be named.`
    pub said: String,
    /// The bound: `If no copy was the source, a finding like this comes up in at most 1 of 1,000 traces.`
    pub bound: String,
    /// What the file was: `4,100 rows; 3,968 are on this list.`
    pub file: String,
    /// The hash of the file as it was uploaded; the file itself is not kept.
    pub file_hash: Hash,
    /// The most suspect first.
    pub suspects: Vec<Suspect>,
    /// Its entry in the ledger.
    pub proof: Option<Proof>,
}

/// `GET /console/trace`, and the answer to `POST /console/trace` (multipart, field `file`).
#[derive(Debug, Template)]
#[template(path = "console/trace.html")]
pub struct Trace {
    /// The frame.
    pub frame: Frame,
    /// What was found, once a file was given.
    pub result: Option<TraceResult>,
    /// The largest file taken: `200 MB`.
    pub largest: String,
}
