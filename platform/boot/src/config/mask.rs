//! Hides secrets where a configuration is printed (SEC-6).

use serde_json::Value;

/// Parts of names that make a setting a secret.
const SECRET: [&str; 6] = [
    "secret",
    "password",
    "pepper",
    "token",
    "private",
    "credential",
];

/// What stands for a secret.
pub(super) const MASK: &str = "***";

/// Says whether a setting of this name is a secret.
pub fn is_secret(name: &str) -> bool {
    SECRET.iter().any(|part| name.contains(part))
}

/// Returns the settings with every secret, and every password within an address, replaced by `***`.
pub fn masked(values: &Value) -> Value {
    mask("", values)
}

/// Says whether a value holds the mask of a secret instead of one.
pub(super) fn is_masked(value: &Value) -> bool {
    match value {
        Value::String(text) => {
            text == MASK
                || text.contains(&format!(":{MASK}@"))
                || text.contains(&format!("={MASK}"))
        }
        Value::Array(items) => items.iter().any(is_masked),
        _ => false,
    }
}

fn mask(name: &str, value: &Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(
            map.iter()
                .map(|(key, value)| (key.clone(), mask(key, value)))
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.iter().map(|item| mask(name, item)).collect()),
        Value::String(text) if text.is_empty() => Value::String(String::new()),
        Value::String(_) if is_secret(name) => MASK.into(),
        Value::String(text) => Value::String(without_password(text)),
        other => other.clone(),
    }
}

/// `postgres://user:password@host` becomes `postgres://user:***@host`, and `?password=…` `?password=***`.
pub(super) fn without_password(text: &str) -> String {
    let Some((address, query)) = text.split_once('?').filter(|_| text.contains("://")) else {
        return without_user_password(text);
    };
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, value)) if is_secret(&name.to_lowercase()) && !value.is_empty() => {
            format!("{name}={MASK}")
        }
        _ => pair.to_owned(),
    });
    let query = pairs.collect::<Vec<_>>().join("&");
    format!("{}?{query}", without_user_password(address))
}

fn without_user_password(text: &str) -> String {
    let hidden = || {
        let (scheme, rest) = text.split_once("://")?;
        let (user_info, host) = rest.rsplit_once('@')?;
        let (user, _) = user_info.split_once(':')?;
        Some(format!("{scheme}://{user}:{MASK}@{host}"))
    };
    hidden().unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_and_passwords_are_hidden() {
        let shown = masked(&json!({
            "auth": {"jwt_secret": "s3cret", "issuer": "streamverse"},
            "store": {"url": "postgres://sv:p@ss@db:5432/sv"},
            "query": {"url": "postgres://u:pw@h/d?sslmode=require&password=s3cret"},
            "empty": {"api_token": ""},
        }));
        assert_eq!(
            shown,
            json!({
                "auth": {"jwt_secret": "***", "issuer": "streamverse"},
                "store": {"url": "postgres://sv:***@db:5432/sv"},
                "query": {"url": "postgres://u:***@h/d?sslmode=require&password=***"},
                "empty": {"api_token": ""},
            })
        );
    }
}
