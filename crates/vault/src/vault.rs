//! The vault: root key, key-encryption keys by epoch, one random key per person. It makes and opens person keys
//! and rotates epochs; it writes nothing. Cloning shares the prepared keys.

mod person_key;

pub use person_key::{Context, PersonKey, WrappedKey};

use crate::blind::BlindKeys;
use crate::cipher::{CipherKey, gather};
use crate::header::{Base64, Body, FORMAT, Header, RootSource, WrappedEpoch};
use crate::root::{Argon2Cost, RootSecret};
use crate::secrets::{Derivation, ROOMS};
use aws_lc_rs::hmac;
use hustings_domain::chance::Rng;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Why the vault refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The header is whole, and this secret is not its root.
    #[error("this passphrase or key does not open the vault")]
    WrongRoot,
    /// The secret is of another kind than the one the vault was made with.
    #[error("this vault opens with a {wants}, and a {given} was given")]
    OtherKindOfRoot {
        /// What the header asks for.
        wants: &'static str,
        /// What came.
        given: &'static str,
    },
    /// The header was altered or cut.
    #[error("the vault's header is damaged: {0}")]
    Damaged(&'static str),
    /// Written by a newer version.
    #[error("the vault's header has format `{0}`, and this version reads format `1`")]
    UnknownFormat(u32),
    /// Argon2 would cost too little or too much.
    #[error(
        "the cost of the passphrase is out of range: 8 to 1048576 KiB (8 per lane), 1 to 64 passes, 1 to 16 lanes"
    )]
    BadCost,
    /// The epoch was retired, or never was: what it wrapped is unreadable for ever.
    #[error("no key of epoch `{0}` is held: it was retired, or the header is older than the data")]
    NoSuchEpoch(u32),
    /// New keys are wrapped under it.
    #[error("epoch `{0}` is the current one: rotate before retiring it")]
    CurrentEpoch(u32),
    /// The bytes were altered, or belong to another person, row or column.
    #[error("the sealed bytes do not belong here or were altered")]
    Unreadable,
    /// The cryptographic library failed on input it must take.
    #[error("the cryptographic library refused")]
    Cipher,
}

/// What the root key serves for: wrapping, and authenticating the header.
struct RootKeys {
    wrap: CipherKey,
    mac: hmac::Key,
}

impl RootKeys {
    fn of(root: &[u8; 32]) -> Self {
        let root = Derivation::of(root);
        Self {
            wrap: CipherKey::gcm_siv(&root.expand("hustings/vault/root/v1/", "wrap")),
            mac: root.hmac_key("hustings/vault/root/v1/", "header"),
        }
    }

    fn wrap(
        &self,
        name: &str,
        epoch: u32,
        key: &[u8; 32],
        rng: &mut dyn Rng,
    ) -> Result<Base64<60>, VaultError> {
        let mut nonce = [0; 12];
        rng.fill(&mut nonce);
        self.wrap.wrap(nonce, &slot(name, epoch), key).map(Base64).map_err(|_| VaultError::Cipher)
    }

    fn seal(&self, vault: Body) -> Result<Header, VaultError> {
        let checksum = vault.hash()?;
        let mac = Base64(gather(hmac::sign(&self.mac, &checksum.0).as_ref().iter()));
        Ok(Header { vault, checksum, mac })
    }
}

/// What a wrap under the root key is for, so that no wrap can stand in for another.
fn slot(name: &str, epoch: u32) -> Vec<u8> {
    [b"hustings/vault/slot/v1/", name.as_bytes(), &epoch.to_be_bytes()].concat()
}

const MASTER: &str = "master";
const EPOCH: &str = "epoch";

/// An open vault: `Send`, `Sync`, and cheap to clone or to share by `Arc`.
#[derive(Clone)]
pub struct Vault {
    root: Arc<RootKeys>,
    body: Body,
    epochs: BTreeMap<u32, Arc<CipherKey>>,
    current: (u32, Arc<CipherKey>),
    master: Arc<Derivation>,
    blind: Arc<BlindKeys>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("epochs", &self.epochs()).finish_non_exhaustive()
    }
}

impl Vault {
    /// A new vault with one epoch, and the header to keep beside the data.
    pub fn create(root: &RootSecret, rng: &mut dyn Rng) -> Result<(Self, Header), VaultError> {
        Self::create_with_cost(root, Argon2Cost::default(), rng)
    }

    /// As [`Vault::create`], with another cost for guessing a passphrase (other roots ignore it).
    pub fn create_with_cost(
        root: &RootSecret,
        cost: Argon2Cost,
        rng: &mut dyn Rng,
    ) -> Result<(Self, Header), VaultError> {
        let (root_key, source) = root.found(cost, rng)?;
        let keys = RootKeys::of(&root_key);
        let mut secret = Zeroizing::new([0; 32]);
        rng.fill(secret.as_mut_slice());
        let master = keys.wrap(MASTER, 0, &secret, rng)?;
        rng.fill(secret.as_mut_slice());
        let key = keys.wrap(EPOCH, 1, &secret, rng)?;
        let epochs = vec![WrappedEpoch { epoch: 1, key }];
        let header = keys.seal(Body { format: FORMAT, root: source, master, epochs })?;
        let vault = Self::unlock(&header, keys)?;
        Ok((vault, header))
    }

    /// Opens the vault of `header`. [`VaultError::WrongRoot`] means that another secret may open it;
    /// [`VaultError::Damaged`] that none will, so fetch the header from a backup.
    pub fn open(header: &Header, root: &RootSecret) -> Result<Self, VaultError> {
        header.check()?;
        let root_key = root.recover(&header.vault.root)?;
        Self::unlock(header, RootKeys::of(&root_key))
    }

    fn unlock(header: &Header, root: RootKeys) -> Result<Self, VaultError> {
        let body = header.vault.clone();
        let master = root.wrap.unwrap(&slot(MASTER, 0), &body.master.0).map_err(|_| VaultError::WrongRoot)?;
        hmac::verify(&root.mac, &header.checksum.0, &header.mac.0)
            .map_err(|_| VaultError::Damaged("the header was altered by someone without the root key"))?;
        let mut epochs = BTreeMap::new();
        for wrapped in &body.epochs {
            let key = root
                .wrap
                .unwrap(&slot(EPOCH, wrapped.epoch), &wrapped.key.0)
                .map_err(|_| VaultError::Damaged("the key of an epoch does not unwrap"))?;
            epochs.insert(wrapped.epoch, Arc::new(CipherKey::gcm_siv(&key)));
        }
        let current = epochs
            .last_key_value()
            .map(|(epoch, key)| (*epoch, Arc::clone(key)))
            .ok_or(VaultError::Damaged("the header holds no epoch"))?;
        let master = Derivation::of(master.as_slice());
        let blind = Arc::new(BlindKeys::derive(&master));
        Ok(Self { root: Arc::new(root), body, epochs, current, master: Arc::new(master), blind })
    }

    /// 32 secret bytes for one named purpose of another room: HKDF-SHA256 (RFC 5869) of the master secret.
    /// The same for the life of the vault, whatever epoch or root.
    pub fn secret(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        self.master.expand(ROOMS, purpose)
    }

    /// The epoch under which new person keys are wrapped.
    pub const fn current_epoch(&self) -> u32 {
        self.current.0
    }

    /// The epochs held, in ascending order.
    pub fn epochs(&self) -> Vec<u32> {
        self.epochs.keys().copied().collect()
    }

    /// Starts a new epoch. Write the header before using this vault: rotate a clone, write, then swap it in.
    pub fn rotate(&mut self, rng: &mut dyn Rng) -> Result<Header, VaultError> {
        let epoch = self.current.0.checked_add(1).ok_or(VaultError::Damaged("epoch numbers are used up"))?;
        let mut secret = Zeroizing::new([0; 32]);
        rng.fill(secret.as_mut_slice());
        let key = self.root.wrap(EPOCH, epoch, &secret, rng)?;
        let mut body = self.body.clone();
        body.epochs.push(WrappedEpoch { epoch, key });
        let header = self.root.seal(body)?;
        let prepared = Arc::new(CipherKey::gcm_siv(&secret));
        self.epochs.insert(epoch, Arc::clone(&prepared));
        self.current = (epoch, prepared);
        self.body = header.vault.clone();
        Ok(header)
    }

    /// Drops an epoch's key. What is wrapped under it, here or in a backup, is unreadable for ever once every
    /// older header is gone too; rewrap the living first.
    pub fn retire_epoch(&mut self, epoch: u32) -> Result<Header, VaultError> {
        if epoch == self.current.0 {
            return Err(VaultError::CurrentEpoch(epoch));
        }
        if !self.epochs.contains_key(&epoch) {
            return Err(VaultError::NoSuchEpoch(epoch));
        }
        let mut body = self.body.clone();
        body.epochs.retain(|wrapped| wrapped.epoch != epoch);
        let header = self.root.seal(body)?;
        self.epochs.remove(&epoch);
        self.body = header.vault.clone();
        Ok(header)
    }

    /// Puts the vault under another root secret; nothing else changes, no person key needs rewrapping. An old
    /// header still opens with the old root: if that leaked, rotate and retire as well.
    pub fn change_root(
        &mut self,
        root: &RootSecret,
        cost: Argon2Cost,
        rng: &mut dyn Rng,
    ) -> Result<Header, VaultError> {
        let (root_key, source) = root.found(cost, rng)?;
        let keys = RootKeys::of(&root_key);
        let header = self.body.rewrapped(source, &self.root, &keys, rng)?;
        self.body = header.vault.clone();
        self.root = Arc::new(keys);
        Ok(header)
    }

    pub(crate) fn blind_keys(&self) -> &BlindKeys {
        &self.blind
    }
}

impl Body {
    fn rewrapped(
        &self,
        root: RootSource,
        old: &RootKeys,
        new: &RootKeys,
        rng: &mut dyn Rng,
    ) -> Result<Header, VaultError> {
        let mut move_key = |name: &str, epoch: u32, wrapped: &Base64<60>| {
            let key = old.wrap.unwrap(&slot(name, epoch), &wrapped.0).map_err(|_| VaultError::Cipher)?;
            new.wrap(name, epoch, &key, rng)
        };
        let master = move_key(MASTER, 0, &self.master)?;
        let epochs = self
            .epochs
            .iter()
            .map(|wrapped| {
                let key = move_key(EPOCH, wrapped.epoch, &wrapped.key)?;
                Ok(WrappedEpoch { epoch: wrapped.epoch, key })
            })
            .collect::<Result<_, VaultError>>()?;
        new.seal(Body { format: FORMAT, root, master, epochs })
    }
}
