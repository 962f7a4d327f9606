//! Who is the same person: one address, one person; one number, perhaps a household.

use crate::world::World;
use hustings_app::people::import::RejectReason;
use hustings_vault::Field;

#[test]
fn rows_of_one_address_are_one_person_and_fill_each_others_blanks() {
    let world = World::new();
    let report = world.import(
        "one.csv",
        "email,first_name,phone,city\nann@example.org,Ann,,\nmailto:ANN@EXAMPLE.ORG,Anna,8025550101,Barre\n",
    );
    assert_eq!((report.new, report.merged), (1, 1));
    let ann = world.page("ann@example.org").unwrap();
    assert_eq!(
        (ann.identity.get(Field::GivenName), ann.identity.get(Field::City)),
        (Some("Ann"), Some("Barre"))
    );
    let report = world.import("two.csv", "email,last_name\nann@example.org,Smith\n");
    assert_eq!((report.new, report.changed), (0, 1));
    assert_eq!(world.page("802 555 0101").unwrap().identity.get(Field::FamilyName), Some("Smith"));
}

#[test]
fn a_household_shares_a_number_and_stays_two_people() {
    let world = World::new();
    let file = "email,name,phone,hear_appeals\nann@example.org,Ann Smith,8025550101,yes\nbob@example.org,Bob Smith,8025550101,no\n";
    let report = world.import("one.csv", file);
    assert_eq!((report.new, report.conflicting), (2, 1));
    assert!(world.import("one.csv", file).changed_nothing());
    assert_eq!(world.page("bob@example.org").unwrap().identity.get(Field::Phone), Some("+18025550101"));
    let report = world.import("two.csv", "name,phone,email\nCarl Smith,8025550101,\nAnn Smith,8025550101,\nCarl Smith,8025550101,carl(at)example.org\n");
    assert_eq!((report.unchanged, report.rejects.get(&RejectReason::PhoneOfAnother)), (1, Some(&1)));
    assert_eq!(report.rejects.get(&RejectReason::BrokenAddress), Some(&1));
    assert_eq!(world.people(), 2);
}

#[test]
fn a_number_first_and_an_address_later_are_one_person_when_the_names_agree() {
    let world = World::new();
    world.import("calls.csv", "name,phone\nAnn Smith,8025550101\n");
    let report = world.import("one.csv", "email,first_name,last_name,phone\nann@example.org,ANN,smith,802.555.0101\nbob@example.org,Bob,Smith,8025550101\n");
    assert_eq!((report.changed, report.new, report.conflicting), (1, 1, 1));
    assert_eq!(world.people(), 2);
    assert_eq!(world.page("ann@example.org").unwrap().id, world.page("8025550101").unwrap().id);
}

#[test]
fn an_address_and_a_number_of_two_people_join_nobody() {
    let world = World::new();
    world.import("one.csv", "email,phone\nann@example.org,8025550101\nbob@example.org,8025550102\n");
    let report = world.import("two.csv", "email,phone,city\nann@example.org,8025550102,Barre\n");
    assert_eq!((report.conflicting, report.changed), (1, 1));
    assert_eq!(world.page("ann@example.org").unwrap().identity.get(Field::City), Some("Barre"));
    assert_eq!(world.page("bob@example.org").unwrap().identity.get(Field::City), None);
    assert_eq!(world.people(), 2);
}
