//! The one writer, and how those who come while another waits for the disk share its commit: each runs its work in
//! turn, the last in the queue commits for all, and nobody comes back before what they wrote is on the disk.

use super::recent::{self, Recent};
use super::{Link, Lite, Sqlite, files};
use crate::engine::Unit;
use crate::error::{StoreError, StoreResult};
use crate::traits::Tx;
use rusqlite::Connection;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// So many units of work are committed together at most: whoever is first in a group waits for its last.
const MOST: usize = 256;

/// The connection that writes, and who waits for it.
pub(super) struct Writer {
    seat: Mutex<Seat>,
    waiting: AtomicUsize,
}

/// What whoever writes has in hand.
pub(super) struct Seat {
    pub(super) link: Link,
    group: Option<Group>,
}

/// Units of work in one open transaction.
struct Group {
    outcome: Arc<Outcome>,
    units: usize,
}

/// What became of a group, for those who wait to hear it.
#[derive(Default)]
struct Outcome {
    told: Mutex<Option<StoreResult<()>>>,
    news: Condvar,
}

impl Outcome {
    fn tell(&self, result: StoreResult<()>) {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        self.news.notify_all();
    }

    fn wait(&self) -> StoreResult<()> {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let told = self.news.wait_while(told, |told| told.is_none()).unwrap_or_else(PoisonError::into_inner);
        told.clone().unwrap_or(Ok(()))
    }
}

/// How one unit of work ended.
enum Ended {
    Kept,
    /// Undone alone, by its own wish or because a step failed.
    Undone(StoreResult<()>),
    /// The engine has undone everything, this unit's and its neighbours' work, for the reason given.
    AllUndone(StoreError, StoreResult<()>),
}

impl Writer {
    pub(super) fn new(link: Link) -> Self {
        Self { seat: Mutex::new(Seat { link, group: None }), waiting: AtomicUsize::new(0) }
    }

    fn sit(&self) -> MutexGuard<'_, Seat> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let seat = self.seat.lock().unwrap_or_else(PoisonError::into_inner);
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        seat
    }
}

impl Sqlite {
    fn the_writer(&self) -> StoreResult<&Writer> {
        self.writer.as_ref().ok_or_else(|| StoreError::InUse(self.folder.clone()))
    }

    /// Works outside of any group, on the connection that writes.
    pub(super) fn alone<T>(&self, work: impl FnOnce(&Connection) -> StoreResult<T>) -> StoreResult<T> {
        let mut seat = self.the_writer()?.sit();
        if seat.group.is_some() {
            // Those who wait are told; what became of them is nothing to whoever comes now.
            self.commit(&mut seat);
        }
        work(&seat.link.connection)
    }

    /// Runs one unit of work; on return it is on the disk, or nothing of it is kept.
    pub(super) fn write_in_group(&self, work: &mut dyn FnMut(&mut dyn Tx) -> bool) -> StoreResult<()> {
        let writer = self.the_writer()?;
        let mut seat = writer.sit();
        let joined = seat.group.is_some();
        if joined {
            if let Err(error) = run(&seat.link.connection, "SAVEPOINT unit") {
                self.leave(writer, seat);
                return Err(error);
            }
        } else {
            self.begin(&mut seat)?;
        }
        let Seat { link: Link { connection, words }, group } = &mut *seat;
        let (connection, words) = (&*connection, words);
        let ran = catch_unwind(AssertUnwindSafe(|| {
            // What an earlier unit of the group wrote is not to be remembered as committed.
            let lite = if joined {
                Lite::joining(connection, &self.recent)
            } else {
                Lite::writing(connection, &self.recent)?
            };
            let mut tx = Unit::new(&lite, words);
            let wanted = work(&mut tx);
            Ok((wanted, tx.failure().cloned(), tx.take_keys()))
        }));
        let (ended, panic) = match ran {
            Ok(Ok((true, None, keys))) => {
                self.keys.stage(keys);
                (Ended::Kept, None)
            }
            Ok(Ok((wanted, failure, _))) => (undone(connection, wanted, failure), None),
            Ok(Err(error)) => (Ended::Undone(Err(error)), None),
            Err(panic) => (undone(connection, false, None), Some(panic)),
        };
        let result = match ended {
            Ended::Kept => {
                if joined {
                    // A savepoint that cannot be released is let go with the commit.
                    drop(run(connection, "RELEASE unit"));
                }
                let outcome = group.as_mut().map(|group| {
                    group.units += 1;
                    Arc::clone(&group.outcome)
                });
                self.leave(writer, seat);
                outcome.map_or(Ok(()), |outcome| outcome.wait())
            }
            Ended::Undone(result) => {
                words.forget_all();
                let back = if joined { "ROLLBACK TO unit; RELEASE unit" } else { "ROLLBACK" };
                if let Err(error) = run(connection, back) {
                    self.fail(&mut seat, &error);
                } else if joined {
                    self.leave(writer, seat);
                } else {
                    seat.group = None;
                }
                result
            }
            Ended::AllUndone(error, result) => {
                self.fail(&mut seat, &error);
                result
            }
        };
        match panic {
            Some(panic) => resume_unwind(panic),
            None => result,
        }
    }

    fn begin(&self, seat: &mut Seat) -> StoreResult<()> {
        let connection = &seat.link.connection;
        run(connection, "BEGIN IMMEDIATE").map_err(|error| files::placed(error, &self.folder))?;
        seat.group = Some(Group { outcome: Arc::default(), units: 0 });
        Ok(())
    }

    /// Commits, unless somebody waits who can join first.
    fn leave(&self, writer: &Writer, mut seat: MutexGuard<'_, Seat>) {
        let full = seat.group.as_ref().is_some_and(|group| group.units >= MOST);
        if full || writer.waiting.load(Ordering::SeqCst) == 0 {
            self.commit(&mut seat);
        }
    }

    /// Commits what the group wrote and tells everybody in it.
    fn commit(&self, seat: &mut Seat) {
        let Some(group) = seat.group.take() else { return };
        let Link { connection, words } = &mut seat.link;
        // INVARIANT (promise 9): keys are durable before the records that they seal; and nobody is told that something
        // is kept before it is.
        let done = self.keys.keep_staged().and_then(|()| {
            let waiting = Recent::waiting(connection)?;
            run(connection, "COMMIT").map(|()| waiting)
        });
        match done {
            Ok(waiting) => {
                self.recent.committed(waiting.end);
                words.keep_new();
                group.outcome.tell(Ok(()));
                if waiting.len() >= recent::WAITING
                    && let Err(error) = self.recent.settle(connection)
                {
                    tracing::warn!(%error, "people who came by the thousand wait for their place; it is tried again");
                }
            }
            Err(error) => {
                seat.group = Some(group);
                self.fail(seat, &error);
            }
        }
    }

    /// Undoes what the group wrote and tells everybody in it.
    fn fail(&self, seat: &mut Seat, error: &StoreError) {
        self.keys.forget_staged();
        let Link { connection, words } = &mut seat.link;
        if !connection.is_autocommit() && run(connection, "ROLLBACK").is_err() {
            tracing::error!(
                "a transaction that failed could not be undone by itself: it is undone at the next opening"
            );
        }
        words.forget_all();
        if let Some(group) = seat.group.take() {
            group.outcome.tell(Err(files::placed(error.clone(), &self.folder)));
        }
    }
}

fn run(connection: &Connection, sql: &str) -> StoreResult<()> {
    Ok(connection.execute_batch(sql)?)
}

/// What is to be undone after a unit that is not kept. Whoever passed over a failed step hears of it here.
fn undone(connection: &Connection, wanted: bool, failure: Option<StoreError>) -> Ended {
    let result = match &failure {
        Some(error) if wanted => Err(error.passed_over()),
        _ => Ok(()),
    };
    if connection.is_autocommit() {
        // On a full disk the engine undoes by itself, whoever else is in the transaction.
        let why = failure.unwrap_or_else(|| StoreError::Engine("the change was undone".to_owned()));
        return Ended::AllUndone(why, result);
    }
    Ended::Undone(result)
}

#[cfg(test)]
mod tests;
