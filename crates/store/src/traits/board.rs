//! The board's area of the store.

use crate::error::StoreResult;
use crate::records::CharterProposal;
use hustings_domain::canonical::ContentHash;
use hustings_domain::clearance::Delegation;
use hustings_domain::seat::TrusteeKey;
use jiff::Timestamp;

/// What trustees sign with, what waits to be signed, who votes for whom, and proposed charters. Only what waits to be
/// signed is ever deleted.
pub trait Board {
    /// Adds or replaces a trustee's key.
    fn put_trustee_key(&mut self, key: &TrusteeKey) -> StoreResult<()>;

    /// Every key that was ever registered, in the order of registration.
    fn trustee_keys(&mut self) -> StoreResult<Vec<TrusteeKey>>;

    /// Keeps what is about to be signed until `expires`; a hash that waits already is a conflict. What has expired
    /// by `now` goes.
    fn put_pending_statement(
        &mut self,
        hash: ContentHash,
        body: &str,
        expires: Timestamp,
        now: Timestamp,
    ) -> StoreResult<()>;

    /// What waits to be signed; none from its last instant on.
    fn pending_statement(&mut self, hash: ContentHash, now: Timestamp) -> StoreResult<Option<String>>;

    /// Takes it away, so that it is signed once. False when it was not there.
    fn drop_pending_statement(&mut self, hash: ContentHash) -> StoreResult<bool>;

    /// Adds or replaces a delegation.
    fn put_delegation(&mut self, delegation: &Delegation) -> StoreResult<()>;

    /// Every delegation that there ever was, by id: the oldest first.
    fn delegations(&mut self) -> StoreResult<Vec<Delegation>>;

    /// The number of the next proposed charter.
    fn next_proposal_number(&mut self) -> StoreResult<u32>;

    /// Adds or replaces a proposed charter.
    fn put_proposal(&mut self, proposal: &CharterProposal) -> StoreResult<()>;

    /// Every proposed charter, the newest first.
    fn proposals(&mut self) -> StoreResult<Vec<CharterProposal>>;
}
