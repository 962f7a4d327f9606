//! Alarms, reports of imports, areas of postal codes, single values.

use crate::coding::numbers::instant;
use crate::coding::texts::{joined, split};
use crate::engine::{Engine, OrConflict, Sql, Unit, uuid};
use crate::error::StoreResult;
use crate::records::{Alarm, ImportRecord};
use crate::traits::Notes;
use hustings_domain::area::AreaId;

const ADD_ALARM: &str = "INSERT INTO alarm (id, at, kind, what) VALUES ($1, $2, $3, $4)";
const ALARMS: &str = "SELECT id, at, kind, what FROM alarm ORDER BY at DESC, id DESC LIMIT $1";
const ADD_IMPORT: &str = "INSERT INTO import_run (id, at, report) VALUES ($1, $2, $3)";
const IMPORTS: &str = "SELECT id, at, report FROM import_run ORDER BY at DESC, id DESC LIMIT $1";
const PUT_AREAS: &str = "INSERT INTO postal_area (code, areas) VALUES ($1, $2)
    ON CONFLICT (code) DO UPDATE SET areas = excluded.areas";
const AREAS_OF: &str = "SELECT areas FROM postal_area WHERE code = $1";
const AREAS: &str = "SELECT code, areas FROM postal_area ORDER BY code";
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

    fn put_postal_areas(&mut self, rows: &[(String, Vec<AreaId>)]) -> StoreResult<()> {
        self.run(|db| {
            for (code, areas) in rows {
                db.connection.run(PUT_AREAS, (code, joined(areas.iter().map(AreaId::as_str))))?;
            }
            Ok(())
        })
    }

    fn areas_of_postal_code(&mut self, code: &str) -> StoreResult<Vec<AreaId>> {
        self.run(|db| Ok(db.connection.one(AREAS_OF, (code,), |row| split(row, 0))?.unwrap_or_default()))
    }

    fn postal_areas(&mut self) -> StoreResult<Vec<(String, Vec<AreaId>)>> {
        self.run(|db| db.connection.all(AREAS, (), |row| Ok((row.get(0)?, split(row, 1)?))))
    }

    fn meta(&mut self, key: &str) -> StoreResult<Option<String>> {
        self.run(|db| db.connection.one(META, (key,), |row| row.get(0)))
    }

    fn set_meta(&mut self, key: &str, value: &str) -> StoreResult<()> {
        self.run(|db| db.connection.run(SET_META, (key, value)).map(drop))
    }
}
