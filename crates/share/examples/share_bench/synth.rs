//! Made-up sharings at any size.

use hustings_domain::chance::{Rng as _, SeededRng};
use hustings_share::{Contender, People, Problem, Room};

/// A cheap draw for each person and each of several things.
fn draw(person: u32, what: u64) -> u64 {
    let mut value = (u64::from(person) << 32 | what).wrapping_add(0x9e37_79b9_7f4a_7c15);
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// Half have not been addressed of late, a third once, the rest twice; one in four was asked for money.
fn rooms(people: u32) -> Vec<Room> {
    let room = |person| {
        let appeals = match draw(person, 1) % 6 {
            0..3 => 2,
            3..5 => 1,
            _ => 0,
        };
        Room { appeals, money: u8::from(!draw(person, 2).is_multiple_of(4)) }
    };
    (0..people).map(room).collect()
}

/// Of eight issues the first is declared by most, the last by few; everybody declares at least one.
fn issues(people: u32) -> Vec<u64> {
    let declared = |person| {
        let drawn = (0..8).filter(|issue| draw(person, 10 + issue).is_multiple_of(2 + issue));
        drawn.fold(1 << (draw(person, 30) % 8), |all, issue| all | 1 << issue)
    };
    (0..people).map(declared).collect()
}

/// Where a person lives: one of 6,400 smallest places, of which states have 128; populations are skewed. The list is
/// held state by state, as files bring it in.
fn place(person: u32, people: u32) -> u32 {
    let state = u32::try_from(u64::from(person) * 50 / u64::from(people.max(1))).unwrap_or(u32::MAX);
    let (one, other) = (draw(person, 3) % 128, draw(person, 4) % 128);
    state.min(49) * 128 + u32::try_from(one.min(other)).unwrap_or(0)
}

/// Loans as they are asked for: a tenth for the whole country, a third for a state, the rest for a district of a
/// state; three in four select by issues, one in three asks for money.
pub(crate) fn nested(people: u32, loans: u32) -> Problem {
    let (rooms, issues) = (rooms(people), issues(people));
    let places: Vec<u32> = (0..people).map(|person| place(person, people)).collect();
    let mut rng = SeededRng::new(5);
    let mut below = |bound: u64| u32::try_from(rng.below(bound)).unwrap_or(0);
    let loans = (0..loans).map(|number| {
        // From and up to which place; `smaller` districts share a state.
        let (from, to) = match number % 30 {
            0..3 => (0, 6_400),
            3..13 => {
                let state = below(50) * 128;
                (state, state + 128)
            }
            _ => {
                let (state, size) = (below(12) * 128, 8 << below(3));
                let district = below(u64::from(128 / size)) * size;
                (state + district, state + district + size)
            }
        };
        let asked = 1_u64 << below(8) | 1 << below(8);
        let by_issue = below(4) > 0;
        let eligible: People = (0..people)
            .zip(places.iter().zip(&issues))
            .filter(|(_, (place, own))| (from..to).contains(*place) && (!by_issue || **own & asked != 0))
            .map(|(person, _)| person)
            .collect();
        let most = u32::try_from(eligible.count()).unwrap_or(u32::MAX);
        let wanted = (most / (1 + below(4))).clamp(1, 500_000);
        Contender { wanted, weight_per_mille: 1_000, money: below(3) == 0, issues: asked, eligible }
    });
    Problem { loans: loans.collect(), rooms, issues }
}

/// The worst case for anything that puts like people together: each loan may be given half of all people, drawn anew,
/// and all of them together want more than there is room for.
pub(crate) fn scattered(people: u32, loans: u32) -> Problem {
    let (rooms, issues) = (rooms(people), issues(people));
    let loans = (0..loans)
        .map(|number| {
            let eligible: People =
                (0..people).filter(|person| draw(*person, 100 + u64::from(number)) & 1 == 0).collect();
            let wanted = (people / 100 * (1 + number % 4)).max(1);
            let (money, issues) = (number % 3 == 0, 1 << (number % 8));
            Contender { wanted, weight_per_mille: 1_000, money, issues, eligible }
        })
        .collect();
    Problem { loans, rooms, issues }
}
