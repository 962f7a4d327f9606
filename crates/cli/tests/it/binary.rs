//! The real binary on a folder of its own: what a test says to it, and what it says back.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use tempfile::TempDir;

/// What opens the lists of these tests.
pub(crate) const PASSPHRASE: &str = "nobody-real lives in this list";

/// What one run of the binary came to.
pub(crate) struct Said {
    /// The exit code.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

impl Said {
    /// It went well.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{}{}", self.out, self.err);
        self
    }

    /// It went well and spoke JSON.
    #[track_caller]
    pub(crate) fn json(self) -> Value {
        let said = self.ok();
        serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {}", said.out))
    }

    /// It was refused with this exit code; standard output stayed silent, and the refusal has this form.
    #[track_caller]
    pub(crate) fn refused(self, code: i32) -> String {
        assert_eq!(self.code, code, "{}{}", self.out, self.err);
        assert_eq!(self.out, "", "a refusal goes to standard error");
        assert!(self.err.starts_with("error: "), "{}", self.err);
        assert_eq!(
            self.err.lines().filter(|line| line.starts_with("error: ")).count(),
            1,
            "one refusal is said once: {}",
            self.err
        );
        assert!(!self.err.contains("panicked"), "{}", self.err);
        self.err
    }
}

/// A folder in which the binary works, with room beside it for files.
pub(crate) struct Desk {
    room: TempDir,
    folder: PathBuf,
    passphrase: Option<String>,
}

impl Desk {
    /// A folder that does not exist yet, and the passphrase of the list that may come to stand in it.
    pub(crate) fn empty() -> Self {
        let room = tempfile::tempdir().unwrap();
        let folder = room.path().join("list");
        Self { room, folder, passphrase: Some(PASSPHRASE.to_owned()) }
    }

    /// The same, for a demonstration, which leaves its passphrase in its folder.
    pub(crate) fn of_a_demo() -> Self {
        Self { passphrase: None, ..Self::empty() }
    }

    /// A new list under `charter`.
    pub(crate) fn with_list(charter: &str) -> Self {
        let desk = Self::empty();
        let file = desk.write("charter.toml", charter);
        desk.run(["init", "--charter", text(&file)]).ok();
        desk
    }

    /// A new list under `charter` with its data in a database.
    pub(crate) fn with_list_on(address: &str, charter: &str) -> Self {
        let desk = Self::empty();
        let file = desk.write("charter.toml", charter);
        desk.run(["init", "--charter", text(&file), "--store", address]).ok();
        desk
    }

    /// The data folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A path beside the data folder.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.room.path().join(name)
    }

    /// Writes a file beside the data folder.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.beside(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// The binary with these words, on this folder, with nothing inherited that would change what it does.
    pub(crate) fn command<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hustings"));
        let inherited = ["TOKEN", "PASSPHRASE_FILE", "IDENTITY", "PASSPHRASE"];
        for name in inherited {
            command.env_remove(format!("HUSTINGS_{name}"));
        }
        command.args(words).env("HUSTINGS_DIR", &self.folder).current_dir(self.room.path());
        if let Some(passphrase) = &self.passphrase {
            command.env("HUSTINGS_PASSPHRASE", passphrase);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs the binary to its end.
    pub(crate) fn run<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Said {
        run(self.command(words))
    }

    /// Runs it and reads its JSON.
    #[track_caller]
    pub(crate) fn json<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Value {
        self.run(words.into_iter().chain(["--json"])).json()
    }

    /// Runs it as the holder of a token.
    pub(crate) fn run_as<'a>(&self, token: &str, words: impl IntoIterator<Item = &'a str>) -> Said {
        let mut command = self.command(words);
        command.env("HUSTINGS_TOKEN", token);
        run(command)
    }

    /// Everybody on the list.
    #[track_caller]
    pub(crate) fn people(&self) -> u64 {
        self.json(["audience", "count", "everyone"])["count"].as_u64().unwrap()
    }
}

/// Runs a command to its end.
pub(crate) fn run(mut command: Command) -> Said {
    let done = command.output().unwrap();
    Said {
        code: done.status.code().unwrap_or(-1),
        out: String::from_utf8(done.stdout).unwrap(),
        err: String::from_utf8(done.stderr).unwrap(),
    }
}

/// A path as a word of the command line.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Lets some time pass, where there is no event to wait for.
pub(crate) fn wait(time: Duration) {
    let (_held, never) = mpsc::channel::<()>();
    assert_eq!(never.recv_timeout(time), Err(mpsc::RecvTimeoutError::Timeout));
}

/// A process that is ended when the test is, whatever becomes of the test.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail when it has ended already, and that is what is wanted.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
