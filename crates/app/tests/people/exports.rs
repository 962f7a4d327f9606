//! Showing and handing out what is held on one person, and counting exactly.

use crate::world::{TODAY, World};
use hustings_app::Kind;
use hustings_app::people::consent::own_act;
use hustings_app::people::count::count;
use hustings_app::people::export::{FORMAT, export_mine, export_person};
use hustings_app::people::show::{find_by_email, own_page, supporter_page};
use hustings_domain::access::{Actor, Role};
use hustings_domain::consent::{Channel, ConsentState, NoticeHash};

const PEOPLE: &str = "email,first_name,email_opt_in,issues,ocd_division\n\
ann@example.org,Ann,yes,housing,ocd-division/country:us/state:vt/sldl:chittenden-13\n\
bob@example.org,Bob,,housing;climate,ocd-division/country:us/state:vt/sldl:chittenden-14\n";

#[test]
fn everything_held_is_handed_out() {
    let world = World::new();
    world.import("people.csv", PEOPLE);
    let ann = world.page("ann@example.org").unwrap();
    let before = world.entries();
    let export = export_person(&world.app, &Actor::operator(), ann.id).unwrap();
    assert_eq!(world.entries(), before + 1);
    let json = &export.json;
    assert_eq!((&json["format"], &json["identity"]["email"]), (&FORMAT.into(), &"ann@example.org".into()));
    assert_eq!(json["facts"].as_array().unwrap().len(), 2);
    assert_eq!(json["facts"][0]["source"], "people");
    assert_eq!(json["sources"][0]["name"], "people");
    assert_eq!(json["derived"]["keyed_hashes"].as_array().unwrap().len(), 2, "no phone is known");
    let mine = export_mine(&world.app, ann.ordinal).unwrap();
    assert_eq!(
        (&mine.json["identity"], world.entries()),
        (&json["identity"], before + 2),
        "both are entered"
    );
    assert_eq!(serde_json::from_str::<serde_json::Value>(&mine.json_text()).unwrap(), mine.json);
    assert_eq!(own_page(&world.app, ann.ordinal).unwrap().id, ann.id);
    assert!(!format!("{export:?}").contains("ann@"));
}

#[test]
fn a_consent_is_a_record_with_its_statements_as_events() {
    let world = World::new();
    world.import("people.csv", PEOPLE);
    let ann = world.page("ann@example.org").unwrap();
    let news = "news".parse().unwrap();
    let notice = "Green Mountain Forward may write to me with <news>.";
    for (state, text) in [(ConsentState::Withdrawn, None), (ConsentState::Given, Some(notice))] {
        own_act(&world.app, ann.ordinal, &news, Channel::Email, state, "my page", text).unwrap();
    }
    let export = export_person(&world.app, &Actor::operator(), ann.id).unwrap();
    let records = export.json["consent_records"].as_array().unwrap();
    assert_eq!(records.len(), 1);
    let record = &records[0];
    assert_eq!(record["@type"], "dpv:ConsentRecord");
    assert_eq!(record["dct:conformsTo"], "https://w3id.org/dpv/schema/dpv-27560#record");
    assert_eq!(record["dpv:hasDataSubject"]["@id"], format!("urn:uuid:{}", ann.id));
    assert_eq!(record["dpv:hasDataController"]["dpv:hasName"], "Green Mountain Forward");
    assert_eq!(record["dpv:hasProcess"]["dpv:hasPurpose"]["dct:identifier"], "news");
    let events = record["dpv:hasConsentStatus"].as_array().unwrap();
    let states: Vec<&str> = events.iter().map(|event| event["@type"].as_str().unwrap()).collect();
    assert_eq!(states, ["dpv:ConsentGiven", "dpv:ConsentWithdrawn", "dpv:ConsentGiven"]);
    let said_by: Vec<&str> =
        events.iter().map(|event| event["dpv:isIndicatedBy"].as_str().unwrap()).collect();
    assert_eq!(
        said_by,
        ["dpv:DataController", "dpv:DataSubject", "dpv:DataSubject"],
        "a file says what its owner says"
    );
    assert_eq!(record["hustings:stateInForce"], "dpv:ConsentGiven");
    let shown = &record["dpv:hasNotice"][0];
    assert_eq!(shown["dct:description"], notice);
    assert_eq!(events[2]["dpv:hasNotice"]["@id"], shown["@id"]);
    assert_eq!(shown["dct:identifier"], NoticeHash::of(notice).0.to_string());
    let again = export_person(&world.app, &Actor::operator(), ann.id).unwrap();
    assert_eq!(again.json["consent_records"][0]["@id"], record["@id"], "the same record, another day");
    let bob = world.page("bob@example.org").unwrap();
    assert_eq!(export_mine(&world.app, bob.ordinal).unwrap().json["consent_records"], serde_json::json!([]));
}

#[test]
fn the_page_needs_nothing_but_itself_and_runs_nothing() {
    let world = World::new();
    world.import(
        "people.csv",
        "email,first_name,email_opt_in,issues\neve@example.org,<script>alert(1)</script>,yes,housing\n",
    );
    let eve = world.page("eve@example.org").unwrap();
    let html = export_mine(&world.app, eve.ordinal).unwrap().html;
    for text in
        ["eve@example.org", "Green Mountain Forward", "our own news", "you agreed (in force)", "housing"]
    {
        assert!(html.contains(text), "{text}: {html}");
    }
    for forbidden in ["<script", "<link", "<img", "src=", "http://", "https://", "@import", "url("] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
    assert!(html.contains("width=device-width") && html.contains("@media print"));
}

/// Every key that an export can have is explained, and nothing is explained that it never has.
#[test]
fn the_description_of_the_format_names_every_field() {
    let world = World::new();
    world.import("people.csv", PEOPLE);
    let ann = world.page("ann@example.org").unwrap();
    let json = export_mine(&world.app, ann.ordinal).unwrap().json;
    let text = include_str!("../../../../docs/person-export.md");
    let told: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let mut has: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    for place in ["derived", "controller"] {
        has.extend(json[place].as_object().unwrap().keys().map(String::as_str));
    }
    for key in &has {
        assert!(told.contains(key), "docs/person-export.md does not tell of `{key}`");
    }
    assert!(text.contains(FORMAT));
    let top: Vec<&&str> = told.iter().filter(|key| !has.contains(key)).collect();
    assert!(top.is_empty(), "docs/person-export.md tells of what is not there: {top:?}");
}

#[test]
fn reading_a_record_is_in_the_ledger_and_a_borrower_reads_none() {
    let world = World::new();
    world.import("people.csv", PEOPLE);
    let id = find_by_email(&world.app, &Actor::operator(), "ANN@example.org").unwrap().unwrap();
    let before = world.entries();
    supporter_page(&world.app, &Actor::operator(), id).unwrap();
    assert_eq!(world.entries(), before + 1);
    let borrower =
        Actor { user: None, roles: vec![Role::Borrower], wing: None, borrower: None, through: None };
    assert_eq!(supporter_page(&world.app, &borrower, id).unwrap_err().kind, Kind::Denied);
    assert_eq!(find_by_email(&world.app, &borrower, "ann@example.org").unwrap_err().kind, Kind::Denied);
    assert_eq!(export_person(&world.app, &borrower, id).unwrap_err().kind, Kind::Denied);
    assert_eq!(count(&world.app, &borrower, "everyone", TODAY).unwrap_err().kind, Kind::Denied);
    assert_eq!(
        find_by_email(&world.app, &Actor::operator(), "nobody").unwrap_err().code,
        "supporter.address"
    );
    assert_eq!(find_by_email(&world.app, &Actor::operator(), "nobody@example.org").unwrap(), None);
}

#[test]
fn a_count_divides_and_a_slip_is_drawn() {
    let world = World::new();
    world.import("people.csv", PEOPLE);
    world.import("suppression.csv", "email\nbob@example.org\n");
    let counted = count(&world.app, &Actor::operator(), "issue has \"housing\"", TODAY).unwrap();
    assert_eq!((counted.count, counted.stopped), (2, 1));
    let by = |name: &str| counted.breakdowns.iter().find(|breakdown| breakdown.by == name).unwrap();
    assert_eq!(by("sldl").parts.len(), 2);
    assert_eq!(by("issue").parts, [("climate".to_owned(), 1), ("housing".to_owned(), 2)]);
    assert!(!counted.words.is_empty() && !counted.canonical.is_empty());
    let refusal = count(&world.app, &Actor::operator(), "issue has \"huosing\"", TODAY).unwrap_err();
    assert_eq!(refusal.code, "audience.wrong");
    assert!(refusal.causes[0].contains("^^^") && refusal.hints[0].contains("housing"), "{refusal:?}");
    assert_eq!(
        count(&world.app, &Actor::operator(), "issue has (", TODAY).unwrap_err().code,
        "audience.wrong"
    );
    assert_eq!(count(&world.app, &Actor::operator(), "issue has \"transit\"", TODAY).unwrap().count, 0);
}
