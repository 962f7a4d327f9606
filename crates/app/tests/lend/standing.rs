//! Where a borrower stands: registering by the form, notice and its end, suspension, an election that is past.

use super::world::{AREA, CHARTER, World, agent, request_file};
use hustings_app::access::{NewUser, add_user};
use hustings_app::lend::{
    Filed, NewBorrower, Registration, RequestFile, Requested, borrowers, end_overdue_standings,
    file_borrower, give_notice, register_borrower, reinstate_borrower, request, suspend_borrower,
    verify_borrower,
};
use hustings_app::{Kind, Refusal};
use hustings_domain::access::{Actor, Role};
use hustings_domain::borrower::{Agent, Borrower, BorrowerFile, BorrowerKind, Standing};
use hustings_domain::loan::Ask;

fn ask(world: &World, actor: &Actor, borrower: &Borrower) -> Vec<(String, String)> {
    let file = RequestFile {
        closes: world.app.now().checked_add(jiff::Span::new().hours(240)).unwrap(),
        ..request_file(borrower, Ask::Volunteer, AREA)
    };
    match request(&world.app, actor, file).unwrap() {
        Requested::Accepted { .. } => Vec::new(),
        Requested::Refused { checks } => checks
            .into_iter()
            .filter(|check| !check.passed)
            .map(|check| (check.rule, check.instead.unwrap()))
            .collect(),
    }
}

fn form(name: &str) -> Registration {
    Registration {
        borrower: NewBorrower {
            name: name.to_owned(),
            kind: BorrowerKind::Candidate,
            office: "city council".to_owned(),
            area: AREA.parse().unwrap(),
            positions: vec!["housing".parse().unwrap()],
            contact_email: "team@new.example".to_owned(),
            treasurer: "T. Reasurer".to_owned(),
        },
        file: BorrowerFile {
            jurisdiction: Some("us-vt".parse().unwrap()),
            elections: vec!["2026-11-03".parse().unwrap()],
            sources: [("housing".parse().unwrap(), "https://new.example/housing".to_owned())].into(),
            agents: vec![Agent { name: "Sam".to_owned(), email: "sam@new.example".to_owned() }],
        },
    }
}

fn until(world: &World, at: &str) {
    let at: jiff::Timestamp = at.parse().unwrap();
    world.clock.advance_seconds(at.as_second() - world.app.now().as_second());
}

fn ledger(world: &World) -> String {
    world
        .app
        .store()
        .read(|tx| {
            let size = tx.ledger_size()?;
            let mut text = String::new();
            for index in 0..size {
                text.push_str(&String::from_utf8(tx.ledger_entry(index)?.unwrap()).unwrap());
                text.push('\n');
            }
            Ok::<_, Refusal>(text)
        })
        .unwrap()
}

#[test]
fn whoever_registers_by_the_form_may_ask_nothing_before_a_steward_has_looked() {
    let world = World::new(0, CHARTER);
    let operator = Actor::operator();
    let new = register_borrower(&world.app, form("Noor Haddad")).unwrap();
    assert!(!ledger(&world).contains("Noor Haddad"), "what a stranger typed is not on the ledger");
    let broken = ask(&world, &agent(&new), &new);
    assert_eq!(broken.len(), 1, "{broken:?}");
    assert_eq!(broken[0].1, "a steward checks identity and office first");
    verify_borrower(&world.app, &operator, new.id).unwrap();
    assert!(ledger(&world).contains("Noor Haddad"));
    assert!(ask(&world, &agent(&new), &new).is_empty());
    let kept = borrowers(&world.app, &operator).unwrap().into_iter().find(|one| one.id == new.id).unwrap();
    assert_eq!(kept.sourced(), ["housing".parse().unwrap()]);
    let words: Vec<&str> = kept.history.iter().map(|change| change.to.as_str()).collect();
    assert_eq!(words, ["registered", "verified"]);
}

#[test]
fn a_form_that_cannot_be_kept_says_what_is_wrong() {
    let world = World::new(0, CHARTER);
    let code = |change: fn(&mut Registration)| {
        let mut form = form("Noor Haddad");
        change(&mut form);
        let refusal = register_borrower(&world.app, form).unwrap_err();
        assert_eq!(refusal.kind, Kind::Invalid, "{refusal:?}");
        refusal.code
    };
    assert_eq!(code(|form| form.borrower.name = " ".to_owned()), "borrower.incomplete");
    assert_eq!(code(|form| form.file.elections.clear()), "borrower.no-election");
    assert_eq!(
        code(|form| form.file.elections = vec!["2026-08-11".parse().unwrap()]),
        "borrower.no-election"
    );
    assert_eq!(code(|form| form.borrower.positions = vec!["whales".parse().unwrap()]), "borrower.file");
    assert_eq!(code(|form| form.file.agents[0].email = "sam".to_owned()), "borrower.file");
    for source in
        ["javascript:alert(1)", "https://", "https://user@host/", "https://a.example/ b", "ftp://a.example/"]
    {
        let mut form = form("Noor Haddad");
        form.file.sources = [("housing".parse().unwrap(), source.to_owned())].into();
        assert_eq!(register_borrower(&world.app, form).unwrap_err().code, "borrower.file", "{source}");
    }
    assert_eq!(borrowers(&world.app, &Actor::operator()).unwrap().len(), 2);
}

#[test]
fn a_notice_that_is_not_cured_ends_the_standing_by_itself() {
    let world = World::new(0, CHARTER);
    let (operator, borrower) = (Actor::operator(), &world.candidate);
    give_notice(&world.app, &operator, borrower.id, "copy 3 was passed on", 10).unwrap();
    assert!(ask(&world, &agent(borrower), borrower).is_empty(), "until then everything stays as it is");
    assert_eq!(end_overdue_standings(&world.app).unwrap(), 0);
    until(&world, "2026-09-11T23:59:59Z");
    assert!(ask(&world, &agent(borrower), borrower).is_empty(), "the last day");
    until(&world, "2026-09-12T00:00:00Z");
    // Nobody has written it down yet, and it holds all the same.
    let broken = ask(&world, &agent(borrower), borrower);
    assert!(broken[0].1.contains("copy 3 was passed on; not cured by 2026-09-11"), "{broken:?}");
    assert_eq!(end_overdue_standings(&world.app).unwrap(), 1);
    assert_eq!(end_overdue_standings(&world.app).unwrap(), 0);
    assert!(ledger(&world).contains("\"kind\":\"borrower.ended\""));
    let refusal = verify_borrower(&world.app, &operator, borrower.id).unwrap_err();
    assert_eq!(refusal.code, "borrower.standing");
    let back = reinstate_borrower(&world.app, &operator, borrower.id, "the copy is erased").unwrap();
    assert!(back.is_verified());
    let words: Vec<&str> = back.history.iter().map(|change| change.to.as_str()).collect();
    assert_eq!(words, ["registered", "verified", "under notice", "ended", "verified"]);
    assert_eq!(back.history[3].by, "machine");
}

#[test]
fn a_suspension_holds_at_once_and_says_why() {
    let world = World::new(0, CHARTER);
    let borrower = &world.candidate;
    suspend_borrower(&world.app, &world.trustees[0], borrower.id, "an erasure is overdue").unwrap();
    let broken = ask(&world, &agent(borrower), borrower);
    assert!(broken[0].1.contains("suspended: an erasure is overdue"), "{broken:?}");
    let again = suspend_borrower(&world.app, &Actor::operator(), borrower.id, "twice").unwrap_err();
    assert_eq!(again.code, "borrower.standing");
    assert_eq!(
        suspend_borrower(&world.app, &Actor::operator(), world.rival.id, " ").unwrap_err().code,
        "borrower.no-reason"
    );
    let lifted = reinstate_borrower(&world.app, &world.trustees[0], borrower.id, "x").unwrap_err();
    assert_eq!(lifted.kind, Kind::Denied, "a trustee suspends; a steward puts it right");
    let days = give_notice(&world.app, &Actor::operator(), world.rival.id, "x", 1).unwrap_err();
    assert_eq!(days.code, "borrower.cure-days");
    assert!(matches!(
        borrowers(&world.app, &Actor::operator()).unwrap()[0].standing,
        Standing::Suspended { .. }
    ));
}

#[test]
fn an_expired_candidate_is_refused_with_the_way_forward() {
    let world = World::new(0, CHARTER);
    let (operator, borrower) = (Actor::operator(), &world.candidate);
    file_borrower(&world.app, &operator, borrower.id, Filed::Election("2026-09-08".parse().unwrap()))
        .unwrap();
    assert!(ask(&world, &agent(borrower), borrower).is_empty());
    until(&world, "2026-09-09T08:00:00Z");
    let broken = ask(&world, &agent(borrower), borrower);
    assert_eq!(broken.len(), 1, "{broken:?}");
    assert_eq!(broken[0].0, "the election that a candidate stands in is still to come");
    assert!(broken[0].1.contains("2026-09-08"), "{broken:?}");
    file_borrower(&world.app, &operator, borrower.id, Filed::Election("2026-11-03".parse().unwrap()))
        .unwrap();
    assert!(ask(&world, &agent(borrower), borrower).is_empty(), "she won the primary");
}

#[test]
fn where_agents_are_named_nobody_else_gets_a_log_in() {
    let world = World::new(0, CHARTER);
    let operator = Actor::operator();
    let sam = Agent { name: "Sam".to_owned(), email: "sam@candidate.example".to_owned() };
    file_borrower(&world.app, &operator, world.candidate.id, Filed::Agent(sam)).unwrap();
    let user = |email: &str| {
        add_user(
            &world.app,
            &operator,
            NewUser {
                name: "Somebody".to_owned(),
                email: email.to_owned(),
                roles: vec![Role::Borrower],
                wing: None,
                borrower: Some(world.candidate.id),
            },
        )
    };
    assert!(user("other@candidate.example").unwrap_err().message.contains("not among the borrower's agents"));
    assert!(user("sam@candidate.example").is_ok());
    assert!(!ledger(&world).contains("sam@"));
}
