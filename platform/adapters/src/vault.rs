//! Secrets of Vault, or of OpenBao, by their HTTP API: those of the versioned key-value engine (SEC-3, CFG-1).
//!
//! They are read when a process starts, before anything runs that could wait, so every call blocks: each try for 5 s at
//! most. What is asked for and what is refused may be told to anybody; tokens and values never are.

mod place;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    thread::sleep,
    time::Duration,
};

use rustls::crypto::ring;
use serde_json::{Map, Value, json};
use sv_ports::{PortError, PortResult};
use ureq::{
    Agent, Body,
    http::{Request, Response},
    tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem},
};

use self::place::Place;

/// The name of the port in errors.
const PORT: &str = "vault server";
/// How long one try may take, from its connection to the end of its answer.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The pauses between tries: servers that change their leader are back after some seconds.
const PAUSES: [Duration; 3] = [
    Duration::from_millis(200),
    Duration::from_secs(1),
    Duration::from_secs(3),
];
/// The most bytes of an answer: the largest entry of a storage, by default.
const MOST: u64 = 1024 * 1024;
/// The most bytes of one secret, as of one that stands in a file.
const MOST_OF_ONE: usize = 64 * 1024;
/// The most characters of what the server says of a refusal.
const MOST_TOLD: usize = 200;

/// Where Vault is, and how it lets this process in.
#[derive(Clone, Default)]
pub struct VaultOptions {
    /// `https://vault:8200`.
    pub address: String,
    /// The token that opens it, or how one is got.
    pub login: VaultLogin,
    /// The namespace of everything that is asked for; empty is the root.
    pub namespace: String,
    /// PEM of who vouches for the server; `None` believes the authorities of the machine.
    pub authorities: Option<Vec<u8>>,
}

/// How Vault lets this process in.
#[derive(Clone)]
pub enum VaultLogin {
    /// By a token that somebody made.
    Token(String),
    /// By the token of the service account that Kubernetes gives to a pod.
    Kubernetes {
        /// The role at Vault.
        role: String,
        /// Where the method is mounted, e.g. `kubernetes`.
        mount: String,
        /// The file with the service account's token.
        token: PathBuf,
    },
}

impl Default for VaultLogin {
    fn default() -> Self {
        Self::Token(String::new())
    }
}

impl fmt::Debug for VaultOptions {
    /// Leaves out the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VaultOptions")
            .field("address", &self.address)
            .field("namespace", &self.namespace)
            .finish_non_exhaustive()
    }
}

/// What was read of Vault, and the way to it.
pub struct Vault {
    options: VaultOptions,
    agent: Agent,
    pauses: [Duration; PAUSES.len()],
    seen: Mutex<Seen>,
}

/// What was read already: secrets that lie beside each other are asked for once.
#[derive(Default)]
struct Seen {
    token: Option<String>,
    entries: BTreeMap<String, Map<String, Value>>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Vault").field(&self.options).finish()
    }
}

/// Why a secret cannot be had.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0}")]
    Unreachable(ureq::Error),
    #[error("it answered {status}{told}")]
    Refused { status: u16, told: String },
    #[error("it did not answer as Vault does")]
    Unexpected,
}

/// Which secret could not be had, because the server could not be asked.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {source}")]
struct Unread {
    place: Place,
    source: sv_kernel::BoxError,
}

impl Failure {
    /// Says whether another try may be answered: 412 is a replica that has not heard of it yet, 429 too many calls, 5xx a
    /// server that is sealed, or has no leader.
    fn may_pass(&self) -> bool {
        match self {
            Self::Refused { status, .. } => matches!(status, 412 | 429 | 500..),
            Self::Unreachable(ureq::Error::Io(cause)) => {
                // A certificate that does not hold will not hold soon.
                cause.kind() != std::io::ErrorKind::InvalidData
            }
            Self::Unreachable(cause) => {
                matches!(
                    cause,
                    ureq::Error::Timeout(_) | ureq::Error::ConnectionFailed
                )
            }
            Self::Unexpected => false,
        }
    }

    fn is(&self, code: u16) -> bool {
        matches!(self, Self::Refused { status, .. } if *status == code)
    }
}

impl Vault {
    /// Prepares the way; nothing is asked yet.
    pub fn new(options: VaultOptions) -> PortResult<Self> {
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
            .root_certs(roots(options.authorities.as_deref())?)
            .build();
        let agent = Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(TIMEOUT))
            // A token goes to the server that was named, and to no other.
            .max_redirects(0)
            .proxy(None)
            .http_status_as_error(false)
            .build()
            .new_agent();
        Ok(Self {
            options,
            agent,
            pauses: PAUSES,
            seen: Mutex::default(),
        })
    }

    /// Returns the secret at `mount/path#key`, in its latest version. Each failure names the place.
    pub fn read(&self, place: &str) -> PortResult<String> {
        let place: Place = place.parse().map_err(PortError::invalid)?;
        self.value(&place).map_err(|failure| match failure {
            PortError::Invalid(problem) => PortError::invalid(format!("{place}: {problem}")),
            PortError::Unavailable { port, source } => {
                PortError::unavailable(port, Unread { place, source })
            }
        })
    }

    fn value(&self, place: &Place) -> PortResult<String> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let path = place.path();
        if !seen.entries.contains_key(&path) {
            let token = match seen.token.take() {
                Some(token) => token,
                None => self.log_in()?,
            };
            let entry = self.entry(place, &token);
            seen.token = Some(token);
            seen.entries.insert(path.clone(), entry?);
        }
        let of_key = seen
            .entries
            .get(&path)
            .and_then(|entry| entry.get(&place.key));
        let problem = match of_key {
            Some(Value::String(text)) if text.is_empty() => "it is empty",
            Some(Value::String(text)) if text.len() > MOST_OF_ONE => "it has more than 64 KiB",
            Some(Value::String(text)) => return Ok(text.clone()),
            Some(_) => "it is no text",
            None => "the secret has no such key",
        };
        Err(PortError::invalid(problem))
    }

    /// Returns a token that opens Vault.
    fn log_in(&self) -> PortResult<String> {
        let (role, mount, file) = match &self.options.login {
            VaultLogin::Token(token) => return Ok(token.trim().to_owned()),
            VaultLogin::Kubernetes { role, mount, token } => (role, mount, token),
        };
        let unread = |cause: std::io::Error| {
            PortError::invalid(format!("cannot read {}: {cause}", file.display()))
        };
        let jwt = sv_files::regular(file, sv_files::SECRET);
        let jwt = jwt.and_then(sv_files::text).map_err(unread)?;
        let body = json!({"role": role, "jwt": jwt.trim()}).to_string();
        let answer = self.ask("POST", &format!("auth/{mount}/login"), None, &body);
        let answer = answer.map_err(|cause| match cause {
            Failure::Refused {
                status: 400 | 403,
                told,
            } => PortError::invalid(format!(
                "Vault does not let the role {role} in by auth/{mount}{told}"
            )),
            cause => PortError::unavailable(PORT, cause),
        })?;
        let token = answer["auth"]["client_token"].as_str();
        let token = token.ok_or_else(|| PortError::unavailable(PORT, Failure::Unexpected))?;
        Ok(token.to_owned())
    }

    /// Returns all that lies at a place.
    fn entry(&self, place: &Place, token: &str) -> PortResult<Map<String, Value>> {
        let answer = self.ask("GET", &place.data(), Some(token), "");
        let mut answer = answer.map_err(|cause| match &cause {
            Failure::Refused { status: 403, told } => PortError::invalid(format!(
                "Vault refuses it to this token{told}; its policy has to allow `read` on {}",
                place.data()
            )),
            // What was deleted is 404, too, and has metadata.
            _ if cause.is(404) => PortError::invalid(format!(
                "there is no such secret, its latest version was deleted, or {} is no versioned key-value \
                 engine",
                place.mount
            )),
            _ => PortError::unavailable(PORT, cause),
        })?;
        match answer.pointer_mut("/data/data").map(Value::take) {
            Some(Value::Object(entry)) => Ok(entry),
            _ => Err(PortError::unavailable(PORT, Failure::Unexpected)),
        }
    }

    /// Asks until there is an answer, or none is to be expected.
    fn ask(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: &str,
    ) -> Result<Value, Failure> {
        let mut pauses = self.pauses.iter();
        loop {
            match self.try_once(method, path, token, body) {
                Err(failure) if failure.may_pass() => match pauses.next() {
                    Some(pause) => sleep(*pause),
                    None => return Err(failure),
                },
                answer => return answer,
            }
        }
    }

    fn try_once(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: &str,
    ) -> Result<Value, Failure> {
        let address = self.options.address.trim_end_matches('/');
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{address}/v1/{path}"))
            // Without it an agent that stands between may refuse, so that no page is led to it.
            .header("x-vault-request", "true");
        if !self.options.namespace.is_empty() {
            request = request.header("x-vault-namespace", &self.options.namespace);
        }
        if let Some(token) = token {
            request = request.header("x-vault-token", token);
        }
        let request = request.body(body.to_owned()).map_err(ureq::Error::Http);
        let answer = request.and_then(|request| self.agent.run(request));
        let mut answer: Response<Body> = answer.map_err(Failure::Unreachable)?;
        let status = answer.status().as_u16();
        let text = answer.body_mut().with_config().limit(MOST).read_to_vec();
        let text = text.map_err(Failure::Unreachable)?;
        if status != 200 {
            return Err(Failure::Refused {
                status,
                told: told(&text),
            });
        }
        serde_json::from_slice(&text).map_err(|_| Failure::Unexpected)
    }
}

/// Returns what the server says of a refusal; nothing of a secret is in it.
fn told(answer: &[u8]) -> String {
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    let errors = answer["errors"].as_array().into_iter().flatten();
    let errors: Vec<_> = errors.filter_map(Value::as_str).collect();
    let errors = errors.join("; ");
    let shown = errors.chars().filter(|c| !c.is_control());
    let shown: String = shown.take(MOST_TOLD).collect();
    if shown.is_empty() {
        shown
    } else {
        format!(" ({shown})")
    }
}

/// Returns who vouches for the server.
fn roots(authorities: Option<&[u8]>) -> PortResult<RootCerts> {
    let mut roots = Vec::new();
    if let Some(pem) = authorities {
        for item in parse_pem(pem) {
            if let PemItem::Certificate(certificate) = item.map_err(|cause| unusable(&cause))? {
                roots.push(certificate);
            }
        }
    } else {
        // Some that cannot be read are no reason to believe none.
        let found = rustls_native_certs::load_native_certs().certs;
        let owned =
            |der: &rustls::pki_types::CertificateDer<'_>| Certificate::from_der(der).to_owned();
        roots.extend(found.iter().map(owned));
    }
    Ok(RootCerts::new_with_certs(&roots))
}

fn unusable(cause: &ureq::Error) -> PortError {
    PortError::invalid(format!("the authorities cannot be read: {cause}"))
}
