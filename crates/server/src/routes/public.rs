//! What everybody may see: every loan as a card, and the ledger's files as they are published. The numbers on a
//! card are those of its ledger entries and no others.

use super::{Answer, Call, Reply};
use crate::present::story::{Decided, Story};
use crate::present::{frame, ledger, words};
use crate::site::Mark;
use crate::views::format::{count, counted};
use crate::views::parts::{Bar, Bars, Pager, Terms, Tone, Votes};
use crate::views::supporter::{LoanCard, LoanLine, PublicLedger, PublicWitness, Step};
use hustings_app::{Refusal, Result, after, second};
use hustings_domain::borrower::Borrower;
use hustings_domain::loan::{Loan, LoanState};
use hustings_domain::money::Cents;
use hustings_ledger::tiles::Tile;
use std::collections::BTreeMap;

/// Cards on one page.
const PAGE: usize = 20;

/// `GET /`.
pub(super) fn landing(_call: &Call) -> Answer {
    Reply::see_other("/ledger")
}

/// `GET /ledger?before=`.
pub(super) fn ledger(call: &Call) -> Answer {
    let before: u32 = call.query.text("before").parse().unwrap_or(u32::MAX);
    let (mut loans, borrowers) =
        call.app().store().read(|tx| Ok::<_, Refusal>((tx.loans()?, tx.borrowers()?)))?;
    let stories = stories(call, &loans)?;
    let (figures, overall) = overall(&stories);
    let title = match loans.len() as u64 {
        1 => "1 loan, and what came of it".to_owned(),
        all => format!("{} loans, and what came of them", count(all)),
    };
    loans.retain(|loan| loan.number.0 < before);
    let more = loans.len() > PAGE;
    loans.truncate(PAGE);
    let mut cards = Vec::new();
    let mut lines = Vec::new();
    for loan in &loans {
        let Some((marks, story)) = stories.get(&loan.number.0) else { continue };
        cards.push(card(loan, &borrowers, marks, story));
        lines.push(line(loan, &borrowers, story));
    }
    Reply::page(&PublicLedger {
        frame: frame::open(call, title),
        alone: done_alone(call)?,
        service: call.site.service()?.said(),
        figures,
        overall,
        pager: Pager {
            showing: String::new(),
            newer: (before != u32::MAX).then(|| "/ledger".to_owned()),
            older: more.then(|| cards.last().map(|card| format!("/ledger?before={}", card.number))).flatten(),
        },
        cards,
        lines,
        witnesses: ledger::witnesses(call)?
            .into_iter()
            .map(|witness| PublicWitness { name: witness.name, state: witness.state, when: witness.when })
            .collect(),
        traced: traced(call)?,
        commands: ledger::commands(call),
        checkpoint: ledger::checkpoint(call),
    })
}

/// What was done without a second person and is not confirmed: said to everybody, without the reason, which may name
/// somebody.
fn done_alone(call: &Call) -> Result<Vec<String>> {
    let acts = second::unconfirmed(call.app())?;
    Ok(acts
        .iter()
        .map(|act| {
            format!(
                "On {} one person did alone what takes two: {}. The board has not confirmed it yet.",
                frame::when(call, act.asked).text,
                act.kind.words()
            )
        })
        .collect())
}

/// Who can open a trace of a leaked copy, and what that leaves open.
fn traced(call: &Call) -> Result<String> {
    Ok(match after::trace_key(call.app())? {
        Some(key) => format!(
            "Copies made since entry {} of this ledger hold records that only {} of {} trustees together can tell. A \
             leak that shows them was not made up by somebody who reads our books.",
            key.ledger_entry,
            key.needs,
            key.holders.len()
        ),
        None => "The key by which a leaked copy is traced is not split among trustees: whoever holds this list's keys \
                 could make up a file that looks like a borrower's leak."
            .to_owned(),
    })
}

/// The story of each loan by its number, with the entries that tell it.
type Stories = BTreeMap<u32, (Vec<Mark>, Story)>;

fn stories(call: &Call, loans: &[Loan]) -> Result<Stories> {
    call.site.with_trail(|trail| {
        let taken_back = |copy: u64| {
            let marks = trail.about("copy", &copy).iter();
            marks.filter(|mark| mark.kind == "introduction.taken-back").count() as u64
        };
        let told = |loan: &Loan| {
            let marks = trail.about("loan", &loan.number.0).to_vec();
            let story = Story::read(&marks, &taken_back);
            (loan.number.0, (marks, story))
        };
        loans.iter().map(told).collect()
    })
}

/// All loans together: in figures, and from reached to introduced as a picture.
fn overall(stories: &Stories) -> (Vec<(String, String)>, Option<Bars>) {
    let all = || stories.values().map(|(_, story)| story);
    let decided = |wanted| count(all().filter(|story| story.decided == wanted).count() as u64);
    let reached: u64 = all().filter_map(|story| story.reached).sum();
    let introduced: u64 = all().map(Story::introduced).sum();
    let figures = [
        (count(stories.len() as u64), "asked for"),
        (decided(Decided::Cleared), "cleared by the board"),
        (decided(Decided::Refused), "refused by the board"),
        (decided(Decided::Open), "not decided yet"),
    ];
    let figures = figures.map(|(value, label)| (value, label.to_owned())).to_vec();
    let overall = (reached > 0).then(|| Bars {
        id: "overall-bars".to_owned(),
        title: "How many were reached, and how many were introduced".to_owned(),
        description: format!(
            "{} were reached through all loans; {} left.",
            counted(reached, "person", "people"),
            counted(introduced, "introduction", "introductions")
        ),
        labels: "What happened".to_owned(),
        counts: "People".to_owned(),
        rows: vec![
            bar("Reached, by our own mail", reached, Tone::Plain),
            bar("Introduced to a borrower, after their own yes", introduced, Tone::Go),
        ],
    });
    (figures, overall)
}

fn bar(label: &str, count: u64, tone: Tone) -> Bar {
    Bar { label: label.to_owned(), count, tone }
}

fn name_of(loan: &Loan, borrowers: &[Borrower]) -> (String, String) {
    let borrower = borrowers.iter().find(|borrower| borrower.id == loan.terms.borrower);
    borrower.map_or_else(Default::default, |b| (b.name.clone(), format!("{}, {}", b.office, b.area.label())))
}

fn line(loan: &Loan, borrowers: &[Borrower], story: &Story) -> LoanLine {
    LoanLine {
        number: u64::from(loan.number.0),
        borrower: name_of(loan, borrowers).0,
        state: words::loan_state(loan.state),
        reached: story.reached_words(),
        left: count(story.introduced()),
    }
}

fn card(loan: &Loan, borrowers: &[Borrower], marks: &[Mark], story: &Story) -> LoanCard {
    let (borrower, office) = name_of(loan, borrowers);
    let number = u64::from(loan.number.0);
    // What the board has not let out is nobody's business yet.
    let said_aloud = !matches!(loan.state, LoanState::Requested | LoanState::Refused);
    let is_decided = story.decided != Decided::Open;
    LoanCard {
        number,
        borrower,
        office,
        subject: if said_aloud { loan.appeal.subject.clone() } else { format!("Loan {number}") },
        state: words::loan_state(loan.state),
        decided: story.decision(),
        votes: (is_decided && !story.wings.is_empty())
            .then(|| Votes { id: format!("votes-{number}"), wings: story.wings.clone() }),
        journey: journey(number, story),
        left: if is_decided { story.left() } else { String::new() },
        terms: numbers(loan, marks, story),
        steps: marks.iter().map(|mark| Step { index: mark.index, kind: ledger::kind(&mark.kind) }).collect(),
    }
}

fn journey(number: u64, story: &Story) -> Option<Bars> {
    let reached = story.reached.filter(|reached| *reached > 0)?;
    let mut rows = vec![bar("Reached, by our own mail", reached, Tone::Plain)];
    rows.extend(story.yes.map(|yes| bar("Said yes", yes, Tone::Go)));
    rows.push(bar("Introduced to the borrower", story.introduced(), Tone::Go));
    let said: Vec<String> = rows.iter().map(|row| format!("{}: {}", row.label, count(row.count))).collect();
    Some(Bars {
        id: format!("journey-{number}"),
        title: "From reached to introduced".to_owned(),
        description: format!("{}.", said.join("; ")),
        labels: "What happened".to_owned(),
        counts: "People".to_owned(),
        rows,
    })
}

fn numbers(loan: &Loan, marks: &[Mark], story: &Story) -> Terms {
    let last = |kind: &str| marks.iter().rev().find(|mark| mark.kind == kind);
    let mut rows = vec![("Area", loan.terms.area.label()), ("Ask", loan.terms.ask.to_string())];
    if let Some(started) = last("send.started") {
        rows.push(("To be reached", format!("at most {} people", count(u64::from(loan.terms.cap)))));
        let share = started.number("hold_back_per_mille").unwrap_or(0);
        rows.push(("Held back at random", format!("{share} of every 1,000 who qualified")));
    }
    if let Some(settled) = last("loan.settled") {
        let cents = settled.number("in_kind_cents").and_then(|cents| i64::try_from(cents).ok()).unwrap_or(0);
        rows.push(("In-kind value", Cents(cents).to_string()));
    }
    if story.halted {
        rows.push(("Halted", "once at least, by the rule that watches for harm".to_owned()));
    }
    rows.into_iter().collect()
}

fn file(call: &Call, path: &str, content_type: &'static str, cache: &'static str) -> Answer {
    let bytes = ledger::published(call, path)
        .ok_or_else(|| Refusal::not_found("ledger.no-file", "the published ledger has no such file"))?;
    Ok(Reply::bytes(content_type, cache, bytes))
}

/// `GET /ledger/checkpoint`.
pub(super) fn checkpoint(call: &Call) -> Answer {
    file(call, "checkpoint", "text/plain; charset=utf-8", "no-cache")
}

/// `GET /ledger/verifier.key`.
pub(super) fn verifier_key(call: &Call) -> Answer {
    file(call, "verifier.key", "text/plain; charset=utf-8", "no-cache")
}

/// `GET /ledger/tile/...`: only a path in its one spelling names a file, so none leads out of the folder.
pub(super) fn tile(call: &Call) -> Answer {
    let tile = Tile::parse_path(&format!("tile/{}", call.param("place")))
        .ok_or_else(|| Refusal::not_found("ledger.no-file", "the published ledger has no such file"))?;
    // A tile of one width never changes; a partial one goes away once it is full (C2SP tlog-tiles, "Partial Tiles").
    let cache = if tile.is_full() {
        "public, max-age=31536000, immutable"
    } else {
        "public, max-age=86400, immutable"
    };
    file(call, &tile.path(), "application/octet-stream", cache)
}

/// `GET /ledger/receipt/{index}`: the proof of one entry as a file to keep (C2SP tlog-proof).
pub(super) fn receipt(call: &Call) -> Answer {
    let unknown = |_| Refusal::not_found("ledger.no-entry", "the ledger has no such entry");
    let index: u64 = call.param("index").parse().map_err(unknown)?;
    let receipt = after::receipt(call.app(), index)?;
    Reply::file("text/plain; charset=utf-8", &format!("entry-{index}.tlog-proof"), receipt.into_bytes())
}
