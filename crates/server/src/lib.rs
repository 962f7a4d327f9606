//! The faces over HTTP: console, borrower desk, supporter pages, public ledger.

pub mod assets;
mod gate;
mod present;
mod problem;
pub mod routes;
mod serve;
mod site;
pub mod views;
mod witness;

pub use routes::router;
pub use serve::serve;
pub use site::{Dispatch, LinkGoes, LoginMail, Site};
pub use witness::{serve_witness, witness_router};
