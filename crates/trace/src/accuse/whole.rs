//! Whole ways in which a leak comes about, each saying at once what it does to rows, shared seeds and unique decoys.
//! One e-value: the average, over the ways, of the products of what `weigh` computes for each.

use super::evidence::Evidence;
use super::weigh::{COALITION_SIZES, DROPPED, Tally, ln_rows_if, ln_sum, ln_unique_if, mixed};

/// Weights of the four kinds of ways.
const SINGLE: f64 = 0.35;
const COMMON: f64 = 0.20;
const MIXED: f64 = 0.30;
const UNITED: f64 = 0.15;

/// Parts of the leak that are from elsewhere on the list, with their weights.
const CONTAMINATED: [(f64, f64); 4] = [(0.001, 0.55), (0.1, 0.2), (0.3, 0.15), (0.5, 0.1)];

/// One way: its weight, the part of the leaked rows that is not from the candidate, and the part of the leaked
/// unique decoys that is (nothing is said of them where a coalition deletes them).
struct Way {
    weight: f64,
    elsewhere: f64,
    own: Option<f64>,
    shared: Box<dyn Fn(f64) -> (f64, f64)>,
}

fn ways(held_share: f64) -> Vec<Way> {
    let mut ways = Vec::new();
    let (drops, sizes) = (count(DROPPED.len()), count(COALITION_SIZES.len()));
    for dropped in DROPPED {
        let kept = 1.0 - dropped;
        for (elsewhere, weight) in CONTAMINATED {
            let alone = Way {
                weight: SINGLE * weight / drops,
                elsewhere,
                own: Some((1.0_f64 - elsewhere).min(0.99)),
                shared: Box::new(move |_| (kept, 0.0)),
            };
            ways.push(alone);
            ways.extend(COALITION_SIZES.map(|members| Way {
                weight: COMMON * weight / drops / sizes,
                elsewhere,
                own: None,
                shared: Box::new(move |chance: f64| (kept * chance.powi(members - 1), 0.0)),
            }));
        }
        for members in COALITION_SIZES {
            let others = f64::from(members - 1) / f64::from(members);
            let mix = Way {
                weight: MIXED / drops / sizes,
                elsewhere: others,
                own: Some(1.0 - others),
                shared: Box::new(move |chance| mixed(kept, chance, members)),
            };
            let union = Way {
                weight: UNITED / drops / sizes,
                elsewhere: 1.0 - held_share.powi(members - 1),
                own: Some(1.0 - others),
                shared: Box::new(move |chance: f64| (kept, kept * (1.0 - (1.0 - chance).powi(members - 1)))),
            };
            ways.extend([mix, union]);
        }
    }
    ways
}

fn count(of: usize) -> f64 {
    super::weigh::real(of as u64)
}

/// The logarithm of the average over all ways.
pub(super) fn ln_whole(evidence: &Evidence, unique_candidates: u64) -> f64 {
    let (rows, seeds, sealed) = (&evidence.rows, &evidence.seeds, &evidence.sealed);
    let (slots, seen) = (seeds.unique_slots + sealed.slots, seeds.unique_seen + sealed.seen);
    let share = evidence.share.fraction();
    let tally = Tally::of(&seeds.shared);
    let logs: Vec<f64> = ways(share)
        .iter()
        .map(|way| {
            let unique = way.own.map_or(0.0, |own| ln_unique_if(own, slots, seen, unique_candidates));
            way.weight.ln()
                + ln_rows_if(way.elsewhere, share, rows.not_held_back, rows.held_back)
                + tally.ln_if(&way.shared)
                + unique
        })
        .collect();
    ln_sum(logs.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accuse::evidence::{RowEvidence, SealedEvidence, SeedEvidence, SharedSlot};
    use crate::hold_back::Share;

    #[test]
    fn weights_add_up() {
        for share in [0.05, 0.1, 0.5] {
            let sum: f64 = ways(share).iter().map(|way| way.weight).sum();
            assert!((sum - 1.0).abs() < 1e-9, "{sum}");
        }
    }

    /// All outcomes of three rows' draws, three coins and one unique decoy that is leaked by stray: for every leak
    /// the mean over an innocent's draws is at most 1.
    #[test]
    fn the_mean_over_an_innocents_draws_is_at_most_one() {
        let chances = [500_u16, 800, 900];
        for seen in 0_u32..8 {
            let mut mean = 0.0;
            for draws in 0_u32..128 {
                let bit = |position: u32| draws >> position & 1 == 1;
                let held_back = u64::from(bit(0)) + u64::from(bit(1)) + u64::from(bit(2));
                let slots: Vec<SharedSlot> = (0..3)
                    .map(|slot| SharedSlot {
                        chance_per_mille: chances[slot as usize],
                        held: bit(3 + slot),
                        seen: seen >> slot & 1 == 1,
                    })
                    .collect();
                let own = bit(6);
                let share = Share::SMALL;
                let mut chance = share.fraction().powi(i32::try_from(held_back).unwrap())
                    * (1.0 - share.fraction()).powi(3 - i32::try_from(held_back).unwrap());
                for slot in &slots {
                    let held = f64::from(slot.chance_per_mille) / 1_000.0;
                    chance *= if slot.held { held } else { 1.0 - held };
                }
                let stray = super::super::STRAY_CHANCE;
                chance *= if own { stray } else { 1.0 - stray };
                let evidence = Evidence {
                    borrower: format!("{:032x}", 1).parse().unwrap(),
                    share,
                    rows: RowEvidence { not_held_back: 3 - held_back, held_back, outside: 0, in_copy: 0 },
                    seeds: SeedEvidence { shared: slots, unique_slots: 10, unique_seen: u64::from(own) },
                    sealed: SealedEvidence::default(),
                };
                mean += chance * ln_whole(&evidence, 1).exp();
            }
            assert!(mean <= 1.0 + 1e-9 && mean > 0.9, "{seen:03b}: {mean}");
        }
    }
}
