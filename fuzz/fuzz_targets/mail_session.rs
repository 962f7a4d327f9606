//! The receiver against any client. What it says is SMTP; it takes mail for its own domain only, within its limits
//! and without bare line breaks; and how the bytes are cut into packets changes nothing that is delivered.
#![no_main]

use hustings_mail::receiver::{AcceptAll, Delivered, Running, Settings, start};
use libfuzzer_sys::fuzz_target;
use std::sync::{Arc, LazyLock, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const DOMAIN: &str = "seed.example";
const SIZE_LIMIT: usize = 1024;

struct Receiver {
    runtime: Runtime,
    running: Running,
    mailbox: Mutex<UnboundedReceiver<Delivered>>,
}

static RECEIVER: LazyLock<Receiver> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (deliver, mailbox) = unbounded_channel();
    let settings = Settings { size_limit: SIZE_LIMIT, ..Settings::local(&[DOMAIN]) };
    let starting = start(settings, Arc::new(AcceptAll), Arc::new(deliver));
    let running = runtime.block_on(starting).expect("a receiver");
    Receiver { runtime, running, mailbox: Mutex::new(mailbox) }
});

fuzz_target!(|bytes: &[u8]| {
    let (head, tail) = bytes.split_at(bytes.len() / 2);
    let (said, whole) = converse(&[bytes]);
    check_replies(&said);
    for (to, _, message) in &whole {
        let domain = to.rsplit_once('@').map(|(_, domain)| domain.to_ascii_lowercase());
        assert_eq!(domain.as_deref(), Some(DOMAIN), "mail for another domain");
        assert!(message.len() <= SIZE_LIMIT);
        let bare = message.iter().enumerate().any(|(at, byte)| match byte {
            b'\n' => at == 0 || message[at - 1] != b'\r',
            b'\r' => message.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        assert!(!bare, "a bare line break was taken: {message:?}");
    }
    // Beyond the limit a connection may be closed sooner or later, as its packets come.
    if bytes.len() <= SIZE_LIMIT {
        assert_eq!(converse(&[head, tail]).1, whole, "packets changed what is delivered");
    }
});

/// Says `parts` a packet each; what was answered, and what was delivered until the receiver closed.
fn converse(parts: &[&[u8]]) -> (Vec<u8>, Vec<(String, String, Vec<u8>)>) {
    let receiver = &*RECEIVER;
    let heard = receiver.runtime.block_on(async {
        let stream = TcpStream::connect(receiver.running.address()).await.expect("a connection");
        stream.set_nodelay(true).expect("set");
        let (mut from, mut to) = stream.into_split();
        let speaking = async {
            for part in parts {
                // The receiver may have closed already, as it should after nonsense.
                if to.write_all(part).await.is_err() {
                    return;
                }
                for _ in 0..4 {
                    tokio::task::yield_now().await;
                }
            }
            drop(to.shutdown().await);
        };
        let listening = async {
            let (mut heard, mut buffer) = (Vec::new(), [0; 4096]);
            while let Ok(count @ 1..) = from.read(&mut buffer).await {
                heard.extend_from_slice(&buffer[..count]);
            }
            heard
        };
        tokio::join!(speaking, listening).1
    });
    let mut mailbox = receiver.mailbox.lock().expect("one at a time");
    let delivered = std::iter::from_fn(|| mailbox.try_recv().ok());
    (heard, delivered.map(|mail| (mail.to, mail.from, mail.message)).collect())
}

/// Whole lines of a code, a blank or hyphen, and words (RFC 5321, 4.2).
fn check_replies(said: &[u8]) {
    let said = String::from_utf8_lossy(said);
    assert!(said.is_empty() || said.ends_with("\r\n"), "{said:?}");
    for line in said.split_terminator("\r\n") {
        let (code, rest) = line.split_at_checked(3).unwrap_or_default();
        let is_code = code.parse::<u16>().is_ok_and(|code| (200..560).contains(&code));
        assert!(is_code && rest.starts_with([' ', '-']) && !rest.contains(['\r', '\n']), "{line:?}");
    }
}
