//! The receiver, spoken to by hand.

use crate::harness::{bench, settings};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Writes `words` at once and gives everything that comes back until the receiver closes.
async fn say(port: u16, words: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(words.as_bytes()).await.unwrap();
    let mut heard = String::new();
    stream.read_to_string(&mut heard).await.unwrap();
    heard
}

fn codes(heard: &str) -> Vec<&str> {
    heard.lines().filter(|line| line.as_bytes().get(3) == Some(&b' ')).map(|line| &line[..3]).collect()
}

const START: &str = "EHLO me\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@there.example>\r\nDATA\r\n";

#[tokio::test]
async fn a_pipelined_conversation() {
    let mut bench = bench(settings()).await;
    let words = format!(
        "{START}Subject: x\r\n\r\n..dot\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<d@There.Example>\r\nDATA\r\ny\r\n.\r\nQUIT\r\n"
    );
    let heard = say(bench.running.port(), &words).await;
    assert_eq!(codes(&heard), ["220", "250", "250", "250", "354", "250", "250", "250", "354", "250", "221"]);
    let arrived = bench.arrived();
    assert_eq!(arrived[0].message, b"Subject: x\r\n\r\n.dot\r\n");
    assert_eq!((arrived[1].from.as_str(), arrived[1].at_order), ("", 1));
}

#[tokio::test]
async fn mail_is_not_passed_on() {
    let mut bench = bench(settings()).await;
    let words = "EHLO me\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@elsewhere.example>\r\n\
                 RCPT TO:<c@elsewhere.example@there.example.evil>\r\nRCPT TO:<postmaster>\r\nDATA\r\nQUIT\r\n";
    let heard = say(bench.running.port(), words).await;
    let codes = codes(&heard);
    assert!(codes[3..].iter().all(|code| code.starts_with('5') || *code == "221"), "{heard}");
    assert!(bench.arrived().is_empty());
}

#[tokio::test]
async fn smuggled_mail_is_refused_whole() {
    let mut bench = bench(settings()).await;
    let end = "MAIL FROM:<evil@b.example>\r\nRCPT TO:<c@there.example>\r\nDATA\r\nevil\r\n.\r\nQUIT\r\n";
    for dot in ["\n.\n", "\n.\r\n", "\r.\r\n", "\r\n.\n", "\r\n.\r"] {
        let heard = say(bench.running.port(), &format!("{START}Subject: x\r\n\r\nhello{dot}{end}")).await;
        assert_eq!(codes(&heard)[4..], ["354", "550"], "{dot:?}: {heard}");
        assert!(bench.arrived().is_empty(), "{dot:?}");
    }
    assert_eq!(codes(&say(bench.running.port(), "EHLO me\nQUIT\r\n").await), ["220", "500"]);
}

#[tokio::test]
async fn limits_hold() {
    let receiving = hustings_mail::receiver::Settings { size_limit: 1000, ..settings() };
    let mut bench = bench(receiving).await;
    let port = bench.running.port();
    let large = format!("{START}{}.\r\nQUIT\r\n", format!("{}\r\n", "x".repeat(70)).repeat(20));
    assert_eq!(codes(&say(port, &large).await)[4..], ["354", "552", "221"]);
    let declared = "EHLO me\r\nMAIL FROM:<a@b.example> SIZE=1001\r\nQUIT\r\n";
    assert_eq!(codes(&say(port, declared).await)[2..], ["552", "221"]);
    let nonsense = "what is this\r\n".repeat(30);
    assert_eq!(codes(&say(port, &nonsense).await).last(), Some(&"421"));
    assert!(bench.arrived().is_empty());
}

#[tokio::test]
async fn shutting_down_lets_the_others_know() {
    let bench = bench(settings()).await;
    let mut stream = TcpStream::connect(bench.running.address()).await.unwrap();
    let mut greeting = [0; 4];
    stream.read_exact(&mut greeting).await.unwrap();
    let address = bench.running.address();
    tokio::time::timeout(std::time::Duration::from_secs(5), bench.running.shut_down()).await.unwrap();
    let mut rest = String::new();
    stream.read_to_string(&mut rest).await.unwrap();
    assert!(rest.contains("421 4.3.2 shutting down"), "{rest}");
    assert!(TcpStream::connect(address).await.is_err());
}
