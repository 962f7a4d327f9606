//! Several processes on one list: whichever is killed, in the middle of a send or of an import, the others go on, nobody is
//! mailed twice, and nobody is skipped without standing as in doubt.

use super::binary::{Desk, PASSPHRASE, Running, text, wait};
use super::demo::free_port;
use super::kill::{Front, Provider, list_with_a_cleared_loan, planned};
use super::loans;
use hustings::synth;
use hustings_app::people::consent::own_act;
use hustings_app::people::follow;
use hustings_app::send::start_send;
use hustings_app::{App, Refusal, SystemChance, SystemClock, folder, people};
use hustings_domain::access::Actor;
use hustings_domain::consent::{Channel, ConsentState, SuppressionReason, SuppressionScope};
use hustings_domain::ids::Ordinal;
use hustings_mail::receiver;
use hustings_store::conformance::cluster::{self, Cluster};
use hustings_store::postgres::Address;
use hustings_vault::RootSecret;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Waits for what processes bring about.
#[track_caller]
pub(crate) fn until(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..2_400 {
        if done() {
            return;
        }
        wait(Duration::from_millis(50));
    }
    panic!("not within two minutes: {what}");
}

/// Another folder from which a process works on the list at `address`.
pub(crate) fn another(address: &Address) -> Desk {
    let desk = Desk::empty();
    desk.run(["join", &address.to_string()]).ok();
    desk
}

/// Processes of this folder are missed after two seconds.
fn short_lease(desk: &Desk) {
    let path = desk.folder().join("store.toml");
    let named = std::fs::read_to_string(&path).unwrap();
    std::fs::write(path, format!("{named}lease_seconds = 2\n")).unwrap();
}

pub(crate) fn serve(desk: &Desk) -> Running {
    let address = format!("127.0.0.1:{}", free_port());
    let mut command = desk.command(["serve", "--listen", &address]);
    let log = std::fs::File::options().create(true).append(true).open(desk.beside("serve.log")).unwrap();
    command.stdout(log.try_clone().unwrap()).stderr(log);
    Running(command.spawn().unwrap())
}

fn kill(mut running: Running) {
    running.0.kill().unwrap();
    running.0.wait().unwrap();
}

/// Sets the relay of a folder.
pub(crate) fn relay(desk: &Desk, port: u16) {
    let settings = format!(
        "[relay]\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\nconnections = 2\nretry_seconds = 1\n"
    );
    std::fs::write(desk.folder().join("hustings.toml"), settings).unwrap();
}

pub(crate) fn open(desk: &Desk) -> Arc<App> {
    let root = RootSecret::passphrase(PASSPHRASE).unwrap();
    Arc::new(folder::open(desk.folder(), &root, Arc::new(SystemClock), Arc::new(SystemChance)).unwrap())
}

/// How many recipients stand where: pending, claimed, accepted, refused, deferred, in doubt, stopped.
pub(crate) fn standing(cluster: &Cluster, address: &Address) -> [u64; 7] {
    let sql = "SELECT state || ' ' || people FROM hustings.delivery_tally";
    let mut counts = [0; 7];
    for line in cluster.run("postgres", address.database(), sql) {
        let (state, people) = line.split_once(' ').unwrap();
        counts[state.parse::<usize>().unwrap()] = people.parse().unwrap();
    }
    counts
}

/// Which of these folders sends the loan.
fn sender<'a>(cluster: &Cluster, address: &Address, desks: &[&'a Desk]) -> Option<&'a Desk> {
    let sql = "SELECT node.id FROM hustings.node JOIN hustings.meta ON value = epoch::text WHERE key = 'held:send:L-1'";
    let id = cluster.run("postgres", address.database(), sql).pop()?;
    let is_it = |desk: &&&Desk| std::fs::read_to_string(desk.folder().join("node")).unwrap().trim() == id;
    desks.iter().find(is_it).copied()
}

/// Starts a mailbox provider outside of all processes that send.
pub(crate) fn provider(runtime: &tokio::runtime::Runtime) -> (Arc<Provider>, receiver::Running) {
    let provider = Arc::new(Provider::default());
    let front = Front(Arc::clone(&provider));
    let domains = synth::mail_domains();
    let domains: Vec<&str> = domains.iter().map(String::as_str).chain(["seeds.forward.example"]).collect();
    let receiving =
        receiver::start(receiver::Settings::local(&domains), Arc::new(front.clone()), Arc::new(front));
    (provider, runtime.block_on(receiving).unwrap())
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap()
}

/// What the list says of each, held against what the provider saw: nobody twice, nobody who was not planned, and whoever
/// was mailed stands as accepted or in doubt. How many stand where.
pub(crate) fn agree(app: &App, provider: &Provider) -> BTreeMap<String, usize> {
    let planned = planned(app);
    let seen = provider.seen.lock().unwrap();
    assert_eq!(seen.delivered.values().filter(|times| **times > 1).count(), 0, "delivered more than once");
    for address in seen.delivered.keys() {
        let state = planned.get(address).expect("nobody else is mailed");
        assert!(["accepted", "in-doubt", "claimed"].contains(&state.as_str()), "delivered, and {state}");
    }
    let mut counts = BTreeMap::new();
    for (address, state) in &planned {
        assert!(state != "accepted" || seen.delivered.contains_key(address), "accepted and never seen");
        assert!(state != "refused" || seen.refused.contains(address), "refused by nobody");
        *counts.entry(state.clone()).or_default() += 1;
    }
    counts
}

#[test]
fn a_send_goes_on_when_the_process_that_sends_is_killed() {
    let Some(cluster) = cluster::shared() else { return };
    let address = cluster.new_database();
    let first = list_with_a_cleared_loan(Some(&address.to_string()));
    let (second, steward) = (another(&address), another(&address));
    let runtime = runtime();
    let (provider, receiving) = provider(&runtime);
    for desk in [&first, &second] {
        short_lease(desk);
        relay(desk, receiving.port());
    }
    let app = open(&steward);
    let number = "L-1".parse().unwrap();
    let begun = start_send(&app, &Actor::operator(), number).unwrap();
    drop(app);
    // Some of those who come last stop while others are mailed.
    let last = |app: &App| -> Vec<Ordinal> {
        let all = app.store().read(|tx| {
            let loan = tx.loan_by_number(number)?.unwrap().id;
            tx.planned(loan)
        });
        all.unwrap().into_iter().rev().take(15).collect()
    };

    let desks = [&first, &second];
    let mut serving: Vec<Option<Running>> = desks.iter().map(|desk| Some(serve(desk))).collect();
    let place = |desk: &Desk| desks.iter().position(|other| other.folder() == desk.folder()).unwrap();
    until("somebody sends", || provider.total() > 100);
    let dead = sender(cluster, &address, &desks).unwrap();
    kill(serving[place(dead)].take().unwrap());
    let at_the_kill = provider.total();
    until("the other took it over", || {
        sender(cluster, &address, &desks).is_some_and(|desk| desk.folder() != dead.folder())
    });
    let in_doubt = standing(cluster, &address)[5];
    assert!(in_doubt > 0 && in_doubt <= 400, "{in_doubt} in doubt");
    until("the other goes on", || provider.total() > at_the_kill + 20);

    // A person stops at a third process: nobody forgets it.
    let app = open(&steward);
    let stopped = last(&app);
    app.store()
        .write(|tx| {
            for person in &stopped {
                let key = tx.supporter(*person)?.unwrap().mail_key.unwrap();
                let (scope, reason) = (SuppressionScope::Everything, SuppressionReason::Complained);
                tx.suppress(key, &scope, reason, app.now())?;
            }
            Ok::<_, Refusal>(())
        })
        .unwrap();
    let addresses: Vec<String> = stopped
        .iter()
        .map(|person| people::open_identity(&app, *person).unwrap().unwrap())
        .map(|identity| identity.email.unwrap().reveal().to_lowercase())
        .collect();
    drop(app);

    // The first comes back with its journal: whom it had not mailed is mailed after all.
    serving[place(dead)] = Some(serve(dead));
    until("its journal was read", || standing(cluster, &address)[5] < in_doubt.min(10));
    let after_return = standing(cluster, &address);

    // Now the other dies, and does not come back before the end.
    let second_dead = desks[1 - place(dead)];
    until("the second is well under way", || provider.total() > at_the_kill + 150);
    kill(serving[place(second_dead)].take().unwrap());
    until("everybody has an outcome", || {
        let [pending, claimed, _, _, deferred, ..] = standing(cluster, &address);
        pending + claimed + deferred == 0
    });
    let app = open(&steward);
    let without = agree(&app, &provider);
    assert_eq!(without.values().sum::<usize>(), usize::try_from(begun.planned).unwrap());
    let shown = app.store().read(|tx| tx.loan_by_number(number)).unwrap().unwrap();
    until("the loan is sent", || {
        app.store().read(|tx| tx.loan_by_number(number)).unwrap().unwrap().state != shown.state
            || shown.state.to_string() == "sent"
    });

    // Its journal is read when its folder is opened again, and only what nobody can know is left in doubt.
    drop(open(second_dead));
    let with = agree(&app, &provider);
    let in_doubt_at_last = with.get("in-doubt").copied().unwrap_or(0);
    assert!(in_doubt_at_last <= 2 * 2, "two kills, two connections: {with:?}");
    for address in &addresses {
        assert!(!provider.seen.lock().unwrap().delivered.contains_key(address), "a stop was forgotten");
    }
    let doubted = app.store().read(|tx| tx.ledger_entries(0, 100_000)).unwrap();
    let recovered = doubted.iter().filter(|entry| String::from_utf8_lossy(entry).contains("send.recovered"));
    assert!(recovered.count() >= 3, "each putting right stands in the ledger");
    super::note(&format!(
        "{} planned; after the first kill {in_doubt} in doubt, after its return {}; \
         at the end without the second's journal {without:?}, with it {with:?}",
        begun.planned, after_return[5],
    ));
    runtime.block_on(receiving.shut_down());
}

const ROWS: u32 = 320_000;
const ROWS_BESIDE: u32 = 20_000;

/// A file whose every hundredth row cannot be taken.
fn file(desk: &Desk, name: &str, from: u32, count: u32) -> std::path::PathBuf {
    let mut rows = String::from("email,given_name,family_name,email_opt_in\n");
    for row in from..from + count {
        let domain = if row.is_multiple_of(100) { "" } else { "@example.org" };
        writeln!(rows, "person{row}{domain},Ann,Number{row},yes").unwrap();
    }
    desk.write(name, rows)
}

fn number(report: &Value, name: &str) -> u64 {
    report[name].as_u64().unwrap()
}

/// Every line is accounted for.
fn adds_up(report: &Value) {
    let parts = ["new", "changed", "unchanged", "merged", "rejected", "blank"];
    assert_eq!(
        parts.iter().map(|part| number(report, part)).sum::<u64>(),
        number(report, "lines"),
        "{report}"
    );
}

fn count_of(cluster: &Cluster, address: &Address, table: &str) -> u64 {
    let sql = format!("SELECT count(*) FROM hustings.{table}");
    cluster.run("postgres", address.database(), &sql)[0].parse().unwrap()
}

#[test]
fn an_import_goes_on_from_another_folder_when_its_process_is_killed() {
    let Some(cluster) = cluster::shared() else { return };
    let address = cluster.new_database();
    let first = Desk::with_list_on(&address.to_string(), &loans::charter(&[]));
    let (second, third, fourth) = (another(&address), another(&address), another(&address));
    [&first, &second, &third, &fourth].into_iter().for_each(short_lease);
    let (mut serving, _also_serving) = (serve(&first), serve(&second));
    let (one, two) = (file(&third, "one.csv", 0, ROWS), file(&third, "two.csv", ROWS, ROWS_BESIDE));

    let mut importing = Running(third.command(["import", text(&one)]).spawn().unwrap());
    until("the first rows are in", || count_of(cluster, &address, "supporter") > 0);
    let elsewhere = fourth.run(["import", text(&one)]).refused(7);
    assert!(elsewhere.contains("another process is bringing this file in"), "{elsewhere}");
    importing.0.kill().unwrap();
    importing.0.wait().unwrap();
    assert!(count_of(cluster, &address, "supporter") < u64::from(ROWS) * 99 / 100, "it was killed too late");

    // Another file at the same time, from yet another folder.
    let mut beside = Running(second_import(&first, &mut serving, &two));
    let mut report = None;
    until("the lease of the dead runs out", || {
        let said = fourth.run(["import", text(&one), "--json"]);
        assert!(said.code == 0 || said.err.contains("another process is bringing"), "{}", said.err);
        report = (said.code == 0).then(|| serde_json::from_str::<Value>(&said.out).unwrap());
        report.is_some()
    });
    assert!(beside.0.wait().unwrap().success());
    let report = report.unwrap();
    adds_up(&report);
    assert_eq!(number(&report, "resumed_after") % 16_000, 0, "a whole number of batches");
    assert!(number(&report, "resumed_after") > 0, "{report}");
    let (taken, refused) = (u64::from(ROWS) * 99 / 100, u64::from(ROWS) / 100);
    assert_eq!(number(&report, "lines"), u64::from(ROWS));
    assert_eq!((number(&report, "new"), number(&report, "rejected")), (taken, refused), "{report}");
    assert_eq!(number(&report, "rejects_elsewhere"), number(&report, "resumed_after") / 100);
    let rejects = std::fs::read_to_string(report["rejects_file"].as_str().unwrap()).unwrap();
    let here = u64::try_from(rejects.lines().count()).unwrap() - 1;
    assert_eq!(here + number(&report, "rejects_elsewhere"), refused);
    let people = taken + u64::from(ROWS_BESIDE) * 99 / 100;
    assert_eq!(count_of(cluster, &address, "supporter"), people);
    assert_eq!(count_of(cluster, &address, "source"), 2);
    let keys = cluster.run("postgres", address.database(), "SELECT count(*) FROM hustings_keys.key");
    assert_eq!(keys, [people.to_string()], "a key for each person, and no more");

    // Both indexes count the same, as of the same change, and the ledger is one.
    let counted = |desk: &Desk| desk.json(["audience", "count", "consent \"news\""]);
    let (here, there) = (counted(&second), counted(&fourth));
    assert_eq!(here["count"], there["count"]);
    assert_eq!(here["as_of"]["change"], there["as_of"]["change"]);
    assert_eq!(here["stopped"], there["stopped"]);
    fourth.run(["ledger", "checkpoint"]).ok();
    fourth.run(["ledger", "verify"]).ok();
}

/// Ends the process that serves politely and imports from its folder.
fn second_import(desk: &Desk, serving: &mut Running, file: &std::path::Path) -> std::process::Child {
    let polite = std::process::Command::new("kill").arg(serving.0.id().to_string()).status().unwrap();
    assert!(polite.success());
    assert!(serving.0.wait().unwrap().success());
    desk.command(["import", text(file)]).spawn().unwrap()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how long it takes is what is measured")]
fn a_change_at_one_process_is_counted_by_another_at_once() {
    let Some(cluster) = cluster::shared() else { return };
    let address = cluster.new_database();
    let desk = Desk::with_list_on(&address.to_string(), &loans::charter(&[]));
    let mut rows = String::from("email,email_opt_in\n");
    (0..2_000).for_each(|row| writeln!(rows, "person{row}@example.org,yes").unwrap());
    let file = desk.write("people.csv", rows);
    desk.run(["import", text(&file)]).ok();
    let (here, there) = (open(&desk), open(&another(&address)));
    let ended = Arc::new(AtomicBool::new(false));
    let following = {
        let (there, ended) = (Arc::clone(&there), Arc::clone(&ended));
        std::thread::spawn(move || follow::keep_up(&there, &ended))
    };
    let news = "news".parse().unwrap();
    let mut delays = Vec::new();
    for person in 0..60 {
        let (channel, state) = (Channel::Email, ConsentState::Withdrawn);
        own_act(&here, Ordinal(person), &news, channel, state, "my page", None).unwrap();
        let newest = here.store().read(|tx| tx.change_sequence()).unwrap();
        let committed = Instant::now();
        while follow::as_of(&there) < newest {
            assert!(committed.elapsed() < Duration::from_secs(30), "the index does not follow");
            wait(Duration::from_micros(200));
        }
        delays.push(committed.elapsed());
    }
    ended.store(true, Ordering::SeqCst);
    following.join().unwrap();
    delays.sort();
    let (median, slowest) = (delays[delays.len() / 2], delays[delays.len() - 1]);
    super::note(&format!("counted elsewhere after {median:?} (median of 60), at most {slowest:?}"));
    assert!(median < Duration::from_millis(400), "a look now and then comes after a second: {median:?}");
    for app in [&here, &there] {
        let today = "2026-06-01".parse().unwrap();
        let counted = people::count::count(app, &Actor::operator(), "consent \"news\"", today).unwrap();
        assert_eq!((counted.count, counted.as_of.change), (1_940, follow::as_of(&here)));
    }
    let root = |app: &App| hustings_app::after::publish_ledger(app, &Actor::operator()).unwrap();
    assert_eq!(root(&here), root(&there), "one ledger");
}
