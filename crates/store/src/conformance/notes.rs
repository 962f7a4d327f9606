//! Alarms, imports, single values.

use super::samples::{at, change, conflicts, look, plain_id};
use crate::handle::Store;
use crate::records::{Alarm, ImportRecord};

/// The newest come first, up to a limit; an id is used once.
pub fn alarms_and_imports_come_newest_first(store: &Store) {
    let alarm = |number: u32| Alarm {
        id: plain_id(number),
        kind: "seed-mail".to_owned(),
        what: format!("seed {number} was written to"),
        at: at(i64::from(number)),
    };
    let import = |number: u32| ImportRecord {
        id: plain_id(number),
        report: format!("{{\"new\":{number}}}"),
        at: at(i64::from(number)),
    };
    for number in [2, 3, 1] {
        change(store, |tx| tx.add_alarm(&alarm(number)));
        change(store, |tx| tx.add_import(&import(number)));
    }
    assert_eq!(look(store, |tx| tx.alarms(2)), [alarm(3), alarm(2)]);
    assert_eq!(look(store, |tx| tx.imports(2)), [import(3), import(2)]);
    conflicts(store, |tx| tx.add_alarm(&alarm(1)));
    conflicts(store, |tx| tx.add_import(&import(1)));
}

/// A single value is what was set last.
pub fn a_value_is_replaced(store: &Store) {
    assert_eq!(look(store, |tx| tx.meta("name")), None);
    change(store, |tx| tx.set_meta("name", "one"));
    change(store, |tx| tx.set_meta("name", ""));
    assert_eq!(look(store, |tx| tx.meta("name")).as_deref(), Some(""));
}
