//! The public service level: in how many days the board promised to decide, and what it kept this season. From the
//! ledger alone; an open request that is late counts as late, and there is no figure over fewer than ten requests.

use super::trail::Trail;
use hustings_app::board::{Matter, due};
use hustings_app::lend::check_charter;
use hustings_app::{App, Refusal, Result};
use hustings_domain::loan::LoanState;
use jiff::Timestamp;

/// The fewest requests over which a figure is said.
pub(crate) const FEWEST: usize = 10;
const DAY_SECONDS: i64 = 86_400;

/// What was kept, over enough requests to say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kept {
    /// How many were due or decided.
    pub(crate) requests: u64,
    /// Half of those decided took at most so many days, counted up.
    pub(crate) median_days: u64,
    /// Of a hundred so many were decided in time, counted down.
    pub(crate) in_time_percent: u64,
}

/// The service level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Service {
    read: u64,
    day: i64,
    /// The days that the charter promises.
    pub(crate) promised_days: u32,
    /// What was kept; none while that is over too few.
    pub(crate) kept: Option<Kept>,
}

impl Service {
    pub(super) fn is_of(&self, read: u64, now: Timestamp) -> bool {
        (self.read, self.day) == (read, now.as_second().div_euclid(DAY_SECONDS))
    }

    pub(super) fn work_out(app: &App, trail: &Trail, now: Timestamp) -> Result<Self> {
        let charter = app.charter()?;
        let began = season_began(app, trail)?;
        let mut in_time = 0_usize;
        let mut took = Vec::new();
        let mut late_and_open = 0_usize;
        app.store().read(|tx| {
            for loan in tx.loans()? {
                let marks = trail.about("loan", &loan.number.0);
                let decided = marks
                    .iter()
                    .find(|mark| mark.kind == "loan.cleared" || mark.kind == "loan.refused")
                    .map(|mark| mark.at);
                if decided.unwrap_or(now) < began || loan.requested > now {
                    continue;
                }
                let due = due(tx, Matter::Loan(loan.number))?;
                match decided {
                    Some(at) => {
                        took.push(at.as_second() - loan.requested.as_second());
                        in_time += usize::from(at <= due);
                    }
                    None => late_and_open += usize::from(loan.state == LoanState::Requested && now > due),
                }
            }
            Ok::<_, Refusal>(())
        })?;
        took.sort_unstable();
        let requests = took.len() + late_and_open;
        let median = took.get(took.len().saturating_sub(1) / 2).copied();
        let kept = median.filter(|_| took.len() >= FEWEST).map(|seconds| Kept {
            requests: requests as u64,
            median_days: u64::try_from((seconds + DAY_SECONDS - 1).div_euclid(DAY_SECONDS)).unwrap_or(0),
            in_time_percent: (in_time * 100 / requests.max(1)) as u64,
        });
        Ok(Self {
            read: trail.read(),
            day: now.as_second().div_euclid(DAY_SECONDS),
            promised_days: charter.board.decide_days,
            kept,
        })
    }

    /// The line that everybody reads.
    pub(crate) fn said(&self) -> String {
        let promised = format!("The board decides within {} days of a request.", self.promised_days);
        match self.kept {
            None => format!(
                "{promised} Fewer than {FEWEST} requests were decided this season, so there are no figures yet."
            ),
            Some(kept) => format!(
                "{promised} Of {} requests this season {} % were decided in time, half of them within {}.",
                kept.requests,
                kept.in_time_percent,
                crate::views::format::counted(kept.median_days, "day", "days")
            ),
        }
    }
}

/// When the season of the charter in force began: with the first of the charters in a row that name it.
fn season_began(app: &App, trail: &Trail) -> Result<Timestamp> {
    let season = app.charter()?.estimates.season;
    let mut began = Timestamp::MIN;
    for mark in trail.adopted().iter().rev() {
        let version = mark.number("version").and_then(|version| u32::try_from(version).ok());
        let Some(version) = version else { continue };
        let toml = app.store().read(|tx| Ok::<_, Refusal>(tx.charter_version(version)?))?;
        let same =
            toml.and_then(|toml| check_charter(&toml).ok()).is_some_and(|old| old.estimates.season == season);
        if !same {
            break;
        }
        began = mark.at;
    }
    Ok(began)
}
