//! The one authorisation point: who may do what. Every use case asks here first, with [`permit`], and holds
//! the [`Permit`] that it got; nothing else decides.

use crate::ids::{BorrowerId, UserId};
use crate::words::Slug;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What somebody is to the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Operates the list: data or e-mail director. Cannot approve alone.
    Steward,
    /// Sits on the board.
    Trustee,
    /// Answers for the money.
    Treasurer,
    /// Runs the machine. Cannot send, export or decide.
    Administrator,
    /// Acts for one borrower.
    Borrower,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] =
        [Self::Steward, Self::Trustee, Self::Treasurer, Self::Administrator, Self::Borrower];

    /// The word used in files, screens and the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Steward => "steward",
            Self::Trustee => "trustee",
            Self::Treasurer => "treasurer",
            Self::Administrator => "administrator",
            Self::Borrower => "borrower",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| {
            format!("`{text}` is not a role: steward, trustee, treasurer, administrator or borrower")
        })
    }
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The person; none for the machine itself.
    pub user: Option<UserId>,
    /// The roles held.
    pub roles: Vec<Role>,
    /// The wing, for a trustee.
    pub wing: Option<Slug>,
    /// The borrower acted for.
    pub borrower: Option<BorrowerId>,
}

impl Actor {
    /// The machine itself: the stop rule, expiry, recovery. It may halt; it may never begin.
    pub fn machine() -> Self {
        Self { user: None, roles: Vec::new(), wing: None, borrower: None }
    }

    /// Whoever holds the data folder and its root key at the command line: every technical role, no seat on
    /// the board.
    pub fn operator() -> Self {
        Self {
            user: None,
            roles: vec![Role::Steward, Role::Administrator, Role::Treasurer],
            wing: None,
            borrower: None,
        }
    }

    /// How the ledger names the actor: by role and id, never by a person's name.
    pub fn reference(&self) -> String {
        match (self.user, self.roles.first()) {
            (Some(user), Some(role)) => format!("{role}:{user}"),
            (Some(user), None) => format!("user:{user}"),
            (None, Some(_)) => "operator".to_owned(),
            (None, None) => "machine".to_owned(),
        }
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident => $word:literal, [$($role:ident),*];)*) => {
        /// Everything that can be done, with the roles that may.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action {
            $($(#[$doc])* $name,)*
        }

        impl Action {
            /// Every action.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// How it is said in a refusal and in the ledger.
            pub fn words(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// The roles that may.
            pub fn roles(self) -> &'static [Role] {
                match self { $(Self::$name => &[$(Role::$role),*],)* }
            }
        }
    };
}

actions! {
    /// Bring people in from a file.
    ImportList => "import people", [Steward];
    /// Look one person up by address, or open a person's page.
    ReadSupporter => "read a supporter's record", [Steward];
    /// Everything held on one person, for that person.
    ExportSupporter => "export what is held on a supporter", [Steward];
    /// Put a field or an address of a person right.
    CorrectSupporter => "correct a supporter's record", [Steward];
    /// Keep that a person objected.
    RecordObjection => "record an objection", [Steward];
    /// Forget a person.
    EraseSupporter => "erase a supporter", [Steward];
    /// Exact counts of an audience.
    CountAudience => "count an audience exactly", [Steward, Trustee];
    /// Declare an attribute, take one out of use.
    DeclareAttribute => "declare an attribute", [Steward];
    /// Load divisions and postal codes.
    LoadPlaces => "load places", [Steward];
    /// Keep an audience under a name, change it, take it out of use.
    SaveAudience => "save an audience", [Steward];
    /// The list in numbers.
    ReadDashboard => "read the dashboard", [Steward, Trustee, Treasurer, Administrator];
    /// Ask the board to put another charter in force.
    ProposeCharter => "propose a charter", [Steward, Trustee, Administrator];
    /// Put the charter in force that the list begins with.
    AdoptCharter => "adopt a charter", [Administrator];
    /// Register a borrower.
    AddBorrower => "register a borrower", [Steward];
    /// Check a borrower's identity and office.
    VerifyBorrower => "verify a borrower", [Steward];
    /// See borrowers and their history.
    ReadBorrowers => "read borrowers", [Steward, Trustee, Treasurer];
    /// Ask for a loan on behalf of a borrower.
    RequestLoan => "request a loan", [Borrower, Steward];
    /// Change the appeal of a loan asked for.
    EditAppeal => "edit an appeal", [Borrower, Steward];
    /// A noised reach, charged to the borrower.
    EstimateLoan => "estimate a loan's reach", [Borrower, Steward];
    /// See every loan.
    ReadLoans => "read loans", [Steward, Trustee, Treasurer, Administrator];
    /// See one's own loans.
    ReadOwnLoans => "read one's own loans", [Borrower];
    /// Vote, recuse oneself, challenge, rule on a challenge.
    Decide => "vote on a loan", [Trustee];
    /// Begin a send that the board cleared.
    SendLoan => "send a cleared loan", [Steward];
    /// Halt a send at once.
    PauseLoan => "pause a send", [Steward, Trustee, Administrator];
    /// Let a halted send go on.
    ResumeLoan => "resume a paused send", [Steward];
    /// Price and close a loan.
    SettleLoan => "settle a loan", [Treasurer, Steward];
    /// Make the numbered copy of those who said yes.
    ExportCopy => "export a copy", [Steward];
    /// Fetch one's own numbered copy.
    FetchOwnCopy => "fetch one's own copy", [Borrower];
    /// See which copies left.
    ReadCopies => "read the register of copies", [Steward, Trustee, Treasurer];
    /// Say that an erasure was carried out.
    AcknowledgeErasure => "acknowledge an erasure", [Borrower];
    /// Name the copy that a leaked file came from.
    TraceLeak => "trace a leaked file", [Steward, Trustee];
    /// See the calendar: own mail, waiting loans, shares.
    ReadCalendar => "read the calendar", [Steward, Trustee, Treasurer];
    /// Put the owner's own mail into the calendar, take it out.
    PlanMail => "plan the owner's own mail", [Steward];
    /// Share attention among cleared loans.
    ShareAttention => "share attention among loans", [Steward];
    /// See what a loan changed and what it was worth.
    ReadWorth => "read what loans were worth", [Steward, Trustee, Treasurer];
    /// See alarms.
    ReadAlarms => "read alarms", [Steward, Trustee, Administrator];
    /// Walk through the decision ledger in the console.
    ReadLedger => "read the ledger in the console", [Steward, Trustee, Treasurer, Administrator];
    /// Sign and publish a checkpoint.
    PublishLedger => "publish the ledger", [Steward, Administrator];
    /// Give somebody a log-in.
    AddUser => "add a user", [Administrator];
    /// Take a backup.
    BackUp => "take a backup", [Administrator];
}

/// A refusal by the authorisation point.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("only {} may {}", list_of(action.roles()), action.words())]
pub struct Denied {
    /// What was tried.
    pub action: Action,
}

fn list_of(roles: &[Role]) -> String {
    let names: Vec<String> =
        roles.iter().map(|role| format!("a {role}").replace("a administrator", "an administrator")).collect();
    names.join(" or ")
}

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
    // INVARIANT (promise 10): the machine may halt a send by itself, and nothing else.
    let machine_may = actor.roles.is_empty() && actor.user.is_none() && action == Action::PauseLoan;
    let role_may = actor.roles.iter().any(|role| action.roles().contains(role));
    if machine_may || role_may { Ok(Permit { action, actor: actor.clone() }) } else { Err(Denied { action }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(role: Role) -> Actor {
        Actor { user: None, roles: vec![role], wing: None, borrower: None }
    }

    #[test]
    fn nobody_technical_votes_and_no_trustee_sends() {
        assert!(permit(&Actor::operator(), Action::Decide).is_err());
        assert!(permit(&actor(Role::Administrator), Action::SendLoan).is_err());
        assert!(permit(&actor(Role::Administrator), Action::ExportCopy).is_err());
        assert!(permit(&actor(Role::Trustee), Action::SendLoan).is_err());
    }

    #[test]
    fn a_borrower_reaches_no_record() {
        let may: Vec<&str> = Action::ALL
            .iter()
            .filter(|action| permit(&actor(Role::Borrower), **action).is_ok())
            .map(|action| action.words())
            .collect();
        assert_eq!(
            may,
            [
                "request a loan",
                "edit an appeal",
                "estimate a loan's reach",
                "read one's own loans",
                "fetch one's own copy",
                "acknowledge an erasure"
            ]
        );
    }

    #[test]
    fn the_machine_may_only_halt() {
        for action in Action::ALL {
            assert_eq!(permit(&Actor::machine(), *action).is_ok(), *action == Action::PauseLoan);
        }
    }

    #[test]
    fn a_refusal_says_who_may() {
        let refusal = permit(&actor(Role::Treasurer), Action::AddUser).unwrap_err();
        assert_eq!(refusal.to_string(), "only an administrator may add a user");
    }
}
