//! Small draws on top of the seeded generator, and an order of people that differs from file to file.

use hustings_domain::chance::{Rng as _, SeededRng};

/// The generator of one person in one part of the story. Mixed by `SplitMix64` (Steele, Lea and Flood, 2014), not by
/// a hash as in [`SeededRng::named`]: it is asked for several times a person.
pub(super) fn stream(seed: u64, part: Part, number: u32) -> SeededRng {
    let mut mixed = seed;
    for word in [part as u64, u64::from(number)] {
        mixed = mixed.wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_add(word);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
    }
    SeededRng::new(mixed)
}

/// The parts of the story that draw for each person.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    Person,
    Block,
    Home,
    Newsletter,
    NewsletterAgain,
    Petition,
    Donors,
    Suppression,
    Stranger,
}

/// True in `per_mille` of a thousand draws.
pub(super) fn happens(rng: &mut SeededRng, per_mille: u64) -> bool {
    rng.below(1000) < per_mille
}

/// One of `list`, all equally likely; the empty value of an empty list.
pub(super) fn pick<T: Copy + Default>(rng: &mut SeededRng, list: &[T]) -> T {
    at(list, rng.below(list.len() as u64))
}

/// One of `list`, the first ones much more often, as with surnames.
pub(super) fn pick_skewed<T: Copy + Default>(rng: &mut SeededRng, list: &[T]) -> T {
    let furthest = rng.below(list.len() as u64) + 1;
    at(list, rng.below(furthest))
}

/// One of `list` by the weight that stands in front of it.
pub(super) fn pick_weighted<T: Copy + Default>(rng: &mut SeededRng, list: &[(u64, T)]) -> T {
    let mut left = rng.below(list.iter().map(|(weight, _)| weight).sum());
    for (weight, item) in list {
        if left < *weight {
            return *item;
        }
        left -= weight;
    }
    T::default()
}

/// A number in `low..=high`.
pub(super) fn between(rng: &mut SeededRng, low: u64, high: u64) -> u64 {
    low + rng.below(high.saturating_sub(low) + 1)
}

fn at<T: Copy + Default>(list: &[T], position: u64) -> T {
    usize::try_from(position).ok().and_then(|position| list.get(position)).copied().unwrap_or_default()
}

/// Everybody once, in an order of its own for each `name`: `position * step + start` modulo the number of
/// people, with a step prime to it. Nothing has to be held in memory for it.
pub(super) fn shuffled(people: u32, seed: u64, name: &str) -> impl Iterator<Item = u32> {
    let people = u64::from(people);
    let mut rng = SeededRng::named(seed, &format!("order/{name}"));
    let start = rng.below(people);
    let mut step = 1 + rng.below(people.max(2) - 1);
    while greatest_common_divisor(step, people.max(1)) != 1 {
        step += 1;
    }
    (0..people).filter_map(move |position| u32::try_from((position * step + start) % people).ok())
}

fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn everybody_comes_once_in_every_order() {
        for people in [0, 1, 2, 6, 97, 1000] {
            let order: Vec<u32> = shuffled(people, 3, "a").collect();
            assert_eq!(order.len(), people as usize);
            assert_eq!(order.iter().collect::<BTreeSet<_>>().len(), people as usize);
        }
        assert!(shuffled(1000, 3, "a").ne(shuffled(1000, 3, "b")));
    }

    #[test]
    fn parts_and_people_draw_apart() {
        let first = |part, number| stream(9, part, number).next_u64();
        let all: BTreeSet<u64> = (0..500)
            .flat_map(|n| [first(Part::Person, n), first(Part::Home, n), first(Part::Block, n)])
            .collect();
        assert_eq!(all.len(), 1_500);
        assert_eq!(first(Part::Home, 3), first(Part::Home, 3));
    }

    #[test]
    fn weights_are_kept() {
        let mut rng = SeededRng::new(1);
        let heavy = (0..10_000).filter(|_| pick_weighted(&mut rng, &[(9, 'a'), (1, 'b')]) == 'a').count();
        assert!((8_800..9_200).contains(&heavy), "{heavy}");
    }
}
