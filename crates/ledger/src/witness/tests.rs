//! A witness against published requests and cosignatures, against a log that lies, and cut off at every write.

use super::*;
use crate::branches::branch;
use crate::checkpoint::{Checkpoint, SignerKey, VerifierKey};
use crate::cosignature::{WitnessKey, cosigned_by};
use crate::disk::Disk;
use crate::hash::{Hash, empty_root, leaf_hash};
use crate::memory::MemoryLog;
use crate::tree;
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

const LOG: &str = "example.org/ledger";
const NAME: &str = "witness.example/w1";

fn log_signer() -> SignerKey {
    SignerKey::from_seed(LOG, [7; 32]).unwrap()
}

fn note(log: &MemoryLog, size: u64) -> String {
    crate::branches::note(&log_signer(), log, size)
}

fn request(log: &MemoryLog, old: u64, size: u64) -> Vec<u8> {
    let proof = if old <= size { tree::consistency_proof(old, size, log).unwrap() } else { vec![] };
    AddCheckpoint { old, proof, note: note(log, size) }.to_text().into_bytes()
}

fn witness_in(folder: &std::path::Path) -> Witness {
    Witness::make(folder, NAME, [9; 32]).unwrap();
    let mut witness = Witness::open(folder).unwrap();
    assert!(witness.watch(log_signer().verifier().clone()).unwrap());
    assert!(!witness.watch(log_signer().verifier().clone()).unwrap());
    witness
}

#[test]
fn every_status_of_the_protocol() {
    let folder = tempfile::tempdir().unwrap();
    let mut witness = witness_in(folder.path());
    let (ours, fork) = (branch("a", 10, 40), branch("b", 10, 40));
    let mut ask = |body: &[u8]| {
        let answer = witness.add_checkpoint(body, 1_000);
        (answer.status, answer.content_type, answer.body)
    };
    let status = |answer: (u16, &'static str, String)| answer.0;
    assert_eq!(status(ask(b"nonsense")), 400);
    assert_eq!(status(ask(b"old 0\n\nnonsense")), 400);
    let elsewhere = SignerKey::from_seed("example.net/other", [7; 32]).unwrap();
    let foreign = elsewhere
        .sign(&Checkpoint { origin: "example.net/other".into(), size: 0, root: empty_root() })
        .unwrap();
    assert_eq!(status(ask(format!("old 0\n\n{foreign}").as_bytes())), 404);
    let forged = SignerKey::from_seed(LOG, [8; 32])
        .unwrap()
        .sign(&Checkpoint { origin: LOG.into(), size: 5, root: leaf_hash(b"x") })
        .unwrap();
    assert_eq!(status(ask(format!("old 0\n\n{forged}").as_bytes())), 403);
    assert_eq!(status(ask(&request(&ours, 21, 20))), 400, "the old size is beyond the checkpoint");
    assert_eq!(ask(&request(&ours, 3, 20)), (409, SIZE_TYPE, "0\n".into()));
    assert_eq!(status(ask(&request(&ours, 0, 12))), 200);
    assert_eq!(ask(&request(&ours, 0, 20)), (409, SIZE_TYPE, "12\n".into()));
    assert_eq!(ask(&request(&ours, 0, 11)), (409, SIZE_TYPE, "12\n".into()), "no way back");
    assert_eq!(status(ask(&request(&fork, 12, 20))), 422);
    assert_eq!(ask(&request(&fork, 12, 12)), (409, SIZE_TYPE, "12\n".into()), "the same size, another root");
    let mut padded = AddCheckpoint::parse(&request(&ours, 12, 20)).unwrap();
    padded.proof.push(Hash([0; 32]));
    assert_eq!(status(ask(padded.to_text().as_bytes())), 422);
    assert_eq!(status(ask(&request(&ours, 12, 20))), 200);
    assert_eq!(status(ask(&request(&ours, 20, 20))), 200, "the same once more, with a new time");
    drop(witness);
    let again = Witness::open(folder.path()).unwrap();
    assert_eq!(again.logs().map(Watched::size).collect::<Vec<_>>(), [20]);
    // The fork that it was shown is kept: two checkpoints of one size, both signed by the log.
    let evidence = folder.path().join("evidence").join(origin_hash(LOG));
    for file in ["0-cosigned", "0-shown"] {
        let kept = std::fs::read_to_string(evidence.join(file)).unwrap();
        assert_eq!(crate::parse_and_verify(&kept, log_signer().verifier()).unwrap().size, 12, "{file}");
    }
}

#[test]
fn the_empty_log_and_its_first_entries() {
    for (root, proof, status) in [
        (empty_root(), vec![], 200),
        (leaf_hash(b"leaf"), vec![], 422),
        (Hash([0; 32]), vec![], 422),
        (empty_root(), vec![leaf_hash(b"leaf")], 422),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut witness = witness_in(folder.path());
        let note = log_signer().sign(&Checkpoint { origin: LOG.into(), size: 0, root }).unwrap();
        let body = AddCheckpoint { old: 0, proof, note }.to_text();
        assert_eq!(witness.add_checkpoint(body.as_bytes(), 5).status, status);
        assert_eq!(witness.add_checkpoint(body.as_bytes(), 6).status, status, "and again");
        let first = request(&branch("a", 0, 3), 0, 3);
        assert_eq!(witness.add_checkpoint(&first, 7).status, 200);
    }
}

#[test]
fn a_log_reads_what_the_witness_answers() {
    let folder = tempfile::tempdir().unwrap();
    let mut witness = witness_in(folder.path());
    let (log, key) = (branch("a", 0, 30), witness.key().clone());
    let mut ask = |old, size| {
        let answer = witness.add_checkpoint(&request(&log, old, size), 1_234);
        read_answer(answer.status, answer.body.as_bytes(), &note(&log, size), &key)
    };
    assert_eq!(ask(5, 20), Asked::Seen(0));
    let Asked::Cosigned { note: cosigned, by } = ask(0, 20) else { panic!("cosigned") };
    assert_eq!((by.witness.as_str(), by.seconds), (NAME, 1_234));
    assert_eq!(cosigned_by(&cosigned, std::slice::from_ref(&key)).unwrap(), [by]);
    assert_eq!(ask(0, 30), Asked::Seen(20));
    let refused = read_answer(403, b"go\x1b away\n", &note(&log, 20), &key);
    assert_eq!(refused, Asked::Refused { status: 403, said: "go  away".into() });
    assert!(matches!(read_answer(200, b"ok", &note(&log, 20), &key), Asked::Nonsense(_)));
    assert!(matches!(read_answer(409, b"many\n", &note(&log, 20), &key), Asked::Nonsense(_)));
}

#[test]
fn damage_is_noticed_and_one_process_holds_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut witness = witness_in(folder.path());
    assert_eq!(witness.add_checkpoint(&request(&branch("a", 0, 9), 0, 9), 1).status, 200);
    assert!(matches!(Witness::open(folder.path()), Err(WitnessError::InUse(_))));
    assert!(matches!(Witness::make(folder.path(), NAME, [1; 32]), Err(WitnessError::AlreadyThere(_))));
    let other = SignerKey::from_seed(LOG, [1; 32]).unwrap().verifier().clone();
    assert!(matches!(witness.watch(other), Err(WitnessError::OtherKey(_))));
    drop(witness);
    let file = folder.path().join("logs").join(origin_hash(LOG));
    let whole = std::fs::read(&file).unwrap();
    let mut unnoticed = 0;
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        std::fs::write(&file, &bytes).unwrap();
        unnoticed += usize::from(Witness::open(folder.path()).is_ok());
    }
    assert_eq!(unnoticed, 0, "of {}", whole.len());
    std::fs::write(&file, &whole).unwrap();
    let mode = std::os::unix::fs::MetadataExt::mode(
        &std::fs::metadata(folder.path().join("witness.secret")).unwrap(),
    );
    assert_eq!(mode & 0o777, 0o600);
    assert!(Witness::open(folder.path()).is_ok());
    assert!(matches!(Witness::open(&folder.path().join("logs")), Err(WitnessError::NotThere(_))));
}

/// Requests and a cosignature that others published: `filippo.io/torchwood` internal/witness, and a checkpoint of a
/// public certificate log cosigned by a public witness, as kept by the tests of a Python client.
mod published {
    use super::*;

    const SIGSUM: &str =
        "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562";

    fn body(head: &str, size: u64, root: &str, signature: &str) -> Vec<u8> {
        format!("{head}\n{SIGSUM}\n{size}\n{root}\n\n\u{2014} {SIGSUM} {signature}\n").into_bytes()
    }

    #[test]
    fn the_requests_of_another_witness_implementation() {
        let folder = tempfile::tempdir().unwrap();
        let mut witness = witness_in(folder.path());
        let public = "ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f";
        let public = Hash::parse(public).unwrap().0;
        witness.watch(VerifierKey::new(SIGSUM, public).unwrap()).unwrap();
        let node = |number: u8| {
            let mut bytes = [0; 32];
            (bytes[0], bytes[1]) = (42, number);
            Hash(bytes).to_base64()
        };
        let one = body(
            "old 0\n",
            1,
            &node(0),
            "UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY=",
        );
        let three = |proof: &str| {
            body(
                &format!("old 1\n{proof}"),
                3,
                "RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=",
                "UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go=",
            )
        };
        let five = |head: &str| {
            body(
                head,
                5,
                "QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=",
                "UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww=",
            )
        };
        let mut status = |body: &[u8]| witness.add_checkpoint(body, 9).status;
        assert_eq!(status(&one), 200);
        assert_eq!(status(&three("")), 422);
        assert_eq!(status(&three(&format!("{}\n{}\n", node(1), node(3)))), 422);
        assert_eq!(status(&three(&format!("{}\n{}\n", node(1), node(2)))), 200);
        let from_one = "old 1\nKgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n+fUDV+k970B4I3uKrqJM4aP1lloPZP8mvr2Z4wRw2LI=\nKgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
        assert_eq!(status(&five(from_one)), 409);
        let between =
            Hash::parse("c2088815d65f60dbfa594d4e96504ab169cb6084bf0c132ab7c521fd2e0eba41").unwrap();
        let proof = format!("old 3\n{}\n{}\n{}\n{}\n", node(2), node(3), between.to_base64(), node(4));
        assert_eq!(status(&five(&proof)), 200);
        let too_many = body(
            &format!("old 0\n{}", format!("{}\n", node(1)).repeat(64)),
            1,
            &node(0),
            "UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY=",
        );
        assert_eq!(status(&too_many), 400);
    }

    const PUBLIC: &str = "arche2025h1.staging.ct.transparency.dev\n1432088532\nU7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n\n\u{2014} arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=\n\u{2014} arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=\n\u{2014} transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==\n\u{2014} witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==\n\u{2014} remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==\n\u{2014} witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==\n";

    #[test]
    fn a_checkpoint_that_public_witnesses_cosigned() {
        let log: VerifierKey =
            "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
                .parse()
                .unwrap();
        assert_eq!(crate::parse_and_verify(PUBLIC, &log).unwrap().size, 1_432_088_532);
        let witnesses: Vec<WitnessKey> = [
            "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
            "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO",
            "witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN",
        ]
        .map(|key| key.parse().unwrap())
        .to_vec();
        let found = cosigned_by(PUBLIC, &witnesses).unwrap();
        let names: Vec<_> = found.iter().map(|found| (found.witness.as_str(), found.seconds)).collect();
        assert_eq!(names, [("remora.n621.de", 0x6a12_2120), ("witness1.smartit.nu/witness1", 0x6a12_2120)]);
        let other = PUBLIC.replace("\n1432088532\n", "\n1432088533\n");
        assert!(cosigned_by(&other, &witnesses).is_err());
    }

    #[test]
    fn a_checkpoint_of_sunlights_tests() {
        let note = "rome2026h1.example.org\n300\nlCkHUpkmVBEms2r2T1K6Og69+wUuuN3MIEW1/ezu2v0=\n\n\u{2014} rome2026h1.example.org kVB1JgAAAZtxtEwABAMARzBFAiEAi+mTa2xjL1IdWpH82OeciGsGvwRAP+f1WkfKaSZCfFECIHoNPZ/Q3y6UNzvKOO9cuLr6V16vPNfhwhle9f6r5H/Z\n\u{2014} witness.example.org uKLPIAAAAABpVGeAhm2bOvKc3LaB9PFN1ruG19Y5yqslmcAAbhftnn1Zznmo0LXFZq4LGvqKqLX8jWlwLKasxEGTLIqAVusneCBmBw==\n";
        let key = "witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN";
        let found = cosigned_by(note, &[key.parse().unwrap()]).unwrap();
        assert_eq!(found[0].seconds, 0x6954_6780);
    }
}

/// A disk that loses power: what was put is seen at once, and outlasts the loss only when it was synced, or by luck.
#[derive(Debug, Clone, Default)]
struct Fragile(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    durable: BTreeMap<String, Vec<u8>>,
    seen: BTreeMap<String, Vec<u8>>,
    steps_left: usize,
    after: bool,
}

impl Fragile {
    /// Power is back; `lucky` if what was not synced came through.
    fn power_back(&self, lucky: bool, steps_left: usize, after: bool) {
        let mut state = self.0.lock().unwrap();
        if lucky {
            state.durable = state.seen.clone();
        } else {
            state.seen = state.durable.clone();
        }
        (state.steps_left, state.after) = (steps_left, after);
    }

    fn names(&self) -> Vec<String> {
        let state = self.0.lock().unwrap();
        state.seen.keys().filter_map(|path| path.strip_prefix("logs/").map(str::to_owned)).collect()
    }

    /// Does a step, or fails at it: before it or after it.
    fn step(&self, work: impl FnOnce(&mut State)) -> io::Result<()> {
        let mut state = self.0.lock().unwrap();
        let failed = || Err(io::Error::other("power failed"));
        if state.steps_left == 0 {
            if state.after {
                state.after = false;
                work(&mut state);
            }
            return failed();
        }
        state.steps_left -= 1;
        work(&mut state);
        Ok(())
    }
}

impl Disk for Fragile {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(self.0.lock().unwrap().seen.get(path).cloned())
    }

    fn put(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.step(|state| drop(state.seen.insert(path.to_owned(), bytes.to_vec())))
    }

    fn sync(&mut self) -> io::Result<()> {
        self.step(|state| state.durable = state.seen.clone())
    }

    fn remove_folder(&mut self, _: &str) -> io::Result<()> {
        Ok(())
    }
}

/// The log shows two histories, in turn, to a witness whose power fails at every step of every request, before or after
/// it, with and without luck: no two cosignatures that left are on different histories.
#[test]
fn cut_off_at_any_write_it_never_cosigns_a_fork() {
    let (shared, most) = (10, 24);
    let branches = [branch("a", shared, most), branch("b", shared, most)];
    let mut deaths = 0;
    for steps in 0..40 {
        for (after, lucky, goes_on) in [
            (false, false, false),
            (false, true, false),
            (true, false, true),
            (true, true, false),
            (true, true, true),
        ] {
            let disk = Fragile::default();
            disk.power_back(true, usize::MAX, false);
            let secret = format!("{NAME}\n{}\n", data_encoding::BASE64.encode(&[9; 32]));
            disk.0.lock().unwrap().seen.insert("witness.secret".into(), secret.into_bytes());
            let mut witness = Witness::over(Box::new(disk.clone()), &[], None).unwrap();
            witness.watch(log_signer().verifier().clone()).unwrap();
            disk.power_back(true, steps, after);
            let mut left: Vec<(u64, usize)> = Vec::new();
            for size in (2..most).step_by(2) {
                // The branch that it is shown first changes from size to size, and each is tried twice.
                for turn in 0..4 {
                    let which = usize::from((size / 2 + turn) % 2 == 1);
                    let old = witness.logs().next().map_or(0, Watched::size);
                    if old > size {
                        continue;
                    }
                    let answer = witness.add_checkpoint(&request(&branches[which], old, size), size);
                    match answer.status {
                        200 => left.push((size, which)),
                        500 => {
                            deaths += 1;
                            disk.power_back(lucky, usize::MAX, false);
                            if !goes_on {
                                // The process died with the machine and is started again.
                                witness = Witness::over(Box::new(disk.clone()), &disk.names(), None).unwrap();
                            }
                        }
                        409 | 422 => {}
                        other => panic!("{other}: {}", answer.body),
                    }
                }
            }
            let forked: Vec<_> =
                left.iter().filter(|(size, _)| *size > shared).map(|(_, which)| which).collect();
            assert!(
                !forked.is_empty() && forked.windows(2).all(|pair| pair[0] == pair[1]),
                "{steps} {left:?}"
            );
        }
    }
    assert!(deaths > 100, "{deaths}");
}
