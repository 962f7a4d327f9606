//! Entry bundles: entries one after the other, each after its length in two bytes, big end first.

use super::{MAX_ENTRY_BYTES, TileError};
use std::ops::Range;

/// A bundle's bytes.
pub fn encode_entries<E: AsRef<[u8]>>(entries: &[E]) -> Result<Vec<u8>, TileError> {
    let mut bytes = Vec::new();
    for (position, entry) in (0..).zip(entries) {
        let entry = entry.as_ref();
        let too_long = |_| TileError::EntryTooLong { position, bytes: entry.len() };
        bytes.extend(u16::try_from(entry.len()).map_err(too_long)?.to_be_bytes());
        bytes.extend(entry);
    }
    Ok(bytes)
}

/// The entries of a bundle, taken out one by one; holds no copy.
#[derive(Debug, Clone)]
pub struct Entries<'a> {
    bytes: &'a [u8],
    at: usize,
    position: u64,
    left: u16,
}

/// An entry and where it lies in its bundle, length included.
pub type PlacedEntry<'a> = (Range<usize>, &'a [u8]);

impl<'a> Entries<'a> {
    /// Reads `width` entries; `bytes` may be longer.
    pub fn new(bytes: &'a [u8], width: u16) -> Self {
        Self { bytes, at: 0, position: 0, left: width }
    }

    /// Byte position after the entries taken so far.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Checks that nothing follows the last entry.
    pub fn finish(&self) -> Result<(), TileError> {
        match self.bytes.len().saturating_sub(self.at) {
            0 => Ok(()),
            count => Err(TileError::Extra { byte: self.at, count }),
        }
    }

    fn take(&mut self) -> Option<PlacedEntry<'a>> {
        let (length, rest) = self.bytes.get(self.at..)?.split_first_chunk()?;
        let length = usize::from(u16::from_be_bytes(*length));
        let entry = rest.get(..length)?;
        let place = self.at..self.at + 2 + length;
        self.at = place.end;
        Some((place, entry))
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Result<PlacedEntry<'a>, TileError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let (position, byte) = (self.position, self.at);
        self.position += 1;
        let taken = self.take().ok_or(TileError::Short { position, byte });
        if taken.is_err() {
            self.left = 0;
        }
        Some(taken)
    }
}

const _: () = assert!(MAX_ENTRY_BYTES == 65_535, "lengths are written in two bytes");

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: &[u8], width: u16) -> Result<Vec<Vec<u8>>, TileError> {
        let mut entries = Entries::new(bytes, width);
        let read =
            entries.by_ref().map(|entry| entry.map(|(_, bytes)| bytes.to_vec())).collect::<Result<_, _>>()?;
        entries.finish()?;
        Ok(read)
    }

    #[test]
    fn damage_is_placed() {
        let bytes = encode_entries(&["ab", "", "cde"]).unwrap();
        assert_eq!(bytes, b"\0\x02ab\0\0\0\x03cde");
        assert_eq!(read(&bytes[..10], 3), Err(TileError::Short { position: 2, byte: 6 }));
        assert_eq!(read(&bytes, 4), Err(TileError::Short { position: 3, byte: 11 }));
        assert_eq!(read(&bytes, 2), Err(TileError::Extra { byte: 6, count: 5 }));
        let long = [vec![0; MAX_ENTRY_BYTES + 1]];
        assert_eq!(encode_entries(&long), Err(TileError::EntryTooLong { position: 0, bytes: 65_536 }));
    }

    proptest! {
        #[test]
        fn bundles_read_back(entries in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..20)) {
            let bytes = encode_entries(&entries).unwrap();
            prop_assert_eq!(read(&bytes, u16::try_from(entries.len()).unwrap()), Ok(entries));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200), width in 0u16..300) {
            let Ok(entries) = read(&bytes, width) else { return Ok(()) };
            prop_assert_eq!(encode_entries(&entries).unwrap(), bytes);
        }
    }
}
