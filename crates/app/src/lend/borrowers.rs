//! Registering borrowers and checking their standing.

use super::load;
use crate::context::App;
use crate::journal::enter;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor, permit};
use hustings_domain::area::AreaId;
use hustings_domain::borrower::{Borrower, BorrowerKind, Standing};
use hustings_domain::ids::BorrowerId;
use hustings_domain::words::Slug;
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
    let invalid = |what: &str| Refusal::invalid("borrower.incomplete", format!("a borrower needs {what}"));
    for (text, what) in [(&new.name, "a name"), (&new.office, "an office"), (&new.treasurer, "a treasurer")] {
        if text.trim().is_empty() || text.chars().count() > 200 || text.chars().any(char::is_control) {
            return Err(invalid(what).hint("1 to 200 characters on one line"));
        }
    }
    let contact = EmailAddress::parse(&new.contact_email)
        .map_err(|error| invalid("an address that its people can be written to").because(error))?;
    let now = app.now();
    app.store.write(|tx| {
        let charter = load::charter(tx)?;
        if let Some(unknown) =
            new.positions.iter().find(|slug| charter.issues.iter().all(|issue| issue.id != **slug))
        {
            let known: Vec<&str> = charter.issues.iter().map(|issue| issue.id.as_str()).collect();
            return Err(Refusal::invalid(
                "issue.unknown",
                format!("`{unknown}` is not an issue of the charter"),
            )
            .hint(format!("the issues are {}", known.join(", "))));
        }
        if tx.borrowers()?.iter().any(|known| known.name == new.name) {
            return Err(Refusal::conflict(
                "borrower.taken",
                format!("a borrower named `{}` is registered", new.name),
            ));
        }
        let borrower = Borrower {
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
        };
        tx.put_borrower(&borrower)?;
        let body = json!({"borrower": borrower.id, "name": borrower.name, "kind": borrower.kind,
            "office": borrower.office, "area": borrower.area});
        enter(tx, now, actor, "borrower.registered", body)?;
        Ok(borrower)
    })
}

/// Notes that a steward checked identity and office.
pub fn verify_borrower(app: &App, actor: &Actor, id: BorrowerId) -> Result<Borrower> {
    permit(actor, Action::VerifyBorrower)?;
    let now = app.now();
    app.store.write(|tx| {
        let mut borrower = load::borrower(tx, id)?;
        if !borrower.is_verified() {
            borrower.standing = Standing::Verified { at: now };
            tx.put_borrower(&borrower)?;
            enter(tx, now, actor, "borrower.verified", json!({"borrower": id}))?;
        }
        Ok(borrower)
    })
}

/// Every borrower.
pub fn borrowers(app: &App, actor: &Actor) -> Result<Vec<Borrower>> {
    permit(actor, Action::ReadBorrowers)?;
    app.store.read(|tx| Ok(tx.borrowers()?))
}
