//! The engine itself, fenced: parsed policies on one side, a question on the other, and which policies decided.

use cedar_policy::{
    Authorizer, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression,
};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::str::FromStr;

/// What came of a question: the policies that hold, and those that could not be worked out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome {
    /// Whether some policy permits and none forbids.
    pub(crate) allowed: bool,
    /// The policies that decided, by name.
    pub(crate) reasons: BTreeSet<String>,
    /// The policies that failed, by name. A policy that fails counts for nothing, so whoever asks must refuse.
    pub(crate) failed: BTreeSet<String>,
}

/// Asks the engine.
pub(crate) fn ask(request: &Request, policies: &PolicySet, entities: &Entities) -> Outcome {
    let response = Authorizer::new().is_authorized(request, policies, entities);
    let name = |id: &cedar_policy::PolicyId| AsRef::<str>::as_ref(id).to_owned();
    let failed = response.diagnostics().errors().map(|error| match error {
        cedar_policy::AuthorizationError::PolicyEvaluationError(error) => name(error.policy_id()),
    });
    Outcome {
        allowed: response.decision() == Decision::Allow,
        reasons: response.diagnostics().reason().map(name).collect(),
        failed: failed.collect(),
    }
}

/// A kind of thing that policies speak of, its name read once.
#[derive(Debug, Clone)]
pub(crate) struct Kind(EntityTypeName);

impl Kind {
    /// The kind of this name, such as `Borrower`.
    pub(crate) fn named(name: &str) -> Result<Self, String> {
        EntityTypeName::from_str(name).map(Self).map_err(|error| error.to_string())
    }

    /// One of its things.
    pub(crate) fn of(&self, id: &str) -> EntityUid {
        EntityUid::from_type_name_and_id(self.0.clone(), EntityId::new(id))
    }
}

/// A thing with what is known of it.
pub(crate) fn thing(
    uid: EntityUid,
    attributes: HashMap<String, RestrictedExpression>,
    parents: HashSet<EntityUid>,
) -> Result<Entity, String> {
    Entity::new(uid, attributes, parents).map_err(|error| error.to_string())
}

/// Things together.
pub(crate) fn things(of: Vec<Entity>) -> Result<Entities, String> {
    Entities::from_entities(of, None).map_err(|error| error.to_string())
}
