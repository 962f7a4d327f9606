//! Statements of consent as a few bytes each: what was said, its words, and the time since the one before.

use super::facts::{fold, put, take, unfold};
use crate::engine::{Db, Engine};
use crate::error::{StoreError, StoreResult};
use hustings_domain::consent::{Channel, Consent, ConsentState};

const STATES: [ConsentState; 5] = [
    ConsentState::Unknown,
    ConsentState::Given,
    ConsentState::Expired,
    ConsentState::Refused,
    ConsentState::Withdrawn,
];

/// A statement as kept, its names as words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    /// The word of the purpose.
    pub(crate) purpose: u32,
    /// The channel.
    pub(crate) channel: Channel,
    /// What was said.
    pub(crate) state: ConsentState,
    /// The word that stands for the notice.
    pub(crate) notice: Option<u32>,
    /// The word of the source.
    pub(crate) source: u32,
    /// Microseconds since 1970.
    pub(crate) at: i64,
}

fn damaged() -> StoreError {
    StoreError::Damaged("a person's statements of consent cannot be read".to_owned())
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

fn take_word(bytes: &mut &[u8]) -> StoreResult<u32> {
    u32::try_from(take(bytes)?).map_err(|_| damaged())
}

impl Statement {
    /// Numbers the words of a statement.
    pub(crate) fn of<E: Engine>(db: &mut Db<'_, E>, consent: &Consent) -> StoreResult<Self> {
        Ok(Self {
            purpose: db.words.id(db.connection, consent.purpose.as_str())?,
            channel: consent.channel,
            state: consent.state,
            notice: consent.notice.map(|hash| db.words.notice_id(db.connection, hash)).transpose()?,
            source: db.words.id(db.connection, &consent.source)?,
            at: consent.at.as_microsecond(),
        })
    }

    /// Writes it after the one that was spoken at `before` (0 for the first of a row).
    pub(crate) fn pack(&self, before: i64, out: &mut Vec<u8>) {
        let has_notice = u8::from(self.notice.is_some());
        out.push(has_notice << 7 | channel_number(self.channel) << 3 | state_number(self.state));
        put(u64::from(self.purpose), out);
        put(u64::from(self.source), out);
        if let Some(notice) = self.notice {
            put(u64::from(notice), out);
        }
        put(fold(self.at.wrapping_sub(before)), out);
    }
}

/// Calls `found` with each statement of a row, the oldest first.
pub(crate) fn unpack(
    mut bytes: &[u8],
    mut found: impl FnMut(Statement) -> StoreResult<()>,
) -> StoreResult<()> {
    let mut before = 0;
    while let Some((head, rest)) = bytes.split_first() {
        bytes = rest;
        let channel = *Channel::ALL.get(usize::from(head >> 3 & 15)).ok_or_else(damaged)?;
        let state = *STATES.get(usize::from(head & 7)).ok_or_else(damaged)?;
        let (purpose, source) = (take_word(&mut bytes)?, take_word(&mut bytes)?);
        let notice = if head & 0x80 == 0 { None } else { Some(take_word(&mut bytes)?) };
        let at = unfold(take(&mut bytes)?).wrapping_add(before);
        before = at;
        found(Statement { purpose, channel, state, notice, source, at })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    prop_compose! {
        fn statement()(
            purpose in any::<u32>(),
            channel in prop::sample::select(Channel::ALL.to_vec()),
            state in prop::sample::select(STATES.to_vec()),
            notice in any::<Option<u32>>(),
            source in any::<u32>(),
            at in any::<i64>(),
        ) -> Statement {
            Statement { purpose, channel, state, notice, source, at }
        }
    }

    fn read(bytes: &[u8]) -> StoreResult<Vec<Statement>> {
        let mut statements = Vec::new();
        unpack(bytes, |statement| {
            statements.push(statement);
            Ok(())
        })?;
        Ok(statements)
    }

    proptest! {
        #[test]
        fn statements_read_back(statements in prop::collection::vec(statement(), 0..9)) {
            let (mut bytes, mut before) = (Vec::new(), 0);
            for statement in &statements {
                statement.pack(before, &mut bytes);
                before = statement.at;
            }
            prop_assert_eq!(read(&bytes).unwrap(), statements);
        }

        #[test]
        fn garbage_is_refused_or_read_and_never_breaks(bytes in prop::collection::vec(any::<u8>(), 0..48)) {
            let read = read(&bytes).map(|statements| statements.len());
            prop_assert!(read.is_err() || read.is_ok_and(|count| count <= bytes.len()));
        }
    }

    #[test]
    fn a_row_that_is_cut_is_damage() {
        let mut bytes = Vec::new();
        let statement = Statement {
            purpose: 300,
            channel: Channel::Post,
            state: ConsentState::Withdrawn,
            notice: Some(7),
            source: 1,
            at: 1_772_323_200_000_000,
        };
        statement.pack(0, &mut bytes);
        for end in 1..bytes.len() {
            assert!(read(bytes.get(..end).unwrap()).is_err());
        }
    }
}
