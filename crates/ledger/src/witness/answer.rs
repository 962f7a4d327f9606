//! What a witness answers, with the status that the protocol gives it, and how a log reads that.

use super::RequestError;
use crate::checkpoint::{CheckpointError, parse_decimal};
use crate::cosignature::{Cosigned, WitnessKey, with_cosignature};

/// The content type of an answer that names the size which the witness has seen.
pub const SIZE_TYPE: &str = "text/x.tlog.size";
const TEXT_TYPE: &str = "text/plain; charset=utf-8";
/// The most of a refusal in the witness's own words that is kept, in characters.
const MOST_SAID: usize = 200;

/// Why a witness does not cosign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The request cannot be read.
    #[error("the request is malformed: {0}")]
    Malformed(#[from] RequestError),
    /// Its checkpoint cannot be read.
    #[error("{0}")]
    Checkpoint(CheckpointError),
    /// The log is not one that this witness watches.
    #[error("this witness does not watch `{0}`")]
    Unknown(String),
    /// The log's key has not signed it.
    #[error("{0}")]
    Unsigned(CheckpointError),
    /// The old size is beyond the checkpoint.
    #[error("the old size {old} is beyond the checkpoint's {size}")]
    OldBeyond {
        /// The size in the request.
        old: u64,
        /// The checkpoint's size.
        size: u64,
    },
    /// The old size is not that of the newest cosigned checkpoint.
    #[error("the newest checkpoint that was cosigned has {0} entries")]
    OtherSize(u64),
    /// Another tree of the same size was cosigned: the log forked.
    #[error("another checkpoint with {0} entries was cosigned: the log forked")]
    Forked(u64),
    /// The proof does not lead from the cosigned checkpoint to this one.
    #[error("the checkpoint is not proven to continue the one that was cosigned: {0}")]
    NotContinued(String),
    /// The witness could not keep the checkpoint, so it does not sign it.
    #[error("the witness cannot write to its folder")]
    NotKept,
}

impl Rejection {
    /// The HTTP status (C2SP tlog-witness, "add-checkpoint"; 500 for what is the witness's own fault).
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) | Self::Checkpoint(_) | Self::OldBeyond { .. } => 400,
            Self::Unsigned(_) => 403,
            Self::Unknown(_) => 404,
            Self::OtherSize(_) | Self::Forked(_) => 409,
            Self::NotContinued(_) => 422,
            Self::NotKept => 500,
        }
    }
}

/// An answer as it goes over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The content type.
    pub content_type: &'static str,
    /// The body: cosignature lines, a size, or a sentence.
    pub body: String,
}

impl From<Result<String, Rejection>> for Answer {
    fn from(outcome: Result<String, Rejection>) -> Self {
        match outcome {
            Ok(body) => Self { status: 200, content_type: TEXT_TYPE, body },
            Err(Rejection::OtherSize(size) | Rejection::Forked(size)) => {
                Self { status: 409, content_type: SIZE_TYPE, body: format!("{size}\n") }
            }
            Err(rejection) => {
                Self { status: rejection.status(), content_type: TEXT_TYPE, body: format!("{rejection}\n") }
            }
        }
    }
}

/// What a log learns from a witness's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// It cosigned; the note with its cosignature.
    Cosigned {
        /// The note.
        note: String,
        /// By whom and when.
        by: Cosigned,
    },
    /// It has cosigned a checkpoint of this size: ask again with a proof from there.
    Seen(u64),
    /// It does not cosign.
    Refused {
        /// The HTTP status.
        status: u16,
        /// What it said, shortened and without control characters.
        said: String,
    },
    /// Its answer is not one.
    Nonsense(CheckpointError),
}

/// Reads a witness's answer to a request with `note`.
pub fn read_answer(status: u16, body: &[u8], note: &str, key: &WitnessKey) -> Asked {
    let text = String::from_utf8_lossy(body);
    match status {
        200 => match with_cosignature(note, &text, key) {
            Ok((note, by)) => Asked::Cosigned { note, by },
            Err(error) => Asked::Nonsense(error),
        },
        409 => match text.strip_suffix('\n').and_then(parse_decimal) {
            Some(size) => Asked::Seen(size),
            None => Asked::Nonsense(CheckpointError::Note("the size that the witness has seen is missing")),
        },
        _ => {
            let said = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).take(MOST_SAID);
            Asked::Refused { status, said: said.collect() }
        }
    }
}
