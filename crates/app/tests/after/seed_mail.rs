//! Mail at a decoy: silence for ours, an alarm for anybody else's.

use super::world::{World, steward};
use hustings_app::after::{alarms, seed_mail};
use hustings_app::send::{dkim, marks};

fn decoy(world: &World) -> String {
    let loan = world.sent_loan(&world.borrower("Jo Alvarez"), 0..40);
    world.everybody_says_yes(&loan, 10, &["email"]);
    let (_, rows) = world.copy(loan.number);
    rows.into_iter()
        .map(|row| row[1].clone())
        .find(|email| email.ends_with("@seeds.forward.example"))
        .unwrap()
}

#[test]
fn somebody_elses_mail_raises_an_alarm_that_names_the_copy() {
    let world = World::with_people(40);
    let decoy = decoy(&world);
    let message = format!("From: spam@elsewhere.example\r\nTo: {decoy}\r\nSubject: Buy\r\n\r\nNow!\r\n");
    let alarm = seed_mail(&world.app, &decoy.to_uppercase(), message.as_bytes()).unwrap().unwrap();
    assert_eq!(alarm.kind, "seed-mail");
    assert!(alarm.what.contains("C-1 (held by Jo Alvarez)"), "{}", alarm.what);
    assert!(!alarm.what.contains('@'));
    assert_eq!(alarms(&world.app, &steward()).unwrap()[0], alarm);
    assert_eq!(world.ledger_kinds().last().unwrap(), "alarm.raised");
    let before = world.entries().len();
    assert_eq!(
        seed_mail(&world.app, &decoy, message.as_bytes()).unwrap(),
        None,
        "the same message is one alarm"
    );
    assert_eq!(seed_mail(&world.app, "nobody@seeds.forward.example", message.as_bytes()).unwrap(), None);
    assert_eq!(world.entries().len(), before);
}

#[test]
fn our_own_mail_raises_nothing_and_a_forgery_in_our_name_does() {
    let world = World::with_people(40);
    let decoy = decoy(&world);
    let charter = world.app.charter().unwrap();
    let domain = charter.owner.domain.clone();
    let loan = world.app.store().read(|tx| Ok::<_, hustings_app::Refusal>(tx.loans()?)).unwrap().remove(0);
    let id = marks::message_id(&world.app, &domain, loan.id, super::world::person_id(3));
    let message = format!(
        "From: Forward <hello@{domain}>\r\nTo: <{decoy}>\r\nSubject: Hi\r\nMessage-ID: <{id}>\r\n\
         Date: Tue, 1 Sep 2026 12:00:00 +0000\r\n\r\nHello.\r\n"
    );
    let signed =
        dkim::signer(&world.app, &charter).unwrap().sign(message.as_bytes(), world.app.now()).unwrap();
    assert_eq!(seed_mail(&world.app, &decoy, &signed).unwrap(), None);
    let mut forged = signed.clone();
    let last = forged.len() - 4;
    forged[last] ^= 1;
    let alarm = seed_mail(&world.app, &decoy, &forged).unwrap().unwrap();
    assert!(alarm.what.contains("in our name"), "{}", alarm.what);
}
