//! Encryption at rest: AES-256-GCM-SIV with a key per organisation, derived from the installation's master key.
//!
//! A sealed value is `version (1) · key fingerprint (4) · nonce (12) · ciphertext and tag`. The additional data is
//! `table/column/row`, so a value moved to another row does not open.

use aes_gcm_siv::aead::{Aead, KeyInit, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Mutex;

use frontdesk_domain::consent::ContactPoint;
use frontdesk_domain::ids::OrgId;
use frontdesk_ports::store::StoreError;

const VERSION: u8 = 1;
const HEADER: usize = 17;

/// The installation's key. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct MasterKey([u8; 32]);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("MasterKey")
    }
}

impl MasterKey {
    /// From 32 bytes of base64.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text.trim()).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// A fresh one.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// As 32 bytes of base64, for the key file.
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0)
    }

    /// The key of codes and signed links, which opens nothing that is stored.
    pub fn link_key(&self) -> [u8; 32] {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(b"frontdesk link key v1");
        mac.finalize().into_bytes().into()
    }

    /// What tells keys apart without telling the key.
    pub fn fingerprint(&self) -> [u8; 4] {
        let digest = Sha256::digest(self.0);
        [digest[0], digest[1], digest[2], digest[3]]
    }
}

/// Seals and opens values.
pub(crate) struct Keys {
    master: MasterKey,
    ciphers: Mutex<HashMap<u128, Aes256GcmSiv>>,
}

impl Keys {
    pub(crate) fn new(master: MasterKey) -> Self {
        Self { master, ciphers: Mutex::new(HashMap::new()) }
    }

    pub(crate) fn fingerprint(&self) -> [u8; 4] {
        self.master.fingerprint()
    }

    fn cipher(&self, org: Option<OrgId>) -> Aes256GcmSiv {
        let raw = org.map_or(0, OrgId::raw);
        let mut ciphers = self.ciphers.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        ciphers
            .entry(raw)
            .or_insert_with(|| {
                let mut mac =
                    <Hmac<Sha256> as KeyInit>::new_from_slice(&self.master.0).expect("HMAC takes keys of any length");
                mac.update(b"frontdesk data key v1");
                mac.update(&raw.to_be_bytes());
                let key = mac.finalize().into_bytes();
                Aes256GcmSiv::new_from_slice(&key).expect("SHA-256 gives 32 bytes")
            })
            .clone()
    }

    /// What finds an address again without telling it: a hash under a key of the organisation.
    pub(crate) fn hash(&self, org: Option<OrgId>, point: &ContactPoint) -> Vec<u8> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.master.0).expect("HMAC takes keys of any length");
        mac.update(b"frontdesk address key v1");
        mac.update(&org.map_or(0, OrgId::raw).to_be_bytes());
        let key = mac.finalize().into_bytes();
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&key).expect("HMAC takes keys of any length");
        mac.update(point.expose().as_bytes());
        mac.finalize().into_bytes().to_vec()
    }

    pub(crate) fn seal(&self, org: Option<OrgId>, place: &str, text: &str) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0_u8; 12];
        getrandom::fill(&mut nonce).map_err(|_| StoreError::Corrupt("no randomness"))?;
        let payload = Payload { msg: text.as_bytes(), aad: place.as_bytes() };
        let sealed = self
            .cipher(org)
            .encrypt(&Nonce::from(nonce), payload)
            .map_err(|_| StoreError::Corrupt("sealing failed"))?;
        let mut out = Vec::with_capacity(HEADER + sealed.len());
        out.push(VERSION);
        out.extend(self.master.fingerprint());
        out.extend(nonce);
        out.extend(sealed);
        Ok(out)
    }

    pub(crate) fn open(&self, org: Option<OrgId>, place: &str, sealed: &[u8]) -> Result<String, StoreError> {
        if sealed.len() < HEADER || sealed[0] != VERSION {
            return Err(StoreError::Corrupt("unknown form of encryption"));
        }
        if sealed[1..5] != self.master.fingerprint() {
            return Err(StoreError::Corrupt("sealed under another master key"));
        }
        let nonce: [u8; 12] = sealed[5..HEADER].try_into().map_err(|_| StoreError::Corrupt("nonce"))?;
        let payload = Payload { msg: &sealed[HEADER..], aad: place.as_bytes() };
        let plain = self
            .cipher(org)
            .decrypt(&Nonce::from(nonce), payload)
            .map_err(|_| StoreError::Corrupt("a sealed value does not open"))?;
        String::from_utf8(plain).map_err(|_| StoreError::Corrupt("a sealed value is no text"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_opens_only_with_its_key_in_its_place() {
        let keys = Keys::new(MasterKey::generate().unwrap());
        let (ours, other) = (Some(OrgId::from_raw(1)), Some(OrgId::from_raw(2)));
        let sealed = keys.seal(ours, "message/body/1", "hello").unwrap();
        assert!(!sealed.windows(5).any(|w| w == b"hello"));
        assert_eq!(keys.open(ours, "message/body/1", &sealed).unwrap(), "hello");
        assert!(keys.open(ours, "message/body/2", &sealed).is_err());
        assert!(keys.open(other, "message/body/1", &sealed).is_err());
        let point = ContactPoint::email("A@x.example");
        assert_eq!(keys.hash(ours, &point), keys.hash(ours, &ContactPoint::email("a@x.example ")));
        assert_ne!(keys.hash(ours, &point), keys.hash(other, &point), "organisations cannot compare");
        let stranger = Keys::new(MasterKey::generate().unwrap());
        assert!(stranger.open(ours, "message/body/1", &sealed).is_err());
    }
}
