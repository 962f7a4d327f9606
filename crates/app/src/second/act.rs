//! An act as it is asked for and as it is carried out: the same parameters, or it is another act.

use crate::refusal::Result;
use hustings_domain::access::{Action, Actor};
use hustings_domain::guarded::Guarded;
use hustings_domain::ids::UserId;
use hustings_policy::permit;
use std::collections::BTreeMap;

/// What is asked for, or about to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    pub(crate) kind: Guarded,
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) about: Option<UserId>,
}

impl Act {
    pub(crate) fn new(kind: Guarded) -> Self {
        Self { kind, parameters: BTreeMap::new(), about: None }
    }

    /// Exactly what; an empty text is left out.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.parameters.insert(name.to_owned(), value);
        }
        self
    }

    #[must_use]
    pub(crate) fn about(mut self, user: UserId) -> Self {
        self.about = Some(user);
        self
    }

    /// Whoever may not do it may not ask for it either.
    pub(crate) fn permit(&self, actor: &Actor) -> Result<()> {
        permit(actor, action(self.kind))?;
        Ok(())
    }
}

/// The actions of the policies that need a second person, of one kind of act.
pub fn actions(kind: Guarded) -> &'static [Action] {
    match kind {
        Guarded::ChangeUser => &[Action::AddUser, Action::ChangeUser],
        Guarded::Restore => &[Action::RestoreList],
        Guarded::BackUp => &[Action::BackUp],
        Guarded::Move => &[Action::MoveList],
        // Making a copy takes the board's clearance; taking it out for its borrower, and opening a trace, take a grant.
        Guarded::FetchCopy | Guarded::OpenTrace | Guarded::SplitTraceKey => &[],
        Guarded::ResumeSend => &[Action::ResumeLoan],
    }
}

/// The action of the policies that a kind of act is.
fn action(kind: Guarded) -> Action {
    match kind {
        Guarded::ChangeUser => Action::ChangeUser,
        Guarded::Restore => Action::RestoreList,
        Guarded::BackUp => Action::BackUp,
        Guarded::Move => Action::MoveList,
        Guarded::FetchCopy => Action::ExportCopy,
        Guarded::OpenTrace | Guarded::SplitTraceKey => Action::TraceLeak,
        Guarded::ResumeSend => Action::ResumeLoan,
    }
}
