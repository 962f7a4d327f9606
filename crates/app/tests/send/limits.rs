//! Caps, fatigue, stops and consent: who is never mailed, at freezing and after it.

use super::world::{Hook, Plan, Provider, World, consent, person, set};
use hustings_app::send::{self, Ended};
use hustings_domain::consent::{ConsentState, SuppressionReason, SuppressionScope};
use hustings_domain::ids::Ordinal;
use hustings_domain::loan::Ask;
use hustings_mail::receiver::Reply;
use hustings_store::records::DeliveryState;
use std::sync::Arc;

fn stop(world: &World, ordinal: Ordinal, scope: &SuppressionScope) {
    let now = world.now();
    world.write(|tx| {
        let key = tx.supporter(ordinal)?.unwrap().mail_key.unwrap();
        tx.suppress(key, scope, SuppressionReason::Unsubscribed, now)?;
        Ok(())
    });
}

#[test]
fn the_cap_is_kept_and_the_held_back_are_in_proportion() {
    let (world, number, frozen) = World::started(&Plan { people: 500, cap: 100, ..Plan::default() });
    assert_eq!((frozen.planned, frozen.selected), (100, 500));
    // About 11 in 100 mailed at 10 %, standard deviation 3.5.
    assert!((1..=25).contains(&frozen.held_back), "{}", frozen.held_back);
    assert_eq!(world.planned(number).len(), 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tired_rest_and_those_held_back_do_not() {
    let plan = Plan { people: 200, appeals_times: 1, ..Plan::default() };
    let (world, first, frozen) = World::started(&plan);
    let second = world.request("Renters Rising", plan.cap);
    world.vote(second);
    let provider = Provider::start().await;
    assert_eq!(world.run(&provider, first).await.unwrap().ended, Ended::Finished);
    assert_eq!(
        send::audience::tired(&world.app, &world.app.charter().unwrap(), Ask::Hear, world.now())
            .unwrap()
            .count(),
        u64::from(frozen.planned)
    );

    let next = send::start_send(&world.app, &world.steward, second).unwrap();
    assert_eq!(next.tired, frozen.planned);
    assert_eq!(next.planned + next.held_back, frozen.held_back);
    assert_eq!(world.run(&provider, second).await.unwrap().ended, Ended::Finished);
    assert!(provider.nobody_twice());

    // A month later they have rested.
    world.clock.advance_seconds(31 * 86_400);
    let charter = world.app.charter().unwrap();
    assert!(send::audience::tired(&world.app, &charter, Ask::Hear, world.now()).unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_loans_frozen_at_once_do_not_both_reach_a_person() {
    let plan = Plan { people: 100, appeals_times: 1, ..Plan::default() };
    let world = World::new(&plan);
    let first = world.cleared(&plan);
    let second = world.request("Renters Rising", plan.cap);
    world.vote(second);
    for number in [first, second] {
        send::start_send(&world.app, &world.steward, number).unwrap();
    }
    let provider = Provider::start().await;
    let (one, two) = tokio::join!(world.run(&provider, first), world.run(&provider, second));
    assert_eq!((one.unwrap().ended, two.unwrap().ended), (Ended::Finished, Ended::Finished));
    assert!(provider.nobody_twice());
    let stopped = world.counts(first).stopped + world.counts(second).stopped;
    let both = set(&world.planned(first)).intersection(&set(&world.planned(second))).count();
    assert_eq!(stopped as usize, both);
}

#[test]
fn the_stopped_and_those_without_consent_are_not_frozen() {
    let plan = Plan { people: 60, ..Plan::default() };
    let world = World::new(&plan);
    let number = world.cleared(&plan);
    let borrower = world.loan(number).terms.borrower;
    stop(&world, Ordinal(0), &SuppressionScope::Everything);
    stop(&world, Ordinal(1), &SuppressionScope::Purpose("appeals".parse().unwrap()));
    stop(&world, Ordinal(2), &SuppressionScope::Borrower(borrower));
    // Of another purpose: nothing to this loan.
    stop(&world, Ordinal(3), &SuppressionScope::Purpose("news".parse().unwrap()));
    let now = world.now();
    world.write(|tx| {
        for (person, state) in
            [(4, ConsentState::Withdrawn), (5, ConsentState::Refused), (6, ConsentState::Expired)]
        {
            tx.add_consents(&[(Ordinal(person), consent(state, now))])?;
        }
        tx.record_change(Ordinal(4), Ordinal(6))?;
        Ok(())
    });
    let eligible =
        send::audience::eligible_now(&world.app, &world.app.charter().unwrap(), &world.loan(number).terms)
            .unwrap();
    assert_eq!(eligible.count(), 54);
    let frozen = send::start_send(&world.app, &world.steward, number).unwrap();
    assert_eq!((frozen.selected, frozen.stopped), (57, 3));
    let all: Vec<Ordinal> = world.planned(number).into_iter().chain(world.held_back(number)).collect();
    for left_out in [0, 1, 2, 4, 5, 6] {
        assert!(!all.contains(&Ordinal(left_out)), "{left_out}");
    }
    assert!(all.contains(&Ordinal(3)));
}

#[test]
fn too_few_are_not_sent_to() {
    let plan = Plan { people: 60, least_audience: 61, ..Plan::default() };
    let world = World::new(&plan);
    let number = world.cleared(&plan);
    assert_eq!(send::start_send(&world.app, &world.steward, number).unwrap_err().code, "send.too-few");
    assert!(world.entered("send.started").is_empty());
}

/// Stops, withdraws and erases people whose messages are claimed, rendered and waiting, while the first is at the door.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_stops_between_claim_and_send_is_not_mailed() {
    let (world, number, frozen) = World::started(&Plan { people: 150, ..Plan::default() });
    let order = world.planned(number);
    let [stopped, withdrawn, erased] =
        [order.len() - 1, order.len() - 2, order.len() - 3].map(|at| order[at]);
    let world = Arc::new(world);
    let hooked = Arc::clone(&world);
    let acts: Hook = Box::new(move |so_far, address| {
        if so_far == 0 && person(address) == order[0].0 {
            let now = hooked.now();
            assert_eq!(hooked.state_of(number, stopped), DeliveryState::Claimed);
            stop(&hooked, stopped, &SuppressionScope::Everything);
            hooked.write(|tx| {
                tx.add_consents(&[(withdrawn, consent(ConsentState::Withdrawn, now))])?;
                Ok(())
            });
            hustings_app::people::erase::forget_me(&hooked.app, erased).unwrap();
        }
        Reply::accept()
    });
    let provider = Provider::with(Some(acts), None).await;
    let ran = send::run_send(Arc::clone(&world.app), provider.relay(1), 600, number, |_| {}).await.unwrap();
    assert_eq!(ran.ended, Ended::Finished);
    for kept_back in [stopped, withdrawn, erased] {
        assert!(!provider.got().contains(&kept_back));
        assert_eq!(world.state_of(number, kept_back), DeliveryState::Stopped);
    }
    assert_eq!((ran.counts.stopped, ran.counts.accepted), (3, frozen.planned - 3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_goes_after_the_window() {
    let (world, number, frozen) = World::started(&Plan { people: 100, pilot_least: 20, ..Plan::default() });
    let provider = Provider::start().await;
    world.run(&provider, number).await.unwrap();
    world.clock.advance_seconds(100 * 86_400);
    let ran = world.run(&provider, number).await.unwrap();
    assert_eq!(ran.ended, Ended::WindowClosed);
    assert_eq!((ran.counts.accepted, ran.counts.stopped), (20, frozen.planned - 20));
    assert_eq!(provider.delivered().len(), 20);
    assert_eq!(world.entered("send.finished")[0]["stopped"], frozen.planned - 20);
}
