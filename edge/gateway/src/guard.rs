//! Who may call: whoever shows a token that one of the known keys has signed.

use std::{collections::HashSet, sync::Arc};

use http::{HeaderMap, HeaderValue, StatusCode, header};
use jsonwebtoken::{Algorithm, Validation, decode, decode_header, errors::ErrorKind};
use serde_json::Value;
use tonic::Code;

use crate::{
    failure::Failure,
    jwk::{Key, read_keys},
    keys::Remote,
    options::{GuardOptions, Jwks, Problems},
    regular,
    stream_limit::Caller,
};

/// Seconds that clocks may differ.
const LEEWAY: u64 = 30;
/// The longest token that is looked at.
const MAX_TOKEN: usize = 16 * 1024;

/// Looks at tokens.
pub(crate) struct Guard {
    keys: Keys,
    issuer: Option<String>,
    audience: Option<String>,
}

/// Where the keys are.
enum Keys {
    /// They were read of a file.
    Read(Arc<Vec<Key>>),
    /// They are of an address.
    Of(Arc<Remote>),
}

/// Why a token is refused.
enum Flaw {
    /// There are no keys to look at it with.
    NoKeys,
    /// No key could have signed it.
    UnknownKey,
    /// It does not hold.
    Bad,
    /// It names no issuer, but a list of them or something else.
    NoIssuer,
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guard").finish_non_exhaustive()
    }
}

impl Guard {
    /// Reads the keys of a file; those of an address are asked for by others.
    pub(crate) fn read(
        options: &GuardOptions,
        remote: Option<&Arc<Remote>>,
    ) -> Result<Self, Problems> {
        let keys = match (&options.jwks, remote) {
            (_, Some(remote)) => Keys::Of(remote.clone()),
            (Jwks::File(file), None) => {
                let shown = file.display();
                let text = regular::read(file, regular::SMALL)?;
                let keys = read_keys(&text).map_err(|cause| format!("{shown}: {cause}"))?;
                if keys.is_empty() {
                    let none = format!("{shown}: there is no public key for signatures");
                    return Err(none.into());
                }
                Keys::Read(Arc::new(keys))
            }
            // The address was refused, which ends the start.
            (Jwks::Address(_), None) => Keys::Read(Arc::default()),
        };
        Ok(Self {
            keys,
            issuer: options.issuer.clone(),
            audience: options.audience.clone(),
        })
    }

    /// Refuses who has no good token; says whom it names. Where its key is not known, keys of an address are asked for
    /// before.
    pub(crate) async fn admit(&self, headers: &HeaderMap) -> Result<Option<Caller>, Failure> {
        let token = token(headers)?;
        match (self.look(token), &self.keys) {
            (Err(Flaw::NoKeys | Flaw::UnknownKey), Keys::Of(remote)) => {
                remote.ask_anew().await;
                self.look(token)
            }
            (looked, _) => looked,
        }
        .map_err(Failure::from)
    }

    /// Refuses who has no good token, with the keys that are there.
    pub(crate) fn check(&self, headers: &HeaderMap) -> Result<(), Failure> {
        self.look(token(headers)?).map(drop).map_err(Failure::from)
    }

    fn look(&self, token: &str) -> Result<Option<Caller>, Flaw> {
        let keys = match &self.keys {
            Keys::Read(keys) => keys.clone(),
            Keys::Of(remote) => remote.keys().ok_or(Flaw::NoKeys)?,
        };
        if token.len() > MAX_TOKEN {
            return Err(Flaw::Bad);
        }
        let head = decode_header(token).map_err(|_| Flaw::Bad)?;
        // Whoever wrote it wants it refused by who does not know what it names (RFC 7515 section 4.1.11): nothing is
        // known here.
        if head.crit.is_some() {
            return Err(Flaw::Bad);
        }
        let fits = |key: &&Key| {
            let is_named = head.kid.is_none() || key.id.is_none() || head.kid == key.id;
            is_named && key.algorithms.contains(&head.alg)
        };
        let mut flaw = Flaw::UnknownKey;
        for key in keys.iter().filter(fits) {
            let rules = self.rules(head.alg);
            match decode::<Value>(token, &key.verifier, &rules) {
                Ok(token) => {
                    self.look_at_issuer(&token.claims)?;
                    return Ok(named(&token.claims));
                }
                // Where keys have no names, another one may be meant.
                Err(cause)
                    if *cause.kind() == ErrorKind::InvalidSignature && head.kid.is_none() => {}
                Err(_) => flaw = Flaw::Bad,
            }
        }
        Err(flaw)
    }

    /// Refuses a token that is not of the one issuer: one text (RFC 7519 section 4.1.1), and never one of several, of which
    /// readers might believe different ones.
    fn look_at_issuer(&self, claims: &Value) -> Result<(), Flaw> {
        match (&claims["iss"], &self.issuer) {
            (Value::String(_) | Value::Null, None) => Ok(()),
            (Value::String(iss), Some(issuer)) if iss == issuer => Ok(()),
            (Value::String(_) | Value::Null, Some(_)) => Err(Flaw::Bad),
            _ => Err(Flaw::NoIssuer),
        }
    }

    fn rules(&self, algorithm: Algorithm) -> Validation {
        let mut rules = Validation::new(algorithm);
        rules.leeway = LEEWAY;
        rules.validate_nbf = true;
        let mut required = HashSet::from(["exp".to_owned()]);
        match &self.audience {
            Some(audience) => {
                rules.set_audience(&[audience]);
                required.insert("aud".to_owned());
            }
            None => rules.validate_aud = false,
        }
        rules.required_spec_claims = required;
        rules
    }
}

/// Returns the token that a request shows.
fn token(headers: &HeaderMap) -> Result<&str, Failure> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(refusal("a bearer token is required", "Bearer"));
    };
    let token = value.to_str().ok().and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    token.ok_or_else(|| refusal("a bearer token is required", "Bearer"))
}

/// Returns whom a token names, where it names somebody.
fn named(claims: &Value) -> Option<Caller> {
    let subject = claims["sub"].as_str()?;
    let issuer = claims["iss"].as_str().unwrap_or_default();
    Some(Caller::Subject(issuer.to_owned(), subject.to_owned()))
}

impl From<Flaw> for Failure {
    fn from(flaw: Flaw) -> Self {
        match flaw {
            Flaw::NoKeys => Self::crowded("the keys to look at tokens with cannot be had"),
            Flaw::UnknownKey | Flaw::Bad => {
                refusal("the token does not hold", r#"Bearer error="invalid_token""#)
            }
            Flaw::NoIssuer => refusal(
                "the token's `iss` is not one text, as it has to be",
                r#"Bearer error="invalid_token", error_description="iss is not one text""#,
            ),
        }
    }
}

fn refusal(message: &str, challenge: &'static str) -> Failure {
    Failure::new(StatusCode::UNAUTHORIZED, Code::Unauthenticated, message).with(
        header::WWW_AUTHENTICATE,
        HeaderValue::from_static(challenge),
    )
}
