//! Logging in at a running server: the link that is asked for on the page comes by mail over the list's relay.

use super::binary::{Desk, Running, wait};
use super::demo::{free_port, get};
use super::loans;
use hustings_mail::receiver::{self, Delivered, Mailbox, Policy};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[derive(Debug, Default)]
struct Inbox(Mutex<Vec<Delivered>>);

impl Policy for Inbox {}

impl Mailbox for Inbox {
    fn deliver(&self, delivered: Delivered) {
        self.0.lock().unwrap().push(delivered);
    }
}

fn after<'a>(text: &'a str, mark: &str, end: char) -> &'a str {
    text.split_once(mark).unwrap().1.split(end).next().unwrap()
}

/// Opens a page with a form and sends it, as a browser would.
fn send_form(address: &str, path: &str, fields: &str) -> String {
    let page = get(address, path).unwrap();
    let (cookie, token) = (after(&page, "set-cookie: ", ';'), after(&page, "name=\"csrf\" value=\"", '"'));
    let form = format!("csrf={token}{fields}");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncookie: {cookie}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
        form.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_link_asked_for_on_the_page_is_mailed_and_logs_in_once() {
    let desk = Desk::with_list(&loans::charter(&[]));
    desk.run(["user", "add", "Sam Reyes <sam@staff.example>", "--role", "steward"]).ok();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let inbox = Arc::new(Inbox::default());
    let settings = receiver::Settings::local(&["staff.example"]);
    let receiving = runtime
        .block_on(receiver::start(settings, Arc::clone(&inbox) as _, Arc::clone(&inbox) as _))
        .unwrap();
    let relay = format!("[relay]\nhost = \"127.0.0.1\"\nport = {}\n", receiving.port());
    std::fs::write(desk.folder().join("hustings.toml"), relay).unwrap();

    let address = format!("127.0.0.1:{}", free_port());
    let mut serving = Running(desk.command(["serve", "--listen", &address]).spawn().unwrap());
    let mut lines = BufReader::new(serving.0.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().starts_with("Serving on "));
    let unknown = send_form(&address, "/login", "&address=nobody%40staff.example");
    let known = send_form(&address, "/login", "&address=sam%40staff.example");
    for answer in [&unknown, &known] {
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("a link is on its way"), "{answer}");
    }
    for _ in 0..400 {
        if !inbox.0.lock().unwrap().is_empty() {
            break;
        }
        wait(Duration::from_millis(25));
    }
    let mails = inbox.0.lock().unwrap();
    assert_eq!(mails.len(), 1, "and nobody else is mailed");
    assert_eq!(mails[0].to, "sam@staff.example");
    let text = String::from_utf8_lossy(&mails[0].message).replace("=\r\n", "").replace("=3D", "=");
    let path = format!("/login/{}", after(&text, "/login/", '\r'));
    let begun = send_form(&address, &path, "");
    assert!(begun.starts_with("HTTP/1.1 303 ") && begun.contains("location: /console"), "{begun}");
    assert!(send_form(&address, &path, "").starts_with("HTTP/1.1 403 "), "once");
}
