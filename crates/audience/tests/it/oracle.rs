//! The index against the naive evaluator: after building, after changes, after a reload, for both uses.

use crate::people::{Outside, TODAY, declared_expr, engagement, expr, profile};
use hustings_audience::{Bitmap, Expr, Index, Selection, matches};
use hustings_domain::facts::Profile;
use hustings_domain::ids::Ordinal;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use std::collections::BTreeMap;

fn naive(people: &BTreeMap<u32, Profile>, expr: &Expr, mode: Selection) -> Bitmap {
    people.values().filter(|one| matches(expr, one, mode, TODAY)).map(|one| one.ordinal).collect()
}

fn agree(
    index: &Index,
    people: &BTreeMap<u32, Profile>,
    expr: &Expr,
    threads: usize,
) -> Result<(), TestCaseError> {
    for mode in [Selection::OwnUse, Selection::Loan] {
        let wanted = naive(people, expr, mode);
        let selected = index.select(expr, mode, TODAY, threads);
        prop_assert_eq!(&selected, &wanted, "{} in {:?}", expr, mode);
        prop_assert_eq!(index.count(expr, mode, TODAY, threads), wanted.count());
    }
    Ok(())
}

/// Three blocks, and the edges between them.
fn ordinal() -> impl Strategy<Value = u32> + Clone {
    prop_oneof![4 => 0_u32..40, 1 => 32_760_u32..32_776, 1 => 65_530_u32..65_540]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_index_answers_as_the_profiles_do(
        first in prop::collection::vec(profile(ordinal()), 0..30),
        later in prop::collection::vec(profile(ordinal()), 0..15),
        gone in prop::collection::vec(ordinal(), 0..10),
        own in prop::collection::vec(expr(), 6),
        lent in prop::collection::vec(declared_expr(), 4),
        passed in prop::collection::btree_map(ordinal(), engagement(), 0..25),
        as_of in any::<u64>(),
        threads in 0_usize..4,
    ) {
        let mut people = BTreeMap::new();
        for one in &first {
            people.insert(one.ordinal.0, one.clone());
        }
        let mut index = Index::build(first);
        let bound: Result<Vec<Expr>, _> = own.into_iter().map(|expr| expr.bind(&mut Outside(&passed))).collect();
        let own = bound?;
        let questions: Vec<&Expr> = own.iter().chain(&lent).collect();
        for question in &questions {
            agree(&index, &people, question, threads)?;
        }
        for one in &later {
            index.upsert(one);
            people.insert(one.ordinal.0, one.clone());
        }
        for ordinal in gone {
            index.remove(Ordinal(ordinal));
            people.remove(&ordinal);
        }
        index.set_as_of(as_of);
        index.set_stamp([7; 16]);
        prop_assert_eq!(index.len(), people.len() as u64);
        prop_assert_eq!(index.is_empty(), people.is_empty());
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("audience.index");
        index.save(&path).unwrap();
        let loaded = Index::load(&path).unwrap();
        prop_assert_eq!((loaded.as_of(), loaded.stamp()), (as_of, [7; 16]));
        prop_assert!(loaded.memory() > 0 || loaded.is_empty());
        prop_assert_eq!(loaded.vocabulary(), index.vocabulary());
        for question in &questions {
            agree(&index, &people, question, threads)?;
            agree(&loaded, &people, question, threads)?;
        }
        // The reloaded one goes on following changes.
        let mut loaded = loaded;
        for one in people.values().step_by(2) {
            loaded.remove(one.ordinal);
        }
        let left: BTreeMap<u32, Profile> =
            people.iter().enumerate().filter(|(at, _)| at % 2 == 1).map(|(_, (o, p))| (*o, p.clone())).collect();
        for question in &questions {
            agree(&loaded, &left, question, threads)?;
        }
    }

    #[test]
    fn sets_follow_the_algebra(
        left in prop::collection::btree_set(0_u32..70_000, 0..1_500),
        right in prop::collection::btree_set(0_u32..34_000, 0..1_500),
    ) {
        let set = |from: &std::collections::BTreeSet<u32>| from.iter().copied().map(Ordinal).collect::<Bitmap>();
        let (a, b) = (set(&left), set(&right));
        prop_assert_eq!(a.and(&b), set(&(&left & &right)));
        prop_assert_eq!(a.or(&b), set(&(&left | &right)));
        prop_assert_eq!(a.and_not(&b), set(&(&left - &right)));
        prop_assert_eq!(b.and_not(&a), set(&(&right - &left)));
        prop_assert_eq!(a.count_and(&b), (&left & &right).len() as u64);
        prop_assert_eq!(a.count(), left.len() as u64);
        prop_assert!(a.iter().map(|ordinal| ordinal.0).eq(left.iter().copied()));
        prop_assert!(left.iter().all(|ordinal| a.contains(Ordinal(*ordinal))));
        prop_assert_eq!(a == b, left == right);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// The bitmaps that the store answers with say the same as the definition, person by person.
    #[test]
    fn who_was_addressed_or_answered_agrees_with_the_definition(
        passed in prop::collection::btree_map(0_u32..20, engagement(), 0..20),
        question in expr(),
    ) {
        let bound = question.bind(&mut Outside(&passed))?;
        prop_assert!(bound.is_bound());
        for (term, _) in bound.terms() {
            let hustings_audience::language::Term::Engaged { what, found } = term else { continue };
            let found = found.as_ref().unwrap();
            for who in 0..25 {
                let engagement = passed.get(&who).cloned().unwrap_or_default();
                let holds = found.people.contains(Ordinal(who)) != found.all_but;
                prop_assert_eq!(holds, what.holds(&engagement, TODAY), "{} of {}", what, who);
            }
        }
    }

    /// What nobody answered for selects nobody, whatever stands around it.
    #[test]
    fn what_is_not_bound_selects_nobody(question in expr(), one in profile(0_u32..3)) {
        if !question.is_bound() {
            let index = Index::build([one.clone()]);
            prop_assert_eq!(index.count(&question, Selection::OwnUse, TODAY, 1), 0);
            prop_assert!(!matches(&question, &one, Selection::OwnUse, TODAY));
        }
    }
}

/// A few people among very many are found one by one, and are the same.
#[test]
fn few_candidates_are_found_among_many() {
    let mut runner = TestRunner::deterministic();
    let mut people = BTreeMap::new();
    for ordinal in (0..70_000).step_by(2) {
        let mut one = profile(Just(ordinal)).new_tree(&mut runner).unwrap().current();
        if ordinal % 1_000 == 0 {
            let value = hustings_domain::facts::FactValue::Tag("rare".parse().unwrap());
            let origin = hustings_domain::facts::Origin::SelfGiven;
            one.facts.push(hustings_domain::facts::Fact { value, origin, source: 9 });
        }
        people.insert(ordinal, one);
    }
    let index = Index::build(people.values().cloned());
    for rest in [
        "birth-year between 1960 and 1980",
        "not birth-year between 1960 and 1980",
        "gave >= $27",
        "not gave >= $27",
        "(gave >= $27 or tag \"staff\" or joined within 1y)",
        "not (issue \"housing\" or last_gift before 30d) and gifts = 0",
    ] {
        let question = hustings_audience::parse(&format!("tag \"rare\" and {rest}")).unwrap();
        let wanted = naive(&people, &question, Selection::OwnUse);
        assert!(wanted.count() > 0, "{rest}");
        assert_eq!(index.select(&question, Selection::OwnUse, TODAY, 2), wanted, "{rest}");
    }
}

/// Enough people that columns turn from lists to bits and slices, and thin out again.
#[test]
fn it_holds_for_many() {
    let mut runner = TestRunner::deterministic();
    let mut people = BTreeMap::new();
    for ordinal in (0..3_000).chain(32_768..35_000) {
        let one = profile(Just(ordinal)).new_tree(&mut runner).unwrap().current();
        people.insert(ordinal, one);
    }
    let mut index = Index::build(people.values().cloned());
    let passed = (0..3_000)
        .step_by(2)
        .map(|ordinal| (ordinal, engagement().new_tree(&mut runner).unwrap().current()))
        .collect();
    let questions: Vec<Expr> = (0..120)
        .map(|_| expr().new_tree(&mut runner).unwrap().current().bind(&mut Outside(&passed)).unwrap())
        .collect();
    let lent: Vec<Expr> = (0..20).map(|_| declared_expr().new_tree(&mut runner).unwrap().current()).collect();
    let all = |index: &Index, people: &BTreeMap<u32, Profile>| {
        for question in questions.iter().chain(&lent) {
            agree(index, people, question, 2).unwrap();
        }
    };
    all(&index, &people);
    for ordinal in (0..35_000).step_by(3) {
        let one = profile(Just(ordinal)).new_tree(&mut runner).unwrap().current();
        index.upsert(&one);
        people.insert(ordinal, one);
    }
    all(&index, &people);
    for ordinal in (0..35_000).filter(|ordinal| ordinal % 20 != 0) {
        index.remove(Ordinal(ordinal));
        people.remove(&ordinal);
    }
    all(&index, &people);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("audience.index");
    index.save(&path).unwrap();
    all(&Index::load(&path).unwrap(), &people);
}
