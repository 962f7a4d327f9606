//! A small list in a folder of its own, and files to bring in.

use hustings_app::people::import::{ImportJob, ImportReport, import};
use hustings_app::people::show::{SupporterPage, find_by_email, supporter_page};
use hustings_app::{App, Refusal, SeededChance, folder};
use hustings_domain::access::Actor;
use hustings_domain::clock::SetClock;
use hustings_domain::consent::{Channel, ConsentState};
use hustings_vault::{Argon2Cost, RootSecret};
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;

pub(crate) const CHARTER: &str = include_str!("../../../../docs/charter.example.toml");
pub(crate) const TODAY: jiff::civil::Date = jiff::civil::date(2026, 3, 1);

pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) clock: SetClock,
    pub(crate) dir: TempDir,
}

pub(crate) fn root() -> RootSecret {
    RootSecret::data_key([7; 32])
}

impl World {
    pub(crate) fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let clock = SetClock::at("2026-03-01T09:00:00Z".parse().unwrap());
        let app = folder::init(folder::InitJob {
            folder: &dir.path().join("list"),
            root: &root(),
            cost: Argon2Cost::default(),
            charter: CHARTER,
            clock: Arc::new(clock.clone()),
            chance: Arc::new(SeededChance::new(1)),
            demo: true,
        })
        .unwrap();
        Self { app, clock, dir }
    }

    /// Closes the list and opens it again.
    pub(crate) fn reopen(self) -> Self {
        let Self { app, clock, dir } = self;
        let folder = app.folder().to_owned();
        drop(app);
        let app =
            folder::open(&folder, &root(), Arc::new(clock.clone()), Arc::new(SeededChance::new(2))).unwrap();
        Self { app, clock, dir }
    }

    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) fn try_import(&self, job: &ImportJob) -> Result<ImportReport, Refusal> {
        let report = import(&self.app, &Actor::operator(), job, &mut |_| {})?;
        assert!(report.adds_up(), "{report:#?}");
        Ok(report)
    }

    pub(crate) fn import(&self, name: &str, bytes: impl AsRef<[u8]>) -> ImportReport {
        self.try_import(&ImportJob::new(self.file(name, bytes))).unwrap()
    }

    pub(crate) fn refused(&self, name: &str, bytes: impl AsRef<[u8]>) -> Refusal {
        let refusal = self.try_import(&ImportJob::new(self.file(name, bytes))).unwrap_err();
        assert_eq!(self.people(), 0, "nothing is imported from a file that is refused");
        refusal
    }

    pub(crate) fn people(&self) -> u64 {
        self.app.store().read(|tx| Ok::<_, Refusal>(tx.supporter_count()?)).unwrap()
    }

    pub(crate) fn entries(&self) -> u64 {
        self.app.store().read(|tx| hustings_app::entry_count(tx)).unwrap()
    }

    pub(crate) fn page(&self, address: &str) -> Option<SupporterPage> {
        let actor = Actor::operator();
        let id = find_by_email(&self.app, &actor, address).unwrap()?;
        Some(supporter_page(&self.app, &actor, id).unwrap())
    }

    pub(crate) fn consent(&self, address: &str, purpose: &str) -> ConsentState {
        let page = self.page(address).unwrap();
        let mut lines = page.consents.iter().filter(|line| line.in_force);
        lines
            .find(|line| line.consent.purpose.as_str() == purpose && line.consent.channel == Channel::Email)
            .map_or(ConsentState::Unknown, |line| line.consent.state)
    }

    pub(crate) fn count(&self, rule: &str) -> u64 {
        hustings_app::people::count::count(&self.app, &Actor::operator(), rule, TODAY).unwrap().count
    }
}
