//! Divisions and postal codes: loaded, said again, wrong, and people who live elsewhere after a load.

use super::world::{TODAY, World};
use hustings_app::people::import::ImportJob;
use hustings_app::people::places::{
    BadRow, LoadReport, areas, load_divisions, load_postcodes, settle_people, show_area,
};
use hustings_app::{Kind, Refusal};
use hustings_domain::access::{Actor, Role};
use hustings_domain::area::AreaId;
use hustings_domain::facts::{FactValue, Origin};
use std::path::Path;

const VT: &str = "ocd-division/country:us/state:vt";

const REGISTER: &str = "id,name,sameAs,sameAsNote,validThrough,validFrom\n\
    ocd-division/country:us,United States,,,,\n\
    ocd-division/country:us/state:vt,Vermont,,,,\n\
    ocd-division/country:us/state:vt/sldl:1,House district 1,,,,2012\n\
    ocd-division/country:us/state:vt/sldl:2,House district 2,,,2022-12-31,\n\
    ocd-division/country:us/state:vt/sldl:3,House district 3,,,,\n\
    ocd-division/country:us/state:vt/sldl:old,The old one,ocd-division/country:us/state:vt/sldl:3,renamed,2001,\n\
    ocd-division/country:us/state:vt/sldl:late,One to come,,,,2032\n";

const CODES: &str = "postal_code,area,share\n\
    05401,ocd-division/country:us/state:vt/sldl:1,\n\
    05401,ocd-division/country:us/state:vt,\n\
    05402,ocd-division/country:us/state:vt/sldl:1,60%\n\
    05402,ocd-division/country:us/state:vt/sldl:2,40%\n\
    05403,ocd-division/country:us/state:vt/sldl:1,50%\n\
    05403,ocd-division/country:us/state:vt/sldl:2,50%\n\
    05404,ocd-division/country:us/state:vt/sldl:2,\n";

fn divisions(world: &World, text: &str) -> Result<LoadReport, Refusal> {
    load_divisions(&world.app, &Actor::operator(), &world.file("register.csv", text), &mut |_| {})
}

fn postcodes(world: &World, text: &str) -> Result<LoadReport, Refusal> {
    load_postcodes(&world.app, &Actor::operator(), &world.file("codes.csv", text), &mut |_| {})
}

fn lives(world: &World, address: &str) -> Vec<(String, Origin)> {
    let mut areas: Vec<_> = world
        .page(address)
        .unwrap()
        .facts
        .into_iter()
        .filter_map(|line| match line.fact.value {
            FactValue::Area(area) => Some((area.as_str().replace(VT, "vt"), line.fact.origin)),
            _ => None,
        })
        .collect();
    areas.sort();
    areas
}

fn at(area: &str, origin: Origin) -> (String, Origin) {
    (area.to_owned(), origin)
}

#[test]
fn a_register_is_in_once_and_nests() {
    let world = World::new();
    let first = divisions(&world, REGISTER).unwrap();
    assert_eq!((first.rows, first.new, first.rejected), (7, 7, 0));
    let entries = world.entries();
    let again = divisions(&world, REGISTER).unwrap();
    assert!(again.changed_nothing() && again.unchanged == 7, "{again:?}");
    assert_eq!(world.entries(), entries);
    let changed = divisions(&world, &REGISTER.replace("Vermont", "State of Vermont")).unwrap();
    assert_eq!((changed.changed, changed.unchanged), (1, 6));
    world.import("a.csv", format!("email,ocd_division\nann@example.org,{VT}/sldl:1\nbob@example.org,{VT}\n"));
    let page = areas(&world.app, &Actor::operator(), Some(&VT.parse().unwrap()), None).unwrap();
    let shown: Vec<_> = page.rows.iter().map(|row| (row.name.as_str(), row.people, row.ended)).collect();
    assert_eq!(
        shown,
        [
            ("House district 1", 1, false),
            ("House district 2", 0, true),
            ("House district 3", 0, false),
            ("One to come", 0, false),
            ("The old one", 0, true),
        ]
    );
    let top = areas(&world.app, &Actor::operator(), None, None).unwrap();
    assert_eq!((top.rows[0].name.as_str(), top.rows[0].people, top.divisions), ("United States", 2, 7));
    let vermont = show_area(&world.app, &Actor::operator(), VT).unwrap();
    assert_eq!((vermont.row.people, vermont.kinds["sldl"], vermont.lies_in.len()), (2, 3, 1));
    let unknown = show_area(&world.app, &Actor::operator(), "ocd-division/country:us/state:vr").unwrap_err();
    assert_eq!(unknown.kind, Kind::NotFound);
    assert!(unknown.hints[0].starts_with("did you mean `ocd-division/country:us/state:vt`"), "{unknown:?}");
    // Nobody lives in the third yet; the register knows it, so it can be asked for.
    assert_eq!(world.count(&format!("area within {VT}/sldl:3")), 0);
    assert_eq!(world.count(&format!("area within {VT}")), 2);
}

#[test]
fn bad_lines_are_named_and_kept_apart() {
    let world = World::new();
    let report =
        divisions(&world, "id,name\nvermont,x\nocd-division/country:us,United States\n=1+1,y\n").unwrap();
    assert_eq!((report.rows, report.new, report.rejected), (3, 1, 2));
    assert_eq!(report.reasons[&BadRow::NotAnArea], 2);
    assert_eq!(report.first_rejects[1].line, 4);
    let kept = std::fs::read_to_string(report.rejects_file.unwrap()).unwrap();
    assert!(kept.starts_with("line,reason,row\n2,the area is not") && kept.contains("\"'=1+1,y\""), "{kept}");
    let refused = divisions(&world, "name\nx\n").unwrap_err();
    assert_eq!((refused.kind, refused.code), (Kind::Invalid, "places.no-id"));
    let borrower =
        Actor { user: None, roles: vec![Role::Trustee], wing: None, borrower: None, through: None };
    let path = world.file("r.csv", REGISTER);
    assert_eq!(load_divisions(&world.app, &borrower, &path, &mut |_| {}).unwrap_err().kind, Kind::Denied);
}

#[test]
fn an_area_that_ended_says_what_to_use() {
    let world = World::new();
    divisions(&world, REGISTER).unwrap();
    postcodes(&world, CODES).unwrap();
    let told = |rule: &str| {
        let refused =
            hustings_app::people::count::count(&world.app, &Actor::operator(), rule, TODAY).unwrap_err();
        (refused.message.replace(VT, "vt"), refused.hints.join("; ").replace(VT, "vt"))
    };
    let (message, hint) = told(&format!("area within {VT}/sldl:old"));
    assert_eq!((message.as_str(), hint.as_str()), ("`vt/sldl:old` ended on 2001-12-31", "use `vt/sldl:3`"));
    let (message, hint) = told(&format!("everyone and not area in \"{VT}/sldl:2\""));
    assert_eq!((message.as_str(), hint.as_str()), ("`vt/sldl:2` ended on 2022-12-31", "use `vt/sldl:1`"));
    assert_eq!(told(&format!("area within {VT}/sldl:late")).0, "`vt/sldl:late` begins on 2032-01-01");
    let (message, hint) = told(&format!("area within {VT}/sldl:11"));
    assert_eq!(message, "`vt/sldl:11` is not an area of this list");
    assert!(hint.contains("vt/sldl:1`"), "{hint}");
}

#[test]
fn a_code_tells_where_all_of_it_lies_and_guesses_where_most_of_it_does() {
    let world = World::new();
    postcodes(&world, CODES).unwrap();
    world.import(
        "a.csv",
        "email,zip\nann@example.org,05401\nbob@example.org,5402\ncy@example.org,05403-1234\n",
    );
    assert_eq!(lives(&world, "ann@example.org"), [at("vt/sldl:1", Origin::SelfGiven)]);
    assert_eq!(lives(&world, "bob@example.org"), [at("vt/sldl:1", Origin::Inferred)]);
    assert_eq!(lives(&world, "cy@example.org"), []);
    assert_eq!(world.count(&format!("area within {VT}")), 2);
    let expr = hustings_audience::parse(&format!("area within {VT}")).unwrap();
    let lent = world.app.with_index(|index| index.count(&expr, hustings_audience::Selection::Loan, TODAY, 1));
    assert_eq!(lent.unwrap(), 1, "a guess selects for no loan");
    let shown = show_area(&world.app, &Actor::operator(), &format!("{VT}/sldl:1")).unwrap();
    assert_eq!((shown.codes, shown.first_codes[1].clone()), (3, ("us/05402".to_owned(), Some(600))));
}

#[test]
fn people_move_with_a_new_table_and_the_index_follows() {
    let world = World::new();
    postcodes(&world, CODES).unwrap();
    world.import("a.csv", "email,zip\nann@example.org,05401\nbob@example.org,05402\ndee@example.org,05404\n");
    world.import("b.csv", format!("email,zip,ocd_division\neve@example.org,05401,{VT}/sldl:9\n"));
    let again = postcodes(&world, CODES).unwrap();
    assert!(again.changed_nothing() && again.settled.is_none(), "{again:?}");
    // The districts are drawn anew.
    let new = format!("postal_code,area\n05401,{VT}/sldl:3\n05402,{VT}/sldl:1\n05402,{VT}/sldu:7\n");
    let report = postcodes(&world, &new).unwrap();
    assert_eq!((report.new, report.changed, report.ended), (2, 1, 3));
    let settled = report.settled.unwrap();
    assert_eq!((settled.looked_at, settled.moved), (4, 2));
    assert_eq!(lives(&world, "ann@example.org"), [at("vt/sldl:3", Origin::SelfGiven)]);
    // What was a guess is told now; how the code came nobody knows any more.
    assert_eq!(
        lives(&world, "bob@example.org"),
        [at("vt/sldl:1", Origin::Imported), at("vt/sldu:7", Origin::Imported)]
    );
    assert_eq!(lives(&world, "dee@example.org"), [at("vt/sldl:2", Origin::SelfGiven)], "another code");
    assert_eq!(lives(&world, "eve@example.org"), [at("vt/sldl:9", Origin::SelfGiven)], "no table said so");
    assert_eq!(world.count(&format!("area within {VT}/sldl:3")), 1);
    assert_eq!(settle_people(&world.app, &Actor::operator(), &mut |_| {}).unwrap().moved, 0);
}

#[test]
fn a_run_that_was_cut_off_goes_on() {
    let world = World::new();
    world.import("a.csv", "email,zip\nann@example.org,05401\nbob@example.org,05404\n");
    postcodes(&world, CODES).unwrap();
    assert_eq!(lives(&world, "ann@example.org"), [at("vt/sldl:1", Origin::Imported)]);
    let new = format!("postal_code,area\n05401,{VT}/sldl:3\n05404,{VT}/sldl:3\n");
    // As if it had been killed after the load, when the first person was placed.
    postcodes(&world, &new).unwrap();
    world
        .app
        .store()
        .write(|tx| {
            tx.set_meta("places-settle", "1")?;
            let mut facts = tx.facts(hustings_domain::ids::Ordinal(1))?;
            facts[0].value = FactValue::Area(format!("{VT}/sldl:2").parse().unwrap());
            tx.set_facts(&[(hustings_domain::ids::Ordinal(1), facts)])
        })
        .unwrap();
    let world = world.reopen();
    assert!(areas(&world.app, &Actor::operator(), None, None).unwrap().unsettled);
    let settled = settle_people(&world.app, &Actor::operator(), &mut |_| {}).unwrap();
    assert_eq!((settled.looked_at, settled.moved), (1, 1));
    assert_eq!(lives(&world, "bob@example.org"), [at("vt/sldl:3", Origin::Imported)]);
    assert!(!areas(&world.app, &Actor::operator(), None, None).unwrap().unsettled);
}

#[test]
fn an_old_table_by_import_moves_people_too() {
    let world = World::new();
    let table = |district: &str| format!("postal_code,state,sldl\n05401,{VT},{VT}/sldl:{district}\n");
    world.import("areas.csv", table("1"));
    world.import("a.csv", "email,zip\nann@example.org,05401\n");
    world.try_import(&ImportJob::new(world.file("areas2.csv", table("2")))).unwrap();
    assert_eq!(lives(&world, "ann@example.org"), [at("vt/sldl:2", Origin::SelfGiven)]);
    assert_eq!(world.count(&format!("area within {VT}/sldl:2")), 1);
}

/// The real registers, where they are at hand.
#[test]
#[expect(clippy::print_stderr, reason = "a test that is passed over must say so")]
fn the_registers_of_the_united_states_load() {
    let folder = std::env::var_os("HUSTINGS_PLACES").map(std::path::PathBuf::from);
    let Some(folder) = folder.filter(|folder| folder.is_dir()) else {
        eprintln!("skipped: set HUSTINGS_PLACES to a folder of ocd-division-ids files to load them");
        return;
    };
    let world = World::new();
    let load = |name: &str| {
        let path: &Path = &folder.join(name);
        load_divisions(&world.app, &Actor::operator(), path, &mut |_| {}).unwrap()
    };
    for name in ["us_congressional_districts.csv", "us_sldu.csv", "us_sldl.csv", "us_census_places.csv"] {
        let report = load(name);
        // One district stands twice in its register, with two names.
        let twice = u64::from(name == "us_sldl.csv");
        assert_eq!((report.rejected, report.new + twice), (twice, report.rows), "{name}: {report:?}");
        assert!(report.rows > 400, "{name}");
        assert!(load(name).changed_nothing(), "{name}");
    }
    let ended: AreaId = "ocd-division/country:us/state:il/cd:19".parse().unwrap();
    let refused = hustings_app::people::count::count(
        &world.app,
        &Actor::operator(),
        &format!("area within {ended}"),
        TODAY,
    )
    .unwrap_err();
    assert!(refused.message.ends_with("ended on 2013-01-03"), "{refused:?}");
}
