//! Facts as a few bytes each: kind and origin, then numbers of seven bits a byte (LEB128), names as words.

use crate::engine::{Db, Engine};
use crate::error::{StoreError, StoreResult};
use hustings_domain::attribute::AttributeText;
use hustings_domain::facts::{Fact, FactValue, Origin};
use hustings_domain::money::Cents;
use jiff::civil::Date;

const ORIGINS: [Origin; 4] = [Origin::SelfGiven, Origin::Imported, Origin::VoterFile, Origin::Inferred];

fn damaged() -> StoreError {
    StoreError::Damaged("a person's facts cannot be read".to_owned())
}

/// A day as yyyymmdd.
pub(crate) fn day_number(day: Date) -> i64 {
    i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day())
}

/// A day from yyyymmdd.
pub(crate) fn day(number: i64) -> StoreResult<Date> {
    let (year, rest) = (number.div_euclid(10_000), number.rem_euclid(10_000));
    let part = |number: i64| i8::try_from(number).ok();
    i16::try_from(year)
        .ok()
        .zip(part(rest / 100).zip(part(rest % 100)))
        .and_then(|(year, (month, day))| Date::new(year, month, day).ok())
        .ok_or_else(|| StoreError::Damaged("a day is out of range".to_owned()))
}

/// Writes a number, seven bits a byte.
pub(crate) fn put(mut number: u64, out: &mut Vec<u8>) {
    loop {
        let low = u8::try_from(number & 0x7f).unwrap_or(0);
        number >>= 7;
        if number == 0 {
            return out.push(low);
        }
        out.push(low | 0x80);
    }
}

/// Reads a number off the front.
pub(crate) fn take(bytes: &mut &[u8]) -> StoreResult<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first().ok_or_else(damaged)?;
        *bytes = rest;
        let low = u64::from(byte & 0x7f);
        if shift == 63 && low > 1 {
            break;
        }
        number |= low << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(damaged())
}

/// Signed numbers so that small ones of either sign are short.
pub(crate) fn fold(number: i64) -> u64 {
    (number.cast_unsigned() << 1) ^ (number >> 63).cast_unsigned()
}

/// What was folded.
pub(crate) fn unfold(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

/// Writes a person's facts to `out`.
pub(crate) fn pack<E: Engine>(db: &mut Db<'_, E>, facts: &[Fact], out: &mut Vec<u8>) -> StoreResult<()> {
    for fact in facts {
        let (kind, name, rest) = match &fact.value {
            FactValue::Area(area) => (0, area.as_str(), Rest::Nothing),
            FactValue::Issue(issue) => (1, issue.as_str(), Rest::Nothing),
            FactValue::Tag(tag) => (2, tag.as_str(), Rest::Nothing),
            FactValue::Number(name, number) => (3, name.as_str(), Rest::Number(*number)),
            FactValue::Date(name, day) => (4, name.as_str(), Rest::Number(day_number(*day))),
            FactValue::Text(name, text) => (5, name.as_str(), Rest::Text(text.as_str())),
            FactValue::Money(name, cents) => (6, name.as_str(), Rest::Number(cents.0)),
            FactValue::Choice(name, choice) => (7, name.as_str(), Rest::Word(choice.as_str())),
            FactValue::Choices(name, choice) => (8, name.as_str(), Rest::Word(choice.as_str())),
            FactValue::NamedArea(name, area) => (9, name.as_str(), Rest::Word(area.as_str())),
        };
        let origin = match fact.origin {
            Origin::SelfGiven => 0,
            Origin::Imported => 1,
            Origin::VoterFile => 2,
            Origin::Inferred => 3,
        };
        out.push(kind << 2 | origin);
        put(u64::from(db.words.id(db.connection, name)?), out);
        put(u64::from(fact.source), out);
        match rest {
            Rest::Nothing => {}
            Rest::Number(number) => put(fold(number), out),
            Rest::Word(word) => put(u64::from(db.words.id(db.connection, word)?), out),
            // Few people have the same text: it stands with the person and goes with them.
            Rest::Text(text) => {
                put(u64::try_from(text.len()).unwrap_or(0), out);
                out.extend_from_slice(text.as_bytes());
            }
        }
    }
    Ok(())
}

/// What follows a fact's name and source.
enum Rest<'a> {
    Nothing,
    Number(i64),
    Word(&'a str),
    Text(&'a str),
}

fn take_word(bytes: &mut &[u8]) -> StoreResult<u32> {
    u32::try_from(take(bytes)?).map_err(|_| damaged())
}

fn take_text(bytes: &mut &[u8]) -> StoreResult<AttributeText> {
    let length = usize::try_from(take(bytes)?).map_err(|_| damaged())?;
    let (text, rest) = bytes.split_at_checked(length).ok_or_else(damaged)?;
    *bytes = rest;
    std::str::from_utf8(text).ok().and_then(AttributeText::parse).ok_or_else(damaged)
}

/// Reads a person's facts.
pub(crate) fn unpack<E: Engine>(db: &mut Db<'_, E>, mut bytes: &[u8]) -> StoreResult<Vec<Fact>> {
    let mut facts = Vec::new();
    while let Some((head, rest)) = bytes.split_first() {
        bytes = rest;
        let origin = *ORIGINS.get(usize::from(head & 3)).ok_or_else(damaged)?;
        let word = u32::try_from(take(&mut bytes)?).map_err(|_| damaged())?;
        let source = u32::try_from(take(&mut bytes)?).map_err(|_| damaged())?;
        let value = match head >> 2 {
            0 => FactValue::Area(db.words.area(db.connection, word)?),
            1 => FactValue::Issue(db.words.slug(db.connection, word)?),
            2 => FactValue::Tag(db.words.slug(db.connection, word)?),
            3 => FactValue::Number(db.words.slug(db.connection, word)?, unfold(take(&mut bytes)?)),
            4 => FactValue::Date(db.words.slug(db.connection, word)?, day(unfold(take(&mut bytes)?))?),
            5 => FactValue::Text(db.words.slug(db.connection, word)?, take_text(&mut bytes)?),
            6 => FactValue::Money(db.words.slug(db.connection, word)?, Cents(unfold(take(&mut bytes)?))),
            kind @ (7 | 8) => {
                let name = db.words.slug(db.connection, word)?;
                let choice = db.words.slug(db.connection, take_word(&mut bytes)?)?;
                if kind == 7 { FactValue::Choice(name, choice) } else { FactValue::Choices(name, choice) }
            }
            9 => {
                let name = db.words.slug(db.connection, word)?;
                FactValue::NamedArea(name, db.words.area(db.connection, take_word(&mut bytes)?)?)
            }
            _ => return Err(damaged()),
        };
        facts.push(Fact { value, origin, source });
    }
    Ok(facts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_read_back(number in any::<i64>()) {
            let mut bytes = Vec::new();
            put(fold(number), &mut bytes);
            let mut rest = bytes.as_slice();
            prop_assert_eq!(unfold(take(&mut rest).unwrap()), number);
            prop_assert!(rest.is_empty());
        }

        #[test]
        fn days_read_back(year in -9999_i16..=9999, month in 1_i8..=12, of_month in 1_i8..=28) {
            let date = Date::new(year, month, of_month).unwrap();
            prop_assert_eq!(day(day_number(date)).unwrap(), date);
        }

        #[test]
        fn garbage_is_refused_or_read_and_never_breaks(bytes in proptest::collection::vec(any::<u8>(), 0..24)) {
            let mut rest = bytes.as_slice();
            if take(&mut rest).is_ok() {
                prop_assert!(rest.len() < bytes.len());
            }
        }
    }

    #[test]
    fn a_number_of_more_than_64_bits_is_damage() {
        assert!(take(&mut [0xff; 10].as_slice()).is_err());
        assert!(take(&mut [0x80; 3].as_slice()).is_err());
        assert!(day(20_251_399).is_err());
    }
}
