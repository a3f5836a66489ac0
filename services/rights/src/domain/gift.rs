//! Codes that give a plan (X-PAY-5).

use aws_lc_rs::digest;
use sv_kernel::{Entropy, Id, Timestamp};

use super::Plan;

/// What codes are written in: digits and letters that are not taken for one another (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a code: 80 bits, which nobody guesses.
const LENGTH: usize = 16;
/// Characters between hyphens.
const GROUP: usize = 4;

/// A code, as it is kept: without the code itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gift {
    pub(crate) id: Id<Gift>,
    /// Its last characters.
    pub(crate) hint: String,
    pub(crate) note: String,
    pub(crate) plan: Id<Plan>,
    pub(crate) months: u32,
    pub(crate) max_uses: i32,
    pub(crate) used: i32,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) revoked: bool,
    pub(crate) created_at: Timestamp,
}

/// A code that somebody was given. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Code(String);

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(…)")
    }
}

impl Code {
    /// Makes a new one.
    pub(crate) fn random(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; LENGTH];
        entropy.fill(&mut bytes);
        let letters = bytes.map(|byte| char::from(LETTERS[usize::from(byte % 32)]));
        Self(letters.iter().collect())
    }

    /// Reads what somebody typed; `None` where it is no code.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let typed = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let code: String = typed
            .map(|c| match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                c => c,
            })
            .collect();
        let known = |b: u8| LETTERS.contains(&b);
        (code.len() == LENGTH && code.bytes().all(known)).then_some(Self(code))
    }

    /// Returns the code in groups, for people.
    pub(crate) fn shown(&self) -> String {
        let letters: Vec<char> = self.0.chars().collect();
        let groups = letters.chunks(GROUP).map(|group| group.iter().collect());
        groups.collect::<Vec<String>>().join("-")
    }

    /// Returns the last characters.
    pub(crate) fn hint(&self) -> String {
        self.0[LENGTH - GROUP..].to_owned()
    }

    /// Returns by what it is found.
    pub(crate) fn digest(&self) -> Vec<u8> {
        digest::digest(&digest::SHA256, self.0.as_bytes())
            .as_ref()
            .to_vec()
    }
}

#[cfg(test)]
mod tests {
    use sv_kernel::SystemEntropy;

    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = Code::random(&SystemEntropy);
        let shown = code.shown();
        assert_eq!(shown.len(), 19);
        assert!(shown.ends_with(&code.hint()));
        for typed in [
            shown.clone(),
            shown.to_lowercase(),
            shown.replace('-', " "),
            format!(" {} ", shown.replace('0', "o").replace('1', "l")),
        ] {
            assert_eq!(Code::read(&typed), Some(code.clone()), "{typed}");
        }
        for none in [
            "",
            "U",
            "7KQM-D2XR-90FA-WZ3",
            "7KQM-D2XR-90FA-WZ3T0",
            "🎁🎁🎁🎁",
        ] {
            assert_eq!(Code::read(none), None, "{none}");
        }
    }
}
