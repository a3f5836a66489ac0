//! Public keys as they are published (RFC 7517).

use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{Jwk, JwkSet},
};

/// A key that verifies signatures.
pub(crate) struct Key {
    pub(crate) id: Option<String>,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) verifier: DecodingKey,
}

/// Reads a set of keys; those for something else are passed over. There may be none: then all have been withdrawn.
pub(crate) fn read_keys(text: &[u8]) -> Result<Vec<Key>, String> {
    let set: JwkSet = serde_json::from_slice(text).map_err(|cause| format!("no JWKS: {cause}"))?;
    Ok(set.keys.iter().filter_map(Key::of).collect())
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
