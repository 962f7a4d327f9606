//! Pauses by people and by the stop rule.

use super::world::{Hook, Plan, Provider, World, is_pilot, set};
use hustings_app::send::{self, Ended};
use hustings_domain::access::Actor;
use hustings_domain::loan::LoanState;
use hustings_mail::receiver::Reply;
use hustings_store::records::Signal;
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_in_the_middle_stops_it_and_a_resume_goes_on() {
    let (world, number, frozen) = World::started(&Plan { people: 400, ..Plan::default() });
    let world = Arc::new(world);
    let hooked = Arc::clone(&world);
    let acts: Hook = Box::new(move |so_far, _| {
        if so_far == 50 && hooked.loan(number).state == LoanState::Sending {
            send::pause(&hooked.app, &hooked.trustees[0], number, "a trustee saw a mistake").unwrap();
        }
        Reply::accept()
    });
    let provider = Provider::with(None, Some(acts)).await;
    let ran = send::run_send(Arc::clone(&world.app), provider.relay(1), 600, number, |_| {}).await.unwrap();
    assert_eq!(ran.ended, Ended::Paused { reason: "a trustee saw a mistake".to_owned() });
    let sent = provider.delivered().len();
    assert!((51..390).contains(&sent) && sent < frozen.planned as usize, "{sent} of {}", frozen.planned);
    assert_eq!(ran.counts.claimed, 0, "what was in hand is given back");
    assert_eq!(ran.counts.accepted as usize, sent);
    assert_eq!(ran.counts.pending, frozen.planned - ran.counts.accepted);

    // Paused, it does not go on by itself, nor by the machine's will.
    let refused =
        send::run_send(Arc::clone(&world.app), provider.relay(1), 600, number, |_| {}).await.unwrap_err();
    assert_eq!(refused.code, "loan.wrong-state");
    assert!(send::resume(&world.app, &Actor::machine(), number, "why not").is_err());
    assert!(send::resume(&world.app, &world.trustees[0], number, "why not").is_err());
    send::resume(&world.app, &world.steward, number, "the trustee misread it").unwrap();
    let ran = send::run_send(Arc::clone(&world.app), provider.relay(1), 600, number, |_| {}).await.unwrap();
    assert_eq!(ran.ended, Ended::Finished);
    assert!(provider.nobody_twice());
    assert_eq!(provider.got(), set(&world.planned(number)));
    assert_eq!((world.entered("send.paused").len(), world.entered("send.resumed").len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn complaints_pause_it_and_a_resume_weighs_afresh() {
    let (world, number, _) = World::started(&Plan { people: 400, pilot_least: 100, ..Plan::default() });
    let provider = Provider::start().await;
    assert!(is_pilot(&world.run(&provider, number).await.unwrap().ended));
    let loan = world.loan(number).id;
    let order = world.planned(number);
    let calm = send::evidence(&world.app, number).unwrap();
    assert_eq!(calm.iter().map(|view| (view.n, view.k)).collect::<Vec<_>>(), [(100, 0); 3]);
    assert!(calm.iter().all(|view| !view.says_stop() && view.log_e < 0.0));

    // One complaint in a hundred may be chance; the same one twice counts once.
    assert!(!send::note_signal(&world.app, loan, order[0], Signal::Complaint).unwrap());
    assert!(!send::note_signal(&world.app, loan, order[0], Signal::Complaint).unwrap());
    assert_eq!(send::evidence(&world.app, number).unwrap()[0].k, 1);
    let paused_at = (1..100)
        .find(|at| send::note_signal(&world.app, loan, order[*at], Signal::Complaint).unwrap())
        .unwrap();
    assert!((1..=4).contains(&paused_at), "{paused_at}");
    let halted = world.loan(number);
    assert_eq!(halted.state, LoanState::Paused);
    let reason = halted.reason.unwrap();
    assert!(reason.starts_with(&format!("complaints {} of 100, evidence 1 : ", paused_at + 1)), "{reason}");
    assert!(reason.ends_with("above the limit 1 : 200"), "{reason}");
    let entry = &world.entered("send.paused")[0];
    assert_eq!((&entry["by"], &entry["rule"]), (&"machine".into(), &"complaint".into()));
    assert!(entry.get("signals").is_none() && entry.get("of").is_none(), "no progress in public: {entry}");
    assert_eq!(world.read(|tx| Ok(tx.alarms(10)?))[0].kind, "send-paused");

    world.clock.advance_seconds(5 * 3_600);
    assert_eq!(send::release_rest(&world.app, &world.steward, number).unwrap_err().code, "loan.wrong-state");
    send::resume(&world.app, &world.steward, number, "a test mailing of our own").unwrap();
    let afresh = send::evidence(&world.app, number).unwrap();
    assert_eq!((afresh[0].n, afresh[0].k), (0, 0));
    assert_eq!(world.run(&provider, number).await.unwrap().ended, Ended::Finished);
    assert!(provider.nobody_twice());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rest_is_not_released_while_the_rule_says_stop() {
    let (world, number, _) = World::started(&Plan { people: 300, pilot_least: 50, ..Plan::default() });
    let provider = Provider::start().await;
    world.run(&provider, number).await.unwrap();
    // Signs that came in by a way that did not look at the evidence.
    let (loan, now) = (world.loan(number).id, world.now());
    let order = world.planned(number);
    world.write(|tx| {
        for person in &order[..10] {
            tx.add_signal(loan, *person, Signal::Unsubscribe, now)?;
        }
        Ok(())
    });
    world.clock.advance_seconds(5 * 3_600);
    assert_eq!(send::release_rest(&world.app, &world.steward, number).unwrap_err().code, "send.backlash");
    assert_eq!(world.run(&provider, number).await.unwrap_err().code, "send.backlash");
    assert_eq!(provider.delivered().len(), 50);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dead_mailboxes_in_the_send_itself_pause_it() {
    let (world, number, _) = World::started(&Plan { people: 400, ..Plan::default() });
    let unknown: Hook = Box::new(|_, _| Reply::unknown());
    let provider = Provider::with(Some(unknown), None).await;
    let ran = world.run(&provider, number).await.unwrap();
    assert!(matches!(&ran.ended, Ended::Paused { reason } if reason.starts_with("hard bounces ")), "{ran:?}");
    assert!(provider.delivered().is_empty());
    assert_eq!(ran.counts.claimed, 0);
}

#[test]
fn everything_can_be_halted_at_once() {
    let (world, number, _) = World::started(&Plan::default());
    assert_eq!(send::unfinished(&world.app).unwrap(), [number]);
    assert_eq!(send::halt_all(&world.app, "restored from a backup").unwrap(), [number]);
    assert_eq!(world.loan(number).reason.as_deref(), Some("restored from a backup"));
    assert!(send::pause(&world.app, &world.steward, number, "again").is_err());
    assert_eq!(send::pause(&world.app, &world.steward, number, "  ").unwrap_err().code, "pause.reason");
}
