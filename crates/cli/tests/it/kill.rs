//! A send that is killed again and again, with the mailbox provider outside of the killed process: nobody is mailed
//! twice, nobody is skipped, and what cannot be known is said to be in doubt.

use super::binary::{Desk, PASSPHRASE, Running, text, wait};
use super::loans;
use hustings::synth;
use hustings_app::{App, Refusal, SystemChance, SystemClock, folder, people};
use hustings_domain::chance::{Rng as _, SeededRng};
use hustings_domain::ids::LoanNumber;
use hustings_mail::receiver::{self, Delivered, Mailbox, Policy, Reply};
use hustings_store::conformance::cluster;
use hustings_vault::RootSecret;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

const CONNECTIONS: usize = 4;
const KILLS: usize = 12;
/// How long the provider thinks about a message, so that the send lasts longer than all kills.
const THINKS: Duration = Duration::from_millis(8);

/// A mailbox provider that counts.
#[derive(Default)]
pub(crate) struct Provider {
    pub(crate) seen: Mutex<Seen>,
    news: Condvar,
}

#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) delivered: BTreeMap<String, u32>,
    total: usize,
    pub(crate) refused: BTreeSet<String>,
    deferred: BTreeSet<String>,
}

#[derive(Clone)]
pub(crate) struct Front(pub(crate) Arc<Provider>);

fn dice(address: &str) -> u32 {
    address.bytes().fold(7, |sum, byte| (sum * 31 + u32::from(byte)) % 10_007)
}

impl Policy for Front {
    fn rcpt(&self, address: &str) -> Reply {
        let mut seen = self.0.seen.lock().unwrap();
        let address = address.to_lowercase();
        if dice(&address).is_multiple_of(97) {
            seen.refused.insert(address);
            return Reply::unknown();
        }
        if dice(&address).is_multiple_of(41) && seen.deferred.insert(address) {
            return Reply::defer("greylisted, try again later");
        }
        Reply::accept()
    }

    fn data(&self, _: &str, _: &[String], _: &[u8]) -> Reply {
        wait(THINKS);
        Reply::accept()
    }
}

impl Mailbox for Front {
    fn deliver(&self, delivered: Delivered) {
        let mut seen = self.0.seen.lock().unwrap();
        *seen.delivered.entry(delivered.to.to_lowercase()).or_default() += 1;
        seen.total += 1;
        drop(seen);
        self.0.news.notify_all();
    }
}

impl Provider {
    pub(crate) fn total(&self) -> usize {
        self.seen.lock().unwrap().total
    }

    /// Waits for a message beyond the first `before`; false when none came.
    fn one_more_than(&self, before: usize, within: Duration) -> bool {
        let seen = self.seen.lock().unwrap();
        let (seen, _) = self.news.wait_timeout_while(seen, within, |seen| seen.total <= before).unwrap();
        seen.total > before
    }
}

/// A list of made-up people with a cleared loan for everybody who agreed to appeals, all of them in the pilot.
pub(crate) fn list_with_a_cleared_loan(store: Option<&str>) -> Desk {
    let charter = loans::charter(&[
        ("issue_required = true", "issue_required = false"),
        ("position_required = true", "position_required = false"),
        ("pilot_per_mille = 50", "pilot_per_mille = 1000"),
    ]);
    let desk = match store {
        Some(address) => Desk::with_list_on(address, &charter),
        None => Desk::with_list(&charter),
    };
    let today = "2026-06-01".parse().unwrap();
    let plan = synth::Plan { people: 3_000, seed: 9, today };
    for file in synth::write(&desk.beside("files"), &plan).unwrap().files {
        desk.run(["import", text(&file.path)]).ok();
    }
    let content = loans::ask_for_a_loan(&desk);
    loans::clear_the_loan(&desk, &content);
    desk
}

/// Runs the send until it was killed or ended by itself; what it said at its end.
fn send_and_kill(desk: &Desk, provider: &Provider, delay: Option<Duration>) -> Option<String> {
    let before = provider.total();
    let mut sending = Running(desk.command(["loan", "send", "L-1", "--json"]).spawn().unwrap());
    if let Some(delay) = delay {
        while !provider.one_more_than(before, Duration::from_millis(200)) {
            if sending.0.try_wait().unwrap().is_some() {
                break;
            }
        }
        wait(delay);
        if sending.0.try_wait().unwrap().is_none() {
            sending.0.kill().unwrap();
            sending.0.wait().unwrap();
            return None;
        }
    }
    let mut said = (String::new(), String::new());
    std::io::Read::read_to_string(sending.0.stdout.as_mut().unwrap(), &mut said.0).unwrap();
    std::io::Read::read_to_string(sending.0.stderr.as_mut().unwrap(), &mut said.1).unwrap();
    assert!(sending.0.wait().unwrap().success(), "{}", said.1);
    Some(said.0)
}

/// Everybody who was to be mailed, with the state in which the list holds them.
pub(crate) fn planned(app: &App) -> BTreeMap<String, String> {
    let number: LoanNumber = "L-1".parse().unwrap();
    let planned = app.store().read(|tx| {
        let loan = tx.loan_by_number(number)?.unwrap().id;
        let mut planned = Vec::new();
        for seq in 0.. {
            let Some(delivery) = tx.delivery(loan, seq)? else { break };
            planned.push((delivery.ordinal, serde_json::to_value(delivery.state).unwrap()));
        }
        Ok::<_, Refusal>(planned)
    });
    let mut states = BTreeMap::new();
    for (ordinal, state) in planned.unwrap() {
        let identity = people::open_identity(app, ordinal).unwrap().unwrap();
        let address = identity.email.unwrap().reveal().to_lowercase();
        let state = state.as_str().unwrap().to_owned();
        assert_eq!(states.insert(address, state), None, "nobody is planned twice");
    }
    states
}

#[test]
fn a_send_that_is_killed_mails_nobody_twice_and_skips_nobody() {
    kill_sends(&list_with_a_cleared_loan(None));
}

#[test]
fn nor_does_one_whose_list_is_on_a_server() {
    let Some(cluster) = cluster::shared() else { return };
    kill_sends(&list_with_a_cleared_loan(Some(&cluster.new_database().to_string())));
}

fn kill_sends(desk: &Desk) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(6).enable_all().build().unwrap();
    let provider = Arc::new(Provider::default());
    let front = Front(Arc::clone(&provider));
    let domains = synth::mail_domains();
    let domains: Vec<&str> = domains.iter().map(String::as_str).chain(["seeds.forward.example"]).collect();
    let receiving =
        receiver::start(receiver::Settings::local(&domains), Arc::new(front.clone()), Arc::new(front));
    let receiving = runtime.block_on(receiving).unwrap();
    let settings = format!(
        "[relay]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nconnections = {CONNECTIONS}\nretry_seconds = 1\n",
        receiving.port()
    );
    std::fs::write(desk.folder().join("hustings.toml"), settings).unwrap();

    let mut chance = SeededRng::new(20_261_122);
    let mut kills = 0;
    while kills < KILLS {
        let delay = Duration::from_millis(30 + chance.below(170));
        if send_and_kill(desk, &provider, Some(delay)).is_some() {
            break;
        }
        kills += 1;
    }
    let mut ended = String::new();
    for _ in 0..20 {
        ended = send_and_kill(desk, &provider, None).unwrap();
        if !ended.contains("\"deferred\"") || ended.contains("\"finished\"") {
            break;
        }
        wait(Duration::from_millis(1_100));
    }
    assert!(ended.contains("\"finished\""), "{ended}");
    assert!(kills >= 8, "only {kills} kills hit a running send: let it last longer");

    let shown = desk.json(["loan", "show", "L-1"]);
    let root = RootSecret::passphrase(PASSPHRASE).unwrap();
    let app = folder::open(desk.folder(), &root, Arc::new(SystemClock), Arc::new(SystemChance)).unwrap();
    let planned = planned(&app);
    runtime.block_on(receiving.shut_down());
    let seen = provider.seen.lock().unwrap();
    let in_state = |state: &str| -> BTreeSet<&String> {
        planned.iter().filter(|(_, is)| is.as_str() == state).map(|(address, _)| address).collect()
    };
    let (accepted, refused, in_doubt) = (in_state("accepted"), in_state("refused"), in_state("in-doubt"));

    // Nobody twice, whatever was killed.
    let twice = seen.delivered.values().filter(|times| **times > 1).count();
    assert_eq!(twice, 0, "delivered more than once");
    // Nobody who was not planned.
    assert!(seen.delivered.keys().all(|address| planned.contains_key(address)));
    // Nobody skipped: accepted, refused or in doubt, and nothing else.
    assert_eq!(accepted.len() + refused.len() + in_doubt.len(), planned.len(), "{shown}");
    // What the list says of each is what the provider saw.
    assert!(accepted.iter().all(|address| seen.delivered.contains_key(*address)), "accepted and never seen");
    assert!(
        seen.delivered.keys().all(|address| accepted.contains(address) || in_doubt.contains(address)),
        "delivered, and the list does not say so"
    );
    assert!(refused.iter().all(|address| seen.refused.contains(*address)), "refused by nobody");
    // Doubt is bounded by what was in hand: one message a connection and kill.
    assert!(in_doubt.len() <= kills * CONNECTIONS, "{} in doubt after {kills} kills", in_doubt.len());
    // And the verb says the same.
    let deliveries = &shown["outcome"]["deliveries"];
    for (state, people) in [("accepted", &accepted), ("refused", &refused), ("in_doubt", &in_doubt)] {
        assert_eq!(deliveries[state].as_u64().unwrap(), people.len() as u64, "{state}: {shown}");
    }
    assert_eq!(shown["send"]["planned"].as_u64().unwrap(), planned.len() as u64);
    let known = in_doubt.iter().filter(|address| seen.delivered.contains_key(**address)).count();
    super::note(&format!(
        "{kills} kills; {} planned, {} accepted, {} refused, {} in doubt ({known} of them delivered), {} deferred once",
        planned.len(),
        accepted.len(),
        refused.len(),
        in_doubt.len(),
        seen.deferred.len(),
    ));
}
