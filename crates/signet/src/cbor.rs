//! As much of CBOR (RFC 8949) as authenticators write: definite lengths, whole numbers, texts, bytes, arrays, maps,
//! true, false and null. Anything else, anything deep or long, and any second spelling of a value is refused.

/// A value; nothing is copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    Number(i64),
    Bytes(&'a [u8]),
    Text(&'a str),
    Array(Vec<Value<'a>>),
    /// In the order of the bytes; no key stands twice.
    Map(Vec<(Value<'a>, Value<'a>)>),
    Bool(bool),
    Null,
}

/// Why bytes are not CBOR as it is read here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CborError {
    #[error("it ends too early")]
    Short,
    #[error("it holds more than 64 values, or lies more than 4 deep")]
    Large,
    #[error("it holds what no authenticator writes")]
    Strange,
}

const MOST_VALUES: usize = 64;
const DEEPEST: usize = 4;

/// Reads one value from the front of `bytes`; returns it and the rest.
pub(crate) fn read(bytes: &[u8]) -> Result<(Value<'_>, &[u8]), CborError> {
    let mut reader = Reader { rest: bytes, left: MOST_VALUES };
    let value = reader.value(0)?;
    Ok((value, reader.rest))
}

/// Reads one value that is all of `bytes`.
pub(crate) fn read_all(bytes: &[u8]) -> Result<Value<'_>, CborError> {
    match read(bytes)? {
        (value, []) => Ok(value),
        _ => Err(CborError::Strange),
    }
}

impl<'a> Value<'a> {
    /// What stands under a text in a map.
    pub(crate) fn named(&self, name: &str) -> Option<&Self> {
        self.at(&Value::Text(name))
    }

    /// What stands under a number in a map.
    pub(crate) fn numbered(&self, number: i64) -> Option<&Self> {
        self.at(&Value::Number(number))
    }

    fn at(&self, wanted: &Value<'_>) -> Option<&Self> {
        let Self::Map(pairs) = self else { return None };
        pairs.iter().find(|(key, _)| key == wanted).map(|(_, value)| value)
    }

    pub(crate) fn bytes(&self) -> Option<&'a [u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }

    pub(crate) fn number(&self) -> Option<i64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    left: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], CborError> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(CborError::Short)?;
        self.rest = rest;
        Ok(taken)
    }

    fn value(&mut self, depth: usize) -> Result<Value<'a>, CborError> {
        self.left = self.left.checked_sub(1).ok_or(CborError::Large)?;
        if depth > DEEPEST {
            return Err(CborError::Large);
        }
        let (first, rest) = self.rest.split_first().ok_or(CborError::Short)?;
        self.rest = rest;
        let (major, low) = (first >> 5, first & 0x1f);
        if major == 7 {
            return match low {
                20 => Ok(Value::Bool(false)),
                21 => Ok(Value::Bool(true)),
                22 => Ok(Value::Null),
                _ => Err(CborError::Strange),
            };
        }
        let argument = self.argument(low)?;
        match major {
            0 => i64::try_from(argument).map(Value::Number).map_err(|_| CborError::Strange),
            1 => i64::try_from(argument).map(|n| Value::Number(-1 - n)).map_err(|_| CborError::Strange),
            2 => self.run(argument).map(Value::Bytes),
            3 => std::str::from_utf8(self.run(argument)?).map(Value::Text).map_err(|_| CborError::Strange),
            4 => {
                let count = self.count(argument)?;
                (0..count).map(|_| self.value(depth + 1)).collect::<Result<_, _>>().map(Value::Array)
            }
            5 => self.map(argument, depth),
            _ => Err(CborError::Strange),
        }
    }

    fn map(&mut self, argument: u64, depth: usize) -> Result<Value<'a>, CborError> {
        let mut pairs: Vec<(Value<'a>, Value<'a>)> = Vec::new();
        for _ in 0..self.count(argument)? {
            let key = self.value(depth + 1)?;
            let value = self.value(depth + 1)?;
            if !matches!(key, Value::Number(_) | Value::Text(_))
                || pairs.iter().any(|(known, _)| *known == key)
            {
                return Err(CborError::Strange);
            }
            pairs.push((key, value));
        }
        Ok(Value::Map(pairs))
    }

    /// The number that goes with a first byte, in its shortest spelling.
    fn argument(&mut self, low: u8) -> Result<u64, CborError> {
        let (width, least) = match low {
            0..=23 => return Ok(u64::from(low)),
            24 => (1, 24),
            25 => (2, 1 << 8),
            26 => (4, 1 << 16),
            27 => (8, 1 << 32),
            _ => return Err(CborError::Strange),
        };
        let number = self.take(width)?.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        if number < least { Err(CborError::Strange) } else { Ok(number) }
    }

    fn run(&mut self, length: u64) -> Result<&'a [u8], CborError> {
        self.take(usize::try_from(length).map_err(|_| CborError::Short)?)
    }

    fn count(&self, count: u64) -> Result<usize, CborError> {
        let count = usize::try_from(count).map_err(|_| CborError::Large)?;
        if count > self.left { Err(CborError::Large) } else { Ok(count) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap()
    }

    // RFC 8949, appendix A.
    #[test]
    fn the_rfcs_examples_read() {
        let number = |text: &str| read_all(&hex(text)).map(|value| value.number().unwrap());
        assert_eq!(number("00"), Ok(0));
        assert_eq!(number("1818"), Ok(24));
        assert_eq!(number("1903e8"), Ok(1000));
        assert_eq!(number("1b000000e8d4a51000"), Ok(1_000_000_000_000));
        assert_eq!(number("3903e7"), Ok(-1000));
        assert_eq!(read_all(&hex("6449455446")), Ok(Value::Text("IETF")));
        assert_eq!(read_all(&hex("4401020304")), Ok(Value::Bytes(&[1, 2, 3, 4])));
        let bytes = hex("a26161016162820203");
        let map = read_all(&bytes).unwrap();
        assert_eq!(map.named("a"), Some(&Value::Number(1)));
        assert_eq!(map.named("b"), Some(&Value::Array(vec![Value::Number(2), Value::Number(3)])));
        assert_eq!(read_all(&hex("f5")), Ok(Value::Bool(true)));
    }

    #[test]
    fn what_no_authenticator_writes_is_refused() {
        let strange = [
            "1800",
            "190017",
            "1bffffffffffffffff",
            "fb3ff199999999999a",
            "5f4101ff",
            "c001",
            "a2010001",
            "61ff",
        ];
        for text in strange {
            assert!(read_all(&hex(text)).is_err(), "{text}");
        }
        assert_eq!(read_all(&hex("a201000100")), Err(CborError::Strange), "a key twice");
        assert_eq!(read_all(&hex("0000")), Err(CborError::Strange), "something follows");
        assert_eq!(read_all(&hex("818181818181")), Err(CborError::Large));
        assert_eq!(
            read_all(&hex("9affffffff")),
            Err(CborError::Large),
            "no room is taken on a length's word"
        );
        assert_eq!(read_all(&hex("5affffffff")), Err(CborError::Short));
    }
}
