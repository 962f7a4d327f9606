//! What may select for a loan: what people gave themselves, and areas that are still there.

use super::world::{AREA, CHARTER, World, agent, request_file};
use hustings_app::lend::{RequestFile, Requested, request};
use hustings_app::people::attributes::state_mine;
use hustings_app::people::import::{ImportJob, Mapping, import};
use hustings_app::people::places::load_divisions;
use hustings_app::{Kind, Refusal};
use hustings_domain::access::Actor;
use hustings_domain::ids::Ordinal;
use hustings_domain::loan::{Ask, Loan};
use std::fmt::Write as _;

fn with_party() -> World {
    let world = World::new(30, CHARTER);
    let file = world.folder.path().join("parties.csv");
    let mut text = "email,party,member_no,helps\n".to_owned();
    for number in 0..30 {
        writeln!(text, "p{number}@people.example,green,A-{number},doors").unwrap();
    }
    std::fs::write(&file, text).unwrap();
    let mut mapping = Mapping::default();
    for column in ["party=choice:party", "member_no=text:member-no", "helps=choices:helps-with"] {
        mapping.correct(column).unwrap();
    }
    let job = ImportJob { mapping: Some(mapping), ..ImportJob::new(&file) };
    import(&world.app, &Actor::operator(), &job, &mut |_| {}).unwrap();
    world
}

fn ask(world: &World, area: &str, audience: Option<&str>) -> Result<Loan, Refusal> {
    ask_for(world, area, audience, "email")
}

fn ask_for(world: &World, area: &str, audience: Option<&str>, field: &str) -> Result<Loan, Refusal> {
    let file = RequestFile {
        audience: audience.map(str::to_owned),
        fields: vec![field.parse().unwrap()],
        ..request_file(&world.candidate, Ask::Hear, area)
    };
    match request(&world.app, &Actor::operator(), file)? {
        Requested::Accepted { loan, .. } => Ok(*loan),
        Requested::Refused { checks } => panic!("{checks:?}"),
    }
}

#[test]
fn only_self_given_attributes_select_for_a_loan() {
    let world = with_party();
    let refused = |rule: &str| {
        let refusal = ask(&world, AREA, Some(rule)).unwrap_err();
        assert_eq!((refusal.kind, refusal.code), (Kind::Invalid, "audience.not-lendable"), "{rule}");
        assert!(!refusal.hints.is_empty() && refusal.causes[0].contains('^'), "{refusal:?}");
        refusal.message
    };
    assert_eq!(
        refused("not party is \"green\""),
        "a loan may not select people by `party`: nobody on this list gave it themselves, it was imported, comes from a voter file or was inferred"
    );
    assert!(refused("member-no is \"A-7\"").contains("`member-no`: it is a text"));
    // A text stays out even when its person gave it.
    state_mine(&world.app, Ordinal(3), "member-no", "A-7").unwrap();
    assert!(refused("member-no is \"A-7\"").contains("single out one person"));
    state_mine(&world.app, Ordinal(3), "party", "green").unwrap();
    state_mine(&world.app, Ordinal(4), "party", "independent").unwrap();
    let loan = ask(&world, AREA, Some("party is \"green\"")).unwrap();
    // Of thirty whose party a file says, the one who said it is selected.
    let rule = hustings_audience::parse(&loan.terms.audience).unwrap();
    let day = jiff::civil::date(2026, 9, 1);
    let selected = |mode| world.app.with_index(|index| index.count(&rule, mode, day, 1)).unwrap();
    assert_eq!(selected(hustings_audience::Selection::Loan), 1);
    assert_eq!(selected(hustings_audience::Selection::OwnUse), 29);
}

#[test]
fn no_attribute_passes_to_a_borrower() {
    let world = with_party();
    state_mine(&world.app, Ordinal(3), "party", "green").unwrap();
    let refusal = ask_for(&world, AREA, None, "party").unwrap_err();
    assert_eq!((refusal.kind, refusal.code), (Kind::Invalid, "field.attribute"));
    assert!(refusal.message.starts_with("`party` is an attribute"), "{refusal:?}");
}

#[test]
fn a_request_for_an_area_that_ended_is_told_what_to_use() {
    let world = with_party();
    let file = world.folder.path().join("register.csv");
    let register = format!(
        "id,name,sameAs,validThrough\n{AREA},House 4,ocd-division/country:us/state:vt/sldl:5,2026-08-31\n"
    );
    std::fs::write(&file, register).unwrap();
    load_divisions(&world.app, &Actor::operator(), &file, &mut |_| {}).unwrap();
    let refusal = ask(&world, AREA, None).unwrap_err();
    assert_eq!((refusal.kind, refusal.code), (Kind::Invalid, "area.ended"));
    assert_eq!(refusal.message, format!("`{AREA}` ended on 2026-08-31"));
    assert_eq!(refusal.hints, ["use `ocd-division/country:us/state:vt/sldl:5`"]);
}

#[test]
fn an_area_that_is_not_in_the_register_is_unknown_whoever_lives_there() {
    let world = World::new(300, CHARTER);
    let file = world.folder.path().join("register.csv");
    std::fs::write(&file, "id,name\nocd-division/country:us/state:vt,Vermont\n").unwrap();
    load_divisions(&world.app, &Actor::operator(), &file, &mut |_| {}).unwrap();
    let asked = |actor: &Actor, area: &str| {
        request(&world.app, actor, request_file(&world.candidate, Ask::Hear, area))
    };
    let candidate = agent(&world.candidate);
    // Three hundred people live in the first, nobody in the second; both lie in the borrower's area.
    let empty = format!("{AREA}/ward:9");
    let refused = |area: &str| {
        let refusal = asked(&candidate, area).unwrap_err();
        (refusal.code, refusal.message.replace(area, "A"), refusal.hints)
    };
    assert_eq!(refused(AREA).0, "area.unknown");
    assert_eq!(refused(AREA), refused(&empty));
    assert!(asked(&Actor::operator(), AREA).is_ok(), "the owner's own people know who lives where");
}
