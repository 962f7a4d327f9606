//! Saved audiences: versions, names within names, circles, and what is asked of them.

use crate::world::{TODAY, World};
use hustings_app::people::audience::{self, DivideBy};
use hustings_app::people::consent::own_act;
use hustings_app::people::count::count;
use hustings_app::{Kind, Refusal};
use hustings_domain::access::{Actor, Role};
use hustings_domain::consent::{Channel, ConsentState};

const PETITION: &str = "email,issues,tags,ocd_division,signed_on,email_opt_in\n\
ann@example.org,housing;climate,vol-driver,ocd-division/country:us/state:vt,2026-01-10,yes\n\
bob@example.org,housing,vol-cook,ocd-division/country:us/state:vt,2025-06-10,yes\n\
cat@example.org,climate,staff,ocd-division/country:us/state:nh,2025-06-20,no\n\
dan@example.org,,,ocd-division/country:us/state:nh,2024-06-20,no\n";

fn list() -> World {
    let world = World::new();
    world.import("petition-2026.csv", PETITION);
    world.import("old.csv", "email,tags\neve@example.org,vol-driver\nann@example.org,press\n");
    world
}

fn steward() -> Actor {
    Actor::operator()
}

fn trustee() -> Actor {
    Actor { user: None, roles: vec![Role::Trustee], wing: None, borrower: None, through: None }
}

fn save(world: &World, name: &str, rule: &str) -> Result<(u32, bool), Refusal> {
    audience::save(&world.app, &steward(), name, rule).map(|saved| (saved.version.version, saved.new))
}

#[test]
fn each_change_is_a_version_with_who_and_when() {
    let world = list();
    assert_eq!(save(&world, "homes", r#"issue has "housing""#).unwrap(), (1, true));
    assert_eq!(
        save(&world, "homes", r#"  issue has "housing" "#).unwrap(),
        (1, false),
        "the same text again"
    );
    world.clock.advance_seconds(60);
    assert_eq!(save(&world, "homes", r#"issue has "housing" and not tag "staff""#).unwrap(), (2, true));
    let kept = audience::show(&world.app, &trustee(), "homes").unwrap();
    assert_eq!((kept.version, kept.retired), (2, None));
    let versions: Vec<_> = kept
        .versions
        .iter()
        .map(|version| (version.number, version.by.as_str(), version.at.to_string()))
        .collect();
    assert_eq!(
        versions,
        [
            (2, "operator", "2026-03-01T09:01:00Z".to_owned()),
            (1, "operator", "2026-03-01T09:00:00Z".to_owned())
        ]
    );
    assert_eq!(world.count(r#"in audience "homes""#), 2);
    let world = world.reopen();
    assert_eq!(audience::list(&world.app, &steward()).unwrap().len(), 1);
}

#[test]
fn audiences_name_each_other_and_never_themselves() {
    let world = list();
    save(&world, "homes", r#"issue has "housing""#).unwrap();
    save(&world, "drivers", r#"tag starts "vol-" and joined within 3y"#).unwrap();
    save(&world, "core", r#"in audience "homes" and in audience "drivers""#).unwrap();
    assert_eq!(world.count(r#"in audience "core""#), 2);
    assert_eq!(world.count(r#"not in audience "core""#), 3);
    // What is changed below changes above.
    save(&world, "homes", r#"issue has "housing" and issue has "climate""#).unwrap();
    assert_eq!(world.count(r#"in audience "core""#), 1);

    let circle = save(&world, "homes", r#"everyone and in audience "core""#).unwrap_err();
    assert_eq!((circle.kind, circle.code), (Kind::Invalid, "audience.cycle"));
    assert_eq!(circle.message, "the audience `homes` would be part of itself: homes -> core -> homes");
    let drawn = circle.causes.join("\n");
    assert!(
        drawn.contains("in audience \"homes\" and in audience \"drivers\"\n              ^^^^^^^"),
        "{drawn}"
    );
    let own = save(&world, "alone", r#"in audience "alone""#).unwrap_err();
    assert_eq!(own.message, "the audience `alone` would be part of itself: alone -> alone");
    assert_eq!(audience::show(&world.app, &steward(), "homes").unwrap().version, 2, "nothing was saved");

    let used = audience::show(&world.app, &steward(), "homes").unwrap().used_by;
    assert_eq!(used.iter().map(ToString::to_string).collect::<Vec<_>>(), ["core"]);
}

#[test]
fn an_audience_that_is_used_is_not_retired() {
    let world = list();
    save(&world, "homes", r#"issue has "housing""#).unwrap();
    save(&world, "core", r#"in audience "homes" and tag "press""#).unwrap();
    let refused = audience::retire(&world.app, &steward(), "homes").unwrap_err();
    assert_eq!(
        (refused.code, refused.message.as_str()),
        ("audience.in-use", "the audience `homes` is part of core")
    );
    audience::retire(&world.app, &steward(), "core").unwrap();
    audience::retire(&world.app, &steward(), "homes").unwrap();
    assert_eq!(audience::retire(&world.app, &steward(), "homes").unwrap_err().code, "audience.retired");
    let error = count(&world.app, &steward(), r#"in audience "homes""#, TODAY).unwrap_err();
    assert_eq!(
        (error.code, error.message.as_str()),
        ("audience.retired", "the saved audience `homes` is out of use")
    );
    save(&world, "homes", r#"issue has "housing""#).unwrap();
    assert_eq!(world.count(r#"in audience "homes""#), 2, "a new version takes it back into use");
    assert_eq!(
        audience::retire(&world.app, &steward(), "hoems").unwrap_err().hints,
        ["did you mean `homes`?"]
    );
}

#[test]
fn what_cannot_be_counted_is_not_saved() {
    let world = list();
    save(&world, "homes", r#"issue has "housing""#).unwrap();
    for (rule, code, message, hint) in [
        (r#"tag "stafff""#, "audience.wrong", "`stafff` is not a tag of this list", "did you mean `staff`?"),
        (
            r#"in audience "hoems""#,
            "audience.unknown",
            "there is no saved audience `hoems`",
            "did you mean `homes`?",
        ),
        (
            r#"source "petition-2025""#,
            "audience.wrong",
            "`petition-2025` is not a source of this list",
            "did you mean `petition-2026`?",
        ),
        (
            r#"area in "vt""#,
            "audience.wrong",
            "`vt` is not an area: write an OCD division id such as `ocd-division/country:us/state:vt`",
            "did you mean `ocd-division/country:us/state:vt`?",
        ),
        (
            r#"gave > "27""#,
            "audience.wrong",
            "`gave` is money and cannot be compared with a text `\"27\"`",
            "write an amount such as $27 or $27.50",
        ),
    ] {
        let refused = save(&world, "new", rule).unwrap_err();
        assert_eq!((refused.code, refused.message.as_str()), (code, message));
        assert_eq!(refused.hints, [hint], "{rule}");
        assert!(refused.causes[0].contains('^'), "{rule}");
    }
    let refused = save(&world, "Not A Name", "everyone").unwrap_err();
    assert_eq!(
        (refused.code, refused.hints),
        ("audience.name", vec!["did you mean `not-a-name`?".to_owned()])
    );
    let denied = audience::save(&world.app, &trustee(), "new", "everyone").unwrap_err();
    assert_eq!(denied.kind, Kind::Denied);
}

#[test]
fn names_within_names_stay_within_bounds() {
    let world = list();
    save(&world, "a-0", r#"tag in ("staff", "press", "vol-cook", "vol-driver")"#).unwrap();
    for level in 1..8 {
        let below = format!("in audience \"a-{}\"", level - 1);
        save(&world, &format!("a-{level}"), &format!("{below} or {below}")).unwrap();
    }
    let deep = save(&world, "a-8", r#"in audience "a-7""#).unwrap_err();
    assert_eq!(deep.code, "audience.too-deep");
    let wide = vec![r#"in audience "a-6""#; 40].join(" or ");
    assert_eq!(count(&world.app, &steward(), &wide, TODAY).unwrap_err().code, "audience.too-large");
}

#[test]
fn an_audience_divides_by_area_issue_month_and_source() {
    let world = list();
    let divide = |by: DivideBy| {
        let divided = audience::breakdown(&world.app, &trustee(), "everyone", &by, TODAY).unwrap();
        assert_eq!(divided.count, 5);
        divided.parts
    };
    let part = |name: &str, people| (name.to_owned(), people);
    let us = "ocd-division/country:us/state:";
    let states = divide(DivideBy::Area { kind: None, inside: None });
    assert_eq!(states, [part(&format!("{us}nh"), 2), part(&format!("{us}vt"), 2)]);
    let inside = Some(format!("{us}vt").parse().unwrap());
    assert_eq!(
        divide(DivideBy::Area { kind: Some("state".to_owned()), inside }),
        [part(&format!("{us}vt"), 2)]
    );
    assert_eq!(divide(DivideBy::Issue), [part("climate", 2), part("housing", 2)]);
    assert_eq!(divide(DivideBy::Source), [part("old", 2), part("petition-2026", 4)]);
    let months = divide(DivideBy::Month);
    assert_eq!(months.iter().map(|(_, people)| people).sum::<u64>(), 5);
    let kind = DivideBy::Area { kind: Some("county".to_owned()), inside: None };
    let refused = audience::breakdown(&world.app, &steward(), "everyone", &kind, TODAY).unwrap_err();
    assert_eq!(refused.hints, ["the kinds are state"]);
}

#[test]
fn two_audiences_overlap() {
    let world = list();
    let overlap =
        audience::overlap(&world.app, &trustee(), r#"issue has "climate""#, r#"tag starts "vol-""#, TODAY)
            .unwrap();
    assert_eq!(
        (overlap.left, overlap.right, overlap.both, overlap.only_left, overlap.only_right),
        (2, 3, 1, 1, 2)
    );
    let counted = count(&world.app, &steward(), "everyone", TODAY).unwrap();
    assert_eq!(
        (counted.as_of.change, counted.as_of.today),
        (overlap.as_of.change, TODAY),
        "two screens agree"
    );
}

#[test]
fn a_sample_is_for_those_who_read_records_and_is_in_the_ledger() {
    let world = list();
    let before = world.entries();
    let denied = audience::sample(&world.app, &trustee(), "everyone", TODAY).unwrap_err();
    assert_eq!((denied.kind, world.entries()), (Kind::Denied, before));
    let sample = audience::sample(&world.app, &steward(), r#"tag starts "vol-""#, TODAY).unwrap();
    let mut emails: Vec<_> = sample
        .people
        .iter()
        .map(|person| person.identity.email.as_ref().unwrap().reveal().to_owned())
        .collect();
    emails.sort();
    assert_eq!(
        (sample.count, emails),
        (3, ["ann", "bob", "eve"].map(|name| format!("{name}@example.org")).to_vec())
    );
    assert_eq!(world.entries(), before + 1);
    let many: String =
        std::iter::once("email\n".to_owned()).chain((0..60).map(|n| format!("p{n}@example.org\n"))).collect();
    world.import("many.csv", many);
    assert_eq!(audience::sample(&world.app, &steward(), "everyone", TODAY).unwrap().people.len(), 20);
}

#[test]
fn why_somebody_is_in_or_out_goes_term_by_term() {
    let world = list();
    save(&world, "homes", r#"issue has "housing" and not tag "staff""#).unwrap();
    let rule = r#"in audience "homes" and (source "old" or joined before 2026-01-01)"#;
    let why = audience::why(&world.app, &steward(), rule, "Ann@example.org", TODAY).unwrap();
    assert!(why.is_in && !why.stopped);
    let lines: Vec<_> = why.terms.iter().map(|line| (line.term.as_str(), line.holds)).collect();
    assert_eq!(
        lines,
        [(r#"in audience "homes""#, true), (r#"source "old""#, true), ("joined < 2026-01-01", false)]
    );
    let inside: Vec<_> = why.terms[0].inside.iter().map(|line| (line.term.as_str(), line.holds)).collect();
    assert_eq!(inside, [(r#"issue has "housing""#, true), (r#"tag "staff""#, false)]);
    let page = world.page("cat@example.org").unwrap();
    own_act(
        &world.app,
        page.ordinal,
        &"news".parse().unwrap(),
        Channel::Email,
        ConsentState::Refused,
        "my page",
        None,
    )
    .unwrap();
    let before = world.entries();
    assert!(!audience::why(&world.app, &steward(), rule, "cat@example.org", TODAY).unwrap().is_in);
    assert_eq!(world.entries(), before + 1);
    let unknown = audience::why(&world.app, &steward(), rule, "zoe@example.org", TODAY).unwrap_err();
    assert_eq!(unknown.kind, Kind::NotFound);
    assert!(!format!("{unknown:?}").contains("zoe"));
    let denied = audience::why(&world.app, &trustee(), rule, "ann@example.org", TODAY).unwrap_err();
    assert_eq!(denied.kind, Kind::Denied);
}

#[test]
fn a_saved_audience_is_counted_like_its_own_text() {
    let world = list();
    let rule = r#"tag starts "vol-" or issue has "climate" and consent "news""#;
    save(&world, "mixed", rule).unwrap();
    let (plain, saved) = (
        count(&world.app, &steward(), rule, TODAY).unwrap(),
        count(&world.app, &steward(), r#"in audience "mixed""#, TODAY).unwrap(),
    );
    assert_eq!(
        (plain.count, plain.canonical, plain.breakdowns),
        (saved.count, saved.canonical, saved.breakdowns)
    );
    assert_eq!(saved.words, "People who are in the audience mixed.");
}
