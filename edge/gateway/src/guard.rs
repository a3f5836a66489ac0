//! Who may call: whoever shows a token that one of the known keys has signed.

use std::{collections::HashSet, fs};

use http::{HeaderMap, HeaderValue, StatusCode, header};
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode, decode_header,
    jwk::{Jwk, JwkSet},
};
use tonic::Code;

use crate::{
    failure::Failure,
    options::{GuardOptions, Problems},
};

/// Seconds that clocks may differ.
const LEEWAY: u64 = 30;
/// The longest token that is looked at.
const MAX_TOKEN: usize = 16 * 1024;

/// Looks at tokens.
pub(crate) struct Guard {
    keys: Vec<Key>,
    issuer: Option<String>,
    audience: Option<String>,
}

struct Key {
    id: Option<String>,
    algorithms: Vec<Algorithm>,
    verifier: DecodingKey,
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guard").finish_non_exhaustive()
    }
}

impl Guard {
    /// Reads the keys.
    pub(crate) fn read(options: &GuardOptions) -> Result<Self, Problems> {
        let file = options.jwks.display();
        let text =
            fs::read(&options.jwks).map_err(|cause| format!("cannot read {file}: {cause}"))?;
        let set: JwkSet =
            serde_json::from_slice(&text).map_err(|cause| format!("{file} is no JWKS: {cause}"))?;
        let keys: Vec<Key> = set.keys.iter().filter_map(Key::of).collect();
        if keys.is_empty() {
            return Err(format!("{file} has no public key for signatures").into());
        }
        Ok(Self {
            keys,
            issuer: options.issuer.clone(),
            audience: options.audience.clone(),
        })
    }

    /// Refuses who has no good token.
    pub(crate) fn check(&self, headers: &HeaderMap) -> Result<(), Failure> {
        let mut values = headers.get_all(header::AUTHORIZATION).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return Err(refusal("a bearer token is required", "Bearer"));
        };
        let token = value.to_str().ok().and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
        });
        match token {
            None => Err(refusal("a bearer token is required", "Bearer")),
            Some(token) if self.holds(token) => Ok(()),
            Some(_) => Err(refusal(
                "the token does not hold",
                r#"Bearer error="invalid_token""#,
            )),
        }
    }

    fn holds(&self, token: &str) -> bool {
        if token.len() > MAX_TOKEN {
            return false;
        }
        let Ok(head) = decode_header(token) else {
            return false;
        };
        // Whoever wrote it wants it refused by who does not know what it names (RFC 7515 section 4.1.11): nothing is
        // known here.
        if head.crit.is_some() {
            return false;
        }
        let fits = |key: &&Key| {
            let is_named = head.kid.is_none() || key.id.is_none() || head.kid == key.id;
            is_named && key.algorithms.contains(&head.alg)
        };
        self.keys.iter().filter(fits).any(|key| {
            let rules = self.rules(head.alg);
            decode::<serde_json::Value>(token, &key.verifier, &rules).is_ok()
        })
    }

    fn rules(&self, algorithm: Algorithm) -> Validation {
        let mut rules = Validation::new(algorithm);
        rules.leeway = LEEWAY;
        rules.validate_nbf = true;
        let mut required = HashSet::from(["exp".to_owned()]);
        if let Some(issuer) = &self.issuer {
            rules.set_issuer(&[issuer]);
            required.insert("iss".to_owned());
        }
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

impl Key {
    /// Takes a key that verifies signatures; a secret one would let everybody who can read the file sign.
    fn of(jwk: &Jwk) -> Option<Self> {
        use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, KeyOperations, PublicKeyUse};
        let common = &jwk.common;
        let verifies = common
            .key_operations
            .as_ref()
            .is_none_or(|may| may.contains(&KeyOperations::Verify));
        let signs = matches!(common.public_key_use, None | Some(PublicKeyUse::Signature));
        if !(signs && verifies) {
            return None;
        }
        let algorithms = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => vec![
                Algorithm::RS256,
                Algorithm::RS384,
                Algorithm::RS512,
                Algorithm::PS256,
                Algorithm::PS384,
                Algorithm::PS512,
            ],
            AlgorithmParameters::EllipticCurve(curve) => match curve.curve {
                EllipticCurve::P256 => vec![Algorithm::ES256],
                EllipticCurve::P384 => vec![Algorithm::ES384],
                _ => return None,
            },
            AlgorithmParameters::OctetKeyPair(_) => vec![Algorithm::EdDSA],
            _ => return None,
        };
        let named = jwk.common.key_algorithm.map(|named| named.to_string());
        let algorithms = algorithms
            .into_iter()
            .filter(|algorithm| {
                named
                    .as_ref()
                    .is_none_or(|named| *named == format!("{algorithm:?}"))
            })
            .collect();
        Some(Self {
            id: jwk.common.key_id.clone(),
            algorithms,
            verifier: DecodingKey::from_jwk(jwk).ok()?,
        })
    }
}

fn refusal(message: &str, challenge: &'static str) -> Failure {
    Failure::new(StatusCode::UNAUTHORIZED, Code::Unauthenticated, message).with(
        header::WWW_AUTHENTICATE,
        HeaderValue::from_static(challenge),
    )
}
