//! The inner loops over bits, each compiled three times: for any processor of the architecture, for one with AVX2
//! and for one with AVX-512 that counts bits in its widest registers. Which of them runs is asked when it is called.
//!
//! This is the only file of the crate in which `unsafe` may stand, and it stands in one macro: a loop compiled for a
//! processor is called after that processor has been found.

use super::numeric::Lane;
use super::words::{LANE, WORDS};

type Block = [u64; WORDS];
type Eight = [u64; LANE];

/// Writes the body of each function three times and chooses among them.
///
/// `COUNTS` tells a body whether the processor counts the bits of whole registers.
macro_rules! for_each_processor {
    ($($(#[$note:meta])* fn $name:ident($($arg:ident: $of:ty),* $(,)?) $(-> $out:ty)? $body:block)*) => {$(
        $(#[$note])*
        #[cfg_attr(target_arch = "x86_64", expect(unsafe_code, reason = "see the head of the file"))]
        pub(super) fn $name($($arg: $of),*) $(-> $out)? {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx512vpopcntdq,avx2,bmi1,bmi2,popcnt")]
                fn with_avx512($($arg: $of),*) $(-> $out)? {
                    const COUNTS: bool = true;
                    _ = COUNTS;
                    $body
                }
                #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
                fn with_avx2($($arg: $of),*) $(-> $out)? {
                    const COUNTS: bool = false;
                    _ = COUNTS;
                    $body
                }
                match Processor::found() {
                    // SAFETY: the processor was found to have every feature that the function is compiled for.
                    Processor::Avx512 => return unsafe { with_avx512($($arg),*) },
                    // SAFETY: as above.
                    Processor::Avx2 => return unsafe { with_avx2($($arg),*) },
                    Processor::Any => {}
                }
            }
            {
                const COUNTS: bool = false;
                _ = COUNTS;
                $body
            }
        }
    )*};
}

#[cfg(target_arch = "x86_64")]
#[derive(Debug, Clone, Copy)]
enum Processor {
    Any,
    Avx2,
    Avx512,
}

#[cfg(target_arch = "x86_64")]
impl Processor {
    /// What runs this; the standard library asks the processor once and remembers.
    #[inline]
    fn found() -> Self {
        if !(is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("popcnt"))
        {
            return Self::Any;
        }
        let widest = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vpopcntdq");
        if widest { Self::Avx512 } else { Self::Avx2 }
    }
}

for_each_processor! {
    fn and(out: &mut Block, other: &Block) {
        out.iter_mut().zip(other).for_each(|(word, other)| *word &= other);
    }

    fn or(out: &mut Block, other: &Block) {
        out.iter_mut().zip(other).for_each(|(word, other)| *word |= other);
    }

    fn and_not(out: &mut Block, other: &Block) {
        out.iter_mut().zip(other).for_each(|(word, other)| *word &= !other);
    }

    fn is_empty(words: &Block) -> bool {
        words.iter().fold(0, |any, word| any | word) == 0
    }

    /// How many bits are set.
    fn count(words: &Block) -> u32 {
        if COUNTS {
            return words.iter().map(|word| word.count_ones()).sum();
        }
        let (lanes, _) = words.as_chunks::<LANE>();
        count_lanes(lanes.iter().copied())
    }

    /// How many bits are set in both.
    fn count_and(left: &Block, right: &Block) -> u32 {
        if COUNTS {
            return left.iter().zip(right).map(|(left, right)| (left & right).count_ones()).sum();
        }
        let ((left, _), (right, _)) = (left.as_chunks::<LANE>(), right.as_chunks::<LANE>());
        count_lanes(left.iter().zip(right).map(|(left, right)| {
            let mut both = *left;
            both.iter_mut().zip(right).for_each(|(word, other)| *word &= other);
            both
        }))
    }

    /// How many of `positions` are set.
    fn count_of(words: &Block, positions: &[u16]) -> u32 {
        let bit = |position: u16| {
            // The mask says what every position fulfils, and spares the question.
            let word = words.get(usize::from(position >> 6) & (WORDS - 1)).copied().unwrap_or_default();
            word >> (position & 63) & 1
        };
        u32::try_from(positions.iter().map(|position| bit(*position)).sum::<u64>()).unwrap_or(u32::MAX)
    }

    /// Leaves in `out` those whose value lies in `low..=high`; of `lanes`, `planes` belong to eight words.
    ///
    /// From the lowest plane up, so that memory is read in the order in which it lies: to begin with the highest and
    /// to stop early reads less, and was slower.
    fn within(lanes: &[Lane], planes: usize, low: u64, high: u64, out: &mut Block) {
        let idle = low.trailing_zeros().min(high.trailing_ones()) as usize;
        let (out, _) = out.as_chunks_mut::<LANE>();
        for (out, lanes) in out.iter_mut().zip(lanes.chunks_exact(planes.max(1))) {
            if is_none(out) {
                continue;
            }
            let (mut above, mut below) = ([u64::MAX; LANE], [u64::MAX; LANE]);
            for (plane, lane) in lanes.iter().enumerate().skip(idle) {
                let (low, high) = (bit(low, plane), bit(high, plane));
                for ((above, below), word) in above.iter_mut().zip(&mut below).zip(&lane.0) {
                    *above = (*above & (word | !low)) | (word & !low);
                    *below = (*below & (!word | high)) | (!word & high);
                }
            }
            for ((out, above), below) in out.iter_mut().zip(&above).zip(&below) {
                *out &= above & below;
            }
        }
    }

    /// Leaves in `out` those whose value is at least `low`; with `flip` all ones and the bound turned, at most.
    fn beyond(lanes: &[Lane], planes: usize, low: u64, flip: u64, out: &mut Block) {
        let idle = low.trailing_zeros() as usize;
        let (out, _) = out.as_chunks_mut::<LANE>();
        for (out, lanes) in out.iter_mut().zip(lanes.chunks_exact(planes.max(1))) {
            if is_none(out) {
                continue;
            }
            let mut passed = [u64::MAX; LANE];
            for (plane, lane) in lanes.iter().enumerate().skip(idle) {
                let low = bit(low, plane);
                for (passed, word) in passed.iter_mut().zip(&lane.0) {
                    let word = word ^ flip;
                    *passed = (*passed & (word | !low)) | (word & !low);
                }
            }
            out.iter_mut().zip(&passed).for_each(|(out, passed)| *out &= passed);
        }
    }
}

/// Turns a square of bits: bit `i` of row `k` becomes bit `k` of row `i` (Warren, Hacker's Delight, 7-3). Wider
/// registers do not make it faster: half of its steps are narrower than one.
pub(super) fn turn(square: &mut [u64; 64]) {
    let mut mask = 0x0000_0000_ffff_ffff_u64;
    for step in [32, 16, 8, 4, 2, 1] {
        for rows in square.chunks_exact_mut(2 * step) {
            let (low, high) = rows.split_at_mut(step);
            for (low, high) in low.iter_mut().zip(high) {
                let swapped = ((*low >> step) ^ *high) & mask;
                *low ^= swapped << step;
                *high ^= swapped;
            }
        }
        mask ^= mask << (step / 2);
    }
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "what is not inlined is not compiled for the processor")]
fn is_none(eight: &Eight) -> bool {
    eight.iter().fold(0, |any, word| any | word) == 0
}

/// A bit of a bound, in every place.
#[inline(always)]
#[expect(clippy::inline_always, reason = "what is not inlined is not compiled for the processor")]
fn bit(bound: u64, plane: usize) -> u64 {
    0_u64.wrapping_sub(bound >> plane & 1)
}

/// Counts bits: carry-save adders take eight words to one before anything is counted (Harley and Seal), which
/// pays where the processor's own count cannot be assumed. The lanes come in eights.
#[inline(always)]
#[expect(clippy::inline_always, reason = "what is not inlined is not compiled for the processor")]
fn count_lanes(mut lanes: impl Iterator<Item = Eight>) -> u32 {
    let (mut ones, mut twos, mut fours) = ([0; LANE], [0; LANE], [0; LANE]);
    let mut total = 0;
    while let Some(first) = lanes.next() {
        let mut next = || lanes.next().unwrap_or([0; LANE]);
        let (twos_a, sum) = add(&ones, &first, &next());
        let (twos_b, sum) = add(&sum, &next(), &next());
        let (fours_a, sum_twos) = add(&twos, &twos_a, &twos_b);
        let (twos_a, sum) = add(&sum, &next(), &next());
        let (twos_b, sum) = add(&sum, &next(), &next());
        let (fours_b, sum_twos) = add(&sum_twos, &twos_a, &twos_b);
        let (eights, sum_fours) = add(&fours, &fours_a, &fours_b);
        (ones, twos, fours) = (sum, sum_twos, sum_fours);
        total += 8 * bits(&eights);
    }
    total + 4 * bits(&fours) + 2 * bits(&twos) + bits(&ones)
}

/// Three bits to a carry and a sum, in every place.
#[inline(always)]
#[expect(clippy::inline_always, reason = "what is not inlined is not compiled for the processor")]
fn add(a: &Eight, b: &Eight, c: &Eight) -> (Eight, Eight) {
    let (mut carry, mut sum) = ([0; LANE], [0; LANE]);
    for ((((carry, sum), a), b), c) in carry.iter_mut().zip(&mut sum).zip(a).zip(b).zip(c) {
        let half = a ^ b;
        *carry = (a & b) | (half & c);
        *sum = half ^ c;
    }
    (carry, sum)
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "what is not inlined is not compiled for the processor")]
fn bits(lane: &Eight) -> u32 {
    lane.iter().map(|word| word.count_ones()).sum()
}
