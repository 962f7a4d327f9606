//! Receipts: that one entry is in the ledger, checkable offline with the log's key alone (C2SP tlog-proof).

use crate::checkpoint::{self, Checkpoint, CheckpointError, MAX_NOTE_BYTES, VerifierKey, parse_decimal};
use crate::hash::{Hash, leaf_hash};
use crate::tree::{self, NodeReader};
use data_encoding::BASE64;

/// The first line of a receipt.
const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// The most hashes that a proof can have: one for each level of a tree of 2^63 entries.
const MAX_PROOF_HASHES: usize = 63;
/// The most extra data that is read or written, in bytes.
pub const MAX_EXTRA_BYTES: usize = 64 * 1024;
/// The longest receipt that is read, in bytes.
pub const MAX_RECEIPT_BYTES: usize = MAX_NOTE_BYTES + 2 * MAX_EXTRA_BYTES;

/// Why a receipt cannot be made or does not hold.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// The text is not a receipt.
    #[error("the receipt is malformed: {0}")]
    Malformed(&'static str),
    /// Its checkpoint cannot be trusted.
    #[error("the receipt's checkpoint does not hold: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// Its hashes do not lead from the entry to the checkpoint's root.
    #[error("the entry is not what the receipt is for: {0}")]
    Proof(#[from] tree::Error),
}

/// A receipt taken apart; [`Receipt::verify`] says whether it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The entry's position in the log, from zero.
    pub index: u64,
    /// Anything the maker added. It is **not** covered by the proof.
    pub extra: Option<Vec<u8>>,
    /// Hashes from the entry's sibling up to the root's child.
    pub proof: Vec<Hash>,
    /// The signed checkpoint, word for word.
    pub checkpoint_note: String,
}

impl Receipt {
    /// The receipt's text, for a file named `*.tlog-proof`.
    pub fn to_text(&self) -> String {
        let extra = self.extra.as_ref().map(|extra| format!("extra {}\n", BASE64.encode(extra)));
        let proof: String = self.proof.iter().map(|hash| hash.to_base64() + "\n").collect();
        let (extra, note) = (extra.unwrap_or_default(), &self.checkpoint_note);
        format!("{HEADER}\n{extra}index {}\n{proof}\n{note}", self.index)
    }

    /// Reads a receipt's text.
    pub fn parse(text: &str) -> Result<Self, ReceiptError> {
        let malformed = ReceiptError::Malformed;
        if text.len() > MAX_RECEIPT_BYTES {
            return Err(malformed("it has more than 262144 bytes"));
        }
        let (head, note) =
            text.split_once("\n\n").ok_or(malformed("no empty line precedes the checkpoint"))?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEADER) {
            return Err(malformed("its first line is not `c2sp.org/tlog-proof@v1`"));
        }
        let extra = match lines.peek().and_then(|line| line.strip_prefix("extra ")) {
            None => None,
            Some(base64) => {
                lines.next();
                let bytes = BASE64
                    .decode(base64.as_bytes())
                    .map_err(|_| malformed("its extra data is not base64"))?;
                Some(bytes)
                    .filter(|bytes| bytes.len() <= MAX_EXTRA_BYTES)
                    .map(Some)
                    .ok_or(malformed("it has more than 65536 bytes of extra data"))?
            }
        };
        let index = lines.next().and_then(|line| parse_decimal(line.strip_prefix("index ")?));
        let index = index.ok_or(malformed("its index line is missing"))?;
        let proof: Option<Vec<_>> = lines.take(MAX_PROOF_HASHES + 1).map(Hash::parse_base64).collect();
        let proof = proof.ok_or(malformed("a line before the checkpoint is not a hash"))?;
        if proof.len() > MAX_PROOF_HASHES {
            return Err(malformed("it has more than 63 hashes"));
        }
        Ok(Self { index, extra, proof, checkpoint_note: note.to_owned() })
    }

    /// Checks the receipt for `entry` under the log's `key`, and gives the checkpoint that covers it.
    pub fn verify(&self, entry: &[u8], key: &VerifierKey) -> Result<Checkpoint, ReceiptError> {
        let checkpoint = checkpoint::parse_and_verify(&self.checkpoint_note, key)?;
        tree::verify_inclusion(
            &leaf_hash(entry),
            self.index,
            checkpoint.size,
            &self.proof,
            &checkpoint.root,
        )?;
        Ok(checkpoint)
    }
}

/// The receipt for the entry at `index` under a checkpoint of ours. The checkpoint may be older than the log is now.
pub fn make_receipt<R: NodeReader + ?Sized>(
    index: u64,
    checkpoint_note: &str,
    reader: &R,
    extra: Option<&[u8]>,
) -> Result<String, ReceiptError> {
    if extra.is_some_and(|extra| extra.len() > MAX_EXTRA_BYTES) {
        return Err(ReceiptError::Malformed("it has more than 65536 bytes of extra data"));
    }
    let size = Checkpoint::from_note_unverified(checkpoint_note)?.size;
    let proof = tree::inclusion_proof(index, size, reader)?;
    let (extra, checkpoint_note) = (extra.map(<[u8]>::to_vec), checkpoint_note.to_owned());
    Ok(Receipt { index, extra, proof, checkpoint_note }.to_text())
}

/// Checks a receipt's text for `entry` under the log's `key`: the entry's index, and the checkpoint that covers it.
pub fn verify_receipt(
    text: &str,
    entry: &[u8],
    key: &VerifierKey,
) -> Result<(u64, Checkpoint), ReceiptError> {
    let receipt = Receipt::parse(text)?;
    Ok((receipt.index, receipt.verify(entry, key)?))
}
