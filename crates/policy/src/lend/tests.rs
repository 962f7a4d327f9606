//! What the rules decide, what they say, and which charters are refused with which line.

use super::templates::Template;
use super::*;
use hustings_domain::borrower::BorrowerKind;
use hustings_domain::chance::SeededRng;
use hustings_domain::charter::CharterProblem;
use hustings_domain::ids::BorrowerId;
use hustings_domain::loan::Ask;
use hustings_domain::words::Slug;
use jiff::Timestamp;
use proptest::prelude::*;

const EXAMPLE: &str = include_str!("../../../../docs/charter.example.toml");
const CALENDAR: &str = "\n[[calendar]]\nid = \"primary\"\nday = \"2026-08-11\"\nlabel = \"the primary\"\n";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn slugs(names: &[&str]) -> Vec<Slug> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

fn case(kind: BorrowerKind) -> Case {
    Case {
        now: at("2026-03-01T12:00:00Z"),
        asker: Asker {
            id: BorrowerId::new(Timestamp::UNIX_EPOCH, &mut SeededRng::new(1)),
            kind,
            office: "o".into(),
            area: "ocd-division/country:us/state:vt/sldl:4".parse().unwrap(),
            good_standing: true,
            standing_words: None,
            positions: slugs(&["housing"]),
            sourced: slugs(&["housing"]),
            registered: at("2026-01-01T00:00:00Z"),
            election: Some("2026-11-03".parse().unwrap()),
            open_loans: 0,
            open_erasures: 0,
        },
        wanted: Wanted {
            records: false,
            area: Some("ocd-division/country:us/state:vt/sldl:4".parse().unwrap()),
            ask: Ask::Volunteer,
            issues: slugs(&["housing"]),
            people: None,
            fields: slugs(&["email"]),
            opens: at("2026-03-10T00:00:00Z"),
            closes: at("2026-03-20T00:00:00Z"),
        },
    }
}

fn rules(more: &str) -> Rules {
    let text = format!("{EXAMPLE}{more}");
    Rules::from_toml(&text).unwrap_or_else(|problems| panic!("{problems:?}")).1
}

fn problems(more: &str) -> Vec<CharterProblem> {
    Rules::from_toml(&format!("{EXAMPLE}{more}")).map(|_| ()).unwrap_err()
}

/// The line in `EXAMPLE` followed by `more` on which `needle` first stands.
fn line(more: &str, needle: &str) -> usize {
    format!("{EXAMPLE}{more}").lines().position(|line| line.contains(needle)).unwrap() + 1
}

fn broken(rules: &Rules, case: &Case) -> Vec<String> {
    let checks = rules.decide(case).checks;
    checks.into_iter().filter(|check| !check.passed).map(|check| check.rule).collect()
}

#[test]
fn a_candidate_qualifies_in_her_own_district_on_her_own_issue() {
    let rules = rules("");
    let passes = |area: &str, issue: &str| {
        let mut case = case(BorrowerKind::Candidate);
        case.wanted.area = Some(area.parse().unwrap());
        case.wanted.issues = slugs(&[issue]);
        rules.decide(&case).allows()
    };
    assert!(passes("ocd-division/country:us/state:vt/sldl:4", "housing"));
    assert!(!passes("ocd-division/country:us/state:vt/sldl:5", "housing"));
    assert!(!passes("ocd-division/country:us/state:vt", "housing"));
    assert!(!passes("ocd-division/country:us/state:vt/sldl:4", "climate"));
    assert!(!passes("ocd-division/country:us/state:vt/sldl:4", "unheard-of"));
}

#[test]
fn the_list_itself_and_everybody_are_refused_with_a_way_forward() {
    let mut asked = case(BorrowerKind::PartyCommittee);
    asked.wanted = Wanted { records: true, area: None, ask: Ask::Give, issues: Vec::new(), ..asked.wanted };
    let ruling = rules("").decide(&asked);
    let refused: Vec<_> = ruling.checks.iter().filter(|check| !check.passed).collect();
    assert_eq!(refused[0].rule, "the list is lent, never handed over");
    assert!(refused[0].instead.as_ref().unwrap().contains("a party committee may ask people within"));
    assert_eq!(refused.len(), 4, "{refused:?}");
}

#[test]
fn a_kind_that_is_not_lent_to_is_told_that_alone() {
    let without = EXAMPLE.replace("borrower = \"allied-group\"", "borrower = \"candidate\"");
    assert!(Rules::from_toml(&without).is_err(), "two rules for candidates");
    let (before, _) = EXAMPLE.split_once("[[lending]]\nborrower = \"allied-group\"").unwrap();
    let (_, after) = EXAMPLE.split_once("# How often one person").unwrap();
    let text = format!("{before}# {after}");
    let rules = Rules::from_toml(&text).unwrap().1;
    assert_eq!(broken(&rules, &case(BorrowerKind::AlliedGroup)), ["the charter lends to an allied group"]);
}

#[test]
fn an_election_that_is_past_is_refused_with_the_way_forward() {
    let rules = rules("");
    let mut case = case(BorrowerKind::Candidate);
    case.now = at("2026-11-03T23:59:59Z");
    assert!(rules.decide(&case).allows(), "election day itself");
    case.now = at("2026-11-04T00:00:01Z");
    let ruling = rules.decide(&case);
    let refused: Vec<_> = ruling.checks.iter().filter(|check| !check.passed).collect();
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].rule, "the election that a candidate stands in is still to come");
    let instead = refused[0].instead.as_ref().unwrap();
    assert!(instead.contains("2026-11-03") && instead.contains("hustings borrower election"), "{instead}");
    case.asker.election = None;
    assert!(rules.decide(&case).allows(), "none on file");
}

#[test]
fn every_template_reads_as_its_example_and_refuses_what_it_says() {
    type Change = fn(&mut Case);
    let breaks: [(&str, Change); 20] = [
        ("own-area", |case| case.wanted.area = Some("ocd-division/country:us/state:vt".parse().unwrap())),
        ("only-areas", |case| case.wanted.area = Some("ocd-division/country:us/state:nh".parse().unwrap())),
        ("never-areas", |case| case.wanted.area = Some("ocd-division/country:us/state:vt".parse().unwrap())),
        ("only-levels", |case| {
            case.wanted.area = Some("ocd-division/country:us/state:vt/cd:1".parse().unwrap());
        }),
        ("may-not-ask", |case| case.wanted.ask = Ask::Give),
        ("quiet-before", |case| case.wanted.closes = at("2026-10-28T00:00:00Z")),
        ("quiet-after", |case| case.wanted.closes = at("2026-11-20T00:00:00Z")),
        ("issue-required", |case| (case.wanted.ask, case.wanted.issues) = (Ask::Give, Vec::new())),
        ("position-required", |case| case.asker.positions = Vec::new()),
        ("position-on-one", |case| case.asker.positions = slugs(&["schools"])),
        ("position-sourced", |case| case.asker.sourced = Vec::new()),
        ("most-people", |case| (case.wanted.ask, case.wanted.people) = (Ask::Give, Some(5001))),
        ("only-fields", |case| case.wanted.fields = slugs(&["email", "phone"])),
        ("notice", |case| case.wanted.opens = at("2026-03-02T00:00:00Z")),
        ("longest-window", |case| case.wanted.closes = at("2026-04-20T00:00:00Z")),
        ("ends-by-election", |case| case.wanted.closes = at("2026-11-04T00:00:01Z")),
        ("election-on-file", |case| case.asker.election = None),
        ("registered-for", |case| case.asker.registered = at("2026-02-28T00:00:00Z")),
        ("loans-at-once", |case| case.asker.open_loans = 2),
        ("erasures-first", |case| case.asker.open_erasures = 1),
    ];
    assert_eq!(breaks.len(), TEMPLATES.len());
    for template in TEMPLATES {
        let (_, change) = breaks.iter().find(|(id, _)| *id == template.id).unwrap();
        let more = format!("\n[[rules]]\ntemplate = \"{}\"\n{}\n", template.id, template.example);
        let rules = rules(&more);
        let kind =
            if template.id == "may-not-ask" { BorrowerKind::PartyCommittee } else { BorrowerKind::Candidate };
        let place = format!("[[rules]] 1, {}", template.id);
        let words = rules.in_words().into_iter().find(|rule| rule.place == place).unwrap();
        let kept = case(kind);
        assert!(rules.decide(&kept).allows(), "{}: {:?}", template.id, broken(&rules, &kept));
        let mut changed = case(kind);
        change(&mut changed);
        let ruling = rules.decide(&changed);
        assert!(ruling.broken.contains(&read::Origin::Template(0)), "{}: {:?}", template.id, ruling.checks);
        for check in &ruling.checks {
            let text = format!("{} {}", check.rule, check.instead.clone().unwrap_or_default());
            assert!(!text.contains('{') && !text.contains('}'), "{text}");
        }
        for rule in rules.in_words() {
            assert!(!rule.words.contains('{') && !rule.instead.contains('{'), "{rule:?}");
        }
        assert!(!words.words.is_empty() && !words.instead.is_empty() && words.cedar.contains("forbid"));
    }
}

#[test]
fn a_template_bears_on_whom_it_names_alone() {
    let more = "\n[[rules]]\ntemplate = \"may-not-ask\"\nborrower = \"party-committee\"\nasks = [\"vote\"]\n";
    let rules = rules(more);
    let mut asked = case(BorrowerKind::Candidate);
    asked.wanted.ask = Ask::Vote;
    let ruling = rules.decide(&asked);
    assert!(ruling.allows());
    assert!(ruling.checks.iter().all(|check| !check.rule.contains("party committees")));
    asked.asker.kind = BorrowerKind::PartyCommittee;
    assert_eq!(broken(&rules, &asked), ["party committees may not ask people to vote"]);
}

#[test]
fn a_day_of_the_calendar_is_named_in_words() {
    let more = format!("{CALENDAR}\n[[rules]]\ntemplate = \"quiet-before\"\ndays = 7\nday = \"primary\"\n");
    let rules = rules(&more);
    let mut asked = case(BorrowerKind::Candidate);
    asked.wanted.closes = at("2026-08-05T00:00:00Z");
    let ruling = rules.decide(&asked);
    let check = ruling.checks.iter().find(|check| !check.passed).unwrap();
    assert_eq!(check.rule, "nobody is asked within 7 days before the primary, 2026-08-11");
    assert_eq!(
        check.instead.as_deref(),
        Some("set a window that closes before 2026-08-04 or opens after 2026-08-11")
    );
    asked.wanted.closes = at("2026-08-04T00:00:00Z");
    assert!(rules.decide(&asked).allows(), "up to its first hour");
    (asked.wanted.opens, asked.wanted.closes) = (at("2026-08-12T00:00:00Z"), at("2026-08-20T00:00:00Z"));
    assert!(rules.decide(&asked).allows(), "the day after");
}

#[test]
fn a_rule_written_by_hand_limits_and_grants() {
    let more = r#"
[[rules]]
cedar = """
@words("nobody passes a telephone number on")
@instead("leave `phone` out of `fields`")
forbid (principal, action == Action::"ask", resource) when { resource.fields.contains("phone") };
"""

[[rules]]
cedar = '''
@words("allied groups of Vermont may ask people to vote")
permit (principal, action == Action::"ask", resource)
when { principal.kind == Kind::"allied-group" && resource.ask == Ask::"vote"
       && resource has area && resource.area in Area::"ocd-division/country:us/state:vt" };
'''
"#;
    let rules = rules(more);
    let mut asked = case(BorrowerKind::AlliedGroup);
    asked.wanted.ask = Ask::Vote;
    assert!(rules.decide(&asked).allows(), "{:?}", broken(&rules, &asked));
    asked.wanted.fields = slugs(&["email", "phone"]);
    let ruling = rules.decide(&asked);
    let check = ruling.checks.iter().find(|check| !check.passed).unwrap();
    assert_eq!(check.rule, "nobody passes a telephone number on");
    assert_eq!(check.instead.as_deref(), Some("leave `phone` out of `fields`"));
    asked.wanted.area = Some("ocd-division/country:us/state:nh".parse().unwrap());
    assert_eq!(broken(&rules, &asked).len(), 2);
}

#[test]
fn a_wrong_rule_is_named_with_its_line_and_a_remedy() {
    let rule = |condition: &str| {
        format!(
            "\n[[rules]]\ncedar = \"\"\"\n@words(\"w\")\nforbid (principal, action == Action::\"ask\", resource)\nwhen {{\n  {condition}\n}};\n\"\"\"\n"
        )
    };
    let one = |more: &str, needle: &str, what: &str| {
        let found = problems(more);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].line, line(more, needle), "{found:?}");
        assert!(found[0].to_string().contains(what), "{}", found[0]);
    };
    let more = rule("principal.colour == \"red\"");
    one(&more, "principal.colour", "colour");
    let more = rule("resource.people > 5");
    one(&more, "resource.people", "people");
    let more = rule("principal.office > 3");
    one(&more, "principal.office", "Long");
    let more = rule("principal.kind == Kind::\"senator\"");
    one(&more, "senator\"", "senator");
    let more = rule("resource.issues.contains(Issue::\"whales\")");
    one(&more, "whales", "whales");
    let more = rule("principal.good_standing && !principal.good_standing && false");
    one(&more, "@words(\"w\")", "nothing can satisfy this rule");
    let more = rule("principal.kind = 3");
    one(&more, "principal.kind = 3", "one Cedar policy");
    let more = "\n[[rules]]\ncedar = 'forbid (principal, action, resource) when { resource.records };'\n";
    one(more, "cedar = 'forbid", "says in no words");
    let more = "\n[[rules]]\nwords = \"nobody\"\n";
    let found = problems(more);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].line, line(more, "words = \"nobody\"") - 1, "{found:?}");
    assert!(found[0].what.contains("a template filled in, or Cedar"), "{}", found[0]);
}

#[test]
fn a_template_filled_in_wrongly_is_named_with_its_line_and_what_is_allowed() {
    let cases = [
        ("template = \"own-aria\"", "own-aria", "`own-aria` is not a template"),
        ("template = \"notice\"", "\"notice\"", "needs `days` (allowed: a whole number from 1 to 730)"),
        ("template = \"notice\"\ndays = 0", "days = 0", "`days` is 0"),
        ("template = \"notice\"\ndays = \"three\"", "days = \"three\"", "`days` is `three`"),
        ("template = \"notice\"\ndays = 3\nminutes = 2", "minutes = 2", "has no setting `minutes`"),
        ("template = \"own-area\"\nborrower = \"king\"", "\"king\"", "`borrower` holds `king`"),
        ("template = \"may-not-ask\"\nasks = []", "asks = []", "`asks` is empty"),
        ("template = \"only-areas\"\nareas = [\"Vermont\"]", "\"Vermont\"", "OCD division ids"),
        ("template = \"only-areas\"\nareas = []", "areas = []", "nothing could satisfy the rule"),
        ("template = \"position-on-one\"\nissues = \"whales\"", "\"whales\"", "one of health-care"),
        ("template = \"only-fields\"\nfields = \"birthday\"", "\"birthday\"", "email, phone"),
        (
            "template = \"quiet-before\"\ndays = 3\nday = \"caucus\"",
            "\"caucus\"",
            "neither a day nor in the calendar",
        ),
    ];
    for (rule, needle, what) in cases {
        let more = format!("{CALENDAR}\n[[rules]]\n{rule}\n");
        let found = problems(&more);
        assert_eq!(found.len(), 1, "{rule}: {found:?}");
        assert_eq!(found[0].line, line(&more, needle), "{rule}: {found:?}");
        assert!(found[0].to_string().contains(what), "{rule}: {}", found[0]);
    }
}

#[test]
fn rules_that_leave_nothing_to_ask_for_are_refused() {
    let more = "\n[[rules]]\ntemplate = \"may-not-ask\"\nborrower = \"candidate\"\nasks = [\"hear\", \"volunteer\", \"give\", \"vote\"]\n";
    let found = problems(more);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].line, line(more, "may-not-ask"));
    assert!(found[0].what.contains("nothing can satisfy the rules for a candidate"), "{}", found[0]);
    // Each alone leaves something; together they leave nothing.
    let notice = "\n[[rules]]\ntemplate = \"only-areas\"\nareas = [\"ocd-division/country:us/state:nh\"]\n";
    assert!(Rules::from_toml(&format!("{EXAMPLE}{notice}")).is_ok());
    let both =
        format!("{notice}\n[[rules]]\ntemplate = \"never-areas\"\nareas = [\"ocd-division/country:us\"]\n");
    assert_eq!(problems(&both).len(), 3, "for each kind");
}

#[test]
fn what_a_form_holds_becomes_a_rule_of_the_file() {
    let template = Template::named("quiet-before").unwrap();
    let text = to_toml(template, |key| match key {
        "days" => "7",
        "day" => "2026-11-03",
        "borrower" => "candidate, party-committee",
        _ => "",
    });
    assert_eq!(
        text,
        "[[rules]]\ntemplate = \"quiet-before\"\ndays = 7\nday = \"2026-11-03\"\nborrower = [\"candidate\", \"party-committee\"]\n"
    );
    rules(&format!("\n{text}"));
    let sly = to_toml(template, |key| if key == "day" { "x\"\n[[rules]]\ncedar = \"" } else { "" });
    assert_eq!(sly.matches("[[rules]]").count(), 2, "{sly}");
    assert_eq!(sly.lines().filter(|line| line.starts_with("[[")).count(), 1, "{sly}");
}

#[test]
fn a_case_reads_back_as_it_was_kept() {
    let case = case(BorrowerKind::Candidate);
    let text = serde_json::to_string(&case).unwrap();
    assert_eq!(serde_json::from_str::<Case>(&text).unwrap(), case);
}

fn some_rule() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("@words(\"all\") permit (principal, action, resource);".to_owned()),
        Just("@words(\"rec\") permit (principal, action, resource) when { resource.records };".to_owned()),
        Just("@words(\"not\") forbid (principal, action, resource) unless { resource.records };".to_owned()),
        (0_i64..9).prop_map(|n| format!(
            "@words(\"n\") permit (principal, action, resource) when {{ principal.open_loans < {n} }};"
        )),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    // INVARIANT (promise 1).
    #[test]
    fn no_charter_hands_the_records_over(
        written in prop::collection::vec(some_rule(), 0..5),
        kind in prop::sample::select(BorrowerKind::ALL.to_vec()),
        ask in prop::sample::select(Ask::ALL.to_vec()),
    ) {
        let more: Vec<String> = written.iter().map(|rule| format!("\n[[rules]]\ncedar = '{rule}'\n")).collect();
        let more = more.concat();
        let rules = rules(&more);
        let mut case = case(kind);
        (case.wanted.records, case.wanted.ask) = (true, ask);
        let ruling = rules.decide(&case);
        prop_assert!(!ruling.allows());
        prop_assert!(!ruling.checks[0].passed);
    }
}
