//! Where the made-up people live: real-looking divisions of one small state, and the table of postal codes.
//! Which postal code lies in which district is invented, and simpler than life: one code, one district.

use super::Tally;
use super::draw::pick_weighted;
use hustings_domain::chance::SeededRng;
use std::io::{self, Write};

/// The state of the story.
pub const STATE: &str = "ocd-division/country:us/state:vt";

/// What a person can declare to care about, as the charter of the story names it.
pub const ISSUES: [&str; 7] =
    ["health-care", "housing", "climate", "schools", "workers-rights", "voting-rights", "transit"];

/// The last steps of the twelve state-house districts in which people live.
pub const DISTRICTS: [&str; 12] = [
    "sldl:chittenden-13",
    "sldl:chittenden-14",
    "sldl:chittenden-15",
    "sldl:chittenden-21",
    "sldl:chittenden-9",
    "sldl:washington-4",
    "sldl:rutland-7",
    "sldl:windham-8",
    "sldl:franklin-3",
    "sldl:addison-1",
    "sldl:bennington-5",
    "sldl:orleans-4",
];

/// One postal code.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Postal {
    /// Five digits, the first a zero.
    pub(super) code: &'static str,
    /// The last step of the district.
    pub(super) district: &'static str,
    /// The last step of the city's division; empty outside the cities.
    pub(super) place: &'static str,
    /// The name on a letter.
    pub(super) city: &'static str,
}

const fn postal(
    code: &'static str,
    district: &'static str,
    place: &'static str,
    city: &'static str,
) -> Postal {
    Postal { code, district, place, city }
}

/// Every postal code, with its weight in the draw.
const POSTALS: [(u64, Postal); 23] = [
    (120, postal("05401", "sldl:chittenden-13", "place:burlington", "Burlington")),
    (95, postal("05408", "sldl:chittenden-14", "place:burlington", "Burlington")),
    (70, postal("05405", "sldl:chittenden-15", "place:burlington", "Burlington")),
    (85, postal("05404", "sldl:chittenden-21", "place:winooski", "Winooski")),
    (90, postal("05403", "sldl:chittenden-9", "place:south_burlington", "South Burlington")),
    (35, postal("05407", "sldl:chittenden-9", "place:south_burlington", "South Burlington")),
    (75, postal("05602", "sldl:washington-4", "place:montpelier", "Montpelier")),
    (30, postal("05641", "sldl:washington-4", "place:barre_city", "Barre")),
    (15, postal("05651", "sldl:washington-4", "", "East Montpelier")),
    (70, postal("05701", "sldl:rutland-7", "place:rutland_city", "Rutland")),
    (12, postal("05736", "sldl:rutland-7", "", "Center Rutland")),
    (55, postal("05301", "sldl:windham-8", "", "Brattleboro")),
    (14, postal("05303", "sldl:windham-8", "", "West Brattleboro")),
    (50, postal("05478", "sldl:franklin-3", "place:st_albans_city", "St. Albans")),
    (10, postal("05481", "sldl:franklin-3", "", "St. Albans Bay")),
    (48, postal("05753", "sldl:addison-1", "", "Middlebury")),
    (12, postal("05491", "sldl:addison-1", "", "Bristol")),
    (46, postal("05201", "sldl:bennington-5", "", "Bennington")),
    (10, postal("05257", "sldl:bennington-5", "", "North Bennington")),
    (40, postal("05855", "sldl:orleans-4", "place:newport_city", "Newport")),
    (18, postal("05857", "sldl:orleans-4", "", "Newport Center")),
    (16, postal("05829", "sldl:orleans-4", "", "Derby")),
    (14, postal("05822", "sldl:orleans-4", "", "Barton")),
];

pub(super) fn draw_postal(rng: &mut SeededRng) -> Postal {
    pick_weighted(rng, &POSTALS)
}

/// Writes the owner's table from postal code to divisions: clean, comma separated.
pub(super) fn write(out: &mut impl Write) -> io::Result<Tally> {
    writeln!(out, "postal_code,state,sldl,place")?;
    let mut tally = Tally::default();
    for (_, Postal { code, district, place, .. }) in POSTALS {
        let place = if place.is_empty() { String::new() } else { format!("{STATE}/{place}") };
        writeln!(out, "{code},{STATE},{STATE}/{district},{place}")?;
        tally.rows += 1;
    }
    Ok(tally)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hustings_domain::area::AreaId;
    use hustings_domain::words::Slug;
    use std::collections::BTreeSet;

    #[test]
    fn the_places_are_areas_and_the_issues_are_slugs() {
        let mut codes = BTreeSet::new();
        let mut cities = BTreeSet::new();
        for (_, postal) in POSTALS {
            assert!(codes.insert(postal.code), "{} twice", postal.code);
            assert!(DISTRICTS.contains(&postal.district));
            assert!(format!("{STATE}/{}", postal.district).parse::<AreaId>().is_ok());
            if !postal.place.is_empty() {
                assert!(format!("{STATE}/{}", postal.place).parse::<AreaId>().is_ok());
                cities.insert(postal.place);
            }
        }
        assert_eq!(cities.len(), 8);
        assert_eq!(POSTALS.iter().map(|(_, p)| p.district).collect::<BTreeSet<_>>().len(), DISTRICTS.len());
        assert!(ISSUES.iter().all(|issue| issue.parse::<Slug>().is_ok()));
    }
}
