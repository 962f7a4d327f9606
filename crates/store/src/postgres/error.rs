//! What the server says, in our words. Details are left out: they can quote what is kept.

use crate::error::StoreError;
use tokio_postgres::Error;
use tokio_postgres::error::DbError;

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        if let Some(said) = error.as_db_error() {
            return of_server(said);
        }
        let source = std::error::Error::source(&error);
        if let Some(broken) = source.and_then(|source| source.downcast_ref::<std::io::Error>()) {
            return Self::Unreachable(broken.to_string());
        }
        if error.is_closed() {
            return Self::Unreachable("the connection is closed".to_owned());
        }
        Self::Engine(error.to_string())
    }
}

/// By class and code of SQLSTATE (PostgreSQL's manual, appendix A).
fn of_server(said: &DbError) -> StoreError {
    let code = said.code().code();
    match (code.get(..2).unwrap_or_default(), code) {
        (_, "23505") => {
            StoreError::Conflict("something is kept under this number or name already".to_owned())
        }
        ("23", _) => StoreError::Conflict("what is to be kept breaks a rule of the store".to_owned()),
        (_, "53100") => StoreError::DiskFull,
        (_, "55P03") => StoreError::InUse(std::path::PathBuf::new()),
        (_, "25006") => StoreError::Engine("a read may not write".to_owned()),
        (_, "42501") => StoreError::Denied { why: said.message().to_owned(), remedy: String::new() },
        ("28", _) => StoreError::Denied {
            why: said.message().to_owned(),
            remedy: "-- check the user, PGPASSWORD and the server's pg_hba.conf".to_owned(),
        },
        ("08" | "57", _) | (_, "53300") => StoreError::Unreachable(said.message().to_owned()),
        ("XX", "XX001" | "XX002") => StoreError::Damaged(said.message().to_owned()),
        _ => StoreError::Engine(format!("{} ({code})", said.message())),
    }
}
