//! How two audiences overlap.

use super::{AsOf, ask, threads};
use crate::context::App;
use crate::refusal::Result;
use hustings_audience::Selection;
use hustings_domain::access::{Action, Actor};
use hustings_policy::permit;
use jiff::civil::Date;
use serde::Serialize;

/// Two audiences beside each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overlap {
    /// How many are in the first.
    pub left: u64,
    /// How many are in the second.
    pub right: u64,
    /// How many are in both.
    pub both: u64,
    /// How many are in the first alone.
    pub only_left: u64,
    /// How many are in the second alone.
    pub only_right: u64,
    /// What the numbers are true of.
    pub as_of: AsOf,
}

/// Compares the audiences that two texts describe on the day `today`.
pub fn overlap(app: &App, actor: &Actor, left: &str, right: &str, today: Date) -> Result<Overlap> {
    permit(actor, Action::CountAudience)?;
    let (left, right) = (ask(app, left, today)?, ask(app, right, today)?);
    let at = app.now();
    app.with_index(|index| {
        let select = |expr| index.select(expr, Selection::OwnUse, today, threads());
        let (left, right) = (select(&left), select(&right));
        let both = left.count_and(&right);
        let (left, right) = (left.count(), right.count());
        Overlap {
            left,
            right,
            both,
            only_left: left - both,
            only_right: right - both,
            as_of: AsOf { change: index.as_of(), today, at },
        }
    })
}
