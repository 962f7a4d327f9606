//! Statements of consent: only ever added. The one added last for a purpose and channel is in force.

use super::people::Places;
use crate::coding::numbers::instant;
use crate::coding::statements::{Statement, unpack};
use crate::engine::{Db, Engine, OfPeople, Sql, Unit};
use crate::error::{StoreError, StoreResult};
use crate::traits::Consents;
use hustings_domain::canonical::ContentHash;
use hustings_domain::consent::{Consent, NoticeHash};
use hustings_domain::ids::Ordinal;
use std::collections::HashMap;
use std::ops::Range;

const HIGHEST: &str = "SELECT max(place) FROM consent";
const HISTORY: &str = "SELECT statements FROM consent WHERE place >= $1 AND place < $2 ORDER BY place";
const OF_SEVERAL: OfPeople = OfPeople {
    between: "SELECT place / 1048576, statements FROM consent
        WHERE place >= $1 * 1048576 AND place < ($2 + 1) * 1048576 ORDER BY place",
    among: "SELECT asked.ordinal, said.statements FROM unnest($1::bigint[]) AS asked (ordinal)
        JOIN consent AS said ON said.place >= asked.ordinal * 1048576
        AND said.place < (asked.ordinal + 1) * 1048576 ORDER BY said.place",
};
const PUT_NOTICE: &str = "INSERT INTO notice (hash, text) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING";
const NOTICE: &str = "SELECT text FROM notice WHERE hash = $1";

/// How many rows of statements one person can have.
pub(crate) const PER_PERSON: i64 = 1 << 20;

/// The places of a person's rows: the first, and the first of the next person.
pub(crate) fn places(ordinal: Ordinal) -> (i64, i64) {
    let first = i64::from(ordinal.0) * PER_PERSON;
    (first, first + PER_PERSON)
}

/// One row for the statements of a person that stand together, in the order in which they stand.
fn add<E: Engine>(db: &mut Db<'_, E>, rows: &[(Ordinal, Consent)]) -> StoreResult<()> {
    let mut highest =
        db.connection.one(HIGHEST, (), |row| row.get::<Option<i64>>(0))?.flatten().unwrap_or(-1);
    let mut used = last_of_earlier(db, rows, highest)?;
    let mut packed: Vec<(i64, Range<usize>)> = Vec::new();
    let mut bytes = Vec::new();
    for together in rows.chunk_by(|one, next| one.0 == next.0) {
        let Some((ordinal, _)) = together.first() else { continue };
        let (first, end) = places(*ordinal);
        let place = if first > highest { first } else { used.get(ordinal).map_or(first, |last| last + 1) };
        if place >= end {
            return Err(StoreError::Conflict(format!(
                "supporter {} has made too many statements",
                ordinal.0
            )));
        }
        used.insert(*ordinal, place);
        highest = highest.max(place);
        let (start, mut before) = (bytes.len(), 0);
        for (_, consent) in together {
            let statement = Statement::of(db, consent)?;
            statement.pack(before, &mut bytes);
            before = statement.at;
        }
        packed.push((place, start..bytes.len()));
    }
    db.connection.add_statements(&packed, &bytes)
}

/// The last place of each of these people who can have spoken before: nobody above `highest` has.
fn last_of_earlier<E: Engine>(
    db: &Db<'_, E>,
    rows: &[(Ordinal, Consent)],
    highest: i64,
) -> StoreResult<HashMap<Ordinal, i64>> {
    let mut earlier: Vec<Ordinal> =
        rows.iter().map(|row| row.0).filter(|ordinal| places(*ordinal).0 <= highest).collect();
    earlier.sort_unstable();
    earlier.dedup();
    let last = db.connection.last_places(&earlier)?;
    Ok(earlier.into_iter().zip(last).filter_map(|(ordinal, place)| Some((ordinal, place?))).collect())
}

fn history<E: Engine>(db: &mut Db<'_, E>, ordinal: Ordinal) -> StoreResult<Vec<Consent>> {
    let connection = db.connection;
    let mut history = Vec::new();
    connection.each(HISTORY, places(ordinal), |row| {
        unpack(row.blob(0)?, |statement| {
            history.push(consent(db, &statement)?);
            Ok(())
        })
    })?;
    Ok(history)
}

fn consent<E: Engine>(db: &mut Db<'_, E>, statement: &Statement) -> StoreResult<Consent> {
    let connection = db.connection;
    let notice = match statement.notice {
        None => None,
        Some(word) => Some(NoticeHash(
            ContentHash::parse(db.words.text(connection, word)?)
                .ok_or_else(|| StoreError::Damaged(format!("word {word} is not a notice")))?,
        )),
    };
    Ok(Consent {
        purpose: db.words.slug(connection, statement.purpose)?,
        channel: statement.channel,
        state: statement.state,
        notice,
        source: db.words.text(connection, statement.source)?.to_owned(),
        at: instant(statement.at)?,
    })
}

/// What each of several people has said, as it is kept.
fn rows_of<E: Engine>(db: &Db<'_, E>, ordinals: &[Ordinal]) -> StoreResult<Vec<Vec<Vec<u8>>>> {
    let mut rows: Vec<Vec<Vec<u8>>> = ordinals.iter().map(|_| Vec::new()).collect();
    let mut places = Places::of(ordinals);
    db.connection.each_of(&OF_SEVERAL, ordinals, &mut |row| {
        let place = places.of_person(row.get(0)?);
        if let Some(said) = place.and_then(|place| rows.get_mut(place)) {
            said.push(row.get(1)?);
        }
        Ok(())
    })?;
    Ok(rows)
}

/// The last statement of each purpose and channel, in the order in which they were first spoken of.
fn in_force(history: Vec<Consent>) -> Vec<Consent> {
    let mut latest: Vec<Consent> = Vec::new();
    for statement in history {
        let same =
            |known: &&mut Consent| known.purpose == statement.purpose && known.channel == statement.channel;
        match latest.iter_mut().find(same) {
            Some(known) => *known = statement,
            None => latest.push(statement),
        }
    }
    latest
}

impl<E: Engine> Consents for Unit<'_, E> {
    fn add_consents(&mut self, rows: &[(Ordinal, Consent)]) -> StoreResult<()> {
        self.run(|db| add(db, rows))
    }

    fn consent_history(&mut self, ordinal: Ordinal) -> StoreResult<Vec<Consent>> {
        self.run(|db| history(db, ordinal))
    }

    fn consents_of(&mut self, ordinals: &[Ordinal]) -> StoreResult<Vec<Vec<Consent>>> {
        self.run(|db| {
            let said = rows_of(db, ordinals)?;
            let in_force_of = |rows: Vec<Vec<u8>>| {
                let mut history = Vec::new();
                for row in rows {
                    unpack(&row, |statement| {
                        history.push(consent(db, &statement)?);
                        Ok(())
                    })?;
                }
                Ok(in_force(history))
            };
            said.into_iter().map(in_force_of).collect()
        })
    }

    fn consents_in_force(&mut self, ordinal: Ordinal) -> StoreResult<Vec<Consent>> {
        self.run(|db| history(db, ordinal).map(in_force))
    }

    fn put_notice(&mut self, text: &str) -> StoreResult<NoticeHash> {
        self.run(|db| {
            let hash = NoticeHash::of(text);
            db.connection.run(PUT_NOTICE, (hash.0.0, text))?;
            Ok(hash)
        })
    }

    fn notice(&mut self, hash: NoticeHash) -> StoreResult<Option<String>> {
        self.run(|db| db.connection.one(NOTICE, (hash.0.0,), |row| row.get(0)))
    }
}
