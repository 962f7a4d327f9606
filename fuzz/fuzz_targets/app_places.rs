//! Files of places, any bytes: a register of divisions and a table of postal codes. Refused with a reason, or every row
//! accounted for with its line; what a row says can be said again.
#![no_main]

use hustings_app::people::places::{MAX_LINE, read_divisions, read_postcodes};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut before = 1;
    let mut in_order = |line: u64, text: &str| {
        assert!(line > before && text.len() <= MAX_LINE, "line {line} after {before}");
        before = line;
    };
    let read = read_divisions(bytes, |(line, text, row)| {
        in_order(line, text);
        match row {
            Ok(division) => {
                assert!(!division.name.is_empty() && !division.name.contains(char::is_control));
                assert!(division.same_as.as_ref() != Some(&division.id));
                assert!(division.valid_from.zip(division.valid_through).is_none_or(|(from, through)| from <= through));
                assert_eq!(division.id.as_str().parse().as_ref(), Ok(&division.id));
            }
            Err(reason) => assert!(!reason.words().is_empty()),
        }
        Ok(())
    });
    if let Err(refusal) = read {
        assert_ne!(refusal.kind, hustings_app::Kind::Internal, "{refusal:?}");
    }
    let mut before = 1;
    let read = read_postcodes(bytes, |(line, _, row)| {
        assert!(line > before);
        before = line;
        if let Ok(place) = row {
            assert!(place.country.len() == 2 && !place.code.is_empty());
            assert!(place.share.is_none_or(|share| share <= 1000));
        }
        Ok(())
    });
    if let Err(refusal) = read {
        assert_ne!(refusal.kind, hustings_app::Kind::Internal, "{refusal:?}");
    }
});
