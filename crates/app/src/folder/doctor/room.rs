//! Room on the disk: for going on, and for a copy before the next migration.

use super::{Findings, How};
use crate::refusal::Result;
use hustings_store::sqlite::Sqlite;
use jiff::Timestamp;
use std::path::Path;

/// Below this, writing is about to fail.
const LITTLE: u64 = 256 << 20;

pub(super) fn look(folder: &Path, _: Timestamp, findings: &mut Findings) -> Result<()> {
    judge(Sqlite::free_space(folder)?, Sqlite::size(folder), findings);
    Ok(())
}

fn judge(free: u64, size: u64, findings: &mut Findings) {
    let mib = free >> 20;
    if free < LITTLE {
        findings.add(
            How::Broken,
            format!("{mib} MiB are free on the disk: the next stop may not be kept"),
            "free some space at once; a full disk is refused and loses nothing, but nothing new is kept",
        );
    } else if free < size {
        findings.add(
            How::Warning,
            format!("{mib} MiB are free on the disk, less than the list takes"),
            "an upgrade copies the list first, so free some space before one; take backups to another disk",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_room_is_said_before_there_is_none() {
        let how = |free, size| {
            let mut findings = Findings::default();
            judge(free, size, &mut findings);
            findings.0.first().map(|finding| finding.how)
        };
        assert_eq!(how(10 << 30, 1 << 30), None);
        assert_eq!(how(1 << 30, 2 << 30), Some(How::Warning));
        assert_eq!(how(LITTLE - 1, 1), Some(How::Broken));
    }
}
