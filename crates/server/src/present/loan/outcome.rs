//! What came of a loan: answers, introductions, the settlement.

use super::super::{frame, words};
use super::proof;
use crate::routes::Call;
use crate::site::Mark;
use crate::views::console::{Introduction, Responses, Settlement};
use crate::views::format::{count, counted, share};
use crate::views::parts::{Badge, Bar, Bars, Proof, Tone};
use hustings_app::Result;
use hustings_app::lend::LoanView;
use hustings_domain::access::Action;
use hustings_domain::copy::CopyRecord;
use hustings_domain::loan::LoanState;
use hustings_domain::response::ResponseKind;

/// What people answered; none until the first message is out.
pub(super) fn responses(view: &LoanView) -> Option<Responses> {
    view.send.as_ref()?;
    let addressed = u64::from(view.outcome.deliveries.accepted);
    let of = |kind: ResponseKind| {
        view.outcome
            .answers
            .iter()
            .find(|(other, _)| *other == kind)
            .map_or(0, |(_, people)| u64::from(*people))
    };
    let yes = of(ResponseKind::Yes);
    let said = format!("{} said yes: {} of those addressed.", count(yes), share(yes, addressed));
    let tone = |kind| match kind {
        ResponseKind::Yes => Tone::Go,
        ResponseKind::Never | ResponseKind::Report => Tone::Stop,
        ResponseKind::Later | ResponseKind::No => Tone::Plain,
    };
    let label = |kind| match kind {
        ResponseKind::Yes => "Yes",
        ResponseKind::Later => "Later",
        ResponseKind::No => "No",
        ResponseKind::Never => "Never",
        ResponseKind::Report => "Misuse reported",
    };
    Some(Responses {
        answers: Bars {
            id: "answers".to_owned(),
            title: "Answers".to_owned(),
            description: said.clone(),
            labels: "Answer".to_owned(),
            counts: "People".to_owned(),
            rows: ResponseKind::ALL
                .into_iter()
                .map(|kind| Bar { label: label(kind).to_owned(), count: of(kind), tone: tone(kind) })
                .collect(),
        },
        said,
        effect: String::new(),
    })
}

/// The copies made under the loan.
pub(super) fn introductions(call: &Call, view: &LoanView) -> Result<Vec<Introduction>> {
    view.copies
        .iter()
        .map(|copy| {
            let made = call
                .site
                .with_trail(|trail| trail.last("copy", &copy.number.0, "copy.made").map(|mark| mark.index))?;
            Ok(Introduction {
                copy: u64::from(copy.number.0),
                people: counted(u64::from(copy.people), "person", "people"),
                fields: words::fields(&copy.fields),
                state: copy_state(call, copy)?,
                when: frame::when(call, copy.made),
                proof: made.map(|index| Proof { index }),
            })
        })
        .collect()
}

/// Where a copy stands: made, fetched, or to be erased by now.
pub(crate) fn copy_state(call: &Call, copy: &CopyRecord) -> Result<Badge> {
    if copy.expires <= call.app().now() {
        return Ok(Badge::stop("to be erased"));
    }
    let fetched =
        call.site.with_trail(|trail| trail.last("copy", &copy.number.0, "copy.fetched").is_some())?;
    Ok(if fetched { Badge::go("fetched") } else { Badge::wait("made, not fetched") })
}

/// The loan's value and end; none until it is sent.
pub(super) fn settlement(call: &Call, view: &LoanView, marks: &[Mark]) -> Option<Settlement> {
    view.send.as_ref()?;
    let settled = view.loan.state == LoanState::Settled;
    let outcome = &view.outcome;
    let number = |people: u32| count(u64::from(people));
    Some(Settlement {
        state: if settled { Badge::go("settled") } else { Badge::wait("open") },
        said: format!("{} in kind{}, by the rate card.", outcome.value, if settled { "" } else { " so far" }),
        terms: [
            ("Addressed", number(outcome.deliveries.accepted)),
            ("In doubt", number(outcome.deliveries.in_doubt)),
            ("Held back at random", number(outcome.held_back)),
            ("Introduced", number(outcome.introduced)),
            ("In-kind value", outcome.value.to_string()),
        ]
        .into_iter()
        .chain(outcome.signals.iter().map(|(signal, people)| {
            let name = match signal.as_str() {
                "complaint" => "Complaints",
                "unsubscribe" => "Unsubscribed because of it",
                _ => "No such mailbox",
            };
            (name, number(*people))
        }))
        .collect(),
        proof: proof(marks, "loan.settled"),
        may_settle: matches!(view.loan.state, LoanState::Sent | LoanState::Paused)
            && frame::may(call, Action::SettleLoan),
    })
}
