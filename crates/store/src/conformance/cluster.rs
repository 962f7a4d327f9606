//! A private PostgreSQL for tests: made in a temporary folder, reached over a socket in it, and gone with the
//! process that made it, however that ends.

use crate::postgres::Address;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

/// Set by the whole check: without PostgreSQL its tests fail instead of being passed over.
const REQUIRED: &str = "HUSTINGS_REQUIRE_POSTGRES";

/// Makes the cluster, says so, and takes it down when nobody holds the other end of the pipe any more.
const SCRIPT: &str = r#"
set -eu
folder="$1"; bin="$2"; port="$3"
umask 077
mkdir "$folder"
cd "$folder"
over_tls=
if [ -n "$port" ]; then
  printf '%s' "$HUSTINGS_TEST_CERTIFICATE" >server.crt
  printf '%s' "$HUSTINGS_TEST_KEY" >server.key
  over_tls="-p $port -c ssl=on -c ssl_cert_file='$folder/server.crt' -c ssl_key_file='$folder/server.key'"
fi
trap 'cd /; rm -rf "$folder"' EXIT
"$bin/initdb" -D data -A trust -U postgres -E UTF8 --locale=C --no-sync >log 2>&1 || { cat log; exit 1; }
"$bin/pg_ctl" -D data -w -l log -o "-k '$folder' -c listen_addresses=${port:+127.0.0.1} $over_tls -c fsync=off -c full_page_writes=off \
  -c max_connections=200 -c autovacuum_naptime=1h" start >pg_ctl.log 2>&1 || { cat pg_ctl.log log; exit 1; }
echo ready
while read -r _; do
  "$bin/pg_ctl" -D data -w -m fast -l log restart >>pg_ctl.log 2>&1 || { cat pg_ctl.log log; exit 1; }
  echo ready
done
"$bin/pg_ctl" -D data -w -m immediate stop >>log 2>&1
"#;

/// A running server that belongs to this process.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    /// Its socket is named by it, also where it listens at none.
    port: u16,
    /// INVARIANT: the server lives as long as this end of the pipe is open.
    lifeline: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
    _shell: Child,
    databases: AtomicU32,
}

/// The server that the tests of this process share; none, said in a line, when this machine has no PostgreSQL.
///
/// # Panics
///
/// When it cannot be started, or is missing where `HUSTINGS_REQUIRE_POSTGRES` is set.
pub fn shared() -> Option<&'static Cluster> {
    static SHARED: OnceLock<Option<Cluster>> = OnceLock::new();
    let shared = SHARED.get_or_init(|| programs().map(|bin| Cluster::start(&bin, "shared", None)));
    required(shared.as_ref());
    shared.as_ref()
}

/// A server for one test, which may stop and start it; `name` tells it from others of this process.
///
/// # Panics
///
/// As [`shared`].
pub fn of_its_own(name: &str) -> Option<Cluster> {
    let own = programs().map(|bin| Cluster::start(&bin, name, None));
    required(own.as_ref());
    own
}

/// A server that also listens at a port of this machine, with a certificate and its key as PEM.
///
/// # Panics
///
/// As [`shared`].
pub fn over_tls(port: u16, certificate: &str, key: &str) -> Option<Cluster> {
    let own = programs().map(|bin| Cluster::start(&bin, "tls", Some((port, certificate, key))));
    required(own.as_ref());
    own
}

#[expect(clippy::print_stderr, reason = "a test that is passed over must say so")]
fn required(found: Option<&Cluster>) {
    if found.is_none() {
        assert!(
            variable(REQUIRED).is_none(),
            "PostgreSQL is required and is not installed: install `postgresql`"
        );
        eprintln!(
            "passed over: this machine has no PostgreSQL (no `pg_config`, nothing in /usr/lib/postgresql)"
        );
    }
}

#[expect(clippy::disallowed_methods, reason = "a test asks what it may rely on; the program itself does not")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty() && value != "0")
}

/// Where `initdb` and `pg_ctl` are: the newest of them.
fn programs() -> Option<PathBuf> {
    let is_whole = |bin: &PathBuf| bin.join("initdb").is_file() && bin.join("pg_ctl").is_file();
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let folder = entry.ok()?.path();
            let version = folder.file_name()?.to_str()?.parse().ok()?;
            Some((version, folder.join("bin"))).filter(|(_, bin)| is_whole(bin))
        })
        .collect();
    found.sort();
    let installed = found.pop().map(|(_, bin)| bin);
    installed.or_else(|| {
        let said = Command::new("pg_config").arg("--bindir").output().ok()?;
        Some(PathBuf::from(String::from_utf8(said.stdout).ok()?.trim())).filter(is_whole)
    })
}

/// The server refuses to run as root, so root hands it to a user without rights.
fn shell() -> Command {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|said| said.stdout.starts_with(b"0"));
    if !is_root {
        return Command::new("sh");
    }
    let known = |user: &str| Command::new("id").arg(user).output().is_ok_and(|said| said.status.success());
    let user = if known("postgres") { "postgres" } else { "nobody" };
    let mut command = Command::new("setpriv");
    command.args(["--reuid", user, "--regid"]).arg(group_of(user)).args(["--clear-groups", "sh"]);
    command
}

fn group_of(user: &str) -> String {
    let said = Command::new("id").args(["-g", user]).output().unwrap();
    String::from_utf8(said.stdout).unwrap().trim().to_owned()
}

impl Cluster {
    fn start(bin: &Path, name: &str, over_tls: Option<(u16, &str, &str)>) -> Self {
        let folder = std::env::temp_dir().join(format!("hustings-pg-{}-{name}", std::process::id()));
        let mut command = shell();
        command.args(["-c", SCRIPT, "sh"]).arg(&folder).arg(bin);
        match over_tls {
            Some((port, certificate, key)) => {
                command.arg(port.to_string());
                command.env("HUSTINGS_TEST_CERTIFICATE", certificate).env("HUSTINGS_TEST_KEY", key);
            }
            None => {
                command.arg("");
            }
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        // Apart from this process's group, so that whoever interrupts the tests does not take its shell first.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut shell = command.spawn().unwrap();
        let mut said = String::new();
        let mut lines = BufReader::new(shell.stdout.take().unwrap());
        while lines.read_line(&mut said).unwrap() > 0 && !said.ends_with("ready\n") {}
        assert!(said.ends_with("ready\n"), "PostgreSQL did not start: {said}");
        let lifeline = Mutex::new((shell.stdin.take().unwrap(), lines));
        let port = over_tls.map_or(5432, |(port, ..)| port);
        let cluster = Self { folder, port, lifeline, _shell: shell, databases: AtomicU32::new(0) };
        // Not a superuser: what a list does must be possible for an ordinary login.
        cluster.run("postgres", "postgres", "CREATE ROLE keeper LOGIN CREATEROLE; CREATE ROLE guest LOGIN");
        cluster
    }

    /// The address of a database, as a login that need not prove itself.
    pub fn address(&self, login: &str, database: &str) -> String {
        format!("postgres://{login}@/{database}?host={}&port={}", self.folder.display(), self.port)
    }

    /// A new, empty database whose owner may make roles.
    pub fn new_database(&self) -> Address {
        let database = format!("list{}", self.databases.fetch_add(1, Ordering::SeqCst));
        self.run("postgres", "postgres", &format!("CREATE DATABASE {database} OWNER keeper"));
        Address::parse(&self.address("keeper", &database), None).unwrap()
    }

    /// Runs statements, and says what the server answered to the last: its rows, or its refusal.
    ///
    /// # Panics
    ///
    /// When the server refuses.
    pub fn run(&self, login: &str, database: &str, sql: &str) -> Vec<String> {
        self.try_run(login, database, sql).unwrap()
    }

    /// The same, when the server may refuse.
    ///
    /// # Errors
    ///
    /// What the server said.
    pub fn try_run(&self, login: &str, database: &str, sql: &str) -> Result<Vec<String>, String> {
        let psql = Command::new("psql")
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h"])
            .arg(&self.folder)
            .args(["-p", &self.port.to_string(), "-U", login, "-d", database, "-c", sql])
            .output()
            .unwrap();
        if !psql.status.success() {
            return Err(String::from_utf8_lossy(&psql.stderr).into_owned());
        }
        Ok(String::from_utf8(psql.stdout).unwrap().lines().map(str::to_owned).collect())
    }

    /// Stops the server and starts it again.
    ///
    /// # Panics
    ///
    /// When it does not come up again.
    pub fn restart(&self) {
        let mut lifeline = self.lifeline.lock().unwrap();
        writeln!(lifeline.0, "restart").unwrap();
        let mut said = String::new();
        lifeline.1.read_line(&mut said).unwrap();
        assert_eq!(said, "ready\n", "PostgreSQL did not start again");
    }

    /// Ends every connection to a database, as a server that is restarted does.
    pub fn drop_connections(&self, database: &str) {
        let sql = format!(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{database}'"
        );
        self.run("postgres", "postgres", &sql);
    }
}
