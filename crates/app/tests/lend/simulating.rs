//! Another charter decides the last requests again, refused ones too; nothing changes.

use super::world::{AREA, CHARTER, World, request_file};
use hustings_app::lend::{Requested, request, simulate};
use hustings_app::{Kind, Refusal, entry_count};
use hustings_domain::access::Actor;
use hustings_domain::loan::Ask;

#[test]
fn what_would_change_comes_first_and_refused_requests_are_decided_again() {
    let world = World::new(0, CHARTER);
    let operator = Actor::operator();
    let ask = |ask, area| request(&world.app, &operator, request_file(&world.candidate, ask, area)).unwrap();
    assert!(matches!(ask(Ask::Volunteer, AREA), Requested::Accepted { .. }));
    assert!(matches!(ask(Ask::Give, AREA), Requested::Accepted { .. }));
    assert!(matches!(ask(Ask::Hear, "ocd-division/country:us/state:vt"), Requested::Refused { .. }));
    assert!(matches!(ask(Ask::Hear, "ocd-division/country:us/state:nh"), Requested::Refused { .. }));
    let entries = || world.app.store().read(|tx| entry_count(tx)).unwrap();
    let before = entries();

    let same = simulate(&world.app, &operator, CHARTER, 50).unwrap();
    assert_eq!((same.requests.len(), same.differ), (4, 0));

    // The whole state may be asked, but no money.
    let other = CHARTER.replacen("own_area_only = true", "own_area_only = false", 1).replacen(
        "# How often one person",
        "[[rules]]\ntemplate = \"only-areas\"\nareas = \"ocd-division/country:us/state:vt\"\n\n\
         [[rules]]\ntemplate = \"may-not-ask\"\nborrower = \"candidate\"\nasks = \"give\"\n\n# How often one person",
        1,
    );
    let simulation = simulate(&world.app, &operator, &other, 50).unwrap();
    assert_eq!(simulation.differ, 2, "{simulation:?}");
    let differing: Vec<(bool, bool)> =
        simulation.requests.iter().map(|one| (one.allowed_now, one.allowed_then)).collect();
    assert_eq!(differing, [(false, true), (true, false), (false, false), (true, true)]);
    assert_eq!(simulation.requests[1].broken_then[0].rule, "candidates may not ask people to give");
    assert!(simulation.requests[2].other_reasons(), "{:?}", simulation.requests[2]);
    assert_eq!(simulation.requests[0].borrower, world.candidate.name);

    assert_eq!(simulate(&world.app, &operator, &other, 1).unwrap().requests.len(), 1);
    let wrong = simulate(&world.app, &operator, "version = 1", 50).unwrap_err();
    assert_eq!((wrong.kind, wrong.code), (Kind::Invalid, "charter.wrong"));
    let denied = simulate(&world.app, &super::world::agent(&world.candidate), CHARTER, 50).unwrap_err();
    assert_eq!(denied.kind, Kind::Denied);
    assert_eq!(entries(), before);
}

#[test]
fn what_is_kept_of_a_refused_request_names_nobody_and_holds_no_text() {
    let world = World::new(0, CHARTER);
    let asked = request_file(&world.candidate, Ask::Hear, "ocd-division/country:us/state:nh");
    request(&world.app, &Actor::operator(), asked).unwrap();
    let kept = world.app.store().read(|tx| Ok::<_, Refusal>(tx.askings(1)?)).unwrap().remove(0);
    assert_eq!(kept.loan, None);
    for word in ["Candidate", "team@", "Saturdays", "knock", "Paid for"] {
        assert!(!kept.case.contains(word), "{word}: {}", kept.case);
    }
}
