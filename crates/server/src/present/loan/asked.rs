//! The request, the charter's answer to it, its reach and its message.

use super::super::{frame, words};
use super::proof;
use crate::problem::sentence;
use crate::routes::Call;
use crate::site::Mark;
use crate::views::console::{Appeal, Estimate, Request, RuleCheck};
use crate::views::format::count;
use crate::views::parts::{Badge, Proof, Term, Terms};
use hustings_app::lend::LoanView;
use hustings_app::{Refusal, Result};
use hustings_app::{after, send};
use hustings_domain::access::Action;
use hustings_domain::canonical::ContentHash;
use hustings_domain::charter::Charter;
use hustings_domain::loan::{ExpiryEvent, LoanState};

/// What was asked for.
pub(super) fn request(call: &Call, view: &LoanView, marks: &[Mark]) -> Request {
    let terms_hash = ContentHash::of(&view.loan.terms).unwrap_or(view.content);
    let mut told = terms(call, view);
    // Without it the request still reads; that it could not be read is in the log.
    if let Ok(Some(mark)) = after::mark_of(call.app(), view.loan.terms.borrower) {
        told.rows
            .insert(0, Term { name: "Mark on their standing".to_owned(), value: sentence(&mark.words()) });
    }
    Request {
        terms: told,
        hash: words::hash(terms_hash),
        when: frame::when(call, view.loan.requested),
        proof: proof(marks, "loan.requested"),
    }
}

/// The terms in words; the desk shows the same.
pub(crate) fn terms(call: &Call, view: &LoanView) -> Terms {
    let terms = &view.loan.terms;
    let day = |at| frame::day(call, at).text;
    let issues: Vec<&str> = terms.issues.iter().map(hustings_domain::words::Slug::as_str).collect();
    let ends: Vec<&str> = terms
        .ends_on
        .iter()
        .map(|event| match event {
            ExpiryEvent::DroppedOut => "when they drop out",
            ExpiryEvent::LostPrimary => "when they lose the primary",
        })
        .collect();
    let closes =
        std::iter::once(day(terms.closes)).chain(ends.into_iter().map(str::to_owned)).collect::<Vec<_>>();
    [
        ("Area", terms.area.label()),
        ("Who", view.audience_words.clone()),
        ("Audience rule", terms.audience.clone()),
        ("Issues", if issues.is_empty() { "none named".to_owned() } else { issues.join(", ") }),
        ("Ask", terms.ask.to_string()),
        ("Purpose", terms.purpose.to_string()),
        ("At most", format!("{} people", count(u64::from(terms.cap)))),
        ("Worth", format!("at most {} in kind, by the rate card", view.worth)),
        ("With a yes may go", words::fields(&terms.fields)),
        ("Opens", day(terms.opens)),
        ("Ends", closes.join(", or ")),
        ("Charter", format!("version {}", terms.charter_version)),
    ]
    .into_iter()
    // Before it is sent, what it was given while loans competed: to a borrower without a number of people.
    .chain(view.share.iter().map(|share| ("Share of attention", sentence(&share.explained))))
    .collect()
}

/// The charter's rules, held against it now.
pub(super) fn rules(view: &LoanView) -> Vec<RuleCheck> {
    view.checks
        .iter()
        .map(|check| RuleCheck {
            verdict: if check.passed { Badge::go("holds") } else { Badge::stop("fails") },
            rule: sentence(&check.rule),
            why: check.instead.as_deref().map(sentence).unwrap_or_default(),
            name: String::new(),
        })
        .collect()
}

/// What the borrower was told of the reach.
pub(super) fn estimate(call: &Call, view: &LoanView, charter: &Charter, marks: &[Mark]) -> Result<Estimate> {
    let asked = asked_before(call, view, marks)?;
    let told = view.reach;
    let spent: u32 = view.estimates.iter().map(|estimate| estimate.price.0).sum();
    let exact = if frame::may(call, Action::CountAudience) {
        let people = send::audience::eligible_now(call.app(), charter, &view.loan.terms)?.count();
        format!("Exactly {} now, for the owner's own people only.", count(people))
    } else {
        String::new()
    };
    Ok(Estimate {
        said: told.map_or_else(|| "Not asked yet.".to_owned(), |told| sentence(&words::reach(&told))),
        budget: sentence(&format!("{} by this borrower", words::budget(charter, spent))),
        exact,
        proof: told.and(asked).map(|mark| Proof { index: mark.index }),
        may_ask: told.is_none()
            && !matches!(view.loan.state, LoanState::Refused | LoanState::Settled)
            && frame::may(call, Action::EstimateLoan),
    })
}

/// The entry of the same question, asked for this loan or for an earlier one of the same borrower.
fn asked_before(call: &Call, view: &LoanView, marks: &[Mark]) -> Result<Option<Mark>> {
    let find = |marks: &[Mark]| marks.iter().rev().find(|mark| mark.kind == "estimate.answered").cloned();
    if let Some(mark) = find(marks) {
        return Ok(Some(mark));
    }
    let terms = &view.loan.terms;
    let same = |other: &&hustings_domain::loan::Loan| {
        other.terms.audience == terms.audience
            && other.terms.purpose == terms.purpose
            && other.terms.channel == terms.channel
    };
    let numbers: Vec<u32> = view.earlier.iter().filter(same).map(|loan| loan.number.0).collect();
    call.site.with_trail(|trail| numbers.iter().find_map(|number| find(trail.about("loan", number))))
}

/// The message, as it will arrive.
pub(super) fn appeal(call: &Call, view: &LoanView, charter: &Charter) -> Result<Appeal> {
    let rendered = send::preview(call.app(), call.actor()?, view.loan.number)?;
    let text = rendered.text.replace("\r\n", "\n");
    // What we add ourselves follows a line of two dashes, as in every plain-text mail (RFC 3676, section 4.3).
    let (body, foot) = text.split_once("\n\n--\n").unwrap_or((&text, ""));
    let lines = |text: &str, end: &str| -> Vec<String> {
        text.split(end).map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    };
    Ok(Appeal {
        from: format!("{} <{}>", charter.owner.name, charter.owner.from_address),
        subject: rendered.subject,
        paragraphs: lines(body, "\n\n"),
        small_print: lines(foot, "\n"),
        endorsement: format!("{} passes it on and does not endorse it.", charter.owner.name),
        hash: words::hash(ContentHash::of(&view.loan.appeal).map_err(Refusal::from)?),
    })
}
