//! Filing a request from the desk. The first button says what the request would meet and files nothing; the second files
//! it. Nothing typed is lost when it is refused.

use super::days::{begins, day, ends};
use super::{Answer, Call, Done, Reply};
use crate::present::{frame, words};
use crate::problem::sentence;
use crate::views::desk::{DeskRequest, Met, Typed};
use crate::views::parts::{Badge, Choice};
use axum::http::StatusCode;
use hustings_app::lend::{self, RequestCheck, RequestFile, Requested};
use hustings_app::{Kind, Refusal, Result, RuleCheck};
use hustings_domain::charter::Charter;
use hustings_domain::loan::{Appeal, Ask, ExpiryEvent};
use hustings_domain::money::group_thousands;
use hustings_vault::Field;

const ENDS: [(ExpiryEvent, &str, &str); 2] = [
    (ExpiryEvent::DroppedOut, "dropped-out", "leave the race"),
    (ExpiryEvent::LostPrimary, "lost-primary", "lose the primary"),
];

/// What a yes may pass, as the form offers it.
const PASSING: [Field; 5] =
    [Field::Email, Field::GivenName, Field::FamilyName, Field::Phone, Field::PostalCode];

/// `GET /desk/request`.
pub(super) fn page(call: &Call) -> Answer {
    Reply::page(&shown(call)?)
}

/// `POST /desk/request`.
pub(super) fn act(call: &Call) -> Answer {
    let file = match read(call) {
        Ok(file) => file,
        Err(refusal) if refusal.kind == Kind::Invalid => return again(call, &refusal),
        Err(refusal) => return Err(refusal),
    };
    let check = lend::check_request(call.app(), call.actor()?, &file)?;
    if call.form.fields.text("act") != "file" {
        return Reply::page(&with_check(shown(call)?, &check));
    }
    if check.appeal.iter().any(|remark| remark.refused) {
        return Reply::page_with(StatusCode::UNPROCESSABLE_ENTITY, &with_check(shown(call)?, &check));
    }
    match lend::request(call.app(), call.actor()?, file) {
        Ok(Requested::Accepted { loan, .. }) => {
            Reply::done(&format!("/desk/loans/{}", loan.number.0), Done::Requested)
        }
        Ok(Requested::Refused { .. }) => {
            Reply::page_with(StatusCode::UNPROCESSABLE_ENTITY, &with_check(shown(call)?, &check))
        }
        Err(refusal) if refusal.kind == Kind::Invalid => again(call, &refusal),
        Err(refusal) => Err(refusal),
    }
}

/// The form with what is wrong with it.
fn again(call: &Call, refusal: &Refusal) -> Answer {
    let hint: Vec<String> = refusal.causes.iter().chain(&refusal.hints).map(|said| sentence(said)).collect();
    let page = DeskRequest { problem: Some((sentence(&refusal.message), hint.join(" "))), ..shown(call)? };
    Reply::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

fn with_check(page: DeskRequest, check: &RequestCheck) -> DeskRequest {
    let met = |rule: &RuleCheck| Met {
        badge: if rule.passed { Badge::go("kept") } else { Badge::stop("broken") },
        said: sentence(&rule.rule),
        instead: rule.instead.as_deref().map(sentence).unwrap_or_default(),
    };
    let mut rules: Vec<&RuleCheck> = check.rules.iter().collect();
    rules.sort_by_key(|rule| rule.passed);
    let remarks = check.appeal.iter().map(|remark| Met {
        badge: if remark.refused { Badge::stop("not sent") } else { Badge::wait("advice") },
        said: sentence(&remark.what),
        instead: if remark.instead.is_empty() { String::new() } else { sentence(&remark.instead) },
    });
    let qualifies = check.qualifies();
    DeskRequest {
        rules: rules.into_iter().map(met).collect(),
        remarks: remarks.collect(),
        qualifies,
        verdict: if qualifies {
            "It qualifies. File it, and the board votes.".to_owned()
        } else {
            "It does not qualify as it stands.".to_owned()
        },
        ..page
    }
}

/// The form as a request.
fn read(call: &Call) -> Result<RequestFile> {
    let fields = &call.form.fields;
    let text = |name: &str| fields.text(name).trim().to_owned();
    let invalid = |what: String, hint: &str| Refusal::invalid("request.invalid", what).hint(hint);
    let ask: Ask = text("ask").parse().map_err(|_| {
        invalid("choose what you ask people to do".to_owned(), "to hear, to volunteer, to give or to vote")
    })?;
    let last = day(call, "closes")?
        .ok_or_else(|| invalid("the request has no last day".to_owned(), "say until when it may be sent"))?;
    let cap = match text("cap").replace([',', ' '], "").as_str() {
        "" => None,
        digits => Some(digits.parse().map_err(|_| {
            invalid("the most people is a whole number".to_owned(), "such as 5000, or blank")
        })?),
    };
    let slugs = |name: &str| {
        let read: std::result::Result<Vec<_>, _> = fields.all(name).map(str::parse).collect();
        read.map_err(|_| invalid("a box of the form was not one of ours".to_owned(), "open the form again"))
    };
    let ends_on = fields.all("ends_on").filter_map(|word| ENDS.iter().find(|end| end.1 == word));
    Ok(RequestFile {
        borrower: None,
        records: false,
        area: Some(text("area").parse().map_err(|error| invalid(format!("{error}"), ""))?),
        ask,
        issues: slugs("issue")?,
        audience: None,
        cap,
        opens: day(call, "opens")?.map(begins).transpose()?,
        closes: ends(last)?,
        ends_on: ends_on.map(|(event, ..)| *event).collect(),
        fields: slugs("field")?,
        appeal: Appeal {
            subject: text("subject"),
            // Browsers send CRLF; what the board votes on has one form.
            body: fields.text("body").replace("\r\n", "\n").trim().to_owned(),
            paid_for_by: text("paid_for_by"),
        },
    })
}

/// The form with what was typed; at first with what is known of the borrower.
fn shown(call: &Call) -> Result<DeskRequest> {
    let own = call.actor()?.borrower.ok_or_else(|| {
        Refusal::new(Kind::Denied, "desk.no-borrower", "only somebody who acts for a borrower has a desk")
    })?;
    let charter = call.app().charter()?;
    let borrower = call
        .app()
        .store()
        .read(|tx| Ok::<_, Refusal>(tx.borrower(own)?))?
        .ok_or_else(|| Refusal::not_found("borrower.unknown", "there is no such borrower"))?;
    let form = &call.form.fields;
    let is_new = form.first("act").is_none();
    let rule = charter.rule_for(borrower.kind);
    let ticked = |name: &str, value: &str| form.all(name).any(|ticked| ticked == value);
    let text = |name: &str| form.text(name).to_owned();
    let asks = Ask::ALL.into_iter().filter(|ask| rule.is_none_or(|rule| rule.asks.contains(ask)));
    Ok(DeskRequest {
        frame: frame::desk(call, "Ask for a reach loan", &borrower.name)?,
        problem: None,
        rules: Vec::new(),
        remarks: Vec::new(),
        verdict: String::new(),
        qualifies: false,
        typed: Typed {
            subject: text("subject"),
            body: text("body"),
            paid_for_by: text("paid_for_by"),
            area: if is_new { borrower.area.to_string() } else { text("area") },
            cap: text("cap"),
            opens: text("opens"),
            closes: text("closes"),
        },
        asks: asks
            .map(|ask| Choice {
                value: ask.to_string(),
                label: words::to_do(ask).to_owned(),
                ticked: ticked("ask", ask.as_str()),
            })
            .collect(),
        issues: issues(&charter, &borrower.positions, ticked),
        ends: ENDS
            .iter()
            .map(|(_, value, label)| Choice {
                value: (*value).to_owned(),
                label: (*label).to_owned(),
                ticked: is_new || ticked("ends_on", value),
            })
            .collect(),
        fields: PASSING
            .into_iter()
            .map(|field| Choice {
                value: field.as_str().to_owned(),
                label: field.label().to_owned(),
                ticked: if is_new { field == Field::Email } else { ticked("field", field.as_str()) },
            })
            .collect(),
        most: rule.map_or_else(String::new, |rule| group_thousands(u64::from(rule.most_people))),
    })
}

/// The charter's issues; which of them the borrower has spoken on is said beside.
fn issues(
    charter: &Charter,
    positions: &[hustings_domain::words::Slug],
    ticked: impl Fn(&str, &str) -> bool,
) -> Vec<Choice> {
    let choice = |issue: &hustings_domain::charter::Issue| Choice {
        value: issue.id.to_string(),
        label: if positions.contains(&issue.id) {
            issue.label.clone()
        } else {
            format!("{} (no position of yours is entered)", issue.label)
        },
        ticked: ticked("issue", issue.id.as_str()),
    };
    charter.issues.iter().map(choice).collect()
}
