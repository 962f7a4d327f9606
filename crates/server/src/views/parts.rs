//! Small pieces that pages are made of. Each prints itself as HTML, escaped, wherever a template names it.

mod badge;
mod bars;
mod choice;
mod evidence;
mod field_input;
mod notice;
mod pager;
mod small;
mod terms;
mod votes;
mod when;

pub use badge::{Badge, Tone};
pub use bars::{Bar, Bars};
pub use choice::Choice;
pub use evidence::{Evidence, Signal};
pub use field_input::FieldInput;
pub use notice::Notice;
pub use pager::Pager;
pub use small::{Csrf, Hash, Proof};
pub use terms::{Term, Terms};
pub use votes::{Spoke, Votes, WingVotes};
pub use when::When;
