//! Codes and signed links that nobody can guess: derived from the installation's key, so that a turn that runs twice makes
//! the same ones.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Letters of a code: no vowels, so that none spells a word, and nothing that is mistaken for another.
const LETTERS: &[u8; 32] = b"23456789bcdfghjkmnpqrstvwxzBCDFG";
/// Letters of a short link's code: 65 bits.
const CODE_LETTERS: usize = 13;

/// Makes codes and signatures. `Debug` shows nothing of its key.
#[derive(Clone)]
pub struct Signer([u8; 32]);

impl std::fmt::Debug for Signer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Signer")
    }
}

impl Signer {
    /// With a key of its own, derived from the installation's.
    pub const fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    fn digest(&self, what: &str, of: &str) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(what.as_bytes());
        mac.update(b"|");
        mac.update(of.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// The code of a thing: 13 letters, the same each time.
    pub fn code(&self, what: &str, of: &str) -> String {
        let digest = self.digest(what, of);
        digest.iter().take(CODE_LETTERS).map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
    }

    /// A number of four digits, for people to text back.
    pub fn digits(&self, what: &str, of: &str) -> String {
        let digest = self.digest(what, of);
        let raw = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
        format!("{:04}", raw % 10_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_repeat_and_differ_by_thing_and_key() {
        let (ours, other) = (Signer::new([1; 32]), Signer::new([2; 32]));
        let code = ours.code("pay", "dep_1");
        assert_eq!(code, ours.code("pay", "dep_1"));
        assert_eq!(code.len(), CODE_LETTERS);
        assert!(code != ours.code("pay", "dep_2") && code != ours.code("staff", "dep_1"));
        assert_ne!(code, other.code("pay", "dep_1"));
        assert_eq!(ours.digits("staff", "x").len(), 4);
        assert_eq!(format!("{ours:?}"), "Signer");
    }
}
