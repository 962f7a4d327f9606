//! Two audiences beside each other.

use super::super::{Answer, Call, Reply};
use super::today;
use crate::present::frame;
use crate::problem::sentence;
use crate::views::Place;
use crate::views::console::{AudienceOverlap, Compared};
use crate::views::format::{counted, share};
use crate::views::parts::{Bar, Bars, Tone};
use hustings_app::people::audience::{self, Overlap};
use hustings_app::{Kind, Result};

/// `GET /console/audiences/overlap?a=&b=`.
pub(in super::super) fn overlap(call: &Call) -> Answer {
    let (left, right) = (call.query.text("a"), call.query.text("b"));
    Reply::page(&AudienceOverlap {
        frame: frame::console(call, "How do two audiences overlap?", Place::Audiences)?,
        left: left.to_owned(),
        right: right.to_owned(),
        compared: compared(call, left, right)?,
    })
}

fn compared(call: &Call, left: &str, right: &str) -> Result<Compared> {
    if left.trim().is_empty() || right.trim().is_empty() {
        return Ok(Compared::Nothing);
    }
    match audience::overlap(call.app(), call.actor()?, left, right, today(call)) {
        Ok(overlap) => Ok(both(call, &overlap)),
        Err(refusal) if refusal.kind == Kind::Invalid => Ok(Compared::Wrong {
            message: sentence(&refusal.message),
            caret: refusal.causes.join("\n"),
            hint: refusal.hints.iter().map(|hint| sentence(hint)).collect::<Vec<_>>().join(" "),
        }),
        Err(refusal) => Err(refusal),
    }
}

fn both(call: &Call, overlap: &Overlap) -> Compared {
    let said = format!(
        "{} in both: {} of the first, {} of the second.",
        counted(overlap.both, "person is", "people are"),
        share(overlap.both, overlap.left),
        share(overlap.both, overlap.right)
    );
    let bar = |label: &str, count, tone| Bar { label: label.to_owned(), count, tone };
    Compared::Both {
        bars: Bars {
            id: "overlap".to_owned(),
            title: "Two audiences beside each other".to_owned(),
            description: said.clone(),
            labels: "Who".to_owned(),
            counts: "People".to_owned(),
            rows: vec![
                bar("In the first", overlap.left, Tone::Plain),
                bar("In the second", overlap.right, Tone::Plain),
                bar("In both", overlap.both, Tone::Go),
                bar("In the first alone", overlap.only_left, Tone::Plain),
                bar("In the second alone", overlap.only_right, Tone::Plain),
            ],
        },
        said,
        as_of: frame::when(call, overlap.as_of.at),
    }
}
