//! The two databases: whole by themselves, and fitting each other. Reads everything, so it takes its time.

use super::{Findings, How};
use crate::refusal::Result;
use hustings_store::StoreError;
use hustings_store::sqlite::Sqlite;
use jiff::Timestamp;
use std::path::Path;

pub(super) fn look(folder: &Path, _: Timestamp, findings: &mut Findings) -> Result<()> {
    match Sqlite::verify(folder) {
        Ok(problems) => {
            for problem in problems {
                findings.add(
                    How::Broken,
                    problem,
                    "stop serving, keep the folder, and restore the newest backup with `hustings restore`",
                );
            }
        }
        Err(StoreError::Newer { found, known }) => findings.add(
            How::Broken,
            format!("the data have version {found}, and this program knows versions up to {known}"),
            "run the newer hustings",
        ),
        Err(error) => return Err(error.into()),
    }
    match Sqlite::open_reading(folder) {
        Err(StoreError::Conflict(why)) => findings.add(How::Warning, why, "start `hustings serve` once"),
        Err(StoreError::NotThere(_)) => findings.add(
            How::Broken,
            "a restore was cut off before the restored list took its place",
            "any verb that opens the list completes it",
        ),
        _ => {}
    }
    Ok(())
}
