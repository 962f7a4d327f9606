//! How fast decisions are entered with proof, and how fast a served ledger is verified:
//! `cargo run --release -p hustings-bench --bin ledger -- [SECONDS [WRITERS [ENTRIES]]]`.
//!
//! An append counts when its entry is on the disk (`synchronous = FULL`, group commit) and its writer holds a receipt:
//! inclusion proof and signed checkpoint (one for all who committed together). Every receipt is verified afterwards, outside the time. Verification reads
//! ENTRIES entries from a published folder, recomputes every hash and compares every tile.

use hustings_app::folder::{InitJob, init};
use hustings_app::{App, Refusal, SystemChance, SystemClock, enter};
use hustings_bench::{keep, load_average};
use hustings_domain::access::Actor;
use hustings_ledger::tree::{self, Error as TreeError, NodeReader};
use hustings_ledger::{
    Checkpoint, Hash, Leaf, MemoryLog, SignerKey, make_receipt, publish, verify_dir, verify_receipt,
};
use hustings_store::Tx;
use hustings_vault::{Argon2Cost, RootSecret};
use serde_json::json;
use std::cell::RefCell;
use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

type Failure = Box<dyn Error + Send + Sync>;

const NAME: &str = "bench.example/hustings";

#[expect(clippy::disallowed_methods, reason = "it measures")]
fn now() -> Instant {
    Instant::now()
}

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |usual: u64| arguments.next().map_or(Ok(usual), |text| text.parse::<u64>());
    let (seconds, writers, entries) = (number(10)?, number(64)?, number(1_000_000)?);
    let load = load_average();
    let appended = append(seconds, writers)?;
    let verified = verify(entries)?;
    let mut out = std::io::stdout().lock();
    let second = appended.lasted.as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "counts of a few seconds are small")]
    let rate = appended.waits.len() as f64 / second;
    writeln!(out, "load average {load}")?;
    writeln!(
        out,
        "appends with proof: {rate:.0} a second, {writers} writers, {second:.1} s; median {:.1} ms, 99 % {:.1} ms",
        milliseconds(&appended.waits, 50),
        milliseconds(&appended.waits, 99)
    )?;
    writeln!(
        out,
        "{entries} entries ({} MB): published in {:.1} s, verified from files in {:.2} s",
        verified.bytes / 1_000_000,
        verified.published.as_secs_f64(),
        verified.reading.as_secs_f64()
    )?;
    let run = json!({"writers": writers, "appends_per_second": rate.round(), "seconds": second,
        "median_ms": milliseconds(&appended.waits, 50), "p99_ms": milliseconds(&appended.waits, 99),
        "entries": entries, "published_s": verified.published.as_secs_f64(),
        "verified_s": verified.reading.as_secs_f64(), "load": load});
    keep("bench/ledger.json", "writers", run).map_err(|error| error.to_string())?;
    Ok(())
}

/// A share of sorted waits, in milliseconds.
fn milliseconds(waits: &[Duration], per_cent: usize) -> f64 {
    let at = (waits.len() * per_cent / 100).min(waits.len().saturating_sub(1));
    waits.get(at).map_or(0.0, |wait| wait.as_secs_f64() * 1000.0)
}

struct Appended {
    waits: Vec<Duration>,
    lasted: Duration,
}

/// What a transaction sees of the tree.
struct Nodes<'a>(RefCell<&'a mut dyn Tx>);

impl NodeReader for Nodes<'_> {
    fn node(&self, level: u8, index: u64) -> Result<Hash, TreeError> {
        let missing = || TreeError::MissingNode { level, index };
        self.0.borrow_mut().ledger_node(level, index).ok().flatten().ok_or_else(missing)
    }
}

fn append(seconds: u64, writers: u64) -> Result<Appended, Failure> {
    let folder = tempfile::tempdir()?;
    let app = Arc::new(init(InitJob {
        folder: &folder.path().join("list"),
        root: &RootSecret::data_key([1; 32]),
        cost: Argon2Cost::default(),
        charter: include_str!("../../../docs/charter.example.toml"),
        clock: Arc::new(SystemClock),
        chance: Arc::new(SystemChance),
        demo: false,
    })?);
    let signer = Arc::new(SignerKey::from_seed(NAME, [7; 32])?);
    let newest: Arc<Mutex<(u64, String)>> = Arc::default();
    let began = now();
    let until = began + Duration::from_secs(seconds);
    let threads: Vec<_> = (0..writers)
        .map(|writer| {
            let (app, signer, newest) = (Arc::clone(&app), Arc::clone(&signer), Arc::clone(&newest));
            std::thread::spawn(move || {
                let (mut waits, mut receipts) = (Vec::new(), Vec::new());
                while now() < until {
                    let asked = now();
                    receipts.push(decide(&app, &signer, &newest, writer)?);
                    waits.push(asked.elapsed());
                }
                Ok::<_, Refusal>((waits, receipts))
            })
        })
        .collect();
    let (mut waits, mut receipts) = (Vec::new(), Vec::new());
    for thread in threads {
        let (some_waits, some) = thread.join().map_err(|_| "a writer broke off")??;
        waits.extend(some_waits);
        receipts.extend(some);
    }
    let lasted = began.elapsed();
    for (index, receipt) in &receipts {
        let entry =
            app.store().read(|tx| Ok::<_, Refusal>(tx.ledger_entry(*index)?))?.ok_or("an entry is lost")?;
        if verify_receipt(receipt, &entry, signer.verifier())?.0 != *index {
            return Err("a receipt is for another entry".into());
        }
    }
    waits.sort_unstable();
    Ok(Appended { waits, lasted })
}

/// Enters one decision and takes its receipt under a checkpoint that covers it: the newest one, or, if that is too old,
/// one that is signed now and serves everybody who committed together.
fn decide(
    app: &App,
    signer: &SignerKey,
    newest: &Mutex<(u64, String)>,
    writer: u64,
) -> Result<(u64, String), Refusal> {
    let actor = Actor::machine();
    let index = app.store().write(|tx| {
        let body = json!({"loan": writer, "accepted": 4_212, "refused": 13, "in_doubt": 0, "stopped": 2});
        enter(tx, app.now(), &actor, "send.finished", body)
    })?;
    let note = {
        let mut newest = newest.lock().unwrap_or_else(PoisonError::into_inner);
        if newest.0 <= index {
            *newest = app.store().read(|tx| {
                let size = tx.ledger_size()?;
                let root = tree::root(size, &Nodes(RefCell::new(tx)))?;
                let note = signer.sign(&Checkpoint { origin: NAME.to_owned(), size, root })?;
                Ok::<_, Refusal>((size, note))
            })?;
        }
        newest.1.clone()
    };
    let receipt = app.store().read(|tx| {
        let nodes = Nodes(RefCell::new(tx));
        make_receipt(index, &note, &nodes, None)
            .map_err(|error| Refusal::internal("no receipt").because(error))
    })?;
    Ok((index, receipt))
}

struct Verified {
    bytes: u64,
    published: Duration,
    reading: Duration,
}

fn verify(entries: u64) -> Result<Verified, Failure> {
    let signer = SignerKey::from_seed(NAME, [7; 32])?;
    let mut log = MemoryLog::new();
    for index in 0..entries {
        let body = json!({"loan": index % 5_000, "content": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "ballot": "approve", "wing": "labor", "by": format!("trustee:0192f0c4-7c1e-7000-8000-{index:012}")});
        let leaf = Leaf { at: "2026-03-01T09:30:00Z".to_owned(), kind: "vote.cast".to_owned(), body };
        log.push(leaf.to_bytes()?)?;
    }
    let folder = tempfile::tempdir()?;
    let checkpoint = Checkpoint { origin: NAME.to_owned(), size: entries, root: log.root()? };
    let began = now();
    publish(folder.path(), &log, &signer.sign(&checkpoint)?)?;
    let published = began.elapsed();
    drop(log);
    verified(folder.path(), &signer, published)
}

fn verified(folder: &Path, signer: &SignerKey, published: Duration) -> Result<Verified, Failure> {
    let began = now();
    let report = verify_dir(folder, signer.verifier(), None)?;
    Ok(Verified { bytes: report.entry_bytes, published, reading: began.elapsed() })
}
