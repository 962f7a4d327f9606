//! The trace key: an X25519 key whose private half exists only as Shamir shares among the trustees, and sealing to its
//! public half (ephemeral X25519, HMAC-SHA256 as key derivation, AES-256-GCM). Keeps no share.

use crate::prf::Prf;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{PrivateKey, UnparsedPublicKey, X25519, agree};
use blahaj::Sharks;
use data_encoding::{BASE32_NOPAD, HEXLOWER};
use hustings_domain::canonical::{ContentHash, sha256};
use hustings_domain::chance::Rng;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use std::collections::BTreeMap;
use std::fmt;
use zeroize::Zeroizing;

/// The most shares.
pub const MOST_SHARES: u8 = 50;
/// The longest file of a share, in bytes.
pub const LONGEST_SHARE: usize = 4_096;

const LABEL: &[u8] = b"hustings/trace-key/seal/v1";
const HEAD: &str = "hustings trace share v1";

/// Why shares or a sealed text were refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrusteeError {
    /// Numbers that make no threshold.
    #[error(
        "{needs} of {of} is no threshold: at least 2 must be needed, and no more than there are (50 at most)"
    )]
    Threshold {
        /// How many shares.
        of: u8,
        /// How many of them open.
        needs: u8,
    },
    /// The text is no share.
    #[error("this is no share of a trace key: {0}")]
    NoShare(&'static str),
    /// Too few different shares.
    #[error("{given} different shares were given, and {needs} are needed")]
    TooFew {
        /// Different ones given.
        given: usize,
        /// How many open.
        needs: u8,
    },
    /// Together they make another key.
    #[error("these shares do not make the season's trace key")]
    OtherKey,
    /// A sealed text is damaged, or was sealed to another key.
    #[error("the sealed seeds cannot be opened: they are damaged, or sealed to another key")]
    Crypto,
}

/// One trustee's share, which is a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct TrusteeShare {
    /// Which one, counted from 1.
    pub number: u8,
    bytes: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for TrusteeShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrusteeShare").field("number", &self.number).finish_non_exhaustive()
    }
}

impl TrusteeShare {
    /// What the ledger has of it.
    pub fn hash(&self) -> ContentHash {
        ContentHash(sha256(&[b"hustings/trace-share/v1\0".as_slice(), &self.bytes].concat()))
    }

    /// The text for a file or for paper; `about` are lines for people, which are not read back.
    pub fn to_text(&self, about: &[String]) -> Zeroizing<String> {
        let value = BASE32_NOPAD.encode(&self.bytes);
        let groups: Vec<&str> =
            value.as_bytes().chunks(4).filter_map(|group| std::str::from_utf8(group).ok()).collect();
        let check = self.check();
        let about = about.iter().fold(String::new(), |lines, line| lines + "# " + line + "\n");
        Zeroizing::new(format!("{HEAD}\n{about}share: {}\ncheck: {check}\n", groups.join(" ")))
    }

    fn check(&self) -> String {
        HEXLOWER.encode(self.hash().0.get(..4).unwrap_or_default())
    }

    /// Reads [`Self::to_text`] back, also as it was typed from paper: in any case, with any spaces.
    pub fn parse(text: &str) -> Result<Self, TrusteeError> {
        let no = TrusteeError::NoShare;
        if text.len() > LONGEST_SHARE {
            return Err(no("it is longer than 4,096 bytes"));
        }
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        if lines.next() != Some(HEAD) {
            return Err(no("its first line is not `hustings trace share v1`"));
        }
        let (mut value, mut check) = (None, None);
        for line in lines {
            match line.split_once(':') {
                Some(("share", text)) => value = Some(text),
                Some(("check", text)) => check = Some(text.trim().to_lowercase()),
                _ => return Err(no("it has a line that is neither `share:` nor `check:`")),
            }
        }
        let value: String = value
            .ok_or(no("its line `share:` is missing"))?
            .chars()
            .filter(|letter| !letter.is_whitespace())
            .collect::<String>()
            .to_uppercase();
        let bytes = BASE32_NOPAD.decode(value.as_bytes()).map_err(|_| no("a letter of it is wrong"))?;
        let (Some(number), 33) = (bytes.first().copied(), bytes.len()) else {
            return Err(no("its line `share:` is too short or too long"));
        };
        let share = Self { number, bytes: Zeroizing::new(bytes) };
        if number == 0 || check.as_deref() != Some(share.check().as_str()) {
            return Err(no("it does not fit its line `check:`: a letter is wrong"));
        }
        Ok(share)
    }
}

/// Draws a trace key, gives its public half and `of` shares of which any `needs` open it, and forgets it.
pub fn split(of: u8, needs: u8, rng: &mut dyn Rng) -> Result<([u8; 32], Vec<TrusteeShare>), TrusteeError> {
    if needs < 2 || needs > of || of > MOST_SHARES {
        return Err(TrusteeError::Threshold { of, needs });
    }
    let mut private = Zeroizing::new([0; 32]);
    rng.fill(private.as_mut_slice());
    let public = public_of(&private)?;
    let mut seed = Zeroizing::new([0; 32]);
    rng.fill(seed.as_mut_slice());
    let mut dealer = ChaCha20Rng::from_seed(*seed);
    let shares = Sharks(needs)
        .dealer_rng(private.as_slice(), &mut dealer)
        .take(usize::from(of))
        .zip(1..=of)
        .map(|(share, number)| TrusteeShare { number, bytes: Zeroizing::new(Vec::from(&share)) })
        .collect();
    Ok((public, shares))
}

fn public_of(private: &[u8; 32]) -> Result<[u8; 32], TrusteeError> {
    let key = PrivateKey::from_private_key(&X25519, private).map_err(|_| TrusteeError::Crypto)?;
    let public = key.compute_public_key().map_err(|_| TrusteeError::Crypto)?;
    public.as_ref().try_into().map_err(|_| TrusteeError::Crypto)
}

/// The private half, put together for one trace. Wiped when it is dropped.
pub struct TraceKey(Zeroizing<[u8; 32]>);

impl fmt::Debug for TraceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TraceKey(..)")
    }
}

impl TraceKey {
    /// Puts `needs` or more shares together; they must make the key of the public half `public`.
    pub fn from_shares(needs: u8, shares: &[TrusteeShare], public: &[u8; 32]) -> Result<Self, TrusteeError> {
        let different: BTreeMap<u8, &TrusteeShare> =
            shares.iter().map(|share| (share.number, share)).collect();
        if different.len() < usize::from(needs) {
            return Err(TrusteeError::TooFew { given: different.len(), needs });
        }
        let read: Result<Vec<blahaj::Share>, _> =
            different.values().map(|share| blahaj::Share::try_from(share.bytes.as_slice())).collect();
        let read = read.map_err(TrusteeError::NoShare)?;
        let secret = Sharks(needs).recover(&read).map(Zeroizing::new).map_err(|_| TrusteeError::OtherKey)?;
        let private: [u8; 32] = secret.as_slice().try_into().map_err(|_| TrusteeError::OtherKey)?;
        let key = Self(Zeroizing::new(private));
        if public_of(&key.0)? == *public { Ok(key) } else { Err(TrusteeError::OtherKey) }
    }

    pub(crate) fn open(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, TrusteeError> {
        let (sender, body) = sealed.split_first_chunk::<32>().ok_or(TrusteeError::Crypto)?;
        let key = box_key(&self.0, sender, sender, &public_of(&self.0)?)?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = key
            .open_in_place(Nonce::assume_unique_for_key([0; 12]), Aad::from(LABEL), &mut body)
            .map_err(|_| TrusteeError::Crypto)?
            .len();
        body.truncate(length);
        Ok(body)
    }
}

/// Seals to a public half: 32 bytes of an ephemeral public key, the ciphertext, 16 bytes of tag.
pub(crate) fn seal(to: &[u8; 32], plain: &[u8], rng: &mut dyn Rng) -> Result<Vec<u8>, TrusteeError> {
    let mut ephemeral = Zeroizing::new([0; 32]);
    rng.fill(ephemeral.as_mut_slice());
    let sender = public_of(&ephemeral)?;
    let mut body = plain.to_vec();
    // The key is of this box alone, so its nonce may be fixed.
    box_key(&ephemeral, to, &sender, to)?
        .seal_in_place_append_tag(Nonce::assume_unique_for_key([0; 12]), Aad::from(LABEL), &mut body)
        .map_err(|_| TrusteeError::Crypto)?;
    Ok([sender.as_slice(), &body].concat())
}

/// The key of one box: from the agreed secret, bound to both public halves.
fn box_key(
    private: &[u8; 32],
    peer: &[u8; 32],
    sender: &[u8; 32],
    receiver: &[u8; 32],
) -> Result<LessSafeKey, TrusteeError> {
    let private = PrivateKey::from_private_key(&X25519, private).map_err(|_| TrusteeError::Crypto)?;
    let peer = UnparsedPublicKey::new(&X25519, peer);
    let agreed = agree(&private, peer, TrusteeError::Crypto, |secret| {
        let secret: [u8; 32] = secret.try_into().map_err(|_| TrusteeError::Crypto)?;
        Ok(Zeroizing::new(Prf::new(&secret).bytes(&[LABEL, sender, receiver])))
    })?;
    UnboundKey::new(&AES_256_GCM, agreed.as_slice()).map(LessSafeKey::new).map_err(|_| TrusteeError::Crypto)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hustings_domain::chance::SeededRng;

    #[test]
    fn any_three_of_five_open_and_two_do_not() {
        let mut rng = SeededRng::new(9);
        let (public, shares) = split(5, 3, &mut rng).unwrap();
        let sealed = seal(&public, b"the seeds", &mut rng).unwrap();
        for pick in [[0, 1, 2], [4, 2, 0], [1, 3, 4]] {
            let some: Vec<_> = pick.iter().map(|i| shares[*i].clone()).collect();
            let key = TraceKey::from_shares(3, &some, &public).unwrap();
            assert_eq!(key.open(&sealed).unwrap().as_slice(), b"the seeds");
        }
        let twice = [shares[0].clone(), shares[1].clone(), shares[0].clone()];
        let refused = TraceKey::from_shares(3, &twice, &public).unwrap_err();
        assert_eq!(refused, TrusteeError::TooFew { given: 2, needs: 3 });
        // Whoever lowers the number needed gets another key, and not this one.
        assert_eq!(TraceKey::from_shares(2, &twice, &public).unwrap_err(), TrusteeError::OtherKey);
        let (_, others) = split(5, 3, &mut rng).unwrap();
        let mixed = [shares[0].clone(), shares[1].clone(), others[2].clone()];
        assert_eq!(TraceKey::from_shares(3, &mixed, &public).unwrap_err(), TrusteeError::OtherKey);
    }

    #[test]
    fn a_share_goes_to_paper_and_back() {
        let (_, shares) = split(3, 2, &mut SeededRng::new(1)).unwrap();
        let text = shares[1].to_text(&["share 2 of 3".to_owned()]);
        assert_eq!(TrusteeShare::parse(&text).unwrap(), shares[1]);
        let typed = text.lines().map(|line| match line.strip_prefix("share: ") {
            Some(value) => format!("share:{}", value.to_lowercase().replace(' ', "  ")),
            None => line.to_owned(),
        });
        assert_eq!(TrusteeShare::parse(&typed.collect::<Vec<_>>().join("\r\n")).unwrap(), shares[1]);
        let wrong = text.replacen("share: A", "share: B", 1);
        assert_eq!(wrong == *text, TrusteeShare::parse(&wrong).is_ok());
        for text in ["", "hello", "hustings trace share v1\nshare: AAAA\ncheck: 00000000", &"x".repeat(5_000)]
        {
            assert!(matches!(TrusteeShare::parse(text), Err(TrusteeError::NoShare(_))));
        }
        for (of, needs) in [(1, 1), (5, 1), (3, 4), (51, 3)] {
            assert!(split(of, needs, &mut SeededRng::new(1)).is_err());
        }
    }
}
