//! Programs that measure; each is a binary of its own under `src/bin`, prints a table and writes JSON beside
//! `bench/RESULTS.md`. Here is what they share: the file of results keeps one run of each size.

use hustings_app::folder::InitJob;
use hustings_app::{SystemChance, SystemClock};
use hustings_vault::{Argon2Cost, RootSecret};
use serde_json::Value;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;

/// A new list in `folder` under the charter of the documents, for `hustings_app::folder::init`.
pub fn new_list<'a>(folder: &'a Path, root: &'a RootSecret) -> InitJob<'a> {
    InitJob {
        folder,
        root,
        cost: Argon2Cost::default(),
        charter: include_str!("../../docs/charter.example.toml"),
        clock: Arc::new(SystemClock),
        chance: Arc::new(SystemChance),
        demo: false,
    }
}

/// Puts `run` into the JSON list of runs at `path`, in place of the one that has the same number under `size`; in
/// the order of sizes. A file that holds something else is refused rather than lost.
pub fn keep(path: impl AsRef<Path>, size: &str, run: Value) -> Result<(), Box<dyn Error>> {
    let path = path.as_ref();
    let mut runs = kept(path)?;
    let of = |run: &Value| run.get(size).and_then(Value::as_u64);
    if runs.iter().chain([&run]).any(|run| of(run).is_none()) {
        return Err(format!("`{}` holds a run without `{size}`: move it away", path.display()).into());
    }
    runs.retain(|other| of(other) != of(&run));
    runs.push(run);
    runs.sort_by_key(of);
    std::fs::write(path, serde_json::to_string_pretty(&runs)? + "\n")?;
    Ok(())
}

/// The runs kept at `path`; none when there is no file.
pub fn kept(path: &Path) -> Result<Vec<Value>, Box<dyn Error>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

/// The load of the machine over the last minute, without which no figure is worth reading.
pub fn load_average() -> String {
    let read = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    read.split(' ').next().filter(|load| !load.is_empty()).unwrap_or("unknown").to_owned()
}

#[cfg(test)]
mod tests {
    use super::{keep, kept};
    use serde_json::json;

    #[test]
    fn one_run_of_each_size_is_kept_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("runs.json");
        for (size, ms) in [(1_000, 5), (100, 1), (1_000, 4)] {
            keep(&path, "people", json!({"people": size, "ms": ms})).unwrap();
        }
        let wanted = [json!({"people": 100, "ms": 1}), json!({"people": 1_000, "ms": 4})];
        assert_eq!(kept(&path).unwrap(), wanted);
        assert!(keep(&path, "rows", json!({"rows": 1})).is_err(), "another kind of file is left alone");
        assert_eq!(kept(&path).unwrap(), wanted);
    }
}
