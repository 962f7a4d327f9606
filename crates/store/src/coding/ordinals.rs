//! A list of people as bytes: each position as its distance from the one before, seven bits a byte, the last byte of
//! each below 128.

use crate::error::{StoreError, StoreResult};
use hustings_domain::ids::Ordinal;

/// Writes positions down, in ascending order and each once.
pub(crate) fn write(people: &[Ordinal]) -> Vec<u8> {
    let mut sorted: Vec<u32> = people.iter().map(|person| person.0).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let (mut bytes, mut last) = (Vec::with_capacity(sorted.len() * 2), 0);
    for person in sorted {
        let mut distance = person - last;
        last = person;
        while distance >= 0x80 {
            bytes.push(u8::try_from(distance & 0x7f).unwrap_or_default() | 0x80);
            distance >>= 7;
        }
        bytes.push(u8::try_from(distance).unwrap_or_default());
    }
    bytes
}

/// Reads them back.
pub(crate) fn read(bytes: &[u8]) -> StoreResult<Vec<Ordinal>> {
    let damaged = || StoreError::Damaged("a kept list of people cannot be read".to_owned());
    let (mut people, mut last, mut distance, mut shift) = (Vec::new(), 0_u32, 0_u32, 0_u32);
    for byte in bytes {
        let bits = u32::from(byte & 0x7f);
        if shift > 28 || (shift == 28 && bits > 0x0f) {
            return Err(damaged());
        }
        distance |= bits << shift;
        if byte & 0x80 != 0 {
            shift += 7;
            continue;
        }
        last = last.checked_add(distance).ok_or_else(damaged)?;
        people.push(Ordinal(last));
        (distance, shift) = (0, 0);
    }
    if shift == 0 { Ok(people) } else { Err(damaged()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_back_in_order() {
        let people: Vec<Ordinal> = [0, 1, 127, 128, 70_000, u32::MAX].map(Ordinal).to_vec();
        assert_eq!(read(&write(&people)).unwrap(), people);
        assert_eq!(read(&write(&[Ordinal(9), Ordinal(3), Ordinal(9)])).unwrap(), [Ordinal(3), Ordinal(9)]);
        assert_eq!(read(&[]).unwrap(), []);
    }

    #[test]
    fn damage_is_found() {
        for bytes in [&[0x80][..], &[0xff, 0xff, 0xff, 0xff, 0x7f], &[0xff, 0xff, 0xff, 0xff, 0x0f, 1]] {
            assert!(read(bytes).is_err(), "{bytes:?}");
        }
    }
}
