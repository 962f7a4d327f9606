//! Saved audiences.

use super::samples::{at, change, conflicts, look, slug};
use crate::handle::Store;
use crate::records::{AudienceVersion, SavedAudience};

fn version(name: &str, version: u32) -> AudienceVersion {
    AudienceVersion {
        name: slug(name),
        version,
        expression: format!("issue has \"housing\" and score > {version}"),
        by: format!("steward:{version}"),
        at: at(i64::from(version)),
    }
}

/// Versions are counted from 1 without gaps; each stays as it was saved; the newest is the audience.
pub fn versions_follow_each_other_and_stay(store: &Store) {
    assert_eq!(look(store, |tx| tx.audience(&slug("locals"))), None);
    assert_eq!(look(store, |tx| tx.audiences()), []);
    conflicts(store, |tx| tx.add_audience_version(&version("locals", 2)));
    change(store, |tx| tx.add_audience_version(&version("locals", 1)));
    conflicts(store, |tx| tx.add_audience_version(&version("locals", 1)));
    change(store, |tx| tx.add_audience_version(&version("locals", 2)));
    change(store, |tx| tx.add_audience_version(&version("donors", 1)));
    conflicts(store, |tx| tx.add_audience_version(&version("locals", 4)));
    let now = |name: &str, number| SavedAudience { newest: version(name, number), retired: None };
    assert_eq!(look(store, |tx| tx.audience(&slug("locals"))), Some(now("locals", 2)));
    assert_eq!(look(store, |tx| tx.audiences()), [now("donors", 1), now("locals", 2)]);
    let versions = look(store, |tx| tx.audience_versions(&slug("locals")));
    assert_eq!(versions, [version("locals", 1), version("locals", 2)]);
    assert_eq!(look(store, |tx| tx.audience_versions(&slug("nobody"))), []);
}

/// A retired audience keeps its versions and its first day out of use, until a new version takes it back.
pub fn an_audience_is_retired_once_and_taken_back_by_a_version(store: &Store) {
    change(store, |tx| tx.add_audience_version(&version("locals", 1)));
    assert!(!change(store, |tx| tx.retire_audience(&slug("others"), at(5))), "there is none");
    assert!(change(store, |tx| tx.retire_audience(&slug("locals"), at(5))));
    assert!(!change(store, |tx| tx.retire_audience(&slug("locals"), at(6))), "it is out of use already");
    let retired = SavedAudience { newest: version("locals", 1), retired: Some(at(5)) };
    assert_eq!(look(store, |tx| tx.audience(&slug("locals"))), Some(retired.clone()));
    assert_eq!(look(store, |tx| tx.audiences()), [retired]);
    change(store, |tx| tx.add_audience_version(&version("locals", 2)));
    let back = SavedAudience { newest: version("locals", 2), retired: None };
    assert_eq!(look(store, |tx| tx.audience(&slug("locals"))), Some(back));
}
