//! What nobody does alone: asked for, granted by another with their key, done once; and every way around it.

use super::keyring::Ring;
use super::world::{CHARTER, World, root};
use hustings_app::access::{
    NewUser, UserChange, act_of_adding, act_of_changing, add_user, carry_out_change, change_user, user_named,
};
use hustings_app::board::{Intent, verify};
use hustings_app::folder::{act_of_backing_up, act_of_restoring, back_up, open, restore, restore_alone};
use hustings_app::second::{acts, ask, notices, standing, unconfirmed};
use hustings_app::{App, Kind, Refusal, Result, SeededChance};
use hustings_domain::access::{Actor, Role};
use hustings_domain::clock::{Clock, SetClock};
use hustings_domain::guarded::{ActNumber, ActState, AskedAct};
use std::path::PathBuf;
use std::sync::Arc;

fn steward(name: &str) -> NewUser {
    NewUser {
        name: name.to_owned(),
        email: format!("{}@forward.example", name.to_lowercase()),
        roles: vec![Role::Steward],
        wing: None,
        borrower: None,
    }
}

fn ask_for(world: &World, name: &str) -> AskedAct {
    ask(&world.app, &Actor::operator(), act_of_adding(&steward(name)), "we need another pair of hands")
        .unwrap()
}

fn grant(world: &World, ring: &Ring, trustee: usize, act: ActNumber) -> Result<()> {
    ring.act(world, trustee, Intent::Grant { act }).map(drop)
}

fn add(world: &World, name: &str) -> Result<()> {
    add_user(&world.app, &Actor::operator(), steward(name)).map(drop)
}

fn code<T: std::fmt::Debug>(outcome: Result<T>) -> &'static str {
    outcome.unwrap_err().code
}

fn entries(app: &App) -> Vec<serde_json::Value> {
    let bytes = app.store().read(|tx| Ok::<_, Refusal>(tx.ledger_entries(0, 1_000)?)).unwrap();
    bytes.iter().map(|entry| serde_json::from_slice(entry).unwrap()).collect()
}

fn state(world: &World, number: ActNumber) -> ActState {
    let all = acts(&world.app, &Actor::operator()).unwrap();
    all.into_iter().find(|view| view.act.number == number).unwrap().state
}

#[test]
fn one_person_acts_alone_until_two_trustees_have_keys_and_the_ledger_says_so() {
    let world = World::signed(CHARTER);
    assert!(!standing(&world.app).unwrap().binds);
    assert_eq!(
        code(ask(&world.app, &Actor::operator(), act_of_adding(&steward("Sam")), "why")),
        "second.not-yet"
    );
    add(&world, "Sam").unwrap();
    assert_eq!(entries(&world.app).last().unwrap()["body"]["alone"], true);
    Ring::founded(&world);
    let standing = standing(&world.app).unwrap();
    assert_eq!((standing.binds, standing.granters.len()), (true, 5));
    let refused = add(&world, "Kim").unwrap_err();
    assert_eq!((refused.kind, refused.code), (Kind::Denied, "second.needed"));
    assert!(refused.hints[0].contains("--ask 'WHY'"), "{refused:?}");
}

#[test]
fn asked_by_one_granted_by_another_done_once_and_proven_from_the_ledger() {
    let world = World::signed(CHARTER);
    let ring = Ring::founded(&world);
    let asked = ask_for(&world, "Sam");
    assert_eq!(code(add(&world, "Sam")), "second.waiting");
    grant(&world, &ring, 2, asked.number).unwrap();
    assert_eq!(state(&world, asked.number), ActState::Granted);
    assert_eq!(code(add(&world, "Kim")), "second.other", "a grant is for exactly what was asked for");
    add(&world, "Sam").unwrap();
    let last = entries(&world.app).last().unwrap().clone();
    assert_eq!((&last["kind"], &last["body"]["granted"]), (&"user.added".into(), &asked.number.0.into()));
    assert_eq!(state(&world, asked.number), ActState::Used);

    // What is in the ledger tells who granted what, and neither why nor whom.
    let text = serde_json::to_string(&entries(&world.app)).unwrap();
    assert!(text.contains("act.asked") && text.contains("act.granted"));
    assert!(!text.contains("sam@") && !text.contains("pair of hands") && !text.contains("Sam"), "{text}");
    let verified = verify(&world.app, &Actor::operator()).unwrap();
    assert!(verified.holds(), "{verified:?}");
    assert_eq!(verified.audit.granted, 1);
}

#[test]
fn a_change_is_carried_out_from_what_was_granted_word_for_word() {
    let world = World::signed(CHARTER);
    let ring = Ring::founded(&world);
    let operator = Actor::operator();
    let seat = NewUser {
        name: "Noa Field".to_owned(),
        email: "Noa@Board.example".to_owned(),
        roles: vec![Role::Trustee],
        wing: Some("climate".parse().unwrap()),
        borrower: None,
    };
    let asked = ask(&world.app, &operator, act_of_adding(&seat), "a sixth seat").unwrap();
    assert_eq!(code(carry_out_change(&world.app, &operator, asked.number)), "second.waiting");
    grant(&world, &ring, 0, asked.number).unwrap();
    let noa = carry_out_change(&world.app, &operator, asked.number).unwrap();
    assert_eq!((noa.roles.as_slice(), noa.email.as_str()), ([Role::Trustee].as_slice(), "noa@board.example"));
    let agent = UserChange {
        roles: Some(vec![Role::Borrower]),
        borrower: Some(world.candidate.id),
        ..UserChange::default()
    };
    for (change, roles) in [(agent, vec![Role::Borrower]), (UserChange::remove(), vec![])] {
        let now = user_named(&world.app, "Noa Field").unwrap();
        let asked = ask(&world.app, &operator, act_of_changing(&now, &change), "they move on").unwrap();
        grant(&world, &ring, 0, asked.number).unwrap();
        assert_eq!(carry_out_change(&world.app, &operator, asked.number).unwrap().roles, roles);
        assert!(carry_out_change(&world.app, &operator, asked.number).is_err(), "once");
    }
}

#[test]
fn a_used_an_expired_and_a_declined_grant_are_refused_with_the_way_forward() {
    let world = World::signed(CHARTER);
    let ring = Ring::founded(&world);
    let used = ask_for(&world, "Sam");
    grant(&world, &ring, 0, used.number).unwrap();
    add(&world, "Sam").unwrap();
    let sam = user_named(&world.app, "Sam").unwrap();
    let gone = UserChange { email: Some("gone@forward.example".to_owned()), ..UserChange::default() };
    let asked =
        ask(&world.app, &Actor::operator(), act_of_changing(&sam, &gone), "free the address").unwrap();
    grant(&world, &ring, 0, asked.number).unwrap();
    change_user(&world.app, &Actor::operator(), sam.id, &gone).unwrap();
    let again = add(&world, "Sam").unwrap_err();
    assert_eq!(again.code, "second.used");
    assert_eq!(again.hints, ["ask again with --ask 'WHY'"]);
    assert_eq!(code(grant(&world, &ring, 1, used.number)), "second.over", "it was granted");

    let declined = ask_for(&world, "Kim");
    ring.act(&world, 1, Intent::Decline { act: declined.number }).unwrap();
    assert_eq!(code(add(&world, "Kim")), "second.declined");
    assert_eq!(code(grant(&world, &ring, 0, declined.number)), "second.over");

    let late = ask_for(&world, "Lee");
    world.clock.advance_seconds(24 * 3_600);
    assert_eq!(code(grant(&world, &ring, 0, late.number)), "second.over");
    assert_eq!(code(add(&world, "Lee")), "second.expired");
    let slow = ask_for(&world, "Lee");
    grant(&world, &ring, 0, slow.number).unwrap();
    world.clock.advance_seconds(48 * 3_600);
    assert_eq!(code(add(&world, "Lee")), "second.expired");
}

#[test]
fn nobody_grants_their_own_what_is_about_them_or_without_their_key() {
    let world = World::signed(CHARTER);
    let ring = Ring::founded(&world);
    // Who operates cannot grant at all; a trustee cannot ask for what only the administrator does.
    let asked = ask_for(&world, "Sam");
    let by_operator =
        hustings_app::board::prepare(&world.app, &Actor::operator(), Intent::Grant { act: asked.number });
    assert_eq!(code(by_operator), "access.denied");
    assert_eq!(
        code(ask(&world.app, &world.trustees[0], act_of_adding(&steward("Kim")), "mine")),
        "access.denied"
    );
    // A session that somebody began in a trustee's name is not that trustee.
    let unsigned =
        hustings_app::board::unsigned(&world.app, &world.trustees[0], &Intent::Grant { act: asked.number });
    assert_eq!(code(unsigned), "vote.unsigned");
    let prepared =
        hustings_app::board::prepare(&world.app, &world.trustees[0], Intent::Grant { act: asked.number })
            .unwrap();
    let forged = Ring::by(&ring.keys[1], &prepared);
    assert_eq!(
        code(hustings_app::board::submit(&world.app, &world.trustees[0], prepared.hash, forged)),
        "sign.unsound"
    );
    // What a trustee asks for themselves, and what is about a trustee, another grants.
    let leak = hustings_app::after::act_of_opening(b"email");
    let own = ask(&world.app, &world.trustees[0], leak, "the court asks").unwrap();
    assert_eq!(code(grant(&world, &ring, 0, own.number)), "second.own");
    let seat = user_named(&world.app, "Trustee 1").unwrap();
    let act = act_of_changing(&seat, &UserChange::remove());
    let about = ask(&world.app, &Actor::operator(), act, "left").unwrap();
    assert_eq!(code(grant(&world, &ring, 1, about.number)), "second.own");
    grant(&world, &ring, 2, about.number).unwrap();
}

#[test]
fn a_row_put_into_the_store_by_hand_grants_nothing() {
    let world = World::signed(CHARTER);
    let ring = Ring::founded(&world);
    let (real, wanted) = (ask_for(&world, "Sam"), ask_for(&world, "Kim"));
    grant(&world, &ring, 0, real.number).unwrap();
    let granted =
        |number| world.app.store().read(|tx| Ok::<_, Refusal>(tx.asked_act(number)?)).unwrap().unwrap();
    let write =
        |act: &AskedAct| world.app.store().write(|tx| Ok::<_, Refusal>(tx.put_asked_act(act)?)).unwrap();
    // A signature from another act; then its parameters changed behind its back.
    write(&AskedAct { granted: granted(real.number).granted, ..wanted.clone() });
    assert_eq!(code(add(&world, "Kim")), "second.unproven");
    write(&AskedAct { parameters: wanted.parameters.clone(), ..granted(real.number) });
    assert_eq!(code(add(&world, "Kim")), "second.unproven");
    // A grant given back after it was used is in the ledger twice.
    let mut again = granted(real.number);
    again.parameters = real.parameters.clone();
    write(&again);
    add(&world, "Sam").unwrap();
    assert!(verify(&world.app, &Actor::operator()).unwrap().holds());
}

#[test]
fn who_loses_the_seat_or_the_key_has_granted_nothing() {
    let world = World::signed(CHARTER);
    let ring = Ring::founded(&world);
    let asked = ask_for(&world, "Sam");
    grant(&world, &ring, 0, asked.number).unwrap();
    let key = ring.keys[0].public().id().unwrap();
    ring.act(&world, 0, Intent::WithdrawKey { key }).unwrap();
    assert_eq!(code(add(&world, "Sam")), "second.unproven");
    // What nobody has granted can be asked for again.
    let again = ask_for(&world, "Sam");
    grant(&world, &ring, 2, again.number).unwrap();
    add(&world, "Sam").unwrap();

    let asked = ask_for(&world, "Kim");
    grant(&world, &ring, 1, asked.number).unwrap();
    remove(&world, &ring, 2, 1);
    assert_eq!(code(add(&world, "Kim")), "second.unproven");
    let again = ask_for(&world, "Kim");
    grant(&world, &ring, 2, again.number).unwrap();
    add(&world, "Kim").unwrap();
}

/// `by` grants that `who` is removed.
fn remove(world: &World, ring: &Ring, by: usize, who: usize) {
    let user = user_named(&world.app, &format!("Trustee {who}")).unwrap();
    let act = act_of_changing(&user, &UserChange::remove());
    let asked = ask(&world.app, &Actor::operator(), act, "left the board").unwrap();
    grant(world, ring, by, asked.number).unwrap();
    change_user(&world.app, &Actor::operator(), user.id, &UserChange::remove()).unwrap();
}

#[test]
fn taking_the_second_person_away_does_not_turn_it_off() {
    let world = World::signed(CHARTER);
    let ring = Ring::founded(&world);
    for who in 1..5 {
        let user = user_named(&world.app, &format!("Trustee {who}")).unwrap();
        let alone = change_user(&world.app, &Actor::operator(), user.id, &UserChange::remove());
        assert_eq!(code(alone), "second.needed");
        remove(&world, &ring, 0, who);
    }
    let left = standing(&world.app).unwrap();
    assert_eq!((left.binds, left.granters.len()), (true, 1));
    assert_eq!(code(add(&world, "Sam")), "second.needed");
    // The last one cannot be removed: nobody else could grant it.
    let last = user_named(&world.app, "Trustee 0").unwrap();
    let act = act_of_changing(&last, &UserChange::remove());
    assert_eq!(code(ask(&world.app, &Actor::operator(), act, "left")), "second.nobody");
    // Without any key it still binds.
    let key = ring.keys[0].public().id().unwrap();
    ring.act(&world, 0, Intent::WithdrawKey { key }).unwrap();
    assert_eq!(code(add(&world, "Sam")), "second.nobody");
    assert!(verify(&world.app, &Actor::operator()).unwrap().holds());
}

struct Burnt {
    list: PathBuf,
    backup: PathBuf,
    clock: SetClock,
    _folder: tempfile::TempDir,
}

impl Burnt {
    fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(self.clock.clone())
    }

    fn restore(&self) -> Result<Option<ActNumber>> {
        restore(&self.backup, &self.list, &root(), &self.clock(), Arc::new(SeededChance::new(9)))
            .map(|report| report.alone)
    }

    fn alone(&self, reason: &str) -> Result<Option<ActNumber>> {
        restore_alone(
            &self.backup,
            &self.list,
            &root(),
            &self.clock(),
            Arc::new(SeededChance::new(9)),
            reason,
        )
        .map(|report| report.alone)
    }

    fn open(&self) -> App {
        open(&self.list, &root(), self.clock(), Arc::new(SeededChance::new(11))).unwrap()
    }
}

/// A list of two eyes and more with a backup, whose process has ended.
fn backed_up(world: World, ring: &Ring) -> Burnt {
    let (list, backup) = (world.folder.path().join("list"), world.folder.path().join("backups/first"));
    std::fs::create_dir(backup.parent().unwrap()).unwrap();
    let operator = Actor::operator();
    assert_eq!(code(back_up(&world.app, &operator, &backup)), "second.needed");
    assert!(!backup.exists());
    let asked = ask(&world.app, &operator, act_of_backing_up(&backup).unwrap(), "every night").unwrap();
    grant(&world, ring, 0, asked.number).unwrap();
    back_up(&world.app, &operator, &backup).unwrap();
    // The grant stands: backups are taken at night. It is for that folder, and it ends.
    back_up(&world.app, &operator, &backup.with_file_name("second")).unwrap();
    assert_eq!(code(back_up(&world.app, &operator, &world.folder.path().join("third"))), "second.other");
    let World { clock, folder, app, .. } = world;
    drop(app);
    Burnt { list, backup, clock, _folder: folder }
}

#[test]
fn a_restore_over_a_list_needs_a_grant_of_exactly_that_backup() {
    let world = World::signed(CHARTER);
    let ring = Ring::founded(&world);
    let trustees = world.trustees.clone();
    let burnt = backed_up(world, &ring);
    let before = burnt.open();
    let operator = Actor::operator();
    let asked = ask(&before, &operator, act_of_restoring(&burnt.backup).unwrap(), "a bad import").unwrap();
    drop(before);
    assert_eq!(code(burnt.restore()), "second.waiting");
    let app = burnt.open();
    let prepared =
        hustings_app::board::prepare(&app, &trustees[3], Intent::Grant { act: asked.number }).unwrap();
    let by = Ring::by(&ring.keys[3], &prepared);
    hustings_app::board::submit(&app, &trustees[3], prepared.hash, by).unwrap();
    drop(app);
    let other = Burnt {
        backup: burnt.backup.with_file_name("second"),
        ..Burnt {
            _folder: tempfile::tempdir().unwrap(),
            list: burnt.list.clone(),
            backup: PathBuf::new(),
            clock: burnt.clock.clone(),
        }
    };
    assert_eq!(code(other.restore()), "second.other");
    assert_eq!(burnt.restore().unwrap(), None);
    // Used on the restored list too, though the backup knows nothing of it.
    assert_eq!(code(burnt.restore()), "second.used");
    let app = burnt.open();
    let verified = verify(&app, &operator).unwrap();
    assert!(verified.holds(), "{verified:?}");
}

#[test]
fn an_emergency_restores_alone_and_every_trustee_is_told_until_the_board_confirms_it() {
    let world = World::signed(CHARTER);
    let ring = Ring::founded(&world);
    let trustees = world.trustees.clone();
    let burnt = backed_up(world, &ring);
    std::fs::remove_dir_all(&burnt.list).unwrap();
    assert_eq!(code(burnt.restore()), "second.needed");
    assert_eq!(code(burnt.alone(" ")), "second.reason");
    assert!(!burnt.list.exists(), "nothing was made");
    let number = burnt.alone("the machine burnt at night").unwrap().expect("it was done alone");
    let app = burnt.open();
    assert_eq!(unconfirmed(&app).unwrap().len(), 1);
    let told = notices(&app).unwrap();
    assert_eq!((told.len(), told.iter().all(|notice| notice.alone)), (5, true));
    let alarms = app.store().read(|tx| Ok::<_, Refusal>(tx.alarms(5)?)).unwrap();
    assert_eq!(alarms[0].kind, "broken-glass");
    let findings = || verify(&app, &Actor::operator()).unwrap().audit.findings;
    assert_eq!(findings().len(), 1);
    // Three votes from two wings decide on this board; the third to confirm sits in the other wing.
    for (trustee, open) in [(0, 1), (1, 1), (4, 0)] {
        let prepared =
            hustings_app::board::prepare(&app, &trustees[trustee], Intent::ConfirmAlone { act: number })
                .unwrap();
        let by = Ring::by(&ring.keys[trustee], &prepared);
        hustings_app::board::submit(&app, &trustees[trustee], prepared.hash, by).unwrap();
        assert_eq!(unconfirmed(&app).unwrap().len(), open);
    }
    assert_eq!(findings(), []);
    let twice = hustings_app::board::prepare(&app, &trustees[0], Intent::ConfirmAlone { act: number });
    assert_eq!(code(twice), "second.over");
}
