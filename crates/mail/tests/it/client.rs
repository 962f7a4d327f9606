//! The sending client: what is known after each way of ending.

use crate::harness::{Bench, bench, is_accepted, job, open_gate, settings};
use hustings_mail::journal::recover;
use hustings_mail::receiver::Identity;
use hustings_mail::smtp::client::{Auth, Delivery, SendError, Tls};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

fn names(bench: &mut Bench) -> Vec<String> {
    bench.arrived().into_iter().map(|d| d.to.split('@').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn messages_arrive_as_they_were() {
    let mut bench = bench(settings()).await;
    let jobs: Vec<_> = (0..50).map(|seq| job(seq, &format!("p{seq}"))).collect();
    let (result, outcomes) = bench.send(jobs.clone()).await;
    let sent = result.unwrap();
    assert!(outcomes.values().all(is_accepted), "{outcomes:?}");
    assert_eq!((sent.connections, sent.ridden), (1, 49), "each but the first rode behind a dot");
    for (arrived, sent) in bench.arrived().iter().zip(&jobs) {
        assert_eq!((&arrived.to, &arrived.from), (&sent.rcpt_to, &sent.mail_from));
        assert_eq!(arrived.message, sent.message);
    }
    let recovered = recover(&bench.folder.path().join("journal")).unwrap();
    assert_eq!((recovered.answered.len(), recovered.in_doubt.len()), (50, 0));
}

#[tokio::test]
async fn several_connections_share_the_work() {
    let mut bench = bench(settings()).await;
    bench.relay.connections = 4;
    let (result, outcomes) = bench.send((0..200).map(|seq| job(seq, &format!("p{seq}"))).collect()).await;
    assert_eq!(result.unwrap().connections, 4);
    assert!(outcomes.values().all(is_accepted));
    let mut names = names(&mut bench);
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 200, "each once");
}

/// Every way of being turned down, between messages that must not suffer from it.
async fn turned_down(pipelining: bool) {
    let mut bench = bench(hustings_mail::receiver::Settings { pipelining, ..settings() }).await;
    let to = ["ann", "unknown", "bob", "later", "spam", "cyd", "full", "unknown2", "unknown3", "dee"];
    let jobs = to.iter().zip(0..).map(|(to, seq)| job(seq, to)).collect();
    let (result, outcomes) = bench.send(jobs).await;
    assert_eq!(result.unwrap().connections, 1, "nobody's refusal costs the connection");
    let kinds: Vec<String> = outcomes
        .values()
        .map(|delivery| match delivery {
            Delivery::Accepted { code, .. } => format!("accepted {code}"),
            Delivery::Refused { code, text } => format!("refused {code} {text}"),
            Delivery::Deferred { code, text } => format!("deferred {code} {text}"),
            Delivery::InDoubt { why } | Delivery::NotSent { why } => why.clone(),
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "accepted 250",
            "refused 550 5.1.1 no such mailbox",
            "accepted 250",
            "deferred 451 4.7.1 greylisted",
            "refused 554 5.7.1 looks like spam",
            "accepted 250",
            "deferred 452 4.2.2 mailbox full",
            "refused 550 5.1.1 no such mailbox",
            "refused 550 5.1.1 no such mailbox",
            "accepted 250",
        ]
    );
    assert_eq!(names(&mut bench), ["ann", "bob", "cyd", "dee"]);
}

#[tokio::test]
async fn turned_down_with_pipelining() {
    turned_down(true).await;
}

#[tokio::test]
async fn turned_down_one_at_a_time() {
    turned_down(false).await;
}

#[tokio::test]
async fn a_connection_lost_after_the_dot_is_in_doubt_and_never_tried_again() {
    let mut bench = bench(settings()).await;
    let to = ["ann", "cut-late", "bob", "cut-taken", "cyd"];
    let (result, outcomes) = bench.send(to.iter().zip(0..).map(|(to, seq)| job(seq, to)).collect()).await;
    assert_eq!(result.unwrap().connections, 3);
    for (seq, delivery) in &outcomes {
        let doubtful = matches!(delivery, Delivery::InDoubt { .. });
        assert_eq!(doubtful, [1, 3].contains(seq), "{seq} {delivery:?}");
        assert!(doubtful || is_accepted(delivery), "{seq} {delivery:?}");
    }
    // The receiver took one of the two without saying so: sending it again would have been a second copy.
    assert_eq!(names(&mut bench), ["ann", "bob", "cut-taken", "cyd"]);
    assert_eq!(recover(&bench.folder.path().join("journal")).unwrap().in_doubt, [1, 3]);
}

#[tokio::test]
async fn a_connection_lost_before_the_dot_is_tried_again_and_then_given_back() {
    let mut bench = bench(settings()).await;
    let to = ["ann", "cut-early", "bob", "closing", "last", "cyd"];
    let (result, outcomes) = bench.send(to.iter().zip(0..).map(|(to, seq)| job(seq, to)).collect()).await;
    assert!(result.unwrap().connections > 4);
    for (seq, delivery) in &outcomes {
        let given_back = matches!(delivery, Delivery::NotSent { .. });
        assert_eq!(given_back, [1, 3].contains(seq), "{seq} {delivery:?}");
        assert!(given_back || is_accepted(delivery), "{seq} {delivery:?}");
    }
    assert_eq!(names(&mut bench), ["ann", "bob", "last", "cyd"]);
    let recovered = recover(&bench.folder.path().join("journal")).unwrap();
    assert!(recovered.in_doubt.is_empty(), "no dot was written for what was given back: {recovered:?}");
}

#[tokio::test]
async fn the_gate_is_asked_just_before_each_message() {
    let mut bench = bench(settings()).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&asked);
    let gate = Arc::new(move |seq: u64| {
        counting.fetch_add(1, Ordering::SeqCst);
        seq < 10
    });
    let (result, outcomes) = bench.send_gated((0..30).map(|seq| job(seq, "ann")).collect(), gate).await;
    result.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 30);
    for (seq, delivery) in outcomes {
        if seq < 10 {
            assert!(is_accepted(&delivery));
        } else {
            assert_eq!(delivery, Delivery::NotSent { why: "stopped".into() });
        }
    }
    assert_eq!(bench.arrived().len(), 10);
}

#[tokio::test]
async fn nobody_there_is_a_clear_error_and_nothing_is_lost() {
    let bench = bench(settings()).await;
    let mut relay = bench.relay.clone();
    relay.connections = 3;
    relay.port = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    let bench = Bench { relay, ..bench };
    let (result, outcomes) = bench.send((0..5).map(|seq| job(seq, "ann")).collect()).await;
    let error = result.unwrap_err();
    assert!(matches!(error, SendError::NoConnection { .. }), "{error}");
    assert!(error.to_string().starts_with("no connection to the relay at `127.0.0.1:"), "{error}");
    assert!(outcomes.values().all(|delivery| matches!(delivery, Delivery::NotSent { .. })));
}

#[tokio::test]
async fn a_relay_with_room_for_fewer_connections_still_gets_everything() {
    let mut bench = bench(hustings_mail::receiver::Settings { connections: 1, ..settings() }).await;
    bench.relay.connections = 3;
    bench.relay.timeouts.command = Duration::from_millis(300);
    let (_, outcomes) = bench.send((0..300).map(|seq| job(seq, "ann")).collect()).await;
    assert!(outcomes.values().all(is_accepted), "{outcomes:?}");
}

fn identity() -> (Identity, Vec<u8>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate_pem = made.cert.pem().into_bytes();
    let identity = Identity {
        certificate_pem: certificate_pem.clone(),
        key_pem: made.signing_key.serialize_pem().into_bytes(),
    };
    (identity, certificate_pem)
}

fn login() -> Auth {
    Auth { user: "hustings".into(), password: "a long password".into() }
}

#[tokio::test]
async fn starttls_and_credentials() {
    let (identity, root) = identity();
    let receiving =
        hustings_mail::receiver::Settings { tls: Some(identity), login: Some(login()), ..settings() };
    let mut bench = bench(receiving).await;
    bench.relay.host = "localhost".into();
    bench.relay.tls = Tls::StartTls { required: true };
    bench.relay.root_pem = Some(root);
    bench.relay.auth = Some(login());
    let (result, outcomes) = bench.send(vec![job(0, "ann"), job(1, "bob")]).await;
    result.unwrap();
    assert!(outcomes.values().all(is_accepted), "{outcomes:?}");
    assert_eq!(names(&mut bench), ["ann", "bob"]);

    bench.relay.auth = Some(Auth { password: "wrong".into(), ..login() });
    let (result, outcomes) = bench.send(vec![job(2, "ann")]).await;
    let error = result.unwrap_err();
    assert!(
        matches!(&error, SendError::Unusable { why, .. } if why.contains("refused the credentials: 535")),
        "{error}"
    );
    assert!(!format!("{error} {:?}", bench.relay).contains("wrong"), "a password is never shown");
    assert!(matches!(&outcomes[&2], Delivery::NotSent { .. }));

    bench.relay.auth = None;
    let (_, outcomes) = bench.send(vec![job(3, "ann")]).await;
    assert!(matches!(&outcomes[&3], Delivery::Refused { code: 530, .. }), "{outcomes:?}");

    bench.relay.root_pem = None;
    let (result, _) = bench.send(vec![job(4, "ann")]).await;
    let error = result.unwrap_err();
    assert!(matches!(&error, SendError::Unusable { why, .. } if why.contains("certificate")), "{error}");
}

#[tokio::test]
async fn demanded_tls_is_not_done_without() {
    let mut bench = bench(settings()).await;
    bench.relay.tls = Tls::StartTls { required: true };
    let (result, _) = bench.send(vec![job(0, "ann")]).await;
    assert!(matches!(result, Err(SendError::Unusable { why, .. }) if why.contains("STARTTLS")));
    bench.relay.tls = Tls::StartTls { required: false };
    let (result, _) = bench.send(vec![job(1, "ann")]).await;
    result.unwrap();
    assert_eq!(bench.arrived().len(), 1);
}

#[tokio::test]
async fn an_unfit_message_is_given_back_and_harms_no_other() {
    let mut bench = bench(settings()).await;
    let mut smuggling = job(1, "ann");
    smuggling.message = b"Subject: x\r\n\r\nhello\n.\r\nMAIL FROM:<>\r\n".to_vec();
    let mut injecting = job(2, "ann");
    injecting.rcpt_to = "ann@there.example>\r\nRCPT TO:<bob@there.example".into();
    let (_, outcomes) = bench.send(vec![job(0, "ann"), smuggling, injecting, job(3, "bob")]).await;
    assert!(is_accepted(&outcomes[&0]) && is_accepted(&outcomes[&3]));
    assert_eq!(outcomes[&1], Delivery::NotSent { why: "the message has a bare line break".into() });
    assert_eq!(outcomes[&2], Delivery::NotSent { why: "an address of the envelope is not one".into() });
    assert_eq!(names(&mut bench), ["ann", "bob"]);
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_opened_again() {
    let mut bench = bench(settings()).await;
    bench.relay.timeouts.idle = Duration::from_millis(30);
    let (give, take) = tokio::sync::mpsc::channel(1);
    let (tell, mut told) = tokio::sync::mpsc::channel(1);
    let sending = tokio::spawn(hustings_mail::smtp::client::send(
        bench.relay.clone(),
        take,
        Arc::clone(&bench.journal),
        tell,
        open_gate(),
    ));
    for seq in 0..2 {
        give.send(job(seq, "ann")).await.unwrap();
        assert!(is_accepted(&told.recv().await.unwrap().result));
        tokio::time::sleep(Duration::from_millis(120)).await;
    }
    drop(give);
    assert_eq!(sending.await.unwrap().unwrap().connections, 2);
}

/// A way to `port` that is 10 ms long in each direction; gives the port of its near end.
async fn far_away(port: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let near = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            client.set_nodelay(true).unwrap();
            server.set_nodelay(true).unwrap();
            let ((client_in, client_out), (server_in, server_out)) =
                (client.into_split(), server.into_split());
            tokio::spawn(carry(client_in, server_out));
            tokio::spawn(carry(server_in, client_out));
        }
    });
    near
}

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
    let (give, mut take) = tokio::sync::mpsc::unbounded_channel::<(tokio::time::Instant, Vec<u8>)>();
    tokio::spawn(async move {
        while let Some((due, bytes)) = take.recv().await {
            tokio::time::sleep_until(due).await;
            if to.write_all(&bytes).await.is_err() {
                break;
            }
        }
    });
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        let due = tokio::time::Instant::now() + Duration::from_millis(10);
        if give.send((due, bytes.iter().take(count).copied().collect())).is_err() {
            break;
        }
    }
}

/// Prints messages of 10 KB a second, pipelined and not, near and 20 ms (there and back) away:
/// `cargo nextest run -p hustings-mail --run-ignored only --no-capture throughput`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn throughput() {
    let filler = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcd\r\n".repeat(160);
    for (connections, far, count) in [(1, false, 5_000), (20, false, 10_000), (20, true, 4_000)] {
        for pipelining in [false, true] {
            let settings = hustings_mail::receiver::Settings { pipelining, ..settings() };
            let mut bench = bench(settings).await;
            bench.relay.connections = connections;
            if far {
                bench.relay.port = far_away(bench.relay.port).await;
            }
            let jobs: Vec<_> = (0..count)
                .map(|seq| {
                    let mut job = job(seq, "ann");
                    job.message.extend_from_slice(filler.as_bytes());
                    job
                })
                .collect();
            let started = std::time::Instant::now();
            let (result, outcomes) = bench.send(jobs).await;
            let rate = f64::from(u32::try_from(count).unwrap()) / started.elapsed().as_secs_f64();
            assert!(outcomes.values().all(is_accepted));
            let ridden = result.unwrap().ridden;
            println!(
                "{connections} connections, far {far}, pipelining {pipelining}: {rate:.0} messages/s, {ridden} ridden"
            );
        }
    }
}
