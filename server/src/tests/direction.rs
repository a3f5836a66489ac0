//! Holds the table "what each may know" of ARCHITECTURE.md against the crates' real dependencies.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Our crates, and which of our crates each may depend on.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("sv-kernel", &[]),
    ("sv-files", &[]),
    ("sv-listen", &["sv-kernel", "sv-tls"]),
    ("sv-rules", &["sv-kernel"]),
    ("sv-rest", &[]),
    ("sv-proto", &["sv-kernel"]),
    ("sv-codegen", &["sv-rest"]),
    ("sv-handlers", &["sv-kernel", "sv-proto", "sv-rpc"]),
    ("sv-sqlite", &[]),
    ("sv-tls", &["sv-files", "sv-kernel"]),
    ("sv-ports", &["sv-kernel", "sv-sqlite"]),
    (
        "sv-store",
        &["sv-kernel", "sv-ports", "sv-proto", "sv-sqlite"],
    ),
    ("sv-rpc", &["sv-kernel", "sv-proto", "sv-tls"]),
    ("sv-adapters", &["sv-files", "sv-kernel", "sv-ports"]),
    (
        "sv-boot",
        &[
            "sv-files",
            "sv-kernel",
            "sv-ports",
            "sv-proto",
            "sv-rpc",
            "sv-store",
        ],
    ),
    (
        "sv-edge",
        &[
            "sv-kernel",
            "sv-listen",
            "sv-ports",
            "sv-proto",
            "sv-rest",
            "sv-rpc",
            "sv-streams",
        ],
    ),
    (
        "sv-gateway",
        &[
            "sv-files",
            "sv-kernel",
            "sv-listen",
            "sv-rest",
            "sv-streams",
        ],
    ),
    ("sv-streams", &["sv-listen"]),
];

/// What a service may depend on; never another service.
const SERVICES_MAY_KNOW: &[&str] = &[
    "sv-boot",
    "sv-handlers",
    "sv-kernel",
    "sv-ports",
    "sv-proto",
    "sv-rpc",
    "sv-rules",
    "sv-store",
];

#[test]
fn no_crate_knows_more_than_the_map_allows() {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let metadata = MetadataCommand::new()
        .manifest_path(manifest)
        .no_deps()
        .exec()
        .unwrap();
    let ours: BTreeSet<&str> = metadata.packages.iter().map(|p| p.name.as_str()).collect();
    let rules: BTreeMap<&str, &[&str]> = MAY_KNOW.iter().copied().collect();
    let mut wrong = Vec::new();
    for package in &metadata.packages {
        let folder = package.manifest_path.as_str();
        let is_service = folder.contains("/services/") && !folder.contains("/gen/services/");
        let allowed = match rules.get(package.name.as_str()) {
            Some(allowed) => *allowed,
            None if is_service => SERVICES_MAY_KNOW,
            // The program and the list of services know everything; test crates are outside the house.
            None => continue,
        };
        let known = package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind == DependencyKind::Normal)
            .map(|dependency| dependency.name.as_str())
            .filter(|name| ours.contains(name));
        for name in known {
            if !allowed.contains(&name) {
                wrong.push(format!("{} knows {name}", package.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let missing: Vec<_> = rules.keys().filter(|name| !ours.contains(*name)).collect();
    assert!(
        missing.is_empty(),
        "the map names crates that are not there: {missing:?}"
    );
}
