//! One file for each verb.

pub mod attribute;
pub mod audience;
pub mod backup;
pub mod board;
pub mod borrower;
pub mod calendar;
pub mod charter;
pub mod copy;
pub mod demo;
pub mod doctor;
pub mod duty;
pub mod import;
pub mod init;
pub mod join;
pub mod ledger;
pub mod loan;
pub mod r#move;
pub mod places;
pub mod restore;
pub mod serve;
pub mod supporters;
pub mod synth;
pub mod trace;
pub mod user;
pub mod witness;
pub mod worth;
