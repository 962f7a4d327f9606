//! What people type wrong, and what they are told.

use hustings_audience::{Vocabulary, check_for_loan, check_lendable, nearest_areas, parse};

#[track_caller]
fn told(text: &str, wanted: &str) {
    assert_eq!(parse(text).unwrap_err().render(text), wanted);
}

#[test]
fn a_misspelt_word() {
    told(
        r#"tag "é" and isue "health-care""#,
        "error: `é` is not a short name: use lower-case letters, digits and single hyphens, at most 64\n  \
         tag \"é\" and isue \"health-care\"\n      ^^^\n",
    );
    told(
        r#"tag "e" and isue "health-care""#,
        "error: expected a term, found `isue`\n  tag \"e\" and isue \"health-care\"\n              ^^^^\n\
         hint: did you mean `issue`?\n",
    );
}

#[test]
fn the_caret_counts_characters_and_finds_the_line() {
    told(
        "joined >= 2024-01-01\nand tag \"staff\" ö isue \"x\"",
        "error: expected `and` or `or`, found `ö`\n  and tag \"staff\" ö isue \"x\"\n                  ^\n",
    );
}

#[test]
fn a_capital_in_a_name() {
    told(
        r#"issue has "Health Care""#,
        "error: `Health Care` is not a short name: use lower-case letters, digits and single hyphens, at most 64\n  \
         issue has \"Health Care\"\n            ^^^^^^^^^^^^^\nhint: did you mean \"health-care\"?\n",
    );
}

#[test]
fn money_against_text_and_number() {
    told(
        r#"gave(90d) >= "27""#,
        "error: `gave` is money and cannot be compared with a text `\"27\"`\n  gave(90d) >= \"27\"\n               ^^^^\n\
         hint: write an amount such as $27 or $27.50\n",
    );
    told(
        "gave >= 27",
        "error: `gave` is money and cannot be compared with a number `27`\n  gave >= 27\n          ^^\nhint: write `$27`\n",
    );
    told(
        "gifts >= $2",
        "error: `gifts` is a number and cannot be compared with money `$2`\n  gifts >= $2\n           ^^\n\
         hint: write a whole number such as 2\n",
    );
    told(
        "gaev >= \"27\"",
        "error: `gaev` is a number, money or a date and cannot be compared with a text `\"27\"`\n  gaev >= \"27\"\n          ^^^^\n\
         hint: did you mean `gave`?\n",
    );
    told(
        "dues >= \"27\"",
        "error: `dues` is a number, money or a date and cannot be compared with a text `\"27\"`\n  dues >= \"27\"\n          ^^^^\n\
         hint: write 1960, $27 or 2025-01-31; a text or a choice is asked for with `is \"...\"`\n",
    );
    told(
        "text.member_no >= $27",
        "error: `text.member_no` is a text and cannot be asked for like this\n  text.member_no >= $27\n  ^^^^^^^^^^^^^^^^^^^^^\n\
         hint: write `text.member_no starts \"A\"`\n",
    );
    told(
        "colour.party is \"green\"",
        "error: `colour` is not a type: text, number, money, date, choice, choices or area\n  colour.party is \"green\"\n  ^^^^^^^^^^^^\n",
    );
}

#[test]
fn a_date_against_a_period() {
    told(
        "joined >= 30d",
        "error: `joined` is a date and cannot be compared with a period `30d`\n  joined >= 30d\n            ^^^\n\
         hint: write `joined within 30d`\n",
    );
}

#[test]
fn signs_of_other_languages() {
    told(
        "everyone && everyone",
        "error: `&&` is not a comparison\n  everyone && everyone\n           ^^\nhint: did you mean `and`?\n",
    );
    told(
        "score == 5",
        "error: `==` is not a comparison\n  score == 5\n        ^^\nhint: did you mean `=`?\n",
    );
}

#[test]
fn brackets_and_quotes() {
    told(
        "(everyone or everyone",
        "error: expected `)`, `and` or `or`, but the expression ends\n  (everyone or everyone\n                       ^\n\
         hint: the bracket opened at character 1 is still open\n",
    );
    told("everyone)", "error: this bracket closes nothing\n  everyone)\n          ^\n");
    told(
        "tag \"staff",
        "error: this quote is never closed\n  tag \"staff\n      ^\nhint: end the name with a second \"\n",
    );
    told(
        "tag staff",
        "error: expected `has` after `tag`, found `staff`\n  tag staff\n      ^^^^^\nhint: write `tag has \"...\"`\n",
    );
}

#[test]
fn days_numbers_and_periods() {
    told(
        "joined > 2025-02-30",
        "error: `2025-02-30` is not a day of the calendar\n  joined > 2025-02-30\n           ^^^^^^^^^^\n",
    );
    told(
        "gave(0d) > $1",
        "error: `0d` is not a period that can be looked back on\n  gave(0d) > $1\n       ^^\nhint: periods go from 1d to 100y\n",
    );
    told(
        "score between 5 and 1",
        "error: nothing lies between these\n  score between 5 and 1\n                ^^^^^^^\nhint: put the smaller one first\n",
    );
    told(
        r#"consent "appeals" on emial"#,
        "error: expected a channel, found `emial`\n  consent \"appeals\" on emial\n                       ^^^^^\n\
         hint: did you mean `email`?\n",
    );
    told(
        "",
        "error: expected a term, but the expression ends\n  \n  ^\nhint: begin with `area`, `issue`, `tag`, `source`, `consent`, `gave`, `gifts`, `last_gift`, `joined`, `addressed`, `answered`, `in audience`, `everyone`, `not`, a bracket or the name of a number or date\n",
    );
}

#[test]
fn stretches_answers_and_audiences() {
    told(
        "gave(2025-03-01 to 2025-01-01) > $1",
        "error: no day lies between these\n  gave(2025-03-01 to 2025-01-01) > $1\n       ^^^^^^^^^^^^^^^^^^^^^^^^\nhint: put the earlier one first\n",
    );
    told(
        "gave(90) > $1",
        "error: `90` is no year\n  gave(90) > $1\n       ^^\nhint: write a year such as 2025, a period such as 90d, or two dates\n",
    );
    told(
        "answered in (yes, mabye)",
        "error: expected an answer, found `mabye`\n  answered in (yes, mabye)\n                    ^^^^^\nhint: one of yes, later, no, never, report\n",
    );
    told(
        "in audiense \"x\"",
        "error: expected `audience` after `in`, found `audiense`\n  in audiense \"x\"\n     ^^^^^^^^\nhint: did you mean `audience`?\n",
    );
    told(
        "tag starts \"Vol\"",
        "error: no tag begins with `Vol`\n  tag starts \"Vol\"\n             ^^^^^\nhint: names hold lower-case letters, digits and hyphens\n",
    );
    told(
        "addressed(30d) >= $2",
        "error: `addressed` is a number and cannot be compared with money `$2`\n  addressed(30d) >= $2\n                    ^^\nhint: write a whole number such as 2\n",
    );
}

#[test]
fn an_area_is_found_by_the_end_of_its_id() {
    let areas = [
        "us",
        "us/state:vt",
        "us/state:nh",
        "us/state:vt/sldl:chittenden-1",
        "us/state:vt/sldl:chittenden-2",
    ];
    let areas = areas.iter().map(|area| format!("ocd-division/country:{area}")).collect();
    let vocabulary = Vocabulary { areas, ..Vocabulary::default() };
    let hint = |text: &str| parse(text).unwrap().check(&vocabulary).unwrap_err().hint.unwrap();
    assert_eq!(
        hint(r#"area in "ocd-division/country:us/sldl:chittenden-1""#),
        "did you mean `ocd-division/country:us/state:vt/sldl:chittenden-1`?"
    );
    assert_eq!(
        hint(r#"area in "ocd-division/country:us/state:vt/sldl:chitenden-1""#),
        "did you mean `ocd-division/country:us/state:vt/sldl:chittenden-1` or `ocd-division/country:us/state:vt/sldl:chittenden-2`?"
    );
    assert_eq!(nearest_areas("VT", &vocabulary.areas), ["ocd-division/country:us/state:vt"]);
}

#[test]
fn unknown_names_are_found_with_their_neighbours() {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let vocabulary = Vocabulary {
        areas: set(&["ocd-division/country:us", "ocd-division/country:us/state:vt"]),
        issues: set(&["health-care"]),
        tags: set(&["staff"]),
        purposes: set(&["appeals"]),
        numbers: set(&["birth-year"]),
        dates: set(&["renewed-on"]),
        ..Vocabulary::default()
    };
    let check = |text: &str| parse(text).unwrap().check(&vocabulary).map_err(|error| error.render(text));
    assert_eq!(
        check(
            r#"area in "ocd-division/country:us/state:vt" and issue "health-care" and tag "staff" and consent "appeals" and birth-year > 1 and renewed-on within 1y and gifts > 1"#
        ),
        Ok(())
    );
    assert_eq!(
        check(r#"issue in ("health-care", "helth-care")"#).unwrap_err(),
        "error: `helth-care` is not an issue of this list\n  issue in (\"health-care\", \"helth-care\")\n                           ^^^^^^^^^^^^\nhint: did you mean `health-care`?\n"
    );
    assert_eq!(
        check("birthyear >= 1960").unwrap_err(),
        "error: `birthyear` is not a number of this list\n  birthyear >= 1960\n  ^^^^^^^^^\nhint: did you mean `birth-year`?\n"
    );
    assert_eq!(
        check("renewed-on > 5").unwrap_err(),
        "error: `renewed-on` is a date and is compared here with a number\n  renewed-on > 5\n  ^^^^^^^^^^\nhint: write `renewed-on within 90d`\n"
    );
    assert_eq!(
        check(r#"tag "zzz""#).unwrap_err(),
        "error: `zzz` is not a tag of this list\n  tag \"zzz\"\n      ^^^^^\nhint: known: staff\n"
    );
}

#[test]
fn a_loan_is_told_what_it_may_use() {
    let text = r#"issue has "health-care" and not (gave(90d) >= $27 or tag "staff")"#;
    let error = check_for_loan(&parse(text).unwrap()).unwrap_err();
    assert_eq!(
        error.render(text),
        "error: a loan may not select people by `gave`\n  issue has \"health-care\" and not (gave(90d) >= $27 or tag \"staff\")\n                                   ^^^^^^^^^^^^^^^^\n\
         hint: only what people declared themselves may be used: `area`, `issue`, self-given attributes and `everyone`, with `and`, `or` and `not`\n"
    );
    let allowed = r#"area in "ocd-division/country:us" and not issue in ("a", "b") or everyone"#;
    assert_eq!(check_for_loan(&parse(allowed).unwrap()), Ok(()));
}

fn attributes() -> Vocabulary {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Vocabulary {
        money: set(&["dues"]),
        texts: set(&["member-no"]),
        numbers: set(&["birth-year"]),
        choices: [("party".to_owned(), set(&["green", "independent"]))].into(),
        several: [("helps-with".to_owned(), set(&["phones", "doors"]))].into(),
        named_areas: [("works-in".to_owned(), set(&["ocd-division/country:us/state:vt"]))].into(),
        self_given: set(&["helps-with", "member-no"]),
        retired: set(&["old-score"]),
        ..Vocabulary::default()
    }
}

#[test]
fn attributes_are_asked_as_their_type_allows() {
    let known = attributes();
    let check = |text: &str| parse(text).unwrap().check(&known).map_err(|error| error.render(text));
    assert_eq!(
        check(
            "dues between $5 and $50 and text.member_no starts \"A\" and choice.party is \"Green\" and party in (\"green\", \"independent\") and tags.helps-with has (\"phones\", \"doors\") and works-in within ocd-division/country:us/state:vt and member-no is \"A12\""
        ),
        Ok(())
    );
    for (text, wanted) in [
        (
            "party >= $5",
            "error: `party` is a choice and is compared here with money\n  party >= $5\n  ^^^^^\nhint: write `party is \"...\"`\n",
        ),
        (
            "dues starts \"5\"",
            "error: `dues` is money and is compared here with a text\n  dues starts \"5\"\n  ^^^^\nhint: write `dues >= $27`\n",
        ),
        (
            "party is \"grene\"",
            "error: `grene` is not a choice of `party`\n  party is \"grene\"\n           ^^^^^^^\nhint: did you mean `green`?\n",
        ),
        (
            "helps-with has \"tables\"",
            "error: `tables` is not a choice of `helps-with`\n  helps-with has \"tables\"\n                 ^^^^^^^^\nhint: known: doors, phones\n",
        ),
        (
            "helps has \"phones\"",
            "error: `helps` is not an attribute of this list\n  helps has \"phones\"\n  ^^^^^\nhint: known: birth-year, dues, helps-with, member-no, party, works-in\n",
        ),
        (
            "works-in within ocd-division/country:us/state:vr",
            "error: `ocd-division/country:us/state:vr` is not an area of this list\n  works-in within ocd-division/country:us/state:vr\n                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\nhint: did you mean `ocd-division/country:us/state:vt`?\n",
        ),
        (
            "old-score > 5",
            "error: the attribute `old-score` is out of use\n  old-score > 5\n  ^^^^^^^^^\nhint: `hustings attribute list` names those in use; declaring it again takes it back\n",
        ),
    ] {
        assert_eq!(check(text).unwrap_err(), wanted);
    }
}

#[test]
fn a_loan_is_told_which_attribute_and_why() {
    let known = attributes();
    let check = |text: &str| check_lendable(&parse(text).unwrap(), &known).map_err(|error| error.message);
    assert_eq!(check("helps-with has \"phones\" and area within ocd-division/country:us"), Ok(()));
    assert_eq!(
        check("everyone and not party is \"green\"").unwrap_err(),
        "a loan may not select people by `party`: nobody on this list gave it themselves, it was imported, comes from a voter file or was inferred"
    );
    assert_eq!(
        check("member-no is \"A12\"").unwrap_err(),
        "a loan may not select people by `member-no`: it is a text, which can single out one person"
    );
    assert_eq!(check("gave > $1").unwrap_err(), "a loan may not select people by `gave`");
}
