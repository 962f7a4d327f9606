//! All or nothing, one after the other, one state at a time.

use super::samples::{change, look};
use crate::error::StoreError;
use crate::handle::Store;
use std::panic::{AssertUnwindSafe, catch_unwind};

fn value(store: &Store) -> Option<String> {
    look(store, |tx| tx.meta("colour"))
}

/// A commit is kept; a transaction that ends in an error leaves nothing behind.
pub fn a_commit_is_kept_and_an_error_leaves_nothing(store: &Store) {
    change(store, |tx| tx.set_meta("colour", "green"));
    let refused: Result<(), StoreError> = store.write(|tx| {
        tx.set_meta("colour", "red")?;
        assert_eq!(tx.meta("colour")?.as_deref(), Some("red"), "a write sees its own changes");
        Err(StoreError::Conflict("changed my mind".to_owned()))
    });
    assert!(matches!(refused, Err(StoreError::Conflict(why)) if why == "changed my mind"));
    assert_eq!(value(store).as_deref(), Some("green"));
}

/// A panic inside a write leaves nothing behind, and the next write goes through.
pub fn a_panic_leaves_nothing_and_the_store_goes_on(store: &Store) {
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        store.write(|tx| {
            tx.set_meta("colour", "red")?;
            std::panic::resume_unwind(Box::new("on purpose"));
            #[expect(unreachable_code, reason = "it names the type of the result")]
            Ok::<(), StoreError>(())
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(value(store), None);
    change(store, |tx| tx.set_meta("colour", "green"));
    assert_eq!(value(store).as_deref(), Some("green"));
}

/// Whoever passes over the failure of a step cannot commit the rest.
pub fn a_step_that_failed_cannot_be_passed_over(store: &Store) {
    let passed_over: Result<(), StoreError> = store.write(|tx| {
        tx.set_meta("colour", "red")?;
        assert!(tx.append_ledger_row(5, b"entry", &[]).is_err());
        Ok(())
    });
    assert!(passed_over.is_err());
    assert_eq!(value(store), None);
}

/// What is committed during a read is not seen in it.
pub fn a_read_sees_one_state_throughout(store: &Store) {
    change(store, |tx| tx.set_meta("colour", "green"));
    look(store, |tx| {
        let before = tx.meta("colour")?;
        std::thread::scope(|threads| {
            threads.spawn(|| change(store, |tx| tx.set_meta("colour", "red"))).join().unwrap();
        });
        assert_eq!(tx.meta("colour")?, before);
        Ok(())
    });
    assert_eq!(value(store).as_deref(), Some("red"));
}

/// A write in a read is refused.
pub fn a_read_may_not_write(store: &Store) {
    let refused: Result<(), StoreError> = store.read(|tx| tx.set_meta("colour", "red"));
    assert!(refused.is_err());
    assert_eq!(value(store), None);
}

/// Writes of several threads come one after the other, and none is lost.
pub fn writes_do_not_interleave(store: &Store) {
    let count = |store: &Store| -> u32 { value(store).map_or(0, |text| text.parse().unwrap()) };
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| {
                for _ in 0..10 {
                    change(store, |tx| {
                        let now: u32 = tx.meta("colour")?.map_or(0, |text| text.parse().unwrap());
                        tx.set_meta("colour", &(now + 1).to_string())
                    });
                }
            });
        }
    });
    assert_eq!(count(store), 40);
}

/// Of writers who come at once, one who changes their mind or fails takes nobody's work along; whoever was told that
/// something is kept finds it.
pub fn a_failing_write_leaves_its_neighbours_alone(store: &Store) {
    std::thread::scope(|threads| {
        for thread in 0..8_u32 {
            threads.spawn(move || {
                for turn in 0..12_u32 {
                    let name = format!("{thread}/{turn}");
                    let done: Result<(), StoreError> = store.write(|tx| {
                        tx.set_meta(&name, "kept")?;
                        match (thread + turn) % 4 {
                            0 => Err(StoreError::Conflict("changed my mind".to_owned())),
                            1 => {
                                assert!(tx.append_ledger_row(500, b"entry", &[]).is_err());
                                Ok(())
                            }
                            _ => Ok(()),
                        }
                    });
                    assert_eq!(done.is_ok(), (thread + turn) % 4 > 1, "{name}");
                    assert_eq!(look(store, |tx| tx.meta(&name)).is_some(), done.is_ok(), "{name}");
                }
            });
        }
    });
}

/// A copy is made while others write, and never over a file that is there.
pub fn a_copy_is_of_one_state(store: &Store) {
    change(store, |tx| tx.set_meta("colour", "green"));
    let folder = std::env::temp_dir().join(format!("hustings-copy-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let to = folder.join("copy");
    store.back_up(&to).unwrap();
    assert!(std::fs::metadata(&to).unwrap().len() > 0);
    assert!(matches!(store.back_up(&to), Err(StoreError::AlreadyThere(place)) if place == to));
    std::fs::remove_dir_all(&folder).unwrap();
}
