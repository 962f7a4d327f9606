//! What a loan was worth: what it changed against those held back, and what it costs by the rate card under the law
//! that the charter names. No legal advice is in it.

mod changed;
mod law;
mod notice;
mod statement;
mod value;

pub use changed::{Cell, Changed, IssueLine, changed};
pub(crate) use law::{expect_lawful_request, expect_lawful_send};
pub use notice::{Notice, notice};
pub use statement::{Statement, StatementLine, statement};
pub use value::{Valued, value_of};
