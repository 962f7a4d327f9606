//! Audiences at the command line: saved in versions, divided, compared, explained.

use super::binary::{Desk, text};
use super::loans;

const PEOPLE: &str = "email,issues,tags,ocd_division,email_opt_in\n\
ann@example.org,housing;climate,vol-driver,ocd-division/country:us/state:vt,yes\n\
bob@example.org,housing,vol-cook,ocd-division/country:us/state:vt,yes\n\
cat@example.org,climate,staff,ocd-division/country:us/state:nh,no\n";

fn list() -> Desk {
    let desk = Desk::with_list(&loans::charter(&[]));
    let file = desk.write("petition.csv", PEOPLE);
    desk.run(["import", text(&file)]).ok();
    desk
}

#[test]
fn an_audience_is_saved_shown_changed_and_retired() {
    let desk = list();
    assert!(desk.run(["audience", "list"]).ok().out.starts_with("Nothing is saved yet."));
    let saved = desk.json(["audience", "save", "homes", "issue has \"housing\""]);
    assert_eq!((&saved["version"], &saved["count"], &saved["new"]), (&1.into(), &2.into(), &true.into()));
    desk.run(["audience", "save", "core", "in audience \"homes\" and tag starts \"vol-\""]).ok();
    desk.run(["audience", "save", "homes", "issue has \"housing\" and issue has \"climate\""]).ok();
    let listed = desk.json(["audience", "list"]);
    let line = |at: usize| (listed[at]["name"].as_str().unwrap(), listed[at]["count"].as_u64().unwrap());
    assert_eq!((line(0), line(1)), (("core", 1), ("homes", 1)));
    assert_eq!(listed[0]["as_of"]["change"], listed[1]["as_of"]["change"], "both are of one state");
    let shown = desk.run(["audience", "show", "core"]).ok().out;
    assert!(shown.contains("1 supporters") && shown.contains("It names: homes"), "{shown}");
    let history = desk.json(["audience", "history", "homes"]);
    let versions: Vec<_> =
        history.as_array().unwrap().iter().map(|v| (v["number"].as_u64(), v["by"].as_str())).collect();
    assert_eq!(versions, [(Some(2), Some("operator")), (Some(1), Some("operator"))]);

    let circle = desk.run(["audience", "save", "homes", "in audience \"core\""]).refused(4);
    assert!(
        circle.contains("error: the audience `homes` would be part of itself: homes -> core -> homes"),
        "{circle}"
    );
    let used = desk.run(["audience", "retire", "homes"]).refused(5);
    assert!(
        used.contains("is part of core") && used.contains("hint: change or retire those first"),
        "{used}"
    );
    desk.run(["audience", "retire", "core"]).ok();
    let unknown = desk.run(["audience", "show", "hoems"]).refused(3);
    assert!(unknown.contains("hint: did you mean `homes`?"), "{unknown}");
}

#[test]
fn an_audience_is_divided_compared_sampled_and_explained() {
    let desk = list();
    let states = desk.json(["audience", "breakdown", "everyone", "--by", "area"]);
    assert_eq!(states["by"], "state");
    assert_eq!(states["parts"][1], serde_json::json!(["ocd-division/country:us/state:vt", 2]));
    assert_eq!(desk.json(["audience", "breakdown", "everyone", "--by", "source"])["parts"][0][0], "petition");
    desk.run(["audience", "breakdown", "everyone", "--by", "issue", "--kind", "state"]).refused(4);
    let overlap = desk.json(["audience", "overlap", "issue has \"climate\"", "tag starts \"vol-\""]);
    assert_eq!(
        (&overlap["both"], &overlap["only_left"], &overlap["only_right"]),
        (&1.into(), &1.into(), &1.into())
    );
    let sample = desk.run(["audience", "sample", "issue has \"housing\""]).ok().out;
    assert!(sample.starts_with("2 of 2 supporters") && sample.contains("bob@example.org"), "{sample}");
    let why =
        desk.run(["audience", "why", "tag \"staff\" or not issue \"housing\"", "bob@example.org"]).ok().out;
    assert!(why.starts_with("Not in the audience.\n"), "{why}");
    assert!(why.contains("no     tag \"staff\"") && why.contains("yes    issue has \"housing\""), "{why}");
    let nobody = desk.run(["audience", "why", "everyone", "zoe@example.org"]).refused(3);
    assert!(!nobody.contains("zoe"), "{nobody}");
}

#[test]
fn a_torn_index_is_built_again_with_a_word() {
    let desk = list();
    assert_eq!(desk.people(), 3);
    let file = desk.folder().join("audience.index");
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    let counted = desk.run(["audience", "count", "everyone"]).ok();
    assert!(counted.out.starts_with("3 supporters"), "{}", counted.out);
    assert!(counted.err.contains("ends inside section"), "{}", counted.err);
    std::fs::write(&file, whole).unwrap();
    let quiet = desk.run(["audience", "count", "everyone"]).ok();
    assert_eq!(quiet.err, "", "the file that was saved last is used");
}
