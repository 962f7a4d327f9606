//! A list made to be attacked: a district for each victim, everybody in it known but one; and the desk served over HTTP.

use crate::Failure;
use hustings_app::access::{NewUser, add_user, log_in, login_link};
use hustings_app::folder::{InitJob, init};
use hustings_app::lend::{NewBorrower, add_borrower, verify_borrower};
use hustings_app::people::import::{ImportJob, import};
use hustings_app::people::places::load_divisions;
use hustings_app::{App, Refusal};
use hustings_bench::new_list;
use hustings_domain::access::{Actor, Role};
use hustings_domain::borrower::BorrowerKind;
use hustings_domain::chance::{Rng as _, SeededRng};
use hustings_domain::estimate::RhoMillionths;
use hustings_server::Site;
use hustings_vault::RootSecret;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Known people in each district: one more is rounded up to the next ten.
pub(crate) const KNOWN: u64 = 104;
/// Groups of districts, each attacked by two borrowers of its own.
pub(crate) const GROUPS: usize = 40;
const IN_GROUP: usize = 50;
pub(crate) const VICTIMS: usize = GROUPS * IN_GROUP;
/// So low that it hides nobody: the attacker's best case.
pub(crate) const FLOOR: u32 = 1;
/// The issues of the example charter, in the order of a question's bits.
pub(crate) const ISSUES: [&str; 7] =
    ["health-care", "housing", "climate", "schools", "workers-rights", "voting-rights", "transit"];

const CHARTER: &str = include_str!("../../../../docs/charter.example.toml");

/// Somebody logged in at the desk.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

pub(crate) struct List {
    pub(crate) app: Arc<App>,
    there: Vec<bool>,
    sessions: Vec<Session>,
    version: AtomicU32,
}

/// The example charter with other prices. The season is as wide as all budgets together, so that every group can spend
/// its own.
fn charter(version: u32, price: RhoMillionths, budget: RhoMillionths) -> Result<String, Failure> {
    let season = u64::from(budget.0) * 2 * GROUPS as u64;
    let mut charter = CHARTER.to_owned();
    for (from, to) in [
        ("version = 1\n", format!("version = {version}\n")),
        ("question = 1250 ", format!("question = {} ", price.0)),
        ("borrower_budget = 125000 ", format!("borrower_budget = {} ", budget.0)),
        ("season_budget = 500000\n", format!("season_budget = {season}\n")),
        ("floor = 300\n", format!("floor = {FLOOR}\n")),
        ("season = \"2026-general\"\n", format!("season = \"s{version}\"\n")),
    ] {
        if !charter.contains(from) {
            return Err(format!("the example charter no longer says `{from}`").into());
        }
        charter = charter.replacen(from, &to, 1);
    }
    Ok(charter)
}

impl List {
    pub(crate) fn make(folder: &Path) -> Result<Self, Failure> {
        let (root, home) = (RootSecret::data_key([1; 32]), folder.join("list"));
        let first = charter(1, RhoMillionths(1_250), RhoMillionths(125_000))?;
        let app = init(InitJob { charter: &first, ..new_list(&home, &root) })?;
        let mut coin = SeededRng::new(2_026);
        let there: Vec<bool> = (0..VICTIMS).map(|_| coin.below(2) == 1).collect();
        let (people, places) = (folder.join("people.csv"), folder.join("places.csv"));
        let mut out = BufWriter::new(File::create(&people)?);
        let mut register = BufWriter::new(File::create(&places)?);
        writeln!(out, "email,first_name,ocd_division,issues,hear_appeals,signed_on")?;
        writeln!(register, "id,name")?;
        let issues = ISSUES.join(";");
        for (victim, is_there) in there.iter().enumerate() {
            let district = district(victim);
            writeln!(register, "{district},D{victim}")?;
            for person in 0..KNOWN + u64::from(*is_there) {
                writeln!(out, "p{person}-{victim}@people.example,P,{district},{issues},yes,2025-06-01")?;
            }
        }
        for group in 0..GROUPS {
            writeln!(register, "{},G{group}", county(group))?;
        }
        out.into_inner()?.sync_all()?;
        register.into_inner()?.sync_all()?;
        let operator = Actor::operator();
        let report = import(&app, &operator, &ImportJob::new(&people), &mut |_| {})?;
        let all = KNOWN * VICTIMS as u64 + there.iter().map(|victim| u64::from(*victim)).sum::<u64>();
        if report.new != all {
            return Err(format!("{} people are in, and not {all}", report.new).into());
        }
        load_divisions(&app, &operator, &places, &mut |_| {})?;
        let mut sessions = Vec::new();
        for group in 0..GROUPS {
            for which in 0..2 {
                sessions.push(borrower(&app, group, which)?);
            }
        }
        Ok(Self { app: Arc::new(app), there, sessions, version: AtomicU32::new(1) })
    }

    /// Whether the coin put this victim on the list: what the attacker guesses.
    pub(crate) fn is_there(&self, victim: usize) -> bool {
        self.there.get(victim).copied().unwrap_or(false)
    }

    pub(crate) fn session(&self, group: usize, which: usize) -> Result<&Session, Failure> {
        Ok(self.sessions.get(group * 2 + which).ok_or("there is no such borrower")?)
    }

    /// Another season, with its own noise and budgets: what in life a board decides once a year.
    pub(crate) fn new_season(&self, price: RhoMillionths, budget: RhoMillionths) -> Result<(), Failure> {
        let version = self.version.fetch_add(1, Ordering::SeqCst) + 1;
        let text = charter(version, price, budget)?;
        hustings_app::lend::check_charter(&text)?;
        let now = self.app.now();
        Ok(self.app.store().write(|tx| Ok::<_, Refusal>(tx.put_charter(version, &text, now)?))?)
    }

    /// The pages, on a port of this machine.
    pub(crate) async fn serve(&self) -> Result<Serving, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (end, ended) = oneshot::channel::<()>();
        let site = Arc::new(Site::new(Arc::clone(&self.app))?);
        let task = tokio::spawn(hustings_server::serve(site, listener, async move { drop(ended.await) }));
        Ok(Serving { address, end, task })
    }
}

pub(crate) struct Serving {
    pub(crate) address: SocketAddr,
    end: oneshot::Sender<()>,
    task: JoinHandle<std::io::Result<()>>,
}

impl Serving {
    pub(crate) async fn end(self) -> Result<(), Failure> {
        drop(self.end);
        Ok(self.task.await??)
    }
}

/// A borrower of this group, and somebody of theirs who is logged in.
fn borrower(app: &App, group: usize, which: usize) -> Result<Session, Failure> {
    let operator = Actor::operator();
    let new = NewBorrower {
        name: format!("Borrower {which} of {group}"),
        kind: BorrowerKind::Candidate,
        office: "House".to_owned(),
        area: county(group).parse()?,
        positions: ISSUES.iter().map(|issue| issue.parse()).collect::<Result<_, _>>()?,
        contact_email: format!("b{which}-{group}@borrower.example"),
        treasurer: "T. Rex".to_owned(),
    };
    let borrower = add_borrower(app, &operator, new)?.id;
    verify_borrower(app, &operator, borrower)?;
    let new = NewUser {
        name: format!("Agent {which} of {group}"),
        email: format!("a{which}-{group}@borrower.example"),
        roles: vec![Role::Borrower],
        wing: None,
        borrower: Some(borrower),
    };
    let user = add_user(app, &operator, new)?.user.id;
    let session = log_in(app, &login_link(app, user)?)?;
    Ok(Session { cookie: session.cookie, csrf: session.csrf })
}

pub(crate) fn county(group: usize) -> String {
    format!("ocd-division/country:us/state:vt/county:g{group}")
}

pub(crate) fn district(victim: usize) -> String {
    format!("{}/sldl:{victim}", county(victim / IN_GROUP))
}

pub(crate) fn victims_of(group: usize) -> std::ops::Range<usize> {
    group * IN_GROUP..(group + 1) * IN_GROUP
}
