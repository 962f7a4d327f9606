//! The area of what borrowers owe and report back.

use crate::error::StoreResult;
use crate::records::{ErasureNotice, OutcomeRecord};
use hustings_domain::duty::Duty;
use hustings_domain::ids::{BorrowerId, CopyNumber, Ordinal};
use uuid::Uuid;

/// Duties, which are never deleted, and outcomes, which go with the person they are about.
pub trait Owed {
    /// Adds a duty; an id that exists is a conflict.
    fn add_duty(&mut self, duty: &Duty) -> StoreResult<()>;

    /// Replaces a duty. False when there is none of this id that its borrower owes.
    fn put_duty(&mut self, duty: &Duty) -> StoreResult<bool>;

    /// A duty.
    fn duty(&mut self, id: Uuid) -> StoreResult<Option<Duty>>;

    /// What one borrower owes, or all, open or not, oldest first.
    fn duties(&mut self, borrower: Option<BorrowerId>) -> StoreResult<Vec<Duty>>;

    /// The duties among them to erase a row, oldest first.
    fn erasure_notices(&mut self, borrower: Option<BorrowerId>) -> StoreResult<Vec<ErasureNotice>> {
        let rows = self.duties(borrower)?.into_iter().filter(|duty| duty.kind.erases_a_row());
        Ok(rows.filter_map(ErasureNotice::of).collect())
    }

    /// Adds an outcome. False when one of this digest is kept: that stays as it was.
    fn add_outcome(&mut self, outcome: &OutcomeRecord) -> StoreResult<bool>;

    /// The outcomes reported on a copy, by reference and digest.
    fn outcomes_on(&mut self, copy: CopyNumber) -> StoreResult<Vec<OutcomeRecord>>;

    /// The outcomes reported of a person, in the order in which they came.
    fn outcomes_of(&mut self, ordinal: Ordinal) -> StoreResult<Vec<OutcomeRecord>>;
}
