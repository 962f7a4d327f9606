//! Places, short names and hashes as text: one spelling each, and the parents of a place are places.
#![no_main]

use hustings_domain::area::AreaId;
use hustings_domain::canonical::ContentHash;
use hustings_domain::words::Slug;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match text.parse::<AreaId>() {
        Ok(area) => {
            assert_eq!(area.as_str(), text);
            assert!(text.len() <= 200 && area.contains(&area) && !area.label().is_empty());
            let parents = area.with_parents();
            assert_eq!(parents.last(), Some(&area));
            for pair in parents.windows(2) {
                assert!(pair[0].contains(&pair[1]) && !pair[1].contains(&pair[0]), "{text}");
            }
            for parent in &parents {
                assert_eq!(parent.as_str().parse::<AreaId>().as_ref(), Ok(parent));
            }
        }
        Err(error) => assert!(error.0.chars().count() <= 120, "an error repeats the whole text"),
    }
    if let Ok(name) = text.parse::<Slug>() {
        assert_eq!(Slug::from_free_text(text), Some(name));
    }
    if let Some(name) = Slug::from_free_text(text) {
        assert_eq!(name.as_str().parse().as_ref(), Ok(&name));
    }
    if let Some(hash) = ContentHash::parse(text) {
        assert_eq!(hash.to_string(), text.to_ascii_lowercase());
    }
});
