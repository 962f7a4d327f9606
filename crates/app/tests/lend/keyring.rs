//! A key in a file for each trustee, confirmed as a board does it.

use super::world::World;
use data_encoding::BASE64URL_NOPAD;
use hustings_app::Result;
use hustings_app::board::{Intent, Outcome, Prepared, SignedBy, prepare, submit};
use hustings_domain::access::Actor;
use hustings_domain::statement::Proof;
use hustings_signet::FileKey;

pub(crate) struct Ring {
    pub(crate) keys: Vec<FileKey>,
}

impl Ring {
    /// Five keys that confirm each other in a ring.
    pub(crate) fn founded(world: &World) -> Self {
        let mut rng = world.app.rng("keys");
        let keys: Vec<FileKey> = world.trustees.iter().map(|_| FileKey::new(&mut *rng).unwrap()).collect();
        for (trustee, key) in world.trustees.iter().zip(&keys) {
            Self::register(world, trustee, key, "laptop").unwrap();
        }
        let ring = Self { keys };
        let count = ring.keys.len();
        let mut in_force = 0;
        for by in 0..count {
            let key = ring.keys[(by + 1) % count].public().id().unwrap();
            let Outcome::Done(new) = ring.act(world, by, Intent::ConfirmKey { key }).unwrap() else {
                panic!()
            };
            in_force += new.len();
        }
        assert_eq!(in_force, count, "a ring of confirmations puts every first key in force");
        ring
    }

    pub(crate) fn register(world: &World, trustee: &Actor, key: &FileKey, label: &str) -> Result<Outcome> {
        let intent = Intent::RegisterFileKey { label: label.to_owned(), public: key.public() };
        let prepared = prepare(&world.app, trustee, intent)?;
        submit(&world.app, trustee, prepared.hash, Self::by(key, &prepared))
    }

    pub(crate) fn by(key: &FileKey, prepared: &Prepared) -> SignedBy {
        let Proof::File { signature } = key.sign(&prepared.statement).unwrap().proof else { panic!() };
        assert!(BASE64URL_NOPAD.decode(signature.as_bytes()).is_ok());
        SignedBy::File { signature }
    }

    /// Prepares, signs and hands in.
    pub(crate) fn act(&self, world: &World, trustee: usize, intent: Intent) -> Result<Outcome> {
        let actor = &world.trustees[trustee];
        let prepared = prepare(&world.app, actor, intent)?;
        submit(&world.app, actor, prepared.hash, Self::by(&self.keys[trustee], &prepared))
    }
}
