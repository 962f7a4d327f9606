//! Files that a verb writes: never over another, and what holds people or secrets for its owner's eyes alone.

use hustings_app::{Refusal, Result};
use std::io::Write as _;
use std::path::Path;

/// Refuses a file that is there already, before anything is done for it.
pub fn expect_new(path: &Path) -> Result<()> {
    if path.exists() {
        return Err(Refusal::conflict("file.exists", format!("`{}` exists already", path.display()))
            .hint("name a new file; nothing is written over another"));
    }
    Ok(())
}

/// Writes a file that must not exist yet; `secret` ones are readable by their owner alone.
pub fn write_new(path: &Path, bytes: &[u8], secret: bool) -> Result<()> {
    let cannot = |error: std::io::Error| {
        Refusal::invalid("file.unwritable", format!("`{}` cannot be written", path.display())).because(error)
    };
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if secret {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let mut made = options.open(path).map_err(cannot)?;
    made.write_all(bytes).and_then(|()| made.sync_all()).map_err(cannot)
}
