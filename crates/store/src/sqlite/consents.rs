//! Statements of consent: only ever added. The one added last for a purpose and channel is in force.

use super::sql::{Db, Sql, SqliteTx, instant};
use crate::error::{StoreError, StoreResult};
use crate::traits::Consents;
use hustings_domain::canonical::ContentHash;
use hustings_domain::consent::{Channel, Consent, ConsentState, NoticeHash};
use hustings_domain::ids::Ordinal;
use rusqlite::Params;

const ADD: &str = "INSERT INTO consent (place, purpose, channel, state, notice, source, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
const HIGHEST: &str = "SELECT max(place) FROM consent";
const LAST_OF: &str = "SELECT max(place) FROM consent WHERE place >= $1 AND place < $2";
const HISTORY: &str = "SELECT purpose, channel, state, notice, source, at FROM consent
    WHERE place >= $1 AND place < $2 ORDER BY place";
const PUT_NOTICE: &str = "INSERT INTO notice (hash, text) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING";
const NOTICE: &str = "SELECT text FROM notice WHERE hash = $1";

const STATES: [ConsentState; 5] = [
    ConsentState::Unknown,
    ConsentState::Given,
    ConsentState::Expired,
    ConsentState::Refused,
    ConsentState::Withdrawn,
];

/// A channel by its kept number.
pub(super) fn channel(number: u8) -> StoreResult<Channel> {
    let known = Channel::ALL.get(usize::from(number)).copied();
    known.ok_or_else(|| StoreError::Damaged(format!("there is no channel {number}")))
}

/// A state by its kept number.
pub(super) fn state(number: u8) -> StoreResult<ConsentState> {
    let known = STATES.get(usize::from(number)).copied();
    known.ok_or_else(|| StoreError::Damaged(format!("there is no state of consent {number}")))
}

fn channel_number(channel: Channel) -> u8 {
    match channel {
        Channel::Email => 0,
        Channel::Phone => 1,
        Channel::Post => 2,
    }
}

fn state_number(state: ConsentState) -> u8 {
    match state {
        ConsentState::Unknown => 0,
        ConsentState::Given => 1,
        ConsentState::Expired => 2,
        ConsentState::Refused => 3,
        ConsentState::Withdrawn => 4,
    }
}

/// How many statements one person can make.
const PER_PERSON: i64 = 1 << 20;

/// The places of a person's statements: the first, and the first of the next person.
fn places(ordinal: Ordinal) -> (i64, i64) {
    let first = i64::from(ordinal.0) * PER_PERSON;
    (first, first + PER_PERSON)
}

fn maximum(db: &Db<'_>, sql: &str, params: impl Params) -> StoreResult<Option<i64>> {
    Ok(db.connection.one(sql, params, |row| Ok(row.get(0)?))?.flatten())
}

fn add(db: &mut Db<'_>, rows: &[(Ordinal, Consent)]) -> StoreResult<()> {
    let mut highest = maximum(db, HIGHEST, ())?.unwrap_or(-1);
    let mut previous = -1;
    let mut add = db.connection.prepare_cached(ADD)?;
    for (ordinal, consent) in rows {
        let (first, end) = places(*ordinal);
        let place = if (first..end).contains(&previous) {
            previous + 1
        } else if first > highest {
            first
        } else {
            maximum(db, LAST_OF, (first, end))?.map_or(first, |last| last + 1)
        };
        if place >= end {
            return Err(StoreError::Conflict(format!(
                "supporter {} has made too many statements",
                ordinal.0
            )));
        }
        (previous, highest) = (place, highest.max(place));
        let notice = consent.notice.map(|hash| db.words.notice_id(db.connection, hash)).transpose()?;
        add.execute((
            place,
            db.words.id(db.connection, consent.purpose.as_str())?,
            channel_number(consent.channel),
            state_number(consent.state),
            notice,
            db.words.id(db.connection, &consent.source)?,
            consent.at.as_microsecond(),
        ))?;
    }
    Ok(())
}

fn history(db: &mut Db<'_>, ordinal: Ordinal) -> StoreResult<Vec<Consent>> {
    let connection = db.connection;
    connection.all(HISTORY, places(ordinal), |row| {
        let notice = match row.get::<_, Option<u32>>(3)? {
            None => None,
            Some(word) => Some(NoticeHash(
                ContentHash::parse(db.words.text(connection, word)?)
                    .ok_or_else(|| StoreError::Damaged(format!("word {word} is not a notice")))?,
            )),
        };
        Ok(Consent {
            purpose: db.words.slug(connection, row.get(0)?)?,
            channel: channel(row.get(1)?)?,
            state: state(row.get(2)?)?,
            notice,
            source: db.words.text(connection, row.get(4)?)?.to_owned(),
            at: instant(row.get(5)?)?,
        })
    })
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

impl Consents for SqliteTx<'_> {
    fn add_consents(&mut self, rows: &[(Ordinal, Consent)]) -> StoreResult<()> {
        self.run(|db| add(db, rows))
    }

    fn consent_history(&mut self, ordinal: Ordinal) -> StoreResult<Vec<Consent>> {
        self.run(|db| history(db, ordinal))
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
        self.run(|db| db.connection.one(NOTICE, (hash.0.0,), |row| Ok(row.get(0)?)))
    }
}
