//! Gifts: as typed, once each, however often the file is read.

use crate::world::World;
use hustings_app::people::import::{ImportKind, RejectReason};
use hustings_vault::Field;

const DONORS: &str = "Email\tName\tAmount\tDate\r\n\
ann@example.org\tSmith, Ann\t$1,250.00\t2025-03-07\r\n\
ann@example.org\tSmith, Ann\t 27 \t3/7/2025\r\n\
ANN@example.org\tSmith, Ann\t27.00\t2025-03-07\r\n\
bob@example.org\tJones, Bob\t27,50\t2025-03-07\r\n\
bob@example.org\tJones, Bob\tten\t2025-03-07\r\n\
bob@example.org\tJones, Bob\t10\t25/12/2024\r\n\
cat@example.org\tPoe, Cat\t10\r\n\
bob@example.org\tJones, Bob\t10\t12/25/2024\r\n";

#[test]
fn a_treasurers_sheet_is_read_once() {
    let world = World::new();
    let report = world.import("donors.csv", DONORS);
    assert_eq!(
        (report.kind, report.separator, report.gifts, report.new, report.merged),
        (ImportKind::Gifts, '\t', 4, 2, 2)
    );
    assert_eq!(report.rejects.get(&RejectReason::AmbiguousAmount), Some(&1));
    assert_eq!(report.rejects.get(&RejectReason::BrokenAmount), Some(&1));
    assert_eq!(report.rejects.get(&RejectReason::BrokenDay), Some(&2));
    let ann = world.page("ann@example.org").unwrap();
    assert_eq!(
        (ann.identity.get(Field::GivenName), ann.identity.get(Field::FamilyName)),
        (Some("Ann"), Some("Smith"))
    );
    assert_eq!(ann.gifts.iter().map(|gift| gift.amount.0).collect::<Vec<_>>(), [2_700, 2_700, 125_000]);
    assert_eq!(world.count("gave >= $1304"), 1);
    let again = world.import("donors.csv", DONORS);
    assert!(again.changed_nothing(), "{again:#?}");
    let more = world.import("donors.csv", format!("{DONORS}ann@example.org\tSmith, Ann\t27\t2025-03-07\r\n"));
    assert_eq!((more.gifts, more.changed), (1, 1));
    assert_eq!(world.page("ann@example.org").unwrap().gifts.len(), 4);
}
