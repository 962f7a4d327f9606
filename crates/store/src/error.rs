//! What can go wrong with what is kept, said so that a person can act on it.

use std::path::PathBuf;

/// The result of a store operation.
pub type StoreResult<T> = Result<T, StoreError>;

/// Why the store could not do it. Nothing is half done: the transaction is rolled back.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// No list lives there.
    #[error("there is no list in `{0}`")]
    NotThere(PathBuf),
    /// A list lives there already.
    #[error("`{0}` already holds a list")]
    AlreadyThere(PathBuf),
    /// Another process has it open.
    #[error("another hustings is running on `{0}`")]
    InUse(PathBuf),
    /// Another process has taken the work of this one over.
    #[error(
        "this hustings was not heard from for too long, and another has taken over what it was doing on `{0}`"
    )]
    Fenced(PathBuf),
    /// The data were written by a newer version of this program.
    #[error("the data have version {found}, and this program knows versions up to {known}")]
    Newer {
        /// The version of the data.
        found: u32,
        /// The newest that this program knows.
        known: u32,
    },
    /// The disk takes no more.
    #[error("no room is left on the disk: it is full, or a quota or a limit on the size of files is reached")]
    DiskFull,
    /// What is kept does not hold together.
    #[error("what is kept is damaged: {0}")]
    Damaged(String),
    /// A rule of the store was broken by the caller, such as a number used twice.
    #[error("{0}")]
    Conflict(String),
    /// The database engine refused.
    #[error("the database refused: {0}")]
    Engine(String),
    /// The database server cannot be reached, or the connection broke.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// The database's address cannot be used.
    #[error("this address of a database cannot be used: {0}")]
    Address(String),
    /// The login lacks rights on the database server.
    #[error("the login may not do that on the database server: {why}")]
    Denied {
        /// What it lacks.
        why: String,
        /// What an administrator of the server can run to allow it.
        remedy: String,
    },
    /// The file system refused.
    #[error("the file system refused `{path}`: {why}")]
    Files {
        /// Which file or folder.
        path: PathBuf,
        /// What it said.
        why: String,
    },
}

impl StoreError {
    /// Whether the file system has no room left for what was written.
    pub fn is_no_room(error: &std::io::Error) -> bool {
        use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
    }

    /// What a caller hears who passed over this and wanted the rest kept.
    pub(crate) fn passed_over(&self) -> Self {
        Self::Conflict(format!("nothing is kept, because a step before had failed: {self}"))
    }
}
