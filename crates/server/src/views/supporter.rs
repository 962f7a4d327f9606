//! The supporter's pages and the public one: no log-in, no script. A link is opened safely; only a button acts.

mod answer;
mod borrow;
mod join;
mod me;
mod powers;
mod public;
mod stop;
mod thanks;

pub use answer::{Answer, FieldChoice};
pub use borrow::{Borrow, IssueSource, KindChoice};
pub use join::{Join, JoinField};
pub use me::{AttributeInput, HeldFact, Introduced, Me, Reached, Switch};
pub use powers::{Around, Powers, RolePowers};
pub use public::{LoanCard, LoanLine, PublicLedger, PublicWitness, Step};
pub use stop::{Stop, StopChoice};
pub use thanks::Thanks;
