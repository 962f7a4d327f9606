//! What files say about consents, and what they can never undo.

use crate::world::World;
use hustings_app::people::consent::{own_act, stop_borrower, stop_everything};
use hustings_app::people::import::ImportJob;
use hustings_domain::consent::ConsentState::{Given, Refused, Unknown, Withdrawn};
use hustings_domain::consent::{Channel, SuppressionReason, SuppressionScope};
use hustings_domain::ids::BorrowerId;

const ANN: &str = "ann@example.org";

#[test]
fn the_stricter_of_two_rows_wins_in_any_order() {
    for file in [
        "email,hear_appeals\nann@example.org,yes\nANN@example.org,no\n",
        "email,hear_appeals\nann@example.org,no\nANN@example.org,yes\n",
        "email,hear_appeals,appeals\nann@example.org,yes,no\n",
    ] {
        let world = World::new();
        world.import("list.csv", file);
        assert_eq!(world.consent(ANN, "appeals"), Refused, "{file}");
    }
}

#[test]
fn no_later_file_lifts_a_no() {
    let world = World::new();
    world.import("one.csv", "email,email_opt_in,hear_appeals\nann@example.org,yes,no\n");
    let report = world.import("two.csv", "email,email_opt_in,hear_appeals\nann@example.org,,yes\n");
    assert_eq!((report.unchanged, report.consents_given), (1, 0));
    assert_eq!(world.consent(ANN, "appeals"), Refused);
    assert_eq!(world.consent(ANN, "news"), Given, "a blank cell states nothing");
    world.import("three.csv", "email,email_opt_in\nann@example.org,no\n");
    assert_eq!(world.consent(ANN, "news"), Refused);
    let history = world.page(ANN).unwrap().consents;
    assert_eq!(history.len(), 3);
    assert_eq!(history.iter().filter(|line| line.in_force).count(), 2);
}

#[test]
fn only_the_persons_own_act_says_yes_again() {
    let world = World::new();
    world.import("one.csv", "email,hear_appeals\nann@example.org,no\n");
    let ann = world.page(ANN).unwrap().ordinal;
    let appeals = "appeals".parse().unwrap();
    let stated =
        own_act(&world.app, ann, &appeals, Channel::Email, Given, "my page", Some("May others write to me?"))
            .unwrap();
    assert!(stated.changed && !stated.stopped);
    assert_eq!(world.consent(ANN, "appeals"), Given);
    let page = world.page(ANN).unwrap();
    assert_eq!(page.consents.last().unwrap().notice.as_deref(), Some("May others write to me?"));
    let again = own_act(&world.app, ann, &appeals, Channel::Email, Given, "my page", None).unwrap();
    assert!(!again.changed);
    let refusal =
        own_act(&world.app, ann, &"apeals".parse().unwrap(), Channel::Email, Given, "x", None).unwrap_err();
    assert_eq!(refusal.code, "consent.unknown-purpose");
    let refusal = own_act(&world.app, ann, &appeals, Channel::Email, Unknown, "x", None).unwrap_err();
    assert_eq!(refusal.code, "consent.state");
    assert_eq!(world.count("consent \"appeals\" on email is given"), 1);
}

#[test]
fn a_stop_of_everything_withdraws_and_lasts() {
    let world = World::new();
    world.import("one.csv", "email,phone,email_opt_in\nann@example.org,8025550101,yes\n");
    let ann = world.page(ANN).unwrap().ordinal;
    assert!(stop_everything(&world.app, ann, SuppressionReason::Unsubscribed).unwrap());
    assert!(!stop_everything(&world.app, ann, SuppressionReason::Unsubscribed).unwrap());
    assert_eq!(world.consent(ANN, "news"), Withdrawn);
    let report = world.import("two.csv", "email,email_opt_in,hear_appeals\nann@example.org,yes,yes\n");
    assert_eq!((report.suppressions_kept, report.consents_given), (1, 0));
    assert_eq!((world.consent(ANN, "news"), world.consent(ANN, "appeals")), (Withdrawn, Withdrawn));
    let stated =
        own_act(&world.app, ann, &"news".parse().unwrap(), Channel::Email, Given, "my page", None).unwrap();
    assert!(stated.stopped, "a yes does not lift a stop, and the page can say so");
}

#[test]
fn never_this_borrower_is_one_stop() {
    let world = World::new();
    world.import("one.csv", "email,email_opt_in\nann@example.org,yes\n");
    let ann = world.page(ANN).unwrap().ordinal;
    let borrower = BorrowerId::new(world.app.now(), &mut *world.app.rng("test"));
    assert!(stop_borrower(&world.app, ann, borrower).unwrap());
    assert!(!stop_borrower(&world.app, ann, borrower).unwrap());
    let stops = world.page(ANN).unwrap().stops;
    assert_eq!((stops.len(), &stops[0].scope), (1, &SuppressionScope::Borrower(borrower)));
    assert_eq!(world.consent(ANN, "news"), Given);
}

#[test]
fn the_notice_stands_with_each_consent() {
    let world = World::new();
    let mut job =
        ImportJob::new(world.file("list.csv", "email,hear_appeals,sms_opt_in\nann@example.org,yes,yes\n"));
    job.notice = Some("We may send you the case of others".to_owned());
    job.source = Some("spring fair".to_owned());
    let report = world.try_import(&job).unwrap();
    assert_eq!(report.consents_given, 2);
    let page = world.page(ANN).unwrap();
    assert!(
        page.consents.iter().all(|line| line.notice == job.notice && line.consent.source == "spring fair")
    );
    assert!(
        page.consents
            .iter()
            .any(|line| line.consent.channel == Channel::Phone && line.consent.purpose.as_str() == "news")
    );
}

#[test]
fn what_nobody_can_be_sure_of_states_nothing() {
    let world = World::new();
    let report =
        world.import("list.csv", "email,hear_appeals,email_opt_in\nann@example.org,perhaps,pending\n");
    assert_eq!((report.unclear_consents, report.consents_given), (1, 0));
    assert!(world.page(ANN).unwrap().consents.is_empty());
}

#[test]
fn a_yes_to_mail_needs_an_address_and_a_no_does_not() {
    let world = World::new();
    let file = "email,phone,name,email_opt_in,hear_appeals,sms_opt_in\n,8025550101,Ann Smith,yes,no,yes\n";
    let report = world.import("calls.csv", file);
    assert_eq!((report.consents_given, report.consents_refused, report.unusable_consents), (1, 1, 1));
    assert_eq!(world.count("consent \"news\" on email is given"), 0, "reach is not overstated");
    world.import("one.csv", "email,phone,name\nann@example.org,8025550101,Ann Smith\n");
    assert!(world.import("calls.csv", file).changed_nothing());
    assert_eq!((world.consent(ANN, "news"), world.consent(ANN, "appeals")), (Unknown, Refused));
}
