//! A supporter's answer to an appeal. Opening the link shows; only a button answers. The token in the path is
//! all the authority there is, and says nothing about the person.

use super::{Answer, Call, Done, Reply};
use crate::present::{frame, supporter, words};
use crate::problem::sentence;
use crate::views::supporter as views;
use crate::views::supporter::{FieldChoice, Thanks};
use axum::http::StatusCode;
use hustings_app::after::{self, Answered};
use hustings_app::send::links::{self, LinkPlace, LinkPurpose};
use hustings_app::{Kind, Refusal, Result};
use hustings_domain::response::{Response, ResponseKind};
use jiff::Span;

/// `GET /a/{token}`.
pub(super) fn page(call: &Call) -> Answer {
    Reply::page(&shown(call, String::new())?)
}

fn shown(call: &Call, problem: String) -> Result<views::Answer> {
    let token = call.param("token");
    let page = after::answer_page(call.app(), token)?;
    let place = links::open(call.app(), LinkPurpose::Answer, token)?;
    let day = |at| frame::day(call, at).text;
    Ok(views::Answer {
        frame: frame::open(call, format!("{} asks you {}", page.borrower, words::to_do(page.ask))),
        token: token.to_owned(),
        stop_token: stop_token(call, place)?,
        me_token: me_token(call, place)?,
        office: format!("{}, {}", page.office, page.area),
        ask: words::to_do(page.ask).to_owned(),
        subject: page.subject,
        paragraphs: page.paragraphs,
        endorsement: format!("{} does not endorse it.", page.owner),
        paid_by: sentence(&page.paid_for_by),
        answered: page
            .answered
            .map(|(kind, at)| format!("You {} on {}.", words::answered(kind).word, day(at))),
        fields: page
            .fields
            .into_iter()
            .map(|offered| FieldChoice {
                name: offered.field.as_str().to_owned(),
                label: format!("Your {}", words::field(offered.field.as_str())),
                value: offered.value,
                ticked: offered.ticked,
            })
            .collect(),
        kept_until: frame::day(call, page.erase_by),
        problem,
        borrower: page.borrower,
    })
}

/// A link that stops the mails of this place; whoever can answer them may stop them.
pub(super) fn stop_token(call: &Call, place: LinkPlace) -> Result<String> {
    links::mint(call.app(), LinkPurpose::Unsubscribe, place, call.app().now())
}

/// A link to the person's own page that lasts a day: an answer page shows and passes on what is theirs as well,
/// so it opens nothing to a stranger that it does not open itself.
fn me_token(call: &Call, place: LinkPlace) -> Result<String> {
    let begun = call.app().now().checked_sub(Span::new().hours(24 * 59));
    let begun = begun.map_err(|error| Refusal::internal("a link begins outside time").because(error))?;
    links::mint(call.app(), LinkPurpose::MyPage, place, begun)
}

/// `POST /a/{token}`.
pub(super) fn give(call: &Call) -> Answer {
    let token = call.param("token");
    let answered = said(call).and_then(|response| after::answer(call.app(), token, &response));
    match answered {
        Ok(answered) => Reply::page(&thanks(call, &answered)?),
        Err(refusal) if refusal.kind == Kind::Invalid => {
            Reply::page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown(call, sentence(&refusal.message))?)
        }
        Err(refusal) => Err(refusal),
    }
}

fn said(call: &Call) -> Result<Response> {
    let form = &call.form.fields;
    let kind: ResponseKind = form
        .text("answer")
        .parse()
        .map_err(|_| Refusal::invalid("answer.none", "press one of the buttons"))?;
    Ok(match kind {
        ResponseKind::Yes => {
            let fields = form.all("field").map(str::parse).collect::<std::result::Result<Vec<_>, _>>();
            let fields =
                fields.map_err(|_| Refusal::invalid("field.unknown", "tick only what the page offers"))?;
            Response::Yes { fields }
        }
        ResponseKind::Later => Response::Later,
        ResponseKind::No => Response::No,
        ResponseKind::Never => Response::Never,
        ResponseKind::Report => Response::Report { what: form.text("words").trim().to_owned() },
    })
}

fn thanks(call: &Call, answered: &Answered) -> Result<Thanks> {
    let place = links::open(call.app(), LinkPurpose::Answer, call.param("token"))?;
    let borrower = &answered.borrower;
    let (title, said) = match answered.kind {
        ResponseKind::Yes => (
            format!("You said yes to {borrower}"),
            format!(
                "{borrower} gets what you ticked, as one row of a numbered copy, and writes to you themselves."
            ),
        ),
        ResponseKind::Later => (
            "You said later".to_owned(),
            format!("You may hear of {borrower} once more. They learn nothing about you."),
        ),
        ResponseKind::No => ("You said no".to_owned(), format!("{borrower} learns nothing about you.")),
        ResponseKind::Never => (
            format!("Nothing more from {borrower}"),
            "We pass nothing of theirs on to you again, whatever list they come with.".to_owned(),
        ),
        ResponseKind::Report => (
            "Your report is with us".to_owned(),
            format!(
                "The people who keep the list read it. {borrower} does not, and learns nothing about you."
            ),
        ),
    };
    let receipt = [
        ("Receipt", answered.receipt.clone()),
        ("Taken on", frame::day(call, answered.at).text),
        ("To be erased by", frame::day(call, answered.erase_by).text),
    ];
    Ok(Thanks {
        frame: frame::open(call, title),
        token: call.param("token").to_owned(),
        me_token: me_token(call, place)?,
        said,
        went: answered
            .fields
            .iter()
            .map(|(field, value)| (supporter::field_label(*field), value.clone()))
            .collect(),
        receipt: if answered.fields.is_empty() {
            crate::views::parts::Terms::default()
        } else {
            receipt.into_iter().collect()
        },
    })
}

/// `GET /a/{token}/receipt`: the receipt for the yes that was given on this link, to keep.
pub(super) fn receipt(call: &Call) -> Answer {
    let receipt = after::yes_receipt(call.app(), LinkPurpose::Answer, call.param("token"), None)?;
    handed(&receipt)
}

/// A receipt as a file.
pub(super) fn handed(receipt: &after::YesReceipt) -> Answer {
    let name = format!("{}.json", receipt.number);
    Reply::file("application/ld+json; charset=utf-8", &name, receipt.text().into_bytes())
}

/// `POST /a/{token}/take-back`: the yes that was given on this link.
pub(super) fn take_back(call: &Call) -> Answer {
    let token = call.param("token");
    let taken = after::take_back_yes(call.app(), LinkPurpose::Answer, token, None)?;
    let place = links::open(call.app(), LinkPurpose::Answer, token)?;
    let done =
        if taken.copies.iter().any(|copy| copy.had_left) { Done::TakenBack } else { Done::YesTakenBack };
    Reply::done(&format!("/me/{}", me_token(call, place)?), done)
}
