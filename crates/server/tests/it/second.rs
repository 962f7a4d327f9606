//! What nobody does alone, over HTTP: the forms ask, a trustee reads exactly what and signs, the asker does it once; and
//! what everybody can read of it.

use super::world::{Actors, World};
use hustings_app::board::{Intent, SignedBy, prepare, submit};
use hustings_app::{Refusal, access};
use hustings_domain::access::{Actor, Role};
use hustings_domain::statement::{Proof, Statement};
use hustings_signet::FileKey;

/// A key for each trustee, confirmed in a ring; the one of the trustee who logs in here comes back.
fn founded(world: &World) -> FileKey {
    let users = access::users(&world.app, &Actor::operator()).unwrap();
    let board: Vec<Actor> = users
        .into_iter()
        .filter(|user| user.roles.contains(&Role::Trustee))
        .map(|user| Actor {
            user: Some(user.id),
            roles: user.roles,
            wing: user.wing,
            borrower: None,
            through: None,
        })
        .collect();
    let mut rng = world.app.rng("keys");
    let keys: Vec<FileKey> = board.iter().map(|_| FileKey::new(&mut *rng).unwrap()).collect();
    let act = |by: usize, intent: Intent| {
        let prepared = prepare(&world.app, &board[by], intent).unwrap();
        let by_key = SignedBy::File { signature: signature(&keys[by], &prepared.statement) };
        submit(&world.app, &board[by], prepared.hash, by_key).unwrap();
    };
    for (by, key) in keys.iter().enumerate() {
        act(by, Intent::RegisterFileKey { label: "laptop".to_owned(), public: key.public() });
    }
    for by in 0..keys.len() {
        act(by, Intent::ConfirmKey { key: keys[(by + 1) % keys.len()].public().id().unwrap() });
    }
    let own = board.iter().position(|actor| actor.user == Some(world.users[&Actors::Trustee])).unwrap();
    keys.into_iter().nth(own).unwrap()
}

fn signature(key: &FileKey, statement: &Statement) -> String {
    match key.sign(statement).unwrap().proof {
        Proof::File { signature } => signature,
        Proof::Passkey { .. } => panic!("a key in a file"),
    }
}

/// Posts what a trustee answers, reads the page that comes back, signs what it shows. Returns what the page said.
async fn answer(world: &World, key: &FileKey, path: &str) -> String {
    let page = world.post(Actors::Trustee, path, "").await;
    assert_eq!(page.status, 200, "{}", page.body);
    let (said, rest) = page.body.split_once("<pre><code>").unwrap();
    let text = rest.split_once("</code></pre>").unwrap().0.replace("&#34;", "\"").replace("&quot;", "\"");
    let statement: Statement = serde_json::from_str(&text).unwrap();
    let form = format!(
        "statement={}&back=/console/acts&signature={}",
        statement.hash().unwrap(),
        signature(key, &statement)
    );
    let signed = world.post(Actors::Trustee, "/console/sign", &form).await;
    assert_eq!((signed.status.as_u16(), signed.location().starts_with("/console/acts")), (303, true));
    said.to_owned()
}

const NEW: &str = "name=Noa+Field&address=noa%40forward.example&role=steward";

#[tokio::test]
async fn the_forms_ask_a_trustee_signs_and_the_asker_does_it_once() {
    let world = World::new();
    let key = founded(&world);
    let alone = world.post(Actors::Administrator, "/console/users", NEW).await;
    assert_eq!(alone.status, 403);
    assert!(
        alone.body.contains("second.needed") || alone.body.contains("nobody does this alone"),
        "{}",
        alone.body
    );
    let asked =
        world.post(Actors::Administrator, "/console/users", &format!("{NEW}&words=we+need+hands")).await;
    assert_eq!((asked.status.as_u16(), asked.location().starts_with("/console/acts")), (303, true));

    let early = world.post(Actors::Administrator, "/console/acts/1/do", "").await;
    assert_eq!(early.status, 403, "nobody has granted it");
    let home = world.get(Actors::Trustee, "/console").await.body;
    assert!(home.contains("Grant or decline A-1"), "{home}");
    let said = answer(&world, &key, "/console/acts/1/grant").await;
    for part in ["You grant exactly this", "noa@forward.example", "we need hands", "steward"] {
        assert!(said.contains(part), "what is granted does not say {part}");
    }
    let acts = world.get(Actors::Administrator, "/console/acts").await.body;
    assert!(acts.contains("Do it now") && acts.contains("Granted by Tia"), "{acts}");
    assert!(
        !world.get(Actors::Steward, "/console/acts").await.body.contains("Do it now"),
        "it is the asker's"
    );
    let done = world.post(Actors::Administrator, "/console/acts/1/do", "").await;
    assert_eq!(done.status, 303, "{}", done.body);
    assert!(access::user_named(&world.app, "Noa Field").is_ok());
    assert_eq!(world.ledger_kinds().iter().filter(|kind| *kind == "act.granted").count(), 1);
    let again = world.post(Actors::Administrator, "/console/acts/1/do", "").await;
    assert!(matches!(again.status.as_u16(), 403 | 409), "{}", again.status);
}

#[tokio::test]
async fn a_role_taken_in_the_console_ends_the_session_and_a_device_is_cut_off_by_one_alone() {
    let world = World::new();
    let key = founded(&world);
    let steward = world.users[&Actors::Steward];
    let (ask, csrf) = world.as_(Actors::Steward);
    let live = || world.request("GET", "/console", ask.clone());
    assert_eq!(live().await.status, 200);
    let path = format!("/console/users/{steward}");
    world.post(Actors::Administrator, &path, "role=treasurer&words=other+duties").await;
    assert_eq!(live().await.status, 200, "asked for is not done");
    answer(&world, &key, "/console/acts/1/grant").await;
    assert_eq!(world.post(Actors::Administrator, "/console/acts/1/do", "").await.status, 303);
    assert_eq!(live().await.location(), "/login", "the old session is dead, with its form token {csrf}");

    let (ask, _) = world.as_(Actors::Steward);
    assert_eq!(world.post(Actors::Administrator, &format!("{path}/revoke"), "").await.status, 303);
    assert_eq!(world.request("GET", "/console", ask).await.location(), "/login");
    assert!(!csrf.is_empty());
}

#[tokio::test]
async fn a_copy_is_taken_out_for_its_borrower_with_a_grant_and_fetched_by_itself_without() {
    let world = World::new();
    world.introduced();
    let key = founded(&world);
    let export = "/console/copies/1/export";
    assert_eq!(world.post(Actors::Steward, export, "").await.status, 403);
    assert_eq!(world.post(Actors::Jo, "/desk/copies/1/fetch", "").await.status, 200);
    assert_eq!(world.post(Actors::Steward, export, "words=their+machine+is+down").await.status, 303);
    answer(&world, &key, "/console/acts/1/grant").await;
    let file = world.post(Actors::Steward, export, "").await;
    assert_eq!(file.status, 200);
    assert!(file.body.contains("reference"), "{}", file.body);
    assert_eq!(world.post(Actors::Steward, export, "").await.status, 403, "once");
}

#[tokio::test]
async fn anybody_reads_who_acts_alone_and_what_was_done_alone() {
    let world = World::new();
    let powers = world.get(Actors::Nobody, "/powers").await.body;
    assert!(powers.contains("One person still acts alone here"), "{powers}");
    founded(&world);
    let powers = world.get(Actors::Nobody, "/powers").await.body;
    assert!(!powers.contains("One person still acts alone here"));
    for part in [
        "What takes two people",
        "put a backup in the place of the list",
        "With a trustee&#39;s grant",
        "What the administrator could do all the same",
        "It leaves no entry, and nobody sees it.",
    ] {
        assert!(powers.contains(part) || powers.contains(&part.replace("&#39;", "'")), "{part}: {powers}");
    }
    let administrator =
        powers.split("Administrator</h2>").nth(1).unwrap().split("</section>").next().unwrap();
    let (alone, with_another) = administrator.split_once("grant</h3>").unwrap();
    assert!(with_another.contains("<li>take a backup</li>") && !alone.contains("<li>take a backup</li>"));

    // An emergency stands on the public page, without its reason, until it is confirmed.
    assert!(!world.get(Actors::Nobody, "/ledger").await.body.contains("did alone what takes two"));
    let mut act = hustings_app::second::ask(
        &world.app,
        &Actor::operator(),
        hustings_app::folder::act_of_backing_up(std::path::Path::new("/backups/list")).unwrap(),
        "Noa burnt it",
    )
    .unwrap();
    (act.kind, act.alone) = (hustings_domain::guarded::Guarded::Restore, true);
    world.app.store().write(|tx| Ok::<_, Refusal>(tx.put_asked_act(&act)?)).unwrap();
    let public = world.get(Actors::Nobody, "/ledger").await.body;
    assert!(public.contains("did alone what takes two: put a backup in the place of the list"), "{public}");
    assert!(!public.contains("Noa"), "the reason is the trustees'");
    assert!(world.get(Actors::Trustee, "/console").await.body.contains("Look at what was done alone"));
}
