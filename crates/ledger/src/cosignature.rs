//! Cosignatures: a witness's word, with the time, that a checkpoint continues all that it saw of that log before
//! (C2SP tlog-cosignature, `cosignature/v1` with Ed25519). What a witness checks first is in [`crate::witness`].

use crate::checkpoint::{CheckpointError, KeyError, NamedKey, Note, Signature};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use data_encoding::BASE64;
use std::fmt;
use std::str::FromStr;

/// The signature type byte of an Ed25519 cosignature (C2SP tlog-cosignature, "Format").
const COSIGNATURE_TYPE: u8 = 4;
/// Before the signature: its time in seconds.
const TIME_BYTES: usize = 8;
/// An Ed25519 signature (RFC 8032).
const SIGNATURE_BYTES: usize = 64;
/// The most cosignature lines that are read of a witness's answer.
const MAX_LINES: usize = 16;

/// The public half of a witness's key: `name+hash+base64`, as signed-note writes it, of kind 4.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessKey(NamedKey);

impl WitnessKey {
    /// A key from its name and its 32 bytes (RFC 8032).
    pub fn new(name: &str, public_key: [u8; 32]) -> Result<Self, KeyError> {
        NamedKey::new(COSIGNATURE_TYPE, name, public_key).map(Self)
    }

    /// The witness's name: a URL without scheme.
    pub fn name(&self) -> &str {
        self.0.name()
    }

    /// The key's 32 bytes (RFC 8032).
    pub fn public_key(&self) -> &[u8; 32] {
        self.0.public_key()
    }

    /// When this key signed `text`, in seconds since 1970, if the signature is its own.
    fn time_of(&self, text: &str, signature: &Signature) -> Option<u64> {
        let (time, bytes) = signature.bytes.split_first_chunk::<TIME_BYTES>()?;
        let seconds = u64::from_be_bytes(*time);
        let is_whole = bytes.len() == SIGNATURE_BYTES && i64::try_from(seconds).is_ok();
        (is_whole && self.0.fits(message(seconds, text).as_bytes(), bytes)).then_some(seconds)
    }
}

impl fmt::Display for WitnessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for WitnessKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        NamedKey::parse(text, COSIGNATURE_TYPE, "a witness's Ed25519 key (its base64 begins with `B`)")
            .map(Self)
    }
}

/// What is signed: a header, the time, and the whole text of the checkpoint, extension lines included.
fn message(seconds: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {seconds}\n{text}")
}

/// The secret half. It shows neither in `Debug` nor anywhere else.
pub struct WitnessSigner {
    pair: Ed25519KeyPair,
    key: WitnessKey,
}

impl WitnessSigner {
    /// The key of a secret seed (RFC 8032, section 5.1.5). One seed serves one name: the signed message does not hold it.
    pub fn from_seed(name: &str, seed: [u8; 32]) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| KeyError::Form)?;
        let public_key = pair.public_key().as_ref().try_into().map_err(|_| KeyError::Form)?;
        Ok(Self { pair, key: WitnessKey::new(name, public_key)? })
    }

    /// The public half.
    pub fn key(&self) -> &WitnessKey {
        &self.key
    }

    /// The cosignature line on a checkpoint's note, at `seconds` since 1970.
    ///
    /// The caller must have checked that it continues all that this key cosigned of the log, and have kept it on disk.
    pub(crate) fn cosign(&self, note: &Note, seconds: u64) -> String {
        let signature = self.pair.sign(message(seconds, &note.text).as_bytes());
        let bytes = [self.key.0.id(), seconds.to_be_bytes().as_slice(), signature.as_ref()].concat();
        format!("\u{2014} {} {}\n", self.key.name(), BASE64.encode(&bytes))
    }
}

impl fmt::Debug for WitnessSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WitnessSigner").field("key", &self.key).finish_non_exhaustive()
    }
}

/// That a witness cosigned, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosigned {
    /// The witness's name.
    pub witness: String,
    /// When, in seconds since 1970, by its own clock.
    pub seconds: u64,
}

/// Which of these witnesses cosigned the note, in the order of `keys`, each with its newest time.
///
/// Signatures by others are not looked at; one by a known witness that does not fit makes the note worthless.
/// **It says nothing about the log's own signature**: see [`crate::parse_and_verify`].
pub fn cosigned_by(note: &str, keys: &[WitnessKey]) -> Result<Vec<Cosigned>, CheckpointError> {
    let note = Note::parse(note)?;
    let mut found = Vec::new();
    for key in keys {
        let mut newest = None;
        for signature in note.signatures.iter().filter(|signature| key.0.is_named_by(signature)) {
            let seconds = key
                .time_of(&note.text, signature)
                .ok_or_else(|| CheckpointError::BadSignature(key.name().to_owned()))?;
            newest = newest.max(Some(seconds));
        }
        found.extend(newest.map(|seconds| Cosigned { witness: key.name().to_owned(), seconds }));
    }
    Ok(found)
}

/// The note with the cosignature that `key` gave in `answer`, in place of an earlier one of the same key.
///
/// Of the answer nothing else is taken over: lines of other keys are left out (C2SP tlog-witness, "add-checkpoint").
pub fn with_cosignature(
    note: &str,
    answer: &str,
    key: &WitnessKey,
) -> Result<(String, Cosigned), CheckpointError> {
    let mut note = Note::parse(note)?;
    let lines =
        answer.strip_suffix('\n').ok_or(CheckpointError::Note("the last cosignature does not end"))?;
    if lines.split('\n').count() > MAX_LINES {
        return Err(CheckpointError::Note("more than 16 cosignatures were given"));
    }
    let mut newest: Option<(u64, Signature)> = None;
    for line in lines.split('\n') {
        let line = Signature::parse(line).ok_or(CheckpointError::Note("a line is not a cosignature"))?;
        if !key.0.is_named_by(&line) {
            continue;
        }
        let seconds = key
            .time_of(&note.text, &line)
            .ok_or_else(|| CheckpointError::BadSignature(key.name().to_owned()))?;
        if newest.as_ref().is_none_or(|(newest, _)| *newest <= seconds) {
            newest = Some((seconds, line));
        }
    }
    let (seconds, line) = newest.ok_or_else(|| CheckpointError::Unsigned(key.name().to_owned()))?;
    note.signatures.retain(|signature| !key.0.is_named_by(signature));
    note.signatures.push(line);
    let text = note.to_text();
    // What is put together must read back: a note has a limit of signatures and of bytes.
    Note::parse(&text)?;
    Ok((text, Cosigned { witness: key.name().to_owned(), seconds }))
}

/// The note `fresh` with those signatures of `earlier` that it lacks, when both sign the same text.
///
/// So a checkpoint that is published again keeps the cosignatures that it has. Nothing is verified here.
pub fn with_signatures_of(fresh: &str, earlier: &str) -> Result<String, CheckpointError> {
    let (mut fresh, earlier) = (Note::parse(fresh)?, Note::parse(earlier)?);
    if fresh.text == earlier.text {
        for signature in earlier.signatures {
            let same = |known: &Signature| known.name == signature.name && known.key_id == signature.key_id;
            if !fresh.signatures.iter().any(same) {
                fresh.signatures.push(signature);
            }
        }
    }
    let text = fresh.to_text();
    Note::parse(&text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoint::{Checkpoint, SignerKey};
    use crate::hash::leaf_hash;

    const LOG: &str = "example.org/ledger";

    fn note() -> String {
        let log = SignerKey::from_seed(LOG, [7; 32]).unwrap();
        log.sign(&Checkpoint { origin: LOG.into(), size: 12, root: leaf_hash(b"root") }).unwrap()
    }

    fn witness(number: u8) -> WitnessSigner {
        WitnessSigner::from_seed(&format!("witness.example/w{number}"), [number; 32]).unwrap()
    }

    fn line(number: u8, seconds: u64) -> String {
        witness(number).cosign(&Note::parse(&note()).unwrap(), seconds)
    }

    fn keys() -> Vec<WitnessKey> {
        [1, 2, 3].map(|number| witness(number).key().clone()).to_vec()
    }

    #[test]
    fn a_cosigned_note_reads_back_and_the_newest_time_stands() {
        let (once, first) = with_cosignature(&note(), &line(1, 100), &keys()[0]).unwrap();
        assert_eq!(first, Cosigned { witness: "witness.example/w1".into(), seconds: 100 });
        // Lines of others in the answer are not taken over.
        let answer = format!("{}{}{}", line(2, 5), line(3, 200), line(3, 150));
        let (twice, _) = with_cosignature(&once, &answer, &keys()[2]).unwrap();
        let found: Vec<_> = cosigned_by(&twice, &keys()).unwrap().into_iter().map(|c| c.seconds).collect();
        assert_eq!(found, [100, 200]);
        let (again, _) = with_cosignature(&twice, &line(1, 300), &keys()[0]).unwrap();
        assert_eq!(again.lines().count(), note().lines().count() + 2, "the earlier line was replaced");
        let log = SignerKey::from_seed(LOG, [7; 32]).unwrap();
        assert_eq!(crate::parse_and_verify(&again, log.verifier()).unwrap().size, 12);
        assert_eq!(with_signatures_of(&note(), &again).unwrap().lines().count(), again.lines().count());
    }

    #[test]
    fn every_changed_byte_of_a_cosignature_or_of_what_it_covers_is_found() {
        let (whole, _) = with_cosignature(&note(), &line(1, 1_700_000_000), &keys()[0]).unwrap();
        let covered = whole.split("\n\n").next().unwrap().len() + 1;
        let from = whole.rfind('\u{2014}').unwrap();
        let mut tried = 0;
        for at in (0..covered).chain(from..whole.len()) {
            let mut bytes = whole.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            tried += 1;
            let outcome = cosigned_by(&changed, &keys());
            assert!(outcome.is_err() || outcome.unwrap().is_empty(), "byte {at}");
        }
        assert!(tried > 150, "{tried}");
    }

    #[test]
    fn answers_that_are_no_cosignature_are_refused() {
        let key = &keys()[0];
        let log = SignerKey::from_seed(LOG, [7; 32]).unwrap();
        let own_line =
            log.sign(&Checkpoint::parse_text(&Note::parse(&note()).unwrap().text).unwrap()).unwrap();
        let own_line = own_line.rsplit("\n\n").next().unwrap();
        let other = SignerKey::from_seed(LOG, [7; 32])
            .unwrap()
            .sign(&Checkpoint { origin: LOG.into(), size: 13, root: leaf_hash(b"root") })
            .unwrap();
        let elsewhere = witness(1).cosign(&Note::parse(&other).unwrap(), 100);
        let unsigned = Err(CheckpointError::Unsigned(key.name().into()));
        assert_eq!(with_cosignature(&note(), own_line, key), unsigned, "the log's line is no cosignature");
        assert_eq!(with_cosignature(&note(), &line(2, 7), key), unsigned);
        let bad = Err(CheckpointError::BadSignature(key.name().into()));
        assert_eq!(with_cosignature(&note(), &elsewhere, key), bad);
        assert_eq!(with_cosignature(&note(), &line(1, 1 << 63), key), bad, "beyond the last time there is");
        for malformed in ["", "\n", "ok\n", &line(1, 7).replace('\n', ""), &line(1, 7).repeat(MAX_LINES + 1)]
        {
            assert!(with_cosignature(&note(), malformed, key).is_err(), "{malformed:?}");
        }
    }

    #[test]
    fn a_logs_key_is_not_taken_for_a_witness() {
        let log = SignerKey::from_seed(LOG, [7; 32]).unwrap().verifier().to_string();
        assert!(matches!(log.parse::<WitnessKey>(), Err(KeyError::Kind(_))));
        let witness = witness(1).key().to_string();
        assert_eq!(witness.parse::<WitnessKey>().unwrap().to_string(), witness);
        assert!(matches!(witness.parse::<crate::VerifierKey>(), Err(KeyError::Kind(_))));
        assert!(!format!("{:?}", self::witness(1)).contains("0101"));
    }
}
