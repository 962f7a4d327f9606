//! What a cell came to the last time: a file has few different places, issues and tags, over and over.

use foldhash::fast::RandomState;
use hustings_domain::area::AreaId;
use hustings_domain::words::Slug;
use std::collections::HashMap;

/// How many different cells are remembered of a kind before it begins anew: a file whose tags are all different
/// must not fill the memory.
const LIMIT: usize = 4096;
/// Longer cells are read each time.
const LONGEST: usize = 512;

type Known<T> = HashMap<Box<str>, Vec<T>, RandomState>;

/// The memory of one reading thread.
#[derive(Debug, Default)]
pub(super) struct Memo {
    areas: Known<AreaId>,
    names: Known<Option<Slug>>,
}

impl Memo {
    /// The division ids in a cell; what is none is passed over.
    pub(super) fn areas(&mut self, cell: &str, each: impl FnMut(&AreaId)) {
        recall(&mut self.areas, cell, read_areas, each);
    }

    /// The short names in a cell, and `None` for each part that has none.
    pub(super) fn names(&mut self, cell: &str, each: impl FnMut(&Option<Slug>)) {
        recall(&mut self.names, cell, read_names, each);
    }
}

fn recall<T>(memory: &mut Known<T>, cell: &str, read: fn(&str) -> Vec<T>, each: impl FnMut(&T)) {
    if let Some(known) = memory.get(cell) {
        return known.iter().for_each(each);
    }
    let found = read(cell);
    found.iter().for_each(each);
    if cell.len() <= LONGEST {
        if memory.len() == LIMIT {
            memory.clear();
        }
        memory.insert(cell.into(), found);
    }
}

fn read_areas(cell: &str) -> Vec<AreaId> {
    let parts = cell.split([';', '|', ' ']).map(str::trim);
    parts.filter_map(|area| area.to_lowercase().parse().ok()).collect()
}

fn read_names(cell: &str) -> Vec<Option<Slug>> {
    let parts = cell.split([';', ',', '|']).map(str::trim).filter(|part| !part.is_empty());
    parts.map(Slug::from_free_text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_time_reads_as_the_first() {
        let mut memo = Memo::default();
        for _ in 0..2 {
            let (mut areas, mut names) = (Vec::new(), Vec::new());
            memo.areas("OCD-division/country:us/state:vt;nowhere", |area| areas.push(area.to_string()));
            memo.names("Health Care; ;!!,climate", |name| names.push(name.as_ref().map(ToString::to_string)));
            assert_eq!(areas, ["ocd-division/country:us/state:vt"]);
            assert_eq!(names, [Some("health-care".to_owned()), None, Some("climate".to_owned())]);
        }
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut memo = Memo::default();
        for n in 0..3 * LIMIT {
            let mut found = None;
            memo.names(&format!("tag-{n}"), |name| found.clone_from(name));
            assert_eq!(found.unwrap().as_str(), format!("tag-{n}"));
        }
        memo.names(&"long;".repeat(200), |_| {});
        assert!(memo.names.len() <= LIMIT);
        assert!(memo.names.keys().all(|cell| cell.len() <= LONGEST));
    }
}
