//! Promise: killed at any instant, nothing is skipped and nothing is sent twice; what cannot be known is in doubt.

use crate::harness::{ByName, is_accepted, job, open_gate, settings};
use hustings_domain::chance::{Rng as _, SeededRng};
use hustings_mail::journal::{self, Durability, Journal, recover};
use hustings_mail::receiver::{self, AcceptAll, Policy, Reply};
use hustings_mail::smtp::client::{Relay, send};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Looks into the journal at the moment that a whole message has arrived.
struct Witness {
    journal: PathBuf,
    unannounced: mpsc::UnboundedSender<u64>,
}

impl Policy for Witness {
    fn data(&self, _: &str, _: &[String], message: &[u8]) -> Reply {
        let subject = String::from_utf8_lossy(message).lines().next().unwrap().to_owned();
        let seq = subject.strip_prefix("Subject: ").unwrap().parse().unwrap();
        if !recover(&self.journal).unwrap().in_doubt.contains(&seq) {
            self.unannounced.send(seq).unwrap();
        }
        Reply::accept()
    }
}

#[tokio::test]
async fn no_dot_leaves_before_its_record_is_in_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let journal = Arc::new(Journal::open(&path, 1).unwrap());
    let (tell, mut unannounced) = mpsc::unbounded_channel();
    let witness = Arc::new(Witness { journal: path, unannounced: tell });
    let running = receiver::start(settings(), witness, Arc::new(receiver::Discard)).await.unwrap();
    let (give, take) = mpsc::channel(100);
    for seq in 0..100 {
        give.send(job(seq, "ann")).await.unwrap();
    }
    drop(give);
    let (tell, mut told) = mpsc::channel(100);
    let relay = Relay { connections: 3, ..Relay::local(running.port()) };
    send(relay, take, journal, tell, open_gate()).await.unwrap();
    for _ in 0..100 {
        assert!(is_accepted(&told.recv().await.unwrap().result));
    }
    assert!(unannounced.try_recv().is_err(), "a message arrived without a `D`");
}

/// Everything still to be sent, sent until cut off; gives what the journal then says.
async fn cut_off(
    path: &Path,
    epoch: u64,
    port: u16,
    pending: &BTreeSet<u64>,
    after: Duration,
) -> journal::Recovered {
    let hold = Durability::PowerLoss { hold: Duration::ZERO };
    let journal = Arc::new(Journal::open_with(path, epoch, hold).unwrap());
    let (give, take) = mpsc::channel(pending.len().max(1));
    for seq in pending {
        give.send(job(*seq, &format!("p{seq}"))).await.unwrap();
    }
    drop(give);
    let (tell, mut told) = mpsc::channel(4);
    let relay = Relay { connections: 4, ..Relay::local(port) };
    let sending = tokio::spawn(send(relay, take, Arc::clone(&journal), tell, open_gate()));
    let ignoring = tokio::spawn(async move { while told.recv().await.is_some() {} });
    tokio::time::sleep(after).await;
    sending.abort();
    drop(sending.await);
    ignoring.await.unwrap();
    while Arc::strong_count(&journal) > 1 {
        tokio::task::yield_now().await;
    }
    drop(journal);
    let recovered = recover(path).unwrap();
    journal::clear(path).unwrap();
    recovered
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_off_at_any_instant_nothing_is_skipped_and_nothing_is_sent_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let (deliver, mut mailbox) = mpsc::unbounded_channel();
    let running = receiver::start(settings(), Arc::new(AcceptAll), Arc::new(deliver)).await.unwrap();
    let mut rng = SeededRng::named(3, "crash");
    let mut pending: BTreeSet<u64> = (0..3_000).collect();
    let (mut in_doubt, mut kills) = (BTreeSet::new(), 0);
    while !pending.is_empty() {
        kills += 1;
        let after = Duration::from_millis(15 + rng.below(40));
        let recovered = cut_off(&path, kills, running.port(), &pending, after).await;
        for answered in &recovered.answered {
            assert_eq!(answered.code, 250);
            pending.remove(&answered.seq);
        }
        assert!(recovered.in_doubt.len() <= 4, "at most one a connection: {:?}", recovered.in_doubt);
        for seq in recovered.in_doubt {
            pending.remove(&seq);
            in_doubt.insert(seq);
        }
    }
    running.shut_down().await;
    let mut arrived: BTreeMap<String, u32> = BTreeMap::new();
    while let Ok(delivered) = mailbox.try_recv() {
        *arrived.entry(delivered.to).or_default() += 1;
    }
    assert!(kills >= 5, "it was cut off {kills} times");
    assert!(arrived.values().all(|count| *count == 1), "nothing twice");
    let missing = (0..3_000).filter(|seq| !arrived.contains_key(&format!("p{seq}@there.example")));
    assert!(missing.into_iter().all(|seq| in_doubt.contains(&seq)), "nothing skipped");
    println!("{kills} cuts, {} in doubt, {} arrived", in_doubt.len(), arrived.len());
}

#[tokio::test]
async fn shutting_the_receiver_down_under_way_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Arc::new(Journal::open(&folder.path().join("journal"), 1).unwrap());
    let (deliver, mut mailbox) = mpsc::unbounded_channel();
    let running = receiver::start(settings(), Arc::new(ByName), Arc::new(deliver)).await.unwrap();
    let (give, take) = mpsc::channel(500);
    for seq in 0..500 {
        give.send(job(seq, "ann")).await.unwrap();
    }
    drop(give);
    let (tell, mut told) = mpsc::channel(500);
    let mut relay = Relay { connections: 2, ..Relay::local(running.port()) };
    relay.timeouts.backoff = Duration::from_millis(5);
    relay.timeouts.connect_attempts = 2;
    let sending = tokio::spawn(send(relay, take, journal, tell, open_gate()));
    let mut outcomes = vec![told.recv().await.unwrap()];
    running.shut_down().await;
    sending.await.unwrap().unwrap_err();
    while let Some(outcome) = told.recv().await {
        outcomes.push(outcome);
    }
    assert_eq!(outcomes.len(), 500);
    let arrived = std::iter::from_fn(|| mailbox.try_recv().ok()).count();
    let accepted = outcomes.iter().filter(|outcome| is_accepted(&outcome.result)).count();
    assert_eq!(arrived, accepted, "a graceful end answers what it took");
}
