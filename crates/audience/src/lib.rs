//! The audience language and the index that answers it.
//!
//! A rule that selects supporters is typed in words, parsed to a typed tree and never to SQL. The index
//! answers it from bit columns over dense ordinals; the naive evaluator is what the index is held against.
//! Nothing here knows of names or addresses, of a store or of a network.

mod days;
pub mod explain;
pub mod index;
pub mod language;
pub mod naive;

pub use explain::{Explanation, TermVerdict, explain};
pub use index::{Bitmap, BreakdownBy, Index, IndexFileError};
pub use language::{
    Binder, CheckError, Engaged, Engagement, Expr, Found, ParseError, Span, Spanned, Vocabulary,
    check_for_loan, check_lendable, nearest_areas, parse, to_words,
};
pub use naive::{Selection, matches};
