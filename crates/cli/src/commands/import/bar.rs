//! How far something is, with its rate and the time left.

use crate::output::on_terminal;
use hustings_app::people::import::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::cell::Cell;
use std::path::Path;

/// A bar that shows how far an import is, on a terminal.
#[derive(Debug)]
pub(crate) struct Bar {
    bar: ProgressBar,
    begun: Cell<bool>,
}

impl Bar {
    pub(crate) fn of(file: &Path) -> Self {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self { bar: counting_bar(0, &name), begun: Cell::new(false) }
    }

    pub(crate) fn show(&self, step: &Progress) {
        self.bar.set_length(step.of);
        self.bar.set_position(step.rows);
        if !self.begun.replace(true) {
            // An import that goes on was not that fast.
            self.bar.reset_eta();
        }
    }

    pub(crate) fn done(&self) {
        self.bar.finish_and_clear();
    }
}

/// A bar of `length` steps; silent when nobody looks.
pub(crate) fn counting_bar(length: usize, what: &str) -> ProgressBar {
    let target = if on_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(u64::try_from(length).unwrap_or(0)), target);
    let style =
        ProgressStyle::with_template("   {msg:24} {bar:30} {human_pos}/{human_len} {per_sec} {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_message(what.to_owned());
    bar
}
