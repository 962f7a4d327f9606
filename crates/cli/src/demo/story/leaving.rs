//! Chapters 9 to 12: introductions, a leak and its trace, an erasure, and the check of the ledger.

use super::{Loans, Plot, chapter};
use crate::demo::cast;
use crate::demo::stage::Stage;
use crate::demo::summary::{CopyLine, LeakLine, LoanLine, Summary};
use crate::synth::{LeakPlan, make_leak};
use hustings_app::{Refusal, Result, after, lend, people};
use hustings_domain::chance::SeededRng;
use hustings_domain::ids::{CopyNumber, LoanNumber};
use hustings_domain::response::ResponseKind;
use hustings_ledger::verify_dir;
use std::path::Path;

/// A row of a copy, as its reader sees it.
struct Introduced {
    reference: String,
    email: String,
    given: String,
    family: String,
}

pub(super) fn introduce_leak_erase_check(stage: &Stage, plot: &Plot, loans: Loans) -> Result<Summary> {
    chapter(stage.voice, 9, "Introductions: those who said yes, and nobody else");
    let rows = introduce(stage, loans.candidate, cast::CANDIDATE)?;
    introduce(stage, loans.committee, cast::COMMITTEE)?;
    introduce(stage, loans.council, cast::COUNCIL)?;

    chapter(stage.voice, 10, "A leak");
    let leak = leak_and_trace(stage, &rows)?;
    let alarms = stranger_writes_to_a_seed(stage, &rows)?;

    chapter(stage.voice, 11, "Erasure");
    let acknowledged = erase_one(stage, &rows)?;

    for loan in [loans.candidate, loans.committee, loans.council] {
        lend::settle(&stage.app, &stage.operator, loan)?;
    }
    chapter(stage.voice, 12, "Check: the ledger, by its served files and public key alone");
    let (entries, found) = check_ledger(stage)?;
    summary(stage, plot, loans, leak, alarms, acknowledged, entries, found)
}

fn introduce(stage: &Stage, loan: LoanNumber, borrower: &str) -> Result<Vec<Introduced>> {
    let copy = match after::export_copy(&stage.app, &stage.operator, loan) {
        Ok(copy) => copy,
        Err(refusal) => {
            stage.voice.say(format!("   {loan}: {}.", refusal.message));
            return Ok(Vec::new());
        }
    };
    stage.voice.say(format!(
        "   {loan}: copy {} for {borrower}: {} people with the fields they ticked, and {} seeds among them",
        copy.number, copy.people, copy.seeds
    ));
    fetch(stage, copy.number, borrower)
}

/// The borrower's staff fetches the copy on its desk.
fn fetch(stage: &Stage, copy: CopyNumber, borrower: &str) -> Result<Vec<Introduced>> {
    let browser = stage.browser_of(&format!("{borrower}, by its staff"))?;
    let page =
        browser.submit("/desk", &format!("/desk/copies/{}/fetch", copy.0), &[])?.ok("fetching a copy")?;
    std::fs::write(stage.files.join(format!("{copy}.csv")), &page.text)
        .map_err(|error| Refusal::internal("the copy could not be written").because(error))?;
    let mut reader = csv::Reader::from_reader(page.text.trim_start_matches('\u{feff}').as_bytes());
    let wrong = |error: csv::Error| Refusal::internal("the copy is no CSV").because(error);
    let heads = reader.headers().map_err(wrong)?.clone();
    let column = |name: &str| heads.iter().position(|head| head == name);
    let (reference, email, given, family) =
        (column("reference"), column("email"), column("given-name"), column("family-name"));
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(wrong)?;
        let cell = |column: Option<usize>| column.and_then(|c| record.get(c)).unwrap_or_default().to_owned();
        rows.push(Introduced {
            reference: cell(reference),
            email: cell(email),
            given: cell(given),
            family: cell(family),
        });
    }
    Ok(rows)
}

fn leak_and_trace(stage: &Stage, rows: &[Introduced]) -> Result<LeakLine> {
    let leaked: Vec<(String, String, String)> =
        rows.iter().map(|row| (row.email.clone(), row.given.clone(), row.family.clone())).collect();
    let strangers = u32::try_from(rows.len() / 8).unwrap_or(0) + 3;
    let mut rng = SeededRng::named(stage.seed, "leak");
    let text = make_leak(&leaked, &mut rng, LeakPlan { keep_share: 0.5, strangers });
    let path = stage.files.join("leak.csv");
    std::fs::write(&path, &text)
        .map_err(|error| Refusal::internal("the leak could not be written").because(error))?;
    let lines = u32::try_from(text.lines().count().saturating_sub(1)).unwrap_or(u32::MAX);
    stage.voice.say(format!("   somebody drops half the rows, changes case and order, mixes in {strangers} strangers: {lines} rows are public"));
    let report = after::trace(&stage.app, &stage.operator, text.as_bytes())?;
    for line in report.text().lines() {
        stage.voice.say(format!("   | {line}"));
    }
    let named: Vec<String> = report.accused.iter().map(|accused| accused.name.clone()).collect();
    let cleared = report.cleared.clone();
    if named != [cast::CANDIDATE.to_owned()] {
        return Err(Refusal::internal("the trace did not name the copy that leaked, and it alone")
            .because(named.join(", ")));
    }
    Ok(LeakLine { rows: lines, named, cleared, bound: report.report.bound })
}

/// Whoever has the leaked file writes to everybody in it, seeds included.
fn stranger_writes_to_a_seed(stage: &Stage, rows: &[Introduced]) -> Result<u32> {
    let seed_domain = after::seed_domain(&stage.app.charter()?);
    let decoy = rows
        .iter()
        .find(|row| row.email.to_lowercase().ends_with(&format!("@{seed_domain}")))
        .ok_or_else(|| Refusal::internal("the copy holds no seed"))?;
    let message = format!(
        "From: Cheap Loans <offer@spam.example>\r\nTo: <{}>\r\nSubject: Congratulations\r\nDate: Mon, 7 Sep 2026 10:00:00 +0000\r\n\
         Message-ID: <1@spam.example>\r\n\r\nYou have won.\r\n",
        decoy.email
    );
    let alarm = after::seed_mail(&stage.app, &decoy.email, message.as_bytes())?
        .ok_or_else(|| Refusal::internal("mail from a stranger to a seed raised no alarm"))?;
    stage.voice.say(format!("   a stranger writes to one of the seeds. Alarm: {}", alarm.what));
    Ok(1)
}

fn erase_one(stage: &Stage, rows: &[Introduced]) -> Result<u32> {
    let seed_domain = after::seed_domain(&stage.app.charter()?);
    let person = rows
        .iter()
        .find(|row| !row.email.is_empty() && !row.email.ends_with(&format!("@{seed_domain}")))
        .ok_or_else(|| Refusal::internal("the copy holds nobody"))?;
    let id = people::show::find_by_email(&stage.app, &stage.operator, &person.email)?
        .ok_or_else(|| Refusal::internal("an introduced person is not on the list"))?;
    let keys_before = stage.app.store().keys().count()?;
    let erased = people::erase::erase(&stage.app, &stage.operator, id)?;
    let gone = people::show::find_by_email(&stage.app, &stage.operator, &person.email)?.is_none()
        && stage.app.store().keys().count()? + 1 == keys_before;
    if !gone {
        return Err(Refusal::internal("an erased person is still there"));
    }
    stage.voice.say(format!(
        "   one of those who said yes (row {}) asks to be forgotten: gone from store and index, her key destroyed",
        person.reference
    ));
    let borrowers = lend::borrowers(&stage.app, &stage.operator)?;
    let notices = stage.app.store().read(|tx| Ok::<_, Refusal>(tx.erasure_notices(None)?))?;
    let mut acknowledged: u32 = 0;
    // She may have said yes to more than one: each is told on its own desk.
    for notice in notices.iter().filter(|notice| notice.acknowledged.is_none()) {
        let borrower = borrowers
            .iter()
            .find(|borrower| borrower.id == notice.borrower)
            .ok_or_else(|| Refusal::internal("nobody to be told of an erasure"))?;
        stage
            .browser_of(&format!("{}, by its staff", borrower.name))?
            .submit("/desk", "/desk/duties", &[("duty", &notice.id.to_string()), ("done", "deleted")])?
            .ok("acknowledging")?;
        stage.voice.say(format!(
            "   {} is told to erase row {}, on its desk, and says that it did",
            borrower.name, notice.reference
        ));
        acknowledged += 1;
    }
    if usize::try_from(acknowledged) != Ok(erased.notices) {
        return Err(Refusal::internal("not everybody who was to erase her row was told"));
    }
    stage
        .voice
        .say("   her stop stays, as a keyed hash: the same file imported again could not bring her mail");
    Ok(acknowledged)
}

fn check_ledger(stage: &Stage) -> Result<(u64, String)> {
    after::publish_ledger(&stage.app, &stage.operator)?;
    let folder = stage.app.folder().join("ledger");
    let key = after::verifier_key(&stage.app)?;
    let report = verify_dir(&folder, &key, None)
        .map_err(|error| Refusal::internal("the ledger does not verify").because(error))?;
    stage.voice.say(format!(
        "   `hustings ledger verify`: {} entries hold under the signed root",
        report.checkpoint.size
    ));
    let copy = stage.files.join("ledger-with-a-flipped-byte");
    copy_folder(&folder, &copy)?;
    flip_a_byte(&copy.join("tile").join("entries"))?;
    match verify_dir(&copy, &key, None) {
        Ok(_) => Err(Refusal::internal("a flipped byte was not found")),
        Err(error) => {
            stage.voice.say(format!("   one byte flipped in a copy: {error}"));
            Ok((report.checkpoint.size, error.file().to_owned()))
        }
    }
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    let wrong =
        |error: std::io::Error| Refusal::internal("the ledger's files could not be copied").because(error);
    std::fs::create_dir_all(to).map_err(wrong)?;
    for entry in from.read_dir().map_err(wrong)? {
        let entry = entry.map_err(wrong)?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target).map_err(wrong)?;
        }
    }
    Ok(())
}

fn flip_a_byte(folder: &Path) -> Result<()> {
    let wrong = |error: std::io::Error| Refusal::internal("no byte could be flipped").because(error);
    // The newest bundle holds the most; older partial ones lie beside it.
    let mut path = folder.to_owned();
    while path.is_dir() {
        let entries =
            path.read_dir().map_err(wrong)?.filter_map(|entry| entry.ok().map(|entry| entry.path()));
        let size = |path: &std::path::PathBuf| path.metadata().map_or(0, |data| data.len());
        path = entries
            .max_by_key(|path| (path.is_dir(), size(path)))
            .ok_or_else(|| Refusal::internal("the ledger has no entries"))?;
    }
    let mut bytes = std::fs::read(&path).map_err(wrong)?;
    let middle = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte ^= 1;
    }
    std::fs::write(&path, bytes).map_err(wrong)
}

#[expect(clippy::too_many_arguments, reason = "the last page gathers what every chapter left")]
fn summary(
    stage: &Stage,
    plot: &Plot,
    loans: Loans,
    leak: LeakLine,
    alarms: u32,
    acknowledged: u32,
    ledger_entries: u64,
    flipped_byte_found: String,
) -> Result<Summary> {
    let mut lines = Vec::new();
    for number in [loans.candidate, loans.committee, loans.council] {
        let view = lend::loan_view(&stage.app, &stage.operator, number)?;
        let outcome = &view.outcome;
        let yes = outcome
            .answers
            .iter()
            .find(|(kind, _)| *kind == ResponseKind::Yes)
            .map_or(0, |(_, count)| *count);
        lines.push(LoanLine {
            loan: number.to_string(),
            borrower: view.borrower.name.clone(),
            state: view.loan.state.to_string(),
            planned: view.send.as_ref().map_or(0, |send| send.planned),
            asked: outcome.deliveries.accepted,
            held_back: outcome.held_back,
            never_sent: outcome.deliveries.pending + outcome.deliveries.stopped,
            yes,
            introduced: outcome.introduced,
            backlash: outcome.backlash(),
            value: outcome.value,
        });
    }
    let (supporters, stops, asked) = stage.app.store().read(|tx| {
        Ok::<_, Refusal>((tx.supporter_count()?, tx.suppression_count()?, tx.people_addressed()?))
    })?;
    let mut copies = Vec::new();
    for copy in after::copies(&stage.app, &stage.operator)? {
        let (loan, borrower) = stage.app.store().read(|tx| {
            let loan = tx.loan(copy.loan)?.map(|loan| loan.number.to_string()).unwrap_or_default();
            let borrower = tx.borrower(copy.borrower)?.map(|borrower| borrower.name).unwrap_or_default();
            Ok::<_, Refusal>((loan, borrower))
        })?;
        copies.push(CopyLine {
            copy: copy.number.to_string(),
            borrower,
            loan,
            people: copy.people,
            seeds: copy.seeds,
        });
    }
    Ok(Summary {
        rows: plot.rows,
        supporters,
        stops,
        asked,
        never_touched: supporters.saturating_sub(asked),
        refused_requests: plot.refused_requests,
        loans: lines,
        copies,
        leak,
        alarms,
        erased: 1,
        erasures_acknowledged: acknowledged,
        ledger_entries,
        ledger_holds: true,
        flipped_byte_found,
    })
}
