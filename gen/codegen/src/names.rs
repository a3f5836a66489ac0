//! Names of modules and methods in the generated crates.

use std::fmt::Write as _;

use prost_reflect::DescriptorPool;

/// Words that are no names in Rust.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Packages whose RPCs every process answers, about itself: no services.
const OF_EVERY_PROCESS: &[&str] = &["jobs"];

/// `streamverse.users.v1` is `users`, and `streamverse.users.v2` is `users_v2`.
pub(crate) fn module(package: &str) -> String {
    let name = package.trim_start_matches("streamverse.");
    name.trim_end_matches(".v1").replace('.', "_")
}

/// `GetMe` is `get_me`, as tonic names it in clients.
pub(crate) fn method(name: &str) -> String {
    let mut out = String::new();
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        out.push(letter.to_ascii_lowercase());
        if letters.peek().is_some_and(|next| next.is_uppercase()) {
            out.push('_');
        }
    }
    if KEYWORDS.contains(&out.as_str()) {
        out.insert_str(0, "r#");
    }
    out
}

/// Renders the short names of our packages.
pub(crate) fn render(pool: &DescriptorPool) -> String {
    let mut packages: Vec<_> = pool
        .files()
        .map(|file| file.package_name().to_owned())
        .filter(|package| package.starts_with("streamverse."))
        .collect();
    packages.sort();
    packages.dedup();
    let mut out = String::from("// @generated from the packages of proto/.\n");
    for package in packages {
        let path = package.replace('.', "::");
        let _ = writeln!(out, "pub use crate::pb::{path} as {};", module(&package));
    }
    let mut services: Vec<_> = pool
        .services()
        .filter_map(|service| {
            let package = service.package_name().strip_prefix("streamverse.")?;
            Some(package.split('.').next()?.to_owned())
        })
        .collect();
    services.retain(|service| !OF_EVERY_PROCESS.contains(&service.as_str()));
    services.sort();
    services.dedup();
    let _ = write!(
        out,
        "\n/// The services of the protos.\npub const SERVICES: &[&str] = &{services:?};\n"
    );
    out
}
