//! One kind of failure for every use case: what was refused, by a stable code, and what to do next.

use hustings_domain::access::Denied;
use hustings_store::StoreError;
use std::fmt;

/// The result of a use case.
pub type Result<T> = std::result::Result<T, Refusal>;

/// What sort of failure; faces map it to a status or an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// What was named does not exist.
    NotFound,
    /// What was given cannot be used.
    Invalid,
    /// It does not fit the state of things.
    Conflict,
    /// This actor may not.
    Denied,
    /// Not now; try again.
    Busy,
    /// Our fault.
    Internal,
}

/// A use case that did not happen. Carries no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What sort.
    pub kind: Kind,
    /// A stable code, such as `loan.expired`.
    pub code: &'static str,
    /// What was refused, in a sentence without a final period.
    pub message: String,
    /// Why, one step deeper each.
    pub causes: Vec<String>,
    /// What to do next.
    pub hints: Vec<String>,
}

impl Refusal {
    /// A refusal of this kind.
    pub fn new(kind: Kind, code: &'static str, message: impl Into<String>) -> Self {
        Self { kind, code, message: message.into(), causes: Vec::new(), hints: Vec::new() }
    }

    /// What was named does not exist.
    pub fn not_found(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, code, message)
    }

    /// What was given cannot be used.
    pub fn invalid(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, code, message)
    }

    /// It does not fit the state of things.
    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, code, message)
    }

    /// Our fault.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(Kind::Internal, "internal", message)
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds why.
    #[must_use]
    pub fn because(mut self, cause: impl fmt::Display) -> Self {
        self.causes.push(cause.to_string());
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}

impl From<Denied> for Refusal {
    fn from(denied: Denied) -> Self {
        Self::new(Kind::Denied, "access.denied", denied.to_string())
    }
}

impl Refusal {
    /// The file system did not take or give `what`; when it has no room left, that is said as such.
    pub(crate) fn of_file(what: impl Into<String>, error: &std::io::Error) -> Self {
        let what = what.into();
        if StoreError::is_no_room(error) {
            return Self::from(StoreError::DiskFull).because(what);
        }
        Self::internal(what).because(error)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        let (kind, code, hint) = match &error {
            StoreError::NotThere(_) => (
                Kind::NotFound,
                "folder.no-list",
                "make one with `hustings init`, or name another folder with --dir",
            ),
            StoreError::AlreadyThere(_) => {
                (Kind::Conflict, "folder.taken", "name an empty folder with --dir")
            }
            StoreError::InUse(_) => (
                Kind::Busy,
                "folder.in-use",
                "if that is `hustings serve`, do this in its console, or stop it (Ctrl-C), do this, and start it \
                 again; verbs that only look work beside it",
            ),
            StoreError::Fenced(_) => (
                Kind::Busy,
                "node.fenced",
                "start it again: what it had in hand is put right by the journals in its folder",
            ),
            StoreError::Newer { .. } => {
                (Kind::Conflict, "folder.newer", "run the newer hustings; nothing was changed")
            }
            StoreError::DiskFull => (
                Kind::Busy,
                "folder.disk-full",
                "what was kept before is whole, and of this step nothing is half done: free some space (`df -h`) or \
                 lift the limit (`quota`, `ulimit -f`), then say the same again",
            ),
            StoreError::Damaged(_) => {
                (Kind::Internal, "folder.damaged", "restore the newest backup with `hustings restore`")
            }
            StoreError::Conflict(_) => (Kind::Conflict, "store.conflict", "look again: somebody was faster"),
            StoreError::Engine(_) => (Kind::Internal, "store.refused", "nothing was changed; try again"),
            StoreError::Unreachable(_) => (
                Kind::Busy,
                "store.unreachable",
                "see that the server runs and that `store.toml` in the folder names it, then look again",
            ),
            StoreError::Address(_) => (
                Kind::Invalid,
                "store.address",
                "an address is `postgres://USER@HOST/DATABASE`, or with a socket `postgres://USER@/DATABASE?host=/run/postgresql`",
            ),
            StoreError::Denied { remedy, .. } => {
                let hint = if remedy.is_empty() {
                    "ask the server's administrator for the right".to_owned()
                } else {
                    format!("the server's administrator can allow it in that database: {remedy}")
                };
                return Self::new(Kind::Denied, "store.rights", error.to_string()).hint(hint);
            }
            StoreError::Files { .. } => {
                (Kind::Internal, "folder.files", "check the folder's owner and permissions")
            }
        };
        Self::new(kind, code, error.to_string()).hint(hint)
    }
}

macro_rules! internal_from {
    ($($error:ty => $what:literal),* $(,)?) => {
        $(impl From<$error> for Refusal {
            fn from(error: $error) -> Self {
                Self::internal($what).because(error)
            }
        })*
    };
}

internal_from! {
    hustings_vault::VaultError => "a sealed field could not be read or written",
    hustings_vault::identity::IdentityError => "a sealed identity does not read back",
    hustings_ledger::tree::Error => "the ledger's tree does not hold together",
    hustings_ledger::leaf::LeafError => "a ledger entry could not be written",
    hustings_ledger::CheckpointError => "the ledger's checkpoint could not be made",
    hustings_ledger::publish::PublishError => "the ledger could not be published",
    hustings_domain::canonical::CanonicalError => "the text has no canonical form",
    hustings_vault::token::MintError => "a link could not be made",
}

impl From<hustings_domain::loan::IllegalMove> for Refusal {
    fn from(error: hustings_domain::loan::IllegalMove) -> Self {
        use hustings_domain::loan::IllegalMove;
        let (code, hint) = match &error {
            IllegalMove::WrongState { .. } => {
                ("loan.wrong-state", "`hustings loan show` says where it stands")
            }
            IllegalMove::OtherText { .. } => {
                ("loan.text-changed", "the board has to vote on the text as it is now")
            }
            IllegalMove::OutsideWindow { .. } => {
                ("loan.outside-window", "ask for a new loan with another window")
            }
            IllegalMove::NotCanonical(_) => ("loan.not-canonical", "use whole numbers only"),
        };
        Self::conflict(code, error.to_string()).hint(hint)
    }
}
