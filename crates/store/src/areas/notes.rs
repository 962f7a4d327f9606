//! Alarms, reports of imports, single values.

use crate::coding::numbers::instant;
use crate::engine::{Engine, OrConflict, Sql, Unit, uuid};
use crate::error::StoreResult;
use crate::records::{Alarm, ImportRecord};
use crate::traits::Notes;

const ADD_ALARM: &str = "INSERT INTO alarm (id, at, kind, what) VALUES ($1, $2, $3, $4)";
const ALARMS: &str = "SELECT id, at, kind, what FROM alarm ORDER BY at DESC, id DESC LIMIT $1";
const ADD_IMPORT: &str = "INSERT INTO import_run (id, at, report) VALUES ($1, $2, $3)";
const IMPORTS: &str = "SELECT id, at, report FROM import_run ORDER BY at DESC, id DESC LIMIT $1";
pub(crate) const META: &str = "SELECT value FROM meta WHERE key = $1";
pub(crate) const SET_META: &str = "INSERT INTO meta (key, value) VALUES ($1, $2)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value";

impl<E: Engine> Notes for Unit<'_, E> {
    fn add_alarm(&mut self, alarm: &Alarm) -> StoreResult<()> {
        self.run(|db| {
            db.connection
                .run(ADD_ALARM, (alarm.id.as_bytes(), alarm.at.as_microsecond(), &alarm.kind, &alarm.what))
                .or_conflict(|| format!("the alarm `{}` is kept already", alarm.id))
                .map(drop)
        })
    }

    fn alarms(&mut self, limit: u32) -> StoreResult<Vec<Alarm>> {
        self.run(|db| {
            db.connection.all(ALARMS, (limit,), |row| {
                let (id, at) = (uuid(row, 0)?, instant(row.get(1)?)?);
                Ok(Alarm { id, at, kind: row.get(2)?, what: row.get(3)? })
            })
        })
    }

    fn add_import(&mut self, import: &ImportRecord) -> StoreResult<()> {
        self.run(|db| {
            db.connection
                .run(ADD_IMPORT, (import.id.as_bytes(), import.at.as_microsecond(), &import.report))
                .or_conflict(|| format!("the import `{}` is kept already", import.id))
                .map(drop)
        })
    }

    fn imports(&mut self, limit: u32) -> StoreResult<Vec<ImportRecord>> {
        self.run(|db| {
            db.connection.all(IMPORTS, (limit,), |row| {
                Ok(ImportRecord { id: uuid(row, 0)?, at: instant(row.get(1)?)?, report: row.get(2)? })
            })
        })
    }

    fn meta(&mut self, key: &str) -> StoreResult<Option<String>> {
        self.run(|db| db.connection.one(META, (key,), |row| row.get(0)))
    }

    fn set_meta(&mut self, key: &str, value: &str) -> StoreResult<()> {
        self.run(|db| db.connection.run(SET_META, (key, value)).map(drop))
    }
}
