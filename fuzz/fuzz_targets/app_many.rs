//! A file of many requests, any text: refused whole with a reason, or read row by row, each a request or why it is none;
//! and the same text comes to the same.
#![no_main]

use hustings_app::Kind;
use hustings_app::lend::{FilingKey, MOST_ROWS, ManyFile};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // What the rows share stands before the file.
    let Ok(given) = std::str::from_utf8(bytes) else { return };
    let (shared, text) = given.split_once("\n----\n").unwrap_or(("", given));
    match ManyFile::parse(text, shared) {
        Ok(file) => {
            assert!(!file.rows.is_empty() && file.rows.len() <= MOST_ROWS, "{}", file.rows.len());
            let again = ManyFile::parse(text, shared).expect("it was read before");
            assert_eq!(again.unused, file.unused);
            for (row, other) in file.rows.iter().zip(&again.rows) {
                assert!(row.line > 0, "{row:?}");
                assert_eq!(row.line, other.line);
                match (&row.request, &other.request) {
                    (Ok(one), Ok(two)) => {
                        // No tag of a candidate is left to go out as it stands.
                        for part in [&one.appeal.subject, &one.appeal.body, &one.appeal.paid_for_by] {
                            assert!(!part.contains("{{ candidate."), "{part}");
                        }
                        assert_eq!(FilingKey::of_content(one), FilingKey::of_content(two));
                    }
                    (Err(one), Err(two)) => {
                        assert!(!one.is_empty(), "refused for no reason");
                        assert_eq!(one, two);
                    }
                    _ => panic!("read differently the second time: {row:?}"),
                }
            }
        }
        Err(refusal) => {
            assert_eq!(refusal.kind, Kind::Invalid, "{refusal:?}");
            assert!(!refusal.causes.is_empty(), "refused for no reason");
        }
    }
});
