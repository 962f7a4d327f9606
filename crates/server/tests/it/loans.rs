//! A loan's page and what is done on it.

use super::world::{Actors, World, person_key};
use hustings_app::lend::{self, Said};
use hustings_domain::access::{Actor, Role};
use hustings_domain::clearance::Ballot;
use hustings_domain::ids::LoanNumber;
use hustings_domain::loan::LoanState;

const LOAN: &str = "/console/loans/3";

fn bound(page: &str) -> String {
    page.split("name=\"bound\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

fn state(world: &World) -> LoanState {
    let loan = world
        .app
        .store()
        .read(|tx| Ok::<_, hustings_app::Refusal>(tx.loan_by_number(LoanNumber(3))?))
        .unwrap();
    loan.unwrap().state
}

/// The other two trustees say yes to what loan 3 says now.
fn others_approve(world: &World) {
    let board = world.app.store().read(|tx| lend::board(tx)).unwrap();
    let loan = world
        .app
        .store()
        .read(|tx| Ok::<_, hustings_app::Refusal>(tx.loan_by_number(LoanNumber(3))?))
        .unwrap()
        .unwrap();
    for trustee in board.into_iter().filter(|trustee| trustee.name != "Tia") {
        let actor = Actor {
            user: Some(trustee.id),
            roles: vec![Role::Trustee],
            wing: Some(trustee.wing),
            borrower: None,
            through: None,
        };
        let said = Said::Vote { ballot: Ballot::Approve, content: loan.content_hash().unwrap() };
        lend::say(&world.app, &actor, LoanNumber(3), said).unwrap();
    }
}

#[tokio::test]
async fn a_vote_binds_to_what_the_page_showed() {
    let world = World::new();
    let page = world.get(Actors::Trustee, LOAN).await.body;
    assert!(page.contains("Your vote is missing.") && page.contains("Homes &#60;now&#62;"), "{page}");
    assert!(page.contains("Dear Ada"), "the appeal as it will arrive: {page}");
    let seen = bound(&page);
    let without = world
        .post(Actors::Trustee, &format!("{LOAN}/vote"), &format!("bound={seen}&vote=refuse&words="))
        .await;
    assert_eq!(without.status, 422);
    assert!(
        without.body.contains("Say why") && without.body.contains("value=\"refuse\" required checked"),
        "{}",
        without.body
    );
    let cast =
        world.post(Actors::Trustee, &format!("{LOAN}/vote"), &format!("bound={seen}&vote=approve")).await;
    assert_eq!(cast.location(), format!("{LOAN}?done=voted"));
    assert_eq!(world.ledger_kinds().last().unwrap(), "vote.cast");
    // The borrower changes one word: the page that a trustee still has open binds to nothing any more.
    let loan = world
        .app
        .store()
        .read(|tx| Ok::<_, hustings_app::Refusal>(tx.loan_by_number(LoanNumber(3))?))
        .unwrap()
        .unwrap();
    let appeal = hustings_domain::loan::Appeal { subject: "Homes, later".to_owned(), ..loan.appeal };
    lend::edit_appeal(&world.app, &Actor::operator(), LoanNumber(3), appeal).unwrap();
    let old =
        world.post(Actors::Trustee, &format!("{LOAN}/vote"), &format!("bound={seen}&vote=approve")).await;
    assert_eq!(old.status, 409);
    assert!(old.body.contains("vote.old-text"));
    assert!(world.get(Actors::Trustee, LOAN).await.body.contains("void: on another text"));
}

#[tokio::test]
async fn nobody_sends_before_the_board_has_cleared_it() {
    let world = World::new();
    let early = world.post(Actors::Steward, &format!("{LOAN}/send"), "").await;
    assert_eq!(early.status, 403);
    assert!(early.body.contains("loan.no-clearance"));
    assert_eq!(world.ledger_kinds().last().unwrap(), "send.denied");
    assert!(world.recorder.begun.lock().unwrap().is_empty());
    others_approve(&world);
    let page = world.get(Actors::Trustee, LOAN).await.body;
    world
        .post(Actors::Trustee, &format!("{LOAN}/vote"), &format!("bound={}&vote=approve", bound(&page)))
        .await;
    assert_eq!(state(&world), LoanState::Cleared);
    assert!(world.get(Actors::Steward, LOAN).await.body.contains("Start with the pilot"));
    assert!(!world.get(Actors::Trustee, LOAN).await.body.contains("Start with the pilot"));
    // Nobody on this small list lives there, so the charter's least audience refuses it: by its own code.
    let small = world.post(Actors::Steward, &format!("{LOAN}/send"), "").await;
    assert_eq!(small.status, 409, "{}", small.body);
    assert_eq!(state(&world), LoanState::Cleared);
    assert!(world.recorder.begun.lock().unwrap().is_empty());
}

#[tokio::test]
async fn interests_are_declared_and_questioned() {
    let world = World::new();
    let board = world.app.store().read(|tx| lend::board(tx)).unwrap();
    let other = board.iter().find(|trustee| trustee.name == "Val").unwrap().id;
    let challenged = world
        .post(Actors::Trustee, &format!("{LOAN}/challenge"), &format!("trustee={other}&words=Her+firm"))
        .await;
    assert_eq!(challenged.location(), format!("{LOAN}?done=challenged"));
    let page = world.get(Actors::Trustee, LOAN).await.body;
    assert!(page.contains("Her firm") && page.contains("value=\"uphold\""), "{page}");
    assert!(world.get(Actors::Trustee, "/console").await.body.contains("Decide on the interest in loan 3"));
    let ruled = world
        .post(
            Actors::Trustee,
            &format!("{LOAN}/decide-challenge"),
            &format!("challenge={other}&decision=uphold"),
        )
        .await;
    assert_eq!(ruled.location(), format!("{LOAN}?done=ruled"));
    let recused = world.post(Actors::Trustee, &format!("{LOAN}/recuse"), "words=My+cousin").await;
    assert_eq!(recused.location(), format!("{LOAN}?done=recused"));
    let page = world.get(Actors::Trustee, LOAN).await.body;
    assert!(page.contains("My cousin") && !page.contains("Cast my vote"), "{page}");
}

#[tokio::test]
async fn a_copy_is_made_and_taken_out_from_the_console() {
    let world = World::new();
    let token = world.link(hustings_app::send::links::LinkPurpose::Answer, 1);
    world.post(Actors::Nobody, &format!("/a/{token}"), "answer=yes&field=email").await;
    let page = world.get(Actors::Steward, "/console/loans/1").await.body;
    assert!(page.contains("1 said yes") && page.contains("Make a copy"), "{page}");
    let made = world.post(Actors::Steward, "/console/loans/1/copy", "").await;
    assert_eq!(made.location(), "/console/copies/1?done=copy-made");
    assert!(world.get(Actors::Steward, made.location()).await.body.contains("Download copy 1"));
    let file = world.post(Actors::Steward, "/console/copies/1/export", "").await;
    assert_eq!(file.headers["content-disposition"], "attachment; filename=\"C-1.csv\"");
    assert_eq!(world.ledger_kinds().last().unwrap(), "copy.fetched");
    let settled = world.post(Actors::Treasurer, "/console/loans/1/settle", "").await;
    assert_eq!(settled.location(), "/console/loans/1?done=settled");
    assert!(world.get(Actors::Nobody, "/ledger").await.body.contains("In-kind value"));
}

#[tokio::test]
async fn an_audience_is_counted_as_one_types() {
    let world = World::new();
    let count = |q: &str| format!("/console/audiences/count?q={q}");
    let all = world.get(Actors::Trustee, &count("everyone")).await.body;
    assert!(all.contains("data-reach=\"40\"") && !all.contains("<html"), "{all}");
    let wrong = world.get(Actors::Trustee, &count("isue+has+%22housing%22")).await;
    assert_eq!(wrong.status, 200);
    assert!(wrong.body.contains("wrong-text") && wrong.body.contains('^'), "{}", wrong.body);
    assert!(
        world.get(Actors::Steward, "/console/audiences?q=everyone").await.body.contains("data-reach=\"40\"")
    );
}

#[tokio::test]
async fn a_supporter_is_found_by_exact_address_in_a_form() {
    let world = World::new();
    let found = world.post(Actors::Steward, "/console/supporters", "address=PERSON5%40people.example").await;
    assert_eq!(found.location(), format!("/console/supporters/{}", person_key(5)));
    let page = world.get(Actors::Steward, found.location()).await.body;
    assert!(page.contains("person5@people.example") && page.contains("By Jo Alvarez, loan 1"), "{page}");
    let export = world.post(Actors::Steward, &format!("{}/export", found.location()), "").await;
    assert_eq!(export.headers["content-type"], "application/json");
    assert!(export.body.contains("person5@people.example"));
}

const FORM: &str = "subject=A+home+you+can+afford&body=Dear+%7B%7B+given_name+%7D%7D%2C%0D%0A%0D%0AI+stand+for+the+House.\
&paid_for_by=Paid+for+by+Okafor+for+House.&ask=hear&issue=housing&cap=5%2C000&closes=2026-12-01&field=email&ends_on=dropped-out";

fn with(form: &str, world: &World, act: &str) -> String {
    format!("{form}&area={}&act={act}", world.jo.area.as_str().replace('/', "%2F").replace(':', "%3A"))
}

fn loan_count(world: &World) -> usize {
    world.app.store().read(|tx| Ok::<_, hustings_app::Refusal>(tx.loans()?.len())).unwrap()
}

#[tokio::test]
async fn a_borrower_files_a_request_from_the_desk() {
    let world = World::new();
    let before = loan_count(&world);
    let empty = world.get(Actors::Jo, "/desk/request").await;
    assert!(empty.status == 200 && empty.body.contains(world.jo.area.as_str()), "{}", empty.body);
    let checked = world.post(Actors::Jo, "/desk/request", &with(FORM, &world, "check")).await;
    assert!(checked.status == 200 && checked.body.contains("It qualifies."), "{}", checked.body);
    assert!(checked.body.contains("I stand for the House."), "what was typed stays");
    assert_eq!(loan_count(&world), before, "checking files nothing");
    let filed = world.post(Actors::Jo, "/desk/request", &with(FORM, &world, "file")).await;
    assert_eq!(filed.status, 303, "{}", filed.body);
    assert!(filed.location().starts_with("/desk/loans/"), "{}", filed.location());
    let page = world.get(Actors::Jo, filed.location()).await.body;
    assert!(
        page.contains("Your request is with the board.") && page.contains("A home you can afford"),
        "{page}"
    );
    assert_eq!(loan_count(&world), before + 1);
    let others = world.get(Actors::Kim, filed.location()).await;
    assert_eq!(others.status, 404, "another borrower's loan is one that does not exist");
}

#[tokio::test]
async fn a_request_that_does_not_qualify_is_told_why_and_nothing_typed_is_lost() {
    let world = World::new();
    let before = loan_count(&world);
    let hidden = FORM.replace("House.&", "House.+%5Bmy.example%5D%28https%3A%2F%2Fevil.example%29&");
    let said = world.post(Actors::Jo, "/desk/request", &with(&hidden, &world, "file")).await;
    assert_eq!(said.status, 422);
    assert!(said.body.contains("a link shows `my.example` and leads to `evil.example`"), "{}", said.body);
    assert!(said.body.contains("I stand for the House."), "{}", said.body);
    let abroad = FORM.to_owned() + "&area=ocd-division%2Fcountry%3Aus%2Fstate%3Anh&act=file";
    let said = world.post(Actors::Jo, "/desk/request", &abroad).await;
    assert_eq!(said.status, 422);
    assert!(said.body.contains("only within its own area") && said.body.contains("broken"), "{}", said.body);
    let endless = FORM.replace("closes=2026-12-01", "closes=soon");
    let said = world.post(Actors::Jo, "/desk/request", &with(&endless, &world, "file")).await;
    assert!(said.status == 422 && said.body.contains("`soon` is not a day"), "{}", said.body);
    assert_eq!(loan_count(&world), before);
}
