//! A small list in a folder of its own, with everything in it that a folder can hold.

use hustings_app::folder::{self, Diagnosis, How, examine};
use hustings_app::people::import::{ImportJob, import};
use hustings_app::people::show::find_by_email;
use hustings_app::{App, Refusal, SeededChance, after, people};
use hustings_domain::access::Actor;
use hustings_domain::clock::{Clock, SetClock};
use hustings_domain::consent::{SuppressionReason, SuppressionScope};
use hustings_domain::ids::Ordinal;
use hustings_vault::{Argon2Cost, EmailAddress, RootSecret};
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;

const CHARTER: &str = include_str!("../../../../docs/charter.example.toml");

pub(crate) struct World {
    pub(crate) clock: SetClock,
    pub(crate) room: TempDir,
}

pub(crate) fn root() -> RootSecret {
    RootSecret::data_key([7; 32])
}

impl World {
    /// A list of so many people, closed, with a published ledger, a saved index and a backup of today.
    pub(crate) fn new(count: u32) -> Self {
        let room = TempDir::new().unwrap();
        let clock = SetClock::at("2026-03-01T09:00:00Z".parse().unwrap());
        let world = Self { clock, room };
        let app = folder::init(folder::InitJob {
            folder: &world.list(),
            root: &root(),
            cost: Argon2Cost::default(),
            charter: CHARTER,
            clock: world.clock(),
            chance: Arc::new(SeededChance::new(1)),
            demo: true,
        })
        .unwrap();
        let rows: String = (0..count)
            .map(|number| format!("p{number}@example.org,yes,housing\n"))
            .collect::<Vec<_>>()
            .concat();
        let stops = "email\np1@example.org\nstranger@example.org\n".to_owned();
        for (name, text) in
            [("people.csv", format!("email,email_opt_in,issues\n{rows}")), ("suppression.csv", stops)]
        {
            let path = world.room.path().join(name);
            std::fs::write(&path, text).unwrap();
            import(&app, &Actor::operator(), &ImportJob::new(path), &mut |_| {}).unwrap();
        }
        after::publish_ledger(&app, &Actor::operator()).unwrap();
        folder::back_up(&app, &Actor::operator(), &world.backup()).unwrap();
        after::publish_ledger(&app, &Actor::operator()).unwrap();
        people::follow::save(&app).unwrap();
        world
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(self.clock.clone())
    }

    pub(crate) fn list(&self) -> PathBuf {
        self.room.path().join("list")
    }

    pub(crate) fn backup(&self) -> PathBuf {
        self.room.path().join("backup")
    }

    pub(crate) fn open(&self) -> App {
        folder::open(&self.list(), &root(), self.clock(), Arc::new(SeededChance::new(2))).unwrap()
    }

    pub(crate) fn restore(&self) -> Result<folder::RestoreReport, Refusal> {
        folder::restore(&self.backup(), &self.list(), &root(), &self.clock(), Arc::new(SeededChance::new(3)))
    }

    pub(crate) fn examine(&self) -> Diagnosis {
        examine(&self.list(), &root(), &self.clock).unwrap()
    }

    pub(crate) fn repair(&self) -> Vec<String> {
        folder::repair(&self.list(), &root(), self.clock(), Arc::new(SeededChance::new(4))).unwrap()
    }

    /// The findings of one check that are not just good to know.
    pub(crate) fn wrong(&self, check: &str) -> Vec<(How, String)> {
        let diagnosis = self.examine();
        let wrong =
            diagnosis.findings().filter(|(name, finding)| *name == check && finding.how > How::Notice);
        wrong.map(|(_, finding)| (finding.how, finding.what.clone())).collect()
    }

    pub(crate) fn sql(&self, file: &str, statements: &str) {
        hustings_store::conformance::damage::damage(&self.list(), file, statements);
    }
}

pub(crate) fn person(app: &App, number: u32) -> Option<hustings_domain::ids::SupporterId> {
    find_by_email(app, &Actor::operator(), &format!("p{number}@example.org")).unwrap()
}

pub(crate) fn stop(app: &App, number: u32) {
    people::consent::stop_everything(app, Ordinal(number), SuppressionReason::Unsubscribed).unwrap();
}

pub(crate) fn is_stopped(app: &App, number: u32) -> bool {
    let email = EmailAddress::parse(&format!("p{number}@example.org")).unwrap();
    let hash = app.vault().suppress_email(&email);
    let stops = app.store().read(|tx| Ok::<_, Refusal>(tx.stops_of(hash)?)).unwrap();
    stops.iter().any(|stop| stop.0 == SuppressionScope::Everything)
}

pub(crate) fn people(app: &App) -> u64 {
    app.store().read(|tx| Ok::<_, Refusal>(tx.supporter_count()?)).unwrap()
}
