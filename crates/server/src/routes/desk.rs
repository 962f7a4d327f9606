//! The borrower's desk. Another borrower's loan or copy is here as one that does not exist.

use super::{Answer, Call, Done, Reply, days};
use crate::present::{desk, frame, words};
use crate::views::desk::Desk;
use crate::views::format::{count, counted};
use hustings_app::lend::{DivideBy, LoanChange};
use hustings_app::{Kind, Refusal, after, board, lend};
use hustings_domain::borrower::Standing;
use hustings_domain::loan::{Appeal, LoanState, Narrower};
use hustings_domain::money::Cents;
use hustings_domain::words::Slug;

/// `GET /desk`.
pub(super) fn home(call: &Call) -> Answer {
    let actor = call.actor()?;
    let own = actor.borrower.ok_or_else(|| {
        Refusal::new(Kind::Denied, "desk.no-borrower", "only somebody who acts for a borrower has a desk")
    })?;
    let charter = call.app().charter()?;
    let (borrower, spent) = call.app().store().read(|tx| {
        let borrower = tx
            .borrower(own)?
            .ok_or_else(|| Refusal::not_found("borrower.unknown", "there is no such borrower"))?;
        let spent: u32 =
            tx.estimates_for(own, &charter.estimates.season)?.iter().map(|estimate| estimate.price.0).sum();
        Ok::<_, Refusal>((borrower, spent))
    })?;
    let loans = lend::loans(call.app(), actor)?;
    let mut copies = after::copies(call.app(), actor)?;
    copies.sort_by_key(|copy| std::cmp::Reverse(copy.number));
    let now = call.app().now();
    let number = |id| loans.iter().find(|(loan, _)| loan.id == id).map_or(0, |(loan, _)| loan.number.0);
    let mut owed = super::desk_owed::owed(call)?;
    let open = owed.len();
    owed.truncate(super::desk_owed::SHOWN);
    let mark = after::mark_of(call.app(), own)?;
    let value = call.site.with_trail(|trail| {
        let settled = loans.iter().filter(|(loan, _)| loan.state == LoanState::Settled);
        settled
            .filter_map(|(loan, _)| {
                trail.last("loan", &loan.number.0, "loan.settled")?.number("in_kind_cents")
            })
            .filter_map(|cents| i64::try_from(cents).ok())
            .sum::<i64>()
    })?;
    let title = if open == 0 {
        counted(loans.len() as u64, "request", "requests")
    } else {
        format!("You owe {}", counted(open as u64, "thing", "things"))
    };
    let standing = borrower.standing.on(frame::today(call));
    Reply::page(&Desk {
        frame: frame::desk(call, title, &borrower.name)?,
        standing: words::standing(&standing),
        standing_said: words::standing_said(
            &standing,
            "A steward checks who you are; until then nothing can be lent.",
            match &standing {
                Standing::Verified { at } => {
                    format!("You may ask for loans since {}.", frame::day(call, *at).text)
                }
                _ => String::new(),
            },
        ),
        mark: mark.map_or_else(String::new, |mark| mark_said(&mark)),
        more: (open > owed.len()).then(|| count((open - owed.len()) as u64)),
        owed,
        copies: copies
            .iter()
            .map(|copy| desk::copy(call, copy, number(copy.loan), now))
            .collect::<hustings_app::Result<_>>()?,
        loans: loans.iter().map(|(loan, _)| desk::row(call, loan)).collect::<hustings_app::Result<_>>()?,
        terms: [
            ("Kind", borrower.kind.label().to_owned()),
            ("Office", borrower.office.clone()),
            ("Area", borrower.area.label()),
            ("Treasurer", borrower.treasurer.clone()),
            ("Questions about reach", words::budget(&charter, spent)),
            ("In-kind value so far, settled", Cents(value).to_string()),
        ]
        .into_iter()
        .collect(),
    })
}

/// `GET /desk/loans/{number}`.
pub(super) fn loan(call: &Call) -> Answer {
    let view = lend::loan_view(call.app(), call.actor()?, call.loan()?)?;
    Reply::page(&desk::loan(call, &view)?)
}

/// `POST /desk/loans/{number}/estimate`: noised, and charged to the borrower's budget.
pub(super) fn estimate(call: &Call) -> Answer {
    let number = call.loan()?;
    lend::estimate(call.app(), call.actor()?, number)?;
    Reply::done(&format!("/desk/loans/{}", number.0), Done::Estimated)
}

/// `POST /desk/loans/{number}/divide`: `by`, an issue or a kind of division; noised in each part, and charged.
pub(super) fn divide(call: &Call) -> Answer {
    let number = call.loan()?;
    let by = match call.form.fields.text("by").trim() {
        "" => return Err(Refusal::invalid("estimate.by", "say by what the reach is divided")),
        "issue" => DivideBy::Issue,
        kind => DivideBy::Kind(kind.to_owned()),
    };
    lend::divide(call.app(), call.actor()?, number, &by)?;
    Reply::done(&format!("/desk/loans/{}", number.0), Done::Divided)
}

/// `POST /desk/loans/{number}/appeal`: `subject`, `body`, `paid_for_by`; and for less, `cap`, `field`, `opens`, `closes`.
/// The board votes anew.
pub(super) fn edit(call: &Call) -> Answer {
    let number = call.loan()?;
    let form = &call.form.fields;
    let text = |name: &str| form.text(name).replace("\r\n", "\n").trim().to_owned();
    let cap = match text("cap").as_str() {
        "" => None,
        given => Some(given.parse().map_err(|_| {
            Refusal::invalid("loan.cap", "the most people is a whole number, or nothing to leave it")
        })?),
    };
    let fields: Result<Vec<Slug>, _> = form.all("field").map(str::parse).collect();
    let fields =
        fields.map_err(|_| Refusal::invalid("request.invalid", "a box of the form was not one of ours"))?;
    // A day that stays as the form showed it leaves the window's instant as it was.
    let terms = lend::loan_view(call.app(), call.actor()?, number)?.loan.terms;
    let opens = days::day(call, "opens")?.filter(|day| *day != days::first(terms.opens));
    let closes = days::day(call, "closes")?.filter(|day| *day != days::last(terms.closes));
    let to = Narrower {
        cap,
        fields: Some(fields),
        opens: opens.map(days::begins).transpose()?,
        closes: closes.map(days::ends).transpose()?,
    };
    let appeal = Appeal { subject: text("subject"), body: text("body"), paid_for_by: text("paid_for_by") };
    lend::edit_loan(call.app(), call.actor()?, number, LoanChange { appeal: Some(appeal), to })?;
    Reply::done(&format!("/desk/loans/{}", number.0), Done::Edited)
}

/// `POST /desk/loans/{number}/review`: `words`; once, in time.
pub(super) fn review(call: &Call) -> Answer {
    let number = call.loan()?;
    board::ask_for_review(call.app(), call.actor()?, number, call.form.fields.text("words"))?;
    Reply::done(&format!("/desk/loans/{}", number.0), Done::ReviewAsked)
}

/// `POST /desk/copies/{number}/fetch`.
pub(super) fn fetch(call: &Call) -> Answer {
    super::copies::download(call)
}

/// `POST /desk/corrections/{id}/take`: the new values of one row, in the ledger before they leave.
pub(super) fn take_correction(call: &Call) -> Answer {
    let unknown = |_| Refusal::not_found("correction.unknown", "there is no such notice");
    let id = call.param("id").parse().map_err(unknown)?;
    let file = after::take_correction(call.app(), call.actor()?, id)?;
    Reply::file("text/csv; charset=utf-8", &format!("correction-{id}.csv"), file)
}

/// What a mark means to its borrower.
fn mark_said(mark: &after::Mark) -> String {
    let stops = match (mark.stops_requests, mark.stops_copies) {
        (true, true) => {
            " Until it is made good you can ask for no new loan, and no new copy is made for you."
        }
        (true, false) => " Until it is made good you can ask for no new loan.",
        (false, true) => " Until it is made good no new copy is made for you.",
        (false, false) => "",
    };
    format!(
        "{}.{stops} The board sees it. It goes as soon as you acknowledge what is late.",
        crate::problem::sentence(&mark.words())
            .trim_end_matches('.')
            .replace("it owes of its", "you owe of your")
    )
}

/// The borrower of whoever is logged in.
pub(super) fn own(call: &Call) -> hustings_app::Result<hustings_domain::borrower::Borrower> {
    let unknown = || Refusal::not_found("borrower.unknown", "there is no such borrower");
    let own = call.actor()?.borrower.ok_or_else(unknown)?;
    call.app().store().read(|tx| Ok::<_, Refusal>(tx.borrower(own)?))?.ok_or_else(unknown)
}
