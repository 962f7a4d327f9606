//! Agents on a borrower's file: who may file for it from another desk, and what ends when they may no longer.

use super::login::revoke_all;
use crate::journal::enter;
use crate::refusal::Result;
use hustings_domain::access::{Action, Actor};
use hustings_domain::borrower::Borrower;
use hustings_domain::ids::BorrowerId;
use hustings_policy::permit;
use hustings_store::Tx;
use hustings_store::records::UserRecord;
use jiff::Timestamp;
use serde_json::json;

// INVARIANT: only whom a borrower has on its file as an agent acts for it from another desk, by the address that they
// log in with, looked up where the act is done; and for nothing but what is asked of this.
/// The actor as an agent of `borrower`, when its file names them.
pub(crate) fn as_agent_of(tx: &mut dyn Tx, actor: &Actor, borrower: &Borrower) -> Result<Option<Actor>> {
    if actor.borrower.is_none_or(|own| own == borrower.id) {
        return Ok(None);
    }
    let Some(user) = actor.user.map(|id| tx.user(id)).transpose()?.flatten() else { return Ok(None) };
    let named = borrower.file.agents.iter().any(|agent| agent.email == user.email);
    if !named {
        return Ok(None);
    }
    // After that, so that a refusal tells nobody which borrowers there are.
    permit(actor, Action::RequestForOthers)?;
    Ok(Some(Actor { borrower: Some(borrower.id), ..actor.clone() }))
}

// INVARIANT: whoever a borrower took off its file does not come back by a new log-in: with what speaks for them, their role
// ends. What stops somebody needs no second person.
/// Ends an agent that a borrower took off its file: sessions, links, tokens and role.
pub(crate) fn end_former_agent(
    tx: &mut dyn Tx,
    by: &Actor,
    borrower: BorrowerId,
    email: &str,
    now: Timestamp,
) -> Result<()> {
    let Some(user) = tx.user_by_email(email)?.filter(|user| user.borrower == Some(borrower)) else {
        return Ok(());
    };
    revoke_all(tx, user.id)?;
    enter(tx, now, by, "user.agent-ended", json!({"user": user.id, "borrower": borrower}))?;
    Ok(tx.put_user(&UserRecord { roles: Vec::new(), borrower: None, ..user })?)
}
