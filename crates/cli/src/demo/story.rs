//! The story, chapter by chapter.

mod asking;
mod leaving;
mod list;
mod sending;

use super::stage::{Stage, seat_everybody};
use super::summary::Summary;
use crate::output::Voice;
use hustings_app::Result;
use hustings_domain::ids::LoanNumber;
use std::path::Path;

/// What the chapters hand on.
#[derive(Debug, Default)]
struct Plot {
    rows: u64,
    refused_requests: u32,
}

/// The three loans of the story.
#[derive(Debug, Clone, Copy)]
struct Loans {
    candidate: LoanNumber,
    council: LoanNumber,
    committee: LoanNumber,
}

/// Plays the whole story on `people` made-up supporters into `folder`.
pub fn play(folder: &Path, people: u32, seed: u64, voice: Voice) -> Result<Summary> {
    let stage = Stage::build(folder, people, seed, voice)?;
    seat_everybody(&stage)?;
    let mut plot = Plot::default();
    let truth = list::write_and_import(&stage, &mut plot, people)?;
    let stand = super::cast::stand(&truth).ok_or_else(|| {
        hustings_app::Refusal::invalid("demo.too-few", "too few people for a story")
            .hint("try --supporters 2000")
    })?;
    let loans = asking::ask_and_clear(&stage, &mut plot, &stand)?;
    sending::send_and_answer(&stage, loans)?;
    let summary = leaving::introduce_leak_erase_check(&stage, &plot, loans)?;
    stage.close()?;
    Ok(summary)
}

/// A chapter's head.
fn chapter(voice: Voice, number: u32, title: &str) {
    voice.say("");
    voice.say(format!("{number}. {title}"));
}
