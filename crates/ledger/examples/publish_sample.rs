//! Publishes a sample log, step by step as a living one grows: `publish_sample FOLDER ENTRIES`.
//! Prints the verifier key, so that other software can check the folder.

use hustings_ledger::{Checkpoint, Leaf, MemoryLog, SignerKey, publish, verify_dir};
use std::error::Error;
use std::io::Write;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(entries)) = (arguments.next(), arguments.next()) else {
        return Err("usage: publish_sample FOLDER ENTRIES".into());
    };
    let (folder, entries): (_, u64) = (PathBuf::from(folder), entries.parse()?);
    // A sample's key is no secret; a real one is 32 random bytes that only the log holds.
    let signer = SignerKey::from_seed("example.org/ledger", [7; 32])?;
    let mut log = MemoryLog::new();
    for index in 0..entries {
        let body = serde_json::json!({ "loan": format!("L-{index}"), "votes": 5, "quorum": 3 });
        let leaf = Leaf { at: "2026-03-01T09:30:00Z".into(), kind: "loan.cleared".into(), body };
        log.push(leaf.to_bytes()?)?;
        let size = index + 1;
        if size == entries || size.is_power_of_two() {
            let checkpoint = Checkpoint { origin: "example.org/ledger".into(), size, root: log.root()? };
            publish(&folder, &log, &signer.sign(&checkpoint)?)?;
        }
    }
    verify_dir(&folder, signer.verifier(), None)?;
    writeln!(std::io::stdout(), "{}", signer.verifier())?;
    Ok(())
}
