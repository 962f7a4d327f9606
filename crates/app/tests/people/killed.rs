//! An import that dies between two batches: what was kept stays, and running it again completes it.

use crate::world::World;
use hustings_app::people::import::{ImportJob, import};
use hustings_domain::access::Actor;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

#[test]
fn running_it_again_completes_it() {
    let world = World::new();
    let mut file = "email,email_opt_in\n".to_owned();
    for n in 0..21_000 {
        writeln!(file, "p{n}@example.org,yes").unwrap();
    }
    let job = ImportJob::new(world.file("list.csv", &file));
    let died = catch_unwind(AssertUnwindSafe(|| {
        import(&world.app, &Actor::operator(), &job, &mut |progress| assert!(progress.rows == 0, "killed"))
    }));
    assert!(died.is_err());
    let kept = world.people();
    assert_eq!(kept, 20_000, "the batch that was committed");
    let world = world.reopen();
    assert_eq!((world.people(), world.app.store().keys().count().unwrap()), (kept, kept));
    let report = world.try_import(&job).unwrap();
    assert_eq!((report.unchanged, report.new, report.consents_given), (kept, 1_000, 1_000));
    assert_eq!(world.app.store().keys().count().unwrap(), 21_000);
    assert_eq!(world.count("consent \"news\" on email is given"), 21_000);
}
