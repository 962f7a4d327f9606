//! The journal under every tear, under groups, and under truncation with deliveries in flight.

use super::*;

fn answer(seq: u64, code: u16, text: &str) -> Answered {
    Answered { seq, code, text: text.into() }
}

async fn story(path: &Path) -> Vec<u8> {
    let journal = Journal::open(path, 7).unwrap();
    journal.done(1).await.unwrap();
    journal.answered(1, 250, "2.0.0 queued as A1").unwrap();
    journal.done(2).await.unwrap();
    journal.done(3).await.unwrap();
    journal.answered(3, 451, "4.7.1 später").unwrap();
    journal.done(3).await.unwrap();
    drop(journal);
    std::fs::read(path).unwrap()
}

#[tokio::test]
async fn what_was_written_reads_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    story(&path).await;
    let recovered = recover(&path).unwrap();
    assert_eq!(recovered.epoch, Some(7));
    assert_eq!(recovered.answered, [answer(1, 250, "2.0.0 queued as A1")]);
    assert_eq!(recovered.in_doubt, [2, 3], "3 was answered once, then sent again without an answer");
    assert_eq!(recovered.torn_bytes, 0);
}

#[tokio::test]
async fn a_reply_that_is_no_answer_to_a_final_dot_leaves_the_delivery_in_doubt() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let journal = Journal::open(&path, 7).unwrap();
    for (seq, code) in [(1, 354), (2, 250), (3, 150), (4, 399), (5, 451), (6, 550)] {
        journal.done(seq).await.unwrap();
        journal.answered(seq, code, "x").unwrap();
    }
    drop(journal);
    let recovered = recover(&path).unwrap();
    assert_eq!(recovered.answered, [answer(2, 250, "x"), answer(5, 451, "x"), answer(6, 550, "x")]);
    assert_eq!(recovered.in_doubt, [1, 3, 4]);
}

#[tokio::test]
async fn a_tear_at_every_byte_leaves_a_true_prefix() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = story(&folder.path().join("journal")).await;
    let mut seen = std::collections::BTreeSet::new();
    for cut in 0..=bytes.len() {
        let recovered = recover_bytes(&bytes[..cut]).unwrap();
        let answered: Vec<u64> = recovered.answered.iter().map(|a| a.seq).collect();
        // Each prefix of the story is one of these states; nothing else may ever be read.
        let legal: [(&[u64], &[u64]); 6] =
            [(&[], &[]), (&[], &[1]), (&[1], &[]), (&[1], &[2]), (&[1], &[2, 3]), (&[1, 3], &[2])];
        assert!(legal.contains(&(&answered, &recovered.in_doubt)), "cut {cut}: {recovered:?}");
        seen.insert((answered, recovered.in_doubt));
    }
    assert_eq!(seen.len(), 6, "every state of the story was met");
}

#[tokio::test]
async fn a_flipped_byte_is_never_believed() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = story(&folder.path().join("journal")).await;
    let whole = recover_bytes(&bytes).unwrap();
    for at in 0..bytes.len() {
        let mut broken = bytes.clone();
        broken[at] ^= 0x40;
        if let Ok(recovered) = recover_bytes(&broken) {
            assert_ne!(recovered, whole, "byte {at}");
            assert!(
                recovered
                    .answered
                    .iter()
                    .all(|a| (a.seq == 1 && a.code == 250) || (a.seq == 3 && a.code == 451))
            );
        }
    }
}

#[tokio::test]
async fn a_full_journal_must_be_recovered_before_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    story(&path).await;
    assert!(matches!(Journal::open(&path, 8), Err(JournalError::Unsettled { answered: 1, in_doubt: 2 })));
    clear(&path).unwrap();
    assert!(matches!(Journal::open(&path, 6), Err(JournalError::StaleEpoch { given: 6, found: 7 })));
    let journal = Journal::open(&path, 8).unwrap();
    assert!(matches!(Journal::open(&path, 9), Err(JournalError::InUse)));
    drop(journal);
    assert_eq!(recover(&path).unwrap().epoch, Some(8));
    std::fs::write(&path, b"something else altogether").unwrap();
    assert!(matches!(Journal::open(&path, 9), Err(JournalError::NotAJournal)));
}

#[tokio::test]
async fn truncating_keeps_what_is_not_committed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let journal = Journal::open_with(&path, 1, Durability::Process).unwrap();
    for seq in 0..30_000 {
        journal.done(seq).await.unwrap();
        journal.answered(seq, 250, "ok queued as 0123456789").unwrap();
    }
    journal.done(30_000).await.unwrap();
    assert!(journal.bytes() > REWRITE_ABOVE_BYTES);
    journal.truncate(&(0..29_999).collect::<Vec<_>>()).unwrap();
    assert!(journal.bytes() < 200, "rewritten with the two that are left: {}", journal.bytes());
    journal.done(30_001).await.unwrap();
    let recovered = recover(&path).unwrap();
    assert_eq!(recovered.answered, [answer(29_999, 250, "ok queued as 0123456789")]);
    assert_eq!(recovered.in_doubt, [30_000, 30_001]);
    journal.truncate(&[29_999, 30_000, 30_001]).unwrap();
    assert_eq!(journal.bytes(), HEADER_BYTES);
    assert!(recover(&path).unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_sync_serves_a_group() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let hold = Durability::PowerLoss { hold: Duration::from_millis(5) };
    let journal = Arc::new(Journal::open_with(&path, 1, hold).unwrap());
    let mut watching = journal.shared.synced.subscribe();
    let counter = tokio::spawn(async move {
        let mut syncs = 0;
        while watching.changed().await.is_ok() {
            syncs += 1;
            if watching.borrow().upto >= 200 {
                break;
            }
        }
        syncs
    });
    let tasks: Vec<_> = (0..200)
        .map(|seq| {
            let journal = Arc::clone(&journal);
            tokio::spawn(async move { journal.done(seq).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let syncs = counter.await.unwrap();
    assert!(syncs <= 20, "200 records took {syncs} syncs");
    assert_eq!(recover(&path).unwrap().in_doubt.len(), 200);
}

#[tokio::test]
async fn a_failed_write_stops_dots_and_leaves_a_whole_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let journal = Journal::open(&path, 1).unwrap();
    journal.done(1).await.unwrap();
    let good = {
        let mut state = lock(&journal.shared.state);
        std::mem::replace(&mut state.file, Arc::new(File::open(&path).unwrap()))
    };
    assert!(matches!(journal.done(2).await, Err(JournalError::Write { .. })));
    lock(&journal.shared.state).file = good;
    assert!(matches!(journal.done(3).await, Err(JournalError::Failed { .. })), "one failure ends it");
    journal.answered(1, 250, "ok").unwrap();
    let recovered = recover(&path).unwrap();
    assert_eq!((recovered.answered.len(), recovered.in_doubt.len(), recovered.torn_bytes), (1, 0, 0));
}
