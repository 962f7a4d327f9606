//! Reading the sections, in the order in which they were written.

use super::super::Index;
use super::super::attributes::{Attributes, Text};
use super::super::bitmap::Bitmap;
use super::super::columns::{Columns, ConsentColumns};
use super::super::gifts::Gifts;
use super::super::numeric::Numeric;
use super::bytes::In;
use super::{IndexFileError, MAGIC, VERSION};
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::str::FromStr;

pub(super) fn read(file: impl Read, length: u64) -> Result<Index, IndexFileError> {
    let mut sections = Sections { file, left: length, number: 0 };
    sections.head()?;
    let (as_of, stamp) = sections.next(|bytes| Some((bytes.u64()?, bytes.array()?)))?;
    let columns = Columns {
        live: sections.next(bitmap)?,
        areas: sections.next(|bytes| named(bytes, bitmap))?,
        areas_undeclared: sections.next(|bytes| named(bytes, bitmap))?,
        issues: sections.next(|bytes| named(bytes, bitmap))?,
        issues_undeclared: sections.next(|bytes| named(bytes, bitmap))?,
        tags: sections.next(|bytes| named(bytes, bitmap))?,
        sources: sections.next(|bytes| named(bytes, bitmap))?,
        consents: sections.next(consents)?,
        joined: sections.next(numeric)?,
        numbers: sections.next(|bytes| named(bytes, numeric))?,
        dates: sections.next(|bytes| named(bytes, numeric))?,
        gifts: sections.next(|bytes| bytes.gifts().map(Gifts::from_blocks))?,
        attributes: sections.next(attributes)?,
    };
    if sections.left > 0 {
        return Err(IndexFileError::Damaged { section: sections.number });
    }
    Ok(Index { columns, as_of, stamp })
}

struct Sections<R> {
    file: R,
    left: u64,
    number: u8,
}

impl<R: Read> Sections<R> {
    fn head(&mut self) -> Result<(), IndexFileError> {
        let magic: [u8; 8] = self.array().map_err(|error| match error {
            IndexFileError::Torn { .. } => IndexFileError::NotAnIndex,
            other => other,
        })?;
        if magic != *MAGIC {
            return Err(IndexFileError::NotAnIndex);
        }
        let found = u32::from_le_bytes(self.array()?);
        if found == VERSION { Ok(()) } else { Err(IndexFileError::OtherVersion { found }) }
    }

    fn next<T>(&mut self, parse: impl FnOnce(&mut In<'_>) -> Option<T>) -> Result<T, IndexFileError> {
        self.number += 1;
        let damaged = IndexFileError::Damaged { section: self.number };
        let [number] = self.array()?;
        if number != self.number {
            return Err(damaged);
        }
        let length: [u8; 8] = self.array()?;
        let checksum = u32::from_le_bytes(self.array()?);
        let content = self.content(u64::from_le_bytes(length))?;
        let mut hash = crc32fast::Hasher::new();
        hash.update(&[number]);
        hash.update(&length);
        hash.update(&content);
        if hash.finalize() != checksum {
            return Err(damaged);
        }
        let mut bytes = In(&content);
        match parse(&mut bytes) {
            Some(value) if bytes.0.is_empty() => Ok(value),
            _ => Err(damaged),
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], IndexFileError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn content(&mut self, length: u64) -> Result<Vec<u8>, IndexFileError> {
        let torn = || IndexFileError::Torn { section: self.number };
        if length > self.left {
            return Err(torn());
        }
        let mut bytes = vec![0; usize::try_from(length).map_err(|_| torn())?];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), IndexFileError> {
        self.file.read_exact(bytes).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => IndexFileError::Torn { section: self.number },
            _ => error.into(),
        })?;
        self.left = self.left.saturating_sub(bytes.len() as u64);
        Ok(())
    }
}

fn bitmap(bytes: &mut In<'_>) -> Option<Bitmap> {
    bytes.bitmap()
}

fn numeric(bytes: &mut In<'_>) -> Option<Numeric> {
    bytes.numeric()
}

fn named<K: FromStr + Ord, T>(
    bytes: &mut In<'_>,
    value: impl Fn(&mut In<'_>) -> Option<T>,
) -> Option<BTreeMap<K, T>> {
    let length = bytes.length(1)?;
    (0..length).map(|_| Some((bytes.text()?.parse().ok()?, value(bytes)?))).collect()
}

fn attributes(bytes: &mut In<'_>) -> Option<Attributes> {
    Some(Attributes {
        money: named(bytes, numeric)?,
        texts: named(bytes, |bytes| {
            let pieces = bytes.length(1)?;
            (0..pieces).map(|_| numeric(bytes)).collect::<Option<Vec<_>>>().map(Text)
        })?,
        choices: pairs(bytes)?,
        several: pairs(bytes)?,
        several_declared: pairs(bytes)?,
        areas: pairs(bytes)?,
        declared: pairs(bytes)?,
    })
}

fn pairs<A: FromStr + Ord, B: FromStr + Ord>(bytes: &mut In<'_>) -> Option<BTreeMap<(A, B), Bitmap>> {
    let length = bytes.length(1)?;
    (0..length)
        .map(|_| Some(((bytes.text()?.parse().ok()?, bytes.text()?.parse().ok()?), bitmap(bytes)?)))
        .collect()
}

fn consents<P, C>(bytes: &mut In<'_>) -> Option<BTreeMap<(P, C), ConsentColumns>>
where
    P: FromStr + Ord,
    C: FromStr + Ord,
{
    let length = bytes.length(1)?;
    (0..length)
        .map(|_| {
            let key = (bytes.text()?.parse().ok()?, bytes.text()?.parse().ok()?);
            let mut columns = ConsentColumns::default();
            for set in columns.all_mut() {
                *set = bytes.bitmap()?;
            }
            Some((key, columns))
        })
        .collect()
}
