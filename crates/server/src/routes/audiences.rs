//! Writing an audience and counting it, as one types or at the press of a button; the list of those that are saved.

mod opened;
mod overlap;
mod saved;

pub(super) use opened::{sample, why};
pub(super) use overlap::overlap;
pub(super) use saved::{retire, save, show};

use super::{Answer, Call, Reply};
use crate::present::frame;
use crate::problem::sentence;
use crate::views::Place;
use crate::views::console::{AudienceActs, AudienceCount, AudienceExample, Audiences, Counted, SavedRow};
use crate::views::format::{count as grouped, counted as people};
use crate::views::parts::{Badge, Bar, Bars, Csrf, Tone};
use axum::http::StatusCode;
use hustings_app::people::{audience, count as counting};
use hustings_app::{Kind, Refusal, Result};
use hustings_domain::access::Action;
use jiff::civil::Date;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The parts of a division that are drawn.
const MOST_PARTS: usize = 12;

/// `GET /console/audiences?q=`. What a saved audience's page counts stays with that audience.
pub(super) fn page(call: &Call) -> Answer {
    let name = call.query.text("name");
    if !name.is_empty() {
        return saved::changed(call, name, call.query.text("q"));
    }
    let text = call.query.text("q");
    shown(call, text, counted(call, text, "")?, StatusCode::OK)
}

/// `GET /console/audiences/count?q=`: the part of the page that changes.
pub(super) fn count(call: &Call) -> Answer {
    Reply::page(&counted(call, call.query.text("q"), call.query.text("name"))?)
}

fn shown(call: &Call, text: &str, count: AudienceCount, status: StatusCode) -> Answer {
    let page = Audiences {
        frame: frame::console(call, "Who would hear it?", Place::Audiences)?,
        text: text.to_owned(),
        count,
        saved: kept(call)?,
        examples: examples(),
    };
    Reply::page_with(status, &page)
}

/// The day that periods end on, in the site's zone.
fn today(call: &Call) -> Date {
    call.app().now().to_zoned(call.site.zone().clone()).date()
}

/// Where a rule is written.
fn path_of(text: &str) -> String {
    format!("/console/audiences?q={}", utf8_percent_encode(text, NON_ALPHANUMERIC))
}

/// What a text comes to, with what can be done with it, under the name that it may be saved under.
fn counted(call: &Call, text: &str, name: &str) -> Result<AudienceCount> {
    if text.trim().is_empty() {
        return Ok(AudienceCount { counted: Counted::Nothing, acts: None });
    }
    match counting::count(call.app(), call.actor()?, text, today(call)) {
        Ok(counted) => Ok(AudienceCount {
            counted: reached(&counted, frame::when(call, counted.as_of.at)),
            acts: Some(acts(call, text, name)?),
        }),
        Err(refusal) if refusal.kind == Kind::Invalid => Ok(wrong(&refusal)),
        Err(refusal) => Err(refusal),
    }
}

fn acts(call: &Call, text: &str, name: &str) -> Result<AudienceActs> {
    Ok(AudienceActs {
        csrf: Csrf { token: call.signed()?.csrf.clone() },
        text: text.to_owned(),
        name: name.to_owned(),
        may_save: frame::may(call, Action::SaveAudience),
        may_open: frame::may(call, Action::ReadSupporter),
    })
}

/// A refusal of a text, where the count would stand.
fn wrong(refusal: &Refusal) -> AudienceCount {
    let counted = Counted::Wrong {
        message: sentence(&refusal.message),
        caret: refusal.causes.join("\n"),
        hint: refusal.hints.iter().map(|hint| sentence(hint)).collect::<Vec<_>>().join(" "),
    };
    AudienceCount { counted, acts: None }
}

fn kept(call: &Call) -> Result<Vec<SavedRow>> {
    let mut rows = Vec::new();
    for kept in audience::list(call.app(), call.actor()?)? {
        let people = match kept.retired {
            Some(_) => None,
            None => counting::people(call.app(), call.actor()?, &kept.rule, today(call)).ok(),
        };
        rows.push(SavedRow {
            name: kept.name.to_string(),
            rule: kept.rule,
            version: kept.version,
            state: match (kept.retired, people) {
                (Some(_), _) => Badge::plain("out of use"),
                (None, Some(_)) => Badge::go("in use"),
                (None, None) => Badge::stop("does not read any more"),
            },
            people: people.map(grouped).unwrap_or_default(),
        });
    }
    Ok(rows)
}

fn reached(counted: &counting::Counted, as_of: crate::views::parts::When) -> Counted {
    let can = counted.count.saturating_sub(counted.stopped);
    let said = format!(
        "{}: {}. Stopped everything: {}.",
        people(counted.count, "person", "people"),
        counted.words,
        grouped(counted.stopped)
    );
    let bar = |label: &str, count, tone| Bar { label: label.to_owned(), count, tone };
    Counted::Reach {
        reach: can,
        breakdown: Bars {
            id: "funnel".to_owned(),
            title: "From the audience to those who can be addressed".to_owned(),
            description: said.clone(),
            labels: "Who".to_owned(),
            counts: "People".to_owned(),
            rows: vec![
                bar("In the audience", counted.count, Tone::Plain),
                bar("Have stopped everything", counted.stopped, Tone::Stop),
                bar("Can be addressed, if they agreed to the purpose", can, Tone::Go),
            ],
        },
        divisions: counted.breakdowns.iter().enumerate().map(division).collect(),
        said,
        as_of,
        change: grouped(counted.as_of.change),
    }
}

fn division((position, breakdown): (usize, &counting::Breakdown)) -> Bars {
    let mut parts = breakdown.parts.clone();
    if parts.len() > MOST_PARTS {
        parts.sort_by_key(|(_, people)| std::cmp::Reverse(*people));
    }
    let title = if parts.len() > MOST_PARTS {
        format!("By {}, the largest", breakdown.by)
    } else {
        format!("By {}", breakdown.by)
    };
    let rows = parts
        .into_iter()
        .take(MOST_PARTS)
        .map(|(label, count)| Bar { label, count, tone: Tone::Plain })
        .collect();
    Bars {
        id: format!("division-{position}"),
        description: format!("How the audience divides by {}.", breakdown.by),
        title,
        labels: sentence(&breakdown.by).trim_end_matches('.').to_owned(),
        counts: "People".to_owned(),
        rows,
    }
}

fn examples() -> Vec<AudienceExample> {
    let example = |text: &str, meaning: &str| AudienceExample {
        text: text.to_owned(),
        meaning: meaning.to_owned(),
        path: path_of(text),
    };
    vec![
        example("everyone", "The whole list"),
        example("consent \"news\" on email", "Those who agreed to our own news by e-mail"),
        example("gave(90d) >= $27", "Those who gave $27 or more in the last 90 days"),
        example(
            "area in \"ocd-division/country:us/state:vt\" and not tag \"staff\"",
            "People in Vermont who are not staff",
        ),
    ]
}
