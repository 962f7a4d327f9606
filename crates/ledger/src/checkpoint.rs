//! Checkpoints: what the log says of itself at one size (C2SP tlog-checkpoint), signed as a note (C2SP signed-note).

mod key;
mod note;

pub use key::{KeyError, SignerKey, VerifierKey};
pub use note::{MAX_NOTE_BYTES, MAX_SIGNATURES};

pub(crate) use key::NamedKey;
pub(crate) use note::{Note, Signature};

use crate::hash::Hash;

/// Why a checkpoint cannot be read, trusted or signed.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum CheckpointError {
    /// The note does not have the form of a signed note.
    #[error("the signed note is malformed: {0}")]
    Note(&'static str),
    /// The text of the note does not have the form of a checkpoint.
    #[error("the text of the checkpoint is malformed: {0}")]
    Text(&'static str),
    /// Nobody trusted has signed.
    #[error("no signature by the key `{0}` is on the checkpoint")]
    Unsigned(String),
    /// A signature by the trusted key does not fit the text.
    #[error("the signature by `{0}` does not fit the text of the checkpoint")]
    BadSignature(String),
    /// A key speaks for the one log that bears its name.
    #[error("the key `{key}` speaks for the log of that name only, not for `{origin}`")]
    OtherLog {
        /// The key's name.
        key: String,
        /// The checkpoint's origin.
        origin: String,
    },
}

/// A log's size and root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name: a URL without scheme, like `example.org/ledger`.
    pub origin: String,
    /// How many entries.
    pub size: u64,
    /// The Merkle root over them (RFC 6962, section 2.1).
    pub root: Hash,
}

impl Checkpoint {
    /// The text that gets signed: origin, size and base64 of the root, a line each.
    pub fn to_text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root.to_base64())
    }

    /// Reads the text. Lines after the third (extensions) are allowed and not kept.
    pub fn parse_text(text: &str) -> Result<Self, CheckpointError> {
        let malformed = CheckpointError::Text;
        let mut lines = text.strip_suffix('\n').ok_or(malformed("the last line does not end"))?.split('\n');
        let mut line = || lines.next().filter(|line| !line.is_empty());
        let origin = line().ok_or(malformed("the first line, the origin, is missing"))?.to_owned();
        let size = line().and_then(parse_decimal).ok_or(malformed("the second line is not a size"))?;
        let root = line().and_then(Hash::parse_base64).ok_or(malformed("the third line is not a hash"))?;
        if lines.any(str::is_empty) {
            return Err(malformed("an extension line is empty"));
        }
        Ok(Self { origin, size, root })
    }

    /// Reads a signed note **without checking who signed it**: for the log's own notes, never for foreign ones.
    pub fn from_note_unverified(note: &str) -> Result<Self, CheckpointError> {
        Self::parse_text(&Note::parse(note)?.text)
    }
}

impl SignerKey {
    /// The checkpoint as a signed note. The same checkpoint always gives the same note (RFC 8032).
    ///
    /// The caller must never sign a checkpoint that is not consistent with all it signed before.
    pub fn sign(&self, checkpoint: &Checkpoint) -> Result<String, CheckpointError> {
        require_own_log(self.verifier(), checkpoint)?;
        let text = checkpoint.to_text();
        let signature = self.signature_line(&text);
        Ok(format!("{text}\n{signature}"))
    }
}

/// Reads a signed note and checks that `key` signed it. Signatures by other keys (witnesses, a key being rotated in)
/// are not looked at; one by `key` that does not fit makes the note worthless even if another one fits.
pub fn parse_and_verify(note: &str, key: &VerifierKey) -> Result<Checkpoint, CheckpointError> {
    let note = Note::parse(note)?;
    let mut signed = false;
    for signature in note.signatures.iter().filter(|signature| key.is_named_by(signature)) {
        if !key.fits(&note.text, &signature.bytes) {
            return Err(CheckpointError::BadSignature(key.name().to_owned()));
        }
        signed = true;
    }
    if !signed {
        return Err(CheckpointError::Unsigned(key.name().to_owned()));
    }
    let checkpoint = Checkpoint::parse_text(&note.text)?;
    require_own_log(key, &checkpoint)?;
    Ok(checkpoint)
}

fn require_own_log(key: &VerifierKey, checkpoint: &Checkpoint) -> Result<(), CheckpointError> {
    if key.name() == checkpoint.origin {
        return Ok(());
    }
    Err(CheckpointError::OtherLog { key: key.name().to_owned(), origin: checkpoint.origin.clone() })
}

/// A decimal number in its one spelling: digits without sign or leading zeroes.
pub(crate) fn parse_decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::leaf_hash;

    const NAME: &str = "example.org/ledger";

    fn signer() -> SignerKey {
        SignerKey::from_seed(NAME, [7; 32]).unwrap()
    }

    fn checkpoint() -> Checkpoint {
        Checkpoint { origin: NAME.into(), size: 12, root: leaf_hash(b"root") }
    }

    #[test]
    fn a_signed_checkpoint_reads_back() {
        let note = signer().sign(&checkpoint()).unwrap();
        assert_eq!(parse_and_verify(&note, signer().verifier()), Ok(checkpoint()));
        assert_eq!(Checkpoint::from_note_unverified(&note), Ok(checkpoint()));
        assert_eq!(note.lines().count(), 5);
    }

    #[test]
    fn unknown_signatures_are_ignored_and_wrong_ones_are_not() {
        let note = signer().sign(&checkpoint()).unwrap();
        let witness = SignerKey::from_seed("witness.example", [8; 32]).unwrap();
        let same_name = SignerKey::from_seed(NAME, [9; 32]).unwrap();
        let text = checkpoint().to_text();
        let cosigned = format!("{note}{}{}", witness.signature_line(&text), same_name.signature_line(&text));
        assert_eq!(parse_and_verify(&cosigned, signer().verifier()), Ok(checkpoint()));
        assert_eq!(parse_and_verify(&cosigned, same_name.verifier()), Ok(checkpoint()));

        let stranger = SignerKey::from_seed(NAME, [10; 32]).unwrap();
        let unsigned = CheckpointError::Unsigned(NAME.into());
        assert_eq!(parse_and_verify(&cosigned, stranger.verifier()), Err(unsigned));
        let stale = signer().signature_line("another text\n");
        let bad = CheckpointError::BadSignature(NAME.into());
        assert_eq!(parse_and_verify(&format!("{note}{stale}"), signer().verifier()), Err(bad.clone()));
        assert_eq!(parse_and_verify(&note.replace("\n12\n", "\n13\n"), signer().verifier()), Err(bad));
    }

    #[test]
    fn a_key_speaks_for_its_own_log_only() {
        let other = Checkpoint { origin: "example.net/other".into(), ..checkpoint() };
        assert!(matches!(signer().sign(&other), Err(CheckpointError::OtherLog { .. })));
        let forged = format!("{}\n{}", other.to_text(), signer().signature_line(&other.to_text()));
        let outcome = parse_and_verify(&forged, signer().verifier());
        assert!(matches!(outcome, Err(CheckpointError::OtherLog { .. })));
    }

    #[test]
    fn malformed_texts_are_refused() {
        let root = leaf_hash(b"").to_base64();
        for text in [
            String::new(),
            "log\n".into(),
            "log\n5\n".into(),
            format!("\n5\n{root}\n"),
            format!("log\n05\n{root}\n"),
            format!("log\n+5\n{root}\n"),
            format!("log\n5\n{root}"),
            format!("log\n5\n{root}\n\n"),
            "log\n5\nAAAA\n".into(),
        ] {
            assert!(Checkpoint::parse_text(&text).is_err(), "{text:?}");
        }
        let extended = format!("log\n5\n{root}\nan extension\n");
        assert_eq!(Checkpoint::parse_text(&extended).unwrap().size, 5);
    }
}
