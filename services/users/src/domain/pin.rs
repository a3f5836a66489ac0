//! PINs of profiles: few digits, so what protects them is that there are few tries, and a secret of the
//! installation in what is stored (C44).

use std::{fmt, time::Duration};

use aws_lc_rs::{constant_time, hmac};
use sv_kernel::{Error, FieldViolation, Id, Result, Timestamp};
use sv_proto::{common::CommonReason, users::UserReason};

use super::{Pin, Profile};

/// Wrong PINs after which no further one is looked at for a while.
const TRIES: i32 = 5;
/// For how long.
const LOCKED: Duration = Duration::from_mins(15);

/// What PINs are sealed with. Never printed.
#[derive(Clone)]
pub(crate) struct PinSeal(hmac::Key);

impl fmt::Debug for PinSeal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PinSeal(…)")
    }
}

impl PinSeal {
    /// Takes the installation's secret.
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// Makes a PIN of 4 to 8 digits.
    pub(crate) fn pin(&self, profile: Id<Profile>, digits: &str) -> Result<Pin> {
        let plain = (4..=8).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if !plain {
            let violation = FieldViolation {
                field: "new_pin".to_owned(),
                rule: "FORMAT_PIN",
                description: "has 4 to 8 digits".to_owned(),
            };
            return Err(Error::from(CommonReason::ValidationFailed).with_violation(violation));
        }
        Ok(Pin {
            tag: self.tag(profile, digits),
            failures: 0,
            locked_until: Timestamp::EPOCH,
        })
    }

    fn tag(&self, profile: Id<Profile>, digits: &str) -> Vec<u8> {
        let text = format!("{profile} {digits}");
        hmac::sign(&self.0, text.as_bytes()).as_ref().to_vec()
    }
}

impl Profile {
    /// Tries a PIN, and counts it. Fails with `PIN_WRONG`, and with `PIN_LOCKED` after five wrong ones.
    pub(crate) fn try_pin(&mut self, seal: &PinSeal, digits: &str, now: Timestamp) -> Result<()> {
        let tag = seal.tag(self.id, digits);
        let pin = self.pin.as_mut().ok_or(UserReason::ProfileProofRequired)?;
        let left = pin.locked_until.since(now);
        // More than a lock lasts is left only where the clock was ahead.
        if now < pin.locked_until && left <= LOCKED {
            return Err(Error::from(UserReason::PinLocked).retry_after(left));
        }
        if constant_time::verify_slices_are_equal(&tag, &pin.tag).is_ok() {
            pin.failures = 0;
            return Ok(());
        }
        pin.failures += 1;
        if pin.failures >= TRIES {
            pin.failures = 0;
            pin.locked_until = now + LOCKED;
        }
        Err(UserReason::PinWrong.into())
    }
}
