//! The public service level: promised and kept, and no figure over fewer than ten.

use super::world::{Actors, World};
use hustings_app::{Refusal, enter};
use hustings_domain::access::Actor;
use hustings_domain::loan::{Loan, LoanState};
use serde_json::json;

/// The board decides on a loan now.
fn decide(world: &World, loan: &Loan, kind: &str, state: LoanState) {
    let now = world.app.now();
    world
        .app
        .store()
        .write(|tx| {
            tx.put_loan(&Loan { state, ..loan.clone() })?;
            enter(tx, now, &Actor::machine(), kind, json!({"loan": loan.number}))?;
            Ok::<_, Refusal>(())
        })
        .unwrap();
}

#[tokio::test]
async fn what_the_board_promised_and_kept_is_public_once_it_is_of_ten() {
    let world = World::new();
    let said = async || {
        let page = world.get(Actors::Nobody, "/ledger").await.body;
        page.split("The board decides within ").nth(1).unwrap().split("</p>").next().unwrap().to_owned()
    };
    let days = world.app.charter().unwrap().board.decide_days;
    let none = format!(
        "{days} days of a request. Fewer than 10 requests were decided this season, so there are no figures yet."
    );
    assert_eq!(said().await, none);
    // Nine in two days.
    let loans: Vec<Loan> = (0..11).map(|_| world.ask(&world.jo)).collect();
    world.clock.advance_seconds(2 * 86_400 - 60);
    for loan in &loans[..9] {
        decide(&world, loan, "loan.cleared", LoanState::Cleared);
    }
    assert_eq!(said().await, none);
    // The tenth after the promised days: late; so are those that still wait.
    world.clock.advance_seconds(i64::from(days) * 86_400);
    decide(&world, &loans[9], "loan.refused", LoanState::Refused);
    // 10 decided; loans 2, 3 (of the world) and the last wait, late.
    assert_eq!(
        said().await,
        format!(
            "{days} days of a request. Of 13 requests this season 69 % were decided in time, half of them within 2 days."
        )
    );
    // The borrower reads that theirs is late.
    let desk = world.get(Actors::Jo, "/desk").await.body;
    assert!(desk.contains("The board was to decide by") && desk.contains("and is late"), "{desk}");
}
