//! Whatever changes what somebody may ends everything that spoke for them: sessions, log-in links, tokens; and nobody
//! else's.

use super::keyring::Ring;
use super::world::{CHARTER, World, root};
use hustings_app::access::{
    NewUser, UserChange, actor_of_session, actor_of_token, add_user, ask_for_login, change_user, end_all,
    log_in, login_link, new_token,
};
use hustings_app::board::Intent;
use hustings_app::folder::{back_up, open, restore};
use hustings_app::{App, Kind, SeededChance};
use hustings_domain::access::{Actor, Role};
use hustings_domain::clock::Clock;
use hustings_domain::ids::UserId;
use std::sync::Arc;

/// Everything that can speak for somebody.
struct Voices {
    cookie: String,
    link: String,
    token: String,
}

impl Voices {
    fn of(app: &App, user: UserId) -> Self {
        Self {
            cookie: log_in(app, &login_link(app, user).unwrap()).unwrap().cookie,
            link: login_link(app, user).unwrap(),
            token: new_token(app, &Actor::operator(), user).unwrap(),
        }
    }

    fn assert_live(&self, app: &App) {
        assert!(actor_of_session(app, &self.cookie).unwrap().is_some());
        assert!(actor_of_token(app, &self.token).is_ok());
    }

    fn assert_dead(&self, app: &App, why: &str) {
        assert!(actor_of_session(app, &self.cookie).unwrap().is_none(), "{why}: a session lives");
        assert_eq!(actor_of_token(app, &self.token).unwrap_err().code, "login.token", "{why}: a token lives");
        assert_eq!(log_in(app, &self.link).unwrap_err().code, "login.link", "{why}: a link lives");
    }
}

fn add(world: &World, name: &str, role: Role) -> UserId {
    let new = NewUser {
        name: name.to_owned(),
        email: format!("{name}@forward.example"),
        roles: vec![role],
        wing: (role == Role::Trustee).then(|| "labor".parse().unwrap()),
        borrower: (role == Role::Borrower).then_some(world.candidate.id),
    };
    add_user(&world.app, &Actor::operator(), new).unwrap().user.id
}

#[test]
fn every_change_of_every_actor_ends_what_spoke_for_them_and_for_nobody_else() {
    let world = World::new(0, CHARTER);
    let bystander = add(&world, "bystander", Role::Steward);
    let kept = Voices::of(&world.app, bystander);
    for role in Role::ALL {
        let changes = [
            ("name", UserChange { name: Some(format!("{role} anew")), ..UserChange::default() }),
            ("address", UserChange { email: Some(format!("{role}@new.example")), ..UserChange::default() }),
            (
                "role",
                UserChange {
                    roles: Some(vec![Role::Treasurer, Role::Administrator]),
                    ..UserChange::default()
                },
            ),
            (
                "seat",
                UserChange {
                    roles: Some(vec![Role::Trustee]),
                    wing: Some("climate".parse().unwrap()),
                    ..UserChange::default()
                },
            ),
            ("wing", UserChange { wing: Some("labor".parse().unwrap()), ..UserChange::default() }),
            (
                "borrower",
                UserChange {
                    roles: Some(vec![Role::Borrower]),
                    borrower: Some(world.candidate.id),
                    ..UserChange::default()
                },
            ),
            ("other borrower", UserChange { borrower: Some(world.rival.id), ..UserChange::default() }),
            ("removal", UserChange::remove()),
        ];
        let user = add(&world, role.as_str(), role);
        for (what, change) in changes {
            let voices = Voices::of(&world.app, user);
            voices.assert_live(&world.app);
            match change_user(&world.app, &Actor::operator(), user, &change) {
                Ok(_) => voices.assert_dead(&world.app, &format!("{what} of a {role}")),
                Err(refusal) => panic!("{what} of a {role}: {refusal}"),
            }
        }
        assert_eq!(login_link(&world.app, user).unwrap_err().code, "user.ended");
        assert!(ask_for_login(&world.app, &format!("{role}@new.example")).unwrap().is_none());
    }
    kept.assert_live(&world.app);
    log_in(&world.app, &kept.link).unwrap();
}

#[test]
fn roles_that_must_not_come_together_cannot_be_changed_into() {
    let world = World::new(0, CHARTER);
    let user = add(&world, "sam", Role::Steward);
    let change =
        |change: UserChange| change_user(&world.app, &Actor::operator(), user, &change).unwrap_err().code;
    let roles = |roles: &[Role]| UserChange { roles: Some(roles.to_vec()), ..UserChange::default() };
    assert_eq!(change(roles(&[Role::Trustee])), "user.incomplete", "a trustee without a wing");
    let both = UserChange { wing: Some("labor".parse().unwrap()), ..roles(&[Role::Trustee, Role::Steward]) };
    assert_eq!(change(both), "user.incomplete");
    assert_eq!(change(roles(&[Role::Borrower])), "user.incomplete");
    let taken = UserChange { email: Some("t0@board.example".to_owned()), ..UserChange::default() };
    assert_eq!(change(taken), "user.taken");
    assert_eq!(change(UserChange::default()), "user.same");
    for role in [Role::Steward, Role::Treasurer, Role::Trustee, Role::Borrower] {
        let by = Actor { user: Some(user), roles: vec![role], wing: None, borrower: None, through: None };
        let refused = change_user(&world.app, &by, user, &UserChange::remove()).unwrap_err();
        assert_eq!(refused.kind, Kind::Denied, "{role}");
        assert_eq!(end_all(&world.app, &by, user).unwrap_err().kind, Kind::Denied, "{role}");
    }
    let voices = Voices::of(&world.app, user);
    end_all(&world.app, &Actor::operator(), user).unwrap();
    voices.assert_dead(&world.app, "a lost device");
}

#[test]
fn a_lost_key_and_a_further_key_end_what_spoke_for_their_trustee() {
    let world = World::signed(CHARTER);
    let ring = Ring::founded(&world);
    let (first, other) = (world.trustees[0].user.unwrap(), world.trustees[1].user.unwrap());
    let (lost, kept) = (Voices::of(&world.app, first), Voices::of(&world.app, other));
    let key = ring.keys[0].public().id().unwrap();
    ring.act(&world, 0, Intent::WithdrawKey { key }).unwrap();
    lost.assert_dead(&world.app, "a withdrawn key");
    kept.assert_live(&world.app);

    let before = Voices::of(&world.app, other);
    let new = hustings_signet::FileKey::new(&mut *world.app.rng("new")).unwrap();
    Ring::register(&world, &world.trustees[1], &new, "new laptop").unwrap();
    before.assert_live(&world.app);
    ring.act(&world, 1, Intent::ConfirmKey { key: new.public().id().unwrap() }).unwrap();
    before.assert_dead(&world.app, "a further key in force");
}

#[test]
fn a_restore_gives_nobody_back_what_was_taken_and_nobody_is_logged_in() {
    let world = World::new(0, CHARTER);
    let (taken, kept) = (add(&world, "taken", Role::Steward), add(&world, "kept", Role::Steward));
    let (one, two) = (Voices::of(&world.app, taken), Voices::of(&world.app, kept));
    let (list, file) = (world.folder.path().join("list"), world.folder.path().join("backup"));
    back_up(&world.app, &Actor::operator(), &file).unwrap();
    change_user(&world.app, &Actor::operator(), taken, &UserChange::remove()).unwrap();
    // Their address went to somebody else meanwhile.
    let moved = UserChange { email: Some("elsewhere@forward.example".to_owned()), ..UserChange::default() };
    change_user(&world.app, &Actor::operator(), taken, &moved).unwrap();
    let heir = UserChange { email: Some("taken@forward.example".to_owned()), ..UserChange::default() };
    change_user(&world.app, &Actor::operator(), kept, &heir).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(world.clock.clone());
    drop(world.app);
    restore(&file, &list, &root(), &clock, Arc::new(SeededChance::new(9))).unwrap();
    let app = open(&list, &root(), clock, Arc::new(SeededChance::new(10))).unwrap();
    one.assert_dead(&app, "a restore");
    two.assert_dead(&app, "a restore");
    assert_eq!(login_link(&app, taken).unwrap_err().code, "user.ended");
    let (heir, _) = ask_for_login(&app, "taken@forward.example").unwrap().unwrap();
    assert_eq!(heir.id, kept);
}
