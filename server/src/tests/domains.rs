//! Holds that the domain of a service is its own: values and rules, without the messages of the protos and without
//! what lies around it.

use std::{collections::BTreeSet, fs, path::Path};

use super::circles::{Crate, Name};

/// What a domain may use of `sv_proto` beside enumerations: values without a form on the wire.
const PLAIN: [[&str; 2]; 2] = [["convert", "refuse"], ["titles", "Opening"]];

/// What works with a domain, and is not known to it.
const AROUND: [&str; 7] = [
    "app",
    "convert",
    "documents",
    "events",
    "grpc",
    "jobs",
    "store",
];

#[test]
fn domains_know_no_messages_and_nothing_around_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let words = enumerations(&root.join("proto/streamverse"));
    assert!(
        words.len() > 40,
        "only {} enumerations were read",
        words.len()
    );
    let mut read = 0;
    let mut wrong = Vec::new();
    for service in fs::read_dir(root.join("services")).unwrap() {
        let service = service.unwrap().path();
        let house = Crate::read(&service.join("src/lib.rs"));
        let name = service.file_name().unwrap().to_string_lossy().into_owned();
        for (module, found) in breaches(&house, &words) {
            wrong.push(format!("{name}: {module} uses {found}"));
        }
        let domain = house.modules.keys().filter(|module| is_domain(module));
        read += domain.count();
    }
    assert!(read > 50, "only {read} files were read");
    assert!(
        wrong.is_empty(),
        "domains that know more than enumerations of the protos; conversions belong into `convert`, rules over \
         messages into `documents`:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn messages_are_seen_however_they_are_named() {
    let words = BTreeSet::from([["content".to_owned(), "ContentStatus".to_owned()]]);
    let uses = |text: &str| {
        let house = Crate::of(&[
            ("", "mod app; mod domain;"),
            ("app", "pub struct App;"),
            ("domain", "mod rule;"),
            ("domain::rule", text),
        ]);
        let found = breaches(&house, &words).into_iter();
        found.map(|(_, found)| found).collect::<Vec<_>>()
    };
    let good = "use sv_proto::{content::ContentStatus, convert::refuse}; fn f(_: sv_proto::content::ContentStatus) {}";
    assert!(uses(good).is_empty());
    for (text, found) in [
        (
            "use sv_proto::content::Content;",
            "sv_proto::content::Content",
        ),
        ("use sv_proto::{content as pb};", "sv_proto::content"),
        (
            "use sv_proto::content::{self, ContentStatus};",
            "sv_proto::content",
        ),
        (
            "fn f(_: &sv_proto::content::Content) {}",
            "sv_proto::content::Content",
        ),
        ("use crate::app::App;", "app"),
    ] {
        assert_eq!(uses(text), [found], "{text}");
    }
}

fn is_domain(module: &Name) -> bool {
    module.first().is_some_and(|first| first == "domain")
}

/// Lists what the domain of a crate uses and may not, by the files that do.
fn breaches(house: &Crate, words: &BTreeSet<[String; 2]>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (name, module) in house.modules.iter().filter(|(name, _)| is_domain(name)) {
        let used = module.uses.iter().map(|(_, path)| path);
        let used = used.chain(&module.paths);
        let foreign = used.filter(|path| path[0] == "sv_proto" && !is_plain(path, words));
        let messages = foreign.map(|path| path.join("::"));
        let needed = house.needs(name, module).into_iter();
        let around = needed
            .filter(|needed| AROUND.contains(&needed[0].as_str()))
            .map(|needed| needed.join("::"));
        let all = messages.chain(around);
        found.extend(all.map(|what| (name.join("::"), what)));
    }
    found
}

/// Says whether a path of `sv_proto` names an enumeration, one of its values, or something else without messages.
fn is_plain(path: &[String], words: &BTreeSet<[String; 2]>) -> bool {
    let [_, package, name, ..] = path else {
        return false;
    };
    words.contains(&[package.clone(), name.clone()]) || PLAIN.contains(&[&**package, &**name])
}

/// Lists the enumerations of the protos with the names of their packages.
fn enumerations(protos: &Path) -> BTreeSet<[String; 2]> {
    let mut found = BTreeSet::new();
    for package in fs::read_dir(protos).unwrap() {
        let package = package.unwrap();
        let name = package.file_name().to_string_lossy().into_owned();
        for file in fs::read_dir(package.path().join("v1")).unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            let of_line = |line: &str| {
                line.strip_prefix("enum ")?
                    .split(' ')
                    .next()
                    .map(str::to_owned)
            };
            found.extend(
                text.lines()
                    .filter_map(of_line)
                    .map(|word| [name.clone(), word]),
            );
        }
    }
    found
}
