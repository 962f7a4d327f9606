//! What is kept. Traits by area, one unit of work ([`Tx`]) over all of them, SQLite and PostgreSQL behind them, and one
//! conformance suite for every backend. No rule of the product lives here, and no SQL lives elsewhere.

mod areas;
mod coding;
pub mod conformance;
mod engine;
mod error;
mod handle;
mod keys;
pub mod postgres;
pub mod records;
pub mod sqlite;
mod traits;
pub mod transfer;

pub use error::{StoreError, StoreResult};
pub use handle::{Backend, Listen, Store};
pub use keys::KeyStore;
pub use traits::*;
