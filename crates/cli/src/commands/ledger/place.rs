//! Where somebody's ledger is served: a folder, or an address on the web.

use hustings_app::web::{Web, check_address};
use hustings_app::{Kind, Refusal, Result};
use hustings_ledger::monitor::Source;
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::PathBuf;
use std::time::Duration;

/// How long one file may take to come.
const PATIENCE: Duration = Duration::from_mins(1);

/// A served ledger, or one served file.
#[derive(Debug)]
pub(super) enum Place {
    Folder(PathBuf),
    Site { web: Web, address: String },
}

impl Place {
    /// An address begins with `http`; all else is a path.
    pub(super) fn new(text: &str) -> Result<Self> {
        if text.starts_with("http:") || text.starts_with("https:") {
            check_address(text)?;
            return Ok(Self::Site {
                web: Web::new(PATIENCE),
                address: text.trim_end_matches('/').to_owned(),
            });
        }
        Ok(Self::Folder(PathBuf::from(text)))
    }

    /// The file that this place is, when it names one checkpoint.
    pub(super) fn whole(&mut self, limit: usize) -> Result<String> {
        let shown = match self {
            Self::Folder(path) => path.display().to_string(),
            Self::Site { address, .. } => address.clone(),
        };
        let unread = |cause: &str| {
            Refusal::new(Kind::Busy, "ledger.unreachable", format!("`{shown}` cannot be read")).because(cause)
        };
        let bytes = self.read(None, limit).map_err(|error| unread(&error.to_string()))?;
        let bytes = bytes.ok_or_else(|| unread("it is not there"))?;
        String::from_utf8(bytes).map_err(|_| unread("it is not text"))
    }

    fn read(&self, path: Option<&str>, limit: usize) -> std::result::Result<Option<Vec<u8>>, BoxedError> {
        match self {
            Self::Folder(folder) => {
                let path = path.map_or_else(|| folder.clone(), |path| folder.join(path));
                let file = match File::open(path) {
                    Ok(file) => file,
                    Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                        return Ok(None);
                    }
                    Err(error) => return Err(error.into()),
                };
                let mut bytes = Vec::new();
                let one_more = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
                file.take(one_more).read_to_end(&mut bytes)?;
                if bytes.len() > limit {
                    return Err(format!("it has more than {limit} bytes").into());
                }
                Ok(Some(bytes))
            }
            Self::Site { web, address } => {
                let address = path.map_or_else(|| address.clone(), |path| format!("{address}/{path}"));
                match web.get(&address, limit)? {
                    (200, bytes) => Ok(Some(bytes)),
                    (404 | 410, _) => Ok(None),
                    (status, _) => Err(format!("the server answered {status}").into()),
                }
            }
        }
    }
}

type BoxedError = Box<dyn std::error::Error + Send + Sync>;

impl Source for Place {
    fn fetch(&mut self, path: &str, limit: usize) -> std::result::Result<Option<Vec<u8>>, BoxedError> {
        self.read(Some(path), limit)
    }
}
