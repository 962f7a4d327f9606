//! The product's words for states and answers, each with its tone.

use crate::views::format::{count, counted};
use crate::views::parts::{Badge, Hash};
use hustings_domain::borrower::Standing;
use hustings_domain::canonical::ContentHash;
use hustings_domain::charter::Charter;
use hustings_domain::estimate::Answer;
use hustings_domain::loan::{Ask, LoanState};
use hustings_domain::response::ResponseKind;
use hustings_domain::words::Slug;

/// Where a loan stands.
pub(crate) fn loan_state(state: LoanState) -> Badge {
    match state {
        LoanState::Requested => Badge::wait("waits for votes"),
        LoanState::Cleared => Badge::go("cleared"),
        LoanState::Refused => Badge::stop("refused"),
        LoanState::Sending => Badge::wait("being sent"),
        LoanState::Paused => Badge::stop("paused"),
        LoanState::Sent => Badge::go("sent"),
        LoanState::Settled => Badge::go("settled"),
    }
}

/// Where a borrower stands.
pub(crate) fn standing(standing: &Standing) -> Badge {
    match standing {
        Standing::Registered => Badge::wait("to be checked"),
        Standing::Verified { .. } => Badge::go("checked"),
        Standing::Suspended { .. } => Badge::stop("suspended"),
        Standing::Notice { .. } => Badge::wait("under notice"),
        Standing::Ended { .. } => Badge::stop("ended"),
    }
}

/// What a standing means, in a sentence; `verified` says it of one that is in order.
pub(crate) fn standing_said(standing: &Standing, registered: &str, verified: String) -> String {
    match standing {
        Standing::Registered => registered.to_owned(),
        Standing::Verified { .. } => verified,
        Standing::Suspended { reason, .. } => {
            format!("Suspended: {reason}. Nothing can be asked for until it is lifted.")
        }
        Standing::Notice { reason, cure_by, .. } => {
            format!(
                "Ends after {cure_by} unless it is cured: {reason}. Until then everything stays as it is."
            )
        }
        Standing::Ended { reason, .. } => format!("Ended: {reason}."),
    }
}

/// A noised reach.
pub(crate) fn reach(answer: &Answer) -> String {
    match answer {
        Answer::About { count: people, margin } => {
            format!("about {} \u{b1} {} people", count(u64::from(*people)), count(u64::from(*margin)))
        }
        Answer::BelowFloor { floor } => {
            format!("too few to say without pointing at people (the floor is {})", count(u64::from(*floor)))
        }
    }
}

/// What is left to ask: `about 12 more questions this season`.
pub(crate) fn budget(charter: &Charter, spent: u32) -> String {
    let rules = &charter.estimates;
    questions(rules.borrower_budget.0.saturating_sub(spent) / rules.question.0.max(1))
}

/// So many more questions, in words.
pub(crate) fn questions(left: u32) -> String {
    match left {
        0 => "no more questions this season".to_owned(),
        left => format!("about {} this season", counted(u64::from(left), "more question", "more questions")),
    }
}

/// A hash to recognise.
pub(crate) fn hash(of: ContentHash) -> Hash {
    Hash { full: of.to_string() }
}

/// The word for a field on a page.
pub(crate) fn field(name: &str) -> String {
    match name {
        "email" => "e-mail address".to_owned(),
        "phone" => "phone number".to_owned(),
        other => other.replace('-', " "),
    }
}

/// Fields in a row.
pub(crate) fn fields(names: &[Slug]) -> String {
    names.iter().map(|name| field(name.as_str())).collect::<Vec<_>>().join(", ")
}

/// What people are asked to do.
pub(crate) fn to_do(ask: Ask) -> &'static str {
    match ask {
        Ask::Hear => "to hear their case",
        Ask::Volunteer => "to volunteer",
        Ask::Give => "to give money",
        Ask::Vote => "to vote",
    }
}

/// An answer, as somebody gave it.
pub(crate) fn answered(kind: ResponseKind) -> Badge {
    match kind {
        ResponseKind::Yes => Badge::go("said yes"),
        ResponseKind::Later => Badge::plain("said later"),
        ResponseKind::No => Badge::plain("said no"),
        ResponseKind::Never => Badge::stop("said never"),
        ResponseKind::Report => Badge::stop("reported misuse"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_said_in_questions() {
        let charter = include_str!("../../../../docs/charter.example.toml");
        let charter = Charter::from_toml(charter).unwrap();
        assert_eq!(budget(&charter, 0), "about 100 more questions this season");
        assert_eq!(budget(&charter, 123_750), "about 1 more question this season");
        assert_eq!(budget(&charter, 124_000), "no more questions this season");
    }
}
