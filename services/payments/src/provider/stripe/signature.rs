//! The signature of events: `Stripe-Signature: t=1700000000,v1=…,v1=…`, where each `v1` is the HMAC-SHA256 of
//! `{t}.{body}` with one of the endpoint's secrets.

use aws_lc_rs::hmac;

/// How old an event may be, in seconds, and how far ahead the other clock.
const TOLERANCE: i64 = 300;
/// The most signatures that are looked at; Stripe sends as many as there are secrets in use.
const MOST: usize = 8;

/// Why an event is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignatureError {
    /// There is no signature that can be read.
    Unreadable,
    /// None of them was made with a secret of ours.
    Forged,
    /// It was made too long ago, or is to come.
    Stale,
}

/// Checks that a body was signed with one of the secrets, at about this time (seconds since the epoch).
pub(crate) fn verify(
    header: &str,
    body: &[u8],
    secrets: &[hmac::Key],
    now: i64,
) -> Result<(), SignatureError> {
    let (mut at, mut signatures) = (None, Vec::new());
    for part in header.split(',') {
        match part.trim().split_once('=') {
            Some(("t", text)) if at.is_none() => at = Some(text),
            Some(("v1", text)) if signatures.len() < MOST => {
                let mut tag = [0; 32];
                if hex::decode_to_slice(text, &mut tag).is_ok() {
                    signatures.push(tag);
                }
            }
            _ => {}
        }
    }
    let at = at.ok_or(SignatureError::Unreadable)?;
    let seconds: i64 = at.parse().map_err(|_| SignatureError::Unreadable)?;
    if signatures.is_empty() {
        return Err(SignatureError::Unreadable);
    }
    let signed = [at.as_bytes(), b".", body].concat();
    let ours = secrets.iter().any(|secret| {
        signatures
            .iter()
            .any(|signature| hmac::verify(secret, &signed, signature).is_ok())
    });
    if !ours {
        return Err(SignatureError::Forged);
    }
    if now.saturating_sub(seconds).saturating_abs() > TOLERANCE {
        return Err(SignatureError::Stale);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000;

    fn key(secret: &str) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes())
    }

    fn sign(secret: &str, at: i64, body: &str) -> String {
        let tag = hmac::sign(&key(secret), format!("{at}.{body}").as_bytes());
        hex::encode(tag)
    }

    #[test]
    fn only_what_was_signed_lately_with_a_secret_of_ours_is_taken() {
        let secrets = [key("whsec_old"), key("whsec_new")];
        let check = |header: &str| verify(header, b"{}", &secrets, NOW);
        let good = sign("whsec_new", NOW, "{}");
        assert_eq!(check(&format!("t={NOW},v1={good}")), Ok(()));
        // While a secret is changed there are several, and old schemes beside.
        let other = sign("whsec_other", NOW, "{}");
        assert_eq!(
            check(&format!("t={NOW},v1={other},v0=ab,v1={good}")),
            Ok(())
        );
        assert_eq!(
            check(&format!("t={NOW},v1={other}")),
            Err(SignatureError::Forged)
        );
        let later = NOW + 1;
        assert_eq!(
            check(&format!("t={later},v1={good}")),
            Err(SignatureError::Forged)
        );
        let of_another = sign("whsec_new", NOW, "{ }");
        assert_eq!(
            check(&format!("t={NOW},v1={of_another}")),
            Err(SignatureError::Forged)
        );
        for (age, taken) in [(300, true), (301, false), (-300, true), (-301, false)] {
            let at = NOW - age;
            let signed = sign("whsec_old", at, "{}");
            let found = check(&format!("t={at},v1={signed}"));
            assert_eq!(found == Ok(()), taken, "{age}");
        }
    }

    #[test]
    fn what_is_no_signature_is_refused() {
        let secrets = [key("whsec")];
        for header in [
            "",
            "t=",
            "t=1",
            "v1=ab",
            "t=x,v1=00",
            "t=1,v1=é",
            "t=1;v1=00",
        ] {
            let found = verify(header, b"", &secrets, 1);
            assert_eq!(found, Err(SignatureError::Unreadable), "{header}");
        }
    }
}
