//! Many candidates at once, from the desk: the first button says of each row whether it qualifies and files nothing, the
//! second files those that do. Nothing given is lost in between.

use super::{Answer, Call, Reply};
use crate::present::frame;
use crate::problem::sentence;
use crate::views::desk::{DeskMany, ManyLine};
use crate::views::format::counted;
use crate::views::parts::Badge;
use axum::http::StatusCode;
use hustings_app::lend::{self, Fate, ManyFile, ManyReport, RowReport};
use hustings_app::{Kind, Refusal, Result};
use hustings_domain::canonical::{ContentHash, sha256};

/// `GET /desk/many`.
pub(super) fn page(call: &Call) -> Answer {
    Reply::page(&shown(call, String::new(), String::new())?)
}

/// `POST /desk/many`: the file as an upload or as `text`, what rows share as `shared`, and `act`: `check`, `file`, or
/// `rejects` for the rows that are not taken, as a file.
pub(super) fn act(call: &Call) -> Answer {
    let form = &call.form;
    let uploaded = form.file.as_deref().filter(|file| !file.is_empty());
    let given = match uploaded {
        Some(bytes) => std::str::from_utf8(bytes).map(|text| text.replace("\r\n", "\n")).map_err(|_| {
            Refusal::invalid("many.unreadable", "the file is not UTF-8").hint("save it as CSV in UTF-8")
        }),
        None => Ok(form.fields.text("text").replace("\r\n", "\n")),
    };
    let shared = form.fields.text("shared").replace("\r\n", "\n");
    let text = given.clone().unwrap_or_default();
    let report = given.and_then(|text| ManyFile::parse(&text, &shared)).and_then(|file| {
        let (app, actor) = (call.app(), call.actor()?);
        if form.fields.text("act") == "file" && form.fields.text("looked") == looked(&text, &shared) {
            lend::file_many(app, actor, &file)
        } else {
            lend::check_many(app, actor, &file)
        }
    });
    match report {
        Ok(report) if form.fields.text("act") == "rejects" => {
            Reply::file("text/csv; charset=utf-8", "rejects.csv", report.rejects()?.into_bytes())
        }
        Ok(report) => Reply::page(&with(call, shown(call, text, shared)?, &report)),
        Err(refusal) if refusal.kind == Kind::Invalid => {
            let said = refusal.causes.iter().chain(&refusal.hints).map(|said| sentence(said));
            let problem = Some((sentence(&refusal.message), said.collect::<Vec<_>>().join(" ")));
            let page = DeskMany { problem, ..shown(call, text, shared)? };
            Reply::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(refusal) => Err(refusal),
    }
}

/// What was looked at: only that is filed.
fn looked(text: &str, shared: &str) -> String {
    ContentHash(sha256(format!("{}\n{text}{shared}", text.len()).as_bytes())).to_string()
}

fn with(call: &Call, page: DeskMany, report: &ManyReport) -> DeskMany {
    let (now, before) = report.filed();
    let many = |count: usize, one: &str, more: &str| counted(count as u64, one, more);
    let mut said = Vec::new();
    if now > 0 {
        said.push(format!("{} filed; the board votes.", many(now, "request is", "requests are")));
    }
    if before > 0 {
        said.push(format!("{} filed before.", many(before, "request was", "requests were")));
    }
    if report.qualify() > 0 {
        said.push(format!("{}.", many(report.qualify(), "row qualifies", "rows qualify")));
    }
    if report.rejected() > 0 {
        said.push(format!("{} not taken.", many(report.rejected(), "row is", "rows are")));
    }
    DeskMany {
        verdict: said.join(" "),
        looked: looked(&page.text, &page.shared),
        qualify: report.qualify(),
        rejected: report.rejected(),
        unused: report.unused.join(", "),
        rows: report.rows.iter().map(|row| line(call, row)).collect(),
        ..page
    }
}

fn line(call: &Call, row: &RowReport) -> ManyLine {
    let (badge, said) = match &row.fate {
        Fate::Qualifies => (Badge::go("qualifies"), String::new()),
        Fate::Filed { loan, state, due, before } => {
            let stands = crate::present::words::loan_state(*state);
            let by = due.map(|due| format!(" The board decides by {}.", frame::day(call, due).text));
            let when = if *before { "filed before" } else { "filed" };
            (stands, format!("Loan {}, {when}.{}", loan.0, by.unwrap_or_default()))
        }
        Fate::Refused { .. } => (Badge::stop("refused"), String::new()),
        Fate::Unreadable { .. } => (Badge::stop("cannot be read"), String::new()),
    };
    ManyLine {
        line: row.line,
        borrower: row.borrower.clone(),
        badge,
        said,
        reasons: row
            .reasons()
            .into_iter()
            .map(|reason| {
                let instead =
                    if reason.instead.is_empty() { String::new() } else { sentence(&reason.instead) };
                (sentence(&reason.what), instead)
            })
            .collect(),
    }
}

/// The name of the borrower whose desk it is.
pub(super) fn own_name(call: &Call) -> Result<String> {
    let own = call.actor()?.borrower.ok_or_else(|| {
        Refusal::new(Kind::Denied, "desk.no-borrower", "only somebody who acts for a borrower has a desk")
    })?;
    let borrower = call.app().store().read(|tx| Ok::<_, Refusal>(tx.borrower(own)?))?;
    let borrower =
        borrower.ok_or_else(|| Refusal::not_found("borrower.unknown", "there is no such borrower"))?;
    Ok(borrower.name)
}

fn shown(call: &Call, text: String, shared: String) -> Result<DeskMany> {
    Ok(DeskMany {
        frame: frame::desk(call, "Ask for many candidates at once", &own_name(call)?)?,
        problem: None,
        verdict: String::new(),
        qualify: 0,
        rejected: 0,
        unused: String::new(),
        rows: Vec::new(),
        looked: String::new(),
        text,
        shared,
    })
}
