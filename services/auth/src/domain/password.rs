//! Passwords (C21).

use std::fmt;

use aws_lc_rs::hmac;
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use sv_kernel::{Entropy, Error, FieldViolation, Result, is_blank};
use sv_proto::{auth::AuthReason, common::CommonReason};
use unicode_normalization::UnicodeNormalization as _;

use super::About;

/// The fewest characters.
const MIN_CHARS: usize = 8;
/// The most characters.
const MAX_CHARS: usize = 256;
/// The most characters that are compared with what many people choose: those are all shorter.
const COMMON_CHARS: usize = 40;
/// A password that is found among so many guesses is one of the first that anybody tries. The list of
/// those that are used most has 30,000.
const FIRST_GUESSES: u64 = 100_000;
/// What nobody may build a password on, beside their own address.
const OUR_NAMES: [&str; 2] = ["streamverse", "stream verse"];
/// The most bytes that bcrypt takes in.
const BCRYPT_BYTES: usize = 72;

/// A password in composed form (NFC). Never printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Password(String);

/// A password's hash, and how it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PasswordHash {
    pub(crate) scheme: Scheme,
    /// In the form of bcrypt.
    pub(crate) text: String,
}

/// How a hash is made; the numbers are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// `bcrypt(password)`, which takes in 72 bytes.
    Plain = 1,
    /// `bcrypt(base64(HMAC-SHA-384(pepper, password)))`: nothing is cut off, and the tables alone do
    /// not allow guessing.
    Peppered = 2,
}

/// A secret of the installation that goes into every hash. Never printed.
pub(crate) struct Pepper(hmac::Key);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pepper(…)")
    }
}

impl Password {
    /// Takes a password that someone chooses. Fails with `PASSWORD_TOO_SHORT`, `PASSWORD_TOO_LONG`,
    /// `PASSWORD_BLANK` and `VALIDATION_FAILED`. Whether [many choose it](Self::is_common) is another
    /// question.
    pub(crate) fn chosen(text: &str) -> Result<Self> {
        let password: String = text.nfc().collect();
        let length = password.chars().count();
        if length < MIN_CHARS {
            return Err(Error::from(AuthReason::PasswordTooShort).with("min", MIN_CHARS));
        }
        if length > MAX_CHARS {
            return Err(Error::from(AuthReason::PasswordTooLong).with("max", MAX_CHARS));
        }
        if is_blank(&password) {
            return Err(AuthReason::PasswordBlank.into());
        }
        // Nobody types it, and bcrypt by itself could not tell `a` from `a\0a`.
        if password.contains('\0') {
            let violation = FieldViolation {
                field: "password".to_owned(),
                rule: "CONTROL_CHARACTER",
                description: "holds no NUL character".to_owned(),
            };
            return Err(Error::from(CommonReason::ValidationFailed).with_violation(violation));
        }
        Ok(Self(password))
    }

    /// Makes one that nobody has ever seen.
    pub(crate) fn random(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; 32];
        entropy.fill(&mut bytes);
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Takes a password that someone signs in with; `None` if nobody can have chosen it, today or
    /// under an older rule.
    pub(crate) fn given(text: &str) -> Option<Self> {
        let password: String = text.nfc().collect();
        let length = password.chars().count();
        let possible = (MIN_CHARS..=MAX_CHARS).contains(&length) && !password.contains('\0');
        possible.then_some(Self(password))
    }

    /// Says whether it is one of the first that anybody tries: used by many, a row of keys or letters,
    /// our name or made of what is known of its owner. Letter case does not count. Takes up to some
    /// milliseconds.
    pub(crate) fn is_common(&self, about: &About) -> bool {
        if about.makes_up(&self.0) {
            return true;
        }
        if self.0.chars().count() > COMMON_CHARS {
            return false;
        }
        let known = about.written().iter().map(String::as_str);
        let known = known.filter(|word| word.len() > 2).chain(OUR_NAMES);
        let known: Vec<&str> = known.collect();
        let estimate = zxcvbn::zxcvbn(&self.0.to_lowercase(), &known);
        estimate.guesses() <= FIRST_GUESSES
    }

    /// Returns what bcrypt hashes; `None` where no hash of the scheme can be this password's.
    pub(crate) fn input(&self, scheme: Scheme, pepper: &Pepper) -> Option<Vec<u8>> {
        match scheme {
            Scheme::Plain if self.0.len() > BCRYPT_BYTES => None,
            Scheme::Plain => Some(self.0.clone().into_bytes()),
            Scheme::Peppered => Some(pepper.seal(self.0.as_bytes()).into_bytes()),
        }
    }
}

impl Pepper {
    /// Takes the installation's secret.
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA384, secret))
    }

    /// Returns what is stored to know the secret again: it does not help to guess it.
    pub(crate) fn mark(&self) -> String {
        // No password is so long.
        self.seal(&[b"the mark of the pepper, which is no password".as_slice(); 32].concat())
    }

    /// 64 characters, which bcrypt takes in whole.
    fn seal(&self, bytes: &[u8]) -> String {
        STANDARD.encode(hmac::sign(&self.0, bytes))
    }
}

impl Scheme {
    /// Reads a stored number.
    pub(crate) fn read(number: i32) -> Option<Self> {
        [Self::Plain, Self::Peppered]
            .into_iter()
            .find(|scheme| *scheme as i32 == number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_have_8_to_256_characters() {
        for good in [
            "Zx93kq-1",
            "äöüäöüäö",
            &"x".repeat(73),
            &"é".repeat(256),
            &"e\u{301}".repeat(256),
            &"🎬".repeat(256),
        ] {
            assert!(Password::chosen(good).is_ok(), "{good}");
            assert!(Password::given(good).is_some(), "{good}");
        }
        for short in ["", "1234567", "äöüäöüä", &"e\u{301}".repeat(7)] {
            let refused = Password::chosen(short).unwrap_err();
            assert!(refused.is(&AuthReason::PasswordTooShort), "{short:?}");
            assert_eq!(refused.metadata()["min"], "8");
            assert_eq!(Password::given(short), None);
        }
        for long in [
            &*"x".repeat(257),
            &*"é".repeat(257),
            &*"x".repeat(1_000_000),
        ] {
            let refused = Password::chosen(long).unwrap_err();
            assert!(refused.is(&AuthReason::PasswordTooLong), "{}", long.len());
            assert_eq!(refused.metadata()["max"], "256");
            assert_eq!(Password::given(long), None);
        }
        let refused = Password::chosen("12345678\0").unwrap_err();
        assert!(refused.is(&CommonReason::ValidationFailed), "{refused}");
    }

    #[test]
    fn what_cannot_be_seen_is_no_password() {
        for blank in [" ", "\t", "\u{a0}", "\u{3000}", "\u{200b}", "\u{200d}"] {
            let refused = Password::chosen(&blank.repeat(12)).unwrap_err();
            assert!(refused.is(&AuthReason::PasswordBlank), "{blank:?}");
        }
        assert!(Password::chosen("       Q").is_ok());
    }

    #[test]
    fn both_ways_to_type_an_accent_are_one_password() {
        let composed = Password::chosen("caf\u{e9} noir").unwrap();
        assert_eq!(Password::given("cafe\u{301} noir"), Some(composed));
    }

    /// The first, some of the middle and the last of the list that hold eight characters.
    #[test]
    fn what_many_choose_is_refused() {
        for common in [
            "12345678",
            "password",
            "PassWord",
            "123456789",
            "1234567890",
            "qwertyuiop",
            "iloveyou",
            "trustno1",
            "football",
            "baseball",
            "1qaz2wsx",
            "sunshine",
            "princess",
            "starwars",
            "superman",
            "q1w2e3r4",
            "letmein1",
            "password1",
            "password123",
            "passw0rd",
            "P@ssw0rd",
            "drowssap",
            "aaaaaaaa",
            "abcdefgh",
            "11111111",
            "asdfghjkl",
            "zxcvbnm1",
            "welcome1",
            "monkey12",
            "liverpool",
            "metallica",
            "pokemon1",
            "slipknot",
            "charlie1",
            "barcelona",
            "hunter2hunter2",
        ] {
            let password = Password::chosen(common).unwrap();
            assert!(password.is_common(&About::default()), "{common}");
        }
        for good in [
            "correct horse",
            "another password",
            "the other one",
            "Zx93kq-1",
            "treble clef 8",
            &"passphrase of several words ".repeat(9),
        ] {
            let password = Password::chosen(good).unwrap();
            assert!(!password.is_common(&About::words(&["ana"])), "{good}");
        }
    }

    #[test]
    fn ones_own_name_and_ours_are_refused() {
        let common = |text: &str, about: &[&str]| {
            let password = Password::chosen(text).unwrap();
            password.is_common(&About::words(about))
        };
        assert!(common("StreamVerse", &[]));
        assert!(common("streamverse1", &[]));
        assert!(common("ANA.OLIVEIRA", &["ana.oliveira"]));
        assert!(common("ana.oliveira1", &["ana.oliveira"]));
        assert!(!common("ANA.OLIVEIRA", &["ben"]));
        let long = "a.very.long.address.of.somebody@a.very.long.domain.example.org";
        assert!(common(long, &[long]));
    }

    #[test]
    fn nothing_prints_a_password_or_the_pepper() {
        let password = Password::chosen("hunter2hunter2").unwrap();
        assert!(!format!("{password:?}").contains("hunter2"));
        assert_eq!(format!("{:?}", Pepper::new(b"secret")), "Pepper(…)");
    }

    #[test]
    fn the_pepper_is_known_by_its_mark_and_no_two_have_the_same() {
        let (one, two) = (Pepper::new(&[1; 32]), Pepper::new(&[2; 32]));
        assert_eq!(one.mark(), Pepper::new(&[1; 32]).mark());
        assert_ne!(one.mark(), two.mark());
    }
}
