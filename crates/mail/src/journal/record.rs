//! The bytes of the journal: a header with the epoch, then records, each with its own CRC-32.

/// What the file begins with.
const MAGIC: &[u8; 8] = b"HSTJRNL1";
/// Bytes of the header: magic, epoch, CRC.
pub(super) const HEADER_BYTES: u64 = 20;
/// A relay's reply is kept to this many bytes.
const TEXT_LIMIT: usize = 480;

const KIND_DONE: u8 = b'D';
const KIND_ANSWERED: u8 = b'A';

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Record {
    /// The final dot of `seq` is about to be written.
    Done { seq: u64 },
    /// The relay answered the final dot of `seq`.
    Answered { seq: u64, code: u16, text: String },
}

/// The header of a journal of `epoch`.
pub(super) fn header(epoch: u64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(20);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&epoch.to_le_bytes());
    bytes.extend_from_slice(&crc32fast::hash(&bytes).to_le_bytes());
    bytes
}

/// The epoch of a journal and what follows its header; `None` when the header is torn or not ours.
pub(super) fn read_header(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (magic, rest) = bytes.split_first_chunk::<8>()?;
    let (epoch, rest) = rest.split_first_chunk::<8>()?;
    let (crc, rest) = rest.split_first_chunk::<4>()?;
    let sealed = crc32fast::hash(bytes.get(..16)?) == u32::from_le_bytes(*crc);
    (magic == MAGIC && sealed).then(|| (u64::from_le_bytes(*epoch), rest))
}

/// The bytes of `record`: length (2), kind (1), seq (8), then for an answer code (2) and text, CRC-32 of all that (4).
pub(super) fn encode(record: &Record) -> Vec<u8> {
    let mut body = Vec::with_capacity(64);
    match record {
        Record::Done { seq } => {
            body.push(KIND_DONE);
            body.extend_from_slice(&seq.to_le_bytes());
        }
        Record::Answered { seq, code, text } => {
            body.push(KIND_ANSWERED);
            body.extend_from_slice(&seq.to_le_bytes());
            body.extend_from_slice(&code.to_le_bytes());
            body.extend_from_slice(clip(text).as_bytes());
        }
    }
    let length = u16::try_from(body.len()).unwrap_or(u16::MAX);
    let mut bytes = Vec::with_capacity(body.len() + 6);
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.append(&mut body);
    bytes.extend_from_slice(&crc32fast::hash(&bytes).to_le_bytes());
    bytes
}

/// The first record of `bytes` and what follows it; `None` at a torn or broken one.
pub(super) fn decode(bytes: &[u8]) -> Option<(Record, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_le_bytes(*length));
    let (body, rest) = rest.split_at_checked(length)?;
    let (crc, rest) = rest.split_first_chunk::<4>()?;
    if crc32fast::hash(bytes.get(..length + 2)?) != u32::from_le_bytes(*crc) {
        return None;
    }
    let (kind, body) = body.split_first()?;
    let (seq, body) = body.split_first_chunk::<8>()?;
    let seq = u64::from_le_bytes(*seq);
    let record = match *kind {
        KIND_DONE => Record::Done { seq },
        KIND_ANSWERED => {
            let (code, text) = body.split_first_chunk::<2>()?;
            let text = String::from_utf8_lossy(text).into_owned();
            Record::Answered { seq, code: u16::from_le_bytes(*code), text }
        }
        _ => return None,
    };
    Some((record, rest))
}

/// The longest prefix of `text` that the journal keeps.
pub(super) fn clip(text: &str) -> &str {
    text.get(..text.floor_char_boundary(TEXT_LIMIT)).unwrap_or(text)
}
