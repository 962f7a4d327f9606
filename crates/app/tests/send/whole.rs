//! A whole send, from freezing to the last entry in the ledger.

use super::world::{Plan, Provider, World, is_pilot, set};
use hustings_app::send::{self, Ended};
use hustings_app::worth;
use hustings_domain::access::{Actor, Role};
use hustings_domain::ids::Ordinal;
use hustings_domain::loan::LoanState;
use hustings_mail::dkim::{PublicRecord, Verdict};
use hustings_mail::message_id::is_ours;
use std::collections::BTreeSet;
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everyone_exactly_once_and_nobody_held_back() {
    let plan = Plan { people: 600, pilot_least: 60, ..Plan::default() };
    let (world, number, frozen) = World::started(&plan);
    let provider = Provider::start().await;
    assert_eq!((frozen.selected, frozen.tired, frozen.stopped, frozen.hold_back_per_mille), (600, 0, 0, 100));
    assert_eq!(frozen.planned + frozen.held_back, 600);
    // 60 expected of 600 at 10 %, standard deviation 7.3.
    assert!((30..=95).contains(&frozen.held_back), "{}", frozen.held_back);
    assert_eq!((frozen.pilot, frozen.released), (60, 60));

    let ran = world.run(&provider, number).await.unwrap();
    assert!(is_pilot(&ran.ended), "{ran:?}");
    assert_eq!((ran.accepted, ran.counts.accepted, ran.counts.pending), (60, 60, frozen.planned - 60));
    assert_eq!(provider.got(), set(&world.planned(number)[..60]), "the pilot is the head of the order");

    // Before the pilot was watched nothing more goes, asked or not.
    world.clock.advance_seconds(4 * 3_600 - 1);
    assert!(is_pilot(&world.run(&provider, number).await.unwrap().ended));
    let early = send::release_rest(&world.app, &world.steward, number).unwrap_err();
    assert_eq!(early.code, "send.pilot-watched");
    assert_eq!(provider.delivered().len(), 60);

    world.clock.advance_seconds(1);
    let ran = world.run(&provider, number).await.unwrap();
    assert_eq!(ran.ended, Ended::Finished);
    assert_eq!(ran.counts.accepted, frozen.planned);
    assert!(provider.nobody_twice());
    assert_eq!(provider.got(), set(&world.planned(number)));
    assert!(provider.got().is_disjoint(&set(&world.held_back(number))));
    assert_eq!(world.loan(number).state, LoanState::Sent);
    assert!(send::unfinished(&world.app).unwrap().is_empty());

    let kinds: Vec<String> =
        world.ledger().into_iter().map(|(kind, _)| kind).filter(|k| k.starts_with("send.")).collect();
    assert_eq!(kinds, ["send.started", "send.pilot-done", "send.released", "send.finished"]);
    assert_eq!(world.entered("send.finished")[0]["accepted"], frozen.planned);
    let started = &world.entered("send.started")[0];
    assert_eq!(started["at_most"], world.loan(number).terms.cap);
    // The ledger is public: how many there are would be a count without a price, until all is over.
    for kind in ["send.started", "send.pilot-done", "send.released"] {
        let entry = &world.entered(kind)[0];
        for exact in ["selected", "stopped", "tired", "held_back", "planned", "pilot", "accepted", "refused"]
        {
            assert!(entry.get(exact).is_none(), "{kind} says {exact}");
        }
    }
    assert_eq!(started["hold_back_commitment"].as_str().unwrap().len(), 64);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_message_is_signed_numbered_and_can_be_stopped() {
    let (world, number, frozen) = World::started(&Plan { people: 40, ..Plan::default() });
    let provider = Provider::start().await;
    assert_eq!(world.run(&provider, number).await.unwrap().ended, Ended::Finished);
    let record = send::dkim::dkim_record(&world.app).unwrap();
    let public = PublicRecord::parse("forward.example", "hustings", &record.text).unwrap();
    assert_eq!(record.name, "hustings._domainkey.forward.example");
    let (mut ids, mut returns) = (BTreeSet::new(), BTreeSet::new());
    for delivered in provider.delivered() {
        assert_eq!(public.verify(&delivered.message), Verdict::Ours);
        let text = String::from_utf8(delivered.message.clone()).unwrap();
        let header = |name: &str| {
            let unfolded = text.replace("\r\n ", " ").replace("\r\n\t", " ");
            let line = unfolded.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
            line.split_once(": ").unwrap().1.to_owned()
        };
        let id = header("Message-ID");
        assert!(is_ours(&send::marks::message_id_key(&world.app), &id, "forward.example"));
        ids.insert(id);
        assert!(delivered.from.starts_with("b-") && delivered.from.ends_with("@forward.example"));
        returns.insert(delivered.from);
        assert!(header("List-Unsubscribe").contains("http://127.0.0.1:8470/u/"));
        assert_eq!(header("Feedback-ID").split(':').next(), Some("L-1"));
        assert!(text.contains("Dear friend"), "nobody is skipped for want of a name");
    }
    assert_eq!((ids.len(), returns.len()), (frozen.planned as usize, frozen.planned as usize));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_can_be_spawned_and_reports_progress() {
    let (world, number, frozen) = World::started(&Plan { people: 40, ..Plan::default() });
    let provider = Provider::start().await;
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let run = send::run_send(Arc::clone(&world.app), provider.relay(1), 0, number, move |progress| {
        tell.send(progress).unwrap();
    });
    tokio::spawn(run).await.unwrap().unwrap();
    let mut last = None;
    while let Some(progress) = told.recv().await {
        last = Some(progress);
    }
    let last = last.unwrap();
    assert_eq!((last.planned, last.counts.accepted), (frozen.planned, frozen.planned));
}

#[test]
fn the_order_is_the_loans_own_and_the_hold_back_the_borrowers() {
    let plan = Plan { people: 300, appeals_times: 9, ..Plan::default() };
    let world = World::new(&plan);
    let first = world.cleared(&plan);
    let second = world.request("Renters Rising", plan.cap);
    world.vote(second);
    for number in [first, second] {
        send::start_send(&world.app, &world.steward, number).unwrap();
    }
    assert_ne!(world.planned(first), world.planned(second));
    assert_ne!(set(&world.held_back(first)), set(&world.held_back(second)));
    let everyone: BTreeSet<Ordinal> = (0..300).map(Ordinal).collect();
    for number in [first, second] {
        let both: BTreeSet<Ordinal> =
            world.planned(number).into_iter().chain(world.held_back(number)).collect();
        assert_eq!(both, everyone);
    }
}

#[test]
fn a_preview_leads_nowhere_and_names_nobody() {
    let plan = Plan::default();
    let world = World::new(&plan);
    let number = world.cleared(&plan);
    let shown = send::preview(&world.app, &world.steward, number).unwrap();
    assert!(shown.text.contains("Dear Ada") && shown.text.contains("http://127.0.0.1:8470/a/preview"));
    let opened = send::links::open(&world.app, send::links::LinkPurpose::Answer, "preview");
    assert_eq!(opened.unwrap_err().code, "link.unknown");
    let stranger = Actor { roles: vec![], ..Actor::machine() };
    assert!(send::preview(&world.app, &stranger, number).is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_borrower_learns_no_number_of_a_send_that_is_under_way() {
    let plan = Plan { people: 600, pilot_least: 60, ..Plan::default() };
    let (world, number, _) = World::started(&plan);
    let provider = Provider::start().await;
    let own = world.loan(number).terms.borrower;
    let borrower =
        Actor { user: None, roles: vec![Role::Borrower], wing: None, borrower: Some(own), through: None };
    let learns_nothing = |when: &str| {
        assert_eq!(
            worth::changed(&world.app, &borrower, number).unwrap_err().code,
            "worth.not-over",
            "{when}"
        );
        assert_eq!(
            worth::notice(&world.app, &borrower, number).unwrap_err().code,
            "worth.not-over",
            "{when}"
        );
        assert!(worth::statement(&world.app, &borrower, None).unwrap().lines.is_empty(), "{when}");
    };
    learns_nothing("begun");
    assert!(is_pilot(&world.run(&provider, number).await.unwrap().ended));
    learns_nothing("after the pilot");
    send::pause(&world.app, &world.steward, number, "a look at it").unwrap();
    learns_nothing("halted");
    send::resume(&world.app, &world.steward, number, "it is fine").unwrap();
    world.clock.advance_seconds(4 * 3_600);
    assert_eq!(world.run(&provider, number).await.unwrap().ended, Ended::Finished);
    let told = worth::changed(&world.app, &borrower, number).unwrap();
    let statement = worth::statement(&world.app, &borrower, None).unwrap();
    assert_eq!((told.loan, statement.lines.len()), (number, 1), "when it is over");
}
