//! The e-values of the three kinds of evidence, in logarithms. Each has a mean of at most 1 over the keyed
//! draws of an innocent, whatever was leaked; the tests sum them over all outcomes to see it.

use super::evidence::SharedSlot;
use crate::seeds::ADDRESSES;
use std::collections::BTreeMap;

/// The chance granted to an innocent's decoy to be in a leak by another way than the copy: its mailbox was
/// read, somebody wrote to it and was robbed.
///
/// It caps what one unique decoy can say at 1 / 0.00001 (11.5 of the 13.8 + ln n that epsilon 0.000001 asks
/// for), so that one stray decoy alone never accuses; together with other evidence, the chance that one stray
/// makes an innocent accused is at most epsilon / n / `STRAY_CHANCE` (0.2 % with 50 candidates at epsilon
/// 0.000001). Strays of one borrower's decoys are taken to be independent. Ten times more caution (0.0001)
/// costs a leak of few rows most of its chance of being traced through a single surviving decoy.
pub const STRAY_CHANCE: f64 = 1e-5;

/// Shares of the leaked rows that are from elsewhere than the candidate's copies, with their weights: rows of
/// other members of a coalition, bought lists, the owner's own leak. 1 says nothing and bounds the loss.
const ELSEWHERE: [(f64, f64); 9] = [
    (0.001, 0.30),
    (0.02, 0.12),
    (0.05, 0.12),
    (0.1, 0.12),
    (0.2, 0.12),
    (0.35, 0.08),
    (0.5, 0.06),
    (0.75, 0.04),
    (1.0, 0.04),
];

/// Shares of the leaked unique decoys that are the candidate's (the rest are a partner's, or forged), with
/// their weights.
const OWN_DECOYS: [(f64, f64); 6] =
    [(0.99, 0.50), (0.5, 0.20), (0.25, 0.10), (0.1, 0.08), (0.01, 0.06), (0.001, 0.06)];

/// Shares of the copy that were dropped before the leak.
pub(super) const DROPPED: [f64; 8] = [0.01, 0.1, 0.25, 0.5, 0.7, 0.85, 0.95, 0.99];

/// Weights of: no information in shared slots, one leaker, a coalition.
const SILENT: f64 = 0.25;
const SINGLE: f64 = 0.45;
const COALITION: f64 = 0.30;
pub(super) const COALITION_SIZES: [i32; 3] = [2, 3, 4];

/// A count as a real number.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
pub(super) fn real(count: u64) -> f64 {
    count as f64
}

/// ln of the sum of exp.
pub(super) fn ln_sum(logs: impl Iterator<Item = f64> + Clone) -> f64 {
    let largest = logs.clone().fold(f64::NEG_INFINITY, f64::max);
    largest + logs.map(|log| (log - largest).exp()).sum::<f64>().ln()
}

/// A count times a logarithm, where nothing times minus infinity is nothing.
fn times(count: u64, log: f64) -> f64 {
    if count == 0 { 0.0 } else { real(count) * log }
}

/// Leaked people in the candidate's audience, of whom a share `held_share` is held back by the draw. If a part
/// `g` of them is from elsewhere, a held-back person appears with `g * w`, so the ratios are `g` for a person
/// held back and `(1 - g w) / (1 - w)` for another: mean `w g + (1 - g w) = 1`.
pub(super) fn ln_rows(held_share: f64, not_held_back: u64, held_back: u64) -> f64 {
    ln_sum(ELSEWHERE.iter().map(|(elsewhere, weight)| {
        weight.ln() + ln_rows_if(*elsewhere, held_share, not_held_back, held_back)
    }))
}

/// The same for one part `elsewhere`.
pub(super) fn ln_rows_if(elsewhere: f64, held_share: f64, not_held_back: u64, held_back: u64) -> f64 {
    let for_free = ((1.0 - elsewhere * held_share) / (1.0 - held_share)).ln();
    times(held_back, elsewhere.ln()) + times(not_held_back, for_free)
}

/// Leaked addresses at the seed domain that are no shared decoy. Under innocence each is one of the
/// candidate's `slots` unique decoys with a chance of at most `q`: by luck or forgery slots / ADDRESSES, even
/// given what the other addresses were, and [`STRAY_CHANCE`] by other ways. If a part `p > q` of them is the
/// candidate's, the ratios are `p / q` and `(1 - p) / (1 - q)`: their mean grows with the chance and is 1 at `q`.
pub(super) fn ln_unique(slots: u64, seen: u64, candidates: u64) -> f64 {
    ln_sum(OWN_DECOYS.iter().map(|(own, weight)| weight.ln() + ln_unique_if(*own, slots, seen, candidates)))
}

/// The same for one part `own`.
pub(super) fn ln_unique_if(own: f64, slots: u64, seen: u64, candidates: u64) -> f64 {
    if slots == 0 || candidates == 0 || candidates > ADDRESSES / 2 {
        return 0.0;
    }
    let by_luck = real(slots) / real(ADDRESSES - candidates);
    let chance = (STRAY_CHANCE + by_luck).min(1.0);
    if own <= chance {
        return 0.0;
    }
    let not_seen = candidates.saturating_sub(seen);
    let (hit, miss) = ((own / chance).ln(), ((1.0 - own) / (1.0 - chance)).ln());
    times(seen.min(candidates), hit) + times(not_seen, miss)
}

/// Shared slots: with `p` the chance of holding the slot, and `a`, `b` the chances that its decoy is leaked if
/// the candidate holds it or not, the ratio is `a / (p a + (1 - p) b)` or `b / (p a + (1 - p) b)`, and the
/// same with `1 - a`, `1 - b` for a decoy that is not leaked: mean 1 over the coin, leaked or not.
pub(super) fn ln_shared(slots: &[SharedSlot]) -> f64 {
    let tally = Tally::of(slots);
    let ln_under = |leaked: &dyn Fn(f64) -> (f64, f64)| tally.ln_if(leaked);
    let mut logs = vec![SILENT.ln()];
    for dropped in DROPPED {
        let kept = 1.0 - dropped;
        let ways = real(DROPPED.len() as u64);
        logs.push((SINGLE / ways).ln() + ln_under(&|_| (kept, 0.0)));
        let weight = (COALITION / ways / 2.0 / real(COALITION_SIZES.len() as u64)).ln();
        for members in COALITION_SIZES {
            logs.push(weight + ln_under(&|chance| (kept * chance.powi(members - 1), 0.0)));
            logs.push(weight + ln_under(&|chance| mixed(kept, chance, members)));
        }
    }
    ln_sum(logs.into_iter())
}

/// Shared slots, equal ones counted together.
pub(super) struct Tally(BTreeMap<SharedSlot, u64>);

impl Tally {
    pub(super) fn of(slots: &[SharedSlot]) -> Self {
        let mut tally: BTreeMap<SharedSlot, u64> = BTreeMap::new();
        for slot in slots {
            *tally.entry(*slot).or_default() += 1;
        }
        Self(tally)
    }

    /// The logarithm of the slots' ratios when `leaked` gives, for a chance of holding a slot, the chances that
    /// its decoy is leaked if the candidate holds it and if not.
    pub(super) fn ln_if(&self, leaked: &dyn Fn(f64) -> (f64, f64)) -> f64 {
        self.0.iter().map(|(slot, count)| times(*count, ln_slot(*slot, leaked))).sum()
    }
}

/// Each row is taken from one member: the decoy is leaked unless it was dropped from each member who holds it.
pub(super) fn mixed(kept: f64, chance: f64, members: i32) -> (f64, f64) {
    let each = kept / f64::from(members);
    let others_lack = (1.0 - each * chance).powi(members - 1);
    (1.0 - (1.0 - each) * others_lack, 1.0 - others_lack)
}

fn ln_slot(slot: SharedSlot, leaked: &dyn Fn(f64) -> (f64, f64)) -> f64 {
    // No outcome is impossible: a decoy can stray, and a row can be lost.
    let bounded = |chance: f64| chance.clamp(0.002, 0.998);
    let chance = f64::from(slot.chance_per_mille) / 1_000.0;
    let (if_held, if_not) = leaked(chance);
    let outcome = |leaked: f64| if slot.seen { bounded(leaked) } else { 1.0 - bounded(leaked) };
    let (if_held, if_not) = (outcome(if_held), outcome(if_not));
    let own = if slot.held { if_held } else { if_not };
    own.ln() - (chance * if_held + (1.0 - chance) * if_not).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean of exp(`ln_e`) over a binomial count.
    fn mean(trials: u64, chance: f64, ln_e: impl Fn(u64) -> f64) -> f64 {
        let mut ln_choose = 0.0;
        let mut sum = 0.0;
        for hits in 0..=trials {
            if hits > 0 {
                ln_choose += real(trials - hits + 1).ln() - real(hits).ln();
            }
            let ln_chance = times(hits, chance.ln()) + times(trials - hits, (1.0 - chance).ln());
            sum += (ln_choose + ln_chance + ln_e(hits)).exp();
        }
        sum
    }

    #[test]
    fn weights_add_up() {
        for weights in [ELSEWHERE.map(|(_, w)| w).as_slice(), OWN_DECOYS.map(|(_, w)| w).as_slice()] {
            assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
        assert!((SILENT + SINGLE + COALITION - 1.0_f64).abs() < 1e-12);
    }

    #[test]
    fn rows_have_mean_one_over_the_draw() {
        for share in [0.05, 0.1, 0.5] {
            for rows in [0, 1, 7, 300] {
                let mean = mean(rows, share, |held| ln_rows(share, rows - held, held));
                assert!((mean - 1.0).abs() < 1e-9, "{share} {rows}: {mean}");
            }
        }
    }

    #[test]
    fn unique_decoys_have_mean_at_most_one_up_to_the_stray_chance() {
        for candidates in [1, 2, 5, 200] {
            for chance in [1e-12, 1e-8, 1e-6, STRAY_CHANCE] {
                let mean = mean(candidates, chance, |seen| ln_unique(25, seen, candidates));
                assert!(mean <= 1.0 + 1e-9, "{candidates} {chance}: {mean}");
            }
        }
        // More strays than granted would break it: the grant is what the bound rests on.
        assert!(mean(5, 1e-3, |seen| ln_unique(25, seen, 5)) > 1.5);
    }

    #[test]
    fn one_stray_decoy_alone_never_accuses_at_one_in_a_million() {
        for candidates in [1, 2, 100, 1_000_000_000] {
            assert!(ln_unique(5, 1, candidates) < 1e6_f64.ln());
        }
        assert!(ln_unique(5, 2, 2) > 5e7_f64.ln());
        assert!(ln_unique(5, 3, 200) > 3e6_f64.ln(), "forged addresses must not hide three real ones");
    }

    #[test]
    fn shared_slots_have_mean_one_over_the_coins() {
        // Every pattern of leaked decoys, all 64 patterns of coins.
        let chances = [500, 650, 800, 900, 500, 900];
        for seen in 0_u32..64 {
            let mut mean = 0.0;
            for held in 0_u32..64 {
                let bit = |bits: u32, position: usize| bits >> position & 1 == 1;
                let slots: Vec<_> = (0..6)
                    .map(|i| SharedSlot {
                        chance_per_mille: chances[i],
                        held: bit(held, i),
                        seen: bit(seen, i),
                    })
                    .collect();
                let coin = |slot: &SharedSlot| {
                    let chance = f64::from(slot.chance_per_mille) / 1_000.0;
                    if slot.held { chance } else { 1.0 - chance }
                };
                mean += slots.iter().map(coin).product::<f64>() * ln_shared(&slots).exp();
            }
            assert!((mean - 1.0).abs() < 1e-9, "{seen:06b}: {mean}");
        }
    }

    #[test]
    fn losses_are_bounded() {
        assert!(ln_rows(0.05, 0, 1_000_000) > -4.0);
        assert!(ln_unique(25, 0, 1) > -4.0);
        let against = vec![SharedSlot { chance_per_mille: 500, held: false, seen: true }; 1_000];
        assert!(ln_shared(&against) > -2.0);
    }
}
