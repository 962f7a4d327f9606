//! Keys of trustees, what waits to be signed, delegations, proposed charters: documents under their ids.

use crate::coding::numbers::{capped, to_json};
use crate::engine::{Engine, OrConflict, Sql, Unit, document};
use crate::error::StoreResult;
use crate::records::CharterProposal;
use crate::traits::Board;
use hustings_domain::canonical::ContentHash;
use hustings_domain::clearance::Delegation;
use hustings_domain::seat::TrusteeKey;
use jiff::Timestamp;

const PUT_KEY: &str = "INSERT INTO trustee_key (id, registered, body) VALUES ($1, $2, $3)
    ON CONFLICT (id) DO UPDATE SET registered = excluded.registered, body = excluded.body";
const KEYS: &str = "SELECT body FROM trustee_key ORDER BY registered, id";
const SWEEP: &str = "DELETE FROM pending_statement WHERE expires <= $1";
const PUT_STATEMENT: &str = "INSERT INTO pending_statement (hash, expires, body) VALUES ($1, $2, $3)";
const STATEMENT: &str = "SELECT body FROM pending_statement WHERE hash = $1 AND expires > $2";
const DROP_STATEMENT: &str = "DELETE FROM pending_statement WHERE hash = $1";
const PUT_DELEGATION: &str = "INSERT INTO delegation (id, body) VALUES ($1, $2)
    ON CONFLICT (id) DO UPDATE SET body = excluded.body";
const DELEGATIONS: &str = "SELECT body FROM delegation ORDER BY id";
const NEXT_PROPOSAL: &str = "SELECT coalesce(max(number), 0) + 1 FROM charter_proposal";
const PUT_PROPOSAL: &str = "INSERT INTO charter_proposal (number, body) VALUES ($1, $2)
    ON CONFLICT (number) DO UPDATE SET body = excluded.body";
const PROPOSALS: &str = "SELECT body FROM charter_proposal ORDER BY number DESC";

impl<E: Engine> Board for Unit<'_, E> {
    fn put_trustee_key(&mut self, key: &TrusteeKey) -> StoreResult<()> {
        self.run(|db| {
            let body = to_json("trustee's key", key)?;
            db.connection.run(PUT_KEY, (key.id.0, key.registered.as_microsecond(), body)).map(drop)
        })
    }

    fn trustee_keys(&mut self) -> StoreResult<Vec<TrusteeKey>> {
        self.run(|db| db.connection.all(KEYS, (), |row| document("trustee's key", row)))
    }

    fn put_pending_statement(
        &mut self,
        hash: ContentHash,
        body: &str,
        expires: Timestamp,
        now: Timestamp,
    ) -> StoreResult<()> {
        self.run(|db| {
            db.connection.run(SWEEP, (now.as_microsecond(),))?;
            db.connection
                .run(PUT_STATEMENT, (hash.0, expires.as_microsecond(), body))
                .or_conflict(|| "this statement waits to be signed already".to_owned())
                .map(drop)
        })
    }

    fn pending_statement(&mut self, hash: ContentHash, now: Timestamp) -> StoreResult<Option<String>> {
        self.run(|db| db.connection.one(STATEMENT, (hash.0, now.as_microsecond()), |row| row.get(0)))
    }

    fn drop_pending_statement(&mut self, hash: ContentHash) -> StoreResult<bool> {
        self.run(|db| Ok(db.connection.run(DROP_STATEMENT, (hash.0,))? > 0))
    }

    fn put_delegation(&mut self, delegation: &Delegation) -> StoreResult<()> {
        self.run(|db| {
            let body = to_json("delegation", delegation)?;
            db.connection.run(PUT_DELEGATION, (delegation.id.as_bytes(), body)).map(drop)
        })
    }

    fn delegations(&mut self) -> StoreResult<Vec<Delegation>> {
        self.run(|db| db.connection.all(DELEGATIONS, (), |row| document("delegation", row)))
    }

    fn next_proposal_number(&mut self) -> StoreResult<u32> {
        self.run(|db| Ok(capped(db.connection.number(NEXT_PROPOSAL, ())?)))
    }

    fn put_proposal(&mut self, proposal: &CharterProposal) -> StoreResult<()> {
        self.run(|db| {
            let body = to_json("proposed charter", proposal)?;
            db.connection.run(PUT_PROPOSAL, (proposal.number, body)).map(drop)
        })
    }

    fn proposals(&mut self) -> StoreResult<Vec<CharterProposal>> {
        self.run(|db| db.connection.all(PROPOSALS, (), |row| document("proposed charter", row)))
    }
}
