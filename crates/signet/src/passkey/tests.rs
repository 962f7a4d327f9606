//! Against the published vectors (Web Authentication Level 3, section 16) and an authenticator made of software that
//! can be told to lie.

use super::*;
use crate::check::{Unsound, check};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use hustings_domain::canonical::ContentHash;
use hustings_domain::chance::SeededRng;
use hustings_domain::ids::UserId;
use hustings_domain::statement::{Act, FORM, Proof, Signed, Statement};
use jiff::Timestamp;

const SITE: &str = "https://forward.example";

fn hex(text: &str) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap()
}

/// Section 16.2, none.ES256: its authenticator did not check who it was.
const NONE_CLIENT: &str = "7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a22414d4d507434557878475453746e63647134313759447742466938767049612d7077386f4f755657345441222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73652c22657874726144617461223a22636c69656e74446174614a534f4e206d617920626520657874656e6465642077697468206164646974696f6e616c206669656c647320696e20746865206675747572652c207375636820617320746869733a20426b5165446a646354427258426941774a544c453551227d";
const NONE_ATTESTATION: &str = "a363666d74646e6f6e656761747453746d74a068617574684461746158a4bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b559000000008446ccb9ab1db374750b2367ff6f3a1f0020f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4a5010203262001215820afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61225820930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220";
const NONE_CHALLENGE: &str = "00c30fb78531c464d2b6771dab8d7b603c01162f2fa486bea70f283ae556e130";
/// The same section's packed self attestation: user verified.
const SELF_CLIENT: &str = "7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a2265476e4374334c55745936366b336a506a796e6962506b31716e666644616966715a774c33417032392d55222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73652c22657874726144617461223a22636c69656e74446174614a534f4e206d617920626520657874656e6465642077697468206164646974696f6e616c206669656c647320696e20746865206675747572652c207375636820617320746869733a205539685458764b453255526b4d6e625f307859485667227d";
const SELF_ATTESTATION: &str = "a363666d74667061636b65646761747453746d74a263616c672663736967584630440220067a20754ab925005dbf378097c92120031581c73228d1fb4f5b881bcd7da98302207fc7b147558c7c0eba3af18bd9d121fa3d3a26d17fe3f220272178f473b6006d68617574684461746158a4bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b55d00000000df850e09db6afbdfab51697791506cfc0020455ef34e2043a87db3d4afeb39bbcb6cc32df9347c789a865ecdca129cbef58ca5010203262001215820eb151c8176b225cc651559fecf07af450fd85802046656b34c18f6cf193843c5225820927b8aa427a2be1b8834d233a2d34f61f13bfd44119c325d5896e183fee484f2";

fn of_the_standard(client: &str, attestation: &str, challenge: &[u8]) -> Result<Registered, WebAuthnError> {
    let made = Registration { client_data: hex(client), attestation_object: hex(attestation) };
    verify_registration(&made, challenge.try_into().unwrap(), "https://example.org", "example.org")
}

#[test]
fn the_standards_own_registrations_read_as_it_says() {
    assert_eq!(
        of_the_standard(NONE_CLIENT, NONE_ATTESTATION, &hex(NONE_CHALLENGE)),
        Err(WebAuthnError::NotVerified),
        "this one was made without looking who it was"
    );
    let challenge = BASE64URL_NOPAD.decode(b"eGnCt3LUtY66k3jPjynibPk1qnffDaifqZwL3Ap29-U").unwrap();
    let made = of_the_standard(SELF_CLIENT, SELF_ATTESTATION, &challenge).unwrap();
    assert_eq!(made.public.algorithm, Algorithm::Es256);
    let credential = BASE64URL_NOPAD.decode(made.credential.as_bytes()).unwrap();
    assert_eq!(credential, hex("455ef34e2043a87db3d4afeb39bbcb6cc32df9347c789a865ecdca129cbef58c"));
    let point = BASE64URL_NOPAD.decode(made.public.public.as_bytes()).unwrap();
    assert_eq!(point[1..33], hex("eb151c8176b225cc651559fecf07af450fd85802046656b34c18f6cf193843c5"));
    assert_eq!(made.counter, 0);
    assert_eq!(of_the_standard(SELF_CLIENT, SELF_ATTESTATION, &[0; 32]), Err(WebAuthnError::OtherChallenge));
}

#[test]
fn cut_or_changed_bytes_of_the_standards_registration_never_pass_as_another_key() {
    let challenge = BASE64URL_NOPAD.decode(b"eGnCt3LUtY66k3jPjynibPk1qnffDaifqZwL3Ap29-U").unwrap();
    let whole = hex(SELF_ATTESTATION);
    for end in 0..whole.len() {
        let made = Registration { client_data: hex(SELF_CLIENT), attestation_object: whole[..end].to_vec() };
        let cut = verify_registration(
            &made,
            challenge.as_slice().try_into().unwrap(),
            "https://example.org",
            "example.org",
        );
        assert!(cut.is_err(), "cut at {end}");
    }
}

/// An authenticator and a browser that say what they are told to.
pub(crate) struct Soft {
    key: Key,
    pub(crate) public: PublicKey,
    pub(crate) credential: Vec<u8>,
    pub(crate) counter: u32,
    pub(crate) flags: u8,
    pub(crate) origin: &'static str,
    pub(crate) site: &'static str,
    pub(crate) kind: &'static str,
}

enum Key {
    Es256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl Soft {
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        let random = SystemRandom::new();
        let key = match algorithm {
            Algorithm::Es256 => {
                let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
                Key::Es256(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, made.as_ref()).unwrap())
            }
            Algorithm::Ed25519 => Key::Ed25519(Ed25519KeyPair::generate().unwrap()),
        };
        let bytes = match &key {
            Key::Es256(pair) => pair.public_key().as_ref().to_vec(),
            Key::Ed25519(pair) => pair.public_key().as_ref().to_vec(),
        };
        let public =
            PublicKey { algorithm, public: BASE64URL_NOPAD.encode(&bytes), origin: Some(SITE.to_owned()) };
        Self {
            key,
            public,
            credential: vec![7; 16],
            counter: 1,
            flags: PRESENT | VERIFIED,
            origin: SITE,
            site: "forward.example",
            kind: "webauthn.get",
        }
    }

    fn client_data(&self, kind: &str, challenge: &[u8]) -> Vec<u8> {
        let challenge = BASE64URL_NOPAD.encode(challenge);
        format!(
            r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{}","crossOrigin":false}}"#,
            self.origin
        )
        .into_bytes()
    }

    fn authenticator_data(&self, flags: u8) -> Vec<u8> {
        let mut data = sha256(self.site.as_bytes()).to_vec();
        data.push(flags);
        data.extend_from_slice(&self.counter.to_be_bytes());
        data
    }

    fn registration(&self, challenge: &[u8]) -> Registration {
        let mut data = self.authenticator_data(self.flags | ATTESTED);
        data.extend_from_slice(&[0; 16]);
        data.extend_from_slice(&u16::try_from(self.credential.len()).unwrap().to_be_bytes());
        data.extend_from_slice(&self.credential);
        let bytes = BASE64URL_NOPAD.decode(self.public.public.as_bytes()).unwrap();
        match &self.key {
            Key::Es256(_) => {
                data.extend_from_slice(&hex("a5010203262001215820"));
                data.extend_from_slice(&bytes[1..33]);
                data.extend_from_slice(&hex("225820"));
                data.extend_from_slice(&bytes[33..]);
            }
            Key::Ed25519(_) => {
                data.extend_from_slice(&hex("a4010103272006215820"));
                data.extend_from_slice(&bytes);
            }
        }
        let mut object = hex("a363666d74646e6f6e656761747453746d74a068617574684461746158");
        object.push(u8::try_from(data.len()).unwrap());
        object.extend_from_slice(&data);
        Registration {
            client_data: self.client_data("webauthn.create", challenge),
            attestation_object: object,
        }
    }

    pub(crate) fn sign(&self, statement: &Statement) -> Signed {
        let client_data = self.client_data(self.kind, &statement.hash().unwrap().0);
        let data = self.authenticator_data(self.flags);
        let mut message = data.clone();
        message.extend_from_slice(&sha256(&client_data));
        let signature = match &self.key {
            Key::Es256(pair) => pair.sign(&SystemRandom::new(), &message).unwrap().as_ref().to_vec(),
            Key::Ed25519(pair) => pair.sign(&message).as_ref().to_vec(),
        };
        Signed {
            statement: statement.clone(),
            key: self.public.id().unwrap(),
            proof: Proof::Passkey {
                authenticator_data: BASE64URL_NOPAD.encode(&data),
                client_data: BASE64URL_NOPAD.encode(&client_data),
                signature: BASE64URL_NOPAD.encode(&signature),
            },
        }
    }
}

pub(crate) fn statement() -> Statement {
    Statement {
        form: FORM.to_owned(),
        list: "forward.example/hustings".to_owned(),
        matter: "L-3".to_owned(),
        content: ContentHash([1; 32]),
        act: Act::Approve,
        whom: None,
        seat: None,
        until: None,
        words: None,
        trustee: UserId::new(Timestamp::UNIX_EPOCH, &mut SeededRng::new(1)),
        at: Timestamp::UNIX_EPOCH,
        nonce: "00".repeat(16),
    }
}

#[test]
fn both_kinds_of_passkey_register_and_sign() {
    for algorithm in [Algorithm::Es256, Algorithm::Ed25519] {
        let soft = Soft::new(algorithm);
        let made =
            verify_registration(&soft.registration(&[9; 32]), &[9; 32], SITE, "forward.example").unwrap();
        assert_eq!(made.public, soft.public);
        assert_eq!(made.credential, BASE64URL_NOPAD.encode(&soft.credential));
        assert_eq!(check(&soft.sign(&statement()), &soft.public), Ok(1));
    }
}

/// What the authenticator or the browser is told to say wrongly.
type Lie = fn(&mut Soft);

#[test]
fn what_was_signed_elsewhere_by_nobody_or_for_something_else_is_refused() {
    let lies: [(Lie, WebAuthnError); 6] = [
        (
            |soft| soft.origin = "https://evil.example",
            WebAuthnError::OtherOrigin("https://evil.example".into()),
        ),
        (
            |soft| soft.origin = "http://forward.example",
            WebAuthnError::OtherOrigin("http://forward.example".into()),
        ),
        (|soft| soft.site = "evil.example", WebAuthnError::OtherRelyingParty),
        (|soft| soft.flags = VERIFIED, WebAuthnError::NobodyPresent),
        (|soft| soft.flags = PRESENT, WebAuthnError::NotVerified),
        (|soft| soft.kind = "webauthn.create", WebAuthnError::OtherCeremony),
    ];
    for (lie, expected) in lies {
        let mut soft = Soft::new(Algorithm::Es256);
        lie(&mut soft);
        assert_eq!(check(&soft.sign(&statement()), &soft.public), Err(Unsound::WebAuthn(expected)));
    }
}

#[test]
fn a_signature_is_over_one_statement_by_one_key() {
    let soft = Soft::new(Algorithm::Es256);
    let signed = soft.sign(&statement());
    let mut other_text = signed.clone();
    other_text.statement.content = ContentHash([2; 32]);
    assert_eq!(check(&other_text, &soft.public), Err(Unsound::WebAuthn(WebAuthnError::OtherChallenge)));
    let other = Soft::new(Algorithm::Es256);
    assert_eq!(check(&signed, &other.public), Err(Unsound::OtherKey));
    let mut renamed = signed.clone();
    renamed.key = other.public.id().unwrap();
    assert_eq!(check(&renamed, &other.public), Err(Unsound::Forged));
    let Proof::Passkey { signature, .. } = &signed.proof else { panic!() };
    let as_file = Signed { proof: Proof::File { signature: signature.clone() }, ..signed.clone() };
    assert_eq!(check(&as_file, &soft.public), Err(Unsound::Proof), "a passkey's word in another form");
}

#[test]
fn a_site_has_a_name_that_passkeys_take() {
    assert_eq!(relying_party("https://forward.example"), Some("forward.example"));
    assert_eq!(relying_party("https://forward.example:8443"), Some("forward.example"));
    assert_eq!(relying_party("http://localhost:8470"), Some("localhost"));
    for none in
        ["http://forward.example", "http://127.0.0.1:8470", "https://[::1]", "https://", "forward.example"]
    {
        assert_eq!(relying_party(none), None, "{none}");
    }
}
