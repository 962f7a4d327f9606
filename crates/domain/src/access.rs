//! Who acts, in which role, and everything that can be done. Who may do what is decided by the room `policy`, which
//! alone makes a permit.

use crate::ids::{BorrowerId, UserId};
use crate::token::{Scope, Through};
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
    /// The token of a program, which narrows what the roles permit; none for a person.
    #[serde(default)]
    pub through: Option<Through>,
}

impl Actor {
    /// The machine itself: the stop rule, expiry, recovery. It may halt; it may never begin.
    pub fn machine() -> Self {
        Self { user: None, roles: Vec::new(), wing: None, borrower: None, through: None }
    }

    /// Whoever holds the data folder and its root key at the command line: every technical role, no seat on
    /// the board.
    pub fn operator() -> Self {
        Self {
            user: None,
            roles: vec![Role::Steward, Role::Administrator, Role::Treasurer],
            wing: None,
            borrower: None,
            through: None,
        }
    }

    /// How the ledger names the actor: by role and id, never by a person's name; a program by its token too.
    pub fn reference(&self) -> String {
        match &self.through {
            Some(through) => format!("{}+token:{}", self.person(), through.id),
            None => self.person(),
        }
    }

    fn person(&self) -> String {
        match (self.user, self.roles.first()) {
            (Some(user), Some(role)) => format!("{role}:{user}"),
            (Some(user), None) => format!("user:{user}"),
            (None, Some(_)) => "operator".to_owned(),
            (None, None) => "machine".to_owned(),
        }
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident => $word:literal;)*) => {
        /// Everything that can be done. Who may stands in the policies of the room `policy`.
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

            /// Its name in the policies.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }
        }
    };
}

actions! {
    /// Bring people in from a file.
    ImportList => "import people";
    /// Look one person up by address, or open a person's page.
    ReadSupporter => "read a supporter's record";
    /// Everything held on one person, for that person.
    ExportSupporter => "export what is held on a supporter";
    /// Put a field or an address of a person right.
    CorrectSupporter => "correct a supporter's record";
    /// Keep that a person objected.
    RecordObjection => "record an objection";
    /// Forget a person.
    EraseSupporter => "erase a supporter";
    /// Exact counts of an audience.
    CountAudience => "count an audience exactly";
    /// Declare an attribute, take one out of use.
    DeclareAttribute => "declare an attribute";
    /// Load divisions and postal codes.
    LoadPlaces => "load places";
    /// Keep an audience under a name, change it, take it out of use.
    SaveAudience => "save an audience";
    /// The list in numbers.
    ReadDashboard => "read the dashboard";
    /// Ask the board to put another charter in force.
    ProposeCharter => "propose a charter";
    /// Put the charter in force that the list begins with.
    AdoptCharter => "adopt a charter";
    /// Register a borrower.
    AddBorrower => "register a borrower";
    /// Check a borrower's identity and office.
    VerifyBorrower => "verify a borrower";
    /// Put an election, a position or an agent of a borrower on file.
    FileBorrower => "change what a borrower has on file";
    /// Suspend a borrower at once.
    SuspendBorrower => "suspend a borrower";
    /// End a borrower's standing, with notice and time to cure.
    EndBorrower => "give a borrower notice";
    /// See borrowers and their history.
    ReadBorrowers => "read borrowers";
    /// Ask for a loan on behalf of a borrower.
    RequestLoan => "request a loan";
    /// Ask on behalf of a borrower that named one as its agent, from the desk of another.
    RequestForOthers => "request a loan for another borrower";
    /// Change the appeal of a loan asked for.
    EditAppeal => "edit an appeal";
    /// A noised reach, charged to the borrower.
    EstimateLoan => "estimate a loan's reach";
    /// See every loan.
    ReadLoans => "read loans";
    /// See one's own loans.
    ReadOwnLoans => "read one's own loans";
    /// Vote, recuse oneself, challenge, rule on a challenge.
    Decide => "vote on a loan";
    /// Begin a send that the board cleared.
    SendLoan => "send a cleared loan";
    /// Halt a send at once.
    PauseLoan => "pause a send";
    /// Let a halted send go on.
    ResumeLoan => "resume a paused send";
    /// Price and close a loan.
    SettleLoan => "settle a loan";
    /// Make the numbered copy of those who said yes.
    ExportCopy => "export a copy";
    /// Fetch one's own numbered copy.
    FetchOwnCopy => "fetch one's own copy";
    /// See which copies left.
    ReadCopies => "read the register of copies";
    /// Say that an erasure was carried out.
    AcknowledgeErasure => "acknowledge an erasure";
    /// Report what came of introductions.
    LogOutcomes => "report what came of introductions";
    /// Name the copy that a leaked file came from.
    TraceLeak => "trace a leaked file";
    /// See the calendar: own mail, waiting loans, shares.
    ReadCalendar => "read the calendar";
    /// Put the owner's own mail into the calendar, take it out.
    PlanMail => "plan the owner's own mail";
    /// Share attention among cleared loans.
    ShareAttention => "share attention among loans";
    /// See what a loan changed and what it was worth.
    ReadWorth => "read what loans were worth";
    /// See alarms.
    ReadAlarms => "read alarms";
    /// Walk through the decision ledger in the console.
    ReadLedger => "read the ledger in the console";
    /// Sign and publish a checkpoint.
    PublishLedger => "publish the ledger";
    /// Make a token with which a program acts for a borrower.
    MakeToken => "make a token for a program";
    /// See which tokens there are; a borrower's people see their own.
    ReadTokens => "see which tokens exist";
    /// End a token at once.
    EndToken => "revoke a token";
    /// Give somebody a log-in.
    AddUser => "add a user";
    /// Give, change or take somebody's role, wing, borrower or address.
    ChangeUser => "change a user";
    /// Take a backup.
    BackUp => "take a backup";
    /// Put a backup in the place of the list.
    RestoreList => "restore a backup";
    /// Take the list to another server.
    MoveList => "move the list";
}

/// A refusal by the authorisation point.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.said())]
pub struct Denied {
    /// What was tried.
    pub action: Action,
    /// The roles that may.
    pub roles: Vec<Role>,
    /// The scopes of the token through which it was tried; none for a person.
    pub scopes: Option<Vec<Scope>>,
}

impl Denied {
    fn said(&self) -> String {
        let may = format!("{} may {}", list_of(&self.roles), self.action.words());
        let Some(scopes) = &self.scopes else { return may };
        let scopes: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
        let has = if scopes.is_empty() { "it reads alone".to_owned() } else { scopes.join(", ") };
        format!("this token may not {} (its scopes: {has})", self.action.words())
    }
}

fn list_of(roles: &[Role]) -> String {
    let names: Vec<String> =
        roles.iter().map(|role| format!("a {role}").replace("a administrator", "an administrator")).collect();
    if names.is_empty() { "nobody".to_owned() } else { format!("only {}", names.join(" or ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_who_may() {
        let refusal = |roles| Denied { action: Action::AddUser, roles, scopes: None }.to_string();
        assert_eq!(refusal(vec![Role::Administrator]), "only an administrator may add a user");
        assert_eq!(refusal(Vec::new()), "nobody may add a user");
        let scopes = Some(vec![Scope::Count]);
        let denied = Denied { action: Action::FetchOwnCopy, roles: vec![Role::Borrower], scopes };
        assert_eq!(denied.to_string(), "this token may not fetch one's own copy (its scopes: count)");
    }
}
