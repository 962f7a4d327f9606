//! Supporters, their blind indexes, facts and gifts, the change feed, sources and keys to be destroyed.

use super::hashes::{self, Of};
use super::pack::{day, day_number, pack, unpack};
use super::profiles;
use super::sql::{Db, OrConflict, Sql, SqliteTx, insert_many, instant, unsigned, uuid};
use crate::error::{StoreError, StoreResult};
use crate::records::{Change, Source, SupporterRecord};
use crate::traits::People;
use hustings_domain::facts::{Fact, Gift, Profile};
use hustings_domain::ids::{Ordinal, SupporterId};
use hustings_domain::money::Cents;
use hustings_vault::blind::{BlindColumn, BlindIndex, SuppressionHash};
use jiff::Timestamp;
use rusqlite::Row;

const NEXT: &str = "SELECT next FROM counter WHERE name = $1";
const SET_NEXT: &str = "UPDATE counter SET next = $1 WHERE name = $2";
const INSERT: &str = "INSERT OR FAIL INTO supporter (ordinal, id, joined, version, mail_key, sealed) VALUES";
const UPDATE: &str = "UPDATE supporter SET version = $1, mail_key = $2, sealed = $3 WHERE ordinal = $4";
const BY_ORDINAL: &str =
    "SELECT ordinal, id, joined, version, mail_key, sealed FROM supporter WHERE ordinal = $1";
const BY_ID: &str = "SELECT ordinal, id, joined, version, mail_key, sealed FROM supporter WHERE id = $1";
const COUNT: &str = "SELECT count(*) FROM supporter";
/// What goes when a person goes; deliveries, stops and the kind of each answer stay.
pub(super) const REMOVE: [&str; 8] = [
    "DELETE FROM supporter WHERE ordinal = $1",
    "DELETE FROM blind WHERE (field, hash) IN (SELECT field, hash FROM further WHERE ordinal = $1)",
    "DELETE FROM further WHERE ordinal = $1",
    "DELETE FROM fact WHERE ordinal = $1",
    "DELETE FROM gift WHERE ordinal = $1",
    "DELETE FROM consent WHERE place >= $1 * 1048576 AND place < ($1 + 1) * 1048576",
    "UPDATE response SET fields = '', sealed_report = NULL WHERE ordinal = $1",
    "UPDATE copy_row SET ordinal = NULL WHERE ordinal = $1",
];
const INSERT_BLIND: &str = "INSERT OR IGNORE INTO blind (field, hash, ordinal) VALUES";
const ADD_FURTHER: &str = "INSERT OR IGNORE INTO further (ordinal, field, hash) VALUES ($1, $2, $3)";
const REMOVE_FURTHER: [&str; 2] = [
    "DELETE FROM blind WHERE (field, hash) IN (SELECT field, hash FROM further WHERE ordinal = $1 AND field = $2)",
    "DELETE FROM further WHERE ordinal = $1 AND field = $2",
];
pub(super) const REMOVE_BLIND: &str = "DELETE FROM blind WHERE field = $1 AND hash = $2";
const FIND_BLIND: &str = "SELECT ordinal FROM blind WHERE field = $1 AND hash = $2";
const SET_FACTS: &str = "INSERT OR REPLACE INTO fact (ordinal, facts) VALUES";
const FACTS: &str = "SELECT facts FROM fact WHERE ordinal = $1";
const ADD_GIFT: &str =
    "INSERT INTO gift (ordinal, day, cents, source, occurrence) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (ordinal, day, cents, source, occurrence) DO NOTHING";
const GIFTS: &str = "SELECT day, cents FROM gift WHERE ordinal = $1 ORDER BY day, cents, source, occurrence";
const ADD_CHANGE: &str = "INSERT INTO change (sequence, first, last)
    SELECT coalesce(max(sequence), 0) + 1, $1, $2 FROM change RETURNING sequence";
const CHANGE_SEQUENCE: &str = "SELECT max(sequence) FROM change";
const CHANGES: &str =
    "SELECT sequence, first, last FROM change WHERE sequence > $1 ORDER BY sequence LIMIT $2";
const SOURCE: &str = "SELECT number, name, licence, at FROM source WHERE name = $1";
const SOURCES: &str = "SELECT number, name, licence, at FROM source ORDER BY number";
const ADD_SOURCE: &str = "INSERT INTO source (number, name, licence, at)
    SELECT coalesce(max(number), 0) + 1, $1, $2, $3 FROM source";
const ADD_SHRED: &str = "INSERT INTO shred (ordinal) VALUES ($1) ON CONFLICT (ordinal) DO NOTHING";
const SHREDS: &str = "SELECT ordinal FROM shred ORDER BY ordinal";
const CLEAR_SHRED: &str = "DELETE FROM shred WHERE ordinal = $1";

pub(super) fn field(column: BlindColumn) -> u8 {
    match column {
        BlindColumn::Email => 0,
        BlindColumn::Phone => 1,
    }
}

fn kind(column: BlindColumn) -> Of {
    match column {
        BlindColumn::Email => Of::Email,
        BlindColumn::Phone => Of::Phone,
    }
}

fn read_supporter(row: &Row<'_>) -> StoreResult<SupporterRecord> {
    Ok(SupporterRecord {
        ordinal: Ordinal(row.get(0)?),
        id: SupporterId(uuid(row, 1)?),
        joined: instant(row.get(2)?)?,
        version: row.get(3)?,
        mail_key: row.get::<_, Option<[u8; 16]>>(4)?.map(SuppressionHash),
        sealed: row.get(5)?,
    })
}

fn read_source(row: &Row<'_>) -> StoreResult<Source> {
    Ok(Source { number: row.get(0)?, name: row.get(1)?, licence: row.get(2)?, at: instant(row.get(3)?)? })
}

fn insert_supporters(db: &Db<'_>, records: &[SupporterRecord]) -> StoreResult<()> {
    let mut next = db.connection.number(NEXT, ("ordinal",))?;
    for record in records {
        if u64::from(record.ordinal.0) != next {
            return Err(StoreError::Conflict(format!(
                "the next supporter gets position {next}, not {}",
                record.ordinal.0
            )));
        }
        next += 1;
    }
    insert_many(db.connection, INSERT, 6, records, |bind, record| {
        bind.next(record.ordinal.0)?;
        bind.next(record.id.0.as_bytes())?;
        bind.next(record.joined.as_microsecond())?;
        bind.next(record.version)?;
        bind.next(record.mail_key.map(|key| key.0))?;
        bind.next(record.sealed.as_slice())
    })
    .or_conflict(|| "one of these supporters is on the list already".to_owned())?;
    set_mail_keys(db, records)?;
    // INVARIANT: the counter only ever goes up, so that a removed person's position is nobody else's.
    let next = u32::try_from(next).map_err(|_| StoreError::Conflict("the list is full".to_owned()))?;
    db.connection.run(SET_NEXT, (next, "ordinal"))?;
    Ok(())
}

fn insert_blind(db: &Db<'_>, column: BlindColumn, rows: &[(BlindIndex, Ordinal)]) -> StoreResult<()> {
    // In the order of the tree: neighbouring keys fall on the same page.
    let mut sorted = rows.to_vec();
    sorted.sort_unstable_by_key(|row| row.0);
    let added = insert_many(db.connection, INSERT_BLIND, 3, &sorted, |bind, (index, ordinal)| {
        bind.next(field(column))?;
        bind.next(index.0)?;
        bind.next(ordinal.0)
    })?;
    if added < sorted.len() {
        check_holders(db, column, &sorted)?;
    }
    sorted.sort_unstable_by_key(|row| row.1);
    let of = kind(column);
    hashes::edit(
        db.connection,
        of,
        &sorted,
        |row| row.1,
        |slot, (index, ordinal)| {
            match slot.get()? {
                None => slot.set(Some(index.0)),
                Some(held) if held == index.0 => {}
                Some(_) => drop(db.connection.run(ADD_FURTHER, (ordinal.0, field(column), index.0))?),
            }
            Ok(())
        },
    )
}

fn replace_blind(
    db: &Db<'_>,
    column: BlindColumn,
    ordinal: Ordinal,
    index: Option<BlindIndex>,
) -> StoreResult<()> {
    if let Some(hash) = hashes::take(db.connection, kind(column), ordinal)? {
        db.connection.run(REMOVE_BLIND, (field(column), hash))?;
    }
    for statement in REMOVE_FURTHER {
        db.connection.run(statement, (ordinal.0, field(column)))?;
    }
    index.map_or(Ok(()), |index| insert_blind(db, column, &[(index, ordinal)]))
}

fn set_mail_keys(db: &Db<'_>, records: &[SupporterRecord]) -> StoreResult<()> {
    hashes::edit(
        db.connection,
        Of::Mail,
        records,
        |record| record.ordinal,
        |slot, record| {
            slot.set(record.mail_key.map(|key| key.0));
            Ok(())
        },
    )
}

fn check_holders(db: &Db<'_>, column: BlindColumn, rows: &[(BlindIndex, Ordinal)]) -> StoreResult<()> {
    for (index, ordinal) in rows {
        let holder = db.connection.number(FIND_BLIND, (field(column), index.0))?;
        if holder != u64::from(ordinal.0) {
            return Err(StoreError::Conflict(format!(
                "what supporter {} is found by already belongs to supporter {holder}",
                ordinal.0
            )));
        }
    }
    Ok(())
}

fn find_blind(db: &Db<'_>, column: BlindColumn, keys: &[BlindIndex]) -> StoreResult<Vec<Option<Ordinal>>> {
    let mut sorted: Vec<(usize, &BlindIndex)> = keys.iter().enumerate().collect();
    sorted.sort_unstable_by_key(|entry| entry.1);
    let mut found = vec![None; keys.len()];
    let mut find = db.connection.prepare_cached(FIND_BLIND)?;
    for (place, key) in sorted {
        let mut rows = find.query((field(column), key.0))?;
        if let (Some(row), Some(slot)) = (rows.next()?, found.get_mut(place)) {
            *slot = Some(Ordinal(row.get(0)?));
        }
    }
    Ok(found)
}

fn set_facts(db: &mut Db<'_>, rows: &[(Ordinal, Vec<Fact>)]) -> StoreResult<()> {
    let mut bytes = Vec::new();
    let mut packed = Vec::with_capacity(rows.len());
    for (ordinal, facts) in rows {
        let start = bytes.len();
        pack(db, facts, &mut bytes)?;
        packed.push((*ordinal, start..bytes.len()));
    }
    // An empty list takes the place of what was there before: no row and no facts read the same.
    insert_many(db.connection, SET_FACTS, 2, &packed, |bind, (ordinal, range)| {
        bind.next(ordinal.0)?;
        bind.next(bytes.get(range.clone()).unwrap_or_default())
    })?;
    Ok(())
}

fn source(db: &Db<'_>, name: &str, licence: &str, at: Timestamp) -> StoreResult<Source> {
    if let Some(known) = db.connection.one(SOURCE, (name,), read_source)? {
        return Ok(known);
    }
    db.connection.run(ADD_SOURCE, (name, licence, at.as_microsecond()))?;
    db.connection
        .one(SOURCE, (name,), read_source)?
        .ok_or_else(|| StoreError::Engine("a new source was not kept".to_owned()))
}

impl People for SqliteTx<'_> {
    fn next_ordinal(&mut self) -> StoreResult<Ordinal> {
        self.run(|db| {
            let next = db.connection.number(NEXT, ("ordinal",))?;
            u32::try_from(next).map(Ordinal).map_err(|_| StoreError::Conflict("the list is full".to_owned()))
        })
    }

    fn insert_supporters(&mut self, records: &[SupporterRecord]) -> StoreResult<()> {
        self.run(|db| insert_supporters(db, records))
    }

    fn update_supporter(&mut self, record: &SupporterRecord) -> StoreResult<()> {
        self.run(|db| {
            let key = record.mail_key.map(|key| key.0);
            match db.connection.run(UPDATE, (record.version, key, &record.sealed, record.ordinal.0))? {
                0 => Err(StoreError::Conflict(format!("there is no supporter {}", record.ordinal.0))),
                _ => set_mail_keys(db, std::slice::from_ref(record)),
            }
        })
    }

    fn supporter(&mut self, ordinal: Ordinal) -> StoreResult<Option<SupporterRecord>> {
        self.run(|db| db.connection.one(BY_ORDINAL, (ordinal.0,), read_supporter))
    }

    fn supporter_by_id(&mut self, id: SupporterId) -> StoreResult<Option<SupporterRecord>> {
        self.run(|db| db.connection.one(BY_ID, (id.0.as_bytes(),), read_supporter))
    }

    fn remove_supporter(&mut self, ordinal: Ordinal) -> StoreResult<()> {
        self.run(|db| {
            for column in [BlindColumn::Email, BlindColumn::Phone] {
                if let Some(hash) = hashes::take(db.connection, kind(column), ordinal)? {
                    db.connection.run(REMOVE_BLIND, (field(column), hash))?;
                }
            }
            hashes::take(db.connection, Of::Mail, ordinal)?;
            for statement in REMOVE {
                db.connection.run(statement, (ordinal.0,))?;
            }
            Ok(())
        })
    }

    fn supporter_count(&mut self) -> StoreResult<u64> {
        self.run(|db| db.connection.number(COUNT, ()))
    }

    fn insert_blind(&mut self, column: BlindColumn, rows: &[(BlindIndex, Ordinal)]) -> StoreResult<()> {
        self.run(|db| insert_blind(db, column, rows))
    }

    fn replace_blind(
        &mut self,
        column: BlindColumn,
        ordinal: Ordinal,
        index: Option<BlindIndex>,
    ) -> StoreResult<()> {
        self.run(|db| replace_blind(db, column, ordinal, index))
    }

    fn find_blind(&mut self, column: BlindColumn, keys: &[BlindIndex]) -> StoreResult<Vec<Option<Ordinal>>> {
        self.run(|db| find_blind(db, column, keys))
    }

    fn set_facts(&mut self, rows: &[(Ordinal, Vec<Fact>)]) -> StoreResult<()> {
        self.run(|db| set_facts(db, rows))
    }

    fn facts(&mut self, ordinal: Ordinal) -> StoreResult<Vec<Fact>> {
        self.run(|db| {
            let bytes: Option<Vec<u8>> = db.connection.one(FACTS, (ordinal.0,), |row| Ok(row.get(0)?))?;
            unpack(db, &bytes.unwrap_or_default())
        })
    }

    fn add_gifts(&mut self, rows: &[(Ordinal, Gift, u32, u32)]) -> StoreResult<u64> {
        self.run(|db| {
            let mut add = db.connection.prepare_cached(ADD_GIFT)?;
            let mut new = 0;
            for (ordinal, gift, source, occurrence) in rows {
                new += add.execute((ordinal.0, day_number(gift.on), gift.amount.0, source, occurrence))?;
            }
            Ok(new as u64)
        })
    }

    fn gifts(&mut self, ordinal: Ordinal) -> StoreResult<Vec<Gift>> {
        self.run(|db| {
            db.connection.all(GIFTS, (ordinal.0,), |row| {
                Ok(Gift { on: day(row.get(0)?)?, amount: Cents(row.get(1)?) })
            })
        })
    }

    fn profiles(&mut self, from: Ordinal, limit: u32) -> StoreResult<Vec<Profile>> {
        self.run(|db| profiles::read(db, from, limit))
    }

    fn profile(&mut self, ordinal: Ordinal) -> StoreResult<Option<Profile>> {
        let found = self.run(|db| profiles::read_one(db, ordinal))?;
        Ok(found)
    }

    fn record_change(&mut self, first: Ordinal, last: Ordinal) -> StoreResult<u64> {
        self.run(|db| {
            if last < first {
                return Err(StoreError::Conflict("a change ends before it begins".to_owned()));
            }
            db.connection.number(ADD_CHANGE, (first.0, last.0))
        })
    }

    fn change_sequence(&mut self) -> StoreResult<u64> {
        self.run(|db| db.connection.number(CHANGE_SEQUENCE, ()))
    }

    fn changes_since(&mut self, sequence: u64, limit: u32) -> StoreResult<Vec<Change>> {
        self.run(|db| {
            let after = i64::try_from(sequence).unwrap_or(i64::MAX);
            db.connection.all(CHANGES, (after, limit), |row| {
                Ok(Change {
                    sequence: unsigned(row.get(0)?)?,
                    first: Ordinal(row.get(1)?),
                    last: Ordinal(row.get(2)?),
                })
            })
        })
    }

    fn source(&mut self, name: &str, licence: &str, at: Timestamp) -> StoreResult<Source> {
        self.run(|db| source(db, name, licence, at))
    }

    fn sources(&mut self) -> StoreResult<Vec<Source>> {
        self.run(|db| db.connection.all(SOURCES, (), read_source))
    }

    fn add_shred(&mut self, ordinal: Ordinal) -> StoreResult<()> {
        self.run(|db| db.connection.run(ADD_SHRED, (ordinal.0,)).map(drop))
    }

    fn shreds(&mut self) -> StoreResult<Vec<Ordinal>> {
        self.run(|db| db.connection.all(SHREDS, (), |row| Ok(Ordinal(row.get(0)?))))
    }

    fn clear_shred(&mut self, ordinal: Ordinal) -> StoreResult<()> {
        self.run(|db| db.connection.run(CLEAR_SHRED, (ordinal.0,)).map(drop))
    }
}
