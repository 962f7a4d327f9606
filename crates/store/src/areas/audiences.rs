//! Saved audiences and their versions.

use crate::coding::numbers::instant;
use crate::engine::{Columns, Engine, Sql, Unit};
use crate::error::{StoreError, StoreResult};
use crate::records::{AudienceVersion, SavedAudience};
use crate::traits::Audiences;
use hustings_domain::words::Slug;
use jiff::Timestamp;

const NEWEST: &str = "SELECT coalesce(max(version), 0) FROM audience WHERE name = $1";
const ADD: &str =
    "INSERT INTO audience (name, version, expression, saved_by, at) VALUES ($1, $2, $3, $4, $5)";
const REVIVE: &str = "DELETE FROM audience_retired WHERE name = $1";
const NOW: &str = "SELECT a.name, a.version, a.expression, a.saved_by, a.at, r.at
    FROM audience AS a LEFT JOIN audience_retired AS r ON r.name = a.name
    WHERE a.name = $1 ORDER BY a.version DESC LIMIT 1";
const ALL: &str = "SELECT a.name, a.version, a.expression, a.saved_by, a.at, r.at
    FROM audience AS a LEFT JOIN audience_retired AS r ON r.name = a.name
    WHERE a.version = (SELECT max(version) FROM audience WHERE name = a.name) ORDER BY a.name";
const VERSIONS: &str =
    "SELECT name, version, expression, saved_by, at FROM audience WHERE name = $1 ORDER BY version";
const RETIRE: &str = "INSERT INTO audience_retired (name, at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";

fn version(row: &dyn Columns) -> StoreResult<AudienceVersion> {
    let name = row.text(0)?;
    Ok(AudienceVersion {
        name: name
            .parse()
            .map_err(|_| StoreError::Damaged("the name of an audience cannot be read".to_owned()))?,
        version: row.get(1)?,
        expression: row.get(2)?,
        by: row.get(3)?,
        at: instant(row.get(4)?)?,
    })
}

fn saved(row: &dyn Columns) -> StoreResult<SavedAudience> {
    let retired: Option<i64> = row.get(5)?;
    Ok(SavedAudience { newest: version(row)?, retired: retired.map(instant).transpose()? })
}

impl<E: Engine> Audiences for Unit<'_, E> {
    fn add_audience_version(&mut self, version: &AudienceVersion) -> StoreResult<()> {
        self.run(|db| {
            let name = version.name.as_str();
            let next = db.connection.number(NEWEST, (name,))? + 1;
            if u64::from(version.version) != next {
                return Err(StoreError::Conflict(format!(
                    "version {} of the audience `{name}` cannot be added: the next is {next}",
                    version.version
                )));
            }
            let at = version.at.as_microsecond();
            db.connection.run(ADD, (name, version.version, &version.expression, &version.by, at))?;
            db.connection.run(REVIVE, (name,)).map(drop)
        })
    }

    fn audience(&mut self, name: &Slug) -> StoreResult<Option<SavedAudience>> {
        self.run(|db| db.connection.one(NOW, (name.as_str(),), saved))
    }

    fn audiences(&mut self) -> StoreResult<Vec<SavedAudience>> {
        self.run(|db| db.connection.all(ALL, (), saved))
    }

    fn audience_versions(&mut self, name: &Slug) -> StoreResult<Vec<AudienceVersion>> {
        self.run(|db| db.connection.all(VERSIONS, (name.as_str(),), version))
    }

    fn retire_audience(&mut self, name: &Slug, at: Timestamp) -> StoreResult<bool> {
        self.run(|db| {
            if db.connection.number(NEWEST, (name.as_str(),))? == 0 {
                return Ok(false);
            }
            Ok(db.connection.run(RETIRE, (name.as_str(), at.as_microsecond()))? > 0)
        })
    }
}
