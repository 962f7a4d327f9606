//! The calendar's area of the store.

use crate::error::StoreResult;
use crate::records::{CalendarEntry, SharingRecord};
use hustings_domain::ids::{LoanId, Ordinal};
use uuid::Uuid;

/// The owner's own mail, and how attention was shared among loans. Who is in an entry or an allotment is kept as it
/// was then.
pub trait Calendar {
    /// Adds an entry with the people it will be mailed to; an existing id is a conflict.
    fn add_calendar_entry(&mut self, entry: &CalendarEntry, people: &[Ordinal]) -> StoreResult<()>;

    /// Replaces an entry, not its people. False when there is none.
    fn put_calendar_entry(&mut self, entry: &CalendarEntry) -> StoreResult<bool>;

    /// Every entry, cancelled ones too, by day.
    fn calendar_entries(&mut self) -> StoreResult<Vec<CalendarEntry>>;

    /// The people of an entry, in order; nobody when there is no such entry.
    fn calendar_people(&mut self, id: Uuid) -> StoreResult<Vec<Ordinal>>;

    /// The number of the next sharing.
    fn next_sharing_number(&mut self) -> StoreResult<u32>;

    /// Adds a sharing with the people that each loan was allotted; an existing number is a conflict.
    fn add_sharing(
        &mut self,
        sharing: &SharingRecord,
        allotted: &[(LoanId, Vec<Ordinal>)],
    ) -> StoreResult<()>;

    /// Every sharing, the newest first.
    fn sharings(&mut self) -> StoreResult<Vec<SharingRecord>>;

    /// Whom a sharing allotted to a loan, in order; none when the loan had no part in it.
    fn allotted(&mut self, sharing: u32, loan: LoanId) -> StoreResult<Option<Vec<Ordinal>>>;
}
