//! A number from a cell: digits only, and the kept spelling means the same in every region.
#![no_main]

use hustings_vault::{Phone, Region};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for region in [Region::NorthAmerica, Region::International] {
        let Ok(phone) = Phone::parse(text, region) else { continue };
        let digits = phone.reveal().strip_prefix('+').expect("a kept number starts with `+`");
        assert!((8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()), "{digits:?}");
        for again in [Region::NorthAmerica, Region::International] {
            assert_eq!(
                Phone::parse(phone.reveal(), again).as_ref(),
                Ok(&phone),
                "{digits:?} reads otherwise"
            );
        }
    }
});
