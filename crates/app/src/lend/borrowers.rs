//! Registering borrowers and checking their standing.

mod filing;
mod register;
mod standing;

pub use filing::{Filed, file_borrower};
pub use register::{MOST_WAITING, Registration, register_borrower};
pub(crate) use standing::note as note_standing;
pub use standing::{
    LEAST_CURE_DAYS, MOST_CURE_DAYS, end_overdue_standings, give_notice, reinstate_borrower, suspend_borrower,
};

use super::load;
use crate::context::App;
use crate::journal::enter;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::area::AreaId;
use hustings_domain::borrower::{Borrower, BorrowerFile, BorrowerKind, Standing};
use hustings_domain::ids::BorrowerId;
use hustings_domain::words::Slug;
use hustings_policy::permit;
use hustings_store::Tx;
use hustings_vault::EmailAddress;
use serde::Deserialize;
use serde_json::json;

/// What a borrower says of itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewBorrower {
    /// The public name.
    pub name: String,
    /// What sort of body.
    pub kind: BorrowerKind,
    /// The office sought.
    pub office: String,
    /// The area.
    pub area: AreaId,
    /// Stated positions on the charter's issues.
    #[serde(default)]
    pub positions: Vec<Slug>,
    /// Where its people are written to.
    pub contact_email: String,
    /// Who answers for the money.
    pub treasurer: String,
}

/// Registers a borrower; a steward still has to verify it.
pub fn add_borrower(app: &App, actor: &Actor, new: NewBorrower) -> Result<Borrower> {
    permit(actor, Action::AddBorrower)?;
    let now = app.now();
    app.store.write(|tx| {
        filing::check_positions(&load::charter(tx)?, &new.positions)?;
        let mut borrower = insert(tx, app, new, BorrowerFile::default())?;
        standing::note(&mut borrower, actor, now, "registered", "entered by the owner's people");
        tx.put_borrower(&borrower)?;
        let body = json!({"borrower": borrower.id, "name": borrower.name, "kind": borrower.kind,
            "office": borrower.office, "area": borrower.area});
        enter(tx, now, actor, "borrower.registered", body)?;
        Ok(borrower)
    })
}

/// A new borrower, looked over; nothing is kept yet.
fn insert(tx: &mut dyn Tx, app: &App, new: NewBorrower, file: BorrowerFile) -> Result<Borrower> {
    let invalid = |what: &str| Refusal::invalid("borrower.incomplete", format!("a borrower needs {what}"));
    for (text, what) in [(&new.name, "a name"), (&new.office, "an office"), (&new.treasurer, "a treasurer")] {
        if text.trim().is_empty() || text.chars().count() > 200 || text.chars().any(char::is_control) {
            return Err(invalid(what).hint("1 to 200 characters on one line"));
        }
    }
    let contact = EmailAddress::parse(&new.contact_email)
        .map_err(|error| invalid("an address that its people can be written to").because(error))?;
    if tx.borrowers()?.iter().any(|known| known.name == new.name) {
        return Err(Refusal::conflict(
            "borrower.taken",
            format!("a borrower named `{}` is registered", new.name),
        ));
    }
    let now = app.now();
    Ok(Borrower {
        id: BorrowerId::new(now, &mut *app.rng("borrower-id")),
        name: new.name,
        kind: new.kind,
        office: new.office,
        area: new.area,
        positions: new.positions,
        contact_email: contact.reveal().to_owned(),
        treasurer: new.treasurer,
        standing: Standing::Registered,
        registered: now,
        file,
        marked: None,
        history: Vec::new(),
    })
}

/// Notes that a steward checked identity and office.
pub fn verify_borrower(app: &App, actor: &Actor, id: BorrowerId) -> Result<Borrower> {
    permit(actor, Action::VerifyBorrower)?;
    let now = app.now();
    app.store.write(|tx| {
        let mut borrower = load::borrower(tx, id)?;
        if borrower.standing == Standing::Registered {
            borrower.standing = Standing::Verified { at: now };
            standing::note(&mut borrower, actor, now, "verified", "identity and office were checked");
            tx.put_borrower(&borrower)?;
            let body = json!({"borrower": id, "name": borrower.name, "office": borrower.office,
                "area": borrower.area});
            enter(tx, now, actor, "borrower.verified", body)?;
        } else if !borrower.is_verified() {
            let message =
                format!("a borrower whose standing is `{}` is not verified again", borrower.standing.word());
            return Err(Refusal::conflict("borrower.standing", message)
                .hint("`hustings borrower reinstate` lifts a suspension, and says why"));
        }
        Ok(borrower)
    })
}

/// Every borrower.
pub fn borrowers(app: &App, actor: &Actor) -> Result<Vec<Borrower>> {
    permit(actor, Action::ReadBorrowers)?;
    app.store.read(|tx| Ok(tx.borrowers()?))
}
