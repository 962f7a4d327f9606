//! From a letter to a seed mailbox, over the wire: ours is known as ours, and everything else is an alarm.

use crate::harness::{bench, is_accepted, settings};
use hustings_mail::compose::{Composer, Feedback, Letter, Merge};
use hustings_mail::dkim::{DkimSigner, SigningKeyPem};
use hustings_mail::message_id::message_id;
use hustings_mail::receiver::Delivered;
use hustings_mail::seed_mailbox::{Alarm, Finding, SeedMailbox};
use hustings_mail::smtp::client::Outgoing;
use hustings_mail::verp::{Returned, return_path};

const KEY: [u8; 32] = [5; 32];
const DECOY: &str = "p.lindqvist@there.example";

fn letter() -> Letter {
    Letter {
        subject: "A case worth hearing".into(),
        body_markdown: "Dear {{ given_name | default(\"friend\") }},\n\n.. a line that begins with dots.\n"
            .into(),
        from_name: "List Owner".into(),
        from_address: "hello@list.example".into(),
        reply_to: None,
        owner_name: "List Owner".into(),
        passed_on_for: Some("Ana Ruiz".into()),
        paid_for_by: None,
        postal_address: "1 Main Street".into(),
        answer_button: Some("Answer".into()),
        my_page: None,
        list_id: "appeals.list.example".into(),
        feedback: Feedback {
            campaign: "l7".into(),
            on_behalf_of: "ana".into(),
            kind: "appeal".into(),
            sender: "owner".into(),
        },
        unsubscribe_mailto: None,
    }
}

fn rendered(to: &str, id: &str) -> Vec<u8> {
    let date = "2026-11-22T12:00:00Z".parse().unwrap();
    let merge = Merge {
        given_name: Some("Pär".into()),
        answer_link: Some("https://list.example/a/x".into()),
        ..Merge::new(to, "https://list.example/u/x", id, date)
    };
    Composer::new(letter()).unwrap().render(&merge).unwrap().message
}

#[tokio::test]
async fn ours_is_ours_and_all_else_is_an_alarm() {
    let mut bench = bench(settings()).await;
    let signer = DkimSigner::new("list.example", "h1", &SigningKeyPem::generate().unwrap()).unwrap();
    let thief = DkimSigner::new("list.example", "h1", &SigningKeyPem::generate().unwrap()).unwrap();
    let at = "2026-11-22T12:00:00Z".parse().unwrap();
    let seeds = SeedMailbox::new(vec![signer.public().unwrap()], KEY, "list.example");
    let ours = |to: &str| rendered(to, &message_id(&KEY, b"l7", &[1; 16], "list.example"));
    let messages = [
        signer.sign(&ours(DECOY), at).unwrap(),
        b"From: hello@list.example\r\nTo: <p.lindqvist@there.example>\r\nSubject: Buy\r\n\r\nNow\r\n"
            .to_vec(),
        thief.sign(&ours(DECOY), at).unwrap(),
        signer.sign(&rendered(DECOY, "made.up@list.example"), at).unwrap(),
        signer.sign(&ours("someone.else@there.example"), at).unwrap(),
    ];
    let jobs = messages.into_iter().zip(0..).map(|(message, seq)| Outgoing {
        seq: u64::from(seq),
        mail_from: return_path(&KEY, Returned { appeal: 7, seq }, "bounce.example"),
        rcpt_to: DECOY.into(),
        message,
    });
    let (result, outcomes) = bench.send(jobs.collect()).await;
    result.unwrap();
    assert!(outcomes.values().all(is_accepted), "{outcomes:?}");
    let findings: Vec<Finding> =
        bench.arrived().iter().map(|delivered| seeds.judge(delivered, DECOY)).collect();
    assert_eq!(
        findings,
        [
            Finding::Ours { message_id: message_id(&KEY, b"l7", &[1; 16], "list.example") },
            Finding::Alarm(Alarm::Unsigned),
            Finding::Alarm(Alarm::BrokenSignature),
            Finding::Alarm(Alarm::ForeignMessageId),
            Finding::Alarm(Alarm::NotAddressed),
        ]
    );
}

#[test]
fn a_changed_or_doubled_header_is_an_alarm() {
    let signer = DkimSigner::new("list.example", "h1", &SigningKeyPem::generate().unwrap()).unwrap();
    let seeds = SeedMailbox::new(vec![signer.public().unwrap()], KEY, "list.example");
    let id = message_id(&KEY, b"l7", &[1; 16], "list.example");
    let signed =
        signer.sign(&rendered("someone.else@there.example", &id), "2026-11-22T12:00:00Z".parse().unwrap());
    let text = String::from_utf8(signed.unwrap()).unwrap();
    let judge = |text: String| {
        let (to, from) = (DECOY.to_owned(), String::new());
        seeds.judge(&Delivered { to, from, message: text.into_bytes(), at_order: 0 }, DECOY)
    };
    assert_eq!(judge(text.clone()), Finding::Alarm(Alarm::NotAddressed));
    let changed = text.replace("To: <someone.else@there.example>", &format!("To: <{DECOY}>"));
    assert_eq!(judge(changed), Finding::Alarm(Alarm::BrokenSignature));
    let doubled = format!("To: <{DECOY}>\r\n{text}");
    assert_eq!(judge(doubled), Finding::Alarm(Alarm::NotAddressed));
}
