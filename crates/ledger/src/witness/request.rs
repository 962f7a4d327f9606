//! The body of an `add-checkpoint` request: the size that the log believes the witness to have seen, the proof from
//! there, and the signed checkpoint (C2SP tlog-witness, "add-checkpoint").

use crate::checkpoint::{MAX_NOTE_BYTES, parse_decimal};
use crate::hash::Hash;

/// The most hashes that a consistency proof may have.
const MAX_PROOF_HASHES: usize = 63;
/// A line of base64 of a hash, with its end.
const HASH_LINE_BYTES: usize = 45;
/// The longest request that is read, in bytes.
pub const MAX_REQUEST_BYTES: usize = 32 + MAX_PROOF_HASHES * HASH_LINE_BYTES + MAX_NOTE_BYTES;

/// Why bytes are not such a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// It is longer than any request.
    #[error("it has more than {MAX_REQUEST_BYTES} bytes")]
    TooLong,
    /// It is not text.
    #[error("it is not UTF-8 at byte {0}")]
    NotText(usize),
    /// No empty line comes before the checkpoint.
    #[error("no empty line precedes the checkpoint")]
    NoCheckpoint,
    /// The first line is not `old N`.
    #[error("its first line is not `old` and a size in decimal, like `old 120`")]
    Old,
    /// A line of the proof is not a hash.
    #[error("line {0} is not a hash in base64")]
    Hash(usize),
    /// There are too many hashes.
    #[error("it has more than 63 hashes")]
    TooManyHashes,
}

/// A request taken apart; nothing about it is checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// Entries in the newest checkpoint that the witness cosigned, as far as the log knows.
    pub old: u64,
    /// The consistency proof from there (RFC 6962, section 2.1.2).
    pub proof: Vec<Hash>,
    /// The signed checkpoint, word for word.
    pub note: String,
}

impl AddCheckpoint {
    /// The body of the request.
    pub fn to_text(&self) -> String {
        let proof: String = self.proof.iter().map(|hash| hash.to_base64() + "\n").collect();
        format!("old {}\n{proof}\n{}", self.old, self.note)
    }

    /// Reads a body in its one spelling.
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        if body.len() > MAX_REQUEST_BYTES {
            return Err(RequestError::TooLong);
        }
        let text = std::str::from_utf8(body).map_err(|error| RequestError::NotText(error.valid_up_to()))?;
        let (head, note) = text.split_once("\n\n").ok_or(RequestError::NoCheckpoint)?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| parse_decimal(line.strip_prefix("old ")?));
        let old = old.ok_or(RequestError::Old)?;
        let mut proof = Vec::new();
        for (number, line) in (2..).zip(lines) {
            if proof.len() == MAX_PROOF_HASHES {
                return Err(RequestError::TooManyHashes);
            }
            proof.push(Hash::parse_base64(line).ok_or(RequestError::Hash(number))?);
        }
        Ok(Self { old, proof, note: note.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::leaf_hash;
    use proptest::prelude::*;

    #[test]
    fn malformed_requests_are_refused() {
        let hash = leaf_hash(b"x").to_base64();
        let many = format!("old 1\n{}\nnote", format!("{hash}\n").repeat(64));
        for (body, why) in [
            ("", RequestError::NoCheckpoint),
            ("old 1\n", RequestError::NoCheckpoint),
            ("old 1\nlog\n1\n", RequestError::NoCheckpoint),
            ("old 01\n\nnote", RequestError::Old),
            ("old -1\n\nnote", RequestError::Old),
            ("old  1\n\nnote", RequestError::Old),
            ("old 18446744073709551616\n\nnote", RequestError::Old),
            ("new 1\n\nnote", RequestError::Old),
            ("\n\nnote", RequestError::Old),
            ("old 1\nAAAA\n\nnote", RequestError::Hash(2)),
            ("old 1\r\n\r\n\n\nnote", RequestError::Old),
            (&many, RequestError::TooManyHashes),
        ] {
            assert_eq!(AddCheckpoint::parse(body.as_bytes()), Err(why), "{body:?}");
        }
        assert_eq!(AddCheckpoint::parse(b"old 1\n\n\xff"), Err(RequestError::NotText(7)));
        assert_eq!(AddCheckpoint::parse(&vec![b'a'; MAX_REQUEST_BYTES + 1]), Err(RequestError::TooLong));
        let most = format!("old 1\n{}\nnote", format!("{hash}\n").repeat(63));
        assert_eq!(AddCheckpoint::parse(most.as_bytes()).unwrap().proof.len(), 63);
    }

    proptest! {
        #[test]
        fn requests_read_back(old: u64, proof in proptest::collection::vec(any::<[u8; 32]>(), 0..64), note in "[a-z\n]{0,40}") {
            let request = AddCheckpoint { old, proof: proof.into_iter().map(Hash).collect(), note };
            prop_assert_eq!(AddCheckpoint::parse(request.to_text().as_bytes()), Ok(request));
        }
    }
}
