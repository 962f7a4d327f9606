//! The index file with its checksums made right, so that what lies behind them is reached: whatever is not
//! refused can be asked and written, and reads back as the same bytes.
#![no_main]

use hustings_audience::{BreakdownBy, Index, Selection, parse};
use hustings_domain::ids::Ordinal;
use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use std::path::PathBuf;
use std::sync::LazyLock;

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = PathBuf::from("/dev/shm");
    let at = if memory.is_dir() { memory } else { std::env::temp_dir() };
    let folder = at.join(format!("hustings-fuzz-index-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder to write in");
    folder
});

/// Magic and version, then sections: number (1), length (8), CRC-32 (4) of number, length and content, content.
fn with_right_checksums(bytes: &[u8]) -> Vec<u8> {
    let mut fixed = b"HUSTAUD\n\x03\0\0\0".to_vec();
    let mut rest = bytes.get(fixed.len()..).unwrap_or_default();
    while let Some((head, after)) = rest.split_first_chunk::<13>() {
        let [number, length @ .., _, _, _, _] = head;
        let length: [u8; 8] = *length;
        let taken = usize::try_from(u64::from_le_bytes(length)).unwrap_or(usize::MAX);
        let Some((content, after)) = after.split_at_checked(taken) else { break };
        let mut hash = crc32fast::Hasher::new();
        hash.update(&[*number]);
        hash.update(&length);
        hash.update(content);
        fixed.push(*number);
        fixed.extend_from_slice(&length);
        fixed.extend_from_slice(&hash.finalize().to_le_bytes());
        fixed.extend_from_slice(content);
        rest = after;
    }
    fixed.extend_from_slice(rest);
    fixed
}

fuzz_target!(|bytes: &[u8]| {
    let (first, second) = (FOLDER.join("first"), FOLDER.join("second"));
    std::fs::write(&first, with_right_checksums(bytes)).expect("written");
    let Ok(index) = Index::load(&first) else { return };
    index.save(&first).expect("an index that was read can be written");
    let again = Index::load(&first).expect("what was written is read");
    again.save(&second).expect("written");
    assert_eq!(std::fs::read(&first).ok(), std::fs::read(&second).ok(), "it is written otherwise each time");
    assert_eq!((again.len(), again.as_of(), again.stamp()), (index.len(), index.as_of(), index.stamp()));

    let today = date(2026, 3, 1);
    let everyone = parse("everyone").expect("an expression");
    let all = index.select(&everyone, Selection::OwnUse, today, 1);
    assert_eq!(
        (all.count(), index.count(&everyone, Selection::OwnUse, today, 1)),
        (index.len(), index.len())
    );
    for text in [
        "not gave(12m) >= $25 or gifts > 2 and last_gift within 90d",
        "joined between 2020-01-01 and 2025-12-31 or birth-year < 1980",
        "tag starts \"v\" or last_gift before 30d or gifts(2025) = 0",
        "area in (\"ocd-division/country:us/state:vt\") and not tag has \"vip\"",
    ] {
        let Ok(expr) = parse(text) else { continue };
        let count = index.count(&expr, Selection::OwnUse, today, 1);
        assert!(count <= index.len(), "{text} finds more people than there are");
        assert_eq!(again.count(&expr, Selection::OwnUse, today, 1), count, "{text}");
    }
    for by in [BreakdownBy::Issue, BreakdownBy::Source, BreakdownBy::JoinedMonth] {
        let parts = index.breakdown(&all, &by, Selection::OwnUse, 1);
        assert!(parts.iter().all(|(_, people)| (1..=all.count()).contains(people)), "{by:?}");
    }
    let mut fewer = index;
    let before = fewer.len();
    if let Some(gone) = all.iter().next() {
        fewer.remove(gone);
        assert_eq!(fewer.len() + 1, before);
    }
    fewer.remove(Ordinal(u32::MAX));
});
