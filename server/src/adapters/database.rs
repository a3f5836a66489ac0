//! Where tables are, by the configuration.

use std::path::Path;

use sv_store::DbConfig;

use super::{AdapterError, authorities::authorities};
use crate::config::Config;

/// Says where tables are.
pub(crate) fn tables(config: &Config, data: &Path) -> Result<DbConfig, AdapterError> {
    if config.store.url.is_empty() {
        return Ok(DbConfig::sqlite(data));
    }
    let mut tables = secured(&config.store.url, &config.store.ca)?.parse()?;
    if let DbConfig::Postgres(postgres) = &mut tables {
        postgres.max_connections = config.store.max_connections;
    }
    Ok(tables)
}

/// Has PostgreSQL vouched for by the authorities of a file.
fn secured(url: &str, ca: &Path) -> Result<String, AdapterError> {
    if authorities("store.ca", ca)?.is_none() {
        return Ok(url.to_owned());
    }
    let mut url = url.to_owned();
    let mut add = |name: &str, value: &str| {
        if !url.contains(&format!("{name}=")) {
            let before = if url.contains('?') { '&' } else { '?' };
            url = format!("{url}{before}{name}={value}");
        }
    };
    add("sslmode", "verify-full");
    let path: String = ca
        .as_os_str()
        .as_encoded_bytes()
        .iter()
        .map(|byte| match byte {
            b'/' | b'.' | b'-' | b'_' => char::from(*byte).to_string(),
            byte if byte.is_ascii_alphanumeric() => char::from(*byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect();
    add("sslrootcert", &path);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_has_postgresql_held_to_its_name_unless_the_address_says_otherwise() {
        let sample = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../platform/tls/src/samples/sec1.crt"
        );
        let ca = Path::new(sample);
        let told = |url| secured(url, ca).unwrap();
        assert!(
            told("postgres://db/sv")
                .starts_with("postgres://db/sv?sslmode=verify-full&sslrootcert=/")
        );
        let require = told("postgres://db/sv?sslmode=require");
        assert!(
            require.starts_with("postgres://db/sv?sslmode=require&sslrootcert=/"),
            "{require}"
        );
        assert_eq!(
            secured("postgres://db/sv", Path::new("")).unwrap(),
            "postgres://db/sv"
        );
        let lost = secured("postgres://db/sv", Path::new("/no/such")).unwrap_err();
        assert!(
            sv_kernel::causes(&lost).contains("store.ca cannot be used: /no/such cannot be read")
        );
    }
}
