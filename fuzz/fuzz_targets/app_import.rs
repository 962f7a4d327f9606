//! A file to bring in, any bytes: looked over, its columns made out, every row read. Refused with a reason, or every
//! row accounted for; and the same bytes come to the same.
#![no_main]

use hustings_app::people::import::{ImportJob, ImportKind, preview};
use hustings_domain::chance::SeededRng;
use hustings_domain::charter::Charter;
use hustings_vault::{Argon2Cost, RootSecret, Vault};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use std::path::PathBuf;
use std::sync::LazyLock;

static CHARTER: LazyLock<Charter> = LazyLock::new(|| {
    Charter::from_toml(include_str!("../../docs/charter.example.toml")).expect("the example charter holds")
});
static VAULT: LazyLock<Vault> = LazyLock::new(|| {
    let cost = Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 };
    let root = RootSecret::data_key([7; 32]);
    Vault::create_with_cost(&root, cost, &mut SeededRng::new(1)).expect("a vault of any key").0
});
/// In memory where the machine has such a place.
static PATH: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = PathBuf::from("/dev/shm");
    let folder = if memory.is_dir() { memory } else { std::env::temp_dir() };
    folder.join(format!("hustings-fuzz-{}.csv", std::process::id()))
});

fuzz_target!(|bytes: &[u8]| {
    // The first byte says what the file is told to hold; the others are the file.
    let Some((told, file)) = bytes.split_first() else { return };
    let kind = match told % 5 {
        0 => None,
        1 => Some(ImportKind::Supporters),
        2 => Some(ImportKind::Gifts),
        3 => Some(ImportKind::Suppressions),
        _ => Some(ImportKind::Areas),
    };
    std::fs::write(&*PATH, file).expect("there is room for a small file");
    let job = ImportJob { kind, ..ImportJob::new(&*PATH) };
    let look = || preview(&job, &CHARTER, &VAULT, Timestamp::UNIX_EPOCH, &mut SeededRng::new(2));
    match look() {
        Ok(seen) => {
            assert!(seen.adds_up(), "{seen:?}");
            assert!(kind.is_none_or(|kind| kind == seen.kind), "{seen:?}");
            assert_eq!(look().as_ref(), Ok(&seen), "looked at twice");
        }
        Err(refusal) => {
            assert_ne!(refusal.kind, hustings_app::Kind::Internal, "{refusal:?}");
            assert!(!refusal.message.is_empty(), "refused for no reason");
        }
    }
});
