//! A bar chart with its table beneath.

use super::super::format::count;
use super::Tone;
use askama::Template;
use askama::filters::HtmlSafe;

/// One bar.
#[derive(Debug, Clone)]
pub struct Bar {
    /// What is counted: `Given`.
    pub label: String,
    /// How many.
    pub count: u64,
    /// What the number means.
    pub tone: Tone,
}

/// Bars over each other, longest scale at the largest count; the same numbers in a table beneath.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/bars.html")]
pub struct Bars {
    /// Unique on its page.
    pub id: String,
    /// What the picture shows.
    pub title: String,
    /// What it says, in a sentence, for whom does not see it.
    pub description: String,
    /// The heading of the labels: `Answer`.
    pub labels: String,
    /// The heading of the counts: `People`.
    pub counts: String,
    /// Top to bottom.
    pub rows: Vec<Bar>,
}

impl HtmlSafe for Bars {}

/// A bar with its place in the picture.
#[derive(Debug)]
struct Placed<'a> {
    label: &'a str,
    shown: String,
    tone: &'static str,
    text_y: usize,
    bar_y: usize,
    width: String,
}

const ROW_HEIGHT: usize = 40;

impl Bars {
    fn height(&self) -> usize {
        self.rows.len() * ROW_HEIGHT
    }

    fn placed(&self) -> Vec<Placed<'_>> {
        let most = self.rows.iter().map(|row| row.count).max().unwrap_or(0).max(1);
        let place = |(position, row): (usize, &'_ Bar)| {
            let permille = u128::from(row.count) * 1000 / u128::from(most);
            // A little is never drawn as nothing.
            let permille = if row.count > 0 { permille.max(4) } else { 0 };
            (position * ROW_HEIGHT, format!("{}.{}%", permille / 10, permille % 10))
        };
        self.rows
            .iter()
            .enumerate()
            .map(|(position, row)| {
                let (top, width) = place((position, row));
                Placed {
                    label: &row.label,
                    shown: count(row.count),
                    tone: row.tone.word(),
                    text_y: top + 14,
                    bar_y: top + 21,
                    width,
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_share_one_scale() {
        let bar = |count| Bar { label: "x".into(), count, tone: Tone::Plain };
        let bars = Bars {
            id: "b".into(),
            title: "t".into(),
            description: "d".into(),
            labels: "l".into(),
            counts: "c".into(),
            rows: vec![bar(0), bar(1), bar(500), bar(1000)],
        };
        let widths: Vec<String> = bars.placed().into_iter().map(|row| row.width).collect();
        assert_eq!(widths, ["0.0%", "0.4%", "50.0%", "100.0%"]);
    }
}
