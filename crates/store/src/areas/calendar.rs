//! The owner's own mail, and how attention was shared among loans.

use crate::coding::numbers::{capped, to_json};
use crate::coding::ordinals;
use crate::engine::{Engine, OrConflict, Sql, Unit, document};
use crate::error::StoreResult;
use crate::records::{CalendarEntry, SharingRecord};
use crate::traits::Calendar;
use hustings_domain::ids::{LoanId, Ordinal};
use uuid::Uuid;

const ADD_ENTRY: &str = "INSERT INTO calendar_entry (id, day, body, people) VALUES ($1, $2, $3, $4)";
const PUT_ENTRY: &str = "UPDATE calendar_entry SET day = $1, body = $2 WHERE id = $3";
const ENTRIES: &str = "SELECT body FROM calendar_entry ORDER BY day, id";
const ENTRY_PEOPLE: &str = "SELECT people FROM calendar_entry WHERE id = $1";
const NEXT: &str = "SELECT coalesce(max(number), 0) + 1 FROM sharing";
const ADD: &str = "INSERT INTO sharing (number, body) VALUES ($1, $2)";
const ADD_ALLOTMENT: &str = "INSERT INTO allotment (sharing, loan, people) VALUES ($1, $2, $3)";
const ALL: &str = "SELECT body FROM sharing ORDER BY number DESC";
const ALLOTTED: &str = "SELECT people FROM allotment WHERE sharing = $1 AND loan = $2";

fn day_number(day: jiff::civil::Date) -> i64 {
    i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day())
}

impl<E: Engine> Calendar for Unit<'_, E> {
    fn add_calendar_entry(&mut self, entry: &CalendarEntry, people: &[Ordinal]) -> StoreResult<()> {
        self.run(|db| {
            let (day, body) = (day_number(entry.day), to_json("calendar entry", entry)?);
            db.connection
                .run(ADD_ENTRY, (entry.id.as_bytes(), day, body, ordinals::write(people).as_slice()))
                .or_conflict(|| format!("the calendar entry `{}` is kept already", entry.id))
                .map(drop)
        })
    }

    fn put_calendar_entry(&mut self, entry: &CalendarEntry) -> StoreResult<bool> {
        self.run(|db| {
            let (day, body) = (day_number(entry.day), to_json("calendar entry", entry)?);
            Ok(db.connection.run(PUT_ENTRY, (day, body, entry.id.as_bytes()))? == 1)
        })
    }

    fn calendar_entries(&mut self) -> StoreResult<Vec<CalendarEntry>> {
        self.run(|db| db.connection.all(ENTRIES, (), |row| document("calendar entry", row)))
    }

    fn calendar_people(&mut self, id: Uuid) -> StoreResult<Vec<Ordinal>> {
        self.run(|db| {
            let found: Option<Vec<u8>> =
                db.connection.one(ENTRY_PEOPLE, (id.as_bytes(),), |row| Ok(row.blob(0)?.to_vec()))?;
            found.as_deref().map_or(Ok(Vec::new()), ordinals::read)
        })
    }

    fn next_sharing_number(&mut self) -> StoreResult<u32> {
        self.run(|db| Ok(capped(db.connection.number(NEXT, ())?)))
    }

    fn add_sharing(
        &mut self,
        sharing: &SharingRecord,
        allotted: &[(LoanId, Vec<Ordinal>)],
    ) -> StoreResult<()> {
        self.run(|db| {
            db.connection
                .run(ADD, (sharing.number, to_json("sharing", sharing)?))
                .or_conflict(|| format!("sharing `{}` is kept already", sharing.number))?;
            for (loan, people) in allotted {
                let row = (sharing.number, loan.0.as_bytes(), ordinals::write(people));
                db.connection
                    .run(ADD_ALLOTMENT, (row.0, row.1, row.2.as_slice()))
                    .or_conflict(|| "a loan stands twice in one sharing".to_owned())?;
            }
            Ok(())
        })
    }

    fn sharings(&mut self) -> StoreResult<Vec<SharingRecord>> {
        self.run(|db| db.connection.all(ALL, (), |row| document("sharing", row)))
    }

    fn allotted(&mut self, sharing: u32, loan: LoanId) -> StoreResult<Option<Vec<Ordinal>>> {
        self.run(|db| {
            let found: Option<Vec<u8>> =
                db.connection.one(ALLOTTED, (sharing, loan.0.as_bytes()), |row| Ok(row.blob(0)?.to_vec()))?;
            found.as_deref().map(ordinals::read).transpose()
        })
    }
}
