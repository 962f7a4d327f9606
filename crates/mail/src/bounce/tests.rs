//! Reports as they come, forged ones, and any bytes at all.

use super::*;
use crate::verp::Returned;
use proptest::prelude::*;

fn tokens() -> Tokens {
    Tokens {
        return_path_key: [1; 32],
        return_path_domain: "bounce.example".into(),
        message_id_key: [2; 32],
        message_id_domain: "list.example".into(),
    }
}

const DELIVERY: Returned = Returned { appeal: 7, seq: 42 };

fn address() -> String {
    verp::return_path(&[1; 32], DELIVERY, "bounce.example")
}

fn id() -> String {
    message_id::message_id(&[2; 32], b"appeal", &[3; 16], "list.example")
}

fn bounce(action: &str, status: &str, id: &str) -> Vec<u8> {
    format!(
        "From: MAILER-DAEMON@mx.example\r\nTo: <x@bounce.example>\r\nSubject: failed\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822; ann@there.example\r\nAction: {action}\r\nStatus: {status}\r\n\
         Diagnostic-Code: smtp; 550\r\n  5.1.1 unknown\r\n\r\n\
         --b\r\nContent-Type: message/rfc822\r\n\r\nFrom: <a@list.example>\r\nMessage-ID: <{id}>\r\n\
         Subject: x\r\n\r\nHello\r\n--b--\r\n"
    )
    .into_bytes()
}

fn complaint(original_from: &str, id: &str) -> Vec<u8> {
    format!(
        "From: fbl@mx.example\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nA complaint.\r\n\
         --b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: Abuse\r\nUser-Agent: x/1\r\n\
         Version: 1\r\nOriginal-Mail-From: <{original_from}>\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{id}>\r\nSubject: x\r\n\r\n--b--\r\n"
    )
    .into_bytes()
}

#[test]
fn a_bounce_is_read_and_weighed() {
    let about = About { delivery: Some(DELIVERY), message_id: Some(id()) };
    for (status, kind) in [
        ("5.1.1", Kind::Hard),
        ("5.2.2", Kind::Soft),
        ("5.7.1 (blocked)", Kind::Policy),
        ("4.2.2", Kind::Soft),
    ] {
        let notice = read(&tokens(), &address(), &bounce("failed", status, &id())).unwrap();
        let code = status.parse().unwrap();
        assert_eq!(notice, Notice::Bounce { about: about.clone(), status: code, kind }, "{status}");
    }
    let delay = read(&tokens(), &address(), &bounce("delayed", "4.4.7", &id()));
    assert_eq!(delay, Err(NotANotice::NoFailure));
    let relayed = read(&tokens(), &address(), &bounce("relayed", "2.0.0", &id()));
    assert_eq!(relayed, Err(NotANotice::NoFailure));
}

#[test]
fn a_complaint_is_read_by_either_token() {
    let by_id = read(&tokens(), "fbl@list.example", &complaint("x@y.example", &id())).unwrap();
    let about = About { delivery: None, message_id: Some(id()) };
    assert_eq!(by_id, Notice::Complaint { about, feedback_type: "abuse".into() });
    let by_path = read(&tokens(), "fbl@list.example", &complaint(&address(), "other@there.example")).unwrap();
    let about = About { delivery: Some(DELIVERY), message_id: None };
    assert_eq!(by_path, Notice::Complaint { about, feedback_type: "abuse".into() });
}

#[test]
fn a_forged_notice_is_nobodys() {
    let forged = bounce("failed", "5.1.1", "guess.guess@list.example");
    assert_eq!(read(&tokens(), "b-aaaaaaaa@bounce.example", &forged), Err(NotANotice::NotOurs));
    let forged = complaint("b-aaaa@bounce.example", "guess.guess@list.example");
    assert_eq!(read(&tokens(), "fbl@list.example", &forged), Err(NotANotice::NotOurs));
}

#[test]
fn ordinary_mail_is_no_notice() {
    let ordinary = b"From: a@b.example\r\nSubject: out of office\r\n\r\nI am away.\r\n";
    assert_eq!(read(&tokens(), &address(), ordinary), Err(NotANotice::Other));
    assert_eq!(read(&tokens(), &address(), &vec![b'x'; SIZE_LIMIT + 1]), Err(NotANotice::Unreadable));
}

#[test]
fn a_relays_own_words_are_weighed_too() {
    assert_eq!(of_reply(550, "5.1.1 no such mailbox"), Kind::Hard);
    assert_eq!(of_reply(550, "5.7.1 blocked"), Kind::Policy);
    assert_eq!(of_reply(550, "no such mailbox"), Kind::Hard);
    assert_eq!(of_reply(452, "mailbox full"), Kind::Soft);
    for wrong in ["", "5.1", "5.1.1.1", "3.1.1", "5.x.1", "5.1000.1", "5..1"] {
        assert!(wrong.parse::<Status>().is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(read(&tokens(), "x", &bytes).is_err());
    }

    #[test]
    fn a_damaged_bounce_is_survived(at in 0_usize..800, byte in any::<u8>(), cut in 0_usize..900) {
        let mut message = bounce("failed", "5.1.1", &id());
        if let Some(slot) = message.get_mut(at) {
            *slot = byte;
        }
        message.truncate(cut);
        if let Ok(Notice::Bounce { about, .. }) = read(&tokens(), "x", &message) {
            prop_assert_eq!(about.message_id, Some(id()), "only a token of ours is believed");
        }
    }
}
