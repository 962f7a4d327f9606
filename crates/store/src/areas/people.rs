//! Supporters, their blind indexes, facts and gifts, the change feed, sources and keys to be destroyed.

use super::consents::places;
use super::profiles;
use crate::coding::facts::{day, day_number, pack, unpack};
use crate::coding::numbers::{instant, unsigned};
use crate::engine::{Columns, Db, Engine, GiftRow, OfPeople, Sql, Unit, uuid};
use crate::error::{StoreError, StoreResult};
use crate::records::{Change, Source, SupporterRecord};
use crate::traits::People;
use hustings_domain::facts::{Fact, Gift, Profile};
use hustings_domain::ids::{Ordinal, SupporterId};
use hustings_domain::money::Cents;
use hustings_vault::blind::{BlindColumn, BlindIndex, SuppressionHash};
use hustings_vault::vault::WrappedKey;
use jiff::Timestamp;

pub(crate) const NEXT: &str = "SELECT next FROM counter WHERE name = $1";
const SET_NEXT: &str = "UPDATE counter SET next = $1 WHERE name = $2";
const UPDATE: &str = "UPDATE supporter SET version = $1, mail_key = $2, sealed = $3 WHERE ordinal = $4";
const BY_ORDINAL: &str =
    "SELECT ordinal, id, joined, version, mail_key, sealed FROM supporter WHERE ordinal = $1";
const OF_SEVERAL: OfPeople = OfPeople {
    between: "SELECT ordinal, id, joined, version, mail_key, sealed FROM supporter
        WHERE ordinal BETWEEN $1 AND $2 ORDER BY ordinal",
    among: "SELECT ordinal, id, joined, version, mail_key, sealed FROM supporter
        WHERE ordinal = ANY($1) ORDER BY ordinal",
};
const BY_ID: &str = "SELECT ordinal, id, joined, version, mail_key, sealed FROM supporter WHERE id = $1";
const COUNT: &str = "SELECT count(*) FROM supporter";
/// What goes when a person goes; deliveries, stops and the kind of each answer stay.
pub(crate) const REMOVE: [&str; 6] = [
    "DELETE FROM supporter WHERE ordinal = $1",
    "DELETE FROM fact WHERE ordinal = $1",
    "DELETE FROM gift WHERE ordinal = $1",
    "UPDATE response SET fields = '', sealed_report = NULL WHERE ordinal = $1",
    "UPDATE copy_row SET ordinal = NULL WHERE ordinal = $1",
    "DELETE FROM outcome WHERE ordinal = $1",
];
pub(crate) const REMOVE_CONSENTS: &str = "DELETE FROM consent WHERE place >= $1 AND place < $2";
const FACTS: &str = "SELECT facts FROM fact WHERE ordinal = $1";
const FACTS_OF: OfPeople = OfPeople {
    between: "SELECT ordinal, facts FROM fact WHERE ordinal BETWEEN $1 AND $2 ORDER BY ordinal",
    among: "SELECT ordinal, facts FROM fact WHERE ordinal = ANY($1) ORDER BY ordinal",
};
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

fn read_supporter(row: &dyn Columns) -> StoreResult<SupporterRecord> {
    Ok(SupporterRecord {
        ordinal: Ordinal(row.get(0)?),
        id: SupporterId(uuid(row, 1)?),
        joined: instant(row.get(2)?)?,
        version: row.get(3)?,
        mail_key: row.get::<Option<[u8; 16]>>(4)?.map(SuppressionHash),
        sealed: row.get(5)?,
    })
}

/// Where each person's rows go, of rows and people in the same order.
pub(super) struct Places<'a> {
    ordinals: &'a [Ordinal],
    at: usize,
}

impl<'a> Places<'a> {
    pub(super) fn of(ordinals: &'a [Ordinal]) -> Self {
        Self { ordinals, at: 0 }
    }

    /// The place of the person at `ordinal`; none when nobody asked for them.
    pub(super) fn of_person(&mut self, ordinal: u32) -> Option<usize> {
        while self.ordinals.get(self.at).is_some_and(|asked| asked.0 < ordinal) {
            self.at += 1;
        }
        self.ordinals.get(self.at).filter(|asked| asked.0 == ordinal).map(|_| self.at)
    }
}

fn read_source(row: &dyn Columns) -> StoreResult<Source> {
    Ok(Source { number: row.get(0)?, name: row.get(1)?, licence: row.get(2)?, at: instant(row.get(3)?)? })
}

fn insert_supporters<E: Engine>(db: &Db<'_, E>, records: &[SupporterRecord]) -> StoreResult<()> {
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
    db.connection.add_supporters(records)?;
    // INVARIANT: the counter only ever goes up, so that a removed person's position is nobody else's.
    let next = u32::try_from(next).map_err(|_| StoreError::Conflict("the list is full".to_owned()))?;
    db.connection.run(SET_NEXT, (next, "ordinal"))?;
    Ok(())
}

fn set_facts<E: Engine>(db: &mut Db<'_, E>, rows: &[(Ordinal, Vec<Fact>)]) -> StoreResult<()> {
    let mut bytes = Vec::new();
    let mut packed = Vec::with_capacity(rows.len());
    for (ordinal, facts) in rows {
        let start = bytes.len();
        pack(db, facts, &mut bytes)?;
        packed.push((*ordinal, start..bytes.len()));
    }
    db.connection.put_facts(&packed, &bytes)
}

fn source<E: Engine>(db: &Db<'_, E>, name: &str, licence: &str, at: Timestamp) -> StoreResult<Source> {
    if let Some(known) = db.connection.one(SOURCE, (name,), read_source)? {
        return Ok(known);
    }
    db.connection.run(ADD_SOURCE, (name, licence, at.as_microsecond()))?;
    db.connection
        .one(SOURCE, (name,), read_source)?
        .ok_or_else(|| StoreError::Engine("a new source was not kept".to_owned()))
}

impl<E: Engine> People for Unit<'_, E> {
    fn next_ordinal(&mut self) -> StoreResult<Ordinal> {
        self.run(|db| {
            let next = db.connection.number(NEXT, ("ordinal",))?;
            u32::try_from(next).map(Ordinal).map_err(|_| StoreError::Conflict("the list is full".to_owned()))
        })
    }

    fn insert_supporters(&mut self, records: &[SupporterRecord]) -> StoreResult<()> {
        self.run(|db| insert_supporters(db, records))?;
        self.added(records.first().map(|record| record.ordinal));
        Ok(())
    }

    fn keep_keys(&mut self, keys: &[(Ordinal, WrappedKey)]) -> StoreResult<()> {
        self.stage_keys(keys)
    }

    fn update_supporter(&mut self, record: &SupporterRecord) -> StoreResult<()> {
        self.run(|db| {
            let key = record.mail_key.map(|key| key.0);
            match db.connection.run(UPDATE, (record.version, key, &record.sealed, record.ordinal.0))? {
                0 => Err(StoreError::Conflict(format!("there is no supporter {}", record.ordinal.0))),
                _ => db.connection.set_mail_key(record),
            }
        })
    }

    fn supporter(&mut self, ordinal: Ordinal) -> StoreResult<Option<SupporterRecord>> {
        self.run(|db| db.connection.one(BY_ORDINAL, (ordinal.0,), read_supporter))
    }

    fn supporters(&mut self, ordinals: &[Ordinal]) -> StoreResult<Vec<Option<SupporterRecord>>> {
        self.run(|db| {
            let mut found: Vec<Option<SupporterRecord>> = ordinals.iter().map(|_| None).collect();
            let mut places = Places::of(ordinals);
            db.connection.each_of(&OF_SEVERAL, ordinals, &mut |row| {
                let place = places.of_person(row.get(0)?);
                if let Some(slot) = place.and_then(|place| found.get_mut(place)) {
                    *slot = Some(read_supporter(row)?);
                }
                Ok(())
            })?;
            Ok(found)
        })
    }

    fn supporter_by_id(&mut self, id: SupporterId) -> StoreResult<Option<SupporterRecord>> {
        self.run(|db| db.connection.one(BY_ID, (id.0.as_bytes(),), read_supporter))
    }

    fn remove_supporter(&mut self, ordinal: Ordinal) -> StoreResult<()> {
        self.run(|db| {
            db.connection.remove_hashes(ordinal)?;
            let (first, end) = places(ordinal);
            db.connection.run(REMOVE_CONSENTS, (first, end))?;
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
        self.run(|db| db.connection.add_blind(column, rows))
    }

    fn replace_blind(
        &mut self,
        column: BlindColumn,
        ordinal: Ordinal,
        index: Option<BlindIndex>,
    ) -> StoreResult<()> {
        self.run(|db| {
            db.connection.remove_blind(column, ordinal)?;
            index.map_or(Ok(()), |index| db.connection.add_blind(column, &[(index, ordinal)]))
        })
    }

    fn find_blind(&mut self, column: BlindColumn, keys: &[BlindIndex]) -> StoreResult<Vec<Option<Ordinal>>> {
        self.run(|db| db.connection.find_blind(column, keys))
    }

    fn set_facts(&mut self, rows: &[(Ordinal, Vec<Fact>)]) -> StoreResult<()> {
        self.run(|db| set_facts(db, rows))
    }

    fn facts_of(&mut self, ordinals: &[Ordinal]) -> StoreResult<Vec<Vec<Fact>>> {
        self.run(|db| {
            let mut packed: Vec<Vec<u8>> = ordinals.iter().map(|_| Vec::new()).collect();
            let mut places = Places::of(ordinals);
            db.connection.each_of(&FACTS_OF, ordinals, &mut |row| {
                let place = places.of_person(row.get(0)?);
                if let Some(slot) = place.and_then(|place| packed.get_mut(place)) {
                    *slot = row.get(1)?;
                }
                Ok(())
            })?;
            packed.iter().map(|bytes| unpack(db, bytes)).collect()
        })
    }

    fn facts(&mut self, ordinal: Ordinal) -> StoreResult<Vec<Fact>> {
        self.run(|db| {
            let bytes: Option<Vec<u8>> = db.connection.one(FACTS, (ordinal.0,), |row| row.get(0))?;
            unpack(db, &bytes.unwrap_or_default())
        })
    }

    fn add_gifts(&mut self, rows: &[(Ordinal, Gift, u32, u32)]) -> StoreResult<u64> {
        self.run(|db| {
            let row = |(ordinal, gift, source, occurrence): &(Ordinal, Gift, u32, u32)| GiftRow {
                ordinal: ordinal.0,
                day: day_number(gift.on),
                cents: gift.amount.0,
                source: *source,
                occurrence: *occurrence,
            };
            db.connection.add_gifts(&rows.iter().map(row).collect::<Vec<_>>())
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
        self.run(|db| profiles::read_one(db, ordinal))
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
