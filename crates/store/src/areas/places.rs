//! Declared attributes, divisions, and where postal codes lie: what is said now and what was said before.

use crate::coding::facts::{day, day_number};
use crate::coding::numbers::{to_json, unsigned};
use crate::engine::{Columns, Engine, Sql, Unit, document};
use crate::error::{StoreError, StoreResult};
use crate::records::{PostalPlace, Put};
use crate::traits::Places;
use hustings_domain::area::{AreaId, Division};
use hustings_domain::attribute::Attribute;
use hustings_domain::words::Slug;
use jiff::civil::Date;

const PUT_ATTRIBUTE: &str = "INSERT INTO attribute (name, body) VALUES ($1, $2)
    ON CONFLICT (name) DO UPDATE SET body = excluded.body";
const ATTRIBUTE: &str = "SELECT body FROM attribute WHERE name = $1";
const ATTRIBUTES: &str = "SELECT body FROM attribute ORDER BY name";
const PUT_DIVISION: &str = "INSERT INTO division (id, name, same_as, valid_from, valid_through, seen)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET name = excluded.name,
    same_as = excluded.same_as, valid_from = excluded.valid_from, valid_through = excluded.valid_through,
    seen = excluded.seen";
const NEWEST_REGISTER: &str = "SELECT coalesce(max(seen), 0) FROM division";
const DIVISION: &str =
    "SELECT id, name, same_as, valid_from, valid_through, seen FROM division WHERE id = $1";
const DIVISIONS: &str = "SELECT id, name, same_as, valid_from, valid_through FROM division
    WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3";
const COUNT: &str = "SELECT count(*) FROM division";
const NEWEST_LOAD: &str = "SELECT coalesce(max(seen), 0) FROM postal_place";
const PLACE: &str = "SELECT valid_through, share, seen FROM postal_place
    WHERE country = $1 AND code = $2 AND area = $3 AND valid_from = $4 AND ended = 0";
const ADD_PLACE: &str = "INSERT INTO postal_place
    (country, code, area, valid_from, valid_through, share, began, seen)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const SEE_PLACE: &str = "UPDATE postal_place SET valid_through = $1, share = $2, seen = $3
    WHERE country = $4 AND code = $5 AND area = $6 AND valid_from = $7 AND ended = 0";
const END_PLACES: &str = "UPDATE postal_place SET ended = $1
    WHERE ended = 0 AND seen < $2 AND EXISTS (SELECT 1 FROM postal_place AS other
        WHERE other.country = postal_place.country AND other.code = postal_place.code AND other.seen = $3)";
const PLACES: &str = "SELECT country, code, area, valid_from, valid_through, share, ended
    FROM postal_place ORDER BY country, code, area, valid_from, began";
const PLACES_AT: &str = "SELECT country, code, area, valid_from, valid_through, share, ended
    FROM postal_place WHERE code = $1 AND ended = 0 ORDER BY country, area, valid_from";
const CODES_COUNT: &str = "SELECT count(*) FROM (SELECT DISTINCT country, code FROM postal_place WHERE area = $1 AND ended = 0) AS codes";
const CODES: &str = "SELECT country, code, area, valid_from, valid_through, share, ended
    FROM postal_place WHERE area = $1 AND ended = 0 ORDER BY country, code, valid_from LIMIT $2";
const SUCCESSORS: &str = "SELECT later.area, count(DISTINCT later.code) AS codes
    FROM postal_place AS gone JOIN postal_place AS later
        ON later.country = gone.country AND later.code = gone.code
    WHERE gone.area = $1 AND later.area <> gone.area AND later.ended = 0
    GROUP BY later.area ORDER BY codes DESC, later.area LIMIT $2";

fn damaged() -> StoreError {
    StoreError::Damaged("a kept area cannot be read".to_owned())
}

fn area(text: &str) -> StoreResult<AreaId> {
    text.parse().map_err(|_| damaged())
}

fn number(day: Option<Date>) -> Option<i64> {
    day.map(day_number)
}

fn date(number: Option<i64>) -> StoreResult<Option<Date>> {
    number.filter(|number| *number != 0).map(day).transpose()
}

fn division(row: &dyn Columns) -> StoreResult<Division> {
    let same_as: Option<String> = row.get(2)?;
    Ok(Division {
        id: area(row.text(0)?)?,
        name: row.get(1)?,
        same_as: same_as.as_deref().map(area).transpose()?,
        valid_from: date(row.get(3)?)?,
        valid_through: date(row.get(4)?)?,
    })
}

fn place(row: &dyn Columns) -> StoreResult<(PostalPlace, bool)> {
    let place = PostalPlace {
        country: row.get(0)?,
        code: row.get(1)?,
        area: area(row.text(2)?)?,
        valid_from: date(Some(row.get(3)?))?,
        valid_through: date(row.get(4)?)?,
        share: row.get(5)?,
    };
    Ok((place, row.get::<i64>(6)? == 0))
}

impl<E: Engine> Places for Unit<'_, E> {
    fn put_attribute(&mut self, attribute: &Attribute) -> StoreResult<()> {
        let body = to_json("attribute", attribute)?;
        self.run(|db| db.connection.run(PUT_ATTRIBUTE, (attribute.name.as_str(), &body)).map(drop))
    }

    fn attribute(&mut self, name: &Slug) -> StoreResult<Option<Attribute>> {
        self.run(|db| db.connection.one(ATTRIBUTE, (name.as_str(),), |row| document("attribute", row)))
    }

    fn attributes(&mut self) -> StoreResult<Vec<Attribute>> {
        self.run(|db| db.connection.all(ATTRIBUTES, (), |row| document("attribute", row)))
    }

    fn newest_division_load(&mut self) -> StoreResult<u32> {
        self.run(|db| {
            let newest = db.connection.number(NEWEST_REGISTER, ())?;
            u32::try_from(newest).map_err(|_| damaged())
        })
    }

    fn put_division(&mut self, load: u32, wanted: &Division) -> StoreResult<Put> {
        self.run(|db| {
            let id = wanted.id.as_str();
            let known = db.connection.one(DIVISION, (id,), |row| Ok((division(row)?, row.get::<u32>(5)?)))?;
            let put = match known {
                Some((_, seen)) if seen == load => return Ok(Put::Repeated),
                Some((known, _)) if known == *wanted => Put::Unchanged,
                Some(_) => Put::Changed,
                None => Put::New,
            };
            let same_as = wanted.same_as.as_ref().map(AreaId::as_str);
            let (from, through) = (number(wanted.valid_from), number(wanted.valid_through));
            db.connection.run(PUT_DIVISION, (id, &wanted.name, same_as, from, through, load))?;
            Ok(put)
        })
    }

    fn division(&mut self, id: &AreaId) -> StoreResult<Option<Division>> {
        self.run(|db| db.connection.one(DIVISION, (id.as_str(),), division))
    }

    fn divisions(
        &mut self,
        inside: Option<&AreaId>,
        after: Option<&AreaId>,
        limit: u32,
    ) -> StoreResult<Vec<Division>> {
        // `0` is the sign after `/`: what lies between is inside.
        let whole = inside.map_or("ocd-division", AreaId::as_str);
        let (first, end) = (format!("{whole}/"), format!("{whole}0"));
        let first = after.map_or(first.as_str(), |after| after.as_str().max(first.as_str()));
        self.run(|db| db.connection.all(DIVISIONS, (first, &end, limit), division))
    }

    fn division_count(&mut self) -> StoreResult<u64> {
        self.run(|db| db.connection.number(COUNT, ()))
    }

    fn newest_postal_load(&mut self) -> StoreResult<u32> {
        self.run(|db| {
            let newest = db.connection.number(NEWEST_LOAD, ())?;
            u32::try_from(newest).map_err(|_| damaged())
        })
    }

    fn put_postal_place(&mut self, load: u32, wanted: &PostalPlace) -> StoreResult<Put> {
        self.run(|db| {
            let (country, code, area) = (&wanted.country, &wanted.code, wanted.area.as_str());
            let from = number(wanted.valid_from).unwrap_or(0);
            let through = number(wanted.valid_through);
            let known = db.connection.one(PLACE, (country, code, area, from), |row| {
                Ok((row.get::<Option<i64>>(0)?, row.get::<Option<u16>>(1)?, row.get::<u32>(2)?))
            })?;
            let Some((before, part, seen)) = known else {
                let row = (country, code, area, from, through, wanted.share, load, load);
                db.connection.run(ADD_PLACE, row)?;
                return Ok(Put::New);
            };
            if seen == load {
                return Ok(Put::Repeated);
            }
            db.connection.run(SEE_PLACE, (through, wanted.share, load, country, code, area, from))?;
            Ok(if (before, part) == (through, wanted.share) { Put::Unchanged } else { Put::Changed })
        })
    }

    fn end_postal_places(&mut self, load: u32) -> StoreResult<u64> {
        self.run(|db| db.connection.run(END_PLACES, (load, load, load)))
    }

    fn postal_places(&mut self, each: &mut dyn FnMut(PostalPlace, bool)) -> StoreResult<()> {
        self.run(|db| {
            db.connection.each(PLACES, (), |row| {
                let (place, in_force) = place(row)?;
                each(place, in_force);
                Ok(())
            })
        })
    }

    fn postal_places_at(&mut self, code: &str) -> StoreResult<Vec<PostalPlace>> {
        self.run(|db| db.connection.all(PLACES_AT, (code,), |row| Ok(place(row)?.0)))
    }

    fn postal_places_of(&mut self, area: &AreaId, limit: u32) -> StoreResult<(u64, Vec<PostalPlace>)> {
        self.run(|db| {
            let count = db.connection.number(CODES_COUNT, (area.as_str(),))?;
            let places = db.connection.all(CODES, (area.as_str(), limit), |row| Ok(place(row)?.0))?;
            Ok((count, places))
        })
    }

    fn areas_after(&mut self, gone: &AreaId, limit: u32) -> StoreResult<Vec<(AreaId, u64)>> {
        self.run(|db| {
            db.connection.all(SUCCESSORS, (gone.as_str(), limit), |row| {
                Ok((area(row.text(0)?)?, unsigned(row.get(1)?)?))
            })
        })
    }
}
