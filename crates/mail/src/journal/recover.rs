//! Reading a journal back after a crash. A torn tail is what a crash leaves, so it ends the reading without an error.

use super::JournalError;
use super::record::{self, Record};
use std::collections::BTreeMap;
use std::path::Path;

/// A reply that the journal kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The delivery.
    pub seq: u64,
    /// The relay's three-digit reply code.
    pub code: u16,
    /// The relay's words, first 480 bytes.
    pub text: String,
}

/// What a journal says about the deliveries that were under way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recovered {
    /// The epoch it was written under; `None` when there was no journal or not even its header survived.
    pub epoch: Option<u64>,
    /// Deliveries with a reply, by seq; apply them as they are (doing so twice changes nothing).
    pub answered: Vec<Answered>,
    /// Deliveries whose final dot may have left and whose reply is unknown, or no answer to a final dot, by seq.
    pub in_doubt: Vec<u64>,
    /// Bytes at the end that make no whole record.
    pub torn_bytes: u64,
}

impl Recovered {
    /// Nothing to apply.
    pub fn is_empty(&self) -> bool {
        self.answered.is_empty() && self.in_doubt.is_empty()
    }
}

/// Reads the journal at `path`; a missing file is an empty journal.
///
/// A delivery claimed but in neither list never had its final dot written: it is still pending.
///
/// # Errors
/// The file exists and cannot be read, or is not a journal at all.
pub fn recover(path: &Path) -> Result<Recovered, JournalError> {
    match std::fs::read(path) {
        Ok(bytes) => recover_bytes(&bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Recovered::default()),
        Err(source) => Err(JournalError::Read { source }),
    }
}

/// Whether a reply to the final dot says what became of the message: yes, later or no (RFC 5321, 4.2.1). A 3xx asks
/// for more, and there is no more.
fn settles(code: u16) -> bool {
    matches!(code / 100, 2 | 4 | 5)
}

/// [`recover`] on bytes already read.
///
/// # Errors
/// The bytes are longer than a header and do not begin with one.
pub fn recover_bytes(bytes: &[u8]) -> Result<Recovered, JournalError> {
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let Some((epoch, mut rest)) = record::read_header(bytes) else {
        // The header is synced before the first record, so a torn one means that there are none.
        return if length <= record::HEADER_BYTES {
            Ok(Recovered { torn_bytes: length, ..Recovered::default() })
        } else {
            Err(JournalError::NotAJournal)
        };
    };
    let mut last: BTreeMap<u64, Option<Answered>> = BTreeMap::new();
    while let Some((record, after)) = record::decode(rest) {
        match record {
            Record::Done { seq } => last.insert(seq, None),
            Record::Answered { seq, code, text } => last.insert(seq, Some(Answered { seq, code, text })),
        };
        rest = after;
    }
    let mut recovered = Recovered {
        epoch: Some(epoch),
        torn_bytes: u64::try_from(rest.len()).unwrap_or(u64::MAX),
        ..Recovered::default()
    };
    for (seq, answer) in last {
        match answer {
            Some(answer) if settles(answer.code) => recovered.answered.push(answer),
            // INVARIANT: what is in doubt while the process lives is in doubt when it is read back.
            Some(_) | None => recovered.in_doubt.push(seq),
        }
    }
    Ok(recovered)
}
