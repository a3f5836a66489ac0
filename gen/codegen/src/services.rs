//! Renders the crate that lists the services: every folder of `services/` with a manifest.

use std::{fmt::Write as _, fs, io, path::Path};

/// Lists the services by name.
pub(crate) fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.path().join("Cargo.toml").exists() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Renders the manifest.
pub(crate) fn manifest(names: &[String]) -> String {
    let mut out = String::from(
        "\
# Generated from services/ by `make gen`.

[package]
name = \"sv-services\"
description = \"The list of all services, generated from the folder services/.\"
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true
publish.workspace = true

[lib]
doctest = false

[dependencies]
sv-boot.workspace = true
",
    );
    for name in names {
        let _ = writeln!(out, "sv-{name} = {{ path = \"../../services/{name}\" }}");
    }
    out
}

/// Renders the list.
pub(crate) fn list(names: &[String]) -> String {
    let mut out = String::from(
        "\
//! The services of the program. Generated from services/ by `make gen`.

use sv_boot::Service;

/// Every service, by name.
pub const SERVICES: &[&Service] = &[
",
    );
    for name in names {
        let _ = writeln!(out, "    &sv_{}::SERVICE,", name.replace('-', "_"));
    }
    out + "];\n"
}
