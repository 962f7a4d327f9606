//! What a relay says, whatever it says: the input is its side of the wire, one connection per zero byte. Every
//! message gets exactly one outcome, with a code of its class, and the journal agrees with it.
#![no_main]

use hustings_mail::journal::{Durability, Journal, recover};
use hustings_mail::smtp::client::{Delivery, Outcome, Outgoing, Relay, send};
use libfuzzer_sys::fuzz_target;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;

/// Deliveries handed in with each input.
const SEQS: [u64; 2] = [1, 2];

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().enable_all().build().expect("a runtime"));
static JOURNAL: LazyLock<(PathBuf, Arc<Journal>)> = LazyLock::new(|| {
    let memory = PathBuf::from("/dev/shm");
    let at = if memory.is_dir() { memory } else { std::env::temp_dir() };
    let path = at.join(format!("hustings-fuzz-journal-{}", std::process::id()));
    let journal = Journal::open_with(&path, 1, Durability::Process).expect("a journal");
    (path, Arc::new(journal))
});

fuzz_target!(|script: &[u8]| {
    let (path, journal) = &*JOURNAL;
    let outcomes = RUNTIME.block_on(converse(script, Arc::clone(journal)));
    let mut seqs: Vec<u64> = outcomes.iter().map(|outcome| outcome.seq).collect();
    seqs.sort_unstable();
    assert_eq!(seqs, SEQS, "each message has one outcome: {outcomes:?}");

    let kept = recover(path).expect("the journal reads back");
    assert_eq!(kept.torn_bytes, 0);
    for Outcome { seq, result } in &outcomes {
        let answer = kept.answered.iter().find(|answer| answer.seq == *seq).map(|answer| answer.code);
        match result {
            Delivery::Accepted { code, .. } => assert_eq!((code / 100, answer), (2, Some(*code))),
            Delivery::Refused { code, .. } => assert!((500..600).contains(code), "{result:?}"),
            // Before the final dot an answer out of step defers too, and ends the connection.
            Delivery::Deferred { code, .. } => assert!(*code < 500, "{result:?}"),
            // No answer to the final dot, or one that is neither yes nor no.
            Delivery::InDoubt { .. } => {
                let unclear = answer.is_some_and(|code| code / 100 == 3);
                assert!(unclear || kept.in_doubt.contains(seq), "{result:?}: {kept:?}");
            }
            Delivery::NotSent { .. } => assert_eq!(answer, None, "{result:?}"),
        }
    }
    journal.truncate(&SEQS).expect("the journal is emptied");
});

async fn converse(script: &[u8], journal: Arc<Journal>) -> Vec<Outcome> {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let mut relay = Relay::local(listener.local_addr().expect("an address").port());
    relay.timeouts.connect_attempts = 2;
    relay.timeouts.backoff = Duration::ZERO;
    let script: Vec<Vec<u8>> = script.split(|byte| *byte == 0).take(8).map(<[u8]>::to_vec).collect();
    let speaking = tokio::spawn(async move {
        let mut script = script.into_iter();
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(speak(stream, script.next().unwrap_or_default()));
        }
    });
    let (to_send, jobs) = mpsc::channel(SEQS.len());
    for seq in SEQS {
        let message = b"Subject: a\r\n\r\n.b\r\n".to_vec();
        let (mail_from, rcpt_to) = ("b-1@list.example".to_owned(), "a@there.example".to_owned());
        to_send.send(Outgoing { seq, mail_from, rcpt_to, message }).await.expect("there is room");
    }
    drop(to_send);
    let (tell, mut told) = mpsc::channel(SEQS.len() * 2);
    // How sending ended is told by the outcomes too, which hold also when it ended early.
    drop(send(relay, jobs, journal, tell, Arc::new(|_| true)).await);
    speaking.abort();
    let mut outcomes = Vec::new();
    while let Some(outcome) = told.recv().await {
        outcomes.push(outcome);
    }
    outcomes
}

/// Says everything at once, then listens until the client leaves. A broken connection is part of the game.
async fn speak(mut stream: TcpStream, words: Vec<u8>) -> std::io::Result<()> {
    stream.write_all(&words).await?;
    stream.shutdown().await?;
    let mut heard = [0; 4096];
    while stream.read(&mut heard).await? > 0 {}
    Ok(())
}
