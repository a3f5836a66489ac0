//! Files of a configuration that vouch for servers, or by which servers know this process, and that are read when
//! something connects: looked at before, so that a wrong one does not end a start.

use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;
use sv_tls::Files;

use crate::config::Config;

/// What was found of a setting, or what is wrong with it.
type Looked = (&'static str, Result<String, String>);

/// Looks at each file that a setting names.
pub(super) fn look(config: &Config) -> Vec<Looked> {
    let authorities = [
        ("store.ca", &config.store.ca),
        ("bus.ca", &config.bus.ca),
        ("index.ca", &config.index.ca),
        ("counters.ca", &config.counters.ca),
        ("fanout.ca", &config.fanout.ca),
        ("vault.ca", &config.vault.ca),
        ("mesh.tls.ca", &config.mesh.tls.ca),
    ];
    let given = authorities
        .into_iter()
        .filter(|(_, file)| !file.as_os_str().is_empty());
    let mut all: Vec<Looked> = given.map(|(name, file)| (name, vouches(file))).collect();
    all.extend(of_address(&config.store.url));
    let vault = &config.vault;
    if !vault.kubernetes_role.is_empty() {
        all.push(("vault.service_account", readable(&vault.service_account)));
    }
    all
}

/// Reads certificates of authorities.
fn vouches(file: &Path) -> Result<String, String> {
    let found = sv_tls::authorities(file).map_err(|problem| problem.to_string())?;
    let shown = file.display();
    Ok(match found.len() {
        1 => format!("{shown} holds the certificate of an authority"),
        many => format!("{shown} holds the certificates of {many} authorities"),
    })
}

/// Looks at the files that the address of PostgreSQL names by itself.
fn of_address(url: &str) -> Vec<Looked> {
    let mut all = Vec::new();
    if let Some(file) = named(url, "sslrootcert") {
        all.push(("store.url, sslrootcert", vouches(&file)));
    }
    if let (Some(certificate), Some(key)) = (named(url, "sslcert"), named(url, "sslkey")) {
        let shown = certificate.display().to_string();
        let files = Files {
            certificate,
            key,
            authorities: None,
        };
        let read = files.inspect().map_err(|problem| problem.to_string());
        let read = read.map(|found| format!("{shown} holds until {}", found.until));
        all.push(("store.url, sslcert and sslkey", read));
    }
    all
}

/// Returns the file that a parameter of an address names.
fn named(url: &str, parameter: &str) -> Option<PathBuf> {
    let (_, query) = url.split_once('?')?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let (_, file) = pairs.find(|(name, _)| *name == parameter)?;
    let file = percent_decode_str(file).decode_utf8_lossy();
    (!file.is_empty()).then(|| PathBuf::from(file.as_ref()))
}

/// Looks whether a file can be read that is not understood here.
fn readable(file: &Path) -> Result<String, String> {
    let shown = file.display();
    match sv_files::regular(file, sv_files::SECRET) {
        Ok(text) if text.trim_ascii().is_empty() => Err(format!("{shown} holds nothing")),
        Ok(_) => Ok(format!("{shown} can be read")),
        Err(cause) => Err(format!(
            "{shown} cannot be read ({cause}); mend the path, or let the process read the file"
        )),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn sample(name: &str) -> PathBuf {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../platform/tls/src/samples");
        Path::new(folder).join(name)
    }

    #[test]
    fn every_file_that_a_setting_names_is_read_and_told_by_the_setting() {
        let folder = tempfile::tempdir().unwrap();
        let (text, gone) = (folder.path().join("text"), folder.path().join("gone"));
        fs::write(&text, "no certificate").unwrap();
        let with = |file: &Path| {
            let mut config = Config::default();
            let files = [
                &mut config.store.ca,
                &mut config.bus.ca,
                &mut config.index.ca,
                &mut config.counters.ca,
                &mut config.fanout.ca,
                &mut config.vault.ca,
                &mut config.mesh.tls.ca,
            ];
            for named in files {
                file.clone_into(named);
            }
            look(&config)
        };
        let good = with(&sample("sec1.crt"));
        assert_eq!(good.len(), 7);
        assert!(good.iter().all(|(_, looked)| looked.is_ok()), "{good:?}");
        for (file, said) in [
            (&text, "holds no certificate in PEM"),
            (&gone, "cannot be read (No such file"),
            (&sample("sec1.key"), "holds no certificate in PEM"),
            (&folder.path().to_owned(), "it is no regular file"),
        ] {
            for (setting, looked) in with(file) {
                let problem = looked.unwrap_err();
                assert!(problem.contains(said), "{setting}: {problem}");
                assert!(problem.contains(file.to_str().unwrap()), "{problem}");
            }
        }
        assert!(look(&Config::default()).is_empty());
    }

    #[test]
    fn files_of_an_address_and_the_token_of_a_pod_are_looked_at_too() {
        let mut config = Config::default();
        let (certificate, key) = (sample("sec1.crt"), sample("sec1.key"));
        let other = sample("pkcs8.key");
        let url = |certificate: &Path, key: &Path| {
            format!(
                "postgres://db/sv?sslrootcert=%2Fno%2Fsuch&sslcert={}&sslkey={}",
                certificate.display(),
                key.display()
            )
        };
        config.store.url = url(&certificate, &key);
        let told = look(&config);
        let [("store.url, sslrootcert", Err(lost)), (_, Ok(_))] = &told[..] else {
            panic!("{told:?}");
        };
        assert!(lost.starts_with("/no/such cannot be read"), "{lost}");
        config.store.url = url(&certificate, &other);
        let told = look(&config);
        let misfit = told[1].1.as_ref().unwrap_err();
        assert!(misfit.contains("does not fit"), "{misfit}");

        config.store.url = String::new();
        config.vault.kubernetes_role = "streamverse".to_owned();
        config.vault.service_account = "/no/such".into();
        let told = look(&config);
        let [("vault.service_account", Err(lost))] = &told[..] else {
            panic!("{told:?}");
        };
        assert!(lost.contains("cannot be read"), "{lost}");
        config.vault.service_account = "/dev/zero".into();
        let told = look(&config);
        let [("vault.service_account", Err(endless))] = &told[..] else {
            panic!("{told:?}");
        };
        assert!(endless.contains("it is no regular file"), "{endless}");
    }
}
