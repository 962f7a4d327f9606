//! A small list with a board, two borrowers and three loans, its site, and somebody to click.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use hustings_app::access::{
    LoggedIn, NewToken, NewUser, TokenMade, actor_of_session, add_user, ask_for_login, log_in, make_token,
};
use hustings_app::folder::{InitJob, init};
use hustings_app::lend::{NewBorrower, RequestFile, Requested, add_borrower, request, verify_borrower};
use hustings_app::send::links::{LinkPlace, LinkPurpose, mint};
use hustings_app::{App, Refusal, SeededChance, after};
use hustings_domain::access::{Actor, Role};
use hustings_domain::borrower::{Borrower, BorrowerKind};
use hustings_domain::clock::{Clock as _, SetClock};
use hustings_domain::consent::{Channel, Consent, ConsentState};
use hustings_domain::ids::{BorrowerId, CopyNumber, LoanNumber, Ordinal, SupporterId};
use hustings_domain::loan::{Loan, LoanState};
use hustings_domain::response::Response;
use hustings_domain::token::Scope;
use hustings_server::{Dispatch, LinkGoes, LoginMail, Site, router};
use hustings_store::records::{DeliveryResult, DeliveryState, SendRecord, SupporterRecord};
use hustings_vault::blind::BlindColumn;
use hustings_vault::{Argon2Cost, Context, Field, Identity, Region, RootSecret};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tower::ServiceExt;

const CHARTER: &str = include_str!("../../../../docs/charter.example.toml");
pub(crate) const PEOPLE: u32 = 40;

/// What the server was asked to do in the background.
#[derive(Debug)]
pub(crate) struct Recorder {
    pub(crate) goes: Mutex<LinkGoes>,
    pub(crate) mails: Mutex<Vec<(String, String)>>,
    pub(crate) begun: Mutex<Vec<LoanNumber>>,
}

impl Default for Recorder {
    fn default() -> Self {
        Self { goes: Mutex::new(LinkGoes::ByMail), mails: Mutex::default(), begun: Mutex::default() }
    }
}

impl LoginMail for Recorder {
    fn goes(&self) -> LinkGoes {
        *self.goes.lock().unwrap()
    }

    fn send(&self, _name: &str, address: &str, link: &str) {
        self.mails.lock().unwrap().push((address.to_owned(), link.to_owned()));
    }
}

impl Dispatch for Recorder {
    fn begin(&self, loan: LoanNumber) {
        self.begun.lock().unwrap().push(loan);
    }
}

/// Who clicks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Actors {
    Nobody,
    Steward,
    Trustee,
    Treasurer,
    Administrator,
    /// Acts for the borrower of loans 1 and 3.
    Jo,
    /// Acts for the borrower of loan 2.
    Kim,
}

impl Actors {
    pub(crate) const ALL: [Self; 7] = [
        Self::Nobody,
        Self::Steward,
        Self::Trustee,
        Self::Treasurer,
        Self::Administrator,
        Self::Jo,
        Self::Kim,
    ];
}

pub(crate) struct World {
    pub(crate) app: Arc<App>,
    pub(crate) clock: SetClock,
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) jo: Borrower,
    pub(crate) kim: Borrower,
    router: Router,
    pub(crate) users: BTreeMap<Actors, hustings_domain::ids::UserId>,
    _folder: tempfile::TempDir,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
    pub(crate) body: String,
}

impl Got {
    pub(crate) fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn cookies(&self) -> Vec<String> {
        self.headers
            .get_all(header::SET_COOKIE)
            .iter()
            .map(|value| value.to_str().unwrap().to_owned())
            .collect()
    }

    /// The body without what differs from one request to the next.
    pub(crate) fn without_id(&self) -> String {
        let id = self.headers.get("x-request-id").unwrap().to_str().unwrap();
        assert_eq!(id.len(), 16);
        self.body.replace(id, "ID")
    }
}

/// A request in the making.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ask {
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<String>,
}

impl Ask {
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn form(self, body: impl Into<String>) -> Self {
        let mut form = self.with("content-type", "application/x-www-form-urlencoded");
        form.body = Some(body.into());
        form
    }
}

pub(crate) fn person_email(number: u32) -> String {
    format!("person{number}@people.example")
}

/// The id in the address of a person's page.
pub(crate) fn person_key(number: u32) -> String {
    person_id(number).to_string()
}

fn person_id(number: u32) -> SupporterId {
    SupporterId(format!("{:032x}", u128::from(number + 1) * 0x9e37_79b9_7f4a_7c15_f39c_c060).parse().unwrap())
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = SetClock::at("2026-09-01T12:00:00Z".parse().unwrap());
        let charter = CHARTER
            .replace("least_audience = 100", "least_audience = 2")
            .replace("signed = \"required\"", "signed = \"accepted\"");
        let app = init(InitJob {
            folder: &folder.path().join("list"),
            root: &RootSecret::data_key([7; 32]),
            cost: Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 },
            charter: &charter,
            clock: Arc::new(clock.clone()),
            chance: Arc::new(SeededChance::new(11)),
            demo: true,
        })
        .unwrap();
        let app = Arc::new(app);
        add_people(&app);
        let (jo, kim) = (add(&app, "Jo Alvarez"), add(&app, "Kim Doe"));
        let recorder = Arc::new(Recorder::default());
        let site = Site::new(Arc::clone(&app)).unwrap();
        let site = site.with_mail(Arc::clone(&recorder) as _).with_dispatch(Arc::clone(&recorder) as _);
        let users = add_users(&app, jo.id, kim.id);
        let world =
            Self { app, clock, recorder, jo, kim, router: router(Arc::new(site)), users, _folder: folder };
        world.sent_loan(&world.jo);
        world.ask(&world.kim);
        world.ask(&world.jo);
        world
    }

    /// A loan asked for.
    pub(crate) fn ask(&self, borrower: &Borrower) -> Loan {
        let file = format!(
            "borrower = \"{}\"\narea = \"{}\"\nask = \"volunteer\"\nissues = [\"housing\"]\n\
             closes = \"2026-11-01T00:00:00Z\"\nfields = [\"email\", \"given-name\"]\n\
             [appeal]\nsubject = \"Homes <now>\"\npaid_for_by = \"Paid for by {}.\"\n\
             body = \"Dear {{{{ given_name }}}},\\n\\nI am **standing**.\"\n",
            borrower.name, borrower.area, borrower.name
        );
        let asked = request(&self.app, &Actor::operator(), RequestFile::parse(&file).unwrap()).unwrap();
        let Requested::Accepted { loan, .. } = asked else { panic!("{asked:?}") };
        *loan
    }

    /// A loan whose mail is out, to everybody.
    fn sent_loan(&self, borrower: &Borrower) -> Loan {
        let loan = Loan { state: LoanState::Sent, ..self.ask(borrower) };
        let now = self.clock.now();
        let planned: Vec<Ordinal> = (0..PEOPLE).map(Ordinal).collect();
        let send = SendRecord {
            loan: loan.id,
            content: loan.content_hash().unwrap(),
            frozen: now,
            as_of: 0,
            selected: PEOPLE,
            tired: 0,
            stopped: 0,
            held_back: 0,
            planned: PEOPLE,
            pilot: PEOPLE,
            released: PEOPLE,
            hold_back_per_mille: 100,
            money: false,
            pilot_done: Some(now),
        };
        let epoch = self.app.epoch();
        self.app
            .store()
            .write(|tx| {
                tx.put_loan(&loan)?;
                tx.insert_deliveries(loan.id, &planned, now)?;
                tx.put_send(&send)?;
                let accepted: Vec<DeliveryResult> = tx
                    .claim(loan.id, u32::MAX, u32::MAX, epoch, now, now)?
                    .iter()
                    .map(|d| DeliveryResult { seq: d.seq, state: DeliveryState::Accepted, code: Some(250) })
                    .collect();
                tx.settle_deliveries(loan.id, epoch, &accepted, now)?;
                Ok::<_, Refusal>(())
            })
            .unwrap();
        loan
    }

    /// Some say yes to loan 1, and its copy is made; the first of them takes it back.
    pub(crate) fn introduced(&self) -> CopyNumber {
        for seq in 0..5 {
            let yes = Response::Yes { fields: vec!["email".parse().unwrap()] };
            after::answer(&self.app, &self.link(LinkPurpose::Answer, seq), &yes).unwrap();
        }
        let copy = after::export_copy(&self.app, &Actor::operator(), LoanNumber(1)).unwrap().number;
        after::fetch_copy(&self.app, &Actor::operator(), copy).unwrap();
        after::take_back(&self.app, &self.link(LinkPurpose::MyPage, 0), copy).unwrap();
        copy
    }

    /// The link of one recipient of loan 1.
    pub(crate) fn link(&self, purpose: LinkPurpose, seq: u32) -> String {
        let frozen = "2026-09-01T12:00:00Z".parse().unwrap();
        mint(&self.app, purpose, LinkPlace { loan: LoanNumber(1), seq }, frozen).unwrap()
    }

    /// A token of somebody's program.
    pub(crate) fn token(&self, who: Actors, scopes: &[Scope]) -> String {
        self.token_for(who, scopes, 30).secret
    }

    pub(crate) fn token_for(&self, who: Actors, scopes: &[Scope], days: u32) -> TokenMade {
        let (actor, ..) = actor_of_session(&self.app, &self.session(who).unwrap().cookie).unwrap().unwrap();
        let new = NewToken { name: "a program".to_owned(), scopes: scopes.to_vec(), days };
        make_token(&self.app, &actor, new).unwrap()
    }

    /// Asks as a program does.
    pub(crate) async fn call(&self, token: &str, method: &str, path: &str, body: Option<String>) -> Got {
        let ask = Ask { body, ..Ask::default().with("authorization", format!("Bearer {token}")) };
        self.request(method, path, ask).await
    }

    /// A fresh session.
    pub(crate) fn session(&self, who: Actors) -> Option<LoggedIn> {
        let user = self.users.get(&who)?;
        // Asked for on the log-in page, which enters nothing.
        let user = self.app.store().read(|tx| Ok::<_, Refusal>(tx.user(*user)?)).unwrap().unwrap();
        let (_, link) = ask_for_login(&self.app, &user.email).unwrap().unwrap();
        Some(log_in(&self.app, &link).unwrap())
    }

    pub(crate) async fn request(&self, method: &str, path: &str, ask: Ask) -> Got {
        let mut request = Request::builder().method(method).uri(path).header("host", "127.0.0.1:8470");
        for (name, value) in &ask.headers {
            request = request.header(*name, value);
        }
        let request = request.body(Body::from(ask.body.unwrap_or_default())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let body = to_bytes(body, 16 << 20).await.unwrap();
        let got = Got {
            status: head.status,
            headers: head.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
            bytes: body.to_vec(),
        };
        super::headers::hold_for(path, &got);
        got
    }

    pub(crate) async fn get(&self, who: Actors, path: &str) -> Got {
        self.request("GET", path, self.as_(who).0).await
    }

    /// Posts a form as a page of ours would.
    pub(crate) async fn post(&self, who: Actors, path: &str, fields: &str) -> Got {
        let (ask, csrf) = self.as_(who);
        let body = if csrf.is_empty() { fields.to_owned() } else { format!("csrf={csrf}&{fields}") };
        self.request("POST", path, ask.with("sec-fetch-site", "same-origin").form(body)).await
    }

    /// The cookie of a fresh session, and what its forms carry.
    pub(crate) fn as_(&self, who: Actors) -> (Ask, String) {
        match self.session(who) {
            None => (Ask::default(), String::new()),
            Some(session) => {
                (Ask::default().with("cookie", format!("hustings_session={}", session.cookie)), session.csrf)
            }
        }
    }

    pub(crate) fn ledger_kinds(&self) -> Vec<String> {
        let entries = self.app.store().read(|tx| Ok::<_, Refusal>(tx.ledger_entries(0, u32::MAX)?)).unwrap();
        entries.iter().map(|entry| hustings_ledger::Leaf::from_bytes(entry).unwrap().kind).collect()
    }

    /// Everything that a look must not change.
    pub(crate) fn fingerprint(&self) -> String {
        let read = self.app.store().read(|tx| {
            let mut said = format!(
                "{} {} {} {} {:?} {:?} {:?} {:?}",
                tx.ledger_size()?,
                tx.supporter_count()?,
                tx.change_sequence()?,
                tx.suppression_count()?,
                tx.alarms(100)?,
                tx.erasure_notices(None)?,
                tx.copies()?,
                tx.borrowers()?,
            );
            for loan in tx.loans()? {
                let (board, answers) = (tx.proceedings(loan.id)?, tx.responses(loan.id)?);
                said = format!("{said} {loan:?} {board:?} {answers:?} {:?}", tx.send(loan.id)?);
            }
            Ok::<_, Refusal>(said)
        });
        read.unwrap()
    }
}

fn add_users(app: &App, jo: BorrowerId, kim: BorrowerId) -> BTreeMap<Actors, hustings_domain::ids::UserId> {
    let plan = [
        (Actors::Steward, "Sam", Role::Steward, None, None),
        (Actors::Trustee, "Tia", Role::Trustee, Some("labor"), None),
        (Actors::Treasurer, "Rae", Role::Treasurer, None, None),
        (Actors::Administrator, "Ali", Role::Administrator, None, None),
        (Actors::Jo, "Joan", Role::Borrower, None, Some(jo)),
        (Actors::Kim, "Kimi", Role::Borrower, None, Some(kim)),
    ];
    let mut users = BTreeMap::new();
    for (who, name, role, wing, borrower) in plan {
        users.insert(who, add_user_named(app, name, role, wing, borrower));
    }
    for (name, wing) in [("Uma", "labor"), ("Val", "climate")] {
        add_user_named(app, name, Role::Trustee, Some(wing), None);
    }
    users
}

fn add_user_named(
    app: &App,
    name: &str,
    role: Role,
    wing: Option<&str>,
    borrower: Option<BorrowerId>,
) -> hustings_domain::ids::UserId {
    let new = NewUser {
        name: name.to_owned(),
        email: format!("{}@staff.example", name.to_lowercase()),
        roles: vec![role],
        wing: wing.map(|wing| wing.parse().unwrap()),
        borrower,
    };
    add_user(app, &Actor::operator(), new).unwrap().user.id
}

fn add(app: &App, name: &str) -> Borrower {
    let new = NewBorrower {
        name: name.to_owned(),
        kind: BorrowerKind::Candidate,
        office: "State House, District 4".to_owned(),
        area: "ocd-division/country:us/state:vt/sldl:4".parse().unwrap(),
        positions: vec!["housing".parse().unwrap()],
        contact_email: "desk@borrower.example".to_owned(),
        treasurer: "R. Lind".to_owned(),
    };
    let borrower = add_borrower(app, &Actor::operator(), new).unwrap();
    verify_borrower(app, &Actor::operator(), borrower.id).unwrap()
}

fn add_people(app: &App) {
    let now = app.now();
    let purposes = app.charter().unwrap().purposes;
    let (mut records, mut keys, mut emails, mut consents) = (vec![], vec![], vec![], vec![]);
    for number in 0..PEOPLE {
        let (ordinal, id) = (Ordinal(number), person_id(number));
        let mut identity = Identity::default();
        identity.set(Field::Email, &person_email(number), Region::NorthAmerica).unwrap();
        identity.set(Field::GivenName, &format!("Given{number}x"), Region::NorthAmerica).unwrap();
        let vault = app.vault();
        let mut rng = app.rng("test-people");
        let (key, wrapped) = vault.new_person_key(id.0.as_bytes(), &mut *rng).unwrap();
        let context = Context { table: "supporter", row: *id.0.as_bytes(), column: "identity", version: 1 };
        let email = identity.email.clone().unwrap();
        let sealed = key.seal(&context, &identity.to_bytes(), &mut *rng).unwrap();
        let mail_key = Some(vault.suppress_email(&email));
        records.push(SupporterRecord { ordinal, id, joined: now, sealed, version: 1, mail_key });
        keys.push((ordinal, wrapped));
        emails.push((vault.blind_email(&email), ordinal));
        consents.extend(purposes.iter().map(|purpose| {
            let consent = Consent {
                purpose: purpose.id.clone(),
                channel: Channel::Email,
                state: ConsentState::Given,
                notice: None,
                source: "form".to_owned(),
                at: now,
            };
            (ordinal, consent)
        }));
    }
    app.store().keys().put_many(&keys).unwrap();
    app.store()
        .write(|tx| {
            tx.insert_supporters(&records)?;
            tx.insert_blind(BlindColumn::Email, &emails)?;
            tx.add_consents(&consents)?;
            tx.record_change(Ordinal(0), Ordinal(PEOPLE - 1))?;
            Ok::<_, Refusal>(())
        })
        .unwrap();
}
