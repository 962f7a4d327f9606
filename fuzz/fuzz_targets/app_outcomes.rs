//! A file of outcomes, any bytes: refused with a reason that repeats nothing of it, or every row accounted for with its
//! line; and what a row says can be said again.
#![no_main]

use hustings_app::after::{MOST_OUTCOME_ROWS, read_outcomes};
use hustings_domain::outcome::{OutcomeKind, RowReference};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| match read_outcomes(bytes) {
    Ok(rows) => {
        assert!(rows.len() <= MOST_OUTCOME_ROWS);
        assert!(rows.is_sorted_by(|one, other| one.line <= other.line));
        for row in rows {
            match row.said {
                Ok((reference, outcome)) => {
                    assert!(reference.row > 0 && reference.copy.0 > 0);
                    assert_eq!(reference.to_string().parse::<RowReference>(), Ok(reference));
                    assert!(
                        outcome.amount.is_none_or(|amount| amount.0 > 0 && outcome.kind == OutcomeKind::Gave)
                    );
                }
                Err(reason) => assert!(!reason.words().is_empty()),
            }
        }
    }
    Err(refusal) => {
        assert_eq!(refusal.kind, hustings_app::Kind::Invalid, "{refusal:?}");
        assert!(refusal.message.is_ascii(), "the file is not repeated: {refusal:?}");
    }
});
