//! Writing an audience and counting it, as one types or at the press of a button.

use super::{Answer, Call, Reply};
use crate::present::frame;
use crate::problem::sentence;
use crate::views::Place;
use crate::views::console::{AudienceCount, AudienceExample, Audiences, Counted};
use crate::views::format::{count as grouped, counted as people};
use crate::views::parts::{Bar, Bars, Tone};
use hustings_app::people::count as counting;
use hustings_app::{Kind, Result};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The parts of a division that are drawn.
const MOST_PARTS: usize = 12;

/// `GET /console/audiences?q=`.
pub(super) fn page(call: &Call) -> Answer {
    let text = call.query.text("q");
    Reply::page(&Audiences {
        frame: frame::console(call, "Who would hear it?", Place::Audiences)?,
        text: text.to_owned(),
        count: counted(call, text)?,
        examples: examples(),
    })
}

/// `GET /console/audiences/count?q=`: the part of the page that changes.
pub(super) fn count(call: &Call) -> Answer {
    Reply::page(&counted(call, call.query.text("q"))?)
}

fn counted(call: &Call, text: &str) -> Result<AudienceCount> {
    if text.trim().is_empty() {
        return Ok(AudienceCount { counted: Counted::Nothing });
    }
    let now = call.app().now();
    let today = now.to_zoned(call.site.zone().clone()).date();
    let counted = match counting::count(call.app(), call.actor()?, text, today) {
        Ok(counted) => reached(&counted, frame::when(call, now)),
        Err(refusal) if refusal.kind == Kind::Invalid => Counted::Wrong {
            message: sentence(&refusal.message),
            caret: refusal.causes.join("\n"),
            hint: refusal.hints.iter().map(|hint| sentence(hint)).collect::<Vec<_>>().join(" "),
        },
        Err(refusal) => return Err(refusal),
    };
    Ok(AudienceCount { counted })
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
        path: format!("/console/audiences?q={}", utf8_percent_encode(text, NON_ALPHANUMERIC)),
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
