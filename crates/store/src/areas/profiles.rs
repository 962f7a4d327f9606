//! What the audience index is built from: four tables read side by side in the order of ordinals.

use super::consents::places;
use crate::coding::facts::{day, unpack};
use crate::coding::numbers::instant;
use crate::coding::statements;
use crate::engine::{Db, Engine, Sql};
use crate::error::StoreResult;
use hustings_domain::facts::{Gift, Profile};
use hustings_domain::ids::Ordinal;
use hustings_domain::money::Cents;
use jiff::tz::Offset;

const PEOPLE: &str = "SELECT ordinal, joined FROM supporter WHERE ordinal >= $1 ORDER BY ordinal LIMIT $2";
const FACTS: &str = "SELECT ordinal, facts FROM fact WHERE ordinal BETWEEN $1 AND $2 ORDER BY ordinal";
const CONSENTS: &str = "SELECT place / 1048576, statements FROM consent
    WHERE place >= $1 AND place < $2 ORDER BY place";
const GIFTS: &str = "SELECT ordinal, day, cents FROM gift
    WHERE ordinal BETWEEN $1 AND $2 ORDER BY ordinal, day, cents, source, occurrence";

/// Finds the profile that a row belongs to; rows and profiles both come in the order of ordinals.
struct Cursor(usize);

impl Cursor {
    fn seek<'a>(&mut self, profiles: &'a mut [Profile], ordinal: u32) -> Option<&'a mut Profile> {
        while profiles.get(self.0).is_some_and(|profile| profile.ordinal.0 < ordinal) {
            self.0 += 1;
        }
        profiles.get_mut(self.0).filter(|profile| profile.ordinal.0 == ordinal)
    }
}

/// Up to `limit` profiles of people at `from` and above.
pub(crate) fn read<E: Engine>(db: &mut Db<'_, E>, from: Ordinal, limit: u32) -> StoreResult<Vec<Profile>> {
    let mut profiles = db.connection.all(PEOPLE, (from.0, limit), |row| {
        Ok(Profile {
            ordinal: Ordinal(row.get(0)?),
            joined: Offset::UTC.to_datetime(instant(row.get(1)?)?).date(),
            facts: Vec::new(),
            consents: Vec::new(),
            gifts: Vec::new(),
        })
    })?;
    let (Some(first), Some(last)) = (profiles.first(), profiles.last()) else { return Ok(profiles) };
    let range = (first.ordinal.0, last.ordinal.0);
    fill(db, &mut profiles, range)?;
    Ok(profiles)
}

/// One person's profile.
pub(crate) fn read_one<E: Engine>(db: &mut Db<'_, E>, ordinal: Ordinal) -> StoreResult<Option<Profile>> {
    Ok(read(db, ordinal, 1)?.pop().filter(|profile| profile.ordinal == ordinal))
}

fn fill<E: Engine>(db: &mut Db<'_, E>, profiles: &mut [Profile], range: (u32, u32)) -> StoreResult<()> {
    let mut place = Cursor(0);
    let connection = db.connection;
    connection.each(FACTS, range, |row| {
        if let Some(profile) = place.seek(profiles, row.get(0)?) {
            profile.facts = unpack(db, row.blob(1)?)?;
        }
        Ok(())
    })?;
    let mut place = Cursor(0);
    connection.each(CONSENTS, (places(Ordinal(range.0)).0, places(Ordinal(range.1)).1), |row| {
        if let Some(profile) = place.seek(profiles, row.get(0)?) {
            statements::unpack(row.blob(1)?, |said| {
                let purpose = db.words.slug(connection, said.purpose)?;
                let mut known = profile.consents.iter_mut();
                match known.find(|consent| consent.0 == purpose && consent.1 == said.channel) {
                    Some(consent) => consent.2 = said.state,
                    None => profile.consents.push((purpose, said.channel, said.state)),
                }
                Ok(())
            })?;
        }
        Ok(())
    })?;
    let mut place = Cursor(0);
    connection.each(GIFTS, range, |row| {
        if let Some(profile) = place.seek(profiles, row.get(0)?) {
            profile.gifts.push(Gift { on: day(row.get(1)?)?, amount: Cents(row.get(2)?) });
        }
        Ok(())
    })
}
