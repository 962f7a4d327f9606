//! The cryptographic source of chance that a running installation uses.

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use hustings_domain::chance::Rng;

/// The operating system's generator, through the cryptographic library.
#[derive(Debug, Clone)]
pub struct SystemRng(SystemRandom);

impl SystemRng {
    /// A handle; all handles draw from the same generator.
    pub fn new() -> Self {
        Self(SystemRandom::new())
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
        assert!(self.0.fill(bytes).is_ok(), "the system's random generator failed");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_filled_and_differ() {
        let mut rng = SystemRng::new();
        let (first, second): ([u8; 32], [u8; 32]) = (rng.bytes(), rng.bytes());
        assert_ne!(first, second);
        assert_ne!(first, [0; 32]);
    }
}
