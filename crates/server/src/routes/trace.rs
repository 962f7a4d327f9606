//! From which copy did a leaked file come? The file is read, weighed and thrown away.

use super::{Answer, Call, Reply};
use crate::present::{frame, words};
use crate::problem::sentence;
use crate::views::Place;
use crate::views::console::{Suspect, Trace, TraceResult};
use crate::views::format::{count as counted_number, counted};
use crate::views::parts::{Badge, Proof};
use hustings_app::after::{self, TraceReport};
use hustings_app::{Refusal, Result};

const LARGEST: &str = "64 MB";

fn shown(call: &Call, title: &str, result: Option<TraceResult>) -> Result<Trace> {
    Ok(Trace { frame: frame::console(call, title, Place::Copies)?, result, largest: LARGEST.to_owned() })
}

/// `GET /console/trace`.
pub(super) fn page(call: &Call) -> Answer {
    Reply::page(&shown(call, "Where did a file come from?", None)?)
}

/// `POST /console/trace`, with the file.
pub(super) fn trace(call: &Call) -> Answer {
    let file = call.form.file.as_deref().filter(|bytes| !bytes.is_empty()).ok_or_else(|| {
        Refusal::invalid("trace.no-file", "no file came with the form")
            .hint("choose the file that was found, as it was found")
    })?;
    let report = after::trace(call.app(), call.actor()?, file)?;
    Reply::page(&shown(call, "What the file says", Some(result(&report)))?)
}

fn result(report: &TraceReport) -> TraceResult {
    let line = |name: &str| report.report.lines.iter().find(|line| line.name == name);
    let mut suspects = Vec::new();
    for accused in &report.accused {
        let counted = line(&accused.name).map_or_else(String::new, |line| sentence(&line.counted));
        let said: Vec<String> = accused
            .said
            .iter()
            .map(|said| format!("{} {}: each {}", counted_number(said.count), said.what, said.odds))
            .collect();
        let rests_on = format!("{counted} {}. {}", said.join("; "), accused.framing);
        for copy in &accused.copies {
            suspects.push(Suspect {
                copy: Some(u64::from(copy.copy.0)),
                holder: accused.name.clone(),
                verdict: Badge::stop("accused"),
                evidence: format!("{} of {} people", copy.people_found, copy.people),
                rests_on: rests_on.clone(),
            });
        }
    }
    suspects.extend(report.cleared.iter().map(|name| Suspect {
        copy: None,
        holder: name.clone(),
        verdict: Badge::go("not accused"),
        evidence: line(name).map_or_else(String::new, |line| sentence(&line.meaning)),
        rests_on: line(name).map_or_else(String::new, |line| sentence(&line.counted)),
    }));
    TraceResult {
        said: sentence(&report.report.finding),
        bound: sentence(&report.report.bound),
        file: format!(
            "{}; {} on this list, {}, {}.",
            counted(report.rows, "row", "rows"),
            counted(report.matched, "is", "are"),
            counted(report.strangers, "stranger", "strangers"),
            counted(report.seeds, "planted record", "planted records")
        ),
        file_hash: words::hash(report.file_sha256),
        suspects,
        proof: Some(Proof { index: report.ledger_entry }),
    }
}
