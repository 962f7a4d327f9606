//! Attributes: declared by a file or by hand, each with one type, its values with where they came from.

use super::world::{TODAY, World};
use hustings_app::people::attributes::{NewAttribute, declare, list, retire, show, state_mine};
use hustings_app::people::import::{ImportJob, Mapping};
use hustings_app::people::show::FactLine;
use hustings_app::{Kind, Refusal};
use hustings_audience::{Selection, parse};
use hustings_domain::access::Actor;
use hustings_domain::attribute::AttributeType;
use hustings_domain::facts::Origin;
use hustings_domain::ids::Ordinal;

const FILE: &str = "email,Member No,Dues,Party,Helps With,Works In,Renewed,Score\n\
    ann@example.org,A-1001,$25.00,Green,Phones; Doors,ocd-division/country:us/state:vt/sldl:4,2026-01-15,7\n\
    bob@example.org,A-2002,-5,Independent,doors,ocd-division/country:us/state:nh,2025-01-15,x\n\
    cy@example.org,b-1,27;50,Green party,,vermont,,\n";

fn mapping() -> Mapping {
    let mut mapping = Mapping::default();
    for column in [
        "Member No=text:member-no",
        "Dues=money:dues",
        "Party=choice:party",
        "Helps With=choices:helps-with",
        "Works In=area:works-in",
        "Renewed=date:renewed",
        "Score=number:score",
    ] {
        mapping.correct(column).unwrap();
    }
    mapping
}

fn with_people() -> World {
    let world = World::new();
    let mut job = ImportJob::new(world.file("members.csv", FILE));
    job.mapping = Some(mapping());
    job.licence = Some("for the list owner alone".to_owned());
    let report = world.try_import(&job).unwrap();
    assert_eq!((report.new, report.cells_dropped), (3, 3), "{report:#?}");
    world
}

fn facts(world: &World, address: &str, name: &str) -> Vec<FactLine> {
    let mut facts = world.page(address).unwrap().facts;
    facts.retain(|line| line.fact.value.attribute().is_some_and(|(of, _)| of.as_str() == name));
    facts
}

fn new(name: &str, kind: AttributeType, choices: &[&str]) -> NewAttribute {
    let choices = choices.iter().map(|choice| (*choice).to_owned()).collect();
    NewAttribute { name: name.to_owned(), title: None, kind, choices, open: false }
}

#[test]
fn a_file_declares_on_the_way_and_every_type_is_asked_for() {
    let world = with_people();
    for (rule, people) in [
        ("member-no starts \"a-1\"", 1),
        ("text.member_no is \"B-1\"", 1),
        ("dues between $0 and $30", 1),
        ("dues < $0", 1),
        ("party is \"green\"", 1),
        ("party in (\"green\", \"green-party\")", 2),
        ("helps-with has \"doors\"", 2),
        ("works-in within ocd-division/country:us", 2),
        ("works-in within ocd-division/country:us/state:vt", 1),
        ("renewed within 90d", 1),
        ("score >= 7", 1),
        ("not helps-with has \"phones\"", 2),
    ] {
        assert_eq!(world.count(rule), people, "{rule}");
    }
    let listed = list(&world.app, &Actor::operator()).unwrap();
    let shown: Vec<_> = listed
        .iter()
        .map(|one| (one.attribute.name.as_str(), one.attribute.kind, one.people, one.self_given))
        .collect();
    assert_eq!(
        shown,
        [
            ("dues", AttributeType::Money, 2, Some(0)),
            ("helps-with", AttributeType::Choices, 2, Some(0)),
            ("member-no", AttributeType::Text, 3, None),
            ("party", AttributeType::Choice, 3, Some(0)),
            ("renewed", AttributeType::Date, 2, Some(0)),
            ("score", AttributeType::Number, 1, Some(0)),
            ("works-in", AttributeType::Area, 2, Some(0)),
        ]
    );
    assert_eq!(listed[2].attribute.title, "Member No");
    let party = show(&world.app, &Actor::operator(), "party").unwrap();
    let chosen: Vec<_> = party.chosen.iter().map(|(choice, people)| (choice.as_str(), *people)).collect();
    assert_eq!(chosen, [("green", 1), ("green-party", 1), ("independent", 1)]);
    let unknown = show(&world.app, &Actor::operator(), "partie").unwrap_err();
    assert_eq!((unknown.kind, unknown.hints), (Kind::NotFound, vec!["did you mean `party`?".to_owned()]));
    let line = &facts(&world, "ann@example.org", "dues")[0];
    assert_eq!((line.fact.origin, line.source.as_str()), (Origin::Imported, "members"));
    assert_eq!(line.licence, "for the list owner alone");
    // The same file again says nothing new, and by their names the columns are known from now on.
    let again = world.import("again.csv", "email,dues,party\nann@example.org,$25,green\n");
    assert_eq!((again.unchanged, again.cells_dropped), (1, 0));
    assert_eq!(again.columns[1].1, "money:dues");
}

#[test]
fn what_survives_a_restart_is_the_same() {
    let world = with_people().reopen();
    assert_eq!(world.count("member-no starts \"A-\" and dues >= $25"), 1);
    assert_eq!(world.count("helps-with has (\"doors\", \"phones\")"), 2);
}

#[test]
fn an_attribute_keeps_its_type() {
    let world = with_people();
    let mut job = ImportJob::new(world.file("other.csv", "email,Party\nann@example.org,5\n"));
    let mut mapping = Mapping::default();
    mapping.correct("Party=money:party").unwrap();
    job.mapping = Some(mapping);
    let refused = world.try_import(&job).unwrap_err();
    assert_eq!(
        (refused.code, refused.message.as_str(), refused.causes[0].as_str()),
        (
            "import.attribute-type",
            "`Party` is mapped to `money:party`, and `party` cannot be both a choice and money",
            "on this list `party` is a choice"
        )
    );
    assert!(refused.hints[0].contains("map it to `choice:party`"), "{refused:?}");
    let refused =
        declare(&world.app, &Actor::operator(), &new("party", AttributeType::Text, &[])).unwrap_err();
    assert_eq!(
        (refused.code, refused.message.as_str()),
        ("attribute.type", "the attribute `party` is a choice, and cannot become a text")
    );
    for (wrong, code) in [
        (new("Party!", AttributeType::Text, &[]), "attribute.name"),
        (new("consent", AttributeType::Text, &[]), "attribute.name-taken"),
        (new("last-gift", AttributeType::Date, &[]), "attribute.name-taken"),
        (new("note", AttributeType::Text, &["a"]), "attribute.choices"),
        (new("note", AttributeType::Choice, &["!!"]), "attribute.choices"),
    ] {
        assert_eq!(declare(&world.app, &Actor::operator(), &wrong).unwrap_err().code, code);
    }
}

#[test]
fn choices_that_are_declared_are_the_only_ones() {
    let world = World::new();
    let actor = Actor::operator();
    declare(&world.app, &actor, &new("shift", AttributeType::Choices, &["Early Morning", "night"])).unwrap();
    let report = world.import("a.csv", "email,shift\nann@example.org,early morning; noon\n");
    assert_eq!((report.new, report.cells_dropped), (1, 1));
    assert_eq!(world.count("shift has \"early-morning\""), 1);
    let refused =
        hustings_app::people::count::count(&world.app, &actor, "shift has \"noon\"", TODAY).unwrap_err();
    assert_eq!(refused.message, "`noon` is not a choice of `shift`");
    // A further word on it adds a choice; and a file that is in already is read once more.
    declare(&world.app, &actor, &new("shift", AttributeType::Choices, &["noon"])).unwrap();
    let report = world.import("a.csv", "email,shift\nann@example.org,early morning; noon\n");
    assert_eq!((report.changed, report.cells_dropped), (1, 0));
    assert_eq!(world.count("shift has \"noon\""), 1);
}

#[test]
fn what_is_out_of_use_is_named_by_no_rule_and_no_file() {
    let world = with_people();
    let actor = Actor::operator();
    assert!(retire(&world.app, &actor, "party").unwrap().attribute.retired.is_some());
    assert_eq!(retire(&world.app, &actor, "party").unwrap_err().code, "attribute.retired");
    let rule = "party is \"green\"";
    let refused = hustings_app::people::count::count(&world.app, &actor, rule, TODAY).unwrap_err();
    assert_eq!(refused.message, "the attribute `party` is out of use");
    let mut job = ImportJob::new(world.file("other.csv", FILE));
    job.mapping = Some(mapping());
    assert_eq!(world.try_import(&job).unwrap_err().code, "import.attribute-retired");
    assert_eq!(facts(&world, "ann@example.org", "party").len(), 1, "what is kept stays");
    declare(&world.app, &actor, &new("party", AttributeType::Choice, &[])).unwrap();
    assert_eq!(world.count(rule), 1);
}

#[test]
fn a_persons_own_word_is_self_given_and_takes_the_place_of_the_rest() {
    let world = with_people();
    let ann = Ordinal(0);
    let lent = |world: &World, rule: &str| {
        let expr = parse(rule).unwrap();
        world.app.with_index(|index| index.count(&expr, Selection::Loan, TODAY, 1)).unwrap()
    };
    assert_eq!(lent(&world, "party is \"green\""), 0);
    assert!(state_mine(&world.app, ann, "party", "Independent").unwrap());
    assert!(!state_mine(&world.app, ann, "party", "independent").unwrap(), "it says that already");
    let lines = facts(&world, "ann@example.org", "party");
    assert_eq!((lines.len(), lines[0].fact.origin), (1, Origin::SelfGiven));
    assert_eq!((lent(&world, "party is \"independent\""), world.count("party is \"green\"")), (1, 0));
    assert!(state_mine(&world.app, ann, "helps-with", "doors, tables").unwrap());
    assert_eq!(
        (lent(&world, "helps-with has \"tables\""), lent(&world, "helps-with has \"phones\"")),
        (1, 0)
    );
    // A file says otherwise: what the person said stands.
    let mut job = ImportJob::new(world.file("later.csv", FILE));
    job.mapping = Some(mapping());
    world.try_import(&job).unwrap();
    assert_eq!(facts(&world, "ann@example.org", "party")[0].fact.origin, Origin::SelfGiven);
    assert!(state_mine(&world.app, ann, "party", " ").unwrap());
    assert!(facts(&world, "ann@example.org", "party").is_empty());
    let refused: Refusal = state_mine(&world.app, ann, "dues", "a lot").unwrap_err();
    assert_eq!(
        (refused.code, refused.message.as_str()),
        ("correction.unusable", "`dues` is money, and this cannot be kept as that")
    );
    assert_eq!(state_mine(&world.app, ann, "gossip", "x").unwrap_err().code, "attribute.unknown");
}

#[test]
fn an_origin_of_the_file_is_that_of_its_attributes() {
    let world = World::new();
    let mut job = ImportJob::new(world.file("voters.csv", "email,party\nann@example.org,green\n"));
    let mut mapping = Mapping::default();
    mapping.correct("party=choice:party").unwrap();
    job.mapping = Some(mapping);
    job.origin = Some(Origin::VoterFile);
    world.try_import(&job).unwrap();
    assert_eq!(facts(&world, "ann@example.org", "party")[0].fact.origin, Origin::VoterFile);
    let listed = list(&world.app, &Actor::operator()).unwrap();
    assert_eq!((listed[0].people, listed[0].self_given), (1, Some(0)));
}
