//! Stops. There is no statement here, or anywhere, that deletes or weakens one.

use crate::coding::numbers::instant;
use crate::coding::words::Words;
use crate::engine::{Engine, Sql, Unit};
use crate::error::{StoreError, StoreResult};
use crate::traits::Suppressions;
use hustings_domain::consent::{SuppressionReason, SuppressionScope};
use hustings_domain::ids::Ordinal;
use hustings_vault::blind::SuppressionHash;
use jiff::Timestamp;

const ADD: &str = "INSERT INTO suppression (hash, scope, reason, at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (hash, scope) DO NOTHING";
const STOPS: &str = "SELECT scope, reason, at FROM suppression WHERE hash = $1 ORDER BY at, scope";
const ALL: &str = "SELECT hash, scope, reason, at FROM suppression ORDER BY hash, scope";
const COUNT: &str = "SELECT count(*) FROM suppression";

fn number(reason: SuppressionReason) -> u8 {
    match reason {
        SuppressionReason::Unsubscribed => 0,
        SuppressionReason::Complained => 1,
        SuppressionReason::Bounced => 2,
        SuppressionReason::Erased => 3,
        SuppressionReason::Imported => 4,
        SuppressionReason::Objected => 5,
    }
}

fn reason(number: u8) -> StoreResult<SuppressionReason> {
    let known = SuppressionReason::ALL.get(usize::from(number)).copied();
    known.ok_or_else(|| StoreError::Damaged(format!("there is no reason of a stop {number}")))
}

fn scope<E: Engine>(words: &mut Words, connection: &E, word: u32) -> StoreResult<SuppressionScope> {
    let scope = words.text(connection, word)?.parse();
    scope.map_err(|_| StoreError::Damaged("a stop's scope is unknown".to_owned()))
}

impl<E: Engine> Suppressions for Unit<'_, E> {
    fn suppress(
        &mut self,
        hash: SuppressionHash,
        scope: &SuppressionScope,
        reason: SuppressionReason,
        at: Timestamp,
    ) -> StoreResult<bool> {
        self.run(|db| {
            let scope = db.words.id(db.connection, &scope.to_string())?;
            Ok(db.connection.run(ADD, (hash.0, scope, number(reason), at.as_microsecond()))? == 1)
        })
    }

    fn stops_of(
        &mut self,
        hash: SuppressionHash,
    ) -> StoreResult<Vec<(SuppressionScope, SuppressionReason, Timestamp)>> {
        self.run(|db| {
            let rows = db.connection.all(STOPS, (hash.0,), |row| {
                Ok((row.get(0)?, reason(row.get(1)?)?, instant(row.get(2)?)?))
            })?;
            rows.into_iter()
                .map(|(word, reason, at)| Ok((scope(db.words, db.connection, word)?, reason, at)))
                .collect()
        })
    }

    fn every_stop(
        &mut self,
    ) -> StoreResult<Vec<(SuppressionHash, SuppressionScope, SuppressionReason, Timestamp)>> {
        self.run(|db| {
            let rows = db.connection.all(ALL, (), |row| {
                let hash = SuppressionHash(row.get(0)?);
                Ok((hash, row.get(1)?, reason(row.get(2)?)?, instant(row.get(3)?)?))
            })?;
            rows.into_iter()
                .map(|(hash, word, reason, at)| Ok((hash, scope(db.words, db.connection, word)?, reason, at)))
                .collect()
        })
    }

    fn are_stopped(&mut self, hashes: &[SuppressionHash]) -> StoreResult<Vec<bool>> {
        self.run(|db| {
            let everything = SuppressionScope::Everything.to_string();
            match db.words.known(db.connection, &everything)? {
                Some(scope) => db.connection.are_stopped(scope, hashes),
                None => Ok(vec![false; hashes.len()]),
            }
        })
    }

    fn stopped_supporters(&mut self, scopes: &[SuppressionScope]) -> StoreResult<Vec<Ordinal>> {
        self.run(|db| {
            let mut words = Vec::new();
            for scope in scopes {
                words.extend(db.words.known(db.connection, &scope.to_string())?);
            }
            db.connection.stopped_supporters(&words)
        })
    }

    fn suppression_count(&mut self) -> StoreResult<u64> {
        self.run(|db| db.connection.number(COUNT, ()))
    }
}
