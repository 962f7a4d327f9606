//! How fast a served folder is verified, without building anything but this room:
//! `cargo run --release -p hustings-ledger --example verify_bench -- [ENTRIES]`. `bench/` measures the same and more.

use hustings_ledger::{Checkpoint, Leaf, MemoryLog, SignerKey, publish, verify_dir};
use std::error::Error;
use std::io::Write as _;
use std::time::Instant;

#[expect(clippy::disallowed_methods, reason = "it measures")]
fn now() -> Instant {
    Instant::now()
}

fn main() -> Result<(), Box<dyn Error>> {
    let entries: u64 = std::env::args().nth(1).map_or(Ok(1_000_000), |text| text.parse())?;
    let folder = std::env::temp_dir().join(format!("hustings-verify-bench-{}", std::process::id()));
    let signer = SignerKey::from_seed("bench.example/hustings", [7; 32])?;
    let mut log = MemoryLog::new();
    for index in 0..entries {
        let body = serde_json::json!({"loan": index % 5_000, "ballot": "approve", "wing": "labor",
            "content": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "by": format!("trustee:0192f0c4-7c1e-7000-8000-{index:012}")});
        let leaf = Leaf { at: "2026-03-01T09:30:00Z".into(), kind: "vote.cast".into(), body };
        log.push(leaf.to_bytes()?)?;
    }
    let root = log.root()?;
    let checkpoint = Checkpoint { origin: "bench.example/hustings".into(), size: entries, root };
    std::fs::create_dir_all(&folder)?;
    let began = now();
    publish(&folder, &log, &signer.sign(&checkpoint)?)?;
    let published = began.elapsed();
    drop(log);
    let began = now();
    let report = verify_dir(&folder, signer.verifier(), None)?;
    let verified = began.elapsed();
    std::fs::remove_dir_all(&folder)?;
    writeln!(
        std::io::stdout(),
        "{entries} entries, {} MB: published in {:.1} s, verified in {:.2} s",
        report.entry_bytes / 1_000_000,
        published.as_secs_f64(),
        verified.as_secs_f64()
    )?;
    Ok(())
}
