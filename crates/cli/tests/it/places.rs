//! Places and attributes at a terminal: loaded, shown, wrong, and said word for word.

use super::binary::{Desk, text};
use super::loans;
use insta::assert_snapshot;
use serde_json::Value;

const REGISTER: &str = "id,name,sameAs,sameAsNote,validThrough,validFrom\n\
    ocd-division/country:us,United States,,,,\n\
    ocd-division/country:us/state:vt,Vermont,,,,\n\
    ocd-division/country:us/state:vt/sldl:1,House district 1,,,,2012\n\
    ocd-division/country:us/state:vt/sldl:2,House district 2,,,2022-12-31,\n\
    ocd-division/country:us/state:vt/sldl:3,House district 3,,,,\n";

const CODES: &str = "postal_code,area,share\n\
    05401,ocd-division/country:us/state:vt/sldl:1,\n\
    05402,ocd-division/country:us/state:vt/sldl:1,75%\n\
    05402,ocd-division/country:us/state:vt/sldl:2,25%\n";

const PEOPLE: &str = "email,zip,party,dues\nann@example.org,05401,green,$25\nbob@example.org,05402,red,$5\n";

fn list() -> Desk {
    let desk = Desk::with_list(&loans::charter(&[]));
    let (register, codes) = (desk.write("register.csv", REGISTER), desk.write("codes.csv", CODES));
    desk.run(["places", "import", text(&register)]).ok();
    desk.run(["places", "postcodes", text(&codes)]).ok();
    let people = desk.write("people.csv", PEOPLE);
    let columns = ["--column", "party=choice:party", "--column", "dues=money:dues"];
    desk.run(["import", text(&people)].into_iter().chain(columns)).ok();
    desk
}

#[test]
fn places_are_loaded_and_shown() {
    let desk = Desk::with_list(&loans::charter(&[]));
    assert_snapshot!("places-none", desk.run(["places", "list"]).ok().out);
    let register = desk.write("register.csv", format!("{REGISTER}vermont,x,,,,\n"));
    let loaded: Value = desk.json(["places", "import", text(&register)]);
    assert_eq!((&loaded["new"], &loaded["rejected"]), (&5.into(), &1.into()));
    assert!(
        std::fs::read_to_string(loaded["rejects_file"].as_str().unwrap()).unwrap().contains("\n7,the area")
    );
    let register = desk.write("register.csv", REGISTER);
    assert_snapshot!("places-again", desk.run(["places", "import", text(&register)]).ok().out);
    let desk = list();
    assert_snapshot!(
        "places-list",
        desk.run(["places", "list", "--inside", "ocd-division/country:us/state:vt"]).ok().out
    );
    assert_snapshot!(
        "places-show",
        desk.run(["places", "show", "ocd-division/country:us/state:vt/sldl:1"]).ok().out
    );
    assert_snapshot!(
        "places-ended",
        desk.run(["places", "show", "ocd-division/country:us/state:vt/sldl:2"]).ok().out
    );
    assert_snapshot!(
        "places-unknown",
        desk.run(["places", "show", "ocd-division/country:us/state:vr"]).refused(3)
    );
    let rule = "area within ocd-division/country:us/state:vt/sldl:2";
    assert_snapshot!("audience-ended", desk.run(["audience", "count", rule]).refused(4));
    let redrawn = "postal_code,area\n05401,ocd-division/country:us/state:vt/sldl:3\n";
    let redrawn = desk.write("redrawn.csv", redrawn);
    assert_snapshot!("places-moved", desk.run(["places", "postcodes", text(&redrawn)]).ok().out);
    let counted = desk.json(["audience", "count", "area within ocd-division/country:us/state:vt/sldl:3"]);
    assert_eq!(counted["count"], 1);
}

#[test]
fn attributes_are_declared_listed_and_put_right() {
    let desk = list();
    assert_snapshot!("attribute-list", desk.run(["attribute", "list"]).ok().out);
    let add = ["attribute", "add", "helps-with", "--type", "choices", "--choices", "doors,phones"];
    assert_snapshot!("attribute-add", desk.run(add).ok().out);
    assert_snapshot!("attribute-type", desk.run(["attribute", "add", "party", "--type", "text"]).refused(5));
    let put = ["supporters", "correct", "ann@example.org", "--attribute", "party=red"];
    assert_snapshot!("attribute-put-right", desk.run(put).ok().out);
    assert_snapshot!("attribute-show", desk.run(["attribute", "show", "party"]).ok().out);
    desk.run(["attribute", "retire", "dues"]).ok();
    assert_snapshot!("attribute-retired", desk.run(["audience", "count", "dues >= $5"]).refused(4));
    assert_snapshot!("attribute-mistyped", desk.run(["audience", "count", "party >= $5"]).refused(4));
    let held = desk.json(["supporters", "show", "ann@example.org"]);
    let party = held["facts"].as_array().unwrap().iter().find(|fact| fact["name"] == "party").unwrap();
    assert_eq!((&party["origin"], &party["may_be_lent"]), (&"self-given".into(), &true.into()));
    let help = desk.run(["attribute", "add", "--help"]).ok().out;
    assert!(help.contains("helps-with has"), "{help}");
}
