//! Who may be addressed now: those whom the rule selects, who agreed to the purpose, and who have stopped nothing
//! of it. The expression cannot widen any of that.

use crate::calendar::{OwnMail, times_taken};
use crate::context::App;
use crate::refusal::{Refusal, Result};
use hustings_audience::{Bitmap, Expr, Selection, parse};
use hustings_domain::charter::{Cap, Charter};
use hustings_domain::consent::SuppressionScope;
use hustings_domain::ids::Ordinal;
use hustings_domain::loan::{Ask, Terms};
use hustings_store::Tx;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// An audience before anybody is left out for being tired.
#[derive(Debug)]
pub(crate) struct Chosen {
    /// Selected by the rule and agreed to the purpose, stopped or not.
    pub(crate) selected: u64,
    /// Those of them who have not stopped.
    pub(crate) eligible: Bitmap,
    /// The change of the store that this is true of.
    pub(crate) as_of: u64,
}

/// Who may be addressed under these terms at this instant, however often they were of late.
pub fn eligible_now(app: &App, charter: &Charter, terms: &Terms) -> Result<Bitmap> {
    app.store.read(|tx| Ok(choose(app, tx, charter, terms)?.eligible))
}

/// Everybody who was addressed so often of late that this ask must leave them out.
pub fn tired(app: &App, charter: &Charter, ask: Ask, now: Timestamp) -> Result<Bitmap> {
    app.store.read(|tx| tired_in(tx, charter, ask, now))
}

/// What stops these terms for a person.
pub(crate) fn scopes(terms: &Terms) -> [SuppressionScope; 3] {
    [
        SuppressionScope::Everything,
        SuppressionScope::Purpose(terms.purpose.clone()),
        SuppressionScope::Borrower(terms.borrower),
    ]
}

// INVARIANT (promises 2 and 4): consent and stops are sets beside the expression, which can only narrow them.
pub(crate) fn choose(app: &App, tx: &mut dyn Tx, charter: &Charter, terms: &Terms) -> Result<Chosen> {
    let covered = charter
        .purposes
        .iter()
        .any(|purpose| purpose.id == terms.purpose && purpose.asks.contains(&terms.ask));
    if !covered {
        return Err(Refusal::conflict(
            "charter.purpose-gone",
            format!("no purpose `{}` of the charter covers the ask `{}` any more", terms.purpose, terms.ask),
        )
        .hint("the borrower may ask again under the charter in force"));
    }
    let rule = read(&terms.audience)?;
    let consent = read(&format!("consent \"{}\" on {}", terms.purpose, terms.channel.as_str()))?;
    let stopped: Bitmap = tx.stopped_supporters(&scopes(terms))?.into_iter().collect();
    let today = today(app.now());
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    app.with_index(|index| {
        let agreed = index.select(&consent, Selection::OwnUse, today, threads);
        let selected = index.select_within(&rule, &[&agreed], &[], Selection::Loan, today, threads);
        Chosen { selected: selected.count(), eligible: selected.and_not(&stopped), as_of: index.as_of() }
    })
}

pub(super) fn tired_in(tx: &mut dyn Tx, charter: &Charter, ask: Ask, now: Timestamp) -> Result<Bitmap> {
    let mut tired = Bitmap::new();
    let own = OwnMail::read(tx)?;
    for (cap, money) in caps(charter, ask) {
        let taken = times_taken(tx, &own, cap, money, now)?;
        for (times, person) in taken.into_iter().zip(0..) {
            if u32::from(times) >= cap.times {
                tired.insert(Ordinal(person));
            }
        }
    }
    Ok(tired)
}

/// The caps that an ask is held to, and whether each counts money asks alone.
pub(crate) fn caps(charter: &Charter, ask: Ask) -> Vec<(Cap, bool)> {
    let mut caps = vec![(charter.fatigue.appeals, false)];
    if ask == Ask::Give {
        caps.push((charter.fatigue.money, true));
    }
    caps
}

/// The first instant that a cap looks at.
pub(crate) fn since(cap: Cap, now: Timestamp) -> Result<Timestamp> {
    now.checked_sub(Span::new().hours(24 * i64::from(cap.days)))
        .map_err(|error| Refusal::internal("a cap reaches back before time").because(error))
}

fn read(rule: &str) -> Result<Expr> {
    parse(rule)
        .map_err(|error| Refusal::internal("the audience rule does not read").because(error.render(rule)))
}

fn today(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}
