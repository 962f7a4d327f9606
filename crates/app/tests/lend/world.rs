//! A list with a board, two borrowers and a few hundred people who came in by a file.

use hustings_app::access::{NewUser, add_user};
use hustings_app::folder::{InitJob, init};
use hustings_app::lend::{
    NewBorrower, RequestFile, Requested, Said, add_borrower, request, say, verify_borrower,
};
use hustings_app::people::import::{ImportJob, import};
use hustings_app::{App, SeededChance};
use hustings_domain::access::{Actor, Role};
use hustings_domain::borrower::{Borrower, BorrowerKind};
use hustings_domain::clearance::{Ballot, Decision};
use hustings_domain::clock::SetClock;
use hustings_domain::loan::{Appeal, Ask, Loan};
use hustings_vault::{Argon2Cost, RootSecret};
use std::fmt::Write as _;
use std::sync::Arc;

pub(crate) const CHARTER: &str = include_str!("../../../../docs/charter.example.toml");
pub(crate) const AREA: &str = "ocd-division/country:us/state:vt/sldl:4";

pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) clock: SetClock,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) trustees: Vec<Actor>,
    pub(crate) candidate: Borrower,
    pub(crate) rival: Borrower,
}

pub(crate) fn root() -> RootSecret {
    RootSecret::data_key([5; 32])
}

pub(crate) fn agent(borrower: &Borrower) -> Actor {
    Actor { user: None, roles: vec![Role::Borrower], wing: None, borrower: Some(borrower.id), through: None }
}

impl World {
    /// Votes need no signature here; [`World::signed`] is another list.
    pub(crate) fn new(people: u32, charter: &str) -> Self {
        Self::with(people, &charter.replace("signed = \"required\"", "signed = \"accepted\""))
    }

    pub(crate) fn signed(charter: &str) -> Self {
        assert!(charter.contains("signed = \"required\""));
        Self::with(0, charter)
    }

    fn with(people: u32, charter: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = SetClock::at("2026-09-01T12:00:00Z".parse().unwrap());
        let app = init(InitJob {
            folder: &folder.path().join("list"),
            root: &root(),
            cost: Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 },
            charter,
            clock: Arc::new(clock.clone()),
            chance: Arc::new(SeededChance::new(3)),
            demo: true,
        })
        .unwrap();
        let operator = Actor::operator();
        let mut text = "email,first_name,ocd_division,issues,hear_appeals,volunteer_appeals\n".to_owned();
        for number in 0..people {
            writeln!(text, "p{number}@people.example,Pat,{AREA},housing,yes,yes").unwrap();
        }
        let file = folder.path().join("petition.csv");
        std::fs::write(&file, text).unwrap();
        import(&app, &operator, &ImportJob::new(&file), &mut |_| {}).unwrap();
        let borrower = |name: &str| {
            let new = NewBorrower {
                name: name.to_owned(),
                kind: BorrowerKind::Candidate,
                office: "state house".to_owned(),
                area: AREA.parse().unwrap(),
                positions: vec!["housing".parse().unwrap()],
                contact_email: "team@candidate.example".to_owned(),
                treasurer: "T".to_owned(),
            };
            let borrower = add_borrower(&app, &operator, new).unwrap();
            verify_borrower(&app, &operator, borrower.id).unwrap()
        };
        let (candidate, rival) = (borrower("Candidate"), borrower("Rival"));
        let trustees = ["labor", "labor", "labor", "climate", "climate"]
            .iter()
            .enumerate()
            .map(|(number, wing)| {
                let new = NewUser {
                    name: format!("Trustee {number}"),
                    email: format!("t{number}@board.example"),
                    roles: vec![Role::Trustee],
                    wing: Some(wing.parse().unwrap()),
                    borrower: None,
                };
                let user = add_user(&app, &operator, new).unwrap().user;
                Actor {
                    user: Some(user.id),
                    roles: user.roles,
                    wing: user.wing,
                    borrower: None,
                    through: None,
                }
            })
            .collect();
        Self { app, clock, folder, trustees, candidate, rival }
    }

    pub(crate) fn request(&self, borrower: &Borrower, ask: Ask) -> Loan {
        match request(&self.app, &Actor::operator(), request_file(borrower, ask, AREA)).unwrap() {
            Requested::Accepted { loan, .. } => *loan,
            Requested::Refused { checks } => panic!("{checks:?}"),
        }
    }

    pub(crate) fn vote(&self, trustee: usize, loan: &Loan) -> hustings_app::Result<Decision> {
        let content = loan.content_hash().unwrap();
        say(&self.app, &self.trustees[trustee], loan.number, Said::Vote { ballot: Ballot::Approve, content })
    }
}

pub(crate) fn request_file(borrower: &Borrower, ask: Ask, area: &str) -> RequestFile {
    RequestFile {
        borrower: Some(borrower.name.clone()),
        records: false,
        area: Some(area.parse().unwrap()),
        ask,
        issues: vec!["housing".parse().unwrap()],
        audience: None,
        cap: None,
        opens: None,
        closes: "2026-10-01T00:00:00Z".parse().unwrap(),
        ends_on: vec![],
        fields: vec!["email".parse().unwrap()],
        appeal: appeal("Two Saturdays"),
    }
}

pub(crate) fn appeal(subject: &str) -> Appeal {
    Appeal {
        subject: subject.to_owned(),
        body: "Dear {{ given_name | default(\"friend\") }},\n\ncome and knock on doors.".to_owned(),
        paid_for_by: "Paid for by Candidate.".to_owned(),
    }
}
