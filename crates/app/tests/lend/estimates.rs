//! A count has noise, and a price that is paid once.

use super::world::{CHARTER, World, agent};
use hustings_app::lend::estimate;
use hustings_domain::estimate::Answer;
use hustings_domain::loan::Ask;

#[test]
fn a_count_is_answered_once_charged_once_and_refused_when_the_budget_is_gone() {
    let charter = CHARTER
        .replace("borrower_budget = 125000", "borrower_budget = 1250")
        .replace("season_budget = 500000", "season_budget = 2500");
    let world = World::new(600, &charter);
    let loan = world.request(&world.candidate, Ask::Hear);
    let candidate = agent(&world.candidate);
    let first = estimate(&world.app, &candidate, loan.number).unwrap();
    let Answer::About { count, margin } = first.answer else { panic!("{first:?}") };
    assert!((450..=750).contains(&count) && margin == 43, "{count} +- {margin}");
    assert_eq!((first.questions_left, first.repeated), (0, false));
    let again = estimate(&world.app, &candidate, loan.number).unwrap();
    assert_eq!((again.answer, again.repeated), (first.answer, true));
    // Another purpose is another question, and nothing is left to pay it with.
    let other = world.request(&world.candidate, Ask::Volunteer);
    assert_eq!(estimate(&world.app, &candidate, other.number).unwrap_err().code, "estimate.budget");
}

#[test]
fn two_who_ask_the_same_hear_the_same_and_cannot_average_the_noise_away() {
    let world = World::new(600, CHARTER);
    let (one, two) = (world.request(&world.candidate, Ask::Hear), world.request(&world.rival, Ask::Hear));
    let first = estimate(&world.app, &agent(&world.candidate), one.number).unwrap();
    let second = estimate(&world.app, &agent(&world.rival), two.number).unwrap();
    assert_eq!(first.answer, second.answer);
}
