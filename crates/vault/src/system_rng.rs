//! The cryptographic source of chance that a running installation uses.

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use hustings_domain::chance::Rng;
use std::fmt;
use zeroize::Zeroizing;

/// Bytes drawn at once. Each call of the system's generator costs as much as hundreds of bytes of it, and an
/// import draws three times for each person.
const POOL: usize = 1024;

/// The operating system's generator, through the cryptographic library.
pub struct SystemRng {
    source: SystemRandom,
    pool: Zeroizing<[u8; POOL]>,
    /// INVARIANT: what lies before is handed out already, and zero.
    used: usize,
}

impl SystemRng {
    /// A handle; all handles draw from the same generator.
    pub fn new() -> Self {
        Self { source: SystemRandom::new(), pool: Zeroizing::new([0; POOL]), used: POOL }
    }

    fn draw(&self, bytes: &mut [u8]) {
        assert!(self.source.fill(bytes).is_ok(), "the system's random generator failed");
    }
}

impl fmt::Debug for SystemRng {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SystemRng(redacted)")
    }
}

impl Default for SystemRng {
    fn default() -> Self {
        Self::new()
    }
}

impl Rng for SystemRng {
    /// # Panics
    /// When the system's generator fails: going on with predictable bytes would be worse than stopping.
    fn fill(&mut self, bytes: &mut [u8]) {
        if bytes.len() > POOL / 4 {
            return self.draw(bytes);
        }
        if bytes.len() > POOL - self.used {
            let mut fresh = Zeroizing::new([0; POOL]);
            self.draw(fresh.as_mut_slice());
            (self.pool, self.used) = (fresh, 0);
        }
        let end = self.used + bytes.len();
        let Some(given) = self.pool.get_mut(self.used..end) else { return self.draw(bytes) };
        bytes.copy_from_slice(given);
        // What was a key must not stay behind here.
        given.fill(0);
        self.used = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn bytes_are_filled_and_differ() {
        let mut rng = SystemRng::new();
        let (first, second): ([u8; 32], [u8; 32]) = (rng.bytes(), rng.bytes());
        assert_ne!(first, second);
        assert_ne!(first, [0; 32]);
    }

    #[test]
    fn nothing_is_handed_out_twice_and_nothing_is_kept() {
        let mut rng = SystemRng::new();
        let mut seen = HashSet::new();
        for length in [16, 12, 44, 255, 256, 257, 1024, 2000].into_iter().cycle().take(400) {
            let mut bytes = vec![0; length];
            rng.fill(&mut bytes);
            assert!(seen.insert(bytes.get(..12).unwrap().to_vec()), "{length}");
            assert!(rng.pool.iter().take(rng.used).all(|byte| *byte == 0));
        }
    }
}
