//! Relays that say no, later, or nothing at all.

use super::world::{Hook, Plan, Provider, RETRY, World, person, set};
use hustings_app::Kind;
use hustings_app::send::{self, Ended};
use hustings_app::settings::RelaySettings;
use hustings_mail::receiver::Reply;
use hustings_mail::smtp::client::{Relay, Tls};
use hustings_store::records::{DeliveryState, Signal};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dead_mailboxes_are_stopped_and_filters_are_not_believed() {
    let (world, number, frozen) = World::started(&Plan { people: 200, ..Plan::default() });
    let order = world.planned(number);
    let (dead, disliked) = (order[5], order[6]);
    let acts: Hook = Box::new(move |_, address| match person(address) {
        person if person == dead.0 => Reply::unknown(),
        person if person == disliked.0 => Reply::Say(550, "5.7.1 looks like spam".into()),
        _ => Reply::accept(),
    });
    let provider = Provider::with(Some(acts), None).await;
    let ran = world.run(&provider, number).await.unwrap();
    assert_eq!(ran.ended, Ended::Finished);
    assert_eq!((ran.counts.refused, ran.counts.accepted), (2, frozen.planned - 2));
    let keys =
        [dead, disliked].map(|person| world.read(|tx| Ok(tx.supporter(person)?.unwrap().mail_key.unwrap())));
    assert_eq!(world.read(|tx| Ok(tx.are_stopped(&keys)?)), [true, false]);
    let id = world.loan(number).id;
    let bounces = world.read(|tx| Ok(tx.signal_count(id, Signal::HardBounce, jiff::Timestamp::MIN)?));
    assert_eq!(bounces, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn later_is_tried_later_and_not_before() {
    let (world, number, frozen) = World::started(&Plan { people: 100, ..Plan::default() });
    let slow = world.planned(number)[3];
    let greylisting = Arc::new(AtomicBool::new(true));
    let listed = Arc::clone(&greylisting);
    let acts: Hook = Box::new(move |_, address| {
        let later = listed.load(Ordering::SeqCst) && person(address) == slow.0;
        if later { Reply::defer("greylisted") } else { Reply::accept() }
    });
    let provider = Provider::with(Some(acts), None).await;
    let ran = world.run(&provider, number).await.unwrap();
    let Ended::Deferred { people: 1, retry } = ran.ended else { panic!("{ran:?}") };
    assert_eq!(retry.as_second() - world.now().as_second(), i64::try_from(RETRY).unwrap());
    greylisting.store(false, Ordering::SeqCst);
    assert!(
        matches!(world.run(&provider, number).await.unwrap().ended, Ended::Deferred { .. }),
        "not before its time"
    );
    world.clock.advance_seconds(i64::try_from(RETRY).unwrap());
    let ran = world.run(&provider, number).await.unwrap();
    assert_eq!((ran.ended, ran.counts.accepted), (Ended::Finished, frozen.planned));
    assert!(provider.nobody_twice());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn later_for_ever_ends_as_refused() {
    let (world, number, _) = World::started(&Plan { people: 40, ..Plan::default() });
    let slow = world.planned(number)[0];
    let acts: Hook =
        Box::new(
            move |_, address| {
                if person(address) == slow.0 { Reply::defer("never") } else { Reply::accept() }
            },
        );
    let provider = Provider::with(Some(acts), None).await;
    let mut runs = 0;
    while world.run(&provider, number).await.unwrap().ended != Ended::Finished {
        world.clock.advance_seconds(i64::try_from(RETRY).unwrap());
        runs += 1;
        assert!(runs < 10);
    }
    assert_eq!((runs, world.state_of(number, slow)), (5, DeliveryState::Refused));
    let key = world.read(|tx| Ok(tx.supporter(slow)?.unwrap().mail_key.unwrap()));
    assert_eq!(world.read(|tx| Ok(tx.are_stopped(&[key])?)), [false], "slow is not dead");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_relay_skips_nobody() {
    let (world, number, frozen) = World::started(&Plan { people: 300, ..Plan::default() });
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut relay = Relay::local(closed);
    relay.timeouts.backoff = Duration::from_millis(1);
    relay.timeouts.connect_attempts = 2;
    let refused = send::run_send(Arc::clone(&world.app), relay, RETRY, number, |_| {}).await.unwrap_err();
    assert_eq!((refused.kind, refused.code), (Kind::Busy, "send.no-relay"));
    let counts = world.counts(number);
    assert_eq!((counts.pending, counts.claimed), (frozen.planned, 0), "{counts:?}");
    let provider = Provider::start().await;
    assert_eq!(world.run(&provider, number).await.unwrap().ended, Ended::Finished);
    assert_eq!(provider.got(), set(&world.planned(number)));
    assert!(provider.nobody_twice());
}

#[test]
fn settings_make_a_relay() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    let mut settings = RelaySettings { user: Some("list".to_owned()), ..RelaySettings::default() };
    assert_eq!(send::relay(&settings).unwrap_err().code, "settings.password");
    settings.password_file = Some(file.clone());
    assert_eq!(send::relay(&settings).unwrap_err().code, "settings.password");
    std::fs::write(&file, "secret\n").unwrap();
    settings.tls = hustings_app::settings::TlsSetting::Starttls;
    let relay = send::relay(&settings).unwrap();
    assert_eq!((relay.tls, relay.connections), (Tls::StartTls { required: true }, 8));
    assert_eq!(relay.auth.unwrap().password, "secret");
}
