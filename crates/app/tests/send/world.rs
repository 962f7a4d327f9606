//! A small list with a board and one loan, a clock that is set by hand, and a mailbox that counts.

use hustings_app::access::{self, NewUser};
use hustings_app::folder::{self, InitJob};
use hustings_app::lend::{self, NewBorrower, RequestFile, Requested, Said};
use hustings_app::send::{self, Ended, Ran};
use hustings_app::{App, Refusal, SeededChance};
use hustings_domain::access::{Actor, Role};
use hustings_domain::borrower::BorrowerKind;
use hustings_domain::chance::SeededRng;
use hustings_domain::clearance::Ballot;
use hustings_domain::clock::{Clock as _, SetClock};
use hustings_domain::consent::{Channel, Consent, ConsentState};
use hustings_domain::facts::{Fact, FactValue, Origin};
use hustings_domain::ids::{LoanNumber, Ordinal, SupporterId};
use hustings_domain::loan::{Ask, Loan};
use hustings_mail::receiver::{self, Delivered, Mailbox, Policy, Reply, Running, Settings};
use hustings_mail::smtp::client::Relay;
use hustings_store::records::{DeliveryCounts, DeliveryState, SendRecord, SupporterRecord};
use hustings_vault::{Argon2Cost, BlindColumn, Context, EmailAddress, Identity, RootSecret};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) const AREA: &str = "ocd-division/country:us/state:vt";
pub(crate) const DOMAIN: &str = "inbox.example";
pub(crate) const RETRY: u64 = 600;

/// What differs from world to world.
pub(crate) struct Plan {
    pub(crate) people: u32,
    pub(crate) pilot_least: u32,
    pub(crate) pilot_hours: u32,
    pub(crate) least_audience: u32,
    pub(crate) appeals_times: u32,
    pub(crate) cap: u32,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            people: 120,
            pilot_least: 10_000,
            pilot_hours: 4,
            least_audience: 10,
            appeals_times: 2,
            cap: 20_000,
        }
    }
}

pub(crate) struct World {
    pub(crate) app: Arc<App>,
    pub(crate) clock: SetClock,
    pub(crate) steward: Actor,
    pub(crate) trustees: Vec<Actor>,
    pub(crate) folder: PathBuf,
    pub(crate) home: tempfile::TempDir,
}

fn root() -> RootSecret {
    RootSecret::data_key([5; 32])
}

pub(crate) fn address(ordinal: u32) -> String {
    format!("person{ordinal}@{DOMAIN}")
}

/// The ordinal in one of [`address`]'s.
pub(crate) fn person(address: &str) -> u32 {
    address.strip_prefix("person").and_then(|rest| rest.split('@').next()).unwrap().parse().unwrap()
}

impl World {
    pub(crate) fn new(plan: &Plan) -> Self {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("list");
        let clock = SetClock::at("2026-06-01T09:00:00Z".parse().unwrap());
        let charter = include_str!("../../../../docs/charter.example.toml")
            .replace("signed = \"required\"", "signed = \"accepted\"")
            .replace("pilot_least = 200", &format!("pilot_least = {}", plan.pilot_least))
            .replace("pilot_hours = 4", &format!("pilot_hours = {}", plan.pilot_hours))
            .replace("least_audience = 100", &format!("least_audience = {}", plan.least_audience))
            .replace("times = 2", &format!("times = {}", plan.appeals_times));
        let app = folder::init(InitJob {
            folder: &folder,
            root: &root(),
            cost: Argon2Cost::default(),
            charter: &charter,
            clock: Arc::new(clock.clone()),
            chance: Arc::new(SeededChance::new(1)),
            demo: true,
        })
        .unwrap();
        let trustees = [("Ada", "labor"), ("Bea", "labor"), ("Cem", "climate")].map(|(name, wing)| {
            let new = NewUser {
                name: name.to_owned(),
                email: format!("{name}@board.example"),
                roles: vec![Role::Trustee],
                wing: Some(wing.parse().unwrap()),
                borrower: None,
            };
            let user = access::add_user(&app, &Actor::operator(), new).unwrap().user;
            Actor { user: Some(user.id), roles: user.roles, wing: user.wing, borrower: None, through: None }
        });
        let world = Self {
            app: Arc::new(app),
            clock,
            steward: Actor::operator(),
            trustees: trustees.into(),
            folder,
            home,
        };
        world.add_people(plan.people);
        world
    }

    fn add_people(&self, count: u32) {
        let (vault, now) = (self.app.vault(), self.app.now());
        let mut rng = SeededRng::named(7, "people");
        let (mut records, mut keys, mut blind) = (Vec::new(), Vec::new(), Vec::new());
        for ordinal in (0..count).map(Ordinal) {
            let id = SupporterId::new(now, &mut rng);
            let email = EmailAddress::parse(&address(ordinal.0)).unwrap();
            let (key, wrapped) = vault.new_person_key(id.0.as_bytes(), &mut rng).unwrap();
            let identity = Identity { email: Some(email.clone()), ..Identity::default() };
            let context =
                Context { table: "supporter", row: *id.0.as_bytes(), column: "identity", version: 1 };
            let sealed = key.seal(&context, &identity.to_bytes(), &mut rng).unwrap();
            let mail_key = Some(vault.suppress_email(&email));
            records.push(SupporterRecord { ordinal, id, joined: now, sealed, version: 1, mail_key });
            keys.push((ordinal, wrapped));
            blind.push((vault.blind_email(&email), ordinal));
        }
        self.app.store().keys().put_many(&keys).unwrap();
        let fact = |value| Fact { value, origin: Origin::SelfGiven, source: 1 };
        let facts: Vec<_> = (0..count)
            .map(|n| {
                let issue = FactValue::Issue("housing".parse().unwrap());
                (Ordinal(n), vec![fact(FactValue::Area(AREA.parse().unwrap())), fact(issue)])
            })
            .collect();
        let given: Vec<_> = (0..count).map(|n| (Ordinal(n), consent(ConsentState::Given, now))).collect();
        self.write(|tx| {
            tx.source("test", "ours", now)?;
            tx.insert_supporters(&records)?;
            tx.insert_blind(BlindColumn::Email, &blind)?;
            tx.set_facts(&facts)?;
            tx.add_consents(&given)?;
            tx.record_change(Ordinal(0), Ordinal(count - 1))?;
            Ok(())
        });
    }

    /// A verified borrower's request for the whole state, not yet voted on.
    pub(crate) fn request(&self, borrower: &str, cap: u32) -> LoanNumber {
        let new = NewBorrower {
            name: borrower.to_owned(),
            kind: BorrowerKind::AlliedGroup,
            office: "tenants' union".to_owned(),
            area: AREA.parse().unwrap(),
            positions: vec!["housing".parse().unwrap()],
            contact_email: "office@union.example".to_owned(),
            treasurer: "T. Reasurer".to_owned(),
        };
        let made = lend::add_borrower(&self.app, &self.steward, new).unwrap();
        lend::verify_borrower(&self.app, &self.steward, made.id).unwrap();
        let file = RequestFile::parse(&format!(
            "borrower = \"{borrower}\"\narea = \"{AREA}\"\nask = \"hear\"\nissues = [\"housing\"]\ncap = {cap}\n\
             closes = \"2026-09-01T00:00:00Z\"\n[appeal]\nsubject = \"Rent in Vermont\"\n\
             body = \"Dear {{{{ given_name }}}}, hear us out in {{{{ area }}}}.\"\npaid_for_by = \"Paid for by {borrower}\"\n"
        ))
        .unwrap();
        assert_eq!(file.ask, Ask::Hear);
        match lend::request(&self.app, &self.steward, file).unwrap() {
            Requested::Accepted { loan, .. } => loan.number,
            Requested::Refused { checks } => panic!("{checks:?}"),
        }
    }

    pub(crate) fn vote(&self, number: LoanNumber) {
        let content = self.loan(number).content_hash().unwrap();
        for trustee in &self.trustees {
            let said = Said::Vote { ballot: Ballot::Approve, content };
            lend::say(&self.app, trustee, number, said).unwrap();
        }
    }

    /// A cleared loan.
    pub(crate) fn cleared(&self, plan: &Plan) -> LoanNumber {
        let number = self.request("Tenants Together", plan.cap);
        self.vote(number);
        number
    }

    /// A world whose loan has begun to be sent.
    pub(crate) fn started(plan: &Plan) -> (Self, LoanNumber, SendRecord) {
        let world = Self::new(plan);
        let number = world.cleared(plan);
        let send = send::start_send(&world.app, &world.steward, number).unwrap();
        (world, number, send)
    }

    pub(crate) fn loan(&self, number: LoanNumber) -> Loan {
        self.read(|tx| Ok(tx.loan_by_number(number)?.unwrap()))
    }

    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&mut dyn hustings_store::Tx) -> hustings_app::Result<T>,
    ) -> T {
        self.app.store().read(work).unwrap()
    }

    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&mut dyn hustings_store::Tx) -> hustings_app::Result<T>,
    ) -> T {
        self.app.store().write(work).unwrap()
    }

    pub(crate) fn counts(&self, number: LoanNumber) -> DeliveryCounts {
        let id = self.loan(number).id;
        self.read(|tx| Ok(tx.delivery_counts(id, u32::MAX)?))
    }

    pub(crate) fn planned(&self, number: LoanNumber) -> Vec<Ordinal> {
        let id = self.loan(number).id;
        self.read(|tx| Ok(tx.planned(id)?))
    }

    pub(crate) fn held_back(&self, number: LoanNumber) -> Vec<Ordinal> {
        let id = self.loan(number).id;
        self.read(|tx| Ok(tx.held_back(id)?))
    }

    pub(crate) fn state_of(&self, number: LoanNumber, ordinal: Ordinal) -> DeliveryState {
        let id = self.loan(number).id;
        self.read(|tx| Ok(tx.delivery_to(id, ordinal)?.unwrap().state))
    }

    /// Every ledger entry's kind and body.
    pub(crate) fn ledger(&self) -> Vec<(String, serde_json::Value)> {
        let entries = self.read(|tx| Ok(tx.ledger_entries(0, 10_000)?));
        let parsed = entries.iter().map(|entry| serde_json::from_slice::<serde_json::Value>(entry).unwrap());
        parsed.map(|entry| (entry["kind"].as_str().unwrap().to_owned(), entry["body"].clone())).collect()
    }

    pub(crate) fn entered(&self, kind: &str) -> Vec<serde_json::Value> {
        self.ledger().into_iter().filter(|(found, _)| found == kind).map(|(_, body)| body).collect()
    }

    pub(crate) async fn run(&self, provider: &Provider, number: LoanNumber) -> Result<Ran, Refusal> {
        send::run_send(Arc::clone(&self.app), provider.relay(2), RETRY, number, |_| {}).await
    }

    /// Closes the list and opens it again, as after a crash.
    pub(crate) fn reopened(self) -> Self {
        let Self { app, clock, steward, trustees, folder, home } = self;
        drop(Arc::into_inner(app).expect("nobody else holds the list"));
        let app =
            folder::open(&folder, &root(), Arc::new(clock.clone()), Arc::new(SeededChance::new(2))).unwrap();
        Self { app: Arc::new(app), clock, steward, trustees, folder, home }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

pub(crate) fn consent(state: ConsentState, at: Timestamp) -> Consent {
    let purpose = "appeals".parse().unwrap();
    Consent { purpose, channel: Channel::Email, state, notice: None, source: "test".to_owned(), at }
}

/// Gets how many were delivered so far, and the recipient.
pub(crate) type Hook = Box<dyn Fn(usize, &str) -> Reply + Send + Sync>;

/// A mail provider: keeps everything, and answers as it is told to.
pub(crate) struct Provider {
    running: Running,
    kept: Arc<Kept>,
}

#[derive(Default)]
struct Kept(Mutex<Vec<Delivered>>);

impl Mailbox for Kept {
    fn deliver(&self, delivered: Delivered) {
        self.0.lock().unwrap().push(delivered);
    }
}

struct Hooked {
    kept: Arc<Kept>,
    on_rcpt: Option<Hook>,
    on_data: Option<Hook>,
}

impl Policy for Hooked {
    fn rcpt(&self, address: &str) -> Reply {
        let so_far = self.kept.0.lock().unwrap().len();
        self.on_rcpt.as_ref().map_or_else(Reply::accept, |hook| hook(so_far, address))
    }

    fn data(&self, _from: &str, to: &[String], _message: &[u8]) -> Reply {
        let so_far = self.kept.0.lock().unwrap().len();
        self.on_data.as_ref().map_or_else(Reply::accept, |hook| hook(so_far, &to[0]))
    }
}

impl Provider {
    pub(crate) async fn start() -> Self {
        Self::with(None, None).await
    }

    pub(crate) async fn with(on_rcpt: Option<Hook>, on_data: Option<Hook>) -> Self {
        let kept = Arc::new(Kept::default());
        let policy = Arc::new(Hooked { kept: Arc::clone(&kept), on_rcpt, on_data });
        let mailbox: Arc<dyn Mailbox> = Arc::clone(&kept) as Arc<dyn Mailbox>;
        let running = receiver::start(Settings::local(&[DOMAIN]), policy, mailbox).await.unwrap();
        Self { running, kept }
    }

    pub(crate) fn relay(&self, connections: usize) -> Relay {
        let mut relay = Relay::local(self.running.port());
        relay.connections = connections;
        relay.timeouts.backoff = Duration::from_millis(5);
        relay.timeouts.connect_attempts = 2;
        relay
    }

    pub(crate) fn delivered(&self) -> Vec<Delivered> {
        self.kept.0.lock().unwrap().clone()
    }

    /// How often each person got a message.
    pub(crate) fn tally(&self) -> BTreeMap<Ordinal, u32> {
        let mut tally = BTreeMap::new();
        for delivered in self.delivered() {
            *tally.entry(Ordinal(person(&delivered.to))).or_default() += 1;
        }
        tally
    }

    pub(crate) fn got(&self) -> BTreeSet<Ordinal> {
        self.tally().into_keys().collect()
    }

    pub(crate) fn nobody_twice(&self) -> bool {
        self.tally().values().all(|times| *times == 1)
    }
}

pub(crate) fn set(ordinals: &[Ordinal]) -> BTreeSet<Ordinal> {
    ordinals.iter().copied().collect()
}

pub(crate) fn is_pilot(ended: &Ended) -> bool {
    matches!(ended, Ended::Pilot { .. })
}
