//! A piece of work on every block, on several threads: each takes the next few blocks until none is left. The
//! threads wait between one question and the next, since to make one takes as long as half a million people.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Blocks taken at a time: enough that taking costs nothing, few enough that no thread ends late.
const TAKEN: usize = 4;
/// A thread with fewer blocks than this is not worth waking: a block takes a few microseconds, and so does waking.
const WORTH_WAKING: usize = 12;

/// Runs `work` on the blocks `0..blocks` and gives the results in the order of blocks.
///
/// `state` makes what one thread keeps from block to block.
pub(super) fn on_blocks<S: Send, T: Send>(
    blocks: usize,
    threads: usize,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize) -> T + Sync,
) -> Vec<T> {
    let begin = || (state(), Vec::new());
    let done = fold_blocks(blocks, threads, begin, |(state, done): &mut (S, Vec<(usize, T)>), block| {
        done.push((block, work(state, block)));
    });
    let mut done: Vec<(usize, T)> = done.into_iter().flat_map(|(_, done)| done).collect();
    done.sort_unstable_by_key(|(block, _)| *block);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Runs `work` on the blocks `0..blocks` and gives what each thread has gathered, in no order: the caller's own,
/// and of as many of the waiting ones as make `threads`, as far as there are some and enough to do.
pub(super) fn fold_blocks<S: Send>(
    blocks: usize,
    threads: usize,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize) + Sync,
) -> Vec<S> {
    let next = AtomicUsize::new(0);
    let run = || {
        let mut state = state();
        loop {
            let start = next.fetch_add(TAKEN, Ordering::Relaxed);
            if start >= blocks {
                return state;
            }
            (start..blocks.min(start + TAKEN)).for_each(|block| work(&mut state, block));
        }
    };
    let helpers = threads.min(blocks / WORTH_WAKING).saturating_sub(1);
    if helpers == 0 {
        return vec![run()];
    }
    let done = Mutex::new(Vec::with_capacity(helpers + 1));
    let note = |state| done.lock().unwrap_or_else(PoisonError::into_inner).push(state);
    rayon_core::in_place_scope(|scope| {
        (0..helpers).for_each(|_| scope.spawn(|_| note(run())));
        note(run());
    });
    done.into_inner().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::on_blocks;

    #[test]
    fn every_block_is_done_once_and_in_order() {
        for threads in [0, 1, 2, 7] {
            for blocks in [0, 1, 4, 5, 33, 200] {
                let done = on_blocks(blocks, threads, || (), |(), block| block);
                assert_eq!(done, (0..blocks).collect::<Vec<_>>());
            }
        }
    }
}
