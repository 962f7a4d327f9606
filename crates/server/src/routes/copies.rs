//! Whatever left, numbered. Seeds are shown to nobody.

use super::{Answer, Call, Reply};
use crate::present::frame;
use crate::present::loan::copy_state;
use crate::present::words;
use crate::views::Place;
use crate::views::console::{self, Copies, CopyRow, HistoryRow};
use crate::views::format::{count, counted};
use crate::views::parts::{Badge, Pager, Proof};
use hustings_app::{Refusal, Result, after, second};
use hustings_domain::access::Action;
use hustings_domain::ids::CopyNumber;

/// `GET /console/copies`.
pub(super) fn list(call: &Call) -> Answer {
    let mut copies = after::copies(call.app(), call.actor()?)?;
    copies.sort_by_key(|copy| std::cmp::Reverse(copy.number));
    let (loans, borrowers) =
        call.app().store().read(|tx| Ok::<_, Refusal>((tx.loans()?, tx.borrowers()?)))?;
    let rows = copies
        .iter()
        .map(|copy| {
            let holder = borrowers.iter().find(|borrower| borrower.id == copy.borrower);
            let loan = loans.iter().find(|loan| loan.id == copy.loan);
            Ok(CopyRow {
                number: u64::from(copy.number.0),
                holder: holder.map_or_else(String::new, |borrower| borrower.name.clone()),
                loan: loan.map_or(0, |loan| u64::from(loan.number.0)),
                records: count(u64::from(copy.people)),
                state: copy_state(call, copy)?,
                when: frame::when(call, copy.made),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    let title = if rows.is_empty() {
        "Nothing has left".to_owned()
    } else {
        format!("{} left", counted(rows.len() as u64, "copy has", "copies have"))
    };
    Reply::page(&Copies { frame: frame::console(call, title, Place::Copies)?, rows, pager: Pager::default() })
}

/// `GET /console/copies/{number}`.
pub(super) fn show(call: &Call) -> Answer {
    let view = after::copy_view(call.app(), call.actor()?, call.copy()?)?;
    let copy = &view.copy;
    let open = view.notices.iter().filter(|notice| notice.acknowledged.is_none()).count() as u64;
    Reply::page(&console::Copy {
        frame: frame::console(
            call,
            format!("Copy {}, held by {}", copy.number.0, view.borrower.name),
            Place::Copies,
        )?,
        number: u64::from(copy.number.0),
        state: copy_state(call, copy)?,
        terms: [
            ("Held by", view.borrower.name.clone()),
            ("Loan", view.loan.0.to_string()),
            ("People", count(u64::from(copy.people))),
            ("Fields", words::fields(&copy.fields)),
            ("Made", frame::when(call, copy.made).text),
            ("Fetched", view.fetched.map_or_else(|| "not yet".to_owned(), |at| frame::when(call, at).text)),
            ("To be erased by", frame::day(call, copy.expires).text),
            ("Rows to erase, not confirmed", count(open)),
            ("The file", if view.held { "held here, sealed" } else { "no longer held here" }.to_owned()),
        ]
        .into_iter()
        .collect(),
        hash: words::hash(copy.file_hash),
        key_commitment: words::hash(view.seed_commitment),
        history: history(call, copy.number)?,
        needs_grant: second::standing(call.app())?.binds,
        may_export: view.held && !view.expired && frame::may(call, Action::ExportCopy),
    })
}

fn history(call: &Call, number: CopyNumber) -> Result<Vec<HistoryRow>> {
    let marks = call.site.with_trail(|trail| trail.about("copy", &number.0).to_vec())?;
    Ok(marks
        .iter()
        .rev()
        .map(|mark| HistoryRow {
            when: frame::when(call, mark.at),
            kind: match mark.kind.as_str() {
                "copy.made" => Badge::plain("made"),
                "copy.fetched" => Badge::go("fetched"),
                "erasure.acknowledged" => Badge::go("erasure confirmed"),
                "correction.acknowledged" => Badge::go("correction confirmed"),
                "expiry.acknowledged" => Badge::go("all of it erased, they say"),
                "outcomes.logged" => Badge::plain("outcomes reported"),
                other => Badge::wait(other.replace(['.', '-'], " ")),
            },
            said: format!("by {}", mark.text("by").split(':').next().unwrap_or_default()),
            path: None,
            proof: Some(Proof { index: mark.index }),
        })
        .collect())
}

/// `POST /console/copies/{number}/export`: the download, in the ledger before a byte leaves.
pub(super) fn export(call: &Call) -> Answer {
    let act = after::act_of_fetching(call.copy()?);
    super::acts::act_or_ask(call, act, download(call))
}

/// Hands a copy's file over.
pub(super) fn download(call: &Call) -> Answer {
    let number = call.copy()?;
    let bytes = after::fetch_copy(call.app(), call.actor()?, number)?;
    Reply::file("text/csv; charset=utf-8", &format!("{number}.csv"), bytes)
}
