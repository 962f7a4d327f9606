//! Bounces and complaints that come back by mail.

use super::world::{Plan, Provider, World};
use hustings_app::send::{self, Ended, handle_report};
use hustings_domain::ids::{LoanNumber, Ordinal};
use hustings_domain::loan::LoanState;
use hustings_mail::receiver::Delivered;
use hustings_store::records::Signal;

fn bounce(status: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example\r\nTo: <x@forward.example>\r\nSubject: failed\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822; x@y.example\r\nAction: failed\r\nStatus: {status}\r\n\r\n--b--\r\n"
    )
}

fn complaint(message_id: &str, kind: &str) -> String {
    format!(
        "From: fbl@mx.example\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nA complaint.\r\n\
         --b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: {kind}\r\nUser-Agent: x/1\r\nVersion: 1\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\nSubject: x\r\n\r\n--b--\r\n"
    )
}

async fn sent() -> (World, LoanNumber, Vec<Delivered>) {
    let (world, number, _) = World::started(&Plan { people: 200, pilot_least: 60, ..Plan::default() });
    let provider = Provider::start().await;
    assert!(matches!(world.run(&provider, number).await.unwrap().ended, Ended::Pilot { .. }));
    let delivered = provider.delivered();
    (world, number, delivered)
}

fn is_stopped(world: &World, delivered: &Delivered) -> bool {
    let ordinal = Ordinal(super::world::person(&delivered.to));
    let key = world.read(|tx| Ok(tx.supporter(ordinal)?.unwrap().mail_key.unwrap()));
    world.read(|tx| Ok(tx.are_stopped(&[key])?))[0]
}

fn message_id(delivered: &Delivered) -> String {
    let text = String::from_utf8(delivered.message.clone()).unwrap().replace("\r\n ", " ");
    text.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bounce_stops_a_dead_address_and_nothing_else() {
    let (world, number, delivered) = sent().await;
    let handled = handle_report(&world.app, &delivered[0].from, bounce("5.1.1").as_bytes()).unwrap().unwrap();
    assert_eq!((handled.loan, handled.signal, handled.stopped), (number, Some(Signal::HardBounce), true));
    assert!(is_stopped(&world, &delivered[0]));
    for passing in ["4.2.2", "5.2.2", "5.7.1"] {
        let handled =
            handle_report(&world.app, &delivered[1].from, bounce(passing).as_bytes()).unwrap().unwrap();
        assert_eq!((handled.signal, handled.stopped), (None, false), "{passing}");
    }
    assert!(!is_stopped(&world, &delivered[1]));
    let forged = format!("b-{}@forward.example", "a".repeat(29));
    assert_eq!(handle_report(&world.app, &forged, bounce("5.1.1").as_bytes()).unwrap(), None);
    assert_eq!(handle_report(&world.app, &delivered[1].from, b"Subject: hello\r\n\r\nhi").unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn complaints_stop_the_person_and_then_the_send() {
    let (world, number, delivered) = sent().await;
    let kindly = complaint(&message_id(&delivered[0]), "not-spam");
    assert_eq!(
        handle_report(&world.app, "fbl@forward.example", kindly.as_bytes()).unwrap().unwrap().signal,
        None
    );
    assert!(!is_stopped(&world, &delivered[0]));
    let mut paused = false;
    for (count, complainer) in delivered.iter().enumerate().take(6) {
        let report = complaint(&message_id(complainer), "abuse");
        let handled = handle_report(&world.app, "fbl@forward.example", report.as_bytes()).unwrap().unwrap();
        assert_eq!((handled.loan, handled.signal), (number, Some(Signal::Complaint)));
        assert!(is_stopped(&world, complainer));
        paused |= handled.paused;
        assert_eq!(world.loan(number).state == LoanState::Paused, paused, "after {count}");
    }
    assert!(paused);
    let forged = complaint("<abcdefghijklmnop.abcdefghijklmnopqrstuvwx@forward.example>", "abuse");
    assert_eq!(handle_report(&world.app, "fbl@forward.example", forged.as_bytes()).unwrap(), None);
    assert_eq!(send::evidence(&world.app, number).unwrap()[0].k, 6);
}
