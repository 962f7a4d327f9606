//! The directory of a zip (PKWARE APPNOTE 6.3, with zip64), and nothing else of the format: which members there are
//! and where their bytes begin. Sizes in it are claims, held to while the bytes are read.

use super::Broken;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};

/// A zip with more members is no list.
const MOST_MEMBERS: u64 = 10_000;
/// The directory of so many members with names of usual length.
const LONGEST_DIRECTORY: u64 = 16 << 20;

const END: [u8; 4] = [b'P', b'K', 5, 6];
const END_64: [u8; 4] = [b'P', b'K', 6, 6];
const LOCATOR_64: [u8; 4] = [b'P', b'K', 6, 7];
const ENTRY: [u8; 4] = [b'P', b'K', 1, 2];
const LOCAL: [u8; 4] = [b'P', b'K', 3, 4];

/// One file in a zip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) name: String,
    /// Stored or deflated, and in the clear.
    pub(super) readable: bool,
    pub(super) deflated: bool,
    pub(super) packed_bytes: u64,
    pub(super) bytes: u64,
    crc: u32,
    header: u64,
}

/// The files of a zip, in order; folders are none.
pub(super) fn members(file: &mut File) -> io::Result<Vec<Member>> {
    let length = file.seek(SeekFrom::End(0))?;
    let (count, size, at) = directory(file, length)?;
    if count > MOST_MEMBERS || size > LONGEST_DIRECTORY {
        return Err(wrong("it holds more than 10,000 files"));
    }
    let bytes = read_at(file, at, size)?;
    let mut rest = bytes.as_slice();
    let mut members = Vec::new();
    for _ in 0..count {
        let (member, after) = entry(rest)?;
        rest = after;
        if !member.name.ends_with('/') {
            members.push(member);
        }
    }
    Ok(members)
}

/// Where the bytes of a member begin.
pub(super) fn begins(file: &mut File, member: &Member) -> io::Result<u64> {
    let header = read_at(file, member.header, 30)?;
    if !header.starts_with(&LOCAL) {
        return Err(wrong("a file in it does not begin where the directory says"));
    }
    let lengths = u64::from(u16_at(&header, 26)?) + u64::from(u16_at(&header, 28)?);
    Ok(member.header.saturating_add(30).saturating_add(lengths))
}

/// Count, size and place of the directory.
fn directory(file: &mut File, length: u64) -> io::Result<(u64, u64, u64)> {
    // The end record is followed by a comment of at most 65,535 bytes.
    let tail_at = length.saturating_sub(22 + 65_535);
    let tail = read_at(file, tail_at, length - tail_at)?;
    let end =
        tail.windows(4).rposition(|window| window == END).ok_or_else(|| wrong("it has no directory"))?;
    let record = tail.get(end..).unwrap_or_default();
    let small =
        (u64::from(u16_at(record, 10)?), u64::from(u32_at(record, 12)?), u64::from(u32_at(record, 16)?));
    let full = small.0 == 0xffff || small.1 == 0xffff_ffff || small.2 == 0xffff_ffff;
    let locator = end.checked_sub(20).and_then(|at| tail.get(at..end));
    match locator.filter(|locator| full && locator.starts_with(&LOCATOR_64)) {
        None => Ok(small),
        Some(locator) => {
            let record = read_at(file, u64_at(locator, 8)?, 56)?;
            if !record.starts_with(&END_64) {
                return Err(wrong("its directory is not where it says"));
            }
            Ok((u64_at(&record, 32)?, u64_at(&record, 40)?, u64_at(&record, 48)?))
        }
    }
}

fn entry(bytes: &[u8]) -> io::Result<(Member, &[u8])> {
    if !bytes.starts_with(&ENTRY) {
        return Err(wrong("its directory is damaged"));
    }
    let length = |at| Ok::<_, io::Error>(usize::from(u16_at(bytes, at)?));
    let (name, extra, comment) = (length(28)?, length(30)?, length(32)?);
    let part = |from: usize, length: usize| bytes.get(from..from + length).ok_or_else(cut_short);
    let name_bytes = part(46, name)?;
    let (flags, method) = (u16_at(bytes, 8)?, u16_at(bytes, 10)?);
    let mut sizes =
        [u64::from(u32_at(bytes, 24)?), u64::from(u32_at(bytes, 20)?), u64::from(u32_at(bytes, 42)?)];
    widen(part(46 + name, extra)?, &mut sizes)?;
    let [unpacked, packed_bytes, header] = sizes;
    let name_text: String =
        String::from_utf8_lossy(name_bytes).chars().filter(|letter| !letter.is_control()).collect();
    let member = Member {
        name: name_text,
        readable: flags & 1 == 0 && matches!(method, 0 | 8),
        deflated: method == 8,
        packed_bytes,
        bytes: unpacked,
        crc: u32_at(bytes, 16)?,
        header,
    };
    Ok((member, bytes.get(46 + name + extra + comment..).ok_or_else(cut_short)?))
}

/// Sizes that do not fit stand in the extra field 1, in this order.
fn widen(mut extra: &[u8], sizes: &mut [u64; 3]) -> io::Result<()> {
    while extra.len() >= 4 {
        let (kind, length) = (u16_at(extra, 0)?, usize::from(u16_at(extra, 2)?));
        let field = extra.get(4..4 + length).ok_or_else(cut_short)?;
        if kind == 1 {
            let wide = sizes.iter_mut().filter(|size| **size == 0xffff_ffff);
            for (place, size) in wide.enumerate() {
                *size = u64_at(field, place * 8)?;
            }
        }
        extra = extra.get(4 + length..).unwrap_or_default();
    }
    Ok(())
}

/// Holds a member to its size and its checksum.
pub(super) struct Checked<R> {
    inner: R,
    sum: crc32fast::Hasher,
    left: u64,
    crc: u32,
}

impl<R: Read> Checked<R> {
    pub(super) fn new(inner: R, member: &Member) -> Self {
        Self { inner, sum: crc32fast::Hasher::new(), left: member.bytes, crc: member.crc }
    }
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        if read == 0 && !out.is_empty() {
            return match (self.left, self.sum.clone().finalize() == self.crc) {
                (0, true) => Ok(0),
                (0, false) => Err(io::Error::other(Broken::Sum)),
                _ => Err(io::Error::other(Broken::Length)),
            };
        }
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| io::Error::other(Broken::Length))?;
        self.sum.update(out.get(..read).unwrap_or_default());
        Ok(read)
    }
}

fn read_at(file: &mut File, at: u64, length: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(cut_short()) }
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> io::Result<[u8; N]> {
    bytes.get(at..at + N).and_then(|part| part.try_into().ok()).ok_or_else(cut_short)
}

fn u16_at(bytes: &[u8], at: usize) -> io::Result<u16> {
    array(bytes, at).map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> io::Result<u32> {
    array(bytes, at).map(u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> io::Result<u64> {
    array(bytes, at).map(u64::from_le_bytes)
}

fn cut_short() -> io::Error {
    wrong("it is cut short")
}

fn wrong(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
