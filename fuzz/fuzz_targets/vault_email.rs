//! An address from a cell: parsing twice changes nothing, and what is kept has the shape that mail needs.
#![no_main]

use hustings_vault::EmailAddress;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(address) = EmailAddress::parse(text) else { return };
    let kept = address.reveal();
    assert!(kept.len() <= 254, "{kept:?} is too long");
    let (local, domain) = kept.split_once('@').expect("an address has an `@`");
    assert!(!local.is_empty() && local.len() <= 64, "{kept:?}");
    assert!(!kept.contains(|c: char| c.is_control() || c.is_whitespace() || "<>,;".contains(c)), "{kept:?}");
    assert!(domain.is_ascii() && domain.contains('.') && domain == address.domain(), "{kept:?}");
    assert_eq!(EmailAddress::parse(kept).as_ref(), Ok(&address), "{kept:?} reads otherwise");
    assert!(!format!("{address:?}").contains('@'), "shown in `Debug`");
});
