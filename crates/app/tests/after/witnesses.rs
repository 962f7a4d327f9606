//! Checkpoints are cosigned by witnesses that are asked after publishing; one that is away delays nothing and shows; one
//! that holds another history is said to.

use super::world::{World, steward};
use hustings_app::Kind;
use hustings_app::after::{
    AskWitness, WitnessState, ask_witnesses, publish_ledger, receipt, verifier_key, witness_standing,
};
use hustings_app::settings::{Settings, WitnessSettings};
use hustings_app::web::NoAnswer;
use hustings_domain::access::{Actor, Role};
use hustings_ledger::cosignature::cosigned_by;
use hustings_ledger::receipt::Receipt;
use hustings_ledger::witness::Witness;
use hustings_ledger::{WitnessKey, verify_dir};
use std::collections::BTreeMap;
use std::sync::Mutex;

/// Witnesses in their folders, by address; an address without one does not answer.
#[derive(Default)]
struct Street {
    witnesses: Mutex<BTreeMap<String, Witness>>,
    asked: Mutex<Vec<String>>,
    homes: Vec<tempfile::TempDir>,
}

impl Street {
    fn with(world: &World, names: &[&str]) -> (Self, Vec<WitnessKey>) {
        let mut street = Self::default();
        let mut keys = Vec::new();
        for (number, name) in names.iter().enumerate() {
            let home = tempfile::tempdir().unwrap();
            Witness::make(home.path(), name, [u8::try_from(number + 1).unwrap(); 32]).unwrap();
            let mut witness = Witness::open(home.path()).unwrap();
            witness.watch(verifier_key(&world.app).unwrap()).unwrap();
            keys.push(witness.key().clone());
            street.witnesses.lock().unwrap().insert(format!("http://{name}"), witness);
            street.homes.push(home);
        }
        let settings = keys
            .iter()
            .map(|key| WitnessSettings { key: key.to_string(), url: format!("http://{}/", key.name()) })
            .collect();
        Settings { witness: settings, ..Settings::default() }
            .save(&world.folder.path().join("list"))
            .unwrap();
        (street, keys)
    }

    fn leaves(&self, name: &str) -> Witness {
        self.witnesses.lock().unwrap().remove(&format!("http://{name}")).unwrap()
    }

    fn comes_back(&self, name: &str, witness: Witness) {
        self.witnesses.lock().unwrap().insert(format!("http://{name}"), witness);
    }
}

impl AskWitness for Street {
    fn add_checkpoint(&self, url: &str, body: &[u8]) -> Result<(u16, Vec<u8>), NoAnswer> {
        self.asked.lock().unwrap().push(url.to_owned());
        let mut witnesses = self.witnesses.lock().unwrap();
        let nobody = hustings_app::web::Web::new(std::time::Duration::from_millis(1));
        let Some(witness) = witnesses.get_mut(url.trim_end_matches('/')) else {
            return nobody.post("http://127.0.0.1:1/", body, 10);
        };
        let answer = witness.add_checkpoint(body, 1_800_000_000);
        Ok((answer.status, answer.body.into_bytes()))
    }
}

fn note(world: &World) -> String {
    std::fs::read_to_string(world.folder.path().join("list/ledger/checkpoint")).unwrap()
}

fn states(world: &World) -> Vec<WitnessState> {
    witness_standing(&world.app).unwrap().into_iter().map(|standing| standing.state).collect()
}

use WitnessState::{Contradicts, Cosigned, Missing};

#[test]
fn a_witness_that_is_away_delays_nothing_and_shows_as_missing() {
    let world = World::with_people(5);
    let (street, keys) = Street::with(&world, &["w1.example", "w2.example"]);
    assert_eq!(states(&world), [Missing, Missing], "nothing is published yet");
    assert!(ask_witnesses(&world.app, &steward(), &street).unwrap().iter().all(|w| w.state == Missing));
    let away = street.leaves("w2.example");
    let first = publish_ledger(&world.app, &steward()).unwrap();
    assert_eq!(states(&world), [Missing, Missing]);
    let stand = ask_witnesses(&world.app, &steward(), &street).unwrap();
    assert_eq!((stand[0].state, stand[0].size, stand[1].state), (Cosigned, first.size, Missing));
    assert!(stand[1].said.contains("no answer"), "{}", stand[1].said);
    assert_eq!(stand[0].last.unwrap().as_second(), 1_800_000_000);
    assert_eq!(cosigned_by(&note(&world), &keys).unwrap().len(), 1);

    // It comes back to a ledger that has grown, and is given the proof from where it was.
    world.borrower("Jo Alvarez");
    street.comes_back("w2.example", away);
    let second = publish_ledger(&world.app, &steward()).unwrap();
    assert_eq!(states(&world), [Missing, Missing], "a new checkpoint begins without their word");
    ask_witnesses(&world.app, &steward(), &street).unwrap();
    assert_eq!(states(&world), [Cosigned, Cosigned]);
    let key = verifier_key(&world.app).unwrap();
    let report = verify_dir(&world.folder.path().join("list/ledger"), &key, None).unwrap();
    assert_eq!(report.checkpoint, second);
    publish_ledger(&world.app, &steward()).unwrap();
    assert_eq!(states(&world), [Cosigned, Cosigned], "published again, it keeps their word");

    // Who has signed is not asked again, until its word is a day old by our clock.
    street.asked.lock().unwrap().clear();
    ask_witnesses(&world.app, &steward(), &street).unwrap();
    assert!(street.asked.lock().unwrap().is_empty());

    // A receipt carries the entry and both cosignatures, and is checked without anything else.
    let text = receipt(&world.app, 1).unwrap();
    let receipt = Receipt::parse(&text).unwrap();
    let entry = receipt.extra.clone().unwrap();
    assert_eq!(entry, world.entries()[1]);
    receipt.verify(&entry, &key).unwrap();
    assert_eq!(cosigned_by(&receipt.checkpoint_note, &keys).unwrap().len(), 2);
}

#[test]
fn a_list_that_was_put_back_is_told_by_its_witness() {
    let world = World::with_people(5);
    let (street, _) = Street::with(&world, &["w1.example"]);
    publish_ledger(&world.app, &steward()).unwrap();
    ask_witnesses(&world.app, &steward(), &street).unwrap();
    assert_eq!(states(&world), [Cosigned]);
    // Another history under the same key, as after a restore without the newest entries.
    std::fs::remove_dir_all(world.folder.path().join("list/ledger")).unwrap();
    let ours = publish_ledger(&world.app, &steward()).unwrap();
    let mut witness = street.leaves("w1.example");
    let mut log = hustings_ledger::MemoryLog::new();
    for entry in &world.entries() {
        log.push(entry.clone()).unwrap();
    }
    log.push("an entry that the list has lost").unwrap();
    let signer =
        hustings_ledger::SignerKey::from_seed(&ours.origin, *world.app.vault().secret("ledger-signer"))
            .unwrap();
    let root = log.root().unwrap();
    let ahead = hustings_ledger::Checkpoint { origin: ours.origin.clone(), size: ours.size + 1, root };
    let proof = hustings_ledger::tree::consistency_proof(ours.size, ours.size + 1, &log).unwrap();
    let request =
        hustings_ledger::witness::AddCheckpoint { old: ours.size, proof, note: signer.sign(&ahead).unwrap() };
    assert_eq!(witness.add_checkpoint(request.to_text().as_bytes(), 1_800_000_100).status, 200);
    street.comes_back("w1.example", witness);
    let stand = ask_witnesses(&world.app, &steward(), &street).unwrap();
    assert_eq!(stand[0].state, Contradicts);
    assert!(stand[0].said.contains("put back"), "{}", stand[0].said);
    // And once the list has as many entries again, the roots differ.
    world.borrower("Jo Alvarez");
    publish_ledger(&world.app, &steward()).unwrap();
    let stand = ask_witnesses(&world.app, &steward(), &street).unwrap();
    assert_eq!(stand[0].state, Contradicts, "{}", stand[0].said);
}

#[test]
fn wrong_answers_are_not_taken_over() {
    struct Liar(u16, &'static [u8]);
    impl AskWitness for Liar {
        fn add_checkpoint(&self, _: &str, _: &[u8]) -> Result<(u16, Vec<u8>), NoAnswer> {
            Ok((self.0, self.1.to_vec()))
        }
    }
    let world = World::with_people(5);
    let _street = Street::with(&world, &["w1.example"]);
    publish_ledger(&world.app, &steward()).unwrap();
    let before = note(&world);
    for (status, body, said) in [
        (200, b"ok\n".as_slice(), "answer is none"),
        (200, "\u{2014} w1.example AAAAAAAAAAAAAAAA\n".as_bytes(), "answer is none"),
        (403, b"who are you\n", "403"),
        (409, b"1\n", "another size at each try"),
        (409, b"lots\n", "answer is none"),
        (500, b"", "500"),
    ] {
        let stand = ask_witnesses(&world.app, &steward(), &Liar(status, body)).unwrap();
        assert_eq!(stand[0].state, Missing, "{status}");
        assert!(stand[0].said.contains(said), "{}", stand[0].said);
        assert_eq!(note(&world), before);
    }
}

#[test]
fn not_everybody_asks_and_wrong_settings_are_refused() {
    let world = World::new();
    let (street, keys) = Street::with(&world, &["w1.example"]);
    for role in [Role::Trustee, Role::Treasurer, Role::Borrower] {
        let actor = Actor { user: None, roles: vec![role], wing: None, borrower: None, through: None };
        assert_eq!(ask_witnesses(&world.app, &actor, &street).unwrap_err().kind, Kind::Denied);
    }
    let folder = world.folder.path().join("list");
    let good = WitnessSettings { key: keys[0].to_string(), url: "https://w1.example".into() };
    let log = verifier_key(&world.app).unwrap().to_string();
    for (witness, code) in [
        (vec![WitnessSettings { key: log, ..good.clone() }], "settings.witness"),
        (vec![WitnessSettings { key: "w1".into(), ..good.clone() }], "settings.witness"),
        (vec![WitnessSettings { url: "w1.example".into(), ..good.clone() }], "web.address"),
        (vec![good.clone(), good.clone()], "settings.witness"),
    ] {
        let refused = Settings { witness, ..Settings::default() }.save(&folder).unwrap_err();
        assert_eq!(refused.code, code, "{refused}");
        assert_eq!(refused.kind, Kind::Invalid);
    }
}
