//! The promise: an innocent is accused in at most a fraction epsilon of leaks, whatever the attack.

use crate::world::{Leak, World, person};
use hustings_domain::chance::Rng;
use hustings_trace::Share;

/// A random attack by up to three of the borrowers; returns the leak and how many leaked.
fn attack(world: &mut World) -> (Leak, usize) {
    let leakers = usize::try_from(world.rng.below(4)).unwrap();
    let rows = usize::try_from(40 + world.rng.below(300)).unwrap();
    let audience = 200 + world.rng.below(1_500);
    let rows = rows.min(usize::try_from(audience / 3).unwrap());
    let copies: Vec<_> = (0..leakers).map(|leaker| world.copy(leaker, audience, rows)).collect();
    let together = world.rng.below(2) == 0;
    let mut leak = copies
        .into_iter()
        .reduce(|one, other| if together { one.common(&other) } else { one.union(&other) })
        .unwrap_or_default();
    let kept = world.rng.unit();
    leak = leak.keep(&mut world.rng, kept);
    // Rows of the list from elsewhere, and forged seed addresses.
    for _ in 0..world.rng.below(60) {
        leak.people.insert(person(world.rng.below(audience)));
    }
    for number in 0..world.rng.below(4) {
        leak.addresses.insert(format!("mary.smith{}@postbox.example", 20_000 + number));
    }
    (leak, leakers)
}

fn runs_with_an_innocent_accused(runs: u64, borrowers: usize, epsilon: f64) -> u64 {
    (0..runs)
        .map(|run| {
            let mut world = World::new(run, borrowers, Share::SMALL, 300);
            let (leak, leakers) = attack(&mut world);
            u64::from(world.accused(&leak, epsilon).iter().any(|accused| *accused >= leakers))
        })
        .sum()
}

#[test]
fn innocents_are_accused_at_most_as_often_as_stated() {
    let runs = 600;
    let wrong = runs_with_an_innocent_accused(runs, 8, 0.05);
    // 30 expected at the bound, standard deviation 5.3: three of them are the slack.
    assert!(wrong <= 46, "{wrong} of {runs}");
}

/// A sharper look at the same promise: the mean e-value of innocents is at most 1, with the keyed draws as they
/// are made and not as a model has them.
#[test]
fn innocent_e_values_have_mean_at_most_one() {
    let (mut sum, mut squares, mut count) = (0.0, 0.0, 0.0);
    for run in 0..400 {
        let mut world = World::new(10_000 + run, 8, Share::SMALL, 300);
        let (leak, leakers) = attack(&mut world);
        let guilty: Vec<_> = world.candidates.iter().take(leakers).map(|one| one.borrower).collect();
        let verdict = world.judge(&leak, 0.05);
        for suspect in verdict.ranked.iter().filter(|suspect| !guilty.contains(&suspect.borrower)) {
            let e_value = suspect.log_e_value.exp();
            sum += e_value;
            squares += e_value * e_value;
            count += 1.0;
        }
    }
    let mean: f64 = sum / count;
    let error = ((squares / count - mean * mean) / count).sqrt();
    assert!(mean <= 1.0 + 4.0 * error, "{mean} +- {error}");
    assert!(mean > 0.1, "the innocents' e-values vanish, so the test sees nothing: {mean}");
}

#[test]
#[ignore = "minutes: the bound at other sizes"]
fn the_bound_holds_at_other_sizes() {
    for (borrowers, epsilon) in [(3, 0.2), (20, 0.05), (50, 0.01)] {
        let runs = 3_000_u32;
        let wrong = runs_with_an_innocent_accused(u64::from(runs), borrowers, epsilon);
        let wrong = f64::from(u32::try_from(wrong).unwrap());
        let slack = 3.0 * (f64::from(runs) * epsilon).sqrt();
        assert!(wrong <= f64::from(runs) * epsilon + slack, "{borrowers} {epsilon}: {wrong}");
    }
}
