//! What holds for every sharing, large or small, made exact or not.

use crate::world::{World, made_up};
use hustings_share::{Allocation, Contender, Effort, People, Problem, ProblemError, Room, allocate};
use proptest::prelude::*;
use std::collections::BTreeSet;

const NO_EFFORT: Effort = Effort { cells: 0, looks: 0 };

fn hold(problem: &Problem, allocation: &Allocation) {
    let mut of_person = vec![(0_u32, 0_u32); problem.rooms.len()];
    let mut given: Vec<BTreeSet<u32>> = Vec::new();
    for ((loan, people), share) in problem.loans.iter().zip(&allocation.given).zip(&allocation.shares) {
        assert!(people.len() <= loan.wanted as usize, "a loan got more than it asked for");
        assert!(
            people.is_sorted() && people.windows(2).all(|pair| pair[0] != pair[1]),
            "somebody is in a loan twice"
        );
        for person in people {
            assert!(loan.eligible.contains(*person), "somebody went where they may not");
            of_person[*person as usize].0 += 1;
            of_person[*person as usize].1 += u32::from(loan.money);
        }
        assert_eq!(share.given as usize, people.len());
        assert_eq!(u64::from(share.eligible), loan.eligible.count());
        assert_eq!(
            share.eligible,
            share.given + share.tired + share.tired_of_money + share.elsewhere + share.left
        );
        given.push(people.iter().copied().collect());
    }
    for ((appeals, money), room) in of_person.iter().zip(&problem.rooms) {
        assert!(*appeals <= u32::from(room.appeals) && *money <= u32::from(room.money), "a cap was broken");
    }
    for (loan, people) in problem.loans.iter().zip(&given) {
        if people.len() == loan.wanted as usize {
            continue;
        }
        let waiting = loan.eligible.iter().find(|person| {
            let (room, (appeals, money)) = (problem.rooms[*person as usize], of_person[*person as usize]);
            !people.contains(person)
                && appeals < u32::from(room.appeals)
                && (!loan.money || money < u32::from(room.money))
        });
        assert_eq!(waiting, None, "a loan is short while somebody has room for it");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn caps_are_exact_and_no_loan_is_short_while_somebody_has_room(
        seed in 0_u64..1_000_000, people in 1_u32..400, loans in 1_u32..90, weighted: bool, scattered: bool, exact: bool
    ) {
        let problem = made_up(&World { people, loans, weighted, scattered }, seed);
        let effort = if exact { Effort { looks: 3_000_000, ..Effort::default() } } else { NO_EFFORT };
        hold(&problem, &allocate(&problem, seed, 2, effort).unwrap());
    }

    #[test]
    fn the_same_seed_gives_the_same_answer_on_any_number_of_threads(seed in 0_u64..1_000_000) {
        let problem = made_up(&World { people: 700, loans: 70, weighted: true, scattered: false }, seed);
        let one = allocate(&problem, seed, 1, NO_EFFORT).unwrap();
        for threads in [2, 3, 8] {
            prop_assert_eq!(&one, &allocate(&problem, seed, threads, NO_EFFORT).unwrap());
        }
    }
}

#[test]
fn another_seed_draws_other_people() {
    let everybody: People = (0..1_000).collect();
    let loan =
        Contender { wanted: 500, weight_per_mille: 1_000, eligible: everybody, ..Contender::default() };
    let problem = Problem {
        loans: vec![loan],
        rooms: vec![Room { appeals: 1, money: 0 }; 1_000],
        issues: vec![0; 1_000],
    };
    let drawn = |seed| allocate(&problem, seed, 1, NO_EFFORT).unwrap().given[0].clone();
    assert_eq!(drawn(1), drawn(1));
    let both = drawn(1).iter().filter(|person| drawn(2).contains(person)).count();
    // Two independent halves share a quarter of a thousand, with a standard deviation of eight.
    assert!((215..285).contains(&both), "{both}");
    let early = drawn(1).iter().filter(|person| **person < 500).count();
    assert!((215..285).contains(&early), "the order of the list shows: {early}");
}

#[test]
fn loans_with_nobody_and_people_with_no_room_are_no_trouble() {
    let empty = Problem::default();
    assert_eq!(allocate(&empty, 1, 4, Effort::default()).unwrap().given, Vec::<Vec<u32>>::new());
    let nobody = Contender { wanted: 5, weight_per_mille: 1_000, ..Contender::default() };
    let nothing = Contender { wanted: 0, eligible: (0..9).collect(), ..nobody.clone() };
    let problem = Problem {
        loans: vec![nobody, nothing],
        rooms: vec![Room { appeals: 200, money: 9 }; 9],
        issues: vec![0; 9],
    };
    let answer = allocate(&problem, 1, 4, Effort::default()).unwrap();
    assert_eq!((answer.given[0].len(), answer.given[1].len(), answer.shares[1].percent()), (0, 0, 100));
}

#[test]
fn what_cannot_be_shared_is_said() {
    let loan = Contender {
        wanted: 1,
        weight_per_mille: 1_000,
        eligible: [7].into_iter().collect(),
        ..Contender::default()
    };
    let mut problem = Problem { loans: vec![loan], rooms: vec![Room::default(); 7], issues: vec![0; 7] };
    let said = |problem: &Problem| allocate(problem, 1, 1, Effort::default()).unwrap_err();
    assert_eq!(said(&problem), ProblemError::Stranger { loan: 0, person: 7, people: 7 });
    problem.issues.push(0);
    assert_eq!(said(&problem).to_string(), "the room of 7 people is known and the issues of 8");
    problem.rooms.push(Room::default());
    problem.loans[0].weight_per_mille = 0;
    assert_eq!(said(&problem), ProblemError::Weight { loan: 0, weight: 0 });
}
