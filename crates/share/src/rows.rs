//! For each person the loans that may be given them, as bits: the loans' sets turned on their side, 64 by 64.

use crate::people::Bits;
use crate::problem::Contender;

/// The loans of each person.
#[derive(Debug, Clone)]
pub(crate) struct Rows {
    stride: usize,
    words: Vec<u64>,
}

impl Rows {
    /// Turns the loans' sets into the rows of `people` people.
    pub(crate) fn new(loans: &[Contender], people: usize, threads: usize) -> Self {
        let stride = loans.len().div_ceil(64).max(1);
        let mut words = vec![0; people * stride];
        let blocks = people.div_ceil(64);
        let share = blocks.div_ceil(threads.max(1)).max(1);
        std::thread::scope(|scope| {
            for (part, words) in words.chunks_mut(share * 64 * stride).enumerate() {
                scope.spawn(move || turn(loans, words, stride, part * share));
            }
        });
        Self { stride, words }
    }

    /// The loans of one person.
    pub(crate) fn of(&self, person: usize) -> &[u64] {
        self.words.get(person * self.stride..(person + 1) * self.stride).unwrap_or_default()
    }

    /// Words in a row.
    pub(crate) fn stride(&self) -> usize {
        self.stride
    }
}

/// Fills the rows of the people from `64 * first_block` on.
fn turn(loans: &[Contender], words: &mut [u64], stride: usize, first_block: usize) {
    let mut square = [0_u64; 64];
    for (block, rows) in words.chunks_mut(64 * stride).enumerate() {
        for (column, group) in loans.chunks(64).enumerate() {
            square.fill(0);
            for (word, loan) in square.iter_mut().zip(group) {
                *word = loan.eligible.word(first_block + block);
            }
            if square.iter().all(|word| *word == 0) {
                continue;
            }
            transpose(&mut square);
            for (row, word) in rows.chunks_exact_mut(stride).zip(&square) {
                if let Some(place) = row.get_mut(column) {
                    *place = *word;
                }
            }
        }
    }
}

/// Bit `j` of word `i` becomes bit `i` of word `j` (Warren, *Hacker's Delight*, section 7-3).
fn transpose(square: &mut [u64; 64]) {
    let (mut width, mut mask) = (32, 0xffff_ffff_u64);
    while width > 0 {
        for pair in square.chunks_exact_mut(2 * width) {
            let (upper, lower) = pair.split_at_mut(width);
            for (up, low) in upper.iter_mut().zip(lower) {
                let swapped = ((*up >> width) ^ *low) & mask;
                *up ^= swapped << width;
                *low ^= swapped;
            }
        }
        width /= 2;
        mask ^= mask << width.max(1);
    }
}

/// The loans in a row, by number.
pub(crate) fn loans_in(row: &[u64]) -> impl Iterator<Item = u16> + '_ {
    row.iter().zip(0_u16..).flat_map(|(word, place)| {
        Bits(*word).map(move |bit| place * 64 + u16::try_from(bit).unwrap_or_default())
    })
}

/// Whether a loan is in a row.
pub(crate) fn has(row: &[u64], loan: u16) -> bool {
    row.get(usize::from(loan >> 6)).is_some_and(|word| word >> (loan & 63) & 1 == 1)
}

/// Takes a loan out of a row.
pub(crate) fn clear(row: &mut [u64], loan: u16) {
    if let Some(word) = row.get_mut(usize::from(loan >> 6)) {
        *word &= !(1 << (loan & 63));
    }
}

/// Puts a loan into a row.
pub(crate) fn set(row: &mut [u64], loan: u16) {
    if let Some(word) = row.get_mut(usize::from(loan >> 6)) {
        *word |= 1 << (loan & 63);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::People;

    #[test]
    fn rows_hold_what_the_sets_hold_on_any_number_of_threads() {
        let member = |loan: usize, person: usize| (loan * 7 + person * 13).is_multiple_of(5);
        let loans: Vec<Contender> = (0..130)
            .map(|loan| {
                let people = (0..1_000_u32).filter(|person| member(loan, *person as usize));
                Contender { eligible: people.collect::<People>(), ..Contender::default() }
            })
            .collect();
        for threads in [1, 2, 3, 64] {
            let rows = Rows::new(&loans, 1_000, threads);
            for person in 0..1_000 {
                let found: Vec<usize> = loans_in(rows.of(person)).map(usize::from).collect();
                let truth: Vec<usize> = (0..130).filter(|loan| member(*loan, person)).collect();
                assert_eq!(found, truth, "person {person}, {threads} threads");
            }
        }
    }
}
