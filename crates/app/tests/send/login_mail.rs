//! A log-in link by mail: signed, to its user alone, and no failure tells the address or the link.

use super::world::{DOMAIN, Plan, Provider, World};
use hustings_app::after::duty_mails;
use hustings_app::board;
use hustings_app::send::{dkim::dkim_record, mail_duty, mail_login_link, mail_reminder};
use hustings_domain::access::Actor;
use hustings_domain::duty::{Duty, DutyKind};
use hustings_domain::ids::CopyNumber;
use hustings_mail::dkim::{PublicRecord, Verdict};
use hustings_mail::receiver::Reply;
use hustings_mail::smtp::client::Relay;
use std::time::Duration;

const LINK: &str = "https://forward.example/login/k3J9-x_y";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_in_link_is_mailed_signed_to_its_user_alone() {
    let world = World::new(&Plan { people: 10, ..Plan::default() });
    let provider = Provider::start().await;
    let address = format!("ruth@{DOMAIN}");
    for _ in 0..2 {
        mail_login_link(&world.app, provider.relay(4), "Ruth Okafor", &address, LINK).await.unwrap();
    }
    let mails = provider.delivered();
    assert_eq!(mails.len(), 2);
    let record = dkim_record(&world.app).unwrap();
    let (selector, domain) = record.name.split_once("._domainkey.").unwrap();
    let public = PublicRecord::parse(domain, selector, &record.text).unwrap();
    let mut ids = Vec::new();
    for mail in &mails {
        assert_eq!(mail.to, address);
        assert_eq!(public.verify(&mail.message), Verdict::Ours);
        let text = String::from_utf8(mail.message.clone()).unwrap().replace("=\r\n", "").replace("=3D", "=");
        assert!(text.contains(LINK) && text.contains("Hello Ruth Okafor,"), "{text}");
        assert!(
            text.contains("\r\nAuto-Submitted: auto-generated\r\n") && !text.contains("\r\nList-"),
            "{text}"
        );
        ids.push(text.lines().find(|line| line.starts_with("Message-ID: ")).unwrap().to_owned());
    }
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_cannot_be_mailed_is_told_to_nobody() {
    let world = World::new(&Plan { people: 10, ..Plan::default() });
    let address = format!("ruth@{DOMAIN}");
    let refusing = Provider::with(Some(Box::new(|_, _| Reply::unknown())), None).await;
    let mut nobody = Relay::local(1);
    (nobody.timeouts.backoff, nobody.timeouts.connect_attempts) = (Duration::from_millis(5), 1);
    for relay in [refusing.relay(1), nobody] {
        let refusal = mail_login_link(&world.app, relay, "Ruth", &address, LINK).await.unwrap_err();
        assert_eq!(refusal.code, "login.not-mailed");
        let told = format!("{refusal:?}");
        assert!(!told.contains("ruth") && !told.contains("Ruth") && !told.contains("k3J9"), "{told}");
    }
    // What failed stands in nobody's way.
    let provider = Provider::start().await;
    mail_login_link(&world.app, provider.relay(1), "Ruth", &address, LINK).await.unwrap();
    assert_eq!(provider.delivered().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trustee_whose_vote_is_missing_gets_a_mail_once_that_names_no_supporter_and_no_text() {
    let world = World::new(&Plan { people: 10, ..Plan::default() });
    let number = world.request("Tenants Together", 10);
    let provider = Provider::start().await;
    let due = || board::reminders(&world.app, &Actor::machine()).unwrap();
    assert_eq!(due().len(), 3);
    let mut first = due().remove(0);
    first.trustee.email = format!("ada@{DOMAIN}");
    mail_reminder(&world.app, provider.relay(4), &first).await.unwrap();
    assert_eq!(due().len(), 2, "it went once");
    let mails = provider.delivered();
    assert_eq!((mails.len(), mails[0].to.as_str()), (1, first.trustee.email.as_str()));
    let text = String::from_utf8(mails[0].message.clone()).unwrap().replace("=\r\n", "").replace("=3D", "=");
    assert!(text.contains(&format!("/console/loans/{}", number.0)), "{text}");
    assert!(text.contains("It decides by"), "{text}");
    assert!(!text.contains("Rent in Vermont") && !text.contains("Tenants"), "{text}");

    // What could not be mailed is due still.
    let refusing = Provider::with(Some(Box::new(|_, _| Reply::unknown())), None).await;
    let mut second = due().remove(0);
    second.trustee.email = format!("bea@{DOMAIN}");
    let refusal = mail_reminder(&world.app, refusing.relay(1), &second).await.unwrap_err();
    assert!(!format!("{refusal:?}").contains("bea@"));
    assert_eq!(due().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_borrower_that_owes_something_gets_a_mail_that_names_no_row_and_nobody() {
    let world = World::new(&Plan { people: 10, ..Plan::default() });
    let number = world.request("Tenants Together", 10);
    let borrower = world.loan(number).terms.borrower;
    let duty = Duty {
        id: uuid::Uuid::from_u128(7),
        borrower,
        copy: CopyNumber(1),
        kind: DutyKind::Recall,
        reference: Some("C-1-0007".to_owned()),
        fields: Vec::new(),
        told: world.now(),
        due: world.now() + jiff::SignedDuration::from_hours(24 * 14),
        taken: None,
        marked: None,
        acknowledged: None,
    };
    world.write(|tx| Ok(tx.add_duty(&duty)?));
    let due = || duty_mails(&world.app, &Actor::machine()).unwrap();
    let mut mail = due().remove(0);
    mail.address = format!("desk@{DOMAIN}");
    // What could not be mailed is due still.
    let refusing = Provider::with(Some(Box::new(|_, _| Reply::unknown())), None).await;
    let refusal = mail_duty(&world.app, refusing.relay(1), &mail).await.unwrap_err();
    assert!(!format!("{refusal:?}").contains("desk@"));
    assert_eq!(due().len(), 1);
    let provider = Provider::start().await;
    mail_duty(&world.app, provider.relay(4), &mail).await.unwrap();
    assert!(due().is_empty(), "it went once");
    let mails = provider.delivered();
    assert_eq!((mails.len(), mails[0].to.as_str()), (1, mail.address.as_str()));
    let text = String::from_utf8(mails[0].message.clone()).unwrap().replace("=\r\n", "").replace("=3D", "=");
    assert!(
        text.contains("/desk\r\n") && text.contains("you owe one thing: to erase or to put right"),
        "{text}"
    );
    assert!(!text.contains("C-1") && !text.contains("took it back"), "{text}");
}
