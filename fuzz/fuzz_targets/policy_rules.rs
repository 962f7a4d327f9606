//! A charter with rules in Cedar: every refusal names a line that is there, and what is read decides without breaking,
//! says why in words, and hands the records over to nobody.
#![no_main]

use hustings_domain::borrower::BorrowerKind;
use hustings_domain::chance::SeededRng;
use hustings_domain::ids::BorrowerId;
use hustings_domain::loan::Ask;
use hustings_policy::{Asker, Case, Rules, Wanted};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

fn case(kind: BorrowerKind, ask: Ask, records: bool) -> Case {
    let area = "ocd-division/country:us/state:vt/sldl:4".parse().expect("an area");
    Case {
        now: Timestamp::UNIX_EPOCH,
        asker: Asker {
            id: BorrowerId::new(Timestamp::UNIX_EPOCH, &mut SeededRng::new(1)),
            kind,
            office: "o".to_owned(),
            area,
            good_standing: true,
            standing_words: None,
            positions: Vec::new(),
            sourced: Vec::new(),
            registered: Timestamp::UNIX_EPOCH,
            election: None,
            open_loans: 0,
            open_erasures: 0,
        },
        wanted: Wanted {
            records,
            area: Some("ocd-division/country:us/state:vt".parse().expect("an area")),
            ask,
            issues: Vec::new(),
            people: Some(7),
            fields: Vec::new(),
            opens: Timestamp::UNIX_EPOCH,
            closes: Timestamp::UNIX_EPOCH,
        },
    }
}

fuzz_target!(|text: &str| match Rules::from_toml(text) {
    Err(problems) => {
        assert!(!problems.is_empty(), "refused for no reason");
        let lines = text.split('\n').count();
        for problem in problems {
            assert!((1..=lines).contains(&problem.line), "{problem} of {lines} lines");
            assert!(!problem.what.is_empty() && !problem.allowed.is_empty(), "{problem}");
        }
    }
    Ok((_, rules)) => {
        for kind in BorrowerKind::ALL {
            for ask in Ask::ALL {
                assert!(!rules.decide(&case(kind, ask, true)).allows());
                for check in rules.decide(&case(kind, ask, false)).checks {
                    assert!(!check.rule.is_empty());
                    assert_eq!(check.passed, check.instead.is_none());
                }
            }
        }
    }
});
