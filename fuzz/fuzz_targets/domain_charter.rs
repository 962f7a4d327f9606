//! A charter in TOML: every refusal names a line that is there, and what is read is written with the same meaning.
#![no_main]

use hustings_domain::charter::Charter;
use hustings_domain::loan::Ask;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match Charter::from_toml(text) {
        Err(problems) => {
            assert!(!problems.is_empty(), "refused for no reason");
            let lines = text.split('\n').count();
            for problem in problems {
                assert!((1..=lines).contains(&problem.line), "{problem} of {lines} lines");
                assert!(!problem.what.is_empty() && !problem.allowed.is_empty(), "{problem}");
            }
        }
        Ok(charter) => {
            let written = toml::to_string(&charter).expect("a charter can be written");
            assert_eq!(Charter::from_toml(&written).as_ref(), Ok(&charter), "{written}");
            for rule in &charter.lending {
                assert!(rule.asks.iter().all(|ask| charter.purpose_of(*ask).is_some()), "{rule:?}");
                assert_eq!(charter.rule_for(rule.borrower), Some(rule));
            }
            for ask in Ask::ALL {
                assert!(charter.purposes.iter().filter(|purpose| purpose.asks.contains(&ask)).count() <= 1);
            }
            charter.in_kind_value(u64::from(u32::MAX), u32::MAX, u64::from(u32::MAX));
        }
    }
});
