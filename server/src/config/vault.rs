//! Vault: where it is, how it lets this process in, and the variables whose values it holds.
//!
//! They are read before the settings are, by settings that stand elsewhere: `vault.*` itself is never asked for there.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sv_boot::config::{ConfigError, Environment, Layers, SecretStore};

use super::{address::is_of_this_machine, names};

/// Ends the names of variables that name a secret.
const END: &str = "_VAULT";

/// Vault, or OpenBao.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct VaultConfig {
    /// The address of Vault or OpenBao, `https://vault:8200`. A variable such as `DATABASE_URL_VAULT=mount/path#key` has
    /// its value there; it is read when a process starts.
    pub address: String,
    /// The token that opens it; needs none with `vault.kubernetes_role`.
    pub token: String,
    /// The namespace of everything that is asked for; empty is the root.
    pub namespace: String,
    /// A file in PEM with the authorities that vouch for Vault; empty believes those of the machine.
    pub ca: PathBuf,
    /// The role as which the service account of a pod is let in, in place of a token; empty is none.
    pub kubernetes_role: String,
    /// Where that way in is mounted.
    pub kubernetes_mount: String,
    /// The file with what the service account shows there.
    pub service_account: PathBuf,
}

impl Default for VaultConfig {
    fn default() -> Self {
        Self {
            address: String::new(),
            token: String::new(),
            namespace: String::new(),
            ca: PathBuf::new(),
            kubernetes_role: String::new(),
            kubernetes_mount: "kubernetes".to_owned(),
            service_account: "/var/run/secrets/kubernetes.io/serviceaccount/token".into(),
        }
    }
}

impl VaultConfig {
    /// Says what is wrong with the address: the parts that a request has of its own would not go where they say. What is
    /// told holds none of it, because people put tokens there.
    pub(super) fn problem(&self) -> Option<&'static str> {
        let address = self.address.as_str();
        let uri = address.parse::<http::Uri>().ok();
        let authority = uri.as_ref().and_then(http::Uri::authority);
        if address.is_empty() {
            None
        } else if address.contains(['?', '#']) {
            Some(
                "vault.address (VAULT_ADDR) has a query or a fragment, which no request could carry; end it before",
            )
        } else if authority.is_some_and(|authority| authority.as_str().contains('@')) {
            Some(
                "vault.address (VAULT_ADDR) names a user, whom Vault does not know; who asks is said by vault.token \
                 (VAULT_TOKEN) or vault.kubernetes_role",
            )
        } else if authority.is_none() || !address.starts_with("http") {
            Some("vault.address (VAULT_ADDR) is no address such as https://vault:8200")
        } else {
            None
        }
    }
}

/// Counts the variables whose values are in Vault.
pub(crate) fn count(env: &Environment) -> usize {
    env.count_in(END, names::is_ours)
}

/// Reads the values that are in Vault, where any are; `lay` lays the settings over each other that say where it is.
pub(super) fn with_secrets(
    env: Environment,
    lay: impl FnOnce(&Environment) -> Result<Layers, ConfigError>,
) -> Result<Environment, ConfigError> {
    if count(&env) == 0 {
        return Ok(env);
    }
    let layers = lay(&env.clone().without(END, names::is_ours))?;
    let refused = |problem: String| ConfigError::Setting {
        setting: "vault".to_owned(),
        origin: format!("variables that end in {END} are set"),
        problem,
    };
    let section = layers.get(&"vault".into()).cloned().unwrap_or(Value::Null);
    let config = VaultConfig::deserialize(section).map_err(|cause| refused(cause.to_string()))?;
    is_safe(&config, &layers).map_err(refused)?;
    let read = open(&config).map_err(refused)?;
    let store = SecretStore {
        end: END,
        // Who mistook the variable for the secret's own would read it in the log.
        origin: &|_| "Vault".to_owned(),
        read: &*read,
    };
    env.with(&store, names::is_ours)
}

/// Refuses what would tell the token to others, before it is told.
fn is_safe(config: &VaultConfig, layers: &Layers) -> Result<(), String> {
    let is = |setting: &str, value: &str| {
        layers.get(&setting.into()).and_then(Value::as_str) == Some(value)
    };
    if config.address.is_empty() {
        return Err("vault.address (VAULT_ADDR) says where Vault is; set it".to_owned());
    }
    if let Some(problem) = config.problem() {
        return Err(problem.to_owned());
    }
    let encrypted = config.address.starts_with("https://")
        || is_of_this_machine(&config.address)
        || is("server.behind", "mesh");
    if is("server.profile", "production") && !encrypted {
        return Err("vault.address: production asks by https:// only".to_owned());
    }
    if config.token.is_empty() && config.kubernetes_role.is_empty() {
        let ways = "vault.token (VAULT_TOKEN, VAULT_TOKEN_FILE) or vault.kubernetes_role";
        return Err(format!(
            "{ways} says how Vault lets this process in; set one"
        ));
    }
    Ok(())
}

/// Reads one secret.
type Read = Box<dyn Fn(&str) -> Result<String, String>>;

#[cfg(feature = "production")]
fn open(config: &VaultConfig) -> Result<Read, String> {
    use sv_adapters::{Vault, VaultLogin, VaultOptions};
    let login = if config.kubernetes_role.is_empty() {
        VaultLogin::Token(config.token.clone())
    } else {
        VaultLogin::Kubernetes {
            role: config.kubernetes_role.clone(),
            mount: config.kubernetes_mount.clone(),
            token: config.service_account.clone(),
        }
    };
    let vault = Vault::new(VaultOptions {
        address: config.address.clone(),
        login,
        namespace: config.namespace.clone(),
        authorities: authorities(&config.ca)?,
    });
    let vault = vault.map_err(|failure| sv_kernel::causes(&failure))?;
    Ok(Box::new(move |place: &str| {
        vault
            .read(place)
            .map_err(|failure| sv_kernel::causes(&failure))
    }))
}

#[cfg(not(feature = "production"))]
fn open(_config: &VaultConfig) -> Result<Read, String> {
    Err("this build leaves Vault out; build with `--features production`".to_owned())
}

#[cfg(feature = "production")]
fn authorities(file: &std::path::Path) -> Result<Option<Vec<u8>>, String> {
    if file.as_os_str().is_empty() {
        return Ok(None);
    }
    sv_tls::authorities(file).map_err(|cause| format!("vault.ca: {cause}"))?;
    let text = sv_files::regular(file, sv_files::SMALL);
    text.map(Some).map_err(|cause| format!("vault.ca: {cause}"))
}
