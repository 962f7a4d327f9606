//! Words and rules of a list kept in trust. No input or output, no async, no clock or chance of its own:
//! those are arguments. Every other room speaks in these types.

pub mod access;
pub mod area;
pub mod attribute;
pub mod borrower;
pub mod canonical;
pub mod chance;
pub mod charter;
pub mod clearance;
pub mod clock;
pub mod consent;
pub mod copy;
pub mod country;
pub mod duty;
pub mod estimate;
pub mod facts;
pub mod guarded;
pub mod ids;
pub mod jurisdiction;
pub mod lift;
pub mod loan;
pub mod money;
pub mod outcome;
pub mod response;
pub mod seat;
pub mod share;
pub mod statement;
pub mod token;
pub mod words;
