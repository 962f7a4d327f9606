//! The one authorisation point: who may do what. Every use case asks here first, with [`permit`], and holds the
//! [`Permit`] that it got; nothing else decides. Policies that do not read permit nothing to anybody.

use crate::engine::{self, Kind, Outcome};
use cedar_policy::{Context, Entities, EntityUid, PolicySet, Request, RestrictedExpression};
use hustings_domain::access::{Action, Actor, Denied, Role};
use hustings_domain::ids::BorrowerId;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// The program's own policies.
const POLICIES: &str = include_str!("access/access.cedar");
/// Whether a thing may be known to somebody at all; asked beside an act, never alone.
const KNOW: &str = "Know";

/// Proof that the authorisation point said yes to this actor and this action; cannot be made elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    action: Action,
    actor: Actor,
}

impl Permit {
    /// What was permitted.
    pub fn action(&self) -> Action {
        self.action
    }

    /// To whom.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }
}

/// Asks whether `actor` may do `action`.
pub fn permit(actor: &Actor, action: Action) -> Result<Permit, Denied> {
    if TABLE.as_ref().is_ok_and(|table| table.allows(actor, action.name(), None)) {
        Ok(Permit { action, actor: actor.clone() })
    } else {
        Err(Denied {
            action,
            roles: roles_of(action),
            scopes: actor.through.as_ref().map(|through| through.scopes.clone()),
        })
    }
}

/// Whether `actor` may know of what belongs to `borrower`: a borrower's people of their own alone.
pub fn is_theirs(actor: &Actor, borrower: BorrowerId) -> bool {
    TABLE.as_ref().is_ok_and(|table| table.allows(actor, KNOW, Some(borrower)))
}

/// The roles that may do `action`.
pub fn roles_of(action: Action) -> Vec<Role> {
    let may = |role: &Role| {
        let one = Actor { user: None, roles: vec![*role], wing: None, borrower: None, through: None };
        TABLE.as_ref().is_ok_and(|table| table.allows(&one, action.name(), None))
    };
    Role::ALL.into_iter().filter(may).collect()
}

/// Everything that somebody with `role` may do.
pub fn powers_of(role: Role) -> Vec<Action> {
    Action::ALL.iter().copied().filter(|action| roles_of(*action).contains(&role)).collect()
}

/// The policies, read once, with the names that they speak in.
struct Table {
    policies: PolicySet,
    user: Kind,
    machine: Kind,
    role: Kind,
    action: Kind,
    list: Kind,
    owned: Kind,
    borrower: Kind,
}

static TABLE: LazyLock<Result<Table, String>> = LazyLock::new(Table::read);

impl Table {
    fn read() -> Result<Self, String> {
        Ok(Self {
            policies: named(POLICIES)?,
            user: Kind::named("User")?,
            machine: Kind::named("Machine")?,
            role: Kind::named("Role")?,
            action: Kind::named("Action")?,
            list: Kind::named("List")?,
            owned: Kind::named("Owned")?,
            borrower: Kind::named("Borrower")?,
        })
    }

    fn allows(&self, actor: &Actor, action: &str, owner: Option<BorrowerId>) -> bool {
        self.outcome(actor, action, owner).is_ok_and(|outcome| outcome.allowed && outcome.failed.is_empty())
    }

    fn outcome(&self, actor: &Actor, action: &str, owner: Option<BorrowerId>) -> Result<Outcome, String> {
        let is_machine = actor.user.is_none() && actor.roles.is_empty();
        let kind = if is_machine { &self.machine } else { &self.user };
        let principal = kind.of("one");
        let (resource, mut known) = self.resource(owner)?;
        let mut attributes = HashMap::new();
        if let Some(own) = actor.borrower {
            attributes.insert("borrower".to_owned(), self.borrower_named(own));
        }
        if let Some(through) = &actor.through {
            let scopes = through
                .scopes
                .iter()
                .map(|scope| RestrictedExpression::new_string(scope.as_str().to_owned()));
            attributes.insert("scopes".to_owned(), RestrictedExpression::new_set(scopes));
        }
        let roles: HashSet<EntityUid> = actor.roles.iter().map(|role| self.role.of(role.as_str())).collect();
        known.push(engine::thing(principal.clone(), attributes, roles)?);
        let request = Request::new(principal, self.action.of(action), resource, Context::empty(), None)
            .map_err(|error| error.to_string())?;
        let known: Entities = engine::things(known)?;
        Ok(engine::ask(&request, &self.policies, &known))
    }

    fn resource(&self, owner: Option<BorrowerId>) -> Result<(EntityUid, Vec<cedar_policy::Entity>), String> {
        let Some(owner) = owner else { return Ok((self.list.of("list"), Vec::new())) };
        let owned = self.owned.of("thing");
        let whose = HashMap::from([("borrower".to_owned(), self.borrower_named(owner))]);
        Ok((owned.clone(), vec![engine::thing(owned, whose, HashSet::new())?]))
    }

    fn borrower_named(&self, id: BorrowerId) -> RestrictedExpression {
        RestrictedExpression::new_entity_uid(self.borrower.of(&id.to_string()))
    }
}

/// Policies by the name that stands at each as `@id`.
fn named(text: &str) -> Result<PolicySet, String> {
    let read: PolicySet = text.parse().map_err(|error: cedar_policy::ParseErrors| error.to_string())?;
    let policies = read.policies().map(|policy| match policy.annotation("id") {
        Some(id) => policy.new_id(cedar_policy::PolicyId::new(id)),
        None => policy.clone(),
    });
    PolicySet::from_policies(policies.collect::<Vec<_>>()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;
