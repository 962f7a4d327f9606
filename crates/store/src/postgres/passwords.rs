//! The file of passwords that PostgreSQL's own programs read (`.pgpass`; PostgreSQL's manual, 34.16), by the same rules.

use std::path::Path;
use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// A longer file is none.
const LONGEST: u64 = 1 << 20;
/// Where a server listens unless it is told otherwise: this socket is found under `localhost`.
const SOCKETS: [&str; 3] = ["/tmp", "/var/run/postgresql", "/run/postgresql"];

/// The password for these connections, if the file has one. A file that others can read is passed over, with a word.
pub(super) fn of_file(path: &Path, config: &Config) -> Option<String> {
    let known = std::fs::metadata(path).ok()?;
    let why = if !known.is_file() {
        "it is no plain file"
    } else if is_open_to_others(&known) {
        "others can read it: its permissions must be u=rw (0600) or less"
    } else if known.len() > LONGEST {
        "it is longer than 1 MiB"
    } else {
        return look_up(&std::fs::read_to_string(path).ok()?, config);
    };
    tracing::warn!(file = %path.display(), why, "the file of passwords is not used");
    None
}

#[cfg(unix)]
fn is_open_to_others(known: &std::fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&known.permissions()) & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_: &std::fs::Metadata) -> bool {
    false
}

fn look_up(text: &str, config: &Config) -> Option<String> {
    let host = match config.get_hosts().first()? {
        Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        Host::Unix(folder) => {
            let folder = folder.to_string_lossy().into_owned();
            if SOCKETS.contains(&folder.as_str()) { "localhost".to_owned() } else { folder }
        }
    };
    let port = config.get_ports().first().copied().unwrap_or(5432).to_string();
    let wanted = [&host, &port, config.get_dbname()?, config.get_user()?].map(str::to_owned);
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let fields = fields(line);
        let (password, keys) = fields.split_last()?;
        let fits = keys.len() == wanted.len()
            && keys.iter().zip(&wanted).all(|(key, wanted)| key == "*" || key == wanted);
        fits.then(|| password.clone()).filter(|password| !password.is_empty())
    })
}

/// The fields of a line; `\` before a character takes it as it is.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        let ends = letter == ':' && fields.len() < 5;
        let letter = if letter == '\\' { letters.next().unwrap_or('\\') } else { letter };
        match fields.last_mut() {
            Some(field) if !ends => field.push(letter),
            _ => fields.push(String::new()),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, address: &str) -> Option<String> {
        look_up(text, &address.parse().unwrap())
    }

    #[test]
    fn the_first_line_that_fits_counts() {
        let list = "# db:5432:list:ada:commented\ndb:5433:list:ada:other port\ndb:5432:list:ada:s\\:e\\\\c:ret\n*:*:*:ada:any\n\nbroken\n";
        for (address, password) in [
            ("postgres://ada@db/list", Some("s:e\\c:ret")),
            ("postgres://ada@db:5433/list", Some("other port")),
            ("postgres://ada@elsewhere/list", Some("any")),
            ("postgres://bob@db/list", None),
        ] {
            assert_eq!(found(list, address).as_deref(), password, "{address}");
        }
        assert_eq!(
            found("localhost:*:*:*:here", "postgres://a@/l?host=/run/postgresql").as_deref(),
            Some("here")
        );
        assert_eq!(found("/my/dir:*:*:*:there", "postgres://a@/l?host=/my/dir").as_deref(), Some("there"));
        assert_eq!(found("db:*:*:*:", "postgres://a@db/l"), None, "an empty password is none");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_passed_over() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("passwords");
        std::fs::write(&path, "*:*:*:*:hunter2").unwrap();
        let config: Config = "postgres://ada@db/list".parse().unwrap();
        for (mode, password) in
            [(0o640, None), (0o604, None), (0o600, Some("hunter2")), (0o400, Some("hunter2"))]
        {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(of_file(&path, &config).as_deref(), password, "{mode:o}");
        }
        assert_eq!(of_file(folder.path(), &config), None);
        assert_eq!(of_file(&folder.path().join("nowhere"), &config), None);
    }
}
