//! Made-up sharings: people in nested places with declared issues, loans that ask for a place and some issues.

use hustings_domain::chance::{Rng, SeededRng};
use hustings_share::{Contender, People, Problem, Room};

/// How large and how scarce.
pub(crate) struct World {
    pub(crate) people: u32,
    pub(crate) loans: u32,
    /// Whether loans weigh differently.
    pub(crate) weighted: bool,
    /// Whether who is eligible is drawn for each person and loan, without any places.
    pub(crate) scattered: bool,
}

fn among(rng: &mut SeededRng, from: u64, to: u64) -> u32 {
    u32::try_from(from + rng.below(to - from + 1)).unwrap()
}

pub(crate) fn made_up(world: &World, seed: u64) -> Problem {
    let rng = &mut SeededRng::new(seed);
    let place: Vec<u32> = (0..world.people).map(|_| among(rng, 0, 7)).collect();
    let issues: Vec<u64> = (0..world.people).map(|_| 1 << rng.below(4) | 1 << rng.below(4)).collect();
    let rooms: Vec<Room> = (0..world.people)
        .map(|_| Room {
            appeals: u8::try_from(rng.below(4)).unwrap(),
            money: u8::try_from(rng.below(2)).unwrap(),
        })
        .collect();
    let loans = (0..world.loans)
        .map(|_| {
            // A whole, a half, a quarter or an eighth of the places.
            let level = rng.below(4);
            let inside = rng.below(1 << level);
            let asked = 1_u64 << rng.below(4) | 1 << rng.below(4);
            let by_issue = rng.below(2) == 0;
            let people = 0..world.people;
            let eligible: People = people
                .filter(|person| {
                    if world.scattered {
                        return rng.below(3) == 0;
                    }
                    u64::from(place[*person as usize]) >> (3 - level) == inside
                        && (!by_issue || issues[*person as usize] & asked != 0)
                })
                .collect();
            let most = eligible.count().max(20);
            Contender {
                wanted: among(rng, most / 5 + 1, most),
                weight_per_mille: if world.weighted {
                    [500, 1_000, 2_000][among(rng, 0, 2) as usize]
                } else {
                    1_000
                },
                money: rng.below(3) == 0,
                issues: asked,
                eligible,
            }
        })
        .collect();
    Problem { loans, rooms, issues }
}
