//! What borrowers were told to erase, and that they say it is done.

use crate::context::App;
use crate::journal::enter;
use crate::refusal::{Kind, Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_policy::permit;
use hustings_store::records::ErasureNotice;
use serde_json::json;
use uuid::Uuid;

/// Notices, oldest first: a borrower's people see their own, the owner's people all.
pub fn erasures(app: &App, actor: &Actor) -> Result<Vec<ErasureNotice>> {
    permit(actor, if actor.borrower.is_some() { Action::AcknowledgeErasure } else { Action::ReadCopies })?;
    app.store.read(|tx| Ok(tx.erasure_notices(actor.borrower)?))
}

/// The borrower says that a row is erased. Saying it again changes nothing; another's notice is unknown.
pub fn acknowledge_erasure(app: &App, actor: &Actor, id: Uuid) -> Result<ErasureNotice> {
    permit(actor, Action::AcknowledgeErasure)?;
    let borrower = actor.borrower.ok_or_else(|| {
        Refusal::new(Kind::Denied, "erasure.no-borrower", "only somebody who acts for a borrower can say so")
    })?;
    let now = app.now();
    app.store.write(|tx| {
        let mine = |notice: &ErasureNotice| notice.id == id;
        let unknown = || Refusal::not_found("erasure.unknown", "there is no such notice");
        let notice = tx.erasure_notices(Some(borrower))?.into_iter().find(mine).ok_or_else(unknown)?;
        if !tx.acknowledge_erasure(id, borrower, now)? {
            return Ok(notice);
        }
        let body = json!({"notice": id, "copy": notice.copy, "borrower": borrower});
        enter(tx, now, actor, "erasure.acknowledged", body)?;
        Ok(ErasureNotice { acknowledged: Some(now), ..notice })
    })
}
