//! Taking an import back: the people whom it brought and nobody has touched since, the facts of its source, and the
//! consents that it stated. What was touched since is named and stays. Stops are never taken back (promise 4).

mod plan;

use super::report::ImportReport;
use super::trail::Trail;
use super::{ImportKind, known, list, trail};
use crate::context::App;
use crate::journal::enter;
use crate::people::follow;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::consent::{Consent, ConsentState};
use hustings_domain::facts::Fact;
use hustings_domain::ids::{Ordinal, SupporterId};
use hustings_domain::money::group_thousands;
use hustings_policy::permit;
use hustings_store::Tx;
use plan::Plan;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

/// How many people are worked on in one transaction.
const BATCH: usize = 2_000;
/// How many of those who stay are named.
const NAMED: usize = 20;

/// What was taken back, and what stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct UndoneImport {
    /// The import.
    pub id: Uuid,
    /// People who are gone, with their keys.
    pub people_removed: u64,
    /// Facts of its source that are gone from people who were known before.
    pub facts_removed: u64,
    /// Consents that it had stated of people who were known before: they stand as they stood.
    pub consents_taken_back: u64,
    /// People whom it brought and who stay: mailed, answered, introduced or changed since.
    pub people_left: u64,
    /// The first of them, by id.
    pub named: Vec<SupporterId>,
    /// People who were known before and whose names, places or addresses it changed: those stay changed.
    pub identities_left: u64,
    /// Gifts that it gave to people who were known before: they stay.
    pub gifts_left: u64,
    /// Whether another import brought the same source: then facts of it cannot be told apart, and stay.
    pub source_shared: bool,
}

impl UndoneImport {
    /// Whether nothing of it stays.
    pub fn is_whole(&self) -> bool {
        self.people_left + self.identities_left + self.gifts_left == 0 && !self.source_shared
    }
}

/// Takes the import back. When not all of it can be, nothing is, unless `what_can_be` says to take back the rest.
///
/// Each batch of people is one transaction: when it is killed, saying the same again goes on.
pub fn undo(app: &App, actor: &Actor, id: &str, what_can_be: bool) -> Result<UndoneImport> {
    permit(actor, Action::ImportList)?;
    let (report, trail) = app.store.read(|tx| found(tx, id))?;
    let plan = app.store.read(|tx| plan::make(tx, &report, &trail))?;
    let mut undone = UndoneImport {
        id: report.id,
        people_left: plan.touched.len() as u64,
        named: plan.named.clone(),
        identities_left: report.identities_changed,
        gifts_left: trail.gifts_to_known,
        source_shared: plan.source_shared,
        ..UndoneImport::default()
    };
    if !undone.is_whole() && !what_can_be {
        return Err(depends(&undone));
    }
    for people in plan.removable.chunks(BATCH) {
        app.store.write(|tx| remove(tx, people))?;
        undone.people_removed += people.len() as u64;
    }
    for people in plan.known.chunks(BATCH) {
        app.store.write(|tx| take_back(app, tx, people, &plan, &mut undone))?;
    }
    app.store.write(|tx| {
        let now = app.now();
        trail::set_undone(tx, report.id, now)?;
        trail::end(tx, trail.fingerprint)?;
        known::forget(tx, trail.fingerprint)?;
        let body = json!({"import": report.id, "people": undone.people_removed, "facts": undone.facts_removed,
            "consents": undone.consents_taken_back, "people_left": undone.people_left,
            "identities_left": undone.identities_left, "gifts_left": undone.gifts_left});
        enter(tx, now, actor, "import.undone", body).map(drop)
    })?;
    destroy_keys(app, &plan.removable)?;
    follow::save_or_say(app);
    Ok(undone)
}

fn found(tx: &mut dyn Tx, id: &str) -> Result<(ImportReport, Trail)> {
    let (report, trail) = list::find(tx, id)?;
    match report.kind {
        ImportKind::Suppressions => {
            return Err(Refusal::conflict(
                "import.undo-stops",
                "a stop is for ever: a file of stops cannot be undone",
            )
            .hint("whoever was stopped by mistake signs up anew, or says yes on their own page"));
        }
        ImportKind::Areas => {
            return Err(Refusal::conflict("import.undo-areas", "a table of areas cannot be undone")
                .hint("import the table that should be in force: it replaces the codes that it names"));
        }
        ImportKind::Supporters | ImportKind::Gifts => {}
    }
    if let Some(at) = trail::undone(tx, report.id)? {
        return Err(Refusal::conflict("import.undone", format!("this import was undone at {at}")));
    }
    Ok((report, trail))
}

fn depends(undone: &UndoneImport) -> Refusal {
    let count = |number: u64| group_thousands(number);
    let mut refusal = Refusal::conflict("import.undo-depends", "this import cannot be undone whole");
    if undone.people_left > 0 {
        let named: Vec<String> = undone.named.iter().map(ToString::to_string).collect();
        let more = if undone.people_left > named.len() as u64 { ", and others" } else { "" };
        refusal = refusal.because(format!(
            "{} people whom it brought were changed, mailed or introduced since: {}{more}",
            count(undone.people_left),
            named.join(", ")
        ));
    }
    if undone.identities_left > 0 {
        refusal = refusal.because(format!(
            "names, places or addresses of {} people who were known before are not kept as they were",
            count(undone.identities_left)
        ));
    }
    if undone.gifts_left > 0 {
        refusal = refusal
            .because(format!("{} gifts went to people who were known before", count(undone.gifts_left)));
    }
    if undone.source_shared {
        refusal = refusal.because(
            "another import brought the same source, so that what this one said of people who were known before \
             cannot be told apart",
        );
    }
    refusal.hint("to take back what can be and leave that, add --what-can-be")
}

fn remove(tx: &mut dyn Tx, people: &[Ordinal]) -> Result<()> {
    for ordinal in people {
        tx.remove_supporter(*ordinal)?;
        tx.add_shred(*ordinal)?;
    }
    record(tx, people)
}

/// Takes facts and consents of the source from people who were known before.
fn take_back(
    app: &App,
    tx: &mut dyn Tx,
    people: &[Ordinal],
    plan: &Plan,
    undone: &mut UndoneImport,
) -> Result<()> {
    let (mut facts, mut consents, mut changed) = (Vec::new(), Vec::new(), Vec::new());
    for ordinal in people {
        let kept = tx.facts(*ordinal)?;
        let count = kept.len();
        let left: Vec<Fact> = kept.into_iter().filter(|fact| fact.source != plan.source.number).collect();
        undone.facts_removed += (count - left.len()) as u64;
        let stated = plan::stated(tx, *ordinal, &plan.source.name)?;
        undone.consents_taken_back += stated.len() as u64;
        if left.len() < count || !stated.is_empty() {
            changed.push(*ordinal);
        }
        if left.len() < count {
            facts.push((*ordinal, left));
        }
        // INVARIANT (promise 4): only a yes is taken back, and to what it was: a no that a file brought stays a no.
        consents.extend(stated.into_iter().map(|(consent, before)| {
            let source = format!("undoing {}", plan.source.name);
            let state = if before.counts() { ConsentState::Unknown } else { before };
            (*ordinal, Consent { state, source, notice: None, at: app.now(), ..consent })
        }));
    }
    tx.set_facts(&facts)?;
    tx.add_consents(&consents)?;
    record(tx, &changed)
}

fn record(tx: &mut dyn Tx, people: &[Ordinal]) -> Result<()> {
    for (first, last) in follow::join(people.iter().map(|person| (person.0, person.0)).collect(), 0) {
        tx.record_change(Ordinal(first), Ordinal(last))?;
    }
    Ok(())
}

/// Destroys the keys of people who are gone: all at once where nobody stands above them.
fn destroy_keys(app: &App, gone: &[Ordinal]) -> Result<()> {
    let Some(first) = gone.first().copied() else { return Ok(()) };
    // A batch of a later import keeps its keys before its people: nobody may be added while all above are swept.
    let swept = app.store.write(|tx| {
        let alone = tx.profiles(first, 1)?.is_empty();
        if alone {
            app.store.keys().sweep(first)?;
            gone.iter().try_for_each(|ordinal| tx.clear_shred(*ordinal))?;
        }
        Ok::<_, Refusal>(alone)
    })?;
    if !swept {
        crate::people::erase::finish_shreds(&app.store)?;
    }
    Ok(())
}
