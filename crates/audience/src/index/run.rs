//! A piece of work on every block, on several threads: each takes the next few blocks until none is left.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Blocks taken at a time: enough that taking costs nothing, few enough that no thread ends late.
const TAKEN: usize = 4;

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

/// Runs `work` on the blocks `0..blocks` and gives what each thread has gathered, in no order. A thread that
/// cannot be had is done without.
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
    let helpers = threads.min(blocks.div_ceil(TAKEN)).saturating_sub(1);
    std::thread::scope(|scope| {
        let helpers: Vec<_> =
            (0..helpers).filter_map(|_| std::thread::Builder::new().spawn_scoped(scope, run).ok()).collect();
        let mut done = vec![run()];
        for helper in helpers {
            match helper.join() {
                Ok(more) => done.push(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    })
}

#[cfg(test)]
mod tests {
    use super::on_blocks;

    #[test]
    fn every_block_is_done_once_and_in_order() {
        for threads in [0, 1, 2, 7] {
            for blocks in [0, 1, 4, 5, 33] {
                let done = on_blocks(blocks, threads, || (), |(), block| block);
                assert_eq!(done, (0..blocks).collect::<Vec<_>>());
            }
        }
    }
}
