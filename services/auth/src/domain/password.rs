//! Passwords (C21).

use std::fmt;

use sv_kernel::{Error, FieldViolation, Result};
use sv_proto::{auth::AuthReason, common::CommonReason};
use unicode_normalization::UnicodeNormalization as _;

/// The fewest characters.
const MIN_CHARS: usize = 8;
/// The most bytes: what bcrypt takes in.
const MAX_BYTES: usize = 72;

/// A password in composed form. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Password(String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl Password {
    /// Takes a password that someone chooses. Fails with `PASSWORD_TOO_SHORT`, `PASSWORD_TOO_LONG`
    /// and `VALIDATION_FAILED`.
    pub(crate) fn chosen(text: &str) -> Result<Self> {
        let password: String = text.nfc().collect();
        if password.chars().count() < MIN_CHARS {
            return Err(Error::from(AuthReason::PasswordTooShort).with("min", MIN_CHARS));
        }
        if password.len() > MAX_BYTES {
            return Err(Error::from(AuthReason::PasswordTooLong).with("max", MAX_BYTES));
        }
        // bcrypt repeats the password with a NUL between, so `a` and `a\0a` would be the same.
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

    /// Takes a password that someone signs in with; `None` if nobody can have chosen it.
    pub(crate) fn given(text: &str) -> Option<Self> {
        Self::chosen(text).ok()
    }

    /// Returns its bytes, at most 72.
    pub(crate) fn reveal(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_have_eight_characters_to_72_bytes() {
        for good in [
            "12345678",
            "äöüäöüäö",
            &"x".repeat(71),
            &"x".repeat(72),
            &"é".repeat(36),
        ] {
            assert!(Password::chosen(good).is_ok(), "{good}");
        }
        for short in ["", "1234567", "äöüäöüä", &"e\u{301}".repeat(7)] {
            let refused = Password::chosen(short).unwrap_err();
            assert!(refused.is(&AuthReason::PasswordTooShort), "{short:?}");
            assert_eq!(refused.metadata()["min"], "8");
        }
        for long in [&*"x".repeat(73), &*"é".repeat(37), &*"x".repeat(1_000_000)] {
            let refused = Password::chosen(long).unwrap_err();
            assert!(refused.is(&AuthReason::PasswordTooLong), "{}", long.len());
        }
        let refused = Password::chosen("12345678\0").unwrap_err();
        assert!(refused.is(&CommonReason::ValidationFailed), "{refused}");
    }

    #[test]
    fn both_ways_to_type_an_accent_are_one_password() {
        let composed = Password::chosen("caf\u{e9} noir").unwrap();
        assert_eq!(Password::given("cafe\u{301} noir"), Some(composed));
    }

    #[test]
    fn nothing_prints_a_password() {
        let password = Password::chosen("hunter2hunter2").unwrap();
        assert!(!format!("{password:?}").contains("hunter2"));
    }
}
