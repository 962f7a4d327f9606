//! Tiles, bundles and their paths as strangers serve them: one spelling each, and no byte unread.
#![no_main]

use hustings_ledger::tiles::{Entries, Tile, decode_hashes, encode_entries, encode_hashes};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Some(tile) = Tile::parse_path(text)
    {
        assert_eq!(tile.path(), text, "a second spelling of one path");
        assert!((1..=256).contains(&tile.width));
        assert!(tile.width_at(u64::MAX) <= 256 && tile.width_at(0) == 0);
    }
    let Some((width, bytes)) = bytes.split_first() else { return };
    let width = u16::from(*width) + 1;
    if let Ok(hashes) = decode_hashes(bytes, width) {
        assert_eq!(hashes.len(), usize::from(width));
        assert_eq!(encode_hashes(&hashes), bytes);
    }
    let mut entries = Entries::new(bytes, width);
    let taken: Vec<_> = entries.by_ref().collect();
    assert!(taken.len() <= usize::from(width));
    let mut end = 0;
    for (place, entry) in taken.iter().flatten() {
        assert_eq!((place.start, place.len()), (end, entry.len() + 2), "entries lie one behind the other");
        end = place.end;
    }
    assert!(end == entries.at() && end <= bytes.len());
    if taken.iter().all(Result::is_ok) && entries.finish().is_ok() {
        let entries: Vec<&[u8]> = taken.iter().flatten().map(|(_, entry)| *entry).collect();
        assert_eq!(encode_entries(&entries).as_deref(), Ok(bytes));
    }
});
