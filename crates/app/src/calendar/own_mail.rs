//! The owner's own mail as it takes people's room. An entry counts from as many days before its day as after it: so
//! no stretch of that many days around it can hold more than the cap, whichever comes first.

use crate::refusal::Result;
use hustings_audience::Bitmap;
use hustings_domain::charter::Cap;
use hustings_domain::ids::Ordinal;
use hustings_store::Tx;
use hustings_store::records::CalendarEntry;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Entries with their people, read again when the calendar has changed.
#[derive(Debug, Default)]
pub(crate) struct OwnMail {
    entries: Vec<(CalendarEntry, Bitmap)>,
}

impl OwnMail {
    /// Every entry in force, as the store holds it now.
    pub(crate) fn read(tx: &mut dyn Tx) -> Result<Self> {
        let mut mail = Self::default();
        mail.refresh(tx)?;
        Ok(mail)
    }

    /// Reads what has changed.
    pub(crate) fn refresh(&mut self, tx: &mut dyn Tx) -> Result<()> {
        let planned = tx.calendar_entries()?;
        let planned: Vec<CalendarEntry> =
            planned.into_iter().filter(|entry| entry.cancelled.is_none()).collect();
        if self.entries.iter().map(|(entry, _)| entry).eq(planned.iter()) {
            return Ok(());
        }
        self.entries.clear();
        for entry in planned {
            let people = tx.calendar_people(entry.id)?.into_iter().collect();
            self.entries.push((entry, people));
        }
        Ok(())
    }

    /// The people of each entry that counts now under a cap.
    pub(crate) fn around(&self, cap: Cap, money: bool, now: Timestamp) -> impl Iterator<Item = &Bitmap> {
        let today = now.to_zoned(TimeZone::UTC).date();
        let counts = move |entry: &CalendarEntry| {
            let days = (entry.day - today).get_days().unsigned_abs();
            days < cap.days && (entry.money || !money)
        };
        self.entries.iter().filter(move |(entry, _)| counts(entry)).map(|(_, people)| people)
    }

    /// How often one person is in mail that counts now.
    pub(crate) fn times(&self, person: Ordinal, cap: Cap, money: bool, now: Timestamp) -> u32 {
        let times = self.around(cap, money, now).filter(|people| people.contains(person)).count();
        u32::try_from(times).unwrap_or(u32::MAX)
    }
}
