//! A board's votes as a picture: a line for each wing, a mark for each vote, told apart by shape and by words.

use askama::Template;
use askama::filters::HtmlSafe;

/// How one trustee spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spoke {
    /// Approved, perhaps on a condition: a disc.
    For,
    /// Refused: a square.
    Against,
    /// Recused from the decision: a ring.
    Recused,
}

/// The votes of one wing.
#[derive(Debug, Clone)]
pub struct WingVotes {
    /// The wing's name.
    pub wing: String,
    /// One for each trustee who spoke.
    pub votes: Vec<Spoke>,
}

/// The votes of a board, wing by wing.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/votes.html")]
pub struct Votes {
    /// Unique on its page.
    pub id: String,
    /// In the order of their names.
    pub wings: Vec<WingVotes>,
}

impl HtmlSafe for Votes {}

/// A mark in the picture.
#[derive(Debug)]
struct Placed {
    spoke: Spoke,
    x: usize,
    y: usize,
}

const ROW_HEIGHT: usize = 48;
const STEP: usize = 22;
/// More marks than this are not drawn: the words say how many there are.
const MOST_MARKS: usize = 12;

impl WingVotes {
    /// `2 for, 1 against, 1 recused`.
    pub fn said(&self) -> String {
        let count = |spoke| self.votes.iter().filter(|vote| **vote == spoke).count();
        let parts: Vec<String> =
            [(Spoke::For, "for"), (Spoke::Against, "against"), (Spoke::Recused, "recused")]
                .into_iter()
                .map(|(spoke, word)| (count(spoke), word))
                .filter(|(count, _)| *count > 0)
                .map(|(count, word)| format!("{count} {word}"))
                .collect();
        if parts.is_empty() { "no vote".to_owned() } else { parts.join(", ") }
    }
}

impl Votes {
    fn height(&self) -> usize {
        self.wings.len() * ROW_HEIGHT
    }

    fn sentence(&self) -> String {
        let said: Vec<String> =
            self.wings.iter().map(|wing| format!("{}: {}", wing.wing, wing.said())).collect();
        format!("{}.", said.join("; "))
    }

    fn rows(&self) -> Vec<(&WingVotes, usize, Vec<Placed>)> {
        let row = |(position, wing): (usize, &'_ WingVotes)| {
            let mut votes = wing.votes.clone();
            votes.sort_unstable();
            let top = position * ROW_HEIGHT;
            let marks = votes.into_iter().take(MOST_MARKS).enumerate();
            (top + 14, marks.map(|(at, spoke)| Placed { spoke, x: 8 + at * STEP, y: top + 32 }).collect())
        };
        self.wings
            .iter()
            .enumerate()
            .map(|(position, wing)| {
                let (text_y, marks) = row((position, wing));
                (wing, text_y, marks)
            })
            .collect()
    }
}

impl Placed {
    /// The corner of the square whose middle this is.
    fn corner(&self) -> (usize, usize) {
        (self.x - 7, self.y - 7)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vote_has_a_mark_and_the_words_count_them() {
        use Spoke::{Against, For, Recused};
        let wings = vec![
            WingVotes { wing: "labor".into(), votes: vec![Against, For, For] },
            WingVotes { wing: "green".into(), votes: vec![Recused] },
            WingVotes { wing: "rural".into(), votes: vec![] },
        ];
        let votes = Votes { id: "v".into(), wings };
        assert_eq!(votes.sentence(), "labor: 2 for, 1 against; green: 1 recused; rural: no vote.");
        let html = votes.render().unwrap();
        assert_eq!(html.matches("<circle").count(), 3);
        assert_eq!(html.matches("<rect").count(), 1);
        assert_eq!(votes.height(), 3 * ROW_HEIGHT);
    }
}
