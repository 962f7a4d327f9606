//! A ledger, its witness and somebody who follows it, as three programs of three organisations: cosigned, killed at any
//! instant, lied to.

use super::binary::{Desk, Running, run, text};
use super::loans;
use hustings_ledger::witness::AddCheckpoint;
use hustings_ledger::{Checkpoint, MemoryLog, SignerKey, tree};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};

/// A witness in a folder beside a list's, with its own way of being spoken to.
struct Organisation<'a> {
    desk: &'a Desk,
    home: PathBuf,
}

impl<'a> Organisation<'a> {
    fn new(desk: &'a Desk, name: &str) -> Self {
        let it = Self { desk, home: desk.beside(name) };
        run(it.command(&["init", &format!("{name}.example")])).ok();
        it
    }

    fn command(&self, words: &[&str]) -> Command {
        let home = text(&self.home);
        self.desk.command(["witness"].into_iter().chain(words.iter().copied()).chain(["--dir", home]))
    }

    fn shown(&self) -> Value {
        run(self.command(&["show", "--json"])).json()
    }

    /// Starts it on a free port; its address, once it listens.
    fn serve(&self, listen: &str) -> (Running, String) {
        let mut child = self.command(&["serve", "--listen", listen]).spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let address =
            line.split("http://").nth(1).and_then(|rest| rest.split(' ').next()).unwrap().to_owned();
        // Whoever serves must not find that nobody listens to what it says.
        std::thread::spawn(move || drop(std::io::copy(&mut said, &mut std::io::sink())));
        (Running(child), address)
    }
}

fn settings(desk: &Desk, witnesses: &[(String, String)]) {
    let path = desk.folder().join("hustings.toml");
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let kept = kept.split("[[witness]]").next().unwrap_or_default().to_owned();
    let lines: Vec<String> = witnesses
        .iter()
        .map(|(key, address)| format!("[[witness]]\nkey = \"{key}\"\nurl = \"http://{address}\"\n"))
        .collect();
    std::fs::write(path, format!("{kept}\n{}", lines.concat())).unwrap();
}

fn states(published: &Value) -> Vec<&str> {
    published["witnesses"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect()
}

fn log_key(desk: &Desk) -> String {
    std::fs::read_to_string(desk.folder().join("ledger/verifier.key")).unwrap().trim().to_owned()
}

/// One more entry.
fn decide(desk: &Desk, name: &str) {
    desk.run(["user", "add", &format!("{name} <{name}@staff.example>"), "--role", "steward"]).ok();
}

#[test]
fn a_witness_is_killed_and_comes_back_and_the_ledger_says_who_cosigned() {
    let desk = Desk::with_list(&loans::charter(&[]));
    let said = desk.run(["ledger", "publish"]).ok().out;
    assert!(said.contains("No witness is named"), "{said}");
    let (first, second) = (Organisation::new(&desk, "w1"), Organisation::new(&desk, "w2"));
    for one in [&first, &second] {
        run(one.command(&["watch", &log_key(&desk)])).ok();
    }
    let keys = [&first, &second].map(|one| one.shown()["key"].as_str().unwrap().to_owned());
    let (running, address) = first.serve("127.0.0.1:0");
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    settings(&desk, &[(keys[0].clone(), address.clone()), (keys[1].clone(), nobody)]);
    let published = desk.json(["ledger", "publish"]);
    assert_eq!(states(&published), ["cosigned", "missing"]);
    assert!(run(first.command(&["show"])).refused(7).contains("another process"));

    // Killed without a word, and started again: it remembers, and takes only what continues.
    drop(running);
    decide(&desk, "sam");
    assert_eq!(states(&desk.json(["ledger", "publish"])), ["missing", "missing"]);
    let (_running, _) = first.serve(&address);
    let said = desk.run(["ledger", "publish"]).ok().out;
    assert!(said.contains("Cosigned by w1.example") && said.contains("Not cosigned by w2.example"), "{said}");

    // The receipt carries the witness's word, and is checked with keys alone, in a folder without a list.
    let receipt = desk.beside("entry-1.tlog-proof");
    desk.run(["ledger", "receipt", "1", "--out", text(&receipt)]).ok();
    let key = log_key(&desk);
    let check = |more: &[&str]| {
        let words = ["ledger", "verify", "--receipt", text(&receipt), "--key", &key];
        let mut command = desk.command(words.into_iter().chain(more.iter().copied()));
        command.env("HUSTINGS_DIR", desk.beside("no-list")).env_remove("HUSTINGS_PASSPHRASE");
        run(command)
    };
    let said = check(&["--witness", &keys[0], "--cosigned-by", "1"]).ok().out;
    assert!(said.contains("this is entry 1 of") && said.contains("Cosigned by w1.example"), "{said}");
    let refused = check(&["--witness", &keys[0], "--witness", &keys[1], "--cosigned-by", "2"]).refused(4);
    assert!(refused.contains("1 of the witnesses have cosigned, and 2 must have"), "{refused}");
    assert!(check(&["--cosigned-by", "1"]).refused(4).contains("name each with --witness"));
    let text_of = std::fs::read_to_string(&receipt).unwrap();
    std::fs::write(&receipt, text_of.replacen("index 1\n", "index 0\n", 1)).unwrap();
    check(&[]).refused(4);
    let files = desk.run(["ledger", "verify", "--witness", &keys[0]]).ok().out;
    assert!(files.contains("Cosigned by w1.example"), "{files}");
}

/// A log that shows two histories to a witness, which is killed again and again while it answers: every cosignature that
/// ever left is on one of them, and what the witness remembers is never behind what it signed.
#[test]
fn a_witness_that_is_killed_while_it_writes_never_goes_back() {
    let desk = Desk::empty();
    let witness = Organisation::new(&desk, "w1");
    let signer = SignerKey::from_seed("two-faced.example/log", [7; 32]).unwrap();
    run(witness.command(&["watch", &signer.verifier().to_string()])).ok();
    let branches = ["a", "b"].map(|name| {
        let mut log = MemoryLog::new();
        for index in 0..2_000 {
            let entry = if index < SHARED { format!("shared {index}") } else { format!("{name} {index}") };
            log.push(entry).unwrap();
        }
        log
    });
    let mut cosigned: Vec<(u64, usize)> = Vec::new();
    let mut seen = 0;
    for round in 0..KILLS {
        let (running, address) = witness.serve("127.0.0.1:0");
        let (enough, told) = mpsc::channel::<()>();
        let killer = std::thread::spawn(move || {
            told.recv().unwrap();
            drop(running);
        });
        // The killer strikes while requests go on: each round a little later after a different answer.
        for answers in 0.. {
            if answers == 4 + round * 3 {
                enough.send(()).unwrap();
            }
            let (which, size) = (answers % 2, seen + 1 + answers as u64 % 3);
            match add_checkpoint(&address, &signer, &branches[which], seen, size) {
                Some((200, _)) => {
                    cosigned.push((size, which));
                    seen = size;
                }
                // It had kept more than it came to say.
                Some((409, body)) => seen = body.trim().parse().unwrap(),
                Some((422, _)) => {}
                Some((status, body)) => panic!("{status}: {body}"),
                None => break,
            }
        }
        killer.join().unwrap();
        let remembered = witness.shown()["logs"][0]["entries"].as_u64().unwrap();
        assert!(remembered >= seen, "it signed {seen} entries and remembers {remembered}");
    }
    let after: Vec<usize> =
        cosigned.iter().filter(|(size, _)| *size > SHARED).map(|(_, which)| *which).collect();
    assert!(after.len() > KILLS, "{} cosignatures beyond the fork", after.len());
    assert!(after.windows(2).all(|pair| pair[0] == pair[1]), "it cosigned both: {cosigned:?}");
}

const SHARED: u64 = 10;
const KILLS: usize = 8;

/// Asks for a cosignature; nothing when the witness is gone.
fn add_checkpoint(
    address: &str,
    signer: &SignerKey,
    log: &MemoryLog,
    old: u64,
    size: u64,
) -> Option<(u16, String)> {
    let root = tree::root(size, log).unwrap();
    let origin = signer.verifier().name().to_owned();
    let note = signer.sign(&Checkpoint { origin, size, root }).unwrap();
    let proof = tree::consistency_proof(old, size, log).unwrap();
    let body = AddCheckpoint { old, proof, note }.to_text();
    let mut stream = TcpStream::connect(address).ok()?;
    let head = format!(
        "POST /add-checkpoint HTTP/1.1\r\nhost: w\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
}

/// Serves the files of a folder over HTTP, and no more than that.
struct Files {
    address: String,
    ended: Arc<AtomicBool>,
}

impl Files {
    fn of(folder: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (folder, ended) = (folder.to_owned(), Arc::new(AtomicBool::new(false)));
        let until = Arc::clone(&ended);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if until.load(Ordering::SeqCst) {
                    return;
                }
                drop(answer(stream.unwrap(), &folder));
            }
        });
        Self { address, ended }
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(&self.address));
    }
}

fn answer(mut stream: TcpStream, folder: &Path) -> std::io::Result<()> {
    let mut request = [0; 4_096];
    let read = stream.read(&mut request)?;
    let request = String::from_utf8_lossy(&request[..read]).into_owned();
    let path = request.split(' ').nth(1).unwrap_or_default().trim_start_matches("/ledger/");
    let (status, body) = match std::fs::read(folder.join(path)) {
        Ok(body) => ("200 OK", body),
        Err(_) => ("404 Not Found", Vec::new()),
    };
    write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len())?;
    stream.write_all(&body)
}

#[test]
fn a_follower_sees_what_is_new_and_sounds_an_alarm_on_a_fork() {
    let desk = Desk::with_list(&loans::charter(&[]));
    desk.run(["ledger", "publish"]).ok();
    let (key, ledger) = (log_key(&desk), desk.folder().join("ledger"));
    let files = Files::of(&ledger);
    let site = format!("http://{}/ledger", files.address);
    let notes = desk.beside("notes");
    let follow = |place: &str, more: &[&str]| {
        let words = ["ledger", "follow", place, "--key", &key, "--notes", text(&notes)];
        let mut command = desk.command(words.into_iter().chain(more.iter().copied()));
        command.env("HUSTINGS_DIR", desk.beside("no-list")).env_remove("HUSTINGS_PASSPHRASE");
        run(command)
    };
    let first = follow(&site, &["--json"]).json();
    assert_eq!(first["found"], json!({"is": "grown", "new": first["entries"]}));
    assert!(follow(&site, &[]).ok().out.starts_with("Unchanged"));
    let kept = desk.write("kept.checkpoint", std::fs::read(ledger.join("checkpoint")).unwrap());
    let copy = desk.beside("a-copy-of-the-list");
    copy_all(desk.folder(), &copy);

    decide(&desk, "sam");
    desk.run(["ledger", "publish"]).ok();
    let said = follow(&site, &["--entries", "--also", text(&kept)]).ok().out;
    assert!(
        said.contains("\"kind\":\"user.added\"") && said.contains("the 1 new ones are checked"),
        "{said}"
    );
    assert!(said.contains("agrees, at"), "{said}");
    assert!(
        follow(text(&ledger), &[]).ok().out.starts_with("Unchanged"),
        "the folder and the site are one ledger"
    );

    // The list was put back and something else was decided: another past under the same key.
    let mut command = desk.command(["user", "add", "Kim <kim@staff.example>", "--role", "treasurer"]);
    command.env("HUSTINGS_DIR", &copy);
    run(command).ok();
    let mut command = desk.command(["ledger", "publish"]);
    command.env("HUSTINGS_DIR", &copy);
    run(command).ok();
    let forked = follow(text(&copy.join("ledger")), &[]);
    assert_eq!(forked.code, 12, "{}{}", forked.out, forked.err);
    assert!(forked.err.contains("THE LEDGER FORKED"), "{}", forked.err);
    for side in ["earlier", "later"] {
        let note = std::fs::read_to_string(notes.join("fork-0").join(side)).unwrap();
        assert!(note.contains("\u{2014} "), "{note}");
    }
    // The same fork, seen by comparing with what somebody else was shown.
    let other = copy.join("ledger/checkpoint");
    assert_eq!(follow(&site, &["--also", text(&other)]).code, 12);
    assert!(follow(&site, &[]).ok().out.starts_with("Unchanged"), "the true one is followed on");

    // Damage is told from a fork, and an absence from both.
    decide(&desk, "tia");
    desk.run(["ledger", "publish"]).ok();
    let newest = ledger.join("tile/entries/000.p").join(newest_width(&ledger));
    let good = std::fs::read(&newest).unwrap();
    std::fs::write(&newest, [good[..good.len() - 1].to_vec(), vec![b'!']].concat()).unwrap();
    assert_eq!(follow(&site, &[]).code, 13);
    std::fs::write(&newest, good).unwrap();
    follow(&site, &[]).ok();
    drop(files);
    assert_eq!(follow(&site, &[]).code, 7);
    assert!(follow("ftp://list.example/ledger", &[]).code == 7, "a path that is not there");
    assert!(follow("https://user@list.example", &[]).refused(4).contains("user's name"));
}

/// The widest partial bundle: the newest.
fn newest_width(ledger: &Path) -> String {
    let names = std::fs::read_dir(ledger.join("tile/entries/000.p")).unwrap();
    let widest = names.map(|name| name.unwrap().file_name().to_string_lossy().parse::<u32>().unwrap()).max();
    widest.unwrap().to_string()
}

fn copy_all(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_all(&entry.path(), &target);
        } else if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_witness_refuses_what_it_cannot_use() {
    let desk = Desk::with_list(&loans::charter(&[]));
    let in_the_list = desk.run(["witness", "init", "w.example"]).refused(5);
    assert!(in_the_list.contains("holds a list"), "{in_the_list}");
    let witness = Organisation::new(&desk, "w1");
    assert!(run(witness.command(&["init", "w1.example"])).refused(5).contains("holds a witness already"));
    let nowhere = desk.beside("nowhere");
    assert!(desk.run(["witness", "show", "--dir", text(&nowhere)]).refused(3).contains("holds no witness"));
    let own = witness.shown()["key"].as_str().unwrap().to_owned();
    assert!(run(witness.command(&["watch", &own])).refused(4).contains("not a ledger's public key"));
    let named = desk.run(["witness", "init", "a name", "--dir", text(&nowhere)]).refused(4);
    assert!(named.contains("cannot name a key"), "{named}");
    settings(&desk, &[("w1".to_owned(), "127.0.0.1:1".to_owned())]);
    assert!(desk.run(["ledger", "publish"]).refused(4).contains("not a witness's public key"));
}
