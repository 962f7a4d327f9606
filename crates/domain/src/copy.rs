//! A numbered copy: what left, to whom, under which loan.

use crate::canonical::ContentHash;
use crate::ids::{BorrowerId, CopyNumber, LoanId};
use crate::words::Slug;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is known of a copy besides its rows.
///
/// INVARIANT (promise 6): nothing leaves without one of these, numbered in the ledger before the file exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyRecord {
    /// Its number.
    pub number: CopyNumber,
    /// The loan that it belongs to.
    pub loan: LoanId,
    /// Who got it.
    pub borrower: BorrowerId,
    /// The introduced people in it.
    pub people: u32,
    /// The seeds planted in it.
    pub seeds: u32,
    /// The fields that it can carry, by name (each row has only those that its person left ticked).
    pub fields: Vec<Slug>,
    /// SHA-256 of the file as handed over.
    pub file_hash: ContentHash,
    /// When it was made.
    pub made: Timestamp,
    /// When the borrower must have erased it.
    pub expires: Timestamp,
}
