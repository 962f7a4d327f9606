//! The faces over HTTP: console, borrower desk, supporter pages, public ledger.

pub mod assets;
pub mod views;
