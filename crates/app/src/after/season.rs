//! The season's keys behind hold-back and seeds, their commitments, and who holds which copies.

use crate::context::App;
use crate::refusal::Result;
use crate::send::freeze::{hold_back_key, hold_back_nonce};
use hustings_domain::canonical::ContentHash;
use hustings_domain::charter::Charter;
use hustings_domain::copy::CopyRecord;
use hustings_domain::ids::BorrowerId;
use hustings_store::Tx;
use hustings_trace::{Candidate, HoldBackKey, SeedKey, Share, seeds};
use std::collections::BTreeMap;

/// The keys of the charter's season. Copies of an earlier one were made with other keys.
pub(super) struct Season {
    pub(super) name: String,
    pub(super) hold_back: HoldBackKey,
    pub(super) seeds: SeedKey,
    /// Of both commitments, which are opened together.
    pub(super) nonce: [u8; 32],
    pub(super) domain: String,
}

impl Season {
    pub(super) fn of(app: &App, charter: &Charter) -> Self {
        let season = &charter.estimates.season;
        Self {
            hold_back: hold_back_key(app, season),
            seeds: SeedKey(*app.vault.secret(&format!("seeds/{season}"))),
            nonce: hold_back_nonce(app, season),
            domain: seed_domain(charter),
            name: season.to_string(),
        }
    }

    /// What the entry of every copy says of the seeds' key, before anything leaves.
    pub(super) fn seed_commitment(&self) -> ContentHash {
        ContentHash(seeds::commitment(&self.seeds, &self.nonce))
    }
}

/// Where the decoys' addresses are: `seeds.` and the owner's domain. Its mail exchanger must take every local
/// part and hand what arrives to [`super::seed_mail`].
pub fn seed_domain(charter: &Charter) -> String {
    format!("seeds.{}", charter.owner.domain).to_lowercase()
}

/// Every borrower with a copy, and the people in its largest one, which decides how many seeds it has.
pub(super) fn largest_copies(copies: &[CopyRecord]) -> Vec<(BorrowerId, u64)> {
    let mut largest: BTreeMap<BorrowerId, u64> = BTreeMap::new();
    for copy in copies {
        let rows = largest.entry(copy.borrower).or_default();
        *rows = (*rows).max(u64::from(copy.people));
    }
    largest.into_iter().collect()
}

/// Everybody who holds a copy, with the smallest share that was held back for them: all are candidates of an
/// accusation, because their number is part of its bound.
pub(super) fn candidates(tx: &mut dyn Tx, copies: &[CopyRecord]) -> Result<Vec<Candidate>> {
    let mut shares: BTreeMap<BorrowerId, u16> = BTreeMap::new();
    for loan in tx.loans()? {
        let Some(send) = tx.send(loan.id)? else { continue };
        let per_mille = u16::try_from(send.hold_back_per_mille).unwrap_or(u16::MAX);
        let share = shares.entry(loan.terms.borrower).or_insert(per_mille);
        *share = (*share).min(per_mille);
    }
    let candidates = largest_copies(copies).into_iter().map(|(borrower, largest_copy_rows)| {
        let share = shares.get(&borrower).and_then(|share| Share::new(*share).ok()).unwrap_or(Share::NORMAL);
        Candidate { borrower, share, largest_copy_rows }
    });
    Ok(candidates.collect())
}
