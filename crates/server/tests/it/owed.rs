//! The desk's debts and reports: acknowledged, reported by form and by file, told to the person, and worth counted.

use super::world::{Actors, Ask, World, person_email};
use hustings_app::Refusal;
use hustings_app::after::{keep_duties, outcome_form};
use hustings_app::send::links::LinkPurpose;
use hustings_domain::access::{Actor, Role};
use hustings_domain::ids::{CopyNumber, LoanNumber};

/// The reference of the row of each person who said yes, by their place in the send.
async fn references(world: &World) -> Vec<String> {
    let file = world.post(Actors::Jo, "/desk/copies/1/fetch", "").await.body;
    let people = world.app.store().read(|tx| {
        let loan = tx.loan_by_number(LoanNumber(1))?.unwrap().id;
        Ok::<_, Refusal>(tx.planned(loan)?)
    });
    let people = people.unwrap();
    let row = |person: u32| file.lines().find(|line| line.contains(&person_email(person)));
    people.iter().take(5).filter_map(|person| Some(row(person.0)?.split(',').next()?.to_owned())).collect()
}

async fn upload(world: &World, file: &str) -> super::world::Got {
    let (ask, csrf) = world.as_(Actors::Jo);
    let body = format!(
        "--XyZ\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--XyZ\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"o.csv\"\r\nContent-Type: text/csv\r\n\r\n{file}\r\n--XyZ--\r\n"
    );
    let ask = Ask { body: Some(body), ..ask.with("content-type", "multipart/form-data; boundary=XyZ") };
    world.request("POST", "/desk/outcomes", ask).await
}

#[tokio::test]
async fn outcomes_come_by_form_and_file_and_the_person_reads_them() {
    let world = World::new();
    world.introduced();
    let rows = references(&world).await;
    assert_eq!(rows.len(), 4, "one took it back");
    let page = world.get(Actors::Jo, "/desk/outcomes").await.body;
    assert!(page.contains("asked not to be contacted") && page.contains("/desk/outcomes/1"), "{page}");
    let empty = world.get(Actors::Jo, "/desk/outcomes/1").await;
    assert_eq!(empty.headers["content-disposition"], "attachment; filename=\"C-1-outcomes.csv\"");
    assert!(empty.body.starts_with("reference,outcome,amount,on\nC-1-0001") && !empty.body.contains('@'));
    let form = format!("references={}%0D%0AC-9-0001&outcome=gave&amount=27.50&on=2026-08-30", rows[0]);
    let done = world.post(Actors::Jo, "/desk/outcomes/rows", &form).await;
    assert_eq!(done.status, 200, "{}", done.body);
    assert!(
        done.body.contains("1 taken; one row was refused.") && done.body.contains("Line 2"),
        "{}",
        done.body
    );
    let again = world.post(Actors::Jo, "/desk/outcomes/rows", &form).await.body;
    assert!(again.contains("Nothing changed: all 1 were reported before"), "{again}");
    let bad = world
        .post(Actors::Jo, "/desk/outcomes/rows", &format!("references={}&outcome=gave&amount=much", rows[0]))
        .await;
    assert!(
        bad.status == 422 && bad.body.contains("write 27.50") && bad.body.contains(&rows[0]),
        "{}",
        bad.body
    );
    let file =
        format!("reference,outcome\n{},no-contact\n{},volunteered\nC-1-9999,joined\n", rows[1], rows[2]);
    let taken = upload(&world, &file).await;
    assert!(taken.body.contains("2 taken; one row was refused."), "{}", taken.body);
    assert!(taken.body.contains("One person asked not to be contacted"));
    let refused = upload(&world, "reference,outcome,email\nC-1-0001,joined,ada@x.example\n").await;
    assert!(refused.status == 422 && !refused.body.contains("ada@x.example"), "{}", refused.body);
    // Whose row it was reads it; which of the first is theirs is known by their address alone.
    let mut told = 0;
    for seq in 1..5 {
        let me =
            world.get(Actors::Nobody, &format!("/me/{}", world.link(LinkPurpose::MyPage, seq))).await.body;
        told += usize::from(me.contains("you gave $27.50 on 2026-08-30"))
            + usize::from(me.contains("you volunteered"));
    }
    assert_eq!(told, 2);
}

#[tokio::test]
async fn a_mark_shows_on_the_desk_to_trustees_and_goes_when_it_is_made_good() {
    let world = World::new();
    world.introduced();
    world.clock.advance_seconds(30 * 86_400);
    keep_duties(&world.app).unwrap();
    let desk = world.get(Actors::Jo, "/desk").await.body;
    assert!(desk.contains("Your standing has a mark") && desk.contains("a mark on your standing"), "{desk}");
    assert!(!world.get(Actors::Kim, "/desk").await.body.contains("has a mark"));
    let borrower = format!("/console/borrowers/{}", world.jo.id);
    let page = world.get(Actors::Trustee, &borrower).await.body;
    assert!(page.contains("Their standing has a mark") && page.contains("marked"), "{page}");
    assert!(world.get(Actors::Trustee, "/console/loans/1").await.body.contains("Mark on their standing"));
    let id = desk.split("name=\"duty\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let done = world.post(Actors::Jo, "/desk/duties", &format!("duty={id}&done=never-imported")).await;
    assert_eq!(done.location(), "/desk?done=mark-lifted");
    let page = world.get(Actors::Trustee, &borrower).await.body;
    assert!(
        !page.contains("Their standing has a mark") && page.contains("mark lifted"),
        "it stays in the history"
    );
}

#[tokio::test]
async fn a_borrower_sees_what_its_own_loan_was_worth_and_no_small_number() {
    let world = World::new();
    world.introduced();
    let page = world.get(Actors::Jo, "/desk/loans/1/worth").await.body;
    assert!(page.contains("fewer than 10") && page.contains("oo few people to tell"), "{page}");
    assert!(page.contains("What each yes came to is told once ten people said yes"), "{page}");
    assert_eq!(world.get(Actors::Kim, "/desk/loans/1/worth").await.status, 404);
    let own = world.get(Actors::Jo, "/desk/statement.csv").await.body;
    assert!(own.starts_with("borrower,treasurer,") && own.contains("fewer than 10"), "{own}");
    let other = world.get(Actors::Kim, "/desk/statement.csv").await.body;
    assert!(!other.contains("Jo Alvarez"), "{other}");
    let page = world.get(Actors::Jo, "/desk/statement").await;
    assert!(page.body.contains("not legal advice"));
    assert_eq!(page.headers["content-disposition"], "attachment; filename=\"statement.html\"");
    assert!(world.get(Actors::Treasurer, "/console/worth").await.body.contains("/console/statement.csv"));
}

#[tokio::test]
async fn a_receipt_is_kept_and_the_yes_taken_back_from_it() {
    let world = World::new();
    let token = world.link(LinkPurpose::Answer, 1);
    let thanks =
        world.request("POST", &format!("/a/{token}"), Ask::default().form("answer=yes&field=email")).await;
    assert!(
        thanks.body.contains(&format!("/a/{token}/receipt")) && thanks.body.contains("Take it back"),
        "{}",
        thanks.body
    );
    let receipt = world.get(Actors::Nobody, &format!("/a/{token}/receipt")).await;
    assert_eq!(receipt.headers["content-type"], "application/ld+json; charset=utf-8");
    assert!(receipt.body.contains("dpv:ConsentReceipt") && receipt.body.contains("Jo Alvarez"));
    let back = world.request("POST", &format!("/a/{token}/take-back"), Ask::default().form("")).await;
    assert!(
        back.location().starts_with("/me/") && back.location().ends_with("done=yes-taken-back"),
        "{}",
        back.location()
    );
    assert_eq!(world.get(Actors::Nobody, &format!("/a/{token}/receipt")).await.status, 404);
    let actor = Actor {
        user: None,
        roles: vec![Role::Borrower],
        wing: None,
        borrower: Some(world.jo.id),
        through: None,
    };
    assert_eq!(
        outcome_form(&world.app, &actor, CopyNumber(1)).unwrap_err().code,
        "copy.unknown",
        "nobody is in a copy"
    );
}
