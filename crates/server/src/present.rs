//! From what use cases return to what pages show. Nothing here decides who may see what: the gate and the use
//! cases have done so before.

pub(crate) mod acts;
pub(crate) mod api;
pub(crate) mod board;
pub(crate) mod desk;
pub(crate) mod frame;
pub(crate) mod ledger;
pub(crate) mod loan;
pub(crate) mod loans;
pub(crate) mod story;
pub(crate) mod supporter;
pub(crate) mod users;
pub(crate) mod waiting;
pub(crate) mod words;
