//! A list made to be attacked: a district for each victim, everybody in it known but one.

use crate::Failure;
use hustings_app::App;
use hustings_app::access::{NewUser, add_user, log_in, login_link};
use hustings_app::folder::init;
use hustings_app::lend::{NewBorrower, add_borrower, verify_borrower};
use hustings_app::people::import::{ImportJob, import};
use hustings_bench::new_list;
use hustings_domain::access::{Actor, Role};
use hustings_domain::borrower::BorrowerKind;
use hustings_domain::chance::{Rng as _, SeededRng};
use hustings_vault::RootSecret;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::Arc;

/// Known people in each district: one more is rounded up to the next ten.
pub(crate) const KNOWN: u64 = 404;
/// The issues of the example charter, in the order of a question's bits.
pub(crate) const ISSUES: [&str; 7] =
    ["health-care", "housing", "climate", "schools", "workers-rights", "voting-rights", "transit"];

/// Somebody logged in at the desk.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

pub(crate) struct List {
    pub(crate) app: Arc<App>,
    there: Vec<bool>,
}

impl List {
    pub(crate) fn make(folder: &Path, districts: usize) -> Result<Self, Failure> {
        // The season is wide, so that every victim can be attacked in it; each borrower's own budget is the example's.
        let charter = include_str!("../../../../docs/charter.example.toml")
            .replace("season_budget = 500000\n", "season_budget = 4000000000\n");
        if !charter.contains("4000000000") {
            return Err("the example charter has another budget for the season".into());
        }
        let (root, home) = (RootSecret::data_key([1; 32]), folder.join("list"));
        let app = init(hustings_app::folder::InitJob { charter: &charter, ..new_list(&home, &root) })?;
        let mut coin = SeededRng::new(2_026);
        let there: Vec<bool> = (0..districts).map(|_| coin.below(2) == 1).collect();
        let file = folder.join("people.csv");
        let mut out = BufWriter::new(File::create(&file)?);
        writeln!(out, "email,first_name,ocd_division,issues,hear_appeals,signed_on")?;
        let issues = ISSUES.join(";");
        for (district, victim) in there.iter().enumerate() {
            for person in 0..KNOWN + u64::from(*victim) {
                writeln!(
                    out,
                    "p{person}-{district}@people.example,P,{},{issues},yes,2025-06-01",
                    area(district)
                )?;
            }
        }
        out.into_inner()?.sync_all()?;
        let report = import(&app, &Actor::operator(), &ImportJob::new(&file), &mut |_| {})?;
        let all = KNOWN * districts as u64 + there.iter().map(|victim| u64::from(*victim)).sum::<u64>();
        if report.new != all {
            return Err(format!("{} people are in, and not {all}", report.new).into());
        }
        Ok(Self { app: Arc::new(app), there })
    }

    /// Whether the coin put this victim on the list: what the attacker guesses.
    pub(crate) fn is_there(&self, victim: usize) -> bool {
        self.there.get(victim).copied().unwrap_or(false)
    }

    /// A borrower of this district, and somebody of theirs who is logged in.
    pub(crate) fn borrower(&self, district: usize, which: usize) -> Result<Session, Failure> {
        let (app, operator) = (&self.app, Actor::operator());
        let new = NewBorrower {
            name: format!("Borrower {which} of {district}"),
            kind: BorrowerKind::Candidate,
            office: "House".to_owned(),
            area: area(district).parse()?,
            positions: ISSUES.iter().map(|issue| issue.parse()).collect::<Result<_, _>>()?,
            contact_email: format!("b{which}-{district}@borrower.example"),
            treasurer: "T. Rex".to_owned(),
        };
        let borrower = add_borrower(app, &operator, new)?.id;
        verify_borrower(app, &operator, borrower)?;
        let new = NewUser {
            name: format!("Agent {which} of {district}"),
            email: format!("a{which}-{district}@borrower.example"),
            roles: vec![Role::Borrower],
            wing: None,
            borrower: Some(borrower),
        };
        let user = add_user(app, &operator, new)?.user.id;
        let session = log_in(app, &login_link(app, user)?)?;
        Ok(Session { cookie: session.cookie, csrf: session.csrf })
    }
}

pub(crate) fn area(district: usize) -> String {
    format!("ocd-division/country:us/state:vt/sldl:{district}")
}
