//! What borrowers were told to erase, row by row, and that they say it is done: duties of two kinds, as they were before
//! there were others.

use super::duties::{self, Said};
use crate::context::App;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::duty::DoneWith;
use hustings_policy::permit;
use hustings_store::records::ErasureNotice;
use uuid::Uuid;

/// Notices, oldest first: a borrower's people see their own, the owner's people all.
pub fn erasures(app: &App, actor: &Actor) -> Result<Vec<ErasureNotice>> {
    permit(actor, if actor.borrower.is_some() { Action::AcknowledgeErasure } else { Action::ReadCopies })?;
    app.store.read(|tx| Ok(tx.erasure_notices(actor.borrower)?))
}

/// The borrower says that a row is erased. Saying it again changes nothing; another's notice is unknown.
pub fn acknowledge_erasure(app: &App, actor: &Actor, id: Uuid) -> Result<ErasureNotice> {
    permit(actor, Action::AcknowledgeErasure)?;
    let borrower = duties::own(actor)?;
    let unknown = || Refusal::not_found("erasure.unknown", "there is no such notice");
    let find = || {
        let rows = app.store.read(|tx| Ok::<_, Refusal>(tx.erasure_notices(Some(borrower))?))?;
        rows.into_iter().find(|notice| notice.id == id).ok_or_else(unknown)
    };
    find()?;
    duties::acknowledge(app, actor, &[id], Said { done: DoneWith::Deleted, processors: 0 })?;
    find()
}
