//! A list with people, borrowers and loans that have been sent, put together through the store.

use hustings_app::folder::{InitJob, init, init_on};
use hustings_app::lend::{NewBorrower, RequestFile, Requested, add_borrower, request, verify_borrower};
use hustings_app::send::freeze::hold_back_key;
use hustings_app::send::links::{LinkPlace, LinkPurpose, mint};
use hustings_app::{App, Refusal, SeededChance};
use hustings_domain::access::{Actor, Role};
use hustings_domain::borrower::{Borrower, BorrowerKind};
use hustings_domain::clock::{Clock as _, SetClock};
use hustings_domain::consent::{Channel, Consent, ConsentState};
use hustings_domain::ids::{LoanNumber, Ordinal, SupporterId};
use hustings_domain::loan::{Loan, LoanState};
use hustings_domain::response::Response;
use hustings_store::conformance::cluster;
use hustings_store::postgres::Address;
use hustings_store::records::{SendRecord, SupporterRecord};
use hustings_trace::hold_back::{Draw, Share};
use hustings_vault::blind::BlindColumn;
use hustings_vault::{Argon2Cost, Context, Field, Identity, Region, RootSecret};
use jiff::Timestamp;
use std::sync::Arc;

pub(crate) const CHARTER: &str = include_str!("../../../../docs/charter.example.toml");
pub(crate) const SHARE: Share = Share::SMALL;

pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) clock: SetClock,
    pub(crate) folder: tempfile::TempDir,
}

pub(crate) fn person_email(number: u32) -> String {
    format!("person{number}@people.example")
}

pub(crate) fn person_phone(number: u32) -> String {
    format!("+1802555{number:04}")
}

pub(crate) fn given_name(number: u32) -> String {
    format!("Given{number}x")
}

pub(crate) fn slugs(names: &[&str]) -> Vec<hustings_domain::words::Slug> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

pub(crate) fn yes(fields: &[&str]) -> Response {
    Response::Yes { fields: slugs(fields) }
}

pub(crate) fn steward() -> Actor {
    Actor { user: None, roles: vec![Role::Steward], wing: None, borrower: None, through: None }
}

pub(crate) fn agent(borrower: &Borrower) -> Actor {
    Actor { user: None, roles: vec![Role::Borrower], wing: None, borrower: Some(borrower.id), through: None }
}

impl World {
    /// An empty list.
    pub(crate) fn new() -> Self {
        Self::on(None)
    }

    /// The list with so many people on each engine that this machine has.
    pub(crate) fn on_both(people: u32) -> Vec<Self> {
        let server = cluster::shared().map(cluster::Cluster::new_database);
        let on_server = server.map(|address| Self::on(Some(&address)).filled(people));
        std::iter::once(Self::with_people(people)).chain(on_server).collect()
    }

    fn on(server: Option<&Address>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = SetClock::at("2026-09-01T12:00:00Z".parse().unwrap());
        let list = folder.path().join("list");
        let job = InitJob {
            folder: &list,
            root: &RootSecret::data_key([7; 32]),
            cost: Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 },
            charter: CHARTER,
            clock: Arc::new(clock.clone()),
            chance: Arc::new(SeededChance::new(11)),
            demo: true,
        };
        let app = match server {
            None => init(job).unwrap(),
            Some(address) => init_on(job, address).unwrap(),
        };
        Self { app, clock, folder }
    }

    /// The list with so many people who agreed to every purpose; ordinals count from 0 as the numbers do.
    pub(crate) fn with_people(count: u32) -> Self {
        Self::new().filled(count)
    }

    fn filled(self, count: u32) -> Self {
        let world = self;
        let now = world.clock.now();
        let purposes = world.app.charter().unwrap().purposes;
        let (mut records, mut keys, mut emails, mut phones, mut consents) =
            (vec![], vec![], vec![], vec![], vec![]);
        for number in 0..count {
            let (ordinal, id) = (Ordinal(number), person_id(number));
            let identity = identity(number);
            let vault = world.app.vault();
            let mut rng = world.app.rng("test-people");
            let (key, wrapped) = vault.new_person_key(id.0.as_bytes(), &mut *rng).unwrap();
            let context =
                Context { table: "supporter", row: *id.0.as_bytes(), column: "identity", version: 1 };
            let email = identity.email.clone().unwrap();
            let sealed = key.seal(&context, &identity.to_bytes(), &mut *rng).unwrap();
            let mail_key = Some(vault.suppress_email(&email));
            records.push(SupporterRecord { ordinal, id, joined: now, sealed, version: 1, mail_key });
            keys.push((ordinal, wrapped));
            emails.push((vault.blind_email(&email), ordinal));
            phones.extend(identity.phone.as_ref().map(|phone| (vault.blind_phone(phone), ordinal)));
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
        let store = world.app.store();
        store.keys().put_many(&keys).unwrap();
        store
            .write(|tx| {
                tx.insert_supporters(&records)?;
                tx.insert_blind(BlindColumn::Email, &emails)?;
                tx.insert_blind(BlindColumn::Phone, &phones)?;
                tx.add_consents(&consents)?;
                tx.record_change(Ordinal(0), Ordinal(count.saturating_sub(1)))?;
                Ok::<_, Refusal>(())
            })
            .unwrap();
        world
    }

    pub(crate) fn borrower(&self, name: &str) -> Borrower {
        let new = NewBorrower {
            name: name.to_owned(),
            kind: BorrowerKind::Candidate,
            office: "State House, District 4".to_owned(),
            area: "ocd-division/country:us/state:vt/sldl:4".parse().unwrap(),
            positions: slugs(&["housing"]),
            contact_email: "desk@borrower.example".to_owned(),
            treasurer: "R. Lind".to_owned(),
        };
        let borrower = add_borrower(&self.app, &steward(), new).unwrap();
        verify_borrower(&self.app, &steward(), borrower.id).unwrap()
    }

    /// A loan that has been sent to `people`; of them the season's draw holds back its share.
    pub(crate) fn sent_loan(&self, borrower: &Borrower, people: std::ops::Range<u32>) -> Loan {
        let file = format!(
            "borrower = \"{}\"\narea = \"{}\"\nask = \"volunteer\"\nissues = [\"housing\"]\n\
             closes = \"2026-11-01T00:00:00Z\"\nfields = [\"email\", \"given-name\", \"phone\", \"postal-code\"]\n\
             [appeal]\nsubject = \"Homes\"\npaid_for_by = \"Paid for by {}.\"\n\
             body = \"Dear {{{{ given_name | default('friend') }}}},\\n\\nI am **standing**.\"\n",
            borrower.name, borrower.area, borrower.name
        );
        let asked = request(&self.app, &steward(), RequestFile::parse(&file).unwrap()).unwrap();
        let Requested::Accepted { loan, .. } = asked else { panic!("{asked:?}") };
        let loan = Loan { state: LoanState::Sent, ..*loan };
        let season = self.app.charter().unwrap().estimates.season;
        let draw = Draw::new(&hold_back_key(&self.app, &season), season.as_str(), borrower.id, SHARE);
        let (held, planned): (Vec<_>, Vec<_>) =
            people.map(Ordinal).partition(|ordinal| draw.held_back(person_id(ordinal.0)));
        let now = self.clock.now();
        let send = SendRecord {
            loan: loan.id,
            content: loan.content_hash().unwrap(),
            frozen: now,
            as_of: 0,
            selected: u32::try_from(held.len() + planned.len()).unwrap(),
            tired: 0,
            stopped: 0,
            held_back: u32::try_from(held.len()).unwrap(),
            planned: u32::try_from(planned.len()).unwrap(),
            pilot: u32::try_from(planned.len()).unwrap(),
            released: u32::try_from(planned.len()).unwrap(),
            hold_back_per_mille: u32::from(SHARE.per_mille()),
            money: false,
            pilot_done: Some(now),
        };
        self.app
            .store()
            .write(|tx| {
                tx.put_loan(&loan)?;
                tx.insert_deliveries(loan.id, &planned, now)?;
                tx.insert_held_back(loan.id, &held)?;
                tx.put_send(&send)?;
                // As if all had been mailed.
                let epoch = self.app.epoch();
                let claimed = tx.claim(loan.id, u32::MAX, u32::MAX, epoch, now, now)?;
                let accepted: Vec<_> = claimed
                    .iter()
                    .map(|delivery| hustings_store::records::DeliveryResult {
                        seq: delivery.seq,
                        state: hustings_store::records::DeliveryState::Accepted,
                        code: Some(250),
                    })
                    .collect();
                tx.settle_deliveries(loan.id, epoch, &accepted, now)?;
                Ok::<_, Refusal>(())
            })
            .unwrap();
        loan
    }

    /// Who was mailed, in sending order.
    pub(crate) fn planned(&self, loan: &Loan) -> Vec<u32> {
        let planned = self.app.store().read(|tx| Ok::<_, Refusal>(tx.planned(loan.id)?)).unwrap();
        planned.into_iter().map(|ordinal| ordinal.0).collect()
    }

    /// The link of one recipient, by their place in the send.
    pub(crate) fn link(&self, purpose: LinkPurpose, loan: &Loan, seq: u32) -> String {
        let frozen: Timestamp = "2026-09-01T12:00:00Z".parse().unwrap();
        mint(&self.app, purpose, LinkPlace { loan: loan.number, seq }, frozen).unwrap()
    }

    pub(crate) fn answer(
        &self,
        loan: &Loan,
        seq: u32,
        response: &Response,
    ) -> hustings_app::Result<hustings_app::after::Answered> {
        hustings_app::after::answer(&self.app, &self.link(LinkPurpose::Answer, loan, seq), response)
    }

    /// The first `count` recipients say yes with these fields.
    pub(crate) fn everybody_says_yes(&self, loan: &Loan, count: usize, fields: &[&str]) -> Vec<u32> {
        let people: Vec<u32> = self.planned(loan).into_iter().take(count).collect();
        for seq in 0..u32::try_from(people.len()).unwrap() {
            self.answer(loan, seq, &yes(fields)).unwrap();
        }
        people
    }

    /// Makes and fetches a copy; returns its rows without the header.
    pub(crate) fn copy(&self, loan: LoanNumber) -> (hustings_domain::copy::CopyRecord, Vec<Vec<String>>) {
        let copy = hustings_app::after::export_copy(&self.app, &steward(), loan).unwrap();
        let file = hustings_app::after::fetch_copy(&self.app, &steward(), copy.number).unwrap();
        (copy, table(&file))
    }

    pub(crate) fn ledger_kinds(&self) -> Vec<String> {
        let kind = |entry: Vec<u8>| hustings_ledger::Leaf::from_bytes(&entry).unwrap().kind;
        self.entries().into_iter().map(kind).collect()
    }

    pub(crate) fn entries(&self) -> Vec<Vec<u8>> {
        self.app.store().read(|tx| Ok::<_, Refusal>(tx.ledger_entries(0, u32::MAX)?)).unwrap()
    }

    /// Everything that a look must not change.
    pub(crate) fn fingerprint(&self, loan: &Loan) -> String {
        self.app
            .store()
            .read(|tx| {
                Ok::<_, Refusal>(format!(
                    "{} {} {} {:?} {:?} {:?} {:?}",
                    tx.ledger_size()?,
                    tx.change_sequence()?,
                    tx.suppression_count()?,
                    tx.responses(loan.id)?,
                    tx.alarms(100)?,
                    tx.erasure_notices(None)?,
                    tx.consent_history(Ordinal(0))?,
                ))
            })
            .unwrap()
    }
}

/// The rows of a fetched file without its header.
pub(crate) fn table(file: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(file);
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

pub(crate) fn person_id(number: u32) -> SupporterId {
    // Spread, so that ids are as unrelated to the draw as real ones.
    SupporterId(format!("{:032x}", u128::from(number + 1) * 0x9e37_79b9_7f4a_7c15_f39c_c060).parse().unwrap())
}

fn identity(number: u32) -> Identity {
    let mut identity = Identity::default();
    let mut set = |field, text: &str| identity.set(field, text, Region::NorthAmerica).unwrap();
    set(Field::Email, &person_email(number));
    set(Field::GivenName, &given_name(number));
    set(Field::FamilyName, &format!("Family{number}x"));
    set(Field::PostalCode, &format!("05{:03}", number % 900));
    if number.is_multiple_of(2) {
        set(Field::Phone, &person_phone(2_000 + number));
    }
    identity
}
