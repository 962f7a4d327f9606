//! How the columns look as bytes, little-endian. Reading takes no more memory than the bytes that are there, and
//! checks what the columns rely on.

use super::super::bitmap::{Bitmap, Container, SPARSE_MAX};
use super::super::gifts::Given;
use super::super::numeric::{Lane, Numeric, NumericBlock, STRIDES, Sliced};
use super::super::words::{BLOCK, LANE, WORDS, Words};

/// Bytes being written.
#[derive(Debug, Default)]
pub(super) struct Out(pub(super) Vec<u8>);

impl Out {
    pub(super) fn u8(&mut self, number: u8) {
        self.0.push(number);
    }

    pub(super) fn u16(&mut self, number: u16) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    pub(super) fn length(&mut self, length: usize) {
        self.0.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
    }

    pub(super) fn i64(&mut self, number: i64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    pub(super) fn text(&mut self, text: &str) {
        self.length(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    fn words(&mut self, words: &[u64]) {
        self.0.extend(words.iter().flat_map(|word| word.to_le_bytes()));
    }

    pub(super) fn bitmap(&mut self, bitmap: &Bitmap) {
        self.length(bitmap.blocks.len());
        for block in &bitmap.blocks {
            // What has thinned out since is written in the shorter form again.
            let shrunk = match block {
                Container::Dense(words) => Some(Container::from_words(words)),
                _ => None,
            };
            match shrunk.as_ref().unwrap_or(block) {
                Container::Empty => self.u8(0),
                Container::Sparse(positions) => {
                    self.u8(1);
                    self.length(positions.len());
                    for position in positions {
                        self.u16(*position);
                    }
                }
                Container::Dense(words) => {
                    self.u8(2);
                    self.words(&words.0);
                }
            }
        }
    }

    pub(super) fn numeric(&mut self, column: &Numeric) {
        self.length(column.blocks.len());
        for block in &column.blocks {
            match block {
                NumericBlock::Sparse(values) => {
                    self.u8(0);
                    self.length(values.len());
                    for (position, value) in values {
                        self.u16(*position);
                        self.i64(*value);
                    }
                }
                NumericBlock::Sliced(sliced) => {
                    self.u8(1);
                    self.i64(sliced.base);
                    self.length(sliced.planes);
                    self.words(&sliced.present.0);
                    sliced.lanes.iter().for_each(|lane| self.words(&lane.0));
                }
            }
        }
    }

    pub(super) fn gifts(&mut self, blocks: &[Vec<Given>]) {
        self.length(blocks.len());
        for entries in blocks {
            self.length(entries.len());
            for entry in entries {
                self.0.extend_from_slice(&entry.day.to_le_bytes());
                self.u16(entry.position);
                self.i64(entry.cents);
            }
        }
    }
}

/// Bytes being read; `None` from any method means that they are not what was written.
#[derive(Debug)]
pub(super) struct In<'a>(pub(super) &'a [u8]);

impl<'a> In<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_le_bytes)
    }

    fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    /// A count of things that take at least `size` bytes each, so that no more is promised than can follow.
    pub(super) fn length(&mut self, size: usize) -> Option<usize> {
        let length = usize::try_from(u32::from_le_bytes(self.array()?)).ok()?;
        (length.checked_mul(size)? <= self.0.len()).then_some(length)
    }

    pub(super) fn i64(&mut self) -> Option<i64> {
        self.array().map(i64::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        let length = self.length(1)?;
        std::str::from_utf8(self.take(length)?).ok()
    }

    fn words(&mut self) -> Option<Words> {
        let mut words = Words::NONE;
        let (eights, _) = self.take(WORDS * 8)?.as_chunks::<8>();
        words.0.iter_mut().zip(eights).for_each(|(word, bytes)| *word = u64::from_le_bytes(*bytes));
        Some(words)
    }

    fn position(&mut self) -> Option<u16> {
        self.u16().filter(|position| usize::from(*position) < BLOCK)
    }

    pub(super) fn bitmap(&mut self) -> Option<Bitmap> {
        let blocks = self.length(1)?;
        let blocks: Option<Vec<Container>> = (0..blocks)
            .map(|_| {
                Some(match self.u8()? {
                    0 => Container::Empty,
                    1 => {
                        let length = self.length(2)?;
                        let mut positions = Vec::with_capacity(length);
                        for _ in 0..length {
                            positions.push(self.position()?);
                        }
                        let sorted = positions.is_sorted_by(|left, right| left < right);
                        (sorted && length <= SPARSE_MAX).then_some(Container::Sparse(positions))?
                    }
                    2 => Container::Dense(Box::new(self.words()?)),
                    _ => return None,
                })
            })
            .collect();
        Some(Bitmap { blocks: blocks? })
    }

    pub(super) fn numeric(&mut self) -> Option<Numeric> {
        let blocks = self.length(1)?;
        let blocks: Option<Vec<NumericBlock>> = (0..blocks)
            .map(|_| {
                Some(match self.u8()? {
                    0 => {
                        let length = self.length(10)?;
                        let mut values = Vec::with_capacity(length);
                        for _ in 0..length {
                            values.push((self.position()?, self.i64()?));
                        }
                        let sorted = values.is_sorted_by(|left, right| left.0 < right.0);
                        sorted.then_some(NumericBlock::Sparse(values))?
                    }
                    1 => NumericBlock::Sliced(self.sliced()?),
                    _ => return None,
                })
            })
            .collect();
        Some(Numeric { blocks: blocks? })
    }

    fn sliced(&mut self) -> Option<Sliced> {
        let base = self.i64()?;
        let planes = self.length(1).filter(|planes| *planes <= 64)?;
        let present = Box::new(self.words()?);
        // No more is promised than can follow.
        let expected = STRIDES * planes;
        let mut lanes = Vec::with_capacity(if expected * LANE * 8 <= self.0.len() { expected } else { 0 });
        let (strides, _) = present.0.as_chunks::<LANE>();
        for present in strides {
            for _ in 0..planes {
                let mut lane = Lane([0; LANE]);
                let (eights, _) = self.take(LANE * 8)?.as_chunks::<8>();
                lane.0.iter_mut().zip(eights).for_each(|(word, bytes)| *word = u64::from_le_bytes(*bytes));
                let stray =
                    lane.0.iter().zip(present).fold(0, |stray, (word, present)| stray | word & !present);
                if stray != 0 {
                    return None;
                }
                lanes.push(lane);
            }
        }
        Some(Sliced { base, planes, present, lanes })
    }

    pub(super) fn gifts(&mut self) -> Option<Vec<Vec<Given>>> {
        let blocks = self.length(4)?;
        (0..blocks)
            .map(|_| {
                let length = self.length(14)?;
                // Exactly as many as there are: what a vector keeps in reserve would be a sixth of the index.
                let mut entries = Vec::with_capacity(length);
                for _ in 0..length {
                    let day = i32::from_le_bytes(self.array()?);
                    entries.push(Given { day, position: self.position()?, cents: self.i64()? });
                }
                entries.is_sorted().then_some(entries)
            })
            .collect()
    }
}
