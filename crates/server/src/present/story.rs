//! What the decision ledger says of one loan, as a story: who was asked, how the board voted, how many were reached,
//! what left. It is read from the entries and from nothing else, so everything on the page can be checked.

use crate::site::Mark;
use crate::views::format::{count, counted};
use crate::views::parts::{Spoke, WingVotes};
use std::collections::BTreeMap;

/// What the board came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decided {
    Cleared,
    Refused,
    Open,
}

/// One loan, as its entries tell it.
#[derive(Debug)]
pub(crate) struct Story {
    pub(crate) decided: Decided,
    /// The votes that counted: of each trustee the last one on the text that was decided.
    pub(crate) wings: Vec<WingVotes>,
    /// Whom it reached; none before a send has ended.
    pub(crate) reached: Option<u64>,
    /// Who said yes; none before it is settled.
    pub(crate) yes: Option<u64>,
    /// Copies by number, with the people in each.
    pub(crate) copies: Vec<(u64, u64)>,
    /// People who took their introduction back.
    pub(crate) taken_back: u64,
    /// Whether a rule of the machine or a person halted it.
    pub(crate) halted: bool,
}

impl Story {
    pub(crate) fn read(marks: &[Mark], copies_marks: &dyn Fn(u64) -> u64) -> Self {
        let decision =
            marks.iter().rev().find(|mark| mark.kind == "loan.cleared" || mark.kind == "loan.refused");
        let decided = match decision {
            Some(mark) if mark.kind == "loan.cleared" => Decided::Cleared,
            Some(_) => Decided::Refused,
            None => Decided::Open,
        };
        let last = |kind: &str| marks.iter().rev().find(|mark| mark.kind == kind);
        let settled = last("loan.settled");
        let reached = settled
            .and_then(|mark| mark.number("addressed"))
            .or_else(|| last("send.finished").and_then(|mark| mark.number("accepted")));
        let copies: Vec<(u64, u64)> = marks
            .iter()
            .filter(|mark| mark.kind == "copy.made")
            .filter_map(|mark| Some((mark.number("copy")?, mark.number("people")?)))
            .collect();
        Self {
            decided,
            wings: votes(marks, decision),
            reached,
            yes: settled.and_then(|mark| mark.number("yes")),
            taken_back: copies.iter().map(|(copy, _)| copies_marks(*copy)).sum(),
            copies,
            halted: marks.iter().any(|mark| mark.kind == "send.paused" && !mark.text("rule").is_empty()),
        }
    }

    /// People whose chosen fields left, in all copies.
    pub(crate) fn introduced(&self) -> u64 {
        self.copies.iter().map(|(_, people)| people).sum()
    }

    /// `The board cleared it by 3 votes to 1, from labor and rural.`
    pub(crate) fn decision(&self) -> String {
        let count_of =
            |spoke| self.wings.iter().flat_map(|wing| &wing.votes).filter(|v| **v == spoke).count();
        let (approvals, refusals) = (count_of(Spoke::For), count_of(Spoke::Against));
        let recused = match count_of(Spoke::Recused) {
            0 => String::new(),
            1 => " One trustee with an interest stepped out.".to_owned(),
            more => format!(" {more} trustees with an interest stepped out."),
        };
        match self.decided {
            Decided::Cleared => {
                format!(
                    "The board cleared it by {approvals} to {refusals}, {}.{recused}",
                    self.from(Spoke::For)
                )
            }
            Decided::Refused => {
                format!(
                    "The board refused it by {refusals} to {approvals}, {}.{recused}",
                    self.from(Spoke::Against)
                )
            }
            Decided::Open => {
                let votes = (approvals + refusals) as u64;
                format!("The board has not decided; {} in.", counted(votes, "vote is", "votes are"))
            }
        }
    }

    fn from(&self, spoke: Spoke) -> String {
        let wings: Vec<&str> = self
            .wings
            .iter()
            .filter(|wing| wing.votes.contains(&spoke))
            .map(|wing| wing.wing.as_str())
            .collect();
        match wings.as_slice() {
            [] => "without a wing's name".to_owned(),
            [only] => format!("with votes of the {only} wing"),
            [all @ .., last] => format!("with votes of the {} and {last} wings", all.join(", ")),
        }
    }

    /// What left the list because of this loan, in a sentence.
    pub(crate) fn left(&self) -> String {
        let people = self.introduced();
        if people == 0 {
            return "Nothing left: no supporter's data went to anybody.".to_owned();
        }
        let numbers: Vec<String> = self.copies.iter().map(|(number, _)| number.to_string()).collect();
        let copies = match numbers.as_slice() {
            [one] => format!("copy {one}"),
            [all @ .., last] => format!("copies {} and {last}", all.join(", ")),
            [] => String::new(),
        };
        let back = match self.taken_back {
            0 => String::new(),
            back => format!(" {} took it back since.", counted(back, "person", "people")),
        };
        format!(
            "{} left, in {copies}: people who said yes, each with the fields they chose.{back}",
            counted(people, "introduction", "introductions")
        )
    }

    /// `4,212`, `being sent`, `nobody`.
    pub(crate) fn reached_words(&self) -> String {
        match self.reached {
            Some(people) => count(people),
            None if self.decided == Decided::Refused => "nobody".to_owned(),
            None => "not yet".to_owned(),
        }
    }
}

/// Of each trustee the last vote on the text that was decided, or on the newest one voted on; and who stepped out.
fn votes(marks: &[Mark], decision: Option<&Mark>) -> Vec<WingVotes> {
    let cast = || marks.iter().filter(|mark| mark.kind == "vote.cast");
    let content = decision.or_else(|| cast().next_back()).map_or("", |mark| mark.text("content"));
    let mut spoke: BTreeMap<&str, (&str, Spoke)> = BTreeMap::new();
    for mark in cast().filter(|mark| mark.text("content") == content) {
        let vote = if mark.text("ballot") == "refuse" { Spoke::Against } else { Spoke::For };
        spoke.insert(mark.text("by"), (mark.text("wing"), vote));
    }
    for mark in marks.iter().filter(|mark| mark.kind == "trustee.recused") {
        spoke.insert(mark.text("by"), (mark.text("wing"), Spoke::Recused));
    }
    let mut wings: BTreeMap<&str, Vec<Spoke>> = BTreeMap::new();
    for (wing, vote) in spoke.into_values() {
        wings.entry(wing).or_default().push(vote);
    }
    wings.into_iter().map(|(wing, votes)| WingVotes { wing: wing.to_owned(), votes }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn mark(kind: &str, body: Value) -> Mark {
        Mark { index: 0, kind: kind.to_owned(), at: jiff::Timestamp::UNIX_EPOCH, body }
    }

    fn vote(by: &str, wing: &str, ballot: &str, content: &str) -> Mark {
        mark("vote.cast", json!({"by": by, "wing": wing, "ballot": ballot, "content": content}))
    }

    #[test]
    fn the_votes_that_count_are_the_last_ones_on_the_decided_text() {
        let marks = [
            vote("trustee:1", "labor", "refuse", "old"),
            vote("trustee:1", "labor", "refuse", "new"),
            vote("trustee:1", "labor", "approve-if", "new"),
            vote("trustee:2", "rural", "approve", "new"),
            vote("trustee:3", "rural", "refuse", "new"),
            mark("trustee.recused", json!({"by": "trustee:4", "wing": "labor"})),
            mark("loan.cleared", json!({"content": "new", "approvals": 2})),
            mark("send.finished", json!({"accepted": 4_212})),
            mark("copy.made", json!({"copy": 9, "people": 300})),
            mark("copy.made", json!({"copy": 12, "people": 12})),
        ];
        let story = Story::read(&marks, &|copy| u64::from(copy == 9));
        assert_eq!(
            story.decision(),
            "The board cleared it by 2 to 1, with votes of the labor and rural wings. One trustee with an interest stepped out."
        );
        assert_eq!((story.reached, story.yes, story.introduced()), (Some(4_212), None, 312));
        assert_eq!(
            story.left(),
            "312 introductions left, in copies 9 and 12: people who said yes, each with the fields they chose. 1 person took it back since."
        );
    }

    #[test]
    fn a_loan_that_nobody_decided_or_that_was_refused() {
        let open = Story::read(&[vote("trustee:1", "labor", "approve", "x")], &|_| 0);
        assert_eq!(open.decision(), "The board has not decided; 1 vote is in.");
        assert_eq!(open.reached_words(), "not yet");
        let refused = Story::read(
            &[vote("trustee:1", "labor", "refuse", "x"), mark("loan.refused", json!({"content": "x"}))],
            &|_| 0,
        );
        assert_eq!(refused.decision(), "The board refused it by 1 to 0, with votes of the labor wing.");
        assert_eq!(
            (refused.left().as_str(), refused.reached_words().as_str()),
            ("Nothing left: no supporter's data went to anybody.", "nobody")
        );
    }
}
