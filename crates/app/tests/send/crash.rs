//! Promise 9: whatever a stopped process leaves behind, nobody is skipped and nobody settled is mailed again.

use super::world::{Hook, Plan, Provider, World, person, set};
use hustings_app::send::{self, Ended};
use hustings_domain::ids::Ordinal;
use hustings_mail::journal::{Durability, Journal};
use hustings_mail::receiver::Reply;
use hustings_store::records::DeliveryState::{self, Accepted, Deferred, InDoubt, Pending, Refused};
use std::collections::BTreeSet;
use std::sync::Arc;

fn number_in_journal(loan: u32, seq: u32) -> u64 {
    (u64::from(loan) << 32) | u64::from(seq)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_is_put_right_at_the_next_opening() {
    let (world, number, frozen) = World::started(&Plan { people: 120, ..Plan::default() });
    let (id, now, epoch) = (world.loan(number).id, world.now(), world.app.epoch());
    let order = world.planned(number);
    // Twelve in hand. Of them: 0-2 accepted, 3 refused as unknown, 4 deferred, 5 and 6 without an answer,
    // and 7 answered by what is no answer to a final dot.
    world.write(|tx| Ok(tx.claim(id, frozen.released, 12, epoch, now, now)?));
    let folder = world.folder.join("journal");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("{epoch}-{number}.journal"));
    let journal = Journal::open_with(&path, epoch, Durability::Process).unwrap();
    for seq in 0..8 {
        journal.done(number_in_journal(number.0, seq)).await.unwrap();
    }
    for (seq, code, text) in [
        (0, 250, "ok"),
        (1, 250, "ok"),
        (2, 250, "ok"),
        (3, 550, "5.1.1 unknown"),
        (4, 451, "later"),
        (7, 354, "go on"),
    ] {
        journal.answered(number_in_journal(number.0, seq), code, text).unwrap();
    }
    drop(journal);

    let world = world.reopened();
    let states: Vec<DeliveryState> =
        order.iter().take(12).map(|person| world.state_of(number, *person)).collect();
    assert_eq!(states[..8], [Accepted, Accepted, Accepted, Refused, Deferred, InDoubt, InDoubt, InDoubt]);
    assert!(states[8..].iter().all(|state| *state == Pending));
    assert!(!path.exists(), "a journal goes once it is committed");
    let entry = &world.entered("send.recovered")[0];
    assert_eq!(
        (&entry["answered"], &entry["in_doubt"], &entry["pending"]),
        (&5.into(), &3.into(), &4.into())
    );
    let key = world.read(|tx| Ok(tx.supporter(order[3])?.unwrap().mail_key.unwrap()));
    assert_eq!(
        world.read(|tx| Ok(tx.are_stopped(&[key])?)),
        [true],
        "an unknown mailbox is stopped also when found later"
    );
    assert_eq!(send::unfinished(&world.app).unwrap(), [number]);

    let provider = Provider::start().await;
    let ran = world.run(&provider, number).await.unwrap();
    assert!(matches!(ran.ended, Ended::Deferred { people: 1, .. }), "{ran:?}");
    world.clock.advance_seconds(600);
    assert_eq!(world.run(&provider, number).await.unwrap().ended, Ended::Finished);
    let never: BTreeSet<Ordinal> = [0, 1, 2, 3, 5, 6, 7].map(|seq| order[seq]).into();
    assert!(provider.got().is_disjoint(&never), "settled and doubtful ones are not mailed again");
    let rest: BTreeSet<Ordinal> = set(&order).difference(&never).copied().collect();
    assert_eq!(provider.got(), rest, "nobody is skipped");
    assert!(provider.nobody_twice());

    // Opened once more, nothing changes.
    let counts = world.counts(number);
    let world = world.reopened();
    assert_eq!(world.counts(number), counts);
    assert_eq!(world.entered("send.recovered").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_came_before_the_crash_is_not_undone() {
    let (world, number, frozen) = World::started(&Plan { people: 60, ..Plan::default() });
    let (id, now, epoch) = (world.loan(number).id, world.now(), world.app.epoch());
    // Committed as accepted; the crash came before the journal was shortened and it still says "no answer".
    world.write(|tx| {
        tx.claim(id, frozen.released, 1, epoch, now, now)?;
        let result = hustings_store::records::DeliveryResult { seq: 0, state: Accepted, code: Some(250) };
        Ok(tx.settle_deliveries(id, epoch, &[result], now)?)
    });
    let folder = world.folder.join("journal");
    std::fs::create_dir_all(&folder).unwrap();
    let journal = Journal::open(&folder.join(format!("{epoch}-{number}.journal")), epoch).unwrap();
    journal.done(number_in_journal(number.0, 0)).await.unwrap();
    drop(journal);
    let first = world.planned(number)[0];
    let world = world.reopened();
    assert_eq!(world.state_of(number, first), Accepted);
    assert!(world.entered("send.recovered").is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_broken_off_is_taken_up_in_the_same_process() {
    let (world, number, frozen) = World::started(&Plan { people: 400, ..Plan::default() });
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let acts: Hook = Box::new(move |so_far, _| {
        if so_far == 60 {
            tell.send(()).ok();
        }
        Reply::accept()
    });
    let provider = Provider::with(None, Some(acts)).await;
    tokio::select! {
        ran = send::run_send(Arc::clone(&world.app), provider.relay(2), 600, number, |_| {}) => panic!("it ended: {ran:?}"),
        _ = told.recv() => {}
    }
    let before = provider.delivered().len();
    assert!(before >= 60);
    // The threads of the broken-off run may hold the journal for a moment longer.
    let ran = loop {
        match world.run(&provider, number).await {
            Err(refusal) if refusal.code == "send.running" => {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
            ended => break ended.unwrap(),
        }
    };
    assert_eq!(ran.ended, Ended::Finished);
    assert!(provider.nobody_twice());
    assert!(ran.counts.in_doubt <= 2, "at most one a connection: {:?}", ran.counts);
    assert_eq!(ran.counts.accepted + ran.counts.in_doubt, frozen.planned);
    let in_doubt: BTreeSet<Ordinal> = world
        .planned(number)
        .into_iter()
        .filter(|person| world.state_of(number, *person) == InDoubt)
        .collect();
    let reached: BTreeSet<Ordinal> = provider.got().union(&in_doubt).copied().collect();
    assert_eq!(reached, set(&world.planned(number)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_lost_at_the_dot_leaves_one_in_doubt_and_no_double() {
    let (world, number, frozen) = World::started(&Plan { people: 100, ..Plan::default() });
    let victim = world.planned(number)[30];
    let acts: Hook = Box::new(move |_, address| {
        if person(address) == victim.0 { Reply::HangUp { delivered: true } } else { Reply::accept() }
    });
    let provider = Provider::with(None, Some(acts)).await;
    let ran = world.run(&provider, number).await.unwrap();
    assert_eq!(ran.ended, Ended::Finished);
    assert_eq!((ran.counts.in_doubt, ran.counts.accepted), (1, frozen.planned - 1));
    assert_eq!(world.state_of(number, victim), InDoubt);
    assert!(provider.nobody_twice());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_run_at_a_time() {
    let (world, number, _) = World::started(&Plan { people: 100, ..Plan::default() });
    let provider = Provider::start().await;
    let (one, two) = tokio::join!(world.run(&provider, number), world.run(&provider, number));
    let codes: Vec<&str> =
        [&one, &two].into_iter().filter_map(|ran| ran.as_ref().err().map(|refusal| refusal.code)).collect();
    assert!(codes == ["send.running"] || codes == ["loan.wrong-state"], "{codes:?}");
    assert!(provider.nobody_twice());
    assert_eq!(provider.got(), set(&world.planned(number)));
}
