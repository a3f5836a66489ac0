//! The program tells every metric that its documents, alerts and dashboards name, and no other (OBS-2).

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::json;

use crate::harness::{Client, Deployment, Flow};

/// Finds the names of metrics in a text; those with a colon are made by rules.
fn named(text: &str) -> BTreeSet<String> {
    let part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | ':');
    let words = text.split(|c| !part(c));
    let ours =
        words.filter(|word| word.starts_with("streamverse_") || word.starts_with("process_"));
    // What ends in _ is the beginning of several, for grep.
    ours.filter(|word| !word.contains(':') && !word.ends_with('_'))
        .map(family)
        .collect()
}

/// A histogram's series belong to one metric.
fn family(series: &str) -> String {
    let endings = ["_bucket", "_sum", "_count"];
    let stem = endings.iter().find_map(|end| series.strip_suffix(end));
    stem.filter(|stem| stem.ends_with("_seconds"))
        .unwrap_or(series)
        .to_owned()
}

fn files(folder: &Path, into: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, into);
        } else if path
            .extension()
            .is_some_and(|kind| kind == "yaml" || kind == "json" || kind == "md")
        {
            into.push(fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn each_metric_of_documents_alerts_and_dashboards_is_told_and_each_that_is_told_is_documented() {
    let deployment = Deployment::start(&["all"], &[("STREAMVERSE_SERVER__DEMO", "true".into())]);
    let mut ana = Client::new(&deployment.edge);
    ana.register("ana@example.org");
    ana.get("/ondemand/movies").data(200);
    ana.get("/search/global?q=bars").data(200);
    ana.post("/users/subscriptions", &json!({"planId": "basic"}))
        .data(201);
    let (email, password) = deployment.admin();
    let mut editor = Client::new(&deployment.edge);
    editor.login(&email, &password);
    let _stream = Flow::events(&editor, "/admin/ondemand/changes", None);

    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let documented = fs::read_to_string(repository.join("docs/operations/metrics.md")).unwrap();
    let documented = named(&documented);
    let mut texts = Vec::new();
    for folder in ["docs/operations", "helm/streamverse/files"] {
        files(&repository.join(folder), &mut texts);
    }
    // A port without TLS tells nothing of it; the journey of TLS looks for those.
    let wanted: BTreeSet<_> = texts.iter().flat_map(|text| named(text)).collect();
    let wanted: BTreeSet<_> = wanted
        .into_iter()
        .filter(|name| !name.starts_with("streamverse_tls_"))
        .collect();
    assert!(
        documented.len() > 60,
        "the page of metrics is not read right"
    );

    let ops = deployment.servers[0].operators_port();
    let ops = Client::new(&format!("http://{ops}"));
    let told = |text: &str| {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let series = lines.filter_map(|line| line.split(['{', ' ']).next());
        let series = series.filter(|name| !name.is_empty());
        series.map(family).collect::<BTreeSet<_>>()
    };
    // Some are told a moment after the start, by what looks by the clock.
    let answer = ops.until("/metrics", |answer| {
        wanted.is_subset(&told(answer.text())) || {
            let missing: Vec<_> = wanted
                .iter()
                .filter(|name| !told(answer.text()).contains(*name))
                .collect();
            crate::harness::tell(&format!("not told yet: {missing:?}"));
            false
        }
    });
    let told = told(answer.text());
    let unknown: Vec<_> = told.difference(&documented).collect();
    assert!(
        unknown.is_empty(),
        "docs/operations/metrics.md lacks {unknown:?}"
    );
    for line in answer.text().lines() {
        if let Some(kind) = line.strip_prefix("# TYPE ") {
            let name = kind.split(' ').next().unwrap();
            assert!(
                answer.text().contains(&format!("# HELP {name} ")),
                "{name} has no help"
            );
        }
    }
}
