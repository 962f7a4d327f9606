//! An import while a send runs, in one process: nobody who is stopped by the file is mailed after it said so, nobody is
//! mailed twice or skipped, and the import's report adds up.

use super::world::{Hook, Plan, Provider, World, address, person, set};
use hustings_app::people::import::{ImportJob, import};
use hustings_app::send::Ended;
use hustings_domain::access::Actor;
use hustings_domain::ids::Ordinal;
use hustings_mail::receiver::Reply;
use hustings_store::records::DeliveryState;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, OnceLock};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_import_while_a_send_runs_forgets_no_stop_and_adds_up() {
    let plan = Plan { people: 900, ..Plan::default() };
    let (world, number, frozen) = World::started(&plan);
    // Every third of those at the end of the order says no in the file; a thousand others come new.
    let order = world.planned(number);
    let stopping: BTreeSet<Ordinal> = order.iter().rev().take(300).step_by(3).copied().collect();
    let mut rows = "email,first_name,unsubscribed\n".to_owned();
    for ordinal in &stopping {
        writeln!(rows, "{},Pat,yes", address(ordinal.0)).unwrap();
    }
    for n in 0..1_000 {
        writeln!(rows, "new{n}@inbox.example,New,").unwrap();
    }
    let file = world.home.path().join("stops.csv");
    std::fs::write(&file, rows).unwrap();

    // The import begins when the first message is out, and the mails after its end are looked at.
    let app = Arc::clone(&world.app);
    let ended: Arc<OnceLock<usize>> = Arc::default();
    let (begin, begun) = std::sync::mpsc::channel::<()>();
    let begin = Mutex::new(Some(begin));
    let hook: Hook = Box::new(move |_, _| {
        if let Some(begin) = begin.lock().unwrap().take() {
            begin.send(()).unwrap();
        }
        std::thread::park_timeout(std::time::Duration::from_millis(1));
        Reply::accept()
    });
    let provider = Arc::new(Provider::with(None, Some(hook)).await);
    let importing = std::thread::spawn({
        let (ended, provider) = (Arc::clone(&ended), Arc::clone(&provider));
        move || {
            begun.recv().unwrap();
            let report = import(&app, &Actor::operator(), &ImportJob::new(&file), &mut |_| {}).unwrap();
            ended.set(provider.delivered().len()).unwrap();
            report
        }
    });
    let ran = world.run(&provider, number).await.unwrap();
    let report = importing.join().unwrap();

    assert!(report.adds_up(), "{report:?}");
    assert_eq!(
        (report.lines, report.new, report.changed),
        (1_100, 1_000, stopping.len() as u64),
        "{report:?}"
    );
    assert!(matches!(ran.ended, Ended::Finished | Ended::Pilot { .. }), "{ran:?}");
    assert!(provider.nobody_twice());
    let mailed: BTreeSet<Ordinal> =
        provider.delivered().iter().map(|mail| Ordinal(person(&mail.to))).collect();
    let stopped: BTreeSet<Ordinal> =
        order.iter().copied().filter(|who| world.state_of(number, *who) == DeliveryState::Stopped).collect();
    assert!(stopped.is_subset(&stopping), "only who said no is left out");
    assert_eq!(&mailed | &stopped, set(&order), "everybody else is mailed");
    assert!(mailed.is_disjoint(&stopped));
    assert_eq!(mailed.len() + stopped.len(), frozen.planned as usize);
    // What was claimed when the file's batch was committed may still go; nobody who was claimed after.
    let after = ended.get().copied().unwrap();
    let mails = provider.delivered();
    let late = mails.iter().skip(after + 350).filter(|mail| stopping.contains(&Ordinal(person(&mail.to))));
    assert_eq!(late.count(), 0);
    assert!(!stopped.is_empty(), "the import came too late to stop anybody: let the send last longer");
}
