//! `config print` and `config check`.

use sv_boot::config::Environment;
use sv_kernel::{BoxError, Clock as _, SystemClock};

use crate::{
    config::{self, Config, Place, Profile, Purpose, RULES},
    tls,
};

/// Prints every setting with its origin, as a file that can be used again; secrets are masked unless
/// they are asked for.
pub(crate) fn print(place: &Place, with_secrets: bool) -> Result<(), BoxError> {
    let layers = Config::at(place)?;
    for note in config::unused(&Environment::of_process(), layers.values()) {
        super::line(&format!("# {note}"));
    }
    super::line(layers.print(with_secrets).trim_end());
    Ok(())
}

/// Says whether a server can start with the configuration, and what production refuses.
pub(crate) fn check(place: &Place) -> Result<(), BoxError> {
    let layers = Config::at(place)?;
    let config = Config::read(&layers)?;
    config.check(&layers, Purpose::Look)?;
    let (certificates, wrong) = tls::look(&config, SystemClock.now());
    if !wrong.is_empty() {
        return Err(config::Unusable(wrong).into());
    }
    let profile = match config.server.profile {
        Profile::Development => "development",
        Profile::Production => "production",
    };
    super::line(&format!("the configuration can be used in {profile}"));
    for told in certificates {
        super::line(&format!("note  {told}"));
    }
    for setting in layers.masked() {
        super::line(&format!(
            "note  {setting} holds the mask of a printed secret; give the secret itself before you start"
        ));
    }
    super::line("\nwhat production refuses; REFUSED marks what it would refuse of these settings:");
    for rule in RULES {
        let broken = rule.broken(&config, &layers);
        let mark = if broken.is_empty() {
            "ok     "
        } else {
            "REFUSED"
        };
        super::line(&format!("{mark}  {}", rule.told()));
    }
    Ok(())
}
