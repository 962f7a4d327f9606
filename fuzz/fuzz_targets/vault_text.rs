//! Names, streets, towns and postal codes from cells: bounded, free of control characters, stable.
#![no_main]

use hustings_vault::{City, PersonName, PostalCode, Street};
use libfuzzer_sys::fuzz_target;

fn check(kept: &str, most_chars: usize, again: Option<&str>) {
    assert!((1..=most_chars).contains(&kept.chars().count()), "{kept:?}");
    assert!(!kept.contains(char::is_control) && kept.trim() == kept && !kept.contains("  "), "{kept:?}");
    assert_eq!(again, Some(kept), "reads otherwise");
}

fuzz_target!(|text: &str| {
    if let Ok(name) = PersonName::parse(text) {
        check(name.reveal(), 200, PersonName::parse(name.reveal()).ok().as_ref().map(PersonName::reveal));
        assert!(Street::parse(text).is_ok() && City::parse(text).is_ok(), "one rule for all three");
    }
    if let Ok(code) = PostalCode::parse(text) {
        check(code.reveal(), 32, PostalCode::parse(code.reveal()).ok().as_ref().map(PostalCode::reveal));
        assert!(!code.reveal().contains(|c: char| c.is_ascii_lowercase()));
    }
});
