//! Paths of tiles: `tile/<level or entries>/<index in threes>[.p/<width>]` (C2SP tlog-tiles, "Merkle Tree").

use super::{TILE_WIDTH, Tile, TileKind};
use crate::checkpoint::parse_decimal;

/// The longest path that is read, in bytes: an index of 64 bits needs seven groups.
const MAX_PATH_BYTES: usize = 64;

impl Tile {
    /// The path below the served folder, with `/` between parts.
    pub fn path(&self) -> String {
        let kind = match self.kind {
            TileKind::Entries => "entries".to_owned(),
            TileKind::Hashes(level) => level.to_string(),
        };
        let mut groups = vec![format!("{:03}", self.index % 1000)];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(format!("x{:03}", rest % 1000));
            rest /= 1000;
        }
        groups.reverse();
        let partial = if self.is_full() { String::new() } else { format!(".p/{}", self.width) };
        format!("tile/{kind}/{}{partial}", groups.join("/"))
    }

    /// Reads a path in its one spelling; `None` for any other.
    pub fn parse_path(path: &str) -> Option<Self> {
        if path.len() > MAX_PATH_BYTES {
            return None;
        }
        let (kind, place) = path.strip_prefix("tile/")?.split_once('/')?;
        let kind = match kind {
            "entries" => TileKind::Entries,
            level => TileKind::Hashes(u8::try_from(parse_decimal(level)?).ok().filter(|level| *level < 64)?),
        };
        let (groups, width) = match place.split_once(".p/") {
            Some((groups, width)) => {
                (groups, parse_decimal(width).filter(|width| (1..TILE_WIDTH).contains(width))?)
            }
            None => (place, TILE_WIDTH),
        };
        let mut index: u64 = 0;
        for group in groups.split('/') {
            let digits = group.strip_prefix('x').unwrap_or(group);
            let number: u64 = digits.parse().ok()?;
            index = index.checked_mul(1000)?.checked_add(number)?;
        }
        let tile = Self { kind, index, width: u16::try_from(width).ok()? };
        (tile.path() == path).then_some(tile)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_example_of_the_specification() {
        let tile = Tile { kind: TileKind::Hashes(0), index: 1_234_067, width: 256 };
        assert_eq!(tile.path(), "tile/0/x001/x234/067");
        let bundle = Tile { kind: TileKind::Entries, index: 5, width: 17 };
        assert_eq!(bundle.path(), "tile/entries/005.p/17");
    }

    #[test]
    fn other_spellings_are_refused() {
        for path in [
            "tile/0/0",
            "tile/0/x000/001",
            "tile/00/001",
            "tile/64/001",
            "tile/0/001.p/0",
            "tile/0/001.p/256",
            "tile/0/001.p/07",
            "tile/0/001/067",
            "tile/0/x001",
            "tile/0/+01",
            "tile/data/001",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
            "/tile/0/001",
            "tile/0/../0/001",
        ] {
            assert_eq!(Tile::parse_path(path), None, "{path}");
        }
    }

    proptest! {
        #[test]
        fn paths_read_back(index: u64, level in 0u8..64, entries: bool, width in 1u16..=256) {
            let kind = if entries { TileKind::Entries } else { TileKind::Hashes(level) };
            let tile = Tile { kind, index, width };
            prop_assert_eq!(Tile::parse_path(&tile.path()), Some(tile));
        }
    }
}
