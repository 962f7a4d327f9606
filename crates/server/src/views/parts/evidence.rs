//! The picture behind the stop rule: how much evidence there is, per signal, that a send does harm, and how
//! much stops it.

use super::Tone;
use askama::Template;
use askama::filters::HtmlSafe;

/// One signal that a send is watched by.
#[derive(Debug, Clone)]
pub struct Signal {
    /// `Complaints`, `Unsubscribes`, `Hard bounces`.
    pub name: String,
    /// What was seen: `3 of 4,000 delivered`.
    pub seen: String,
    /// What is usual: `usually 1 in 1,000`.
    pub usual: String,
    /// Natural logarithm of the evidence (an e-value) that the rate is above the usual.
    pub evidence: f64,
    /// The evidence that pauses the send, on the same scale: ln(1/alpha).
    pub limit: f64,
}

/// Bars of log evidence, one a signal, against the limit.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/evidence.html")]
pub struct Evidence {
    /// Unique on its page.
    pub id: String,
    /// The signals, the most telling first.
    pub signals: Vec<Signal>,
}

impl HtmlSafe for Evidence {}

/// A signal with its place in the picture.
#[derive(Debug)]
struct Placed<'a> {
    signal: &'a Signal,
    verdict: &'static str,
    tone: &'static str,
    figures: String,
    label_y: usize,
    bar_y: usize,
    note_y: usize,
    line_top: usize,
    line_bottom: usize,
    width: String,
}

const ROW_HEIGHT: usize = 68;
/// The limit stands at four fifths of the width, so that there is room to be beyond it.
const LIMIT_AT: f64 = 80.0;

impl Signal {
    /// Evidence as a share of the limit; nothing speaks for harm below zero.
    fn towards_limit(&self) -> f64 {
        if self.limit > 0.0 && self.evidence > 0.0 { self.evidence / self.limit } else { 0.0 }
    }

    fn verdict(&self) -> (Tone, &'static str) {
        match self.towards_limit() {
            part if part >= 1.0 => (Tone::Stop, "over the limit: it stops the send"),
            part if part >= 0.5 => (Tone::Wait, "more than half way to the limit"),
            part if part > 0.0 => (Tone::Go, "far from the limit"),
            _ => (Tone::Go, "nothing unusual"),
        }
    }
}

impl Evidence {
    fn height(&self) -> usize {
        self.signals.len() * ROW_HEIGHT
    }

    fn sentence(&self) -> String {
        let said: Vec<String> =
            self.signals.iter().map(|signal| format!("{}: {}", signal.name, signal.verdict().1)).collect();
        format!("{}.", said.join(". "))
    }

    fn placed(&self) -> Vec<Placed<'_>> {
        self.signals
            .iter()
            .enumerate()
            .map(|(position, signal)| {
                let top = position * ROW_HEIGHT;
                let (tone, verdict) = signal.verdict();
                let width = (signal.towards_limit() * LIMIT_AT).min(100.0);
                Placed {
                    signal,
                    verdict,
                    tone: tone.word(),
                    figures: format!("{:.1} of {:.1}", signal.evidence, signal.limit),
                    label_y: top + 14,
                    bar_y: top + 24,
                    note_y: top + 50,
                    line_top: top + 20,
                    line_bottom: top + 36,
                    width: format!("{width:.1}%"),
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signal(evidence: f64) -> Signal {
        Signal { name: "Complaints".into(), seen: "x".into(), usual: "y".into(), evidence, limit: 6.9 }
    }

    #[test]
    fn the_limit_stands_at_four_fifths_and_the_bar_never_leaves_the_picture() {
        let evidence = Evidence { id: "e".into(), signals: [-3.0, 3.45, 6.9, 70.0].map(signal).to_vec() };
        let widths: Vec<String> = evidence.placed().into_iter().map(|row| row.width).collect();
        assert_eq!(widths, ["0.0%", "40.0%", "80.0%", "100.0%"]);
    }

    #[test]
    fn each_verdict_has_its_tone() {
        let tones: Vec<Tone> = [-3.0, 1.0, 3.5, 6.9].map(|e| signal(e).verdict().0).to_vec();
        assert_eq!(tones, [Tone::Go, Tone::Go, Tone::Wait, Tone::Stop]);
        assert_eq!(signal(f64::NAN).verdict().1, "nothing unusual");
    }
}
