//! A jurisdiction profile in TOML: every refusal names a line that is there; what is read decides on every borrower
//! and is written with the same meaning.
#![no_main]

use hustings_domain::borrower::BorrowerKind;
use hustings_domain::jurisdiction::{Judged, Jurisdiction, Profile, missing_disclaimers, rule_for};
use hustings_domain::loan::Appeal;
use hustings_domain::money::Cents;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| match Profile::from_toml(text) {
    Err(problem) => {
        let lines = text.split('\n').count();
        assert!((1..=lines).contains(&problem.line), "{problem} of {lines} lines");
        assert!(!problem.what.is_empty() && !problem.allowed.is_empty(), "{problem}");
    }
    Ok(profile) => {
        let written = toml::to_string(&profile).expect("a profile can be written");
        assert_eq!(Profile::from_toml(&written).as_ref(), Ok(&profile), "{written}");
        let appeal =
            Appeal { subject: String::new(), body: String::new(), paid_for_by: text.chars().take(80).collect() };
        assert!(missing_disclaimers(&profile, &appeal, 0).is_empty(), "no message needs a disclaimer");
        missing_disclaimers(&profile, &appeal, u32::MAX);
        for lender in profile.lenders.iter().cloned().map(Some).chain([None]) {
            let section = Jurisdiction { lender, ..Jurisdiction::default() };
            for kind in BorrowerKind::ALL {
                let rule = rule_for(&profile, &section, kind).expect("the last rule is for everybody");
                for lent in [Cents(0), Cents(1), Cents(i64::MAX)] {
                    assert!(!Judged::of(rule, lent).words().is_empty());
                }
            }
        }
    }
});
